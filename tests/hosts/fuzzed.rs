//! The inputs that fuzzing began with and found, read again: `fuzz/README.md`. A panic writes to standard error, which fails the case.

use std::fs;

use crate::fuzz_inputs::{check, format, json, script};
use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("fuzzed_source_text_is_checked", || read("check", check())),
    Case::new("fuzzed_json_is_read", || read("json", json())),
    Case::new("fuzzed_formats_are_read", || read("format", format())),
    Case::new("fuzzed_scripts_end", || read("script", script())),
];

fn read(target: &str, mut reader: impl FnMut(&[u8])) {
    let folder = fs::read_dir(format!("fuzz/corpus/{target}")).unwrap();
    let mut inputs: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    for input in inputs {
        reader(&fs::read(input).unwrap());
    }
}
