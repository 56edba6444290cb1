//! Rust values as values of scripts and back. Evaluations, calls, constants, processes and pools all convert here.

use std::any::TypeId;
use std::cell::OnceCell;
use std::sync::Arc;

use rhai::{Array, Dynamic};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conversion::Conversion;
use super::convert;
use crate::script::interp::Interp;
use crate::sync::Session;
use crate::wire::typed;

/// The place where values are converted: a runtime, and its session if it has one.
#[derive(Debug)]
pub struct Values<'v> {
    pub(super) interp: &'v Arc<Interp>,
    /// Its session, once it was needed: numbers and texts are converted without it.
    session: OnceCell<Option<Session>>,
}

impl<'v> Values<'v> {
    pub(in crate::runtime) fn of(interp: &'v Arc<Interp>) -> Self {
        Self {
            interp,
            session: OnceCell::new(),
        }
    }

    fn session(&self) -> Option<&Session> {
        let session = self.session.get_or_init(|| self.interp.existing_session());
        session.as_ref()
    }

    /// Returns a Rust value as a value of scripts. Errors call it `name`.
    ///
    /// # Errors
    /// A part of it has no form in scripts.
    pub(in crate::runtime) fn value<T: Serialize>(
        &self,
        value: &T,
        name: &str,
    ) -> Result<Dynamic, Conversion> {
        match typed::same(value) {
            Some(value) => Ok(value),
            None => convert::to_script(self.interp, self.session(), value, name),
        }
    }

    /// Returns the items of a call.
    ///
    /// # Errors
    /// A part of one has no form in scripts.
    pub(in crate::runtime) fn items<T: Serialize>(
        &self,
        items: impl IntoIterator<Item = T>,
    ) -> Result<Array, Conversion> {
        let value = |(index, item): (usize, T)| self.value(&item, &format!("items[{index}]"));
        items.into_iter().enumerate().map(value).collect()
    }

    /// Like [`result`](Self::result), but `()` is any value.
    pub(in crate::runtime) fn value_or_nothing<R: DeserializeOwned + 'static>(
        &self,
        value: Dynamic,
        name: &str,
    ) -> Result<R, Conversion> {
        match TypeId::of::<R>() == TypeId::of::<()>() {
            true => self.result(Dynamic::UNIT, name),
            false => self.result(value, name),
        }
    }

    /// Returns a value of a script as a Rust value. Errors call it `name`, and contain it.
    ///
    /// # Errors
    /// It is not of this type.
    pub(in crate::runtime) fn result<R: DeserializeOwned + 'static>(
        &self,
        value: Dynamic,
        name: &str,
    ) -> Result<R, Conversion> {
        match value.flatten().try_cast_result::<R>() {
            Ok(value) => Ok(value),
            Err(value) => convert::from_script(self.interp, self.session(), value, name),
        }
    }
}
