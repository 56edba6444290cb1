//! Random words that have been drawn ahead, for code to take.

use std::ptr;

use super::values::Outside;

/// How many words are drawn at once.
const BATCH: usize = 64;

/// Words of the random stream: those that were taken since the pass began, then those that are left. The places of compiled code come first.
#[repr(C)]
pub(crate) struct Words {
    /// The next one to take.
    pub next: *const u64,
    pub end: *const u64,
    /// The first one that was not yet taken when the pass began.
    pub pass: *const u64,
    drawn: Vec<u64>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            next: ptr::null(),
            end: ptr::null(),
            pass: ptr::null(),
            drawn: Vec::new(),
        }
    }
}

impl Words {
    /// Draws more; those of this pass are kept. Returns whether there was memory for them.
    pub(super) fn draw(&mut self, outside: &mut dyn Outside) -> bool {
        self.drawn.drain(..self.index(self.pass));
        let kept = self.drawn.len();
        if self.drawn.try_reserve(BATCH).is_err() {
            // Code gives up, and what it has taken in this pass is put back.
            self.point_to(kept);
            return false;
        }
        self.drawn.resize(kept + BATCH, 0);
        outside.draw(&mut self.drawn[kept..]);
        self.point_to(kept);
        true
    }

    /// Begins a pass: what was taken before is not put back.
    pub(super) fn begin_pass(&mut self) {
        self.pass = self.next;
    }

    /// Puts back those that are left.
    pub(super) fn put_back_rest(&mut self, outside: &mut dyn Outside) {
        let taken = self.index(self.next);
        if taken < self.drawn.len() {
            outside.put_back(&self.drawn[taken..]);
            self.drawn.truncate(taken);
            self.end = self.next;
        }
    }

    /// Puts back those that are left and those that were taken in this pass.
    pub(super) fn put_back_pass(&mut self, outside: &mut dyn Outside) {
        let taken = self.index(self.pass);
        if taken < self.drawn.len() {
            outside.put_back(&self.drawn[taken..]);
        }
        *self = Self::default();
    }

    fn index(&self, word: *const u64) -> usize {
        if word.is_null() {
            return 0;
        }
        (word.addr() - self.drawn.as_ptr().addr()) / size_of::<u64>()
    }

    /// The pass began with the first word; `next` is the index of the next one.
    fn point_to(&mut self, next: usize) {
        let words = self.drawn.as_ptr_range();
        self.pass = words.start;
        self.next = self.drawn[next..].as_ptr();
        self.end = words.end;
    }
}
