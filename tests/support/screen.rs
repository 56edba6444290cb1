//! What a terminal shows, kept up to date by a thread.

use std::fs::File;
use std::io::Read;
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub(super) fn size(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

/// What the terminal shows, kept up to date by a thread.
pub(super) struct View(Arc<(Mutex<State>, Condvar)>);

pub(super) struct State {
    pub(super) parser: vt100::Parser,
    pub(super) raw: String,
    /// The beginning of a character.
    rest: Vec<u8>,
    ended: bool,
    /// The window is closed.
    closed: bool,
}

impl State {
    pub(super) fn text(&self) -> String {
        let columns = self.parser.screen().size().1.get();
        let rows = self.parser.screen().rows(0, columns);
        let rows: Vec<String> = rows.map(|row| row.trim_end().to_string()).collect();
        rows.join("\n").trim_end().to_string()
    }

    pub(super) fn row(&self, row: u16) -> String {
        let columns = self.parser.screen().size().1.get();
        let mut rows = self.parser.screen().rows(0, columns);
        rows.nth(usize::from(row)).unwrap_or_default()
    }

    fn take_in(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.rest.len(),
        };
        let taken: Vec<u8> = self.rest.drain(..whole).collect();
        self.raw.push_str(&String::from_utf8_lossy(&taken));
    }
}

impl View {
    pub(super) fn begin(mut master: File, rows: u16, columns: u16) -> Self {
        let state = State {
            parser: vt100::Parser::new(size(rows), size(columns), 1000),
            raw: String::new(),
            rest: Vec::new(),
            ended: false,
            closed: false,
        };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        let view = Self(shared.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 16 << 10];
            loop {
                // A terminal nobody has open any more is an error.
                let waited = &mut [rustix::event::PollFd::new(
                    &master,
                    rustix::event::PollFlags::IN,
                )];
                let short = rustix::event::Timespec {
                    tv_sec: 0,
                    tv_nsec: 20_000_000,
                };
                let ready = rustix::event::poll(waited, Some(&short));
                let mut state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
                if state.closed {
                    return;
                }
                drop(state);
                if ready == Ok(0) {
                    continue;
                }
                let count = master.read(&mut bytes).unwrap_or(0);
                state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
                state.take_in(&bytes[..count]);
                state.ended = count == 0;
                shared.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        view
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the thread close its descriptor soon.
    pub(super) fn let_go(&self) {
        self.state().closed = true;
    }

    pub(super) fn wait<T>(
        &self,
        deadline: Instant,
        look: impl Fn(&State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.state();
        loop {
            if let Some(found) = look(&state) {
                return Some(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.ended || left.is_zero() {
                return None;
            }
            let waited = self.0.1.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn wait_for_end(&self, deadline: Instant) {
        self.wait(deadline, |state| {
            (state.ended || state.closed).then_some(())
        });
    }
}
