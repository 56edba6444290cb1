//! Types whose values are sent as other values: our own that have parts, and those of the host.

use std::any::{TypeId, type_name};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rhai::{Dynamic, Variant};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::Unsendable;
use super::typed;

type Encode = dyn Fn(&Dynamic) -> Result<Dynamic, Unsendable> + Send + Sync;
type Decode = dyn Fn(Dynamic) -> Result<Dynamic, String> + Send + Sync;

/// One type, under the name that both processes know it by.
#[derive(Clone)]
pub(crate) struct TypeCodec {
    name: String,
    type_id: TypeId,
    encode: Arc<Encode>,
    /// Encodes without side effects, where `encode` has some.
    check: Option<Arc<Encode>>,
    decode: Arc<Decode>,
    /// Rust's name of the type, if serde writes its values.
    rust_name: Option<&'static str>,
}

impl TypeCodec {
    /// Returns a type whose values the host converts.
    pub(crate) fn new<T: Variant + Clone>(
        name: &str,
        encode: impl Fn(&T) -> Result<Dynamic, String> + Send + Sync + 'static,
        decode: impl Fn(Dynamic) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        let encode = move |value: &Dynamic| {
            let value = value.read_lock::<T>().ok_or(Unsendable::Type)?;
            guarded(|| encode(&*value)).map_err(Unsendable::Here)
        };
        let owned = name.to_string();
        let decode = move |plain| match guarded(|| decode(plain)) {
            Ok(value) => Ok(Dynamic::from(value)),
            Err(why) => Err(format!("cannot convert it to {owned}: {why}")),
        };
        Self::of(name, TypeId::of::<T>(), encode, decode)
    }

    /// Returns a type with this identity; `decode` may return values of others.
    pub(crate) fn of(
        name: &str,
        type_id: TypeId,
        encode: impl Fn(&Dynamic) -> Result<Dynamic, Unsendable> + Send + Sync + 'static,
        decode: impl Fn(Dynamic) -> Result<Dynamic, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            type_id,
            encode: Arc::new(encode),
            check: None,
            decode: Arc::new(decode),
            rust_name: None,
        }
    }

    /// Sets `check` as the check of values that are not sent.
    pub(crate) fn checked_by(
        mut self,
        check: impl Fn(&Dynamic) -> Result<Dynamic, Unsendable> + Send + Sync + 'static,
    ) -> Self {
        self.check = Some(Arc::new(check));
        self
    }

    /// Creates a type that implements serde's traits. Its values are sent as bytes: a plain Rhai value would lose the
    /// size of a number.
    pub(crate) fn serialized<T: Variant + Clone + Serialize + DeserializeOwned>(
        name: &str,
    ) -> Self {
        let encode = |value: &T| {
            let bytes = typed::pack(value).map_err(|misfit| misfit.text())?;
            Ok(Dynamic::from_blob(bytes))
        };
        let decode = |plain: Dynamic| {
            let bytes = plain.into_blob().map_err(|_| "its bytes are missing")?;
            typed::read::<T>(&bytes).map_err(|misfit| misfit.text())
        };
        Self {
            rust_name: Some(type_name::<T>()),
            ..Self::new(name, encode, decode)
        }
    }

    /// Returns Rust's name of the type, if serde writes its values.
    pub(crate) fn rust_name(&self) -> Option<&'static str> {
        self.rust_name
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn type_id(&self) -> TypeId {
        self.type_id
    }

    /// Returns the encoded form of a value.
    ///
    /// # Errors
    /// The value cannot be sent.
    pub(crate) fn encode(&self, value: &Dynamic) -> Result<Dynamic, Unsendable> {
        (self.encode)(value)
    }

    /// Returns what [`encode`](Self::encode) would return, without side effects.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub(crate) fn check(&self, value: &Dynamic) -> Result<Dynamic, Unsendable> {
        self.check.as_ref().unwrap_or(&self.encode)(value)
    }

    /// Returns the value that was sent as `plain`.
    ///
    /// # Errors
    /// No such value can be made of `plain`.
    pub(crate) fn decode(&self, plain: Dynamic) -> Result<Dynamic, String> {
        (self.decode)(plain)
    }
}

/// Runs the program's conversion; a panic of it is an error like others.
fn guarded<T>(convert: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(convert))
        .unwrap_or_else(|_| Err("the embedding program panicked".into()))
}

impl fmt::Debug for TypeCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypeCodec").field(&self.name).finish()
    }
}
