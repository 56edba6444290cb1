//! Directories and files by name. What lists names lists them in their order.

use std::fs::{self, FileType};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use rhai::{Array, Dynamic, Map};

use crate::permissions::{Last, Place, Use};
use crate::script::exceptions::os_error;
use crate::script::{
    Call, Exception, Failure, Interp, Namespace, Outcome, os_failure, raise_os, throw,
};
use crate::stdlib::builtins::path;
use crate::sys;
use crate::sys::stdio::Stream;
use crate::text::{from_os, to_os};

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("getcwd", &[], |_| {
        let directory = std::env::current_dir().map_err(os_failure)?;
        Ok(from_os(directory).into())
    })
    .function("chdir", &["path"], chdir)
    .function("listdir", &["path?"], listdir)
    .function("walk", &["top", "topdown?"], walk)
    .function("mkdir", &["path", "mode?"], |call| {
        let mode = mode(call, 1)?;
        at_path(call, |path| fs::DirBuilder::new().mode(mode).create(path))
    })
    .function("makedirs", &["name", "mode?", "exist_ok?"], makedirs)
    .function("remove", &["path"], |call| at_path(call, remove))
    .function("unlink", &["path"], |call| at_path(call, remove))
    .function("rmdir", &["path"], |call| {
        at_path(call, |p| fs::remove_dir(p))
    })
    .function("fsencode", &["filename"], |call| {
        let bytes = to_os(&path(call, 0)?).as_bytes().to_vec();
        Ok(Dynamic::from_blob(bytes))
    })
    .function("fsdecode", &["filename"], |call| Ok(path(call, 0)?.into()))
    .function("rename", &["src", "dst"], rename)
    .function("replace", &["src", "dst"], rename);
}

/// Changes what has the path that is parameter 0; the error names it.
fn at_path(call: &mut Call<'_>, action: impl FnOnce(&Path) -> io::Result<()>) -> Outcome {
    let path = path(call, 0)?;
    let place = call
        .interp
        .permissions()
        .place(&path, Use::Write, Last::Itself)?;
    place
        .and_then(|place| action(place.path()))
        .map(Dynamic::from)
        .map_err(|error| raise_os(&error, Some(&path)))
}

/// `os.chdir(path)`.
fn chdir(call: &mut Call<'_>) -> Outcome {
    let path = path(call, 0)?;
    let guard = call.interp.permissions();
    guard.change_process("os.chdir()")?;
    let place = guard.directory(&path)?;
    place
        .and_then(|place| std::env::set_current_dir(place.path()))
        .map(Dynamic::from)
        .map_err(|error| raise_os(&error, Some(&path)))
}

fn mode(call: &mut Call<'_>, index: usize) -> Result<u32, Failure> {
    Ok((call.int_or(index, 0o777)? & 0o7777) as u32)
}

/// `os.remove(path)`: a directory is refused as the kernel does it.
fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// `os.listdir(path=".")`.
fn listdir(call: &mut Call<'_>) -> Outcome {
    let directory = if call.has(0) {
        path(call, 0)?
    } else {
        ".".into()
    };
    let entries = entries(call.interp, &directory)?;
    let entries = entries.map_err(|error| raise_os(&error, Some(&directory)))?;
    let names = entries.into_iter().map(|(name, _)| Dynamic::from(name));
    Ok(names.collect::<Array>().into())
}

/// Returns the names in a directory in their order, and the type of what has them.
pub(in crate::stdlib) fn entries(
    interp: &Arc<Interp>,
    directory: &str,
) -> Result<io::Result<Vec<(String, FileType)>>, Failure> {
    let place = interp.permissions().directory(directory)?;
    let read = |place: Place| {
        let entry = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let name = from_os(entry.file_name());
            Ok((name, entry.file_type()?))
        };
        let mut entries: Vec<_> = fs::read_dir(place.path())?
            .map(entry)
            .collect::<io::Result<_>>()?;
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(entries)
    };
    Ok(place.and_then(read))
}

/// `os.walk(top, topdown=True)`: `[directory, its directories, its files]` for `top` and everything below.
fn walk(call: &mut Call<'_>) -> Outcome {
    let top = path(call, 0)?;
    let top_down = call.bool_or(1, true);
    let mut rows = Array::new();
    let entries = entries(call.interp, &top)?;
    match entries {
        Ok(entries) => walk_into(call.interp, &top, entries, top_down, &mut rows),
        // Nothing can be read, whatever there is.
        Err(error) if error.kind() == io::ErrorKind::Other => {
            return Err(raise_os(&error, Some(&top)));
        }
        // A directory that cannot be read is passed over, as in Python.
        Err(_) => (),
    }
    Ok(rows.into())
}

fn walk_into(
    interp: &Arc<Interp>,
    directory: &str,
    inside: Vec<(String, FileType)>,
    top_down: bool,
    rows: &mut Array,
) {
    let (mut directories, mut files, mut next) = (Array::new(), Array::new(), Vec::new());
    for (name, kind) in inside {
        let path = Path::new(directory).join(&name);
        let path = path.to_string_lossy().into_owned();
        // A link to a directory is listed as one, and not gone into.
        let is_directory = kind.is_dir() || kind.is_symlink() && leads_to_directory(interp, &path);
        let list = if is_directory {
            &mut directories
        } else {
            &mut files
        };
        list.push(name.into());
        if kind.is_dir() {
            next.push(path);
        }
    }
    let row: Dynamic = [directory.into(), directories.into(), files.into()]
        .into_iter()
        .collect::<Array>()
        .into();
    if top_down {
        rows.push(row.clone());
    }
    for path in next {
        if let Ok(Ok(inside)) = entries(interp, &path) {
            walk_into(interp, &path, inside, top_down, rows);
        }
    }
    if !top_down {
        rows.push(row);
    }
}

/// Returns whether a path leads to a directory that the script may know of.
pub(in crate::stdlib) fn leads_to_directory(interp: &Arc<Interp>, path: &str) -> bool {
    let place = interp.permissions().place(path, Use::Read, Last::Followed);
    let about = place.map(|place| place.and_then(|place| place.metadata()));
    matches!(about, Ok(Ok(about)) if about.is_dir())
}

/// `os.makedirs(name, mode=0o777, exist_ok=False)`.
fn makedirs(call: &mut Call<'_>) -> Outcome {
    let path = path(call, 0)?;
    let mode = mode(call, 1)?;
    let exist_ok = call.bool_or(2, false);
    let made = make_with_parents(call.interp, &path, mode)?;
    match made {
        Err(error) if exist_ok && error.kind() == io::ErrorKind::AlreadyExists => {
            match leads_to_directory(call.interp, &path) {
                true => Ok(Dynamic::UNIT),
                false => Err(raise_os(&error, Some(&path))),
            }
        }
        made => made
            .map(Dynamic::from)
            .map_err(|error| raise_os(&error, Some(&path))),
    }
}

/// Makes a directory, and before it those it lies in where there are none.
fn make_with_parents(
    interp: &Arc<Interp>,
    path: &str,
    mode: u32,
) -> Result<io::Result<()>, Failure> {
    let make = |mode| {
        let place = interp.permissions().place(path, Use::Write, Last::Itself)?;
        let make = |place: Place| fs::DirBuilder::new().mode(mode).create(place.path());
        Ok(place.and_then(make))
    };
    let made: io::Result<()> = make(mode)?;
    let is_missing = matches!(&made, Err(error) if error.kind() == io::ErrorKind::NotFound);
    let parent = Path::new(path).parent().and_then(Path::to_str);
    match parent.filter(|parent| is_missing && !parent.is_empty()) {
        None => Ok(made),
        Some(parent) => match make_with_parents(interp, parent, 0o777)? {
            // Another process may have made it meanwhile.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Ok(Err(error)),
            _ => make(mode),
        },
    }
}

/// Returns whether something has the path, if only a link that leads nowhere.
pub(in crate::stdlib) fn exists(interp: &Arc<Interp>, path: &str) -> Result<bool, Failure> {
    let place = interp.permissions().place(path, Use::Read, Last::Itself)?;
    Ok(place.is_ok_and(|place| fs::symlink_metadata(place.path()).is_ok()))
}

/// Makes a directory.
pub(in crate::stdlib) fn make_directory(
    interp: &Arc<Interp>,
    path: &str,
) -> Result<io::Result<()>, Failure> {
    let place = interp.permissions().place(path, Use::Write, Last::Itself)?;
    Ok(place.and_then(|place| fs::create_dir(place.path())))
}

/// Gives something another path.
pub(in crate::stdlib) fn renamed(
    interp: &Interp,
    from: &str,
    to: &str,
) -> Result<io::Result<()>, Failure> {
    let guard = interp.permissions();
    let source = guard.place(from, Use::Move, Last::Itself)?;
    let target = guard.place(to, Use::MoveTo, Last::Itself)?;
    Ok(source.and_then(|source| fs::rename(source.path(), target?.path())))
}

/// Returns the error of giving something another path, which names both.
pub(in crate::stdlib) fn not_renamed(error: &io::Error, from: &str, to: &str) -> Failure {
    let exception = os_error(error, Some(from));
    let mut args = exception.args().clone();
    args.extend([Dynamic::UNIT, to.to_string().into()]);
    throw(Exception::new(exception.kind().to_string(), args))
}

/// Returns the columns and lines of the terminal: of the variables COLUMNS and LINES, of the terminal itself, or `fallback`.
pub(in crate::stdlib) fn terminal_size(
    interp: &Interp,
    fallback: Option<(i64, i64)>,
) -> Option<Dynamic> {
    let guard = interp.permissions();
    let variable = |name| {
        let shown = guard.shows(name).then(|| std::env::var(name).ok())?;
        shown?.parse::<i64>().ok().filter(|number| *number > 0)
    };
    let (columns, lines) = match fallback {
        Some(_) => (variable("COLUMNS"), variable("LINES")),
        None => (None, None),
    };
    let of_terminal = sys::stdio::terminal_size(Stream::Out);
    let of_terminal = of_terminal.map(|(columns, lines)| (columns.into(), lines.into()));
    let size = of_terminal.or(fallback);
    let columns = columns.or(size.map(|size| size.0))?;
    let lines = lines.or(size.map(|size| size.1))?;
    let entries = [("columns", columns), ("lines", lines)];
    let entries = entries.map(|(name, number)| (name.into(), Dynamic::from_int(number)));
    Some(Map::from_iter(entries).into())
}

/// `os.rename(src, dst)`: the error names both.
fn rename(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (path(call, 0)?, path(call, 1)?);
    renamed(call.interp, &from, &to)?.map_err(|error| not_renamed(&error, &from, &to))?;
    Ok(Dynamic::UNIT)
}
