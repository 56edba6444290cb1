//! Where in a script a thread is: the file and line of the call that it makes.
//!
//! A call site is one word, so that noting it costs one store, and it means the same in every process, also after its writer was
//! killed. Natives say by [`called_by`] on whose behalf they run; nobody asks before a wait begins or a lock is acquired.
#![allow(unsafe_code)]

use std::cell::Cell;

use super::segment::Segment;

/// Bits of the word that hold the line, which the interpreter counts in as many.
const LINE_BITS: u32 = 16;

/// The code that makes a call.
pub(crate) trait Caller {
    /// Returns the name of its file, if it has one, and the line, which is 0 when it is not known.
    fn position(&self) -> (Option<&str>, u16);

    /// Returns how reports show the file of this name.
    fn shown(&self, file: &str) -> String;
}

/// The file and line of a call, as the session holds them. The file's row (from 1) is above the line; 0 means that neither is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallSite(u64);

/// The file and line of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceLine {
    /// The file as reports show it; `None` when the session had no room for its name.
    pub(crate) file: Option<String>,
    /// The line, from 1.
    pub(crate) line: u16,
}

thread_local! {
    static CALLER: Cell<Option<&'static dyn Caller>> = const { Cell::new(None) };
}

/// Runs `body`, which is a call that `caller` makes.
#[inline]
pub(crate) fn called_by<R>(caller: &dyn Caller, body: impl FnOnce() -> R) -> R {
    // SAFETY: only the lifetime changes. The reference leaves the cell when `Outer` is dropped, at the end of this function however it
    // ends, and so before `caller` does; copies of it are made in `CallSite::now` and `MadeAt` alone, which end before.
    let caller = unsafe { std::mem::transmute::<&dyn Caller, &'static dyn Caller>(caller) };
    let _outer = Outer(CALLER.replace(Some(caller)));
    body()
}

/// Runs `body`, which no line of a script has called: the beginning of a child, which is a copy of the process that started it.
pub(crate) fn called_by_nobody<R>(body: impl FnOnce() -> R) -> R {
    let _outer = Outer(CALLER.replace(None));
    body()
}

/// Restores the caller of an outer call.
struct Outer(Option<&'static dyn Caller>);

impl Drop for Outer {
    fn drop(&mut self) {
        CALLER.set(self.0);
    }
}

/// The call that made an iterator: the items of a loop are taken outside of every call.
#[derive(Clone, Debug, Default)]
pub(crate) struct MadeAt {
    /// Its name, and how reports show it.
    file: Option<(String, String)>,
    line: u16,
}

impl MadeAt {
    /// Returns the call that the thread is in.
    pub(crate) fn now() -> Self {
        let Some(caller) = CALLER.get() else {
            return Self::default();
        };
        let (file, line) = caller.position();
        let file = file.map(|file| (file.to_string(), caller.shown(file)));
        Self { file, line }
    }

    /// Runs `body` as this call, unless the thread is in another.
    pub(crate) fn unless_called<R>(&self, body: impl FnOnce() -> R) -> R {
        match CALLER.get() {
            Some(_) => body(),
            None => called_by(self, body),
        }
    }
}

impl Caller for MadeAt {
    fn position(&self) -> (Option<&str>, u16) {
        (self.file.as_ref().map(|(name, _)| name.as_str()), self.line)
    }

    fn shown(&self, _: &str) -> String {
        let shown = self.file.as_ref().map(|(_, shown)| shown.clone());
        shown.unwrap_or_default()
    }
}

impl CallSite {
    /// Returns the place of the call that the thread is in.
    #[inline(always)]
    pub(crate) fn now(segment: &Segment) -> CallSite {
        match CALLER.get() {
            None => CallSite::default(),
            Some(caller) => CallSite::of(segment, caller),
        }
    }

    #[inline(never)]
    fn of(segment: &Segment, caller: &dyn Caller) -> CallSite {
        let (file, line) = caller.position();
        let row = file.map_or(0, |file| segment.source_row(file, caller));
        CallSite(row << LINE_BITS | u64::from(line))
    }

    /// Returns the call site that was stored as this word.
    pub(crate) fn from_word(word: u64) -> CallSite {
        CallSite(word)
    }

    /// Returns the word to store.
    #[inline]
    pub(crate) fn word(self) -> u64 {
        self.0
    }
}

impl Segment {
    /// Returns the file and line of a call site; `None` if they are not known.
    pub(crate) fn source_line(&self, site: CallSite) -> Option<SourceLine> {
        let line = site.0 as u16;
        (line != 0).then(|| SourceLine {
            file: self.source_name(site.0 >> LINE_BITS),
            line,
        })
    }
}
