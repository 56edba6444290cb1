//! The mode of a file: `"r"`, `"wb"`, `"a+"`, …

use std::fs::OpenOptions;

use crate::permissions::Use;
use crate::script::{Failure, raise};
use crate::text::quoted;

/// The mode of an open file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mode {
    /// As the script wrote it.
    pub text: String,
    /// `r`, `w`, `a` or `x`.
    kind: char,
    /// `+`: the other direction as well.
    updating: bool,
    /// `b`: bytes instead of text.
    pub binary: bool,
}

impl Mode {
    /// Reads a mode string.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let invalid = || raise("ValueError", format!("invalid mode: {}", quoted(text)));
        let mut seen = String::new();
        for char in text.chars() {
            if !"rwaxbt+".contains(char) || seen.contains(char) {
                return Err(invalid());
            }
            seen.push(char);
        }
        if seen.contains('t') && seen.contains('b') {
            let text = "can't have text and binary mode at once";
            return Err(raise("ValueError", text));
        }
        let mut kinds = seen.chars().filter(|char| "rwax".contains(*char));
        let (Some(kind), None) = (kinds.next(), kinds.next()) else {
            let text = if seen.chars().any(|char| "rwax".contains(char)) {
                "must have exactly one of create/read/write/append mode"
            } else {
                "Must have exactly one of create/read/write/append mode and at most one plus"
            };
            return Err(raise("ValueError", text));
        };
        Ok(Self {
            text: text.into(),
            kind,
            updating: seen.contains('+'),
            binary: seen.contains('b'),
        })
    }

    pub(super) fn reads(&self) -> bool {
        self.kind == 'r' || self.updating
    }

    pub(super) fn writes(&self) -> bool {
        self.kind != 'r' || self.updating
    }

    /// Returns the permission that the script needs.
    pub(super) fn uses(&self) -> Use {
        match (self.reads(), self.writes()) {
            (true, true) => Use::ReadAndWrite,
            (true, false) => Use::Read,
            (false, _) => Use::Write,
        }
    }

    pub(super) fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.read(self.reads());
        match self.kind {
            'w' => options.write(true).create(true).truncate(true),
            'a' => options.append(true).create(true),
            'x' => options.write(true).create_new(true),
            _ => options.write(self.updating),
        };
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_say_what_may_be_done() {
        let mode = |text| Mode::parse(text).expect("a good mode");
        assert!(mode("r").reads() && !mode("r").writes());
        assert!(!mode("w").reads() && mode("w").writes());
        assert!(mode("rb+").reads() && mode("rb+").writes() && mode("rb+").binary);
        assert!(mode("a+").reads() && mode("xt").writes());
    }

    #[test]
    fn wrong_modes_are_refused() {
        for wrong in ["", "q", "rw", "rr", "b", "+", "rbt", "r++"] {
            assert!(Mode::parse(wrong).is_err(), "{wrong}");
        }
    }
}
