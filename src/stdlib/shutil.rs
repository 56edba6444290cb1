//! `shutil`: copying, moving and removing files with everything in them.

use std::fs::{self, FileTimes, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rhai::{Dynamic, Map};

use super::builtins::path;
use super::os::files::{
    entries, exists, leads_to_directory, make_directory, not_renamed, renamed, terminal_size,
};
use crate::permissions::{Last, Use};
use crate::script::{Call, Failure, Outcome, Registry, exception_class, raise, raise_os};
use crate::sys;
use crate::text::{as_int, from_os, quoted, to_path};

/// The value of the global constant `shutil`.
#[derive(Debug, Clone)]
struct Shutil;

/// `EISDIR`.
const IS_A_DIRECTORY: i32 = 21;

/// Bytes that are copied between two checks for interrupts.
const AT_ONCE: u64 = 64 << 20;

pub(super) fn register(registry: &mut Registry) {
    let mut shutil = registry.namespace("shutil", Shutil);
    exception_class::members(&mut shutil, &["SameFileError"]);
    shutil
        .function("copyfile", &["src", "dst"], |call| {
            let (from, to) = (path(call, 0)?, path(call, 1)?);
            copy_contents(call, &from, &to)?;
            Ok(to.into())
        })
        .function("copy", &["src", "dst"], |call| copy(call, false))
        .function("copy2", &["src", "dst"], |call| copy(call, true))
        .function(
            "copytree",
            &["src", "dst", "symlinks?", "dirs_exist_ok?"],
            |call| {
                let (from, to) = (path(call, 0)?, path(call, 1)?);
                let links = call.bool_or(2, false);
                let may_exist = call.bool_or(3, false);
                copy_tree(call, &from, &to, (links, may_exist))?;
                Ok(to.into())
            },
        )
        .function("move", &["src", "dst"], move_to)
        .function("rmtree", &["path", "ignore_errors?"], rmtree)
        .function("which", &["cmd", "path?"], which)
        .function("disk_usage", &["path"], disk_usage)
        .function("get_terminal_size", &["fallback?"], |call| {
            let fallback = match call.given(0) {
                None => (80, 24),
                Some(given) => size_of(&given)
                    .ok_or_else(|| call.mismatch(0, "a list of two integers", &given))?,
            };
            Ok(terminal_size(call.interp, Some(fallback)).unwrap_or_default())
        });
}

fn size_of(given: &Dynamic) -> Option<(i64, i64)> {
    let items = given.read_lock::<rhai::Array>()?;
    match items.as_slice() {
        [columns, lines] => Some((as_int(columns)?, as_int(lines)?)),
        _ => None,
    }
}

/// Copies the contents of a file.
fn copy_contents(call: &Call<'_>, from: &str, to: &str) -> Result<(fs::File, fs::File), Failure> {
    let guard = call.interp.permissions();
    let at = |path: &str| {
        let path = path.to_string();
        move |error: io::Error| raise_os(&error, Some(&path))
    };
    let source = guard
        .place(from, Use::Read, Last::Followed)?
        .map_err(at(from))?;
    let about = source.metadata().map_err(at(from))?;
    if about.is_dir() {
        return Err(at(from)(io::Error::from_raw_os_error(IS_A_DIRECTORY)));
    }
    if !about.is_file() {
        let text = format!("{} is not a regular file", quoted(from));
        return Err(raise("OSError", text));
    }
    let target = guard
        .place(to, Use::Write, Last::Followed)?
        .map_err(at(to))?;
    if let Ok(there) = target.metadata() {
        if there.dev() == about.dev() && there.ino() == about.ino() {
            let text = format!("{} and {} are the same file", quoted(from), quoted(to));
            return Err(raise("SameFileError", text));
        }
        if there.is_dir() {
            return Err(at(to)(io::Error::from_raw_os_error(IS_A_DIRECTORY)));
        }
    }
    let mut source = source
        .open_at_once(OpenOptions::new().read(true))
        .map_err(at(from))?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut target = target.open_at_once(&mut options).map_err(at(to))?;
    while io::copy(&mut source.by_ref().take(AT_ONCE), &mut target).map_err(at(to))? > 0 {
        if call.interp.check_interrupts() {
            return Err(call.interp.interrupted());
        }
    }
    Ok((source, target))
}

/// `copy(src, dst)`, `copy2(src, dst)`: with the permissions of the file, and perhaps its times.
fn copy(call: &mut Call<'_>, with_times: bool) -> Outcome {
    let (from, to) = (path(call, 0)?, path(call, 1)?);
    let to = inside_if_directory(call, &from, &to);
    copy_with_mode(call, &from, &to, with_times)?;
    Ok(to.into())
}

fn copy_with_mode(call: &Call<'_>, from: &str, to: &str, with_times: bool) -> Result<(), Failure> {
    let (source, target) = copy_contents(call, from, to)?;
    let copied = source.metadata().and_then(|about| {
        target.set_permissions(fs::Permissions::from_mode(about.mode() & 0o7777))?;
        if !with_times {
            return Ok(());
        }
        let times = FileTimes::new()
            .set_accessed(about.accessed()?)
            .set_modified(about.modified()?);
        target.set_times(times)
    });
    copied.map_err(|error| raise_os(&error, Some(to)))
}

/// Returns the path of the copy of a file in a directory, if `to` is one.
fn inside_if_directory(call: &Call<'_>, from: &str, to: &str) -> String {
    let name = Path::new(from.trim_end_matches('/')).file_name();
    match name.filter(|_| leads_to_directory(call.interp, to)) {
        Some(name) => from_os(to_path(to).join(name)),
        None => to.into(),
    }
}

fn copy_tree(
    call: &Call<'_>,
    from: &str,
    to: &str,
    (links, may_exist): (bool, bool),
) -> Result<(), Failure> {
    let inside = entries(call.interp, from)?.map_err(|error| raise_os(&error, Some(from)))?;
    match make_directory(call.interp, to)? {
        Err(error) if may_exist && error.kind() == io::ErrorKind::AlreadyExists => (),
        made => made.map_err(|error| raise_os(&error, Some(to)))?,
    }
    for (name, kind) in inside {
        call.check_interrupts()?;
        let below = |directory: &str| from_os(to_path(directory).join(to_path(&name)));
        let (source, target) = (below(from), below(to));
        if kind.is_symlink() && links {
            copy_link(call, &source, &target)?;
        } else if kind.is_dir() || kind.is_symlink() && leads_to_directory(call.interp, &source) {
            copy_tree(call, &source, &target, (links, may_exist))?;
        } else {
            copy_with_mode(call, &source, &target, true)?;
        }
    }
    let guard = call.interp.permissions();
    let source = guard.place(from, Use::Read, Last::Followed)?;
    let target = guard.place(to, Use::Write, Last::Followed)?;
    let mode = source.and_then(|source| source.metadata());
    let set = mode.and_then(|mode| fs::set_permissions(target?.path(), mode.permissions()));
    set.map_err(|error| raise_os(&error, Some(to)))
}

fn copy_link(call: &Call<'_>, from: &str, to: &str) -> Result<(), Failure> {
    let guard = call.interp.permissions();
    let source = guard.place(from, Use::Read, Last::Itself)?;
    let target = guard.place(to, Use::Write, Last::Itself)?;
    let leads_to = source.and_then(|source| fs::read_link(source.path()));
    let made = leads_to.and_then(|leads_to| std::os::unix::fs::symlink(leads_to, target?.path()));
    made.map_err(|error| raise_os(&error, Some(to)))
}

/// `EXDEV`: another file system.
const ELSEWHERE: i32 = 18;

/// `move(src, dst)`
fn move_to(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (path(call, 0)?, path(call, 1)?);
    let target = inside_if_directory(call, &from, &to);
    let exists = exists(call.interp, &target).unwrap_or(false);
    if target != to.as_str() && exists {
        let text = format!("Destination path {} already exists", quoted(&target));
        return Err(raise("OSError", text));
    }
    match renamed(call.interp, &from, &target)? {
        Err(error) if error.raw_os_error() == Some(ELSEWHERE) => {
            let is_directory = leads_to_directory(call.interp, &from);
            match is_directory {
                true => copy_tree(call, &from, &target, (true, false))?,
                false => copy_with_mode(call, &from, &target, true)?,
            }
            remove(call, &from)?;
        }
        moved => moved.map_err(|error| not_renamed(&error, &from, &target))?,
    }
    Ok(target.into())
}

/// `rmtree(path, ignore_errors=False)`
fn rmtree(call: &mut Call<'_>) -> Outcome {
    let path = path(call, 0)?;
    let ignores = call.bool_or(1, false);
    let guard = call.interp.permissions();
    let place = guard.place(&path, Use::Move, Last::Itself)?;
    let about = place.and_then(|place| fs::symlink_metadata(place.path()));
    let removed = match about {
        Ok(about) if about.is_symlink() => {
            let text = "Cannot call rmtree on a symbolic link";
            Err(raise("OSError", text))
        }
        Ok(about) if !about.is_dir() => {
            let error = io::Error::from_raw_os_error(NOT_A_DIRECTORY);
            Err(raise_os(&error, Some(&path)))
        }
        Ok(_) => remove(call, &path),
        Err(error) => Err(raise_os(&error, Some(&path))),
    };
    match removed {
        Err(_) if ignores => Ok(Dynamic::UNIT),
        removed => removed.map(Dynamic::from),
    }
}

/// `ENOTDIR`.
const NOT_A_DIRECTORY: i32 = 20;

/// Removes a file, or a directory with everything in it. Links are removed and not followed.
fn remove(call: &Call<'_>, path: &str) -> Result<(), Failure> {
    let guard = call.interp.permissions();
    // Whoever removes a directory has to be allowed everything in it, as for moving it away.
    let place = guard.place(path, Use::Move, Last::Itself)?;
    let removed = place.and_then(|place| match fs::symlink_metadata(place.path())?.is_dir() {
        true => fs::remove_dir_all(place.path()),
        false => fs::remove_file(place.path()),
    });
    removed.map_err(|error| raise_os(&error, Some(path)))
}

/// `which(cmd, path=None)`: the program that a shell would run.
fn which(call: &mut Call<'_>) -> Outcome {
    let command = path(call, 0)?;
    let directories = match call.given(1) {
        Some(value) => call.str(&value),
        None => {
            call.interp.permissions().variable("PATH")?;
            let default = || "/bin:/usr/bin".into();
            std::env::var_os("PATH").map_or_else(default, from_os)
        }
    };
    let guard = call.interp.permissions();
    let runs = |path: &str| {
        let about = guard.place(path, Use::Read, Last::Followed);
        let about = about.map(|place| place.and_then(|place| place.metadata()));
        matches!(about, Ok(Ok(about)) if about.is_file() && about.mode() & 0o111 != 0)
    };
    if command.contains('/') {
        return Ok(match runs(&command) {
            true => command.into(),
            false => Dynamic::UNIT,
        });
    }
    let paths = directories.split(':').map(|directory| match directory {
        "" => command.to_string(),
        _ => from_os(to_path(directory).join(to_path(&command))),
    });
    let found = paths.into_iter().find(|path| runs(path));
    Ok(found.map_or(Dynamic::UNIT, Dynamic::from))
}

/// `disk_usage(path)`
fn disk_usage(call: &mut Call<'_>) -> Outcome {
    let path = path(call, 0)?;
    let guard = call.interp.permissions();
    let place = guard.place(&path, Use::Read, Last::Followed)?;
    let space = place.and_then(|place| sys::place::space(place.path()));
    let space = space.map_err(|error| raise_os(&error, Some(&path)))?;
    let number = |bytes: u64| Dynamic::from_int(i64::try_from(bytes).unwrap_or(i64::MAX));
    Ok(Map::from_iter([
        ("total".into(), number(space.total)),
        (
            "used".into(),
            number(space.total.saturating_sub(space.free)),
        ),
        ("free".into(), number(space.available)),
    ])
    .into())
}
