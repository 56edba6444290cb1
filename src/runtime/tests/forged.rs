//! A message that names a shared object without bringing it is refused, whichever way it is read.

use rhai::{Array, Dynamic, Scope};

use crate::runtime::Runtime;
use crate::runtime::objects::{Event, GetError, Queue};
use crate::script::exceptions::Exception;
use crate::sync::{self, Container, Deadline, Item, Message, Offset, PipeEnd};
use crate::wire;

const WHY: &str = "names a shared object that did not come with it";

fn encoded(runtime: &Runtime, value: impl Into<Dynamic>) -> wire::Message {
    wire::encode(&value.into(), "item", &runtime.interp).unwrap()
}

/// Where the first object that `value` names lies.
fn place(runtime: &Runtime, value: &Dynamic) -> Offset {
    Offset(encoded(runtime, value.clone()).handles[0])
}

/// The expression about `x` raises the refusal.
fn refused(runtime: &Runtime, x: &Dynamic, expression: &str) {
    let mut scope = Scope::new();
    scope.push_constant("x", x.clone());
    let result = runtime
        .engine
        .eval_with_scope::<Dynamic>(&mut scope, expression);
    let error = result.expect_err(expression);
    let text = Exception::from_error(&error).headline();
    assert!(
        text.starts_with("ValueError: ") && text.contains(WHY),
        "{expression}: {text}"
    );
}

#[test]
fn no_reader_accepts_an_object_that_did_not_come_with_the_message() {
    let mut runtime = Runtime::builder().session_memory(16 << 20).build().unwrap();
    let event = runtime.event().unwrap().to_dynamic();
    let forged = encoded(&runtime, vec![event]).bytes;
    let session = runtime.interp.session().unwrap();

    let queue: Dynamic = runtime.eval("Queue()").unwrap();
    let raw = sync::Queue::open(&session, place(&runtime, &queue)).unwrap();
    for read in ["x.get()", "x.get_many()"] {
        raw.put(&forged, &[], Deadline::NOW).unwrap();
        refused(&runtime, &queue, read);
    }

    let ends: Array = runtime.eval("Pipe()").unwrap();
    let raw = PipeEnd::open(&session, place(&runtime, &ends[1])).unwrap();
    raw.send(&[&[0], &forged], &[]).unwrap();
    refused(&runtime, &ends[0], "x.recv()");

    let list: Dynamic = runtime.eval("Manager().list()").unwrap();
    let raw = Container::open(&session, place(&runtime, &list)).unwrap();
    let item = |key| Item {
        key,
        value: Message::plain(&forged),
    };
    let end = |length| Some(length..length);
    raw.splice(None, &end, &[item(b"")], |_| ()).unwrap();
    for read in ["x[0]", "x.copy()", "x.pop()"] {
        refused(&runtime, &list, read);
    }

    let dict: Dynamic = runtime.eval("Manager().dict()").unwrap();
    let raw = Container::open(&session, place(&runtime, &dict)).unwrap();
    let key = encoded(&runtime, "k").bytes;
    for read in [
        "x.setdefault(\"k\", 0)",
        "x.values()",
        "x.pop(\"k\")",
        "x.popitem()",
    ] {
        raw.set(&item(&key)).unwrap();
        refused(&runtime, &dict, read);
    }

    let typed: Queue<Vec<Event>> = runtime.queue(0).unwrap();
    let raw = sync::Queue::open(&session, place(&runtime, &typed.to_dynamic())).unwrap();
    for _ in 0..2 {
        raw.put(&forged, &[], Deadline::NOW).unwrap();
    }
    let Err(GetError::Conversion(one)) = typed.get() else {
        panic!("the item is refused");
    };
    let many = typed.get_many(1).unwrap().remove(0);
    for refusal in [one, many.unwrap_err()] {
        assert!(refusal.reason().contains(WHY), "{}", refusal.reason());
    }
    runtime.interp.leave(0, None);
}
