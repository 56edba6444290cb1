//! Directories and files by name. What lists names lists them in their order.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;

use rhai::{Array, Dynamic};
use walkdir::WalkDir;

use crate::stdlib::Outcome;
use crate::stdlib::bind::Namespace;
use crate::stdlib::builtins::path;
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::exceptions::{Exception, os_error, raise_os, throw};

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("getcwd", &[], |_| {
        let directory = std::env::current_dir().map_err(|error| raise_os(&error, None))?;
        Ok(directory.display().to_string().into())
    })
    .function("chdir", &["path"], |call| {
        at_path(call, |path| std::env::set_current_dir(path))
    })
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
    .function("rename", &["src", "dst"], rename)
    .function("replace", &["src", "dst"], rename);
}

/// Does something with the path that is parameter 0; the error names it.
fn at_path(call: &mut Call<'_>, action: impl FnOnce(&str) -> io::Result<()>) -> Outcome {
    let path = path(call, 0)?;
    action(&path)
        .map(Dynamic::from)
        .map_err(|error| raise_os(&error, Some(&path)))
}

fn mode(call: &mut Call<'_>, index: usize) -> Result<u32, Failure> {
    Ok((call.int_or(index, 0o777)? & 0o7777) as u32)
}

/// `os.remove(path)`: a directory is refused as the kernel does it.
fn remove(path: &str) -> io::Result<()> {
    fs::remove_file(path)
}

/// `os.listdir(path=".")`.
fn listdir(call: &mut Call<'_>) -> Outcome {
    let directory = if call.has(0) {
        path(call, 0)?
    } else {
        ".".into()
    };
    let failed = |error: io::Error| raise_os(&error, Some(&directory));
    let mut names = Vec::new();
    for entry in fs::read_dir(directory.as_str()).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names
        .into_iter()
        .map(Dynamic::from)
        .collect::<Array>()
        .into())
}

/// `os.walk(top, topdown=True)`: `[directory, its directories, its files]` for `top` and everything below.
fn walk(call: &mut Call<'_>) -> Outcome {
    let top = path(call, 0)?;
    let top_down = call.bool_or(1, true);
    let mut rows: Vec<Row> = Vec::new();
    // The places in `rows` of the directories on the way to here.
    let mut way: Vec<usize> = Vec::new();
    let entries = WalkDir::new(top.as_str()).sort_by_file_name();
    // A directory that cannot be read is passed over, as in Python.
    for entry in entries.into_iter().filter_map(Result::ok) {
        let depth = entry.depth();
        way.truncate(depth);
        let is_directory = entry.file_type().is_dir();
        if let Some(parent) = way.last() {
            let name = Dynamic::from(entry.file_name().to_string_lossy().into_owned());
            // A link to a directory is listed as one, and not gone into.
            let row = &mut rows[*parent];
            if is_directory || entry.path().is_dir() {
                row.directories.push(name);
            } else {
                row.files.push(name);
            }
        }
        if is_directory {
            way.push(rows.len());
            rows.push(Row {
                depth,
                path: entry.path().to_string_lossy().into_owned(),
                ..Row::default()
            });
        }
    }
    if !top_down {
        rows = bottom_up(rows);
    }
    let list = |row: Row| -> Dynamic {
        let path = Dynamic::from(row.path);
        vec![path, row.directories.into(), row.files.into()].into()
    };
    Ok(rows.into_iter().map(list).collect::<Array>().into())
}

/// One directory of a walk.
#[derive(Default)]
struct Row {
    depth: usize,
    path: String,
    directories: Array,
    files: Array,
}

/// Every directory after those inside it.
fn bottom_up(rows: Vec<Row>) -> Vec<Row> {
    let mut sorted = Vec::with_capacity(rows.len());
    let mut way: Vec<Row> = Vec::new();
    for row in rows {
        while let Some(inner) = way.pop_if(|last| last.depth >= row.depth) {
            sorted.push(inner);
        }
        way.push(row);
    }
    sorted.extend(way.into_iter().rev());
    sorted
}

/// `os.makedirs(name, mode=0o777, exist_ok=False)`.
fn makedirs(call: &mut Call<'_>) -> Outcome {
    let path = path(call, 0)?;
    let mode = mode(call, 1)?;
    let exist_ok = call.bool_or(2, false);
    let failed = |error: io::Error| raise_os(&error, Some(&path));
    if let Some(parent) = std::path::Path::new(path.as_str()).parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    match fs::DirBuilder::new().mode(mode).create(path.as_str()) {
        Err(error) => {
            let exists = exist_ok && std::path::Path::new(path.as_str()).is_dir();
            if exists {
                Ok(Dynamic::UNIT)
            } else {
                Err(failed(error))
            }
        }
        Ok(()) => Ok(Dynamic::UNIT),
    }
}

/// `os.rename(src, dst)`: the error names both.
fn rename(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (path(call, 0)?, path(call, 1)?);
    fs::rename(from.as_str(), to.as_str()).map_err(|error| {
        let exception = os_error(&error, Some(&from));
        let mut args = exception.args().clone();
        args.extend([Dynamic::UNIT, Dynamic::from(to)]);
        throw(Exception::new(exception.kind().to_string(), args))
    })?;
    Ok(Dynamic::UNIT)
}
