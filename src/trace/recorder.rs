//! The file of one thread, and how records get into it.
//!
//! What comes quickly and looks alike becomes one record: messages of the same queue, short waits for the same object. So the fastest
//! script fills a file slowly. *Quickly* is what fits into the [gap](Recorder::gap), which grows with the file.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use super::family::{STEP, next_file, take_step};
use super::record::{HEADER, KINDS, Kind, Run, THREAD_MAGIC, Tag, WORDS, header, word};
use crate::sys::clock::now_ns;
use crate::sys::identity;
use crate::sys::ticks::now_ticks;
use crate::sys::word_file::{WORD, WordFile};

/// The most bytes of a thread's file.
pub(super) const THREAD_BYTES: usize = 16 << 20;

/// Two events that are this close at most are one, in a file that is new.
const GAP_US: u64 = 20;

/// The gap is four times as long each time that a file has grown by this part of [`THREAD_BYTES`].
const PARTS: usize = 8;

/// Texts that a thread remembers, so that each is written once.
const TEXTS: usize = 4096;

/// The most bytes of a text.
const TEXT_BYTES: usize = 1000;

/// Distinguishes the recorders of this process and its copies.
static SERIAL: AtomicU32 = AtomicU32::new(1);

thread_local! {
    static RECORDER: RefCell<Recorder> = const { RefCell::new(Recorder::NONE) };
}

/// Calls `body` with the recorder of this thread; nothing happens where there is none.
#[inline]
pub(super) fn with<R>(body: impl FnOnce(&mut Recorder) -> R) -> Option<R> {
    RECORDER
        .try_with(|recorder| {
            let mut recorder = recorder.try_borrow_mut().ok()?;
            if recorder.file.is_none() {
                recorder.open();
            }
            recorder.file.is_some().then(|| body(&mut recorder))
        })
        .ok()
        .flatten()
}

/// Forgets the recorder of this thread, in a process that is a copy: the file is its parent's.
pub(super) fn forget() {
    let _ = RECORDER.try_with(|recorder| {
        if let Some(file) = recorder.replace(Recorder::NONE).file.take() {
            drop(file);
        }
    });
}

/// A record that has begun. In a copy of the process it names nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    serial: u32,
    at: usize,
}

pub(super) struct Recorder {
    file: Option<WordFile>,
    serial: u32,
    /// Where the next record goes.
    next: usize,
    /// Ticks between two events that are one.
    gap: u64,
    /// By kind, where the last record is that may grow; 0 for none.
    last: [usize; KINDS],
    /// The locks that this thread holds, and the records of that.
    held: Vec<(u64, usize)>,
    texts: Option<HashMap<Box<str>, u64>>,
    texts_written: u64,
    /// There is no room, or no file.
    is_full: bool,
}

impl Recorder {
    const NONE: Recorder = Recorder {
        file: None,
        serial: 0,
        next: HEADER,
        gap: 0,
        last: [0; KINDS],
        held: Vec::new(),
        texts: None,
        texts_written: 0,
        is_full: false,
    };

    #[cold]
    fn open(&mut self) {
        if self.is_full {
            return;
        }
        match Self::create() {
            Ok(recorder) => *self = recorder,
            Err(_) => self.is_full = true,
        }
    }

    fn create() -> io::Result<Self> {
        let (path, ticks_per_us) = next_file().ok_or(io::ErrorKind::NotFound)?;
        if !take_step() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let file = WordFile::create(&path, STEP / WORD, THREAD_BYTES / WORD)?;
        let mut recorder = Self::NONE;
        recorder.serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        recorder.gap = GAP_US * ticks_per_us;
        recorder.texts = Some(HashMap::new());
        recorder.file = Some(file);
        for (place, value) in [
            (header::PID, u64::from(identity::process_id())),
            (header::TID, u64::from(identity::thread_id())),
            (header::BEGAN_TICKS, now_ticks()),
            (header::BEGAN_NS, now_ns()),
            (header::MAGIC, THREAD_MAGIC),
        ] {
            recorder.set(place, value);
        }
        if let Some(name) = std::thread::current().name().filter(|_| !is_main()) {
            let name = recorder.text(name);
            recorder.moment(Tag::of(Kind::Thread), [0, name, 0]);
        }
        Ok(recorder)
    }

    /// Writes a word of the header or of a record.
    #[inline]
    pub(super) fn set(&self, place: usize, value: u64) {
        let words = self.file.as_ref().map_or(&[][..], WordFile::words);
        if let Some(word) = words.get(place) {
            word.store(value, Ordering::Release);
        }
    }

    #[inline]
    fn get(&self, place: usize) -> u64 {
        let words = self.file.as_ref().map_or(&[][..], WordFile::words);
        words
            .get(place)
            .map_or(0, |word| word.load(Ordering::Relaxed))
    }

    /// Appends a record, and returns where it is; 0 when there is no room.
    #[inline]
    pub(super) fn add(&mut self, tag: Tag, times: (u64, u64), rest: [u64; 3]) -> usize {
        if !self.has_room(WORDS) {
            return 0;
        }
        let at = self.next;
        self.next += WORDS;
        self.set(at + word::START, times.0);
        self.set(at + word::END, times.1);
        self.set(at + word::OBJECT, rest[0]);
        self.set(at + word::NUMBER, rest[1]);
        self.set(at + word::EXTRA, rest[2]);
        self.set(at + word::TAG, tag.word());
        at
    }

    #[inline]
    fn has_room(&mut self, words: usize) -> bool {
        let length = self.file.as_ref().map_or(0, |file| file.words().len());
        self.next + words <= length || self.grow(words)
    }

    #[cold]
    fn grow(&mut self, words: usize) -> bool {
        let Some(file) = self.file.as_mut().filter(|_| !self.is_full) else {
            return false;
        };
        let length = file.words().len() + STEP / WORD;
        let may_grow = words <= STEP / WORD && length * WORD <= THREAD_BYTES && take_step();
        if !may_grow || file.grow(length).is_err() {
            self.is_full = true;
            self.set(header::CUT, now_ticks());
            return false;
        }
        if (length * WORD).is_multiple_of(THREAD_BYTES / PARTS) {
            self.gap *= 4;
        }
        true
    }

    /// Appends a moment.
    pub(super) fn moment(&mut self, tag: Tag, rest: [u64; 3]) {
        let now = now_ticks();
        self.add(tag, (now, now), rest);
    }

    /// Notes that messages were put into a queue or taken out of it: the number of the last, and how many there were.
    #[inline]
    pub(super) fn messages(
        &mut self,
        kind: Kind,
        queue: u64,
        (last, count): (u64, u64),
        site: impl FnOnce() -> u32,
    ) {
        let now = now_ticks();
        let at = self.last[kind as usize];
        if at != 0
            && self.get(at + word::OBJECT) == queue
            && now.wrapping_sub(self.get(at + word::END)) <= self.gap
        {
            let run = Run::of_word(self.get(at + word::EXTRA));
            let count = run.count + count;
            self.set(at + word::EXTRA, Run { last, count }.word());
            self.set(at + word::END, now);
            return;
        }
        let (first, run) = (last + 1 - count, Run { last, count });
        let rest = [queue, first, run.word()];
        self.last[kind as usize] = self.add(Tag::at(kind, site()), (now, now), rest);
    }

    /// Begins an interval.
    pub(super) fn begin(&mut self, tag: Tag, rest: [u64; 3]) -> Begun {
        let at = self.add(tag, (now_ticks(), 0), rest);
        let serial = self.serial;
        Begun { serial, at }
    }

    /// Ends an interval. A short one that followed soon after one like it becomes a part of that, if nothing has happened in it.
    pub(super) fn end(&mut self, begun: Begun) {
        if begun.at == 0 || begun.serial != self.serial {
            return;
        }
        let (at, now) = (begun.at, now_ticks());
        let Some(tag) = Tag::of_word(self.get(at + word::TAG)) else {
            return;
        };
        let lasted = now.saturating_sub(self.get(at + word::START));
        self.set(at + word::END, now);
        let (sum, key) = match tag.kind {
            Kind::Wait | Kind::Hold => (word::NUMBER, word::OBJECT),
            Kind::Task => (word::OBJECT, word::NUMBER),
            _ => return,
        };
        self.set(at + sum, lasted);
        let before = std::mem::replace(&mut self.last[tag.kind as usize], at);
        let joins = before != 0
            && at + WORDS == self.next
            && lasted <= self.gap
            && self.get(before + word::TAG) == tag.word()
            && self.get(before + key) == self.get(at + key)
            && self.get(before + word::END) != 0
            && self
                .get(at + word::START)
                .wrapping_sub(self.get(before + word::END))
                <= self.gap;
        if joins {
            self.set(before + sum, self.get(before + sum) + lasted);
            self.set(before + word::EXTRA, self.get(before + word::EXTRA) + 1);
            self.set(before + word::END, now);
            self.set(at + word::TAG, 0);
            self.next = at;
            self.last[tag.kind as usize] = before;
        }
    }

    /// Notes that this thread has acquired a lock.
    pub(super) fn acquired(&mut self, tag: Tag, lock: u64) {
        let Begun { at, .. } = self.begin(tag, [lock, 0, 1]);
        self.held.push((lock, at));
    }

    /// Notes that this thread has released a lock.
    pub(super) fn released(&mut self, lock: u64) {
        let place = self.held.iter().rposition(|(held, _)| *held == lock);
        match place {
            Some(place) => {
                let (_, at) = self.held.remove(place);
                let serial = self.serial;
                self.end(Begun { serial, at });
            }
            None => self.moment(Tag::of(Kind::Released), [lock, 0, 0]),
        }
    }

    /// Returns the number of a text, which is written the first time.
    pub(super) fn text(&mut self, text: &str) -> u64 {
        if let Some(number) = self.texts.as_ref().and_then(|texts| texts.get(text)) {
            return *number;
        }
        let bytes = &text.as_bytes()[..text.floor_char_boundary(TEXT_BYTES)];
        let records = bytes.len().div_ceil(WORDS * WORD);
        if !self.has_room((1 + records) * WORDS) {
            return 0;
        }
        self.texts_written += 1;
        let number = self.texts_written;
        let start = self.next + WORDS;
        for (index, chunk) in bytes.chunks(WORD).enumerate() {
            let mut word = [0; WORD];
            word[..chunk.len()].copy_from_slice(chunk);
            self.set(start + index, u64::from_le_bytes(word));
        }
        self.moment(Tag::of(Kind::Text), [0, number, bytes.len() as u64]);
        self.next += records * WORDS;
        if let Some(texts) = self.texts.as_mut().filter(|texts| texts.len() < TEXTS) {
            texts.insert(text.into(), number);
        }
        number
    }
}

/// Returns whether this is the first thread of the process.
fn is_main() -> bool {
    identity::process_id() == identity::thread_id()
}

impl Drop for Recorder {
    /// The thread has come to its end.
    fn drop(&mut self) {
        if self.file.is_some() {
            self.set(header::ENDED_NS, now_ns());
            self.set(header::ENDED_TICKS, now_ticks());
        }
    }
}
