//! The flags of patterns: `re.I | re.M`.

use crate::script::Namespace;

pub(super) const IGNORECASE: i64 = 2;
pub(super) const LOCALE: i64 = 4;
pub(super) const MULTILINE: i64 = 8;
pub(super) const DOTALL: i64 = 16;
pub(super) const UNICODE: i64 = 32;
pub(super) const VERBOSE: i64 = 64;
pub(super) const ASCII: i64 = 256;

/// Each flag with its short and its long name.
const NAMES: [(&str, &str, i64); 6] = [
    ("I", "IGNORECASE", IGNORECASE),
    ("M", "MULTILINE", MULTILINE),
    ("S", "DOTALL", DOTALL),
    ("U", "UNICODE", UNICODE),
    ("X", "VERBOSE", VERBOSE),
    ("A", "ASCII", ASCII),
];

pub(super) fn register(re: &mut Namespace<'_>) {
    for (short, long, flag) in NAMES {
        re.number(short, flag).number(long, flag);
    }
    re.number("NOFLAG", 0);
}

/// Returns the flag of a letter inside a pattern: `(?i)`.
pub(super) fn of_letter(letter: char) -> Option<i64> {
    Some(match letter {
        'i' => IGNORECASE,
        'L' => LOCALE,
        'm' => MULTILINE,
        's' => DOTALL,
        'u' => UNICODE,
        'x' => VERBOSE,
        'a' => ASCII,
        _ => return None,
    })
}

/// Returns flags as `repr` prints them, without the one that every pattern has.
pub(super) fn repr(flags: i64) -> String {
    let set = |flag: &&(_, _, i64)| flags & flag.2 != 0 && flag.2 != UNICODE;
    let names = NAMES.iter().filter(set);
    let names: Vec<_> = names.map(|(_, long, _)| format!("re.{long}")).collect();
    names.join("|")
}
