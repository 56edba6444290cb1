//! Measures how near to one another those functions lie that runs and starts of processes execute: `cargo bench --bench layout`.
//!
//! Each stretch of 64 KiB that they touch is a page fault of every run and of every forked child. So `src/cli/first.ld` lists them by name,
//! and the command is linked with them in front. `-- --write` writes that list anew; names that a later version of Rust or of a crate
//! does not have are without effect, and what is not listed lies behind.

mod calls;
mod functions;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;
use std::fs;

use functions::{Functions, pattern};
use support::PROCSCRIPT;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/first.ld");

/// What is executed: an empty script, and what starts a process, a worker of a pool and a thread.
const SCRIPTS: &[&str] = &[
    "",
    "fn child(q) { q.put([1, `two`]); }
     let q = Queue(); let p = Process(child, [q]); p.start(); print(q.get()); p.join();",
    "fn square(x) { x * x }
     let p = Pool(2); print(p.map(square, [1, 2, 3])); p.close(); p.join();",
    "fn child() {}
     let spawn = multiprocessing.get_context(`spawn`);
     for i in range(2) { let p = spawn.Process(child); p.start(); p.join(); }",
    "fn work() {}
     let t = Thread(work); t.start(); t.join();",
];

/// How much the kernel maps at one fault of a page of a file, in bytes.
const STRETCH: u64 = 64 << 10;

fn main() {
    let functions = Functions::read();
    let executed = calls::called_by(SCRIPTS, &functions);
    let executed = executed.expect("the command runs, and may be traced");
    let size: u64 = executed.iter().map(|at| functions.size(*at)).sum();
    let stretches = executed.iter().flat_map(|at| {
        let end = at + functions.size(*at).max(1);
        at / STRETCH..=(end - 1) / STRETCH
    });
    let stretches = stretches.collect::<BTreeSet<_>>().len();
    println!(
        "{} functions are executed, {} KiB, in {stretches} stretches of 64 KiB",
        executed.len(),
        size >> 10
    );
    let listed = fs::read_to_string(LIST).unwrap_or_default();
    let listed: Vec<_> = listed.lines().filter_map(listed_name).collect();
    let known = functions.patterns();
    let there = listed.iter().filter(|name| known.contains(**name));
    println!(
        "{} of {} names of the list exist",
        there.count(),
        listed.len()
    );
    if std::env::args().any(|arg| arg == "--write") {
        fs::write(LIST, list(&functions, &executed)).expect("the list can be written");
        println!("written: {LIST}");
    }
}

/// The linker script that puts these functions in front.
fn list(functions: &Functions, executed: &[u64]) -> String {
    let mut text = "/* The functions that runs and starts of processes execute, in that order, to be linked in front: they share pages.\n   \
                    Written by `cargo bench --bench layout -- --write`. */\n\nSECTIONS {\n  .text.first : {\n"
        .to_string();
    let mut listed = HashSet::new();
    let names = executed.iter().flat_map(|at| &functions.0[at].0);
    for name in names.map(|name| pattern(name)) {
        if listed.insert(name.clone()) {
            let _ = writeln!(text, "    *(.text.{name} .text.unlikely.{name})");
        }
    }
    text.push_str("  }\n}\nINSERT BEFORE .text;\n");
    text
}

/// The name in a line of that script.
fn listed_name(line: &str) -> Option<&str> {
    let (name, _) = line.trim().strip_prefix("*(.text.")?.split_once(' ')?;
    Some(name)
}
