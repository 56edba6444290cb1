//! Making files and directories under names that nobody else has. The crate `tempfile` finds the names; permissions are asked here.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use tempfile::Builder;

use crate::permissions::{Last, Place, Use};
use crate::script::{Call, Failure, raise, raise_os};
use crate::text::{as_string, from_os, to_os, to_path};

/// The characters of a name that are chosen at random, as many as in Python.
const RANDOM: usize = 8;

/// Returns the directory for temporary files: of the variables TMPDIR, TEMP and TMP as far as the script may read them, or one of the usual ones.
pub(super) fn directory_for(call: &Call<'_>) -> String {
    let guard = call.interp.permissions();
    let named = ["TMPDIR", "TEMP", "TMP"].into_iter().filter_map(|name| {
        let value = guard
            .shows(name)
            .then(|| std::env::var_os(name))
            .flatten()?;
        Some(from_os(std::path::absolute(value).ok()?))
    });
    let usual = ["/tmp", "/var/tmp", "/usr/tmp"].map(String::from);
    let mut all = named.chain(usual);
    let found = all.find(|path| to_path(path).is_dir());
    found.unwrap_or_else(|| from_os(std::env::current_dir().unwrap_or_default()))
}

/// Makes a directory; parameters from `first` on are suffix, prefix and directory. Returns its path.
pub(super) fn make_directory(call: &mut Call<'_>, first: usize) -> Result<String, Failure> {
    let make = |place: Place| DirBuilder::new().mode(0o700).create(place.path());
    make_by(call, first, make).map(|((), path)| path)
}

/// Makes and opens a file; parameters from `first` on are suffix, prefix and directory. Returns its path too.
pub(super) fn make_file(call: &mut Call<'_>, first: usize) -> Result<(File, String), Failure> {
    make_by(call, first, |place: Place| {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        options.open(place.path())
    })
}

fn make_by<T>(
    call: &mut Call<'_>,
    first: usize,
    make: impl Fn(Place) -> io::Result<T>,
) -> Result<(T, String), Failure> {
    let (suffix, prefix) = (part(call, first, "")?, part(call, first + 1, "tmp")?);
    let directory = match call.given(first + 2) {
        None => directory_for(call),
        Some(given) => {
            let given =
                as_string(&given).ok_or_else(|| call.mismatch(first + 2, "a string", &given))?;
            let absolute = std::path::absolute(to_path(&given));
            from_os(absolute.map_err(|error| raise_os(&error, Some(&given)))?)
        }
    };
    let guard = call.interp.permissions();
    let mut refused: Option<Failure> = None;
    let attempt = |path: &Path| {
        let shown = from_os(path);
        match guard.place(&shown, Use::Write, Last::Itself) {
            Ok(place) => make(place?),
            Err(denied) => {
                refused = Some(denied.into());
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
    };
    let made = Builder::new()
        .prefix(&*to_os(&prefix))
        .suffix(&*to_os(&suffix))
        .rand_bytes(RANDOM)
        .disable_cleanup(true)
        .make_in(to_path(&directory), attempt);
    if let Some(refused) = refused {
        return Err(refused);
    }
    let made = made.map_err(|error| {
        // The error of the crate has a path of its own; what remains is the system's.
        let bare = error.raw_os_error().map(io::Error::from_raw_os_error);
        let bare = bare.unwrap_or_else(|| error.kind().into());
        let path = format!("{directory}/{prefix}{}{suffix}", "?".repeat(RANDOM));
        raise_os(&bare, Some(&path))
    })?;
    let (value, path) = made.into_parts();
    Ok((value, from_os(&path)))
}

/// Parameter `index` as a part of a name.
fn part(call: &mut Call<'_>, index: usize, default: &str) -> Result<String, Failure> {
    let Some(value) = call.given(index) else {
        return Ok(default.into());
    };
    let text = as_string(&value).ok_or_else(|| call.mismatch(index, "a string", &value))?;
    match text.contains(['\0', '/']) {
        true => Err(raise(
            "ValueError",
            "a part of a name cannot contain '/' or a null byte",
        )),
        false => Ok(text.to_string()),
    }
}
