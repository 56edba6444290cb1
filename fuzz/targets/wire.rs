//! The decoder of messages between processes. What it accepts is written and read again as the same.
//!
//! This program compiles the room `wire` itself, so the library needs no public functions for it.
#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub)]

#[path = "../../src/wire/mod.rs"]
mod wire;
#[path = "../../src/wire/tests/world.rs"]
mod world;

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use world::World;

/// A type that a host may receive: it has a part of every form that serde knows.
#[derive(Serialize, Deserialize)]
struct Order {
    id: u32,
    small: i8,
    price: f64,
    sign: char,
    customer: String,
    lines: Vec<(String, i64)>,
    gift: Option<Box<Order>>,
    state: State,
    by_name: BTreeMap<String, bool>,
}

#[derive(Serialize, Deserialize)]
enum State {
    Open,
    Sent(u64),
    Returned { reason: String, at: (f32, u16) },
    Lost(Vec<State>, ()),
}

thread_local! {
    static WORLD: World = World::new();
}

libfuzzer_sys::fuzz_target!(
    init: procscript_fuzz::signals_have_a_stack(),
    |input: &[u8]| WORLD.with(|world| {
        if let Ok(value) = wire::decode(input, world) {
            let crossed = world::cross(&value, world);
            assert!(world::same(&value, &crossed), "a value that changes on its way");
        }
        let _ = wire::typed::read::<IgnoredAny>(input);
        comes_back::<Order>(input);
        comes_back::<Vec<State>>(input);
    })
);

/// Checks that a value that was read as this type is the same after writing and reading it. The bytes are compared, since a NaN is not
/// equal to itself.
fn comes_back<T: Serialize + for<'de> Deserialize<'de>>(input: &[u8]) {
    let Ok(value) = wire::typed::read::<T>(input) else {
        return;
    };
    let first = bytes_of(&value);
    let Ok(again) = wire::typed::read::<T>(&first) else {
        panic!("what was written cannot be read");
    };
    assert!(first == bytes_of(&again), "a value that changes on its way");
}

fn bytes_of<T: Serialize>(value: &T) -> Vec<u8> {
    let mut message = wire::Message::default();
    assert!(wire::typed::write(value, &mut message, wire::typed::Known::nothing()).is_ok());
    message.bytes
}
