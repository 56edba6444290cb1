//! Values that cannot cross: the path that is named, and the reason.

use std::time::Instant;

use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext};

use super::world::{File, Lock, Point, World};
use crate::wire::{MAX_DEPTH, Reason, bare_type_name, check, encode};

/// The text of the refusal, the same from `encode` and `check`.
fn refusal(value: impl Into<Dynamic>, root: &str) -> String {
    let world = World::new();
    let value = value.into();
    let refused = encode(&value, root, &world).expect_err("this cannot cross");
    assert_eq!(check(&value, root, &world), Err(refused.clone()));
    refused.to_string()
}

fn file() -> Dynamic {
    Dynamic::from(File)
}

#[test]
fn the_path_leads_to_the_part_that_cannot_cross() {
    let file_inside = Map::from([("a".into(), 1.into()), ("x".into(), file())]);
    assert_eq!(
        refusal(Array::from([1.into(), file_inside.into()]), "args"),
        "args[1].x is a File, which cannot be sent to another process"
    );
    assert_eq!(
        refusal(file(), "item"),
        "item is a File, which cannot be sent to another process"
    );
    assert_eq!(
        refusal(Map::from([("my key".into(), file())]), "item"),
        "item[\"my key\"] is a File, which cannot be sent to another process"
    );
    assert_eq!(
        refusal(Dynamic::from(Point(Array::from([file()]).into())), "item"),
        "item[0] is a File, which cannot be sent to another process"
    );
}

#[test]
fn captured_variables_are_named() {
    let world = World::new();
    let inside = Map::from([("x".into(), file())]);
    assert_eq!(
        refusal(world.work([Dynamic::from(1_i64), inside.into()]), "target"),
        "second.x captured by target is a File, which cannot be sent to another process"
    );
    let nested = world.work([world.work([file().into_shared()])]);
    assert_eq!(
        refusal(Array::from([nested]), "args"),
        "first captured by first captured by args[0] is a File, which cannot be sent to another process"
    );
    let mut rest = FnPtr::new("rest").expect("a name");
    rest.add_curry(file());
    assert_eq!(
        refusal(rest, "target"),
        "variable 0 captured by target is a File, which cannot be sent to another process"
    );
}

#[test]
fn timestamps_and_foreign_numbers_are_refused() {
    assert_eq!(
        refusal(Instant::now(), "item"),
        "item is a timestamp, which cannot be sent to another process"
    );
    assert_eq!(
        refusal(Dynamic::from(1_u8), "item"),
        "item is a u8, which cannot be sent to another process"
    );
}

#[test]
#[allow(deprecated)]
fn functions_unknown_to_the_other_side_are_refused() {
    let native = |name| {
        FnPtr::from_fn(name, |_: NativeCallContext, _: &mut [&mut Dynamic]| {
            Ok(Dynamic::UNIT)
        })
    };
    assert_eq!(
        refusal(native("secret").expect("a name"), "target"),
        "target is the function secret, which cannot be sent to another process: there is no function secret here"
    );
    let elsewhere = World::running("|x| x").outcome();
    assert!(refusal(elsewhere, "target").starts_with("target is a closure, which cannot be sent"));
}

#[test]
fn a_captured_variable_in_use_is_refused_without_a_panic() {
    let world = World::new();
    let mut cell = Dynamic::from(1_i64).into_shared();
    let copy = cell.clone();
    let target = world.work([copy]);
    let guard = cell.write_lock::<i64>().expect("free");
    let refused = encode(&target, "target", &world).expect_err("the cell is locked");
    assert_eq!(refused.reason, Reason::Busy);
    assert!(
        refused
            .to_string()
            .starts_with("first captured by target is a captured variable in use")
    );
    drop(guard);
    assert_eq!(check(&target, "target", &world), Ok(()));
}

#[test]
fn a_cell_that_contains_itself_is_refused() {
    let world = World::new();
    let mut cell = Dynamic::UNIT.into_shared();
    let work = world.work([cell.clone()]);
    *cell.write_lock::<Dynamic>().expect("free") = work;
    let refused = encode(&cell, "item", &world).expect_err("endless");
    assert_eq!(refused.reason, Reason::TooDeep);
    *cell.write_lock::<Dynamic>().expect("free") = Dynamic::UNIT;
}

#[test]
fn one_level_too_deep_is_refused_with_a_short_path() {
    let mut value = Dynamic::from(1_i64);
    for _ in 0..=MAX_DEPTH {
        value = Array::from([value]).into();
    }
    let text = refusal(value, "item");
    assert!(text.contains("nested more than 128 levels deep"), "{text}");
    assert!(text.len() < 200, "{text}");
}

#[test]
fn check_and_encode_agree_on_values_that_cross() {
    let world = World::new();
    let value = Dynamic::from(Array::from([
        Dynamic::from(Lock(1)),
        world.work([2.into()]),
    ]));
    assert_eq!(check(&value, "item", &world), Ok(()));
    assert!(encode(&value, "item", &world).is_ok());
}

#[test]
fn type_names_lose_their_paths() {
    assert_eq!(bare_type_name("my_host::files::File"), "File");
    assert_eq!(bare_type_name("alloc::vec::Vec<foo::Bar>"), "Vec<Bar>");
    assert_eq!(bare_type_name("(a::B, &mut c::D)"), "(B, &mut D)");
    assert_eq!(bare_type_name("timestamp"), "timestamp");
}
