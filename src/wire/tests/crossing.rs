//! Values that cross, and what arrives.

use rhai::{Array, Dynamic, Map};

use super::generator::Generator;
use super::world::{Lock, Point, World, cross, same};
use crate::wire::{Message, blob_beginning, encode, encode_into};

fn crosses(value: impl Into<Dynamic>) {
    let value = value.into();
    let arrived = cross(&value, &World::new());
    assert!(
        same(&value, &arrived),
        "{value:?} arrived as {arrived:?} ({})",
        arrived.type_name()
    );
}

#[test]
fn plain_values_arrive_unchanged() {
    crosses(());
    crosses(true);
    crosses(false);
    crosses('a');
    crosses('\0');
    crosses('\u{10ffff}');
    crosses(Array::new());
    crosses(Map::new());
    crosses(Dynamic::from_blob(vec![]));
    crosses(Dynamic::from_blob(vec![0; 70_000]));
    crosses(Dynamic::from(1_i64..5));
    crosses(Dynamic::from(5_i64..=i64::MAX));
    crosses(Array::from([
        1.into(),
        1.0.into(),
        "1".into(),
        '1'.into(),
        Dynamic::from_blob(vec![b'1']),
    ]));
}

#[test]
fn integers_of_every_width_stay_integers() {
    for shift in 0..64 {
        for near in -2..=2 {
            crosses((1_i64 << shift).wrapping_add(near));
            crosses((1_i64 << shift).wrapping_neg().wrapping_add(near));
        }
    }
    crosses(i64::MIN);
    crosses(i64::MAX);
}

#[test]
fn floats_keep_every_bit() {
    let patterns = [
        0x7ff8_0000_0000_0001,
        0xfff0_0000_0000_0001,
        0x8000_0000_0000_0000,
        1,
    ];
    for bits in patterns {
        crosses(f64::from_bits(bits));
    }
    for float in [
        0.0,
        1.0,
        -1.5,
        1e300,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ] {
        crosses(float);
    }
}

#[test]
fn strings_and_arrays_around_each_length_field_arrive() {
    for length in [0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536] {
        crosses("ü".repeat(length));
        crosses("x".repeat(length));
        crosses(vec![Dynamic::from(7_i64); length]);
        crosses(
            (0..length)
                .map(|key| (key.to_string().into(), Dynamic::TRUE))
                .collect::<Map>(),
        );
    }
}

#[test]
fn small_messages_are_small() {
    let world = World::new();
    let size = |value: Dynamic| encode(&value, "item", &world).expect("plain").bytes.len();
    assert_eq!(size(100.into()), 1);
    assert_eq!(size("hello".into()), 6);
    assert_eq!(size('c'.into()), 6);
    assert_eq!(size(Dynamic::from(Lock(1))), 13);
}

#[test]
fn a_closure_arrives_with_copies_of_its_captured_variables() {
    let world = World::running("let n = 40; let f = |x| x + n; n += 1; f");
    let closure = world.outcome();
    let arrived = cross(&closure, &world);
    assert!(same(&closure, &arrived));
    let arrived = arrived.cast::<rhai::FnPtr>();
    assert!(
        !arrived.curry()[0].is_shared(),
        "the copy is the receiver's own"
    );
    let sum: i64 = arrived
        .call(&world.engine, &world.program, (1_i64,))
        .expect("callable");
    assert_eq!(sum, 42);
}

#[test]
fn handles_are_listed_once_per_occurrence() {
    let world = World::new();
    let lock = || Dynamic::from(Lock(0xdead_beef_0000));
    let inner = Dynamic::from(Point(Array::from([lock()]).into()));
    let value = Dynamic::from(Array::from([
        lock(),
        1.into(),
        inner,
        world.work([lock(), Dynamic::from(Lock(2))]),
    ]));
    let message = encode(&value, "item", &world).expect("all of it can cross");
    assert_eq!(
        message.handles,
        [0xdead_beef_0000, 0xdead_beef_0000, 0xdead_beef_0000, 2]
    );
    assert!(same(&value, &cross(&value, &world)));
}

#[test]
fn a_buffer_used_again_holds_the_new_message_only() {
    let world = World::new();
    let mut message = Message::default();
    encode_into(&Dynamic::from(Lock(9)), "item", &world, &mut message).expect("a lock can cross");
    encode_into(&Dynamic::from("x"), "item", &world, &mut message).expect("a string can cross");
    let fresh = encode(&Dynamic::from("x"), "item", &world).expect("a string can cross");
    assert_eq!(message.bytes, fresh.bytes);
    assert!(message.handles.is_empty() && message.parts.is_empty());
}

#[test]
fn values_nested_up_to_the_limit_arrive() {
    let mut value = Dynamic::from(1_i64);
    for level in 0..super::super::MAX_DEPTH {
        value = match level % 4 {
            0 => Array::from([value]).into(),
            1 => Map::from([("k".into(), value)]).into(),
            2 => Dynamic::from(Point(value)),
            _ => World::new().work([value]),
        };
    }
    crosses(value);
}

#[test]
fn random_values_arrive_unchanged() {
    let world = World::new();
    for seed in 0..5_000 {
        let value = Generator::new(seed).value(&world, 5);
        let arrived = cross(&value, &world);
        assert!(
            same(&value, &arrived),
            "seed {seed}: {value:?} arrived as {arrived:?}"
        );
    }
}

#[test]
fn the_beginning_of_a_blob_and_the_blob_are_its_message() {
    for length in [0, 1, 255, 256, 65_535, 65_536, 100_000] {
        let blob = vec![7_u8; length];
        let message = encode(&Dynamic::from_blob(blob.clone()), "item", &World::new()).unwrap();
        let beginning = blob_beginning(length).unwrap();
        assert_eq!([beginning, blob].concat(), message.bytes, "{length} bytes");
    }
}
