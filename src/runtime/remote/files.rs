//! The files of a worker: without a key, it runs programs that are made of them and no others.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::runtime::Script;
use crate::stdlib::multiprocessing::remote::pool::{Own, hash_of};
use crate::sys::lock::locked;

/// How many files are looked at, and how deep in the directory.
const FILES_MAX: usize = 10_000;
const DEPTH_MAX: usize = 8;

/// The script of a worker, and the modules in its directory.
pub(super) struct Files {
    script: String,
    directory: Option<PathBuf>,
    /// The hashes of modules that were there when they were last looked for.
    modules: Mutex<HashSet<String>>,
}

impl Files {
    pub(super) fn of(script: &Script) -> Self {
        Self {
            script: hash_of(script.text()),
            directory: script.source().directory(),
            modules: Mutex::default(),
        }
    }
}

impl Own for Files {
    fn has(&self, text: &str) -> bool {
        let hash = hash_of(text);
        if hash == self.script || locked(&self.modules).contains(&hash) {
            return true;
        }
        // It may have been added since.
        let mut found = HashSet::new();
        if let Some(directory) = &self.directory {
            let mut left = FILES_MAX;
            add(directory, DEPTH_MAX, &mut left, &mut found);
        }
        let is_there = found.contains(&hash);
        *locked(&self.modules) = found;
        is_there
    }
}

fn add(directory: &Path, depth: usize, left: &mut usize, found: &mut HashSet<String>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let path = entry.path();
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_directory && depth > 0 {
            add(&path, depth - 1, left, found);
        } else if path.extension().is_some_and(|end| end == "rhai")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            found.insert(hash_of(&text));
        }
    }
}
