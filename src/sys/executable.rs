//! The file of the running program, so that the program can be started again.
//!
//! The kernel's link in `/proc` leads to the running file itself, even if it has been renamed, replaced or deleted since. Where
//! `/proc` is not mounted, as in some chroots and containers, the path by which the program was started is used, as long as it
//! leads to the same file.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::process;

/// The kernel's link to the running program.
const LINK: &str = "/proc/self/exe";

/// The first bytes of every program that the kernel runs itself; those of a script whose first line names this program differ.
const MAGIC: &[u8; 4] = b"\x7fELF";

/// The file by which this program was started.
#[derive(Debug)]
struct Started {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
}

static STARTED: OnceLock<Option<Started>> = OnceLock::new();

/// Notes the file by which this program was started, while relative paths still have the meaning that they had then.
pub(crate) fn note() {
    STARTED.get_or_init(|| {
        let by_kernel =
            process::started_as().map(|path| PathBuf::from(OsStr::from_bytes(path.to_bytes())));
        // The kernel names a script that was started as a program; its interpreter is the first argument then.
        let by_caller = std::env::args_os().next().map(PathBuf::from);
        let by_caller = by_caller.filter(|path| path.as_os_str().as_bytes().contains(&b'/'));
        let given = [by_kernel, by_caller];
        given.into_iter().flatten().find_map(|path| started(&path))
    });
}

fn started(path: &Path) -> Option<Started> {
    let path = std::path::absolute(path).ok()?;
    let mut first = [0; MAGIC.len()];
    let mut file = File::open(&path).ok()?;
    file.read_exact(&mut first).ok()?;
    let identity = identity(&file.metadata().ok()?);
    (first == *MAGIC).then_some(Started { path, identity })
}

fn identity(about: &fs::Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}

/// Returns a path that starts this program.
///
/// # Errors
/// If there is none; the error says what is missing.
pub(crate) fn path() -> io::Result<&'static Path> {
    find(Path::new(LINK), STARTED.get().and_then(Option::as_ref))
}

fn find<'a>(link: &'a Path, started: Option<&'a Started>) -> io::Result<&'a Path> {
    if fs::metadata(link).is_ok() {
        return Ok(link);
    }
    let Some(started) = started else {
        let text = "cannot find the file of this program to start it again: /proc is not mounted";
        return Err(io::Error::other(text));
    };
    let path = &started.path;
    match fs::metadata(path) {
        Ok(about) if identity(&about) == started.identity => Ok(path),
        found => {
            let what = match found {
                Ok(_) => "has been replaced",
                Err(_) => "cannot be found any more",
            };
            let text = format!(
                "cannot start this program again: {} {what}, and /proc is not mounted, which would lead to the file that runs",
                path.display()
            );
            Err(io::Error::other(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_LINK: &str = "/nowhere/self/exe";

    #[test]
    fn without_proc_the_path_is_used_while_it_leads_to_the_same_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let program = directory.path().join("program");
        fs::write(&program, b"\x7fELF and the rest").expect("a program");
        let noted = started(&program).expect("a program is recognised");
        assert_eq!(find(Path::new(NO_LINK), Some(&noted)).unwrap(), program);

        // The old file exists on, so the new one has another inode.
        fs::rename(&program, directory.path().join("old")).unwrap();
        let says = || {
            find(Path::new(NO_LINK), Some(&noted))
                .unwrap_err()
                .to_string()
        };
        assert!(says().contains("program cannot be found any more, and /proc is not mounted"));
        fs::write(&program, b"\x7fELF of an upgrade").unwrap();
        assert!(says().contains("program has been replaced, and /proc is not mounted"));
        // The kernel's link leads to the old file.
        assert_eq!(
            find(Path::new(LINK), Some(&noted)).unwrap(),
            Path::new(LINK)
        );
    }

    #[test]
    fn a_script_is_not_the_program_that_runs_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let script = directory.path().join("script");
        fs::write(&script, "#!/usr/bin/procscript\n").expect("a script");
        assert!(started(&script).is_none());
        let error = find(Path::new(NO_LINK), None).unwrap_err();
        assert!(error.to_string().contains("/proc is not mounted"));
    }
}
