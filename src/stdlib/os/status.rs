//! Facts about files and the terminal: `stat`, `lstat`, `scandir`, `isatty`, `get_terminal_size`.

use std::fs::{self, FileType, Metadata};
use std::os::unix::fs::MetadataExt;

use rhai::{Array, Dynamic, Map};

use super::files::{entries, terminal_size};
use crate::permissions::{Last, Use};
use crate::script::{Call, Failure, Namespace, Outcome, Registry, os_failure, raise_os};
use crate::stdlib::builtins::path;
use crate::sys;
use crate::text::{from_os, quoted, to_path};

/// A name in a directory.
#[derive(Debug, Clone)]
struct DirEntry {
    directory: String,
    name: String,
    kind: FileType,
}

impl DirEntry {
    fn path(&self) -> String {
        from_os(to_path(&self.directory).join(to_path(&self.name)))
    }
}

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("stat", &["path", "follow_symlinks?"], |call| {
        let path = path(call, 0)?;
        let follows = call.bool_or(1, true);
        about(call, &path, follows).map(|about| as_map(&about))
    })
    .function("lstat", &["path"], |call| {
        let path = path(call, 0)?;
        about(call, &path, false).map(|about| as_map(&about))
    })
    .function("scandir", &["path?"], scandir)
    .function("isatty", &["fd", "/"], |call| {
        let descriptor = i32::try_from(call.int(0)?).unwrap_or(-1);
        Ok(sys::stdio::is_terminal_at(descriptor).into())
    })
    .function("get_terminal_size", &[], |call| {
        let size = terminal_size(call.interp, None);
        // `ENOTTY`.
        size.ok_or_else(|| os_failure(std::io::Error::from_raw_os_error(25)))
    });
}

pub(super) fn register_class(registry: &mut Registry) {
    if !registry.can_name("scandir") {
        return;
    }
    registry
        .class::<DirEntry>("os.DirEntry")
        .getter("name", |call| Ok(call.this::<DirEntry>().name.into()))
        .getter("path", |call| Ok(call.this::<DirEntry>().path().into()))
        .method("is_symlink", &[], |call| {
            Ok(call.this::<DirEntry>().kind.is_symlink().into())
        })
        .method("is_dir", &["follow_symlinks?"], |call| {
            is_kind(call, FileType::is_dir, Metadata::is_dir)
        })
        .method("is_file", &["follow_symlinks?"], |call| {
            is_kind(call, FileType::is_file, Metadata::is_file)
        })
        .method("stat", &["follow_symlinks?"], |call| {
            let entry: DirEntry = call.this();
            let follows = call.bool_or(0, true);
            about(call, &entry.path(), follows).map(|about| as_map(&about))
        })
        .repr(|call| {
            let name = quoted(&call.this::<DirEntry>().name);
            Ok(format!("<DirEntry {name}>").into())
        });
}

fn about(call: &Call<'_>, path: &str, follows: bool) -> Result<Metadata, Failure> {
    let guard = call.interp.permissions();
    let found = match follows {
        true => guard
            .place(path, Use::Read, Last::Followed)?
            .and_then(|place| place.metadata()),
        false => guard
            .place(path, Use::Read, Last::Itself)?
            .and_then(|place| fs::symlink_metadata(place.path())),
    };
    found.map_err(|error| raise_os(&error, Some(path)))
}

/// Returns what `stat` says under Python's names.
fn as_map(about: &Metadata) -> Dynamic {
    let number = |number: u64| Dynamic::from_int(i64::try_from(number).unwrap_or(i64::MAX));
    let seconds = |whole: i64, nanos: i64| Dynamic::from_float(whole as f64 + nanos as f64 / 1e9);
    let nanos = |whole: i64, nanos: i64| {
        Dynamic::from_int(whole.saturating_mul(1_000_000_000).saturating_add(nanos))
    };
    let (accessed, modified, changed) = (
        (about.atime(), about.atime_nsec()),
        (about.mtime(), about.mtime_nsec()),
        (about.ctime(), about.ctime_nsec()),
    );
    Map::from_iter([
        ("st_mode".into(), number(about.mode().into())),
        ("st_ino".into(), number(about.ino())),
        ("st_dev".into(), number(about.dev())),
        ("st_nlink".into(), number(about.nlink())),
        ("st_uid".into(), number(about.uid().into())),
        ("st_gid".into(), number(about.gid().into())),
        ("st_size".into(), number(about.size())),
        ("st_atime".into(), seconds(accessed.0, accessed.1)),
        ("st_mtime".into(), seconds(modified.0, modified.1)),
        ("st_ctime".into(), seconds(changed.0, changed.1)),
        ("st_atime_ns".into(), nanos(accessed.0, accessed.1)),
        ("st_mtime_ns".into(), nanos(modified.0, modified.1)),
        ("st_ctime_ns".into(), nanos(changed.0, changed.1)),
    ])
    .into()
}

/// `scandir(path=".")`
fn scandir(call: &mut Call<'_>) -> Outcome {
    let directory = match call.has_value(0) {
        true => path(call, 0)?.to_string(),
        false => ".".into(),
    };
    let found = entries(call.interp, &directory)?;
    let found = found.map_err(|error| raise_os(&error, Some(&directory)))?;
    let entries = found.into_iter().map(|(name, kind)| {
        let directory = directory.clone();
        Dynamic::from(DirEntry {
            directory,
            name,
            kind,
        })
    });
    Ok(entries.collect::<Array>().into())
}

fn is_kind(
    call: &mut Call<'_>,
    of_entry: fn(&FileType) -> bool,
    of_target: fn(&Metadata) -> bool,
) -> Outcome {
    let entry: DirEntry = call.this();
    let follows = call.bool_or(0, true);
    if !entry.kind.is_symlink() || !follows {
        return Ok(of_entry(&entry.kind).into());
    }
    let target = about(call, &entry.path(), true);
    Ok(target.is_ok_and(|about| of_target(&about)).into())
}
