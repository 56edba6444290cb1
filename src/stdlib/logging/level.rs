//! How important a record is: a number, and a name for it.

use std::collections::BTreeMap;

use rhai::Dynamic;

use crate::script::{Failure, raise};
use crate::text::{as_string, quoted};

pub(super) const NOTSET: i64 = 0;
pub(super) const INFO: i64 = 20;
pub(super) const WARNING: i64 = 30;
pub(super) const ERROR: i64 = 40;

/// The constants of the module.
pub(super) const CONSTANTS: [(&str, i64); 8] = [
    ("NOTSET", NOTSET),
    ("DEBUG", 10),
    ("INFO", INFO),
    ("WARN", WARNING),
    ("WARNING", WARNING),
    ("ERROR", ERROR),
    ("FATAL", 50),
    ("CRITICAL", 50),
];

/// The levels by the names of the methods that log.
pub(super) const METHODS: [(&str, i64); 8] = [
    ("debug", 10),
    ("info", INFO),
    ("warning", WARNING),
    ("warn", WARNING),
    ("error", ERROR),
    ("exception", ERROR),
    ("critical", 50),
    ("fatal", 50),
];

/// Returns the level of a method.
pub(super) fn of_method(method: &str) -> i64 {
    let found = METHODS.iter().find(|(name, _)| *name == method);
    found.map_or(NOTSET, |(_, level)| *level)
}

/// The names that a script has given to levels.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(BTreeMap<i64, String>);

impl Names {
    pub(super) fn add(&mut self, level: i64, name: &str) {
        self.0.insert(level, name.into());
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (i64, &str)> {
        self.0.iter().map(|(level, name)| (*level, name.as_str()))
    }

    /// Returns the name of a level: `INFO`, `Level 25`.
    pub(super) fn of(&self, level: i64) -> String {
        let standard = || {
            // Of two names of one number the later is shown.
            let mut constants = CONSTANTS.iter().rev();
            let found = constants.find(|(_, number)| *number == level);
            found.map(|(name, _)| (*name).to_string())
        };
        let own = self.0.get(&level).cloned();
        own.or_else(standard)
            .unwrap_or_else(|| format!("Level {level}"))
    }

    /// Returns the level of a name.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        let own = self.0.iter().find(|(_, own)| *own == name);
        let own = own.map(|(level, _)| *level);
        let standard = || CONSTANTS.iter().find(|(known, _)| *known == name);
        own.or_else(|| standard().map(|(_, level)| *level))
    }

    /// Reads a level: a number or a name.
    ///
    /// # Errors
    /// `ValueError` for an unknown name, `TypeError` for any other value.
    pub(super) fn read(&self, value: &Dynamic) -> Result<i64, Failure> {
        if let Ok(level) = value.as_int() {
            return Ok(level);
        }
        let Some(name) = as_string(value) else {
            let text = format!("Level not an integer or a valid string: {value}");
            return Err(raise("TypeError", text));
        };
        self.number(&name)
            .ok_or_else(|| raise("ValueError", format!("Unknown level: {}", quoted(&name))))
    }
}
