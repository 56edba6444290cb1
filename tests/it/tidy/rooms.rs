//! Rooms import downwards, and dangerous code stays in its rooms.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{code, sources};

/// Each room and the rooms below it that it may name. `docs/architecture.md` draws them.
const ROOMS: &[(&str, &[&str])] = &[
    ("sys", &[]),
    ("trace", &["sys"]),
    ("shm", &["sys", "trace"]),
    ("sync", &["sys", "trace", "shm"]),
    ("timeline", &["sys", "trace", "sync"]),
    ("diagnose", &["sys", "sync"]),
    ("process", &["sys", "trace"]),
    ("pool", &["sys", "sync"]),
    ("remote", &["sys", "process", "wire"]),
    ("text", &["sys", "wire"]),
    ("wire", &[]),
    ("native", &["sys"]),
    ("program", &["wire", "syntax", "text", "native"]),
    ("permissions", &["sys", "process", "text"]),
    (
        "script",
        &[
            "native",
            "sys",
            "trace",
            "sync",
            "diagnose",
            "process",
            "text",
            "wire",
            "program",
            "permissions",
        ],
    ),
    ("manual", &[]),
    ("syntax", &[]),
    (
        "stdlib",
        &[
            "sys",
            "trace",
            "sync",
            "diagnose",
            "process",
            "pool",
            "remote",
            "text",
            "wire",
            "program",
            "permissions",
            "script",
        ],
    ),
    (
        "advice",
        &["syntax", "text", "wire", "program", "script", "manual"],
    ),
    (
        "runtime",
        &[
            "syntax",
            "sys",
            "trace",
            "sync",
            "diagnose",
            "process",
            "pool",
            "remote",
            "text",
            "wire",
            "program",
            "permissions",
            "native",
            "script",
            "manual",
            "stdlib",
            "timeline",
            "advice",
        ],
    ),
];

/// The rooms that may name Rhai.
const KNOW_RHAI: &[&str] = &[
    "text", "wire", "program", "script", "stdlib", "advice", "runtime",
];

/// The rooms that may name the crates with system calls.
const KNOW_THE_KERNEL: &[&str] = &["sys"];

/// Where unsafe code may be allowed.
const MAY_BE_UNSAFE: &[&str] = &[
    "src/sys/",
    "src/shm/",
    "src/process/fork.rs",
    "src/native/run/",
    "src/wire/typed/whole.rs",
    // A macro, for the test programs of hosts.
    "src/runtime/testing.rs",
    // How the command is linked, and the function that the C library calls.
    "src/cli/main.rs",
    "src/cli/c_main.rs",
];

const ARCHITECTURE_LINES_MAX: usize = 150;

#[test]
fn rooms_import_downwards_only() {
    for (path, text) in sources("src") {
        let Some(room) = room_of(&path) else { continue };
        let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            assert_eq!(
                room,
                "cli",
                "{}: this room is not in the table",
                path.display()
            );
            assert!(
                !code(&text).contains("crate::"),
                "{}: the command uses `procscript::`",
                path.display()
            );
            continue;
        };
        for named in rooms_named(&text) {
            let allowed = named == room || below.contains(&named.as_str());
            assert!(
                allowed,
                "{} names {named}, which is not below {room}",
                path.display()
            );
        }
    }
}

#[test]
fn rhai_is_named_only_in_the_rooms_that_know_scripts() {
    only_in(KNOW_RHAI, &["rhai::"]);
}

#[test]
fn system_calls_are_made_only_in_sys() {
    only_in(KNOW_THE_KERNEL, &["libc::", "nix::", "rustix::"]);
}

#[test]
fn unsafe_code_stays_in_its_rooms() {
    for (path, text) in sources("src") {
        let opened = text.contains("unsafe_code");
        let may = MAY_BE_UNSAFE
            .iter()
            .any(|place| path.starts_with(place) || path == Path::new(place));
        assert!(may || !opened, "{} allows unsafe code", path.display());
    }
}

#[test]
fn the_map_names_every_room_and_is_short() {
    let map = fs::read_to_string("docs/architecture.md").unwrap();
    let lines = map.lines().count();
    assert!(
        lines <= ARCHITECTURE_LINES_MAX,
        "docs/architecture.md has {lines} lines"
    );
    for (room, _) in ROOMS {
        assert!(
            map.contains(&format!("`{room}")),
            "docs/architecture.md does not name {room}"
        );
    }
}

#[test]
fn the_map_names_only_places_that_exist() {
    let map = fs::read_to_string("docs/architecture.md").unwrap();
    // `x` is the new thing of the lists that say how to add one.
    let is_place = |name: &&str| {
        let is_path = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || "_/.{,}".contains(c));
        let is_new = name.ends_with("/x.rs") || name.ends_with("/x.md");
        is_path && name.contains('/') && !is_new
    };
    // What is between two backticks is at every second place.
    let named = map
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    for place in named.filter(is_place).flat_map(alternatives) {
        let is_there = ["", "src/", "src/runtime/", "src/advice/"]
            .iter()
            .any(|folder| Path::new(&format!("{folder}{place}")).exists());
        assert!(
            is_there,
            "docs/architecture.md names {place}, which does not exist"
        );
    }
}

/// `a/{b,c}.rs` as `a/b.rs` and `a/c.rs`.
fn alternatives(place: &str) -> Vec<String> {
    let (Some((before, rest)), Some((_, after))) = (place.split_once('{'), place.split_once('}'))
    else {
        return vec![place.to_string()];
    };
    let names = rest.split('}').next().unwrap_or_default().split(',');
    names.map(|name| format!("{before}{name}{after}")).collect()
}

/// The rooms of the crate that a file names, in `crate::room` and in `use` trees.
fn rooms_named(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let names = match rest.strip_prefix('{') {
            Some(tree) => tree
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .collect(),
            None => vec![rest],
        };
        for name in names {
            let name = name.trim();
            let end = name
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(name.len());
            if ROOMS.iter().any(|(room, _)| *room == &name[..end]) {
                named.insert(name[..end].to_string());
            }
        }
    }
    named
}

fn only_in(rooms: &[&str], words: &[&str]) {
    for (path, text) in sources("src") {
        let Some(room) = room_of(&path) else { continue };
        if rooms.contains(&room.as_str()) || room == "cli" {
            continue;
        }
        let code = code(&text);
        for word in words {
            let found = code.match_indices(word).any(|(at, _)| {
                !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
            });
            assert!(!found, "{} names {word}", path.display());
        }
    }
}

fn room_of(path: &Path) -> Option<String> {
    let mut parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.next();
    let room = parts.next()?;
    parts.next().map(|_| room)
}
