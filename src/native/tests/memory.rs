//! The memory of compiled code.

use std::fs;

use super::support::{add, function, int, machine, result, var};
use crate::native::code::Ty;
use crate::native::{Entry, Exit, Value};

/// An entry of a compiler that is gone.
fn entry() -> Entry {
    let mut machine = machine();
    let id = machine.declare(&[Ty::Int], Ty::Int);
    let code = function(&[Ty::Int], 1, vec![], add(var(0), int(1)));
    machine.define(id, &code).unwrap();
    assert_eq!(machine.bytes(), 0);
    let entry = machine.entry(id).unwrap();
    assert!(machine.bytes() > 0);
    entry
}

/// The permissions of this process's mappings.
fn mappings() -> Vec<String> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let permissions = maps.lines().filter_map(|line| line.split(' ').nth(1));
    permissions.map(ToString::to_string).collect()
}

fn executable() -> usize {
    mappings()
        .iter()
        .filter(|mapping| mapping.contains('x'))
        .count()
}

#[test]
fn code_outlives_its_compiler_and_goes_with_its_last_entry() {
    let is_right = |entry: &Entry| result(entry, &[Value::Int(1)]) == Exit::Done(Value::Int(2));
    let before = executable();
    for _ in 0..1000 {
        let entry = entry();
        let other = entry.clone();
        drop(entry);
        assert!(is_right(&other));
    }
    // Other tests compile at the same time.
    assert!(executable() < before + 100, "{} and {before}", executable());
}

#[test]
fn no_memory_is_writable_and_executable() {
    let entries = [entry(), entry()];
    let both = |mapping: &String| mapping.contains('w') && mapping.contains('x');
    assert!(!mappings().iter().any(both));
    assert!(executable() > 0);
    drop(entries);
}
