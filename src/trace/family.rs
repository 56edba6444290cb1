//! The directory of a recording, and what all processes of the family have to agree on.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::record::{FAMILY_MAGIC, family};
use crate::sys::clock::now_ns;
use crate::sys::identity;
use crate::sys::ticks::{self, now_ticks};
use crate::sys::word_file::WordFile;

/// The name of the file that the family shares.
pub(crate) const FAMILY_FILE: &str = "family";

/// By how many bytes a file grows at a time.
pub(super) const STEP: usize = 64 << 10;

/// The most bytes of all files together.
pub(crate) const FAMILY_BYTES: usize = 256 << 20;

/// How long the first process compares the ticks with the clock.
const COMPARED: Duration = Duration::from_micros(100);

/// Whether this process records.
static ON: AtomicBool = AtomicBool::new(false);

/// The recording that this process takes part in.
static JOINED: Mutex<Option<Joined>> = Mutex::new(None);

struct Joined {
    directory: PathBuf,
    shared: WordFile,
}

/// Returns whether this process records what it does. A branch on one byte: the answer is nearly always the same.
#[inline(always)]
pub(crate) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Begins a recording in an empty directory.
///
/// # Errors
/// Those of the file system.
pub(crate) fn begin(directory: &Path) -> io::Result<()> {
    let shared = WordFile::create(&directory.join(FAMILY_FILE), family::WORDS, family::WORDS)?;
    let counted = ticks::are_counted_here();
    ticks::count(counted);
    let (began_ticks, began_ns) = (now_ticks(), now_ns());
    while now_ns() - began_ns < COMPARED.as_nanos() as u64 {
        std::hint::spin_loop();
    }
    let ticks = now_ticks() - began_ticks;
    let us = (now_ns() - began_ns).div_ceil(1000);
    let words = [
        (family::PID, u64::from(identity::process_id())),
        (family::BEGAN_TICKS, began_ticks),
        (family::BEGAN_NS, began_ns),
        (family::TICKS_PER_US, (ticks / us).max(1)),
        (family::COUNTED, u64::from(counted)),
        (family::STEPS_LEFT, (FAMILY_BYTES / STEP) as u64),
        (family::MAGIC, FAMILY_MAGIC),
    ];
    for (place, value) in words {
        shared.words()[place].store(value, Ordering::Release);
    }
    record_into(directory, shared);
    Ok(())
}

/// Takes part in the recording of a directory, in a process that was started afresh. Without it, the process records nothing.
pub(crate) fn join(directory: &Path) {
    let Ok(shared) = WordFile::open(&directory.join(FAMILY_FILE), family::WORDS) else {
        return;
    };
    if shared.words()[family::MAGIC].load(Ordering::Acquire) == FAMILY_MAGIC {
        ticks::count(shared.words()[family::COUNTED].load(Ordering::Relaxed) != 0);
        record_into(directory, shared);
    }
}

fn record_into(directory: &Path, shared: WordFile) {
    let directory = directory.to_path_buf();
    with_joined(|joined| *joined = Some(Joined { directory, shared }));
    ON.store(true, Ordering::Relaxed);
}

/// Records no more in this process.
pub(crate) fn end() {
    ON.store(false, Ordering::Relaxed);
    with_joined(|joined| {
        if let Some(Joined { shared, .. }) = joined.take() {
            shared.words()[family::ENDED_NS].store(now_ns(), Ordering::Relaxed);
            shared.words()[family::ENDED_TICKS].store(now_ticks(), Ordering::Release);
        }
    });
}

fn with_joined<R>(body: impl FnOnce(&mut Option<Joined>) -> R) -> R {
    body(&mut JOINED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Returns the directory of the recording that this process takes part in.
pub(crate) fn directory() -> Option<PathBuf> {
    with_joined(|joined| Some(joined.as_ref()?.directory.clone()))
}

/// Returns a path for one more file, and how many ticks a microsecond has.
pub(super) fn next_file() -> Option<(PathBuf, u64)> {
    with_joined(|joined| {
        let Joined { directory, shared } = joined.as_ref()?;
        let number = shared.words()[family::NEXT].fetch_add(1, Ordering::Relaxed);
        let ticks = shared.words()[family::TICKS_PER_US].load(Ordering::Relaxed);
        Some((directory.join(format!("{number:06}.thread")), ticks))
    })
}

/// Returns whether a file may grow by one more step.
pub(super) fn take_step() -> bool {
    with_joined(|joined| {
        let Some(Joined { shared, .. }) = joined else {
            return false;
        };
        let left = &shared.words()[family::STEPS_LEFT];
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        });
        taken.is_ok()
    })
}
