//! What a thread has put of late, under consecutive numbers.
//!
//! A server that writes to its disk once a second may lose its last second. It says which number of this thread it remembers, and gets
//! what came after that again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long an item is kept after it was put.
const WINDOW: Duration = Duration::from_millis(2500);

/// The most bytes of items that are kept.
const BYTES_MAX: usize = 16 << 20;

#[derive(Debug)]
pub(super) struct Entry {
    pub bytes: Vec<u8>,
    /// When the server said that it has the item; `None` until then.
    confirmed: Option<Instant>,
}

/// Items under consecutive numbers, the newest last.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    entries: VecDeque<Entry>,
    /// The number of the newest item.
    last: u64,
    bytes: usize,
}

impl Outbox {
    /// Adds an item that has to be put.
    pub(super) fn push(&mut self, bytes: Vec<u8>) {
        self.last += 1;
        self.bytes += bytes.len();
        let confirmed = None;
        self.entries.push_back(Entry { bytes, confirmed });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the number of the oldest item that is kept.
    fn first(&self) -> u64 {
        self.last + 1 - self.entries.len() as u64
    }

    /// Returns the items that come after number `last` and have been on the server before, with the number of the first one.
    pub(super) fn forgotten_after(&self, last: u64) -> (u64, Vec<&Entry>) {
        let first = self.first().max(last + 1);
        let skip = (first - self.first()) as usize;
        let entries = self.entries.iter().skip(skip);
        let confirmed = entries.take_while(|entry| entry.confirmed.is_some());
        (first, confirmed.collect())
    }

    /// Returns up to `most` items that have not been on the server, with the number of the first one.
    pub(super) fn waiting(&self, most: usize) -> (u64, Vec<&Entry>) {
        let waiting = self.waiting_count();
        let first = self.last + 1 - waiting as u64;
        let skip = self.entries.len() - waiting;
        (first, self.entries.iter().skip(skip).take(most).collect())
    }

    pub(super) fn waiting_count(&self) -> usize {
        let newest = self.entries.iter().rev();
        newest.take_while(|entry| entry.confirmed.is_none()).count()
    }

    /// Notes that the server has the items up to number `last`, and forgets those that are surely on its disk.
    pub(super) fn confirm(&mut self, last: u64) {
        let now = Instant::now();
        let first = self.first();
        let count = (last + 1).saturating_sub(first) as usize;
        for entry in self.entries.iter_mut().take(count) {
            entry.confirmed.get_or_insert(now);
        }
        let is_old = |entry: &Entry| entry.confirmed.is_some_and(|when| now - when > WINDOW);
        while let Some(oldest) = self.entries.front() {
            let is_many = self.bytes > BYTES_MAX && oldest.confirmed.is_some();
            if !is_many && !is_old(oldest) {
                break;
            }
            self.bytes -= oldest.bytes.len();
            self.entries.pop_front();
        }
    }

    /// Takes back the items that have not been on the server. Their numbers are given again.
    pub(super) fn withdraw(&mut self) {
        for _ in 0..self.waiting_count() {
            if let Some(entry) = self.entries.pop_back() {
                self.bytes -= entry.bytes.len();
                self.last -= 1;
            }
        }
    }

    /// Gives new numbers, from 1 on, to the items that the server does not have: those after number `in_before`.
    pub(super) fn begin_anew(&mut self, in_before: u64) {
        self.confirm(in_before);
        let gone = (in_before + 1).saturating_sub(self.first()) as usize;
        for _ in 0..gone.min(self.entries.len()) {
            if let Some(entry) = self.entries.pop_front() {
                self.bytes -= entry.bytes.len();
            }
        }
        self.last = self.entries.len() as u64;
    }

    /// Returns the time since the last item was put.
    pub(super) fn age(&self) -> Option<Duration> {
        Some(self.entries.back()?.confirmed?.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(items: &[&str]) -> Outbox {
        let mut outbox = Outbox::default();
        items
            .iter()
            .for_each(|item| outbox.push(item.as_bytes().to_vec()));
        outbox
    }

    fn texts((first, entries): (u64, Vec<&Entry>)) -> (u64, String) {
        let text = |entry: &&Entry| String::from_utf8_lossy(&entry.bytes).into_owned();
        (first, entries.iter().map(text).collect())
    }

    #[test]
    fn a_server_gets_again_what_it_has_forgotten_and_nothing_else() {
        let mut outbox = with(&["a", "b", "c", "d"]);
        assert_eq!(texts(outbox.waiting(9)), (1, "abcd".into()));
        outbox.confirm(3);
        assert_eq!(texts(outbox.waiting(9)), (4, "d".into()));
        assert_eq!(texts(outbox.forgotten_after(1)), (2, "bc".into()));
        assert_eq!(texts(outbox.forgotten_after(3)), (4, String::new()));
    }

    #[test]
    fn numbers_of_withdrawn_items_are_given_again() {
        let mut outbox = with(&["a", "b"]);
        outbox.confirm(1);
        outbox.withdraw();
        outbox.push(b"c".to_vec());
        assert_eq!(texts(outbox.waiting(9)), (2, "c".into()));
    }

    #[test]
    fn a_new_member_puts_what_the_server_has_not_got_from_the_old_one() {
        let mut outbox = with(&["a", "b", "c"]);
        outbox.confirm(2);
        outbox.begin_anew(1);
        assert_eq!(texts(outbox.forgotten_after(0)), (1, "b".into()));
        assert_eq!(texts(outbox.waiting(9)), (2, "c".into()));
        outbox.begin_anew(7);
        assert_eq!(outbox.waiting_count(), 0);
    }
}
