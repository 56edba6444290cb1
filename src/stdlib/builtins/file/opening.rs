//! `open` of a FIFO: the wait for its other end, which a signal or a stop ends.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::sync::Arc;
use std::time::Duration;

use super::mode::Mode;
use crate::permissions::Place;
use crate::script::{Failure, Interp, raise_os};
use crate::sync::wait_kind;
use crate::sys::opening;

/// The time between two looks whether the other end has been opened.
const INTERVAL: Duration = Duration::from_millis(5);

/// Opens a file; returns also what has been read of it already.
///
/// # Errors
/// Those of `open(2)`; the script has to stop, or a function for a signal threw.
pub(super) fn open(
    interp: &Arc<Interp>,
    place: &Place,
    mode: &Mode,
    name: &str,
) -> Result<(File, Vec<u8>), Failure> {
    let at_path = |error: io::Error| raise_os(&error, Some(name));
    let file = match place.open_at_once(&mut mode.options()) {
        Err(error) if error.raw_os_error() == Some(opening::NO_READER) && is_fifo(place) => interp
            .wait_for(wait_kind::FILE, None, |most| {
                std::thread::sleep(most.min(INTERVAL));
                match place.open_at_once(&mut mode.options()) {
                    Ok(file) => Ok(Some(file)),
                    Err(error) if error.raw_os_error() == Some(opening::NO_READER) => Ok(None),
                    Err(error) => Err(at_path(error)),
                }
            })?,
        opened => opened.map_err(at_path)?,
    };
    let mut ahead = Vec::new();
    if !opening::is_fifo(&file).map_err(at_path)? {
        opening::make_waiting(&file).map_err(at_path)?;
    } else if !mode.writes() {
        interp.wait_for(wait_kind::FILE, None, |most| {
            let found = opening::has_writer(&file, most.min(INTERVAL), &mut ahead);
            Ok(found.map_err(at_path)?.then_some(()))
        })?;
    }
    Ok((file, ahead))
}

fn is_fifo(place: &Place) -> bool {
    place
        .metadata()
        .is_ok_and(|about| about.file_type().is_fifo())
}
