//! The lines of earlier prompts: a file in the user's state directory, which several prompts may write to.

use std::env;
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustyline::Editor;
use rustyline::history::{FileHistory, History};

/// How many inputs are kept.
pub(crate) const LENGTH: usize = 10_000;

/// Where inputs are kept; nowhere when there is no place for them, which is no error.
#[derive(Debug)]
pub(crate) struct Keeper(Option<PathBuf>);

impl Keeper {
    /// Finds the file, or makes it, and gives `editor` what is in it.
    pub(crate) fn open<H: rustyline::Helper>(editor: &mut Editor<H, FileHistory>) -> Self {
        let path = path().filter(|path| make(path).is_ok());
        if let Some(path) = &path {
            let _ = editor.load_history(path);
        }
        Self(path)
    }

    /// Adds an input. It is in the file at once: a prompt may be killed.
    pub(crate) fn add(&self, history: &mut FileHistory, text: &str) {
        let added = history.add(text.trim_end());
        if let (Ok(true), Some(path)) = (added, &self.0) {
            let _ = history.append(path);
        }
    }
}

/// `$XDG_STATE_HOME/procscript/history`, else `~/.local/state/procscript/history`.
fn path() -> Option<PathBuf> {
    // A relative path would mean the current directory; the standard says to ignore it.
    let absolute = |name| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join("procscript/history"))
}

fn make(path: &Path) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
    }
    let mut options = OpenOptions::new();
    // rustyline would empty a file that another prompt has made a moment ago.
    let options = options.create(true).append(true).mode(0o600);
    options.open(path).map(drop)
}
