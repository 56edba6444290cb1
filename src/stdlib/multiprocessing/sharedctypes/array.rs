//! `Array` and `RawArray`.

use std::any::TypeId;
use std::ops::Range;
use std::sync::Arc;

use rhai::{Blob, Dynamic};

use super::guard::Guard;
use super::row::{Holder, Row, of_parts, parts, register_lock};
use super::typecode::TypeCode;
use crate::script::{Call, Class, Failure, Interp, Outcome, Registry, raise, type_name};
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::slices::{self, Place};
use crate::text::{as_int, as_string};
use crate::wire::kind;

/// A fixed number of numbers, bytes or letters shared between processes, with their lock.
#[derive(Debug, Clone)]
struct Array(Arc<Row>);

/// The same without a lock.
#[derive(Debug, Clone)]
struct RawArray(Arc<Row>);

impl Holder for Array {
    fn row(&self) -> &Arc<Row> {
        &self.0
    }
}

impl Holder for RawArray {
    fn row(&self) -> &Arc<Row> {
        &self.0
    }
}

fn raw(array: &Array) -> Dynamic {
    Dynamic::from(RawArray(array.0.guarded_by(None)))
}

pub(crate) fn register(registry: &mut Registry) {
    let class = &mut registry.class::<RawArray>("RawArray");
    members::<RawArray>(class);
    class.by_place(
        &[kind::RAW_ARRAY],
        |raw: &RawArray| Some((kind::RAW_ARRAY, raw.0.cells.handle().place())),
        |session, _, place| Ok(Dynamic::from(RawArray(Row::open(session, place)?))),
    );
    let class = &mut registry.class::<Array>("SynchronizedArray");
    members::<Array>(class);
    class.by_parts(
        "Array",
        |_, array: &Array| Ok(parts(raw(array), &array.0)),
        |_, parts| of_parts::<RawArray>(parts).map(Array),
    );
    register_lock::<Array>(class);
    class.method("get_obj", &[], |call| Ok(raw(&call.this())));
    iterate::<Array>(registry);
    iterate::<RawArray>(registry);
}

fn members<T: Holder>(class: &mut Class<'_>) {
    class
        .method("len", &[], |call| {
            Ok(Dynamic::from_int(call.this::<T>().row().cells.len() as i64))
        })
        .index_getter(|call| {
            let (array, index) = (call.this::<T>(), call.value(0));
            match place(array.row(), &index)? {
                Place::Slice(range) => array.row().get_slice(call.interp, range),
                one => array.row().get(call.interp, item(one)?),
            }
        })
        .index_setter(|call| {
            let (array, index, value) = (call.this::<T>(), call.value(0), call.value(1));
            match place(array.row(), &index)? {
                Place::Slice(range) => set_slice(call, array.row(), range, value),
                one => array.row().set(call.interp, item(one)?, &value),
            }
        })
        .method("contains", &["value"], contains::<T>)
        .method("add", &["#", "index", "n"], |call| {
            let (array, index) = (call.this::<T>(), index(call, 0)?);
            let at = item(place(array.row(), &index)?)?;
            let more = call.value(1);
            array.row().add(call.interp, at, &more)
        })
        .method("compare_exchange", &["index", "old", "new"], |call| {
            let (array, index) = (call.this::<T>(), index(call, 0)?);
            let at = item(place(array.row(), &index)?)?;
            let (old, new) = (call.value(1), call.value(2));
            array.row().compare_exchange(call.interp, at, &old, &new)
        })
        .getter("value", |call| {
            let array = call.this::<T>();
            let all = bytes(call.interp, array.row(), "value")?;
            let end = all.iter().position(|byte| *byte == 0);
            Ok(Dynamic::from_blob(all[..end.unwrap_or(all.len())].to_vec()))
        })
        .setter("value", |call| set_bytes::<T>(call, "value"))
        .getter("raw", |call| {
            let array = call.this::<T>();
            Ok(Dynamic::from_blob(bytes(call.interp, array.row(), "raw")?))
        })
        .setter("raw", |call| set_bytes::<T>(call, "raw"))
        .lacks(|array: &T| match array.row().code.is_byte() {
            true => &[],
            false => &["value", "raw"],
        })
        .repr(|call| Ok(repr(call.this::<T>().row()).into()));
}

fn index(call: &mut Call<'_>, at: usize) -> Result<Dynamic, Failure> {
    let index = call.value(at);
    match as_int(&index) {
        Some(_) => Ok(index),
        None => Err(raise("TypeError", "indices must be integers")),
    }
}

fn place(row: &Row, index: &Dynamic) -> Result<Place, Failure> {
    match slices::place(index, row.cells.len()) {
        // Rhai asks here too for properties it does not find.
        Place::NoIndex if as_string(index).is_some() => {
            let name = as_string(index).unwrap_or_default();
            Err(no_attribute(row, &name))
        }
        Place::NoIndex => Err(raise("TypeError", "indices must be integers")),
        place => Ok(place),
    }
}

fn item(place: Place) -> Result<usize, Failure> {
    match place {
        Place::At(index) => Ok(index),
        _ => Err(raise("IndexError", "invalid index")),
    }
}

fn no_attribute(row: &Row, name: &str) -> Failure {
    let class = class_name(row);
    let text = format!("'{class}' object has no attribute '{name}'");
    raise("AttributeError", text)
}

fn set_slice(call: &Call<'_>, row: &Row, range: Range<usize>, value: Dynamic) -> Outcome {
    let words = Row::words(row.code, &items_of(call, value)?)?;
    if words.len() != range.len() {
        let text = "Can only assign sequence of same size";
        return Err(raise("ValueError", text));
    }
    row.set_words(call.interp, range.start, &words)
}

/// `value in array` reads each element once, as a loop does.
fn contains<T: Holder>(call: &mut Call<'_>) -> Outcome {
    let (array, value) = (call.this::<T>(), call.value(0));
    let row = array.row();
    let Ok(wanted) = row.code.encode(&value) else {
        return Ok(false.into());
    };
    for index in 0..row.cells.len() {
        let word = row.code.encode(&row.get(call.interp, index)?)?;
        if row.code.same(word, wanted) {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

/// Returns all bytes of an array of type code `c`.
fn bytes(interp: &Interp, row: &Row, property: &str) -> Result<Blob, Failure> {
    if !row.code.is_byte() {
        return Err(no_attribute(row, property));
    }
    let all = row.get_slice(interp, 0..row.cells.len())?;
    Ok(all.into_blob().unwrap_or_default())
}

/// `value` is followed by a zero where there is room for one, `raw` is not.
fn set_bytes<T: Holder>(call: &mut Call<'_>, property: &'static str) -> Outcome {
    let (array, value) = (call.this::<T>(), call.value(0));
    let row = array.row();
    if !row.code.is_byte() {
        return Err(no_attribute(row, property));
    }
    let found = type_name(&value);
    let mut bytes = value.into_blob().map_err(|_| {
        let text = format!("bytes expected instead of {found} instance");
        raise("TypeError", text)
    })?;
    if bytes.len() > row.cells.len() {
        return Err(raise("ValueError", "byte string too long"));
    }
    if property == "value" && bytes.len() < row.cells.len() {
        bytes.push(0);
    }
    let words: Vec<u64> = bytes.into_iter().map(u64::from).collect();
    row.set_words(call.interp, 0, &words)
}

fn class_name(row: &Row) -> &'static str {
    match row.guard {
        None => "RawArray",
        Some(_) if row.code.is_byte() => "SynchronizedString",
        Some(_) => "SynchronizedArray",
    }
}

fn repr(row: &Row) -> String {
    let (name, length) = (row.code.c_name(), row.cells.len());
    let place = row.cells.handle().offset();
    let raw = format!("<multiprocessing.sharedctypes.{name}_Array_{length} object at {place}>");
    match row.guard {
        Some(_) => format!("<{} wrapper for {raw}>", class_name(row)),
        None => raw,
    }
}

/// An iterator over the elements, each of which is read when it is reached.
#[derive(Clone)]
struct Elements {
    interp: Arc<Interp>,
    row: Arc<Row>,
    next: usize,
}

impl Iterator for Elements {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        let index = self.next;
        self.next += 1;
        (index < self.row.cells.len()).then(|| self.row.get(&self.interp, index))
    }
}

fn iterate<T: Holder>(registry: &mut Registry) {
    registry.iterates(TypeId::of::<T>(), |interp, array| {
        Box::new(Elements {
            interp: interp.clone(),
            row: array.cast::<T>().row().clone(),
            next: 0,
        })
    });
}

/// `Array(typecode, size or items, lock=True)`.
pub(crate) fn construct(call: &mut Call<'_>) -> Outcome {
    let (code, length, words) = contents(call)?;
    let guard = Guard::asked_for(call, 2)?;
    let raw = guard.is_none();
    let row = Row::create(call.interp, code, length, &words, guard)?;
    Ok(if raw {
        Dynamic::from(RawArray(row))
    } else {
        Dynamic::from(Array(row))
    })
}

/// `RawArray(typecode, size or items)`.
pub(crate) fn construct_raw(call: &mut Call<'_>) -> Outcome {
    let (code, length, words) = contents(call)?;
    let row = Row::create(call.interp, code, length, &words, None)?;
    Ok(Dynamic::from(RawArray(row)))
}

/// Returns the type code, the length, and the words that are not zero.
fn contents(call: &mut Call<'_>) -> Result<(&'static TypeCode, usize, Vec<u64>), Failure> {
    let code = TypeCode::named(&call.value(0))?;
    let initial = call.value(1);
    let Ok(length) = initial.as_int() else {
        let words = Row::words(code, &items_of(call, initial)?)?;
        return Ok((code, words.len(), words));
    };
    let length = usize::try_from(length).map_err(|_| {
        let text = format!("Array length must be >= 0, not {length}");
        raise("ValueError", text)
    })?;
    Ok((code, length, Vec::new()))
}
