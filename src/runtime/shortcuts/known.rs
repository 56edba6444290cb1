//! What Rhai has found for a call, so that it need not be searched for again.

use std::any::TypeId;
use std::sync::{OnceLock, Weak};

use rhai::{Dynamic, GlobalRuntimeState, Module, Position, Shared};

use super::quick::Quick;
use crate::script::bind::{Native, On, Resolved};

/// The libraries of functions in which a call is resolved: a function of the script comes before a native. They are not kept, but nothing
/// else gets their addresses.
pub(super) struct Among {
    libraries: Box<[Weak<Module>]>,
    imports: usize,
}

impl Among {
    pub(super) fn of(global: &GlobalRuntimeState) -> Self {
        Self {
            libraries: global.lib.iter().map(Shared::downgrade).collect(),
            imports: global.num_imports(),
        }
    }

    #[inline]
    pub(super) fn is_now(&self, global: &GlobalRuntimeState) -> bool {
        let now = &global.lib;
        let same = |(known, now): (&Weak<Module>, &Shared<Module>)| {
            std::ptr::eq(known.as_ptr(), Shared::as_ptr(now))
        };
        self.libraries.len() == now.len()
            && self.imports == global.num_imports()
            && self.libraries.iter().zip(now.iter()).all(same)
    }
}

/// The types of arguments for which something was found.
pub(super) struct Found {
    types: Box<[TypeId]>,
    among: Among,
    /// The native itself, if it is known here.
    pub quick: Option<Quick>,
}

impl Found {
    pub(super) fn of(types: impl IntoIterator<Item = TypeId>, global: &GlobalRuntimeState) -> Self {
        Self {
            types: types.into_iter().collect(),
            among: Among::of(global),
            quick: None,
        }
    }

    /// Sets the native that was found.
    pub(super) fn by(self, quick: Option<Quick>) -> Self {
        Self { quick, ..self }
    }

    /// Returns whether Rhai would find the same now.
    #[inline]
    pub(super) fn fits<'v>(
        &self,
        values: impl Iterator<Item = &'v Dynamic>,
        global: &GlobalRuntimeState,
    ) -> bool {
        let mut pairs = self.types.iter().zip(values);
        pairs.all(|(known, value)| *known == value.type_id()) && self.among.is_now(global)
    }
}

/// The facts that are known about a call after it was made.
#[derive(Default)]
pub(super) struct Known {
    /// The native of ours that was called, or that it was none.
    first: OnceLock<Option<(Native, Found)>>,
    /// The types for which Rhai has a native of its own, or the host.
    others: OnceLock<Found>,
}

impl Known {
    /// Returns whether the call was never made.
    #[inline]
    pub(super) fn is_new(&self) -> bool {
        self.first.get().is_none()
    }

    /// Notes what was found for the call of this name at this place.
    pub(super) fn note(
        &self,
        resolved: Option<Resolved>,
        (name, at): (&str, Position),
        (count, is_method): (usize, bool),
        global: &GlobalRuntimeState,
    ) {
        let found = resolved.filter(|found| {
            let is_on_receiver = found.native.on() != On::Nothing;
            let is_it = found.name == name && found.at == at && found.types.len() == count;
            is_it && is_on_receiver == is_method
        });
        let found = found.map(|found| (found.native, Found::of(found.types, global)));
        let _ = self.first.set(found);
    }

    /// Returns the native of ours for these arguments.
    #[inline]
    pub(super) fn ours<'v>(
        &self,
        values: impl Iterator<Item = &'v Dynamic>,
        global: &GlobalRuntimeState,
    ) -> Option<&Native> {
        let (native, found) = self.first.get()?.as_ref()?;
        found.fits(values, global).then_some(native)
    }

    /// Returns the types for which somebody else's native was found.
    pub(super) fn others(&self) -> Option<&Found> {
        self.others.get()
    }

    /// Notes that a call with arguments of these types was made by somebody else's native.
    pub(super) fn note_others(&self, found: Found) {
        let _ = self.others.set(found);
    }

    /// Returns whether the native that was called was none of ours.
    pub(super) fn is_others(&self) -> bool {
        matches!(self.first.get(), Some(None))
    }
}
