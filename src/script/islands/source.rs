//! What a loop goes through, and where it is.

use std::ops::{Range, RangeInclusive};

use rhai::{Array, Dynamic};

use crate::native::Progress;
use crate::script::steps::Steps;

/// The range, list or condition that a loop goes through.
pub(super) enum Source {
    /// Until its condition is false.
    Condition,
    Numbers(Progress),
    Items(Array, Progress),
}

impl Source {
    /// Returns a range or a list as a source.
    ///
    /// # Errors
    /// The value, if it is something else.
    pub(super) fn of(value: Dynamic) -> Result<Self, Dynamic> {
        if value.is_array() {
            let items = value.into_array().unwrap_or_default();
            let progress = progress(0, 1, items.len() as u64);
            return Ok(Self::Items(items, progress));
        }
        if let Some(range) = value.read_lock::<Range<i64>>() {
            let count = distance(range.start, range.end);
            return Ok(Self::Numbers(progress(range.start, 1, count)));
        }
        if let Some(range) = value.read_lock::<RangeInclusive<i64>>() {
            let (start, end) = (*range.start(), *range.end());
            let count = match range.is_empty() {
                true => 0,
                false => distance(start, end).saturating_add(1),
            };
            return Ok(Self::Numbers(progress(start, 1, count)));
        }
        if let Some(steps) = value.read_lock::<Steps>() {
            let (next, step) = (steps.next, steps.step);
            return Ok(Self::Numbers(progress(next, step, steps.len() as u64)));
        }
        Err(value)
    }

    pub(super) fn progress(&mut self) -> Option<&mut Progress> {
        match self {
            Self::Condition => None,
            Self::Numbers(progress) | Self::Items(_, progress) => Some(progress),
        }
    }

    /// The passes that are left, if that is known.
    pub(super) fn left(&self) -> Option<u64> {
        match self {
            Self::Condition => None,
            Self::Numbers(progress) | Self::Items(_, progress) => Some(progress.left),
        }
    }

    /// Moves on by a pass. Returns the number or item of this one, and the passes before it; `None` at the end.
    pub(super) fn next(&mut self) -> Option<(Dynamic, i64)> {
        let (value, progress) = match self {
            Self::Condition => return None,
            Self::Numbers(progress) => (Dynamic::from_int(progress.next), progress),
            Self::Items(items, progress) => {
                let index = usize::try_from(progress.next).ok()?;
                (items.get(index)?.clone(), progress)
            }
        };
        if progress.left == 0 {
            return None;
        }
        let done = progress.done;
        progress.left -= 1;
        progress.done += 1;
        progress.next = progress.next.wrapping_add(progress.step);
        Some((value, done))
    }
}

fn progress(next: i64, step: i64, left: u64) -> Progress {
    Progress {
        next,
        step,
        left,
        done: 0,
    }
}

fn distance(from: i64, until: i64) -> u64 {
    match until > from {
        true => until.wrapping_sub(from).cast_unsigned(),
        false => 0,
    }
}
