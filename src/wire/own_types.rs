//! The types of the embedding program: what their values are taken apart into, and built from again.

use std::any::TypeId;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rhai::{Dynamic, Variant};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Leave = dyn Fn(&Dynamic) -> Result<Dynamic, String> + Send + Sync;
type Enter = dyn Fn(Dynamic) -> Result<Dynamic, String> + Send + Sync;

/// One type, under the name that both processes know it by.
#[derive(Clone)]
pub(crate) struct OwnType {
    name: String,
    type_id: TypeId,
    leave: Arc<Leave>,
    enter: Arc<Enter>,
}

impl OwnType {
    /// A type that the program itself takes apart.
    pub(crate) fn new<T: Variant + Clone>(
        name: &str,
        leave: impl Fn(&T) -> Result<Dynamic, String> + Send + Sync + 'static,
        enter: impl Fn(Dynamic) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        let missing = || "it is of another type".to_string();
        Self {
            name: name.into(),
            type_id: TypeId::of::<T>(),
            leave: Arc::new(move |value| leave(&*value.read_lock::<T>().ok_or_else(missing)?)),
            enter: Arc::new(move |plain| enter(plain).map(Dynamic::from)),
        }
    }

    /// A type that says by itself what it is made of. It travels as bytes: a plain Rhai value would lose the size of a number.
    pub(crate) fn serialized<T: Variant + Clone + Serialize + DeserializeOwned>(
        name: &str,
    ) -> Self {
        let leave = |value: &T| {
            let bytes = rmp_serde::to_vec_named(value).map_err(|error| error.to_string())?;
            Ok(Dynamic::from_blob(bytes))
        };
        let enter = |plain: Dynamic| {
            let bytes = plain.into_blob().map_err(|_| "its bytes are missing")?;
            rmp_serde::from_slice::<T>(&bytes).map_err(|error| error.to_string())
        };
        Self::new(name, leave, enter)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn type_id(&self) -> TypeId {
        self.type_id
    }

    /// What a value of the type is sent as.
    ///
    /// # Errors
    /// What the program says against it; also when it panics.
    pub(crate) fn leave(&self, value: &Dynamic) -> Result<Dynamic, String> {
        guarded(|| (self.leave)(value))
    }

    /// The value that was sent as `plain`.
    ///
    /// # Errors
    /// What the program says against it; also when it panics.
    pub(crate) fn enter(&self, plain: Dynamic) -> Result<Dynamic, String> {
        guarded(|| (self.enter)(plain))
    }
}

/// The program's part of a crossing: its panics are errors like others.
fn guarded(cross: impl FnOnce() -> Result<Dynamic, String>) -> Result<Dynamic, String> {
    catch_unwind(AssertUnwindSafe(cross))
        .unwrap_or_else(|_| Err("the embedding program panicked over it".into()))
}

impl fmt::Debug for OwnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnType").field(&self.name).finish()
    }
}
