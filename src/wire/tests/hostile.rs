//! Bytes that are no message: an error each time, never a panic, never much memory.

use std::fs;

use rhai::{Array, Dynamic, Map};
use serde::de::IgnoredAny;

use super::generator::Generator;
use super::world::{Lock, Point, World};
use crate::wire::fault::Fault;
use crate::wire::{MAX_DEPTH, decode, encode, typed};

fn fault(bytes: &[u8]) -> Fault {
    decode(bytes, &World::new())
        .expect_err("not a message")
        .fault
}

fn message(seed: u64, world: &World) -> Vec<u8> {
    let value = Generator::new(seed).value(world, 4);
    encode(&value, "item", world)
        .unwrap_or_else(|refusal| panic!("seed {seed}: {refusal}"))
        .bytes
}

#[test]
fn no_beginning_of_a_message_is_a_message() {
    let world = World::new();
    for seed in 0..300 {
        let bytes = message(seed, &world);
        for end in 0..bytes.len() {
            assert!(
                decode(&bytes[..end], &world).is_err(),
                "seed {seed}, first {end} bytes"
            );
        }
    }
}

#[test]
fn a_message_with_a_byte_too_many_is_refused() {
    let world = World::new();
    for seed in 0..300 {
        let mut bytes = message(seed, &world);
        bytes.push(0xc0);
        assert!(decode(&bytes, &world).is_err(), "seed {seed}");
    }
    assert_eq!(fault(&[1, 2, 3]), Fault::Trailing(2));
}

/// What is decoded from damaged bytes is a value all the same: it can be sent on.
#[test]
fn damaged_bytes_give_an_error_or_a_whole_value() {
    let world = World::new();
    let mut generator = Generator::new(77);
    for seed in 0..300 {
        let bytes = message(seed, &world);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << generator.below(8);
            read(&damaged, &world);
            damaged[at] = generator.next() as u8;
            read(&damaged, &world);
        }
    }
}

#[test]
fn random_bytes_give_an_error_or_a_whole_value() {
    let world = World::new();
    let mut generator = Generator::new(78);
    for _ in 0..100_000 {
        let length = generator.below(40);
        let bytes: Vec<u8> = (0..length).map(|_| generator.next() as u8).collect();
        read(&bytes, &world);
    }
}

/// The published package has no such folder.
#[test]
fn what_fuzzing_has_found_gives_an_error_or_a_whole_value() {
    let world = World::new();
    for entry in fs::read_dir("fuzz/corpus/wire").into_iter().flatten() {
        let bytes = fs::read(entry.expect("a file").path()).expect("its bytes");
        read(&bytes, &world);
        let _ = typed::read::<IgnoredAny>(&bytes);
    }
}

fn read(bytes: &[u8], world: &World) {
    if let Ok(value) = decode(bytes, world) {
        encode(&value, "item", world).unwrap_or_else(|refusal| panic!("{refusal}: {bytes:02x?}"));
    }
}

#[test]
fn lengths_beyond_the_message_are_refused_before_memory_is_taken() {
    for marker in [0xdd_u8, 0xdf, 0xdb, 0xc6, 0xc9] {
        assert_eq!(
            fault(&[marker, 0xff, 0xff, 0xff, 0xff, 2]),
            Fault::Truncated
        );
        assert_eq!(
            fault(&[marker, 0x7f, 0xff, 0xff, 0xff, 2]),
            Fault::Truncated
        );
    }
}

/// Each array says that the rest of the message are its elements. Believed one by one, 100 levels would claim a
/// hundred times the message.
#[test]
fn nested_lengths_are_added_up() {
    let mut bytes = Vec::new();
    for _ in 0..100 {
        bytes.extend([0xdd, 0, 1, 0, 0]);
    }
    bytes.resize(bytes.len() + 0x1_0100, 0xc0);
    let error = decode(&bytes, &World::new()).expect_err("the elements cannot be there");
    assert_eq!(error.fault, Fault::Truncated);
    assert!(error.at <= 10, "noticed at byte {}", error.at);
}

#[test]
fn an_extension_cannot_reach_beyond_its_payload() {
    let world = World::new();
    let point = Dynamic::from(Point(Array::from([1.into(), 2.into()]).into()));
    let bytes = encode(&point, "item", &world)
        .expect("a point can cross")
        .bytes;
    for change in [-1_i8, 1] {
        let mut damaged = bytes.clone();
        damaged[4] = damaged[4].wrapping_add_signed(change);
        damaged.push(0xc0);
        assert!(decode(&damaged, &world).is_err());
    }
}

#[test]
fn nesting_beyond_the_limit_is_refused() {
    let mut bytes = vec![0x91; MAX_DEPTH];
    bytes.push(1);
    assert!(decode(&bytes, &World::new()).is_ok());
    bytes.insert(0, 0x91);
    assert_eq!(fault(&bytes), Fault::TooDeep);
    assert_eq!(fault(&vec![0x91; 1_000_000]), Fault::TooDeep);
    assert_eq!(fault(&[0x81, 0xa1, b'k'].repeat(10_000)), Fault::TooDeep);
}

#[test]
fn every_fault_is_told() {
    assert_eq!(fault(&[]), Fault::Truncated);
    assert_eq!(fault(&[0xc1]), Fault::Marker(0xc1));
    assert_eq!(fault(&[0xca, 0, 0, 0, 0]), Fault::Marker(0xca));
    assert_eq!(fault(&[0xa1, 0xff]), Fault::Utf8);
    assert_eq!(fault(&[0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0]), Fault::OutOfRange);
    assert_eq!(fault(&[0xd6, 1, 0, 0, 0xd8, 0]), Fault::OutOfRange);
    assert_eq!(fault(&[0xd6, 99, 0, 0, 0, 0]), Fault::Extension(99));
    assert_eq!(fault(&[0xd6, 3, 0, 0, 0, 0]), Fault::Extension(3));
    assert_eq!(fault(&[0x81, 1, 1]), Fault::Marker(1));
    assert_eq!(
        fault(&[0x82, 0xa1, b'k', 1, 0xa1, b'k', 2]),
        Fault::DuplicateKey
    );
}

#[test]
fn names_unknown_here_are_told_in_the_words_of_the_border() {
    let world = World::running("fn other() {}");
    let value = Map::from([("f".into(), World::new().work([Dynamic::from(Lock(1))]))]);
    let bytes = encode(&value.into(), "item", &World::new())
        .expect("known there")
        .bytes;
    assert_eq!(
        decode(&bytes, &world)
            .expect_err("unknown here")
            .to_string(),
        "received a value that has no meaning in this process: there is no function work here"
    );
}
