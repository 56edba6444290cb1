//! `procscript definitions`: writes files that tell editors what scripts can name.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use procscript::manual::{Definition, Manual};

use super::output;

/// Writes the files to `directory`, and creates it if it is missing.
///
/// Changes nothing until all checks have passed, and replaces each file as a whole.
pub(crate) fn definitions(directory: &Path) -> Result<u8> {
    if directory.exists() && !directory.is_dir() {
        bail!("{} is not a directory", directory.display());
    }
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot create the directory {}", directory.display()))?;
    let files = Manual::definitions();
    for file in &files {
        check_replaceable(&directory.join(&file.file_name))?;
    }
    let drafts = Drafts::write(directory, &files)?;
    let count = drafts.0.len();
    drafts.keep()?;
    output::print(&format!(
        "wrote {count} definition files to {}\n",
        directory.display()
    ))
}

/// Returns an error if something is in the way that this command has not written.
fn check_replaceable(path: &Path) -> Result<()> {
    match fs::read_to_string(path) {
        Ok(text) if Definition::is_one(&text) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() != ErrorKind::InvalidData => {
            Err(error).with_context(|| format!("cannot replace {}", path.display()))
        }
        _ => bail!(
            "{} was not written by procscript; move it away first",
            path.display()
        ),
    }
}

/// Files written under temporary names, each with its final name.
struct Drafts(Vec<(PathBuf, PathBuf)>);

impl Drafts {
    fn write(directory: &Path, files: &[Definition]) -> Result<Self> {
        let mut drafts = Self(Vec::new());
        for file in files {
            let draft = format!(".{}.{}", file.file_name, std::process::id());
            let (draft, place) = (directory.join(draft), directory.join(&file.file_name));
            drafts.0.push((draft.clone(), place));
            fs::write(&draft, &file.text)
                .with_context(|| format!("cannot write to {}", directory.display()))?;
        }
        Ok(drafts)
    }

    /// Renames all files to their final names.
    fn keep(self) -> Result<()> {
        for (draft, place) in &self.0 {
            fs::rename(draft, place)
                .with_context(|| format!("cannot write {}", place.display()))?;
        }
        Ok(())
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        for (draft, _) in &self.0 {
            let _ = fs::remove_file(draft);
        }
    }
}
