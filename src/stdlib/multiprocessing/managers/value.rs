//! `Manager().Value()`: one value of any type that all processes see. It is a list of the value and its type code, which nothing
//! depends on.

use rhai::Dynamic;

use super::contents::{extend, pack, update};
use super::members::register_class;
use super::proxy::{self, Proxy, Shape, ValueProxy, assigned_to};
use super::span::Span;
use crate::script::{Call, Failure, Outcome, Registry};
use crate::sync::{Cells, Splice};

/// The entry of the value, by which a proxy inside it remembers where it was read.
const PLACE: Span = Span::Slice(0, 1);
const NAME: &[u8] = b"value";

pub(crate) fn register(registry: &mut Registry) {
    let class = &mut registry.class::<ValueProxy>("ValueProxy");
    register_class::<ValueProxy>(class);
    class
        .getter("value", |call| get(call, &this(call)))
        .setter("value", set)
        .method("get", &[], |call| get(call, &this(call)))
        .method("set", &["value", "/"], set)
        .method("update", &["function", "/"], |call| {
            let (value, function) = (this(call), call.function(0)?);
            let read = || read(call, &value).map(|(bytes, value)| (Some(bytes), value));
            update(call, &value, &function, read, |expected, packed| {
                let expected = expected.unwrap_or_default();
                let item = packed.at(&[]);
                value
                    .container
                    .exchange_at(call.interp, PLACE, expected, &item)
            })
        });
}

fn this(call: &Call<'_>) -> Proxy {
    proxy::this::<ValueProxy>(call)
}

fn read(call: &Call<'_>, value: &Proxy) -> Result<(Vec<u8>, Dynamic), Failure> {
    let store = &value.container;
    let found = store.read(call.interp, PLACE, |items| {
        let (_, item) = items.next()?;
        let both = || Ok::<_, Failure>((item.bytes.to_vec(), store.unpack(call.interp, item)?));
        Some(both())
    })?;
    let (_, found) = found.unwrap_or_default();
    found.unwrap_or_else(|| Err("a managed value is empty".into()))
}

fn get(call: &Call<'_>, value: &Proxy) -> Outcome {
    let (_, found) = read(call, value)?;
    Ok(value.read_at(NAME, found))
}

fn set(call: &mut Call<'_>) -> Outcome {
    let (place, value) = (assigned_to::<ValueProxy>(call), call.value(0));
    if !place.is_write_back(NAME, &value) {
        let packed = pack(call, &place, value)?;
        let items = [packed.at(&[])];
        let done = place
            .container
            .splice(call.interp, None, PLACE, &items, |_| ())?;
        debug_assert_eq!(done, Splice::Done(()));
    }
    place.note_assignment();
    Ok(Dynamic::UNIT)
}

/// `Manager().Value(typecode, value)`.
pub(crate) fn construct(call: &mut Call<'_>, switch: &Cells) -> Outcome {
    let (code, value) = (call.value(0), call.value(1));
    let proxy = Proxy::create(call.interp, Shape::Value, switch)?;
    extend(call, &proxy, vec![value, code])?;
    Ok(proxy.into_value())
}
