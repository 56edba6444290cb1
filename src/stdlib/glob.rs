//! `glob`: the files whose names fit a pattern. The crate `glob` compares names; the directories are read here, where permissions are asked.

use glob::{MatchOptions, Pattern};
use rhai::{Array, Dynamic};

use super::builtins::iterator::Iter;
use super::builtins::path;
use super::os::files::{entries, exists, leads_to_directory};
use crate::script::{Call, Failure, Outcome, Registry, memory, raise};
use crate::text::{from_os, to_path};

/// The value of the global constant `glob`.
#[derive(Debug, Clone)]
struct Glob;

/// The parameters of both functions.
const PARAMS: &[&str] = &["pathname", "root_dir?", "recursive?", "include_hidden?"];

/// The most directories inside one another: links may lead in circles.
const LEVELS: usize = 200;

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("glob", Glob)
        .function("glob", PARAMS, |call| Ok(found(call)?.into()))
        .function("iglob", PARAMS, |call| {
            let mut paths = found(call)?.into_iter();
            let iter = Iter::new(call.interp, "generator", move || paths.next().map(Ok));
            Ok(Dynamic::from(iter))
        })
        .function("escape", &["pathname"], escape);
}

/// `escape(pathname)`: the pattern that only this name fits.
fn escape(call: &mut Call<'_>) -> Outcome {
    let name = path(call, 0)?;
    memory::for_string(call, name.len().saturating_mul(3))?;
    let mut escaped = String::new();
    for char in name.chars() {
        match char {
            '*' | '?' | '[' => escaped.extend(['[', char, ']']),
            _ => escaped.push(char),
        }
    }
    Ok(escaped.into())
}

/// A part of a pattern between slashes.
enum Part {
    Name(String),
    Fits(Pattern, bool),
    /// `**`: any number of directories.
    Any,
}

/// Looks for paths.
struct Search<'c, 'a> {
    call: &'c Call<'a>,
    root: String,
    with_hidden: bool,
    /// The pattern ends with a slash.
    only_directories: bool,
    found: Array,
    /// Whether a directory has been read.
    has_read: bool,
}

fn found(call: &mut Call<'_>) -> Result<Array, Failure> {
    let pattern = path(call, 0)?;
    let root = match call.has_value(1) {
        true => path(call, 1)?.to_string(),
        false => String::new(),
    };
    let is_recursive = call.bool_or(2, false);
    let with_hidden = call.bool_or(3, false);
    let mut parts: Vec<Part> = Vec::new();
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        match part {
            "**" if is_recursive => {
                if !matches!(parts.last(), Some(Part::Any)) {
                    parts.push(Part::Any);
                }
            }
            _ if part.contains(['*', '?', '[']) => parts.push(fitting(part)?),
            _ => parts.push(Part::Name(part.into())),
        }
    }
    let mut search = Search {
        call,
        root,
        with_hidden,
        only_directories: pattern.len() > 1 && pattern.ends_with('/'),
        found: Array::new(),
        has_read: false,
    };
    let base = if pattern.starts_with('/') { "/" } else { "" };
    if !pattern.is_empty() {
        search.look(base, &parts, 0)?;
    }
    Ok(search.found)
}

/// Returns the part of a pattern in the syntax of the crate, where `**` is no more than `*`, and a bracket that is not closed is only that.
fn fitting(part: &str) -> Result<Part, Failure> {
    let mut text = part.to_string();
    while text.contains("**") {
        text = text.replace("**", "*");
    }
    let shows_hidden = part.starts_with('.');
    let pattern = Pattern::new(&text).or_else(|_| Pattern::new(&text.replace('[', "[[]")));
    let pattern = pattern.map_err(|error| raise("ValueError", error.to_string()))?;
    Ok(Part::Fits(pattern, shows_hidden))
}

impl Search<'_, '_> {
    /// Looks for what the rest of the pattern means in the directory `base`, which ends with a slash or is empty.
    fn look(&mut self, base: &str, parts: &[Part], level: usize) -> Result<(), Failure> {
        self.call.check_interrupts()?;
        let Some((part, rest)) = parts.split_first() else {
            return self.push(base);
        };
        if level > LEVELS {
            return Ok(());
        }
        match part {
            Part::Name(name) => {
                let path = format!("{base}{name}");
                if !rest.is_empty() {
                    return self.look(&format!("{path}/"), rest, level + 1);
                }
                match self.only_directories {
                    true if self.is_directory(&path) => self.push(&format!("{path}/")),
                    false if exists(self.call.interp, &self.full(&path))? => self.push(&path),
                    _ => Ok(()),
                }
            }
            Part::Fits(pattern, shows_hidden) => {
                let options = MatchOptions::new();
                for (name, is_directory) in self.names(base, *shows_hidden)? {
                    if !pattern.matches_with(&name, options) {
                        continue;
                    }
                    let path = format!("{base}{name}");
                    match (rest.is_empty(), is_directory) {
                        (true, false) if self.only_directories => (),
                        (true, _) if !self.only_directories => self.push(&path)?,
                        (true, _) => self.push(&format!("{path}/"))?,
                        (false, true) => self.look(&format!("{path}/"), rest, level + 1)?,
                        (false, false) => (),
                    }
                }
                Ok(())
            }
            Part::Any => self.look_below(base, rest, level),
        }
    }

    /// Looks in a directory and in all directories below it.
    fn look_below(&mut self, base: &str, rest: &[Part], level: usize) -> Result<(), Failure> {
        match rest.is_empty() {
            // The working directory itself has no name.
            true if level == 0 && base.is_empty() => (),
            true if self.is_directory(base) => self.push(base)?,
            true => (),
            false => self.look(base, rest, level)?,
        }
        self.below(base, rest, level)
    }

    fn below(&mut self, base: &str, rest: &[Part], level: usize) -> Result<(), Failure> {
        if level > LEVELS {
            return Ok(());
        }
        for (name, is_directory) in self.names(base, false)? {
            let path = format!("{base}{name}");
            if rest.is_empty() && (is_directory || !self.only_directories) {
                let slash = if self.only_directories { "/" } else { "" };
                self.push(&format!("{path}{slash}"))?;
            }
            if is_directory {
                let inner = format!("{path}/");
                if !rest.is_empty() {
                    self.look(&inner, rest, level + 1)?;
                }
                self.below(&inner, rest, level + 1)?;
            }
        }
        Ok(())
    }

    /// Returns the names in a directory, and whether each is a directory. Below the first, those that cannot be read have none.
    fn names(&mut self, base: &str, shows_hidden: bool) -> Result<Vec<(String, bool)>, Failure> {
        let full = self.full(base);
        let directory = if full.is_empty() { "." } else { &full };
        let read = entries(self.call.interp, directory);
        let is_first = !std::mem::replace(&mut self.has_read, true);
        let read = match read {
            Err(denied) if is_first => return Err(denied),
            Ok(Ok(read)) => read,
            _ => return Ok(Vec::new()),
        };
        let visible = |name: &str| self.with_hidden || shows_hidden || !name.starts_with('.');
        let kinds = read.into_iter().filter(|(name, _)| visible(name));
        let kinds = kinds.map(|(name, kind)| {
            let is_directory =
                kind.is_dir() || kind.is_symlink() && self.is_directory(&format!("{base}{name}"));
            (name, is_directory)
        });
        Ok(kinds.collect())
    }

    /// Returns the path of a found one in the file system.
    fn full(&self, path: &str) -> String {
        match self.root.is_empty() {
            true => path.into(),
            false => from_os(to_path(&self.root).join(to_path(path))),
        }
    }

    fn is_directory(&self, path: &str) -> bool {
        leads_to_directory(self.call.interp, &self.full(path))
    }

    fn push(&mut self, path: &str) -> Result<(), Failure> {
        memory::for_one_more(self.call, &self.found)?;
        self.found.push(path.to_string().into());
        Ok(())
    }
}
