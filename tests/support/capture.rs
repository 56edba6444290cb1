//! What comes out of one pipe, collected by a thread.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

#[derive(Debug, Clone)]
pub(crate) struct Capture(Arc<(Mutex<Captured>, Condvar)>);

#[derive(Debug, Default)]
struct Captured {
    bytes: Vec<u8>,
    ended: bool,
}

impl Capture {
    pub(crate) fn begin(mut pipe: impl Read + Send + 'static) -> Self {
        let capture = Self(Arc::default());
        let writer = capture.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 64 << 10];
            loop {
                let count = pipe.read(&mut buffer).unwrap_or(0);
                let mut captured = writer.lock();
                captured.bytes.extend(&buffer[..count]);
                captured.ended = count == 0;
                writer.0.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        capture
    }

    /// What has come so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock().bytes).into_owned()
    }

    /// Waits until `find` finds something in the text; `None` when the pipe ends first or the time is over.
    pub(crate) fn wait_for<T>(
        &self,
        deadline: Instant,
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let look = |captured: &Captured| {
            let found = find(&String::from_utf8_lossy(&captured.bytes));
            (found.is_some() || captured.ended).then_some(found)
        };
        self.wait(deadline, look).flatten()
    }

    /// Whether the pipe ends in time.
    pub(crate) fn wait_for_end(&self, deadline: Instant) -> bool {
        let look = |captured: &Captured| captured.ended.then_some(());
        self.wait(deadline, look).is_some()
    }

    fn wait<T>(&self, deadline: Instant, look: impl Fn(&Captured) -> Option<T>) -> Option<T> {
        let mut captured = self.lock();
        loop {
            let found = look(&captured);
            let left = deadline.saturating_duration_since(Instant::now());
            if found.is_some() || left.is_zero() {
                return found;
            }
            let waited = self.0.1.wait_timeout(captured, left);
            captured = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Captured> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
