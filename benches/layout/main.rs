//! Measures how close together those functions lie that every run and every start of a process executes: `cargo bench --bench layout`.
//!
//! Each stretch of 64 KiB that they touch costs every run and every forked child a page fault. So `src/cli/first.ld` lists them by name,
//! and the command is linked with them in front. `-- --write` writes that list anew. Names that a later version of Rust or of a crate
//! does not have do no harm; functions that are not listed come after.

mod calls;
mod functions;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::fs;

use functions::{Functions, pattern, sizes};
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
    if !cfg!(target_arch = "x86_64") {
        println!("the layout is measured on x86-64 only");
        return;
    }
    let functions = functions::read();
    let executed = match calls::called_by(SCRIPTS, &functions) {
        Ok(executed) => executed,
        Err(error) => {
            println!("the layout cannot be measured: {error}");
            return;
        }
    };
    print_stretches(&functions, &executed);
    print_fit(&sizes(&functions));
    if std::env::args().any(|arg| arg == "--write") {
        let names = executed.iter().flat_map(|at| &functions[at].names);
        let text = list(names.map(|name| pattern(name)));
        fs::write(LIST, text).expect("the list can be written");
        println!("written: {LIST}");
    }
}

/// Prints how far apart the functions lie that were executed.
fn print_stretches(functions: &Functions, executed: &[u64]) {
    let size: u64 = executed.iter().map(|at| functions[at].size).sum();
    let stretches = executed.iter().flat_map(|at| {
        let end = at + functions[at].size.max(1);
        at / STRETCH..=(end - 1) / STRETCH
    });
    let stretches = stretches.collect::<BTreeSet<_>>().len();
    println!(
        "{} functions are executed, {} KiB, in {stretches} stretches of 64 KiB",
        executed.len(),
        size >> 10
    );
}

/// Prints how much of the list there is in the command.
fn print_fit(all: &HashMap<String, u64>) {
    let listed = fs::read_to_string(LIST).unwrap_or_default();
    let listed: Vec<_> = listed.lines().filter_map(listed_name).collect();
    let there = listed.iter().filter_map(|name| all.get(*name));
    println!(
        "{} of {} names of the list exist, for {} KiB of functions",
        there.clone().count(),
        listed.len(),
        there.sum::<u64>() >> 10
    );
}

/// Returns the linker script that puts functions of these names in front.
fn list(names: impl Iterator<Item = String>) -> String {
    let mut listed = HashSet::new();
    let mut text = "/* The functions that every run and every start of a process executes, to be placed first, so that they share pages.\n   \
                    Written by `cargo bench --bench layout -- --write`. */\n\nSECTIONS {\n  .text.first : {\n"
        .to_string();
    for name in names {
        if listed.insert(name.clone()) {
            let _ = writeln!(text, "    *(.text.{name} .text.unlikely.{name})");
        }
    }
    text.push_str("  }\n}\nINSERT BEFORE .text;\n");
    text
}

/// Returns the name in a line of that script.
fn listed_name(line: &str) -> Option<&str> {
    let (name, _) = line.trim().strip_prefix("*(.text.")?.split_once(' ')?;
    Some(name)
}
