//! `os.path`: names of files, taken apart and put together, and what is behind them.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use rhai::{Array, Dynamic};

use crate::permissions::{Last, Use};
use crate::script::{Call, Failure, Interp, Outcome, Registry, raise, raise_os};
use crate::stdlib::builtins::path;
use crate::text::{as_string, from_os, to_path};

/// The value of `os.path`.
#[derive(Debug, Clone)]
pub(super) struct Path;

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("os::path", Path)
        .function("join", &["path", "*paths", "/"], join)
        .function("exists", &["path"], |call| about(call, |_| true))
        .function("isfile", &["path"], |call| about(call, Metadata::is_file))
        .function("isdir", &["path"], |call| about(call, Metadata::is_dir))
        .function("islink", &["path"], islink)
        .function("isabs", &["path"], |call| {
            Ok(path(call, 0)?.starts_with('/').into())
        })
        .function("basename", &["path"], |call| {
            Ok(split(&path(call, 0)?).1.to_string().into())
        })
        .function("dirname", &["path"], |call| {
            Ok(split(&path(call, 0)?).0.to_string().into())
        })
        .function("split", &["path"], |call| {
            let path = path(call, 0)?;
            let (head, tail) = split(&path);
            Ok(pair(head, tail))
        })
        .function("splitext", &["path"], |call| {
            let path = path(call, 0)?;
            let (root, extension) = split_extension(&path);
            Ok(pair(root, extension))
        })
        .function("normpath", &["path"], |call| {
            Ok(normal(&path(call, 0)?).into())
        })
        .function("abspath", &["path"], abspath)
        .function("relpath", &["path", "start?"], relpath)
        .function("commonpath", &["paths"], commonpath)
        .function("realpath", &["path"], realpath)
        .function("expanduser", &["path"], |call| {
            let path = path(call, 0)?;
            if path.starts_with('~') {
                call.interp.permissions().variable("HOME")?;
            }
            let home = from_os(std::env::var_os("HOME").unwrap_or_default());
            Ok(match path.strip_prefix('~') {
                Some(rest) if (rest.is_empty() || rest.starts_with('/')) && !home.is_empty() => {
                    format!("{}{rest}", home.trim_end_matches('/')).into()
                }
                _ => path.into(),
            })
        })
        .function("getsize", &["filename"], |call| {
            metadata(call).map(|about| Dynamic::from_int(about.len() as i64))
        })
        .function("getmtime", &["filename"], |call| {
            let about = metadata(call)?;
            let seconds = about.mtime() as f64 + about.mtime_nsec() as f64 / 1e9;
            Ok(Dynamic::from_float(seconds))
        });
}

/// Returns whether something holds of what has the path, which nothing does where there is nothing.
fn about(call: &mut Call<'_>, holds: impl FnOnce(&Metadata) -> bool) -> Outcome {
    let path = path(call, 0)?;
    let found = look(call.interp, &path)?;
    holds_of(&path, found, holds)
}

/// Returns whether something holds of what was found, which nothing does if the kernel found nothing.
fn holds_of(
    path: &str,
    found: io::Result<Metadata>,
    holds: impl FnOnce(&Metadata) -> bool,
) -> Outcome {
    match found {
        Err(error) if error.kind() == io::ErrorKind::Other => Err(raise_os(&error, Some(path))),
        found => Ok(found.is_ok_and(|found| holds(&found)).into()),
    }
}

fn metadata(call: &mut Call<'_>) -> Result<Metadata, Failure> {
    let path = path(call, 0)?;
    look(call.interp, &path)?.map_err(|error| raise_os(&error, Some(&path)))
}

fn look(interp: &Interp, path: &str) -> Result<io::Result<Metadata>, Failure> {
    let place = interp
        .permissions()
        .place(path, Use::Read, Last::Followed)?;
    Ok(place.and_then(|place| place.metadata()))
}

fn islink(call: &mut Call<'_>) -> Outcome {
    let path = path(call, 0)?;
    let guard = call.interp.permissions();
    let place = guard.place(&path, Use::Read, Last::Itself)?;
    let found = place.and_then(|place| fs::symlink_metadata(place.path()));
    holds_of(&path, found, Metadata::is_symlink)
}

/// `realpath(path)`: without links, as far as there is something.
fn realpath(call: &mut Call<'_>) -> Outcome {
    let absolute = abspath(call)?.to_string();
    let guard = call.interp.permissions();
    let place = guard.place(&absolute, Use::Read, Last::Followed)?;
    let real = place.and_then(|place| match place.real() {
        Some(real) => fs::symlink_metadata(place.path()).map(|_| real.to_path_buf()),
        None => fs::canonicalize(place.path()),
    });
    match real {
        Ok(real) => Ok(from_os(real).into()),
        Err(error) if error.kind() == io::ErrorKind::Other => {
            Err(raise_os(&error, Some(&absolute)))
        }
        Err(_) => Ok(absolute.into()),
    }
}

fn pair(first: &str, second: &str) -> Dynamic {
    let pair = [first, second].map(|part| Dynamic::from(part.to_string()));
    Array::from(pair).into()
}

/// `join(path, *paths)`: a part that begins with `/` starts over.
fn join(call: &mut Call<'_>) -> Outcome {
    let mut joined = path(call, 0)?.to_string();
    for part in call.rest(1) {
        let part = crate::text::as_string(&part).ok_or_else(|| {
            let found = crate::script::type_name(&part);
            let text =
                format!("join() argument must be str, bytes, or os.PathLike object, not '{found}'");
            raise("TypeError", text)
        })?;
        if part.starts_with('/') {
            joined = part.to_string();
            continue;
        }
        if !joined.is_empty() && !joined.ends_with('/') {
            joined.push('/');
        }
        joined.push_str(&part);
    }
    Ok(joined.into())
}

/// Returns the parts before and after the last `/`; slashes at the end of the first are dropped.
fn split(path: &str) -> (&str, &str) {
    let at = path.rfind('/').map_or(0, |at| at + 1);
    let (head, tail) = path.split_at(at);
    let trimmed = head.trim_end_matches('/');
    (if trimmed.is_empty() { head } else { trimmed }, tail)
}

/// Returns a name and its extension with the dot; dots a name begins with are part of it.
fn split_extension(path: &str) -> (&str, &str) {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let dots = path[name..].len() - path[name..].trim_start_matches('.').len();
    match path[name + dots..].rfind('.') {
        Some(dot) => path.split_at(name + dots + dot),
        None => (path, ""),
    }
}

/// Without `.`, `..` and double slashes.
fn normal(path: &str) -> String {
    // POSIX leaves the meaning of exactly two slashes open, and Python keeps them.
    let root = match path.len() - path.trim_start_matches('/').len() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => (),
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => (),
            other => parts.push(other),
        }
    }
    let joined = format!("{root}{}", parts.join("/"));
    if joined.is_empty() {
        ".".into()
    } else {
        joined
    }
}

fn abspath(call: &mut Call<'_>) -> Outcome {
    Ok(absolute(&path(call, 0)?).into())
}

/// `relpath(path, start)`: the way from one to the other, without a look at what is there.
fn relpath(call: &mut Call<'_>) -> Outcome {
    let target = path(call, 0)?;
    if target.is_empty() {
        return Err(raise("ValueError", "no path specified"));
    }
    let start = match call.has_value(1) {
        true => path(call, 1)?,
        false => ".".into(),
    };
    let (target, start) = (absolute(&target), absolute(&start));
    Ok(between(&start, &target).into())
}

/// Returns the path from one directory to another path; both are absolute and normal.
fn between(start: &str, target: &str) -> String {
    let (start, target) = (parts(start), parts(target));
    let common = in_common(&start, &target);
    let up = std::iter::repeat_n("..", start.len() - common);
    let way: Vec<&str> = up.chain(target[common..].iter().copied()).collect();
    match way.is_empty() {
        true => ".".into(),
        false => way.join("/"),
    }
}

/// Returns the names in a path.
fn parts(path: &str) -> Vec<&str> {
    let parts = path.split('/');
    parts.filter(|part| !matches!(*part, "" | ".")).collect()
}

/// Returns how many names two paths have in common at their beginnings.
fn in_common(one: &[&str], other: &[&str]) -> usize {
    let pairs = one.iter().zip(other);
    pairs.take_while(|(a, b)| a == b).count()
}

/// `commonpath(paths)`: the longest directory that all paths are in.
fn commonpath(call: &mut Call<'_>) -> Outcome {
    let mut paths = Vec::new();
    for item in call.array(0)? {
        let text = as_string(&item).ok_or_else(|| call.mismatch(0, "a list of strings", &item))?;
        paths.push(text);
    }
    let Some(first) = paths.first() else {
        let text = "commonpath() arg is an empty sequence";
        return Err(raise("ValueError", text));
    };
    let is_absolute = first.starts_with('/');
    if paths
        .iter()
        .any(|path| path.starts_with('/') != is_absolute)
    {
        let text = "Can't mix absolute and relative paths";
        return Err(raise("ValueError", text));
    }
    let mut common = parts(first);
    for path in &paths[1..] {
        common.truncate(in_common(&common, &parts(path)));
    }
    let root = if is_absolute { "/" } else { "" };
    Ok(format!("{root}{}", common.join("/")).into())
}

/// Returns a path that means the same file from every directory.
pub(in crate::stdlib) fn absolute(path: &str) -> String {
    let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    normal(&from_os(directory.join(to_path(path))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_as_python_does() {
        assert_eq!(split("a/b/c.txt"), ("a/b", "c.txt"));
        assert_eq!(split("/a"), ("/", "a"));
        assert_eq!(split("a//b"), ("a", "b"));
        assert_eq!(split("a/"), ("a", ""));
        assert_eq!(split("a"), ("", "a"));
    }

    #[test]
    fn extensions_begin_at_the_last_dot_of_a_name() {
        assert_eq!(split_extension("a/b.tar.gz"), ("a/b.tar", ".gz"));
        assert_eq!(split_extension(".bashrc"), (".bashrc", ""));
        assert_eq!(split_extension("a.b/c"), ("a.b/c", ""));
        assert_eq!(split_extension("...x"), ("...x", ""));
        assert_eq!(split_extension("a."), ("a", "."));
    }

    #[test]
    fn the_way_between_paths_is_relative() {
        assert_eq!(between("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(between("/", "/a"), "a");
        assert_eq!(between("/a/b", "/a/b"), ".");
        assert_eq!(between("/a/b", "/"), "../..");
    }

    #[test]
    fn normal_paths_have_no_detours() {
        assert_eq!(normal("a/./b/../c//d"), "a/c/d");
        assert_eq!(normal("/../a"), "/a");
        assert_eq!(normal("../../a"), "../../a");
        assert_eq!(normal(""), ".");
        assert_eq!(normal("//a"), "//a");
        assert_eq!(normal("///a"), "/a");
    }
}
