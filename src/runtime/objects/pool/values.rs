//! Items, arguments and results of tasks: Rust values as values of scripts and back.

use std::sync::Arc;

use rhai::{Array, Dynamic};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::conversion::Conversion;
use super::super::{convert, home};
use crate::runtime::Error;
use crate::script::interp::Interp;
use crate::sync::Session;

/// Where items, arguments and results are converted.
pub(super) struct Values<'v> {
    pub interp: &'v Arc<Interp>,
    pub session: Session,
}

impl<'v> Values<'v> {
    /// # Errors
    /// There is no memory for a session.
    pub(super) fn of(interp: &'v Arc<Interp>) -> Result<Self, Error> {
        let session = interp.session().map_err(|why| home::failed(interp, &why))?;
        Ok(Self { interp, session })
    }

    /// Returns the items of a call.
    ///
    /// # Errors
    /// One of them has no form in scripts.
    pub(super) fn items<T: Serialize>(
        &self,
        items: impl IntoIterator<Item = T>,
    ) -> Result<Array, Conversion> {
        let value = |(index, item): (usize, T)| self.value(&item, &format!("items[{index}]"));
        items.into_iter().enumerate().map(value).collect()
    }

    /// Returns the arguments of a task as a list.
    ///
    /// # Errors
    /// One of them has no form in scripts, or they are not several values.
    pub(super) fn arguments<A: Serialize>(
        &self,
        args: &A,
        name: &str,
    ) -> Result<Dynamic, Conversion> {
        let value = self.value(args, name)?;
        if value.is_unit() {
            return Ok(Array::new().into());
        }
        if value.is_array() {
            return Ok(value);
        }
        let reason = "arguments are a tuple or a list: write (x,) for a single one".into();
        Err(Conversion::new(name.into(), reason, None))
    }

    fn value<T: Serialize>(&self, value: &T, name: &str) -> Result<Dynamic, Conversion> {
        convert::to_script(self.interp, &self.session, value, name)
    }

    /// Returns a result as a Rust value.
    ///
    /// # Errors
    /// It is not of this type.
    pub(super) fn result<R: DeserializeOwned>(
        &self,
        value: &Dynamic,
        name: &str,
    ) -> Result<R, Conversion> {
        convert::from_script(self.interp, &self.session, value, name)
    }
}
