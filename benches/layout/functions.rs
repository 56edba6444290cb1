//! The functions of the command: where they are, and what they are called.

use std::collections::{BTreeMap, HashSet};
use std::process::Command;

use super::PROCSCRIPT;

/// The functions of the command by their addresses: their names and sizes in bytes.
pub(super) struct Functions(pub(super) BTreeMap<u64, (Vec<String>, u64)>);

impl Functions {
    pub(super) fn read() -> Self {
        let output = Command::new("nm")
            .args(["--print-size", "--defined-only", &PROCSCRIPT])
            .output()
            .expect("there is the program nm");
        let mut functions = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let parts: Vec<_> = line.split(' ').collect();
            let [at, size, "t" | "T" | "w" | "W", name] = parts[..] else {
                continue;
            };
            let number = |text| u64::from_str_radix(text, 16).expect("nm prints numbers");
            let function: &mut (Vec<_>, _) = functions.entry(number(at)).or_default();
            function.0.push(name.to_string());
            function.1 = number(size);
        }
        Self(functions)
    }

    pub(super) fn size(&self, at: u64) -> u64 {
        self.0[&at].1
    }

    /// All names in the list's spelling.
    pub(super) fn patterns(&self) -> HashSet<String> {
        let names = self.0.values().flat_map(|(names, _)| names);
        names.map(|name| pattern(name)).collect()
    }
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
