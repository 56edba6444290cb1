//! The types of the embedding program: what their values are taken apart into, and built from again.

use std::any::TypeId;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rhai::{Dynamic, Variant};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Encode = dyn Fn(&Dynamic) -> Result<Dynamic, String> + Send + Sync;
type Decode = dyn Fn(Dynamic) -> Result<Dynamic, String> + Send + Sync;

/// One type, under the name that both processes know it by.
#[derive(Clone)]
pub(crate) struct OwnType {
    name: String,
    type_id: TypeId,
    encode: Arc<Encode>,
    decode: Arc<Decode>,
}

impl OwnType {
    /// A type that the program itself takes apart.
    pub(crate) fn new<T: Variant + Clone>(
        name: &str,
        encode: impl Fn(&T) -> Result<Dynamic, String> + Send + Sync + 'static,
        decode: impl Fn(Dynamic) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        let missing = || "it is of another type".to_string();
        Self {
            name: name.into(),
            type_id: TypeId::of::<T>(),
            encode: Arc::new(move |value| encode(&*value.read_lock::<T>().ok_or_else(missing)?)),
            decode: Arc::new(move |plain| decode(plain).map(Dynamic::from)),
        }
    }

    /// A type that says by itself what it is made of. It travels as bytes: a plain Rhai value would lose the size of a number.
    pub(crate) fn serialized<T: Variant + Clone + Serialize + DeserializeOwned>(
        name: &str,
    ) -> Self {
        let encode = |value: &T| {
            let bytes = rmp_serde::to_vec_named(value).map_err(|error| error.to_string())?;
            Ok(Dynamic::from_blob(bytes))
        };
        let decode = |plain: Dynamic| {
            let bytes = plain.into_blob().map_err(|_| "its bytes are missing")?;
            rmp_serde::from_slice::<T>(&bytes).map_err(|error| error.to_string())
        };
        Self::new(name, encode, decode)
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
    pub(crate) fn encode(&self, value: &Dynamic) -> Result<Dynamic, String> {
        guarded(|| (self.encode)(value))
    }

    /// The value that was sent as `plain`.
    ///
    /// # Errors
    /// What the program says against it; also when it panics.
    pub(crate) fn decode(&self, plain: Dynamic) -> Result<Dynamic, String> {
        guarded(|| (self.decode)(plain))
    }
}

/// Runs the program's conversion; a panic of it is an error like others.
fn guarded(cross: impl FnOnce() -> Result<Dynamic, String>) -> Result<Dynamic, String> {
    catch_unwind(AssertUnwindSafe(cross))
        .unwrap_or_else(|_| Err("the embedding program panicked over it".into()))
}

impl fmt::Debug for OwnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnType").field(&self.name).finish()
    }
}
