//! A codec with two custom types and two functions, and equality as strict as the promise.

use std::ops::{Range, RangeInclusive};

use rhai::{AST, Array, Blob, Dynamic, Engine, FnPtr, ImmutableString, Map};

use crate::wire::{Codec, Encoded, Unsendable, check, decode, encode};

/// Travels as a handle.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lock(pub(super) u64);

/// Travels as an object.
#[derive(Clone, Debug)]
pub(super) struct Point(pub(super) Dynamic);

/// Does not travel.
#[derive(Clone, Debug)]
pub(super) struct File;

const LOCK_KIND: u16 = 0x1234;

/// A program with the functions `work(first, second)` and `rest()`, and closures.
pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) program: AST,
}

impl World {
    pub(super) fn new() -> Self {
        World::running("fn work(first, second) { first } fn rest() {}")
    }

    pub(super) fn running(script: &str) -> Self {
        let engine = Engine::new();
        let program = engine.compile(script).expect("a valid script");
        World { engine, program }
    }

    /// What the program evaluates to.
    pub(super) fn outcome(&self) -> Dynamic {
        self.engine
            .eval_ast(&self.program)
            .expect("the script runs")
    }

    pub(super) fn work(&self, captured: impl IntoIterator<Item = Dynamic>) -> Dynamic {
        let mut work = self.function("work").expect("the program has it");
        work.set_curry(captured);
        work.into()
    }
}

impl Codec for World {
    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        assert!(!value.is_shared(), "the codec sees plain values only");
        if let Some(lock) = value.read_lock::<Lock>() {
            return Ok(Encoded::Handle {
                kind: LOCK_KIND,
                offset: lock.0,
            });
        }
        let point = value.read_lock::<Point>().ok_or(Unsendable::Type)?;
        Ok(Encoded::Object {
            type_name: "Point".into(),
            plain: point.0.clone(),
            is_record: false,
        })
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        match encoded {
            Encoded::Handle {
                kind: LOCK_KIND,
                offset,
            } => Ok(Dynamic::from(Lock(offset))),
            Encoded::Object {
                type_name, plain, ..
            } if type_name == "Point" => Ok(Dynamic::from(Point(plain))),
            other => Err(format!("nothing known about {other:?}")),
        }
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        let functions = self.program.shared_lib();
        let found = functions.iter_script_fn_info().find(|info| info.2 == name);
        found
            .map(|info| FnPtr::from(info.4.clone()))
            .ok_or_else(|| format!("there is no function {name} here"))
    }

    fn captured_name(&self, function: &str, index: usize) -> Option<String> {
        let names = ["first", "second"];
        (function == "work").then(|| names.get(index).map(|name| (*name).to_owned()))?
    }
}

/// Sends a value to another process, which is this one.
pub(super) fn cross(value: &Dynamic, world: &World) -> Dynamic {
    assert_eq!(check(value, "item", world), Ok(()));
    let message = encode(value, "item", world).unwrap_or_else(|refusal| panic!("{refusal}"));
    decode(&message.bytes, world).unwrap_or_else(|error| panic!("{error}\n{:02x?}", message.bytes))
}

/// Whether two values are equal in type and content, floats bit for bit. Shared cells equal what they hold.
pub(super) fn same(left: &Dynamic, right: &Dynamic) -> bool {
    if left.is_shared() || right.is_shared() {
        return same(&left.flatten_clone(), &right.flatten_clone());
    }
    if left.type_id() != right.type_id() {
        return false;
    }
    if let (Ok(left), Ok(right)) = (left.as_float(), right.as_float()) {
        return left.to_bits() == right.to_bits();
    }
    if let (Some(left), Some(right)) = (left.read_lock::<Array>(), right.read_lock::<Array>()) {
        return all_same(&left, &right);
    }
    if let (Some(left), Some(right)) = (left.read_lock::<Map>(), right.read_lock::<Map>()) {
        return left.keys().eq(right.keys())
            && left
                .values()
                .zip(right.values())
                .all(|(left, right)| same(left, right));
    }
    if let (Some(left), Some(right)) = (left.read_lock::<FnPtr>(), right.read_lock::<FnPtr>()) {
        return left.fn_name() == right.fn_name() && all_same(left.curry(), right.curry());
    }
    if let (Some(left), Some(right)) = (left.read_lock::<Point>(), right.read_lock::<Point>()) {
        return same(&left.0, &right.0);
    }
    equal::<()>(left, right)
        || equal::<bool>(left, right)
        || equal::<i64>(left, right)
        || equal::<char>(left, right)
        || equal::<ImmutableString>(left, right)
        || equal::<Blob>(left, right)
        || equal::<Range<i64>>(left, right)
        || equal::<RangeInclusive<i64>>(left, right)
        || equal::<Lock>(left, right)
}

fn all_same(left: &[Dynamic], right: &[Dynamic]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| same(left, right))
}

fn equal<T: Clone + PartialEq + 'static>(left: &Dynamic, right: &Dynamic) -> bool {
    matches!((left.read_lock::<T>(), right.read_lock::<T>()), (Some(left), Some(right)) if *left == *right)
}
