//! The interpreter as the codec of messages: values by the [table](super::codecs) of their types, functions by the program.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, NativeCallContext};

use crate::script::bind::unbound;
use crate::script::call::Call;
use crate::script::codecs::Codecs;
use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;
use crate::script::values::{foreign_name, is_foreign, type_name};
use crate::sync::Offset;
use crate::sys::alloc::may_allocate;
use crate::sys::quota::is_free;
use crate::text::{BOUND, type_name_of};
use crate::wire::{Codec, Encoded, Unsendable};

/// The beginning of the names of closures.
const CLOSURE: &str = "anon$";

impl Codec for Arc<Interp> {
    fn check(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        encode(self, value, true)
    }

    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        encode(self, value, false)
    }

    fn has_space(&self, bytes: usize) -> bool {
        may_allocate(bytes) && is_free(bytes)
    }

    fn type_name(&self, rust_name: &str) -> String {
        if let Some(engine) = self.engine().filter(|_| is_foreign(rust_name)) {
            return foreign_name(&engine, rust_name);
        }
        type_name_of(rust_name)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        match encoded {
            Encoded::Handle { kind, offset } => {
                let session = self.existing_session();
                let session = session.ok_or("this process has no session")?;
                self.codecs()?.at_place(&session, kind, Offset(offset))
            }
            Encoded::Object {
                type_name, plain, ..
            } => self.codecs()?.value_of(&type_name, plain),
        }
    }

    fn function_name(&self, name: &str) -> Result<String, String> {
        // Rhai names closures by hashes, which differ between processes.
        if name.starts_with(CLOSURE) {
            let place = self.program.closure_place(name);
            let place = place.ok_or("its source is not part of the program")?;
            return Ok(format!("{CLOSURE}{place}"));
        }
        if name.starts_with(BOUND) {
            return Ok(name.into());
        }
        self.function(name).map(|_| name.into())
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        if let Some(place) = name.strip_prefix(CLOSURE) {
            let definition = self.program.closure_at(place);
            let definition = definition.ok_or("a closure's source is not part of this program")?;
            return Ok(FnPtr::from(definition));
        }
        if let Some(method) = name.strip_prefix(BOUND) {
            return unbound(self, method);
        }
        // Scripts on the host's engines do not form one program: each has functions of its own.
        let known = self.program.function(name);
        if let Some(definition) = known.filter(|_| !self.host_engines.in_use()) {
            return Ok(FnPtr::from(definition));
        }
        FnPtr::new(name).map_err(|error| error.to_string())
    }

    fn captured_name(&self, function: &str, index: usize) -> Option<String> {
        // A closure's captured variables are its first parameters.
        let definition = self.program.function(function)?;
        definition.params.get(index).map(ToString::to_string)
    }
}

fn encode(interp: &Interp, value: &Dynamic, dry: bool) -> Result<Encoded, Unsendable> {
    let codecs = interp.codecs().map_err(Unsendable::Here)?;
    if let Some(why) = codecs.refusal(value) {
        return Err(Unsendable::Here(why.into()));
    }
    if let Some((kind, place)) = codecs.place_of(value) {
        let session = interp.existing_session();
        if !session.is_some_and(|session| place.is_in(&session)) {
            return Err(Unsendable::Here("it belongs to another runtime".into()));
        }
        let offset = place.offset().0;
        return Ok(Encoded::Handle { kind, offset });
    }
    let unknown = || match is_foreign(value.type_name()) {
        true => Unsendable::Foreign,
        false => Unsendable::Type,
    };
    codecs
        .parts_of(value, dry)
        .unwrap_or_else(|| Err(unknown()))
}

/// `a == b` for two values of one of our types: whether both stand for the same object in every process.
///
/// # Errors
/// `TypeError` for a type whose values cannot be compared.
pub(crate) fn are_equal(call: &mut Call<'_>) -> Result<bool, Failure> {
    let (a, b) = (call.value(0), call.value(1));
    let codecs = call.interp.codecs().ok();
    let equal = codecs.and_then(|codecs| equal(codecs, call.context, &a, &b));
    equal.ok_or_else(|| {
        let (a, b) = (type_name(&a), type_name(&b));
        let text = format!("'==' not supported between instances of '{a}' and '{b}'");
        raise("TypeError", text)
    })
}

fn equal(codecs: &Codecs, context: &NativeCallContext, a: &Dynamic, b: &Dynamic) -> Option<bool> {
    if let (Some(a), Some(b)) = (codecs.address_of(a), codecs.address_of(b)) {
        return Some(a == b);
    }
    if let (Some(a), Some(b)) = (codecs.place_of(a), codecs.place_of(b)) {
        return Some(a == b);
    }
    let parts = |value: &Dynamic| match codecs.parts_of(value, true)?.ok()? {
        Encoded::Object { plain, .. } => Some(plain),
        Encoded::Handle { .. } => None,
    };
    let (a, b) = (parts(a)?, parts(b)?);
    // The first part of a shared object is its offset; the others only describe how it is used.
    let first = |parts: &Dynamic| codecs.place_of(parts.read_lock::<Array>()?.first()?);
    if let (Some(a), Some(b)) = (first(&a), first(&b)) {
        return Some(a == b);
    }
    same(codecs, context, &a, &b)
}

/// Compares parts, among which may be values of our types of which the engine of this program has nothing.
fn same(codecs: &Codecs, context: &NativeCallContext, a: &Dynamic, b: &Dynamic) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        let mut pairs = a.iter().zip(b.iter());
        let is_same = a.len() == b.len();
        return pairs.try_fold(is_same, |is_same, (a, b)| {
            Some(is_same && same(codecs, context, a, b)?)
        });
    }
    equal(codecs, context, a, b).or_else(|| {
        let args = &mut [&mut a.clone(), &mut b.clone()];
        let same = context.call_native_fn_raw("==", true, args);
        same.ok()?.as_bool().ok()
    })
}
