//! The functions of the command: where they are, and what they are called.

use std::collections::{BTreeMap, HashMap};
use std::process::Command;

use super::PROCSCRIPT;

/// Functions by their addresses.
pub(super) type Functions = BTreeMap<u64, Function>;

/// A function, which several names may have.
#[derive(Default)]
pub(super) struct Function {
    pub names: Vec<String>,
    /// In bytes.
    pub size: u64,
}

/// Reads the command's own list of its functions.
pub(super) fn read() -> Functions {
    let output = Command::new("nm")
        .args(["--print-size", "--defined-only", &PROCSCRIPT])
        .output()
        .expect("there is the program nm");
    let mut functions = Functions::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let parts: Vec<_> = line.split(' ').collect();
        let [at, size, "t" | "T" | "w" | "W", name] = parts[..] else {
            continue;
        };
        let number = |text| u64::from_str_radix(text, 16).expect("nm prints numbers");
        let function = functions.entry(number(at)).or_default();
        function.names.push(name.to_string());
        function.size = number(size);
    }
    assert!(
        !functions.is_empty(),
        "nm finds no functions in the command"
    );
    functions
}

/// For each name in the list's spelling, the bytes of all functions that have it.
pub(super) fn sizes(functions: &Functions) -> HashMap<String, u64> {
    let mut sizes = HashMap::new();
    for function in functions.values() {
        for name in &function.names {
            *sizes.entry(pattern(name)).or_default() += function.size;
        }
    }
    sizes
}

/// A function's name with `*` for what changes from build to build: the hash at its end, those of crates in it, and numbers of copies.
pub(super) fn pattern(name: &str) -> String {
    const HASH: usize = "17h0123456789abcdef".len();
    if let Some(at) = name.rfind("17h")
        && name.len() > at + HASH
        && name[at + HASH..].starts_with('E')
    {
        return format!("{}17h*", &name[..at]);
    }
    let (whole, copy) = match name.split_once('.') {
        Some((whole, _)) => (whole, "*"),
        None => (name, ""),
    };
    let mut parts = whole.split("Cs");
    let mut text = parts.next().unwrap_or_default().to_string();
    for part in parts {
        text.push_str("Cs");
        let hash = part.find('_').filter(|at| (6..=12).contains(at));
        match hash {
            Some(at) => text.push_str(&format!("*{}", &part[at..])),
            None => text.push_str(part),
        }
    }
    text + copy
}
