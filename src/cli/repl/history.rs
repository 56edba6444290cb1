//! The input history: a file in the user's state directory, which several prompts may write to.

use std::env;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustyline::Editor;
use rustyline::history::{FileHistory, History};

/// The maximum number of inputs.
pub(crate) const LENGTH: usize = 10_000;

/// Where inputs are stored; `None` if there is no such place, which is not an error.
#[derive(Debug)]
pub(crate) struct Keeper(Option<PathBuf>);

impl Keeper {
    /// Finds or creates the file, and loads its contents into `editor`.
    pub(crate) fn open<H: rustyline::Helper>(editor: &mut Editor<H, FileHistory>) -> Self {
        let path = path().filter(|path| make(path).is_ok());
        if let Some(path) = &path {
            let loaded = editor.load_history(path);
            if loaded.is_err() && mend(path).is_ok() {
                let _ = editor.clear_history();
                let _ = editor.load_history(path);
            }
        }
        Self(path)
    }

    /// Adds an input and writes it to the file at once, because the prompt may be killed.
    pub(crate) fn add(&self, history: &mut FileHistory, text: &str) {
        let added = history.add(text.trim_end());
        if let (Ok(true), Some(path)) = (added, &self.0) {
            let _ = history.append(path);
        }
    }
}

/// `$XDG_STATE_HOME/procscript/history`, or else `~/.local/state/procscript/history`.
fn path() -> Option<PathBuf> {
    // A relative path would mean the current directory; the standard says to ignore it.
    let absolute = |name| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join("procscript/history"))
}

/// Replaces bytes that are not valid UTF-8: rustyline stops reading at them, and would stop writing too.
fn mend(path: &Path) -> io::Result<()> {
    let bytes = fs::read(path)?;
    let draft = path.with_extension(std::process::id().to_string());
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(String::from_utf8_lossy(&bytes).as_bytes())?;
    fs::rename(draft, path)
}

fn make(path: &Path) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
    }
    let mut options = OpenOptions::new();
    // rustyline would empty a file that another prompt has just created.
    let options = options.create(true).append(true).mode(0o600);
    options.open(path).map(drop)
}
