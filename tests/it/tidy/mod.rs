//! The house rules as tests: rooms import downwards, dangerous code stays in its rooms, files say what they are for.

mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms below it that it may name. `docs/architecture.md` draws them.
const ROOMS: &[(&str, &[&str])] = &[
    ("sys", &[]),
    ("shm", &["sys"]),
    ("sync", &["sys", "shm"]),
    ("process", &["sys"]),
    ("text", &["sys", "wire"]),
    ("wire", &[]),
    ("program", &["wire"]),
    ("permissions", &["sys", "process", "text"]),
    (
        "script",
        &[
            "sys",
            "sync",
            "process",
            "text",
            "wire",
            "program",
            "permissions",
        ],
    ),
    ("manual", &[]),
    (
        "stdlib",
        &[
            "sys",
            "sync",
            "process",
            "text",
            "wire",
            "program",
            "permissions",
            "script",
        ],
    ),
    ("advice", &["text", "wire", "program", "script", "manual"]),
    (
        "runtime",
        &[
            "sys",
            "sync",
            "process",
            "text",
            "wire",
            "program",
            "permissions",
            "script",
            "manual",
            "stdlib",
            "advice",
        ],
    ),
];

/// Files that still name a room above their own.
const UPWARDS: &[(&str, &str)] = &[
    ("src/manual/tests/complete.rs", "script"),
    ("src/manual/tests/complete.rs", "stdlib"),
    ("src/permissions/files.rs", "script"),
    ("src/permissions/guard.rs", "script"),
    ("src/permissions/narrow.rs", "script"),
    ("src/permissions/network.rs", "script"),
    ("src/permissions/processes.rs", "script"),
    ("src/permissions/refusal.rs", "script"),
    ("src/permissions/tests.rs", "manual"),
];

/// The rooms that may name Rhai.
const KNOW_RHAI: &[&str] = &[
    "text",
    "wire",
    "program",
    "permissions",
    "script",
    "stdlib",
    "advice",
    "runtime",
];

/// The rooms that may name the crates with system calls.
const KNOW_THE_KERNEL: &[&str] = &["sys"];

/// Where unsafe code may be allowed.
const MAY_BE_UNSAFE: &[&str] = &["src/sys/", "src/shm/", "src/process/fork.rs"];

/// File names under which things get lost.
const DRAWERS: &[&str] = &[
    "util", "utils", "common", "core", "misc", "helpers", "types",
];

const LINES_MAX: usize = 500;
const CONTENTS_LINES_MAX: usize = 150;
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
            let excepted = UPWARDS.contains(&(&path.to_string_lossy(), &named));
            let allowed = named == room || below.contains(&named.as_str()) || excepted;
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
        let opened = text.contains("allow(unsafe_code)");
        let may = MAY_BE_UNSAFE
            .iter()
            .any(|place| path.starts_with(place) || path == Path::new(place));
        assert!(may || !opened, "{} allows unsafe code", path.display());
    }
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    for (path, text) in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! "),
            "{} does not begin with `//! `",
            path.display()
        );
    }
    for path in files("scripts", "rhai") {
        let text = fs::read_to_string(&path).unwrap();
        let first = text
            .lines()
            .find(|line| !line.starts_with("#!"))
            .unwrap_or_default();
        assert!(
            first.starts_with("// "),
            "{} does not begin with a comment",
            path.display()
        );
    }
}

#[test]
fn files_are_short_and_have_telling_names() {
    for (path, text) in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let lines = text.lines().count();
        let is_contents = path.file_name().is_some_and(|name| name == "mod.rs");
        assert!(lines <= LINES_MAX, "{} has {lines} lines", path.display());
        let tests = path.components().any(|part| part.as_os_str() == "tests");
        if is_contents && !tests {
            let limit = CONTENTS_LINES_MAX;
            let text = "a table of contents, move the rest into a file of its own";
            assert!(
                lines <= limit,
                "{} has {lines} lines: it is {text}",
                path.display()
            );
        }
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !DRAWERS.contains(&stem.as_str()),
            "{}: a drawer",
            path.display()
        );
        assert!(
            !path.with_extension("").is_dir(),
            "{}: use mod.rs",
            path.display()
        );
    }
}

#[test]
fn no_test_file_is_forgotten() {
    // Each program lists what it uses of `tests/support`.
    let programs: Vec<PathBuf> = ["it", "prompt", "hosts"]
        .map(|program| format!("tests/{program}/main.rs").into())
        .into();
    for path in files("tests", "rs") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "main" || name == "mod" {
            continue;
        }
        let parent = path.parent().unwrap();
        let lists = if parent.ends_with("support") {
            programs.clone()
        } else {
            vec![parent.join("main.rs"), parent.join("mod.rs")]
        };
        let texts = lists
            .iter()
            .filter_map(|list| fs::read_to_string(list).ok());
        let line = format!("mod {name};");
        assert!(
            texts.into_iter().any(|text| text.contains(&line)),
            "{} is not built",
            path.display()
        );
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
fn the_changelog_knows_the_current_version() {
    let changelog = fs::read_to_string("CHANGELOG.md").unwrap();
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(
        changelog.contains(&heading),
        "CHANGELOG.md has no `{heading}`"
    );
}

#[test]
fn nothing_is_left_unfinished_and_no_machine_is_named() {
    // Put together here, so that this file does not find itself.
    let marks = ["TO", "FIX", "dbg", "to"]
        .into_iter()
        .zip(["DO", "ME", "!(", "do!("]);
    let marks: Vec<String> = marks.map(|(a, b)| format!("{a}{b}")).collect();
    let home = format!("/{}/", "work");
    for (path, text) in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        for mark in marks.iter().chain([&home]) {
            assert!(
                !text.contains(mark.as_str()),
                "{} contains {mark}",
                path.display()
            );
        }
    }
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

/// The text without its comments: they may name anything.
pub(crate) fn code(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn room_of(path: &Path) -> Option<String> {
    let mut parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.next();
    let room = parts.next()?;
    parts.next().map(|_| room)
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    files(folder, "rs").into_iter().map(read).collect()
}

/// The files below `folder` with this extension, by paths relative to the package.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
