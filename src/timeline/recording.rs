//! Recording a family, and turning what it left into a file.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::build::build;
use super::error::TimelineError;
use super::read::read;
use super::sources::{SCRIPT_FILE, Sources};
use super::{html, perfetto};
use crate::sys::{identity, random};
use crate::trace;

/// How the directories of recordings begin.
const PREFIX: &str = "procscript-timeline-";

/// Nobody else reads what a script does.
const OWNER_ONLY: u32 = 0o700;

/// The two kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Html,
    Perfetto,
}

impl Format {
    fn of(file: &Path) -> Result<Self, TimelineError> {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("html") => Ok(Self::Html),
            Some("json") => Ok(Self::Perfetto),
            _ => Err(TimelineError::new(format!(
                "the name of a timeline ends in .html (a page for a browser) or in .json (a trace for ui.perfetto.dev), \
                 and not as in {}",
                file.display()
            ))),
        }
    }
}

/// A recording of what this process and its children do, from [`begin`](Self::begin) to [`finish`](Self::finish).
///
/// Every runtime of this process and all of their children are recorded. A process can have one recording at a time.
///
/// # Example
/// ```
/// use procscript::timeline::Recording;
/// # let directory = tempfile::tempdir()?;
/// # let file = directory.path().join("squares.html");
///
/// let recording = Recording::begin(&file)?;
/// let mut runtime = procscript::Runtime::builder().build()?;
/// runtime.eval::<()>(r#"with timeline.span("work") { time.sleep(0.01); }"#)?;
/// drop(runtime);
/// recording.finish()?;
/// # assert!(std::fs::read_to_string(file)?.contains("work"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct Recording {
    file: PathBuf,
    directory: PathBuf,
    /// The process that began it: a copy of that must not end it.
    pid: u32,
}

impl Recording {
    /// Begins a recording that will be written to `file`: a page if its name ends in `.html`, a trace for Perfetto if it ends in `.json`.
    ///
    /// Until then it is in a directory `procscript-timeline-…` in the directory for temporary files, where it stays if this process is
    /// killed; [`assemble`] makes a file of it then.
    ///
    /// # Errors
    /// The name ends in neither, the file cannot be written, or there is no room for the directory.
    pub fn begin(file: impl Into<PathBuf>) -> Result<Self, TimelineError> {
        let file = file.into();
        Format::of(&file)?;
        // A mistake in the name is better known before the script has run.
        let opened = fs::OpenOptions::new().create(true).append(true).open(&file);
        opened.map_err(|error| TimelineError::about("write", &file, error))?;
        let pid = identity::process_id();
        let mut unique = [0; 4];
        // The process ID alone is unique among those that live.
        let _ = random::fill(&mut unique);
        let name = format!("{PREFIX}{pid}-{:08x}", u32::from_ne_bytes(unique));
        let directory = std::env::temp_dir().join(name);
        let created = fs::DirBuilder::new().mode(OWNER_ONLY).create(&directory);
        let begun = created.and_then(|()| trace::begin(&directory));
        begun.map_err(|error| TimelineError::about("record into", &directory, error))?;
        Ok(Self {
            file,
            directory,
            pid,
        })
    }

    /// Ends the recording and writes the file. In a copy of the process that began it, by `os.fork`, this does nothing.
    ///
    /// # Errors
    /// The file cannot be written. The recording is kept then, and the error says where.
    pub fn finish(self) -> Result<(), TimelineError> {
        if self.pid != identity::process_id() {
            return Ok(());
        }
        trace::end();
        match assemble(&self.directory, &self.file) {
            Ok(()) => {
                let _ = fs::remove_dir_all(&self.directory);
                Ok(())
            }
            Err(error) => Err(TimelineError::new(format!(
                "{error}; the recording is kept: run `procscript timeline {} -o FILE`",
                self.directory.display()
            ))),
        }
    }
}

impl Recording {
    /// Ends the recording and writes nothing, because nothing was run.
    pub fn discard(self) {
        trace::end();
        let _ = fs::remove_dir_all(&self.directory);
        // Made to see whether it can be.
        if fs::metadata(&self.file).is_ok_and(|file| file.len() == 0) {
            let _ = fs::remove_file(&self.file);
        }
    }
}

/// Notes the text of the script that is recorded, whose variables name its objects.
pub(crate) fn keep_script(name: &str, text: &str) {
    if let Some(directory) = trace::directory() {
        let _ = fs::write(directory.join(SCRIPT_FILE), format!("{name}\n{text}"));
    }
}

/// Writes the timeline of a recording that a killed process has left in `directory`, as [`Recording::finish`] does.
///
/// # Errors
/// The directory holds no recording of this version, or the file cannot be written.
pub fn assemble(directory: &Path, file: &Path) -> Result<(), TimelineError> {
    let format = Format::of(file)?;
    let logs = read(directory)
        .map_err(|error| TimelineError::about("read a recording in", directory, error))?;
    let model = build(&logs, &Sources::read(directory, &logs));
    let text = match format {
        Format::Html => html::render(&model),
        Format::Perfetto => perfetto::render(&model),
    };
    fs::write(file, text).map_err(|error| TimelineError::about("write", file, error))
}

/// Returns the directories of recordings that killed processes of this user have left, the newest first.
///
/// # Errors
/// The directory for temporary files cannot be read.
pub fn left_behind() -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(std::env::temp_dir())? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let pid = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next()?.parse().ok());
        // Those of other users cannot be read.
        let is_left = pid.is_some_and(|pid| !identity::process_runs(pid))
            && fs::read_dir(entry.path()).is_ok();
        if is_left {
            found.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    Ok(found.into_iter().map(|(_, path)| path).collect())
}
