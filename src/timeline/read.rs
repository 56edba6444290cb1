//! The files of a recording, as they were left.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::trace::FAMILY_FILE;
use crate::trace::record::{
    FAMILY_MAGIC, HEADER, Kind, THREAD_MAGIC, Tag, WORDS, family, header, word,
};

/// A recording, with times in nanoseconds of the monotonic clock.
#[derive(Debug)]
pub(super) struct Logs {
    /// The process that began it.
    pub main: u64,
    pub began: u64,
    /// When the recording was ended, unless its first process was killed.
    pub ended: Option<u64>,
    pub threads: Vec<Log>,
}

/// What one thread recorded.
#[derive(Debug)]
pub(super) struct Log {
    pub pid: u64,
    pub tid: u64,
    pub began: u64,
    pub ended: Option<u64>,
    pub running: Option<u64>,
    pub cut: Option<u64>,
    pub exit: Option<i64>,
    pub entries: Vec<Entry>,
    texts: HashMap<u64, String>,
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub tag: Tag,
    pub start: u64,
    /// `None` while it went on when the recording ended.
    pub end: Option<u64>,
    pub object: u64,
    pub number: u64,
    pub extra: u64,
}

impl Log {
    /// Returns the text with a number.
    pub(super) fn text(&self, number: u64) -> &str {
        self.texts.get(&number).map_or("", String::as_str)
    }

    /// Returns the last text of a kind: the name of a process or thread.
    pub(super) fn named(&self, kind: Kind) -> Option<&str> {
        let entry = self.entries.iter().rev().find(|e| e.tag.kind == kind)?;
        Some(self.text(entry.number)).filter(|name| !name.is_empty())
    }

    /// Returns whether it is the main thread of its process.
    pub(super) fn is_main(&self) -> bool {
        self.pid == self.tid
    }

    /// Returns when it was last heard of.
    pub(super) fn last(&self) -> u64 {
        let of_entry = |entry: &Entry| entry.end.unwrap_or(entry.start).max(entry.start);
        let last = self.entries.iter().map(of_entry).max();
        last.unwrap_or(self.began).max(self.began)
    }
}

/// From ticks to nanoseconds: a straight line through two moments at which both were read.
struct Clock {
    ticks: u64,
    ns: u64,
    ns_per_tick: f64,
}

/// Moments that are closer to each other say too little about the rate.
const APART_NS: u64 = 1_000_000;

impl Clock {
    fn through(pairs: &[(u64, u64)], ticks_per_us: u64) -> Self {
        let first = pairs.iter().min().copied().unwrap_or_default();
        let last = pairs.iter().max().copied().unwrap_or_default();
        let (ticks, ns) = (last.0 - first.0, last.1.saturating_sub(first.1));
        let ns_per_tick = match ticks > 0 && ns >= APART_NS {
            true => ns as f64 / ticks as f64,
            false => 1000.0 / ticks_per_us.max(1) as f64,
        };
        let (ticks, ns) = first;
        Self {
            ticks,
            ns,
            ns_per_tick,
        }
    }

    fn ns(&self, ticks: u64) -> u64 {
        let away = ticks.wrapping_sub(self.ticks).cast_signed() as f64 * self.ns_per_tick;
        self.ns.saturating_add_signed(away.round() as i64)
    }

    /// A moment that may not have come.
    fn moment(&self, ticks: u64) -> Option<u64> {
        (ticks != 0).then(|| self.ns(ticks))
    }
}

/// Reads a recording.
///
/// # Errors
/// The directory cannot be read, or holds none.
pub(super) fn read(directory: &Path) -> io::Result<Logs> {
    let shared = words(&directory.join(FAMILY_FILE))?;
    if shared.len() < family::WORDS || shared[family::MAGIC] != FAMILY_MAGIC {
        return Err(io::Error::other("this is no recording of this version"));
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "thread")
        {
            files.push(path);
        }
    }
    files.sort();
    let mut threads = Vec::new();
    for path in files {
        let words = words(&path)?;
        // A writer that was killed at its first step has left nothing.
        if words.len() >= HEADER && words[header::MAGIC] == THREAD_MAGIC {
            threads.push(words);
        }
    }
    let both = |words: &[u64], (ticks, ns): (usize, usize)| (words[ticks], words[ns]);
    let of_thread = |words: &Vec<u64>| {
        [
            both(words, (header::BEGAN_TICKS, header::BEGAN_NS)),
            both(words, (header::ENDED_TICKS, header::ENDED_NS)),
        ]
    };
    let mut pairs: Vec<_> = threads.iter().flat_map(of_thread).collect();
    pairs.push(both(&shared, (family::BEGAN_TICKS, family::BEGAN_NS)));
    pairs.push(both(&shared, (family::ENDED_TICKS, family::ENDED_NS)));
    pairs.retain(|(ticks, ns)| *ticks != 0 && *ns != 0);
    let clock = Clock::through(&pairs, shared[family::TICKS_PER_US]);
    Ok(Logs {
        main: shared[family::PID],
        began: clock.ns(shared[family::BEGAN_TICKS]),
        ended: clock.moment(shared[family::ENDED_TICKS]),
        threads: threads.iter().map(|words| log(words, &clock)).collect(),
    })
}

fn words(path: &Path) -> io::Result<Vec<u64>> {
    let bytes = fs::read(path)?;
    let (words, _) = bytes.as_chunks::<8>();
    Ok(words.iter().map(|word| u64::from_le_bytes(*word)).collect())
}

fn log(words: &[u64], clock: &Clock) -> Log {
    let mut log = Log {
        pid: words[header::PID],
        tid: words[header::TID],
        began: clock.ns(words[header::BEGAN_TICKS]),
        ended: clock.moment(words[header::ENDED_TICKS]),
        running: clock.moment(words[header::RUNNING]),
        cut: clock.moment(words[header::CUT]),
        exit: words[header::EXIT].checked_sub(1).map(u64::cast_signed),
        entries: Vec::new(),
        texts: HashMap::new(),
    };
    let mut rest = &words[HEADER..];
    while let Some((record, behind)) = rest.split_at_checked(WORDS)
        && let Some(tag) = Tag::of_word(record[word::TAG])
    {
        rest = behind;
        if tag.kind == Kind::Text {
            let length = usize::try_from(record[word::EXTRA]).unwrap_or(usize::MAX);
            let records = length.div_ceil(WORDS * 8);
            let Some((text, behind)) = rest.split_at_checked(records.saturating_mul(WORDS)) else {
                break;
            };
            rest = behind;
            let bytes: Vec<u8> = text.iter().flat_map(|word| word.to_le_bytes()).collect();
            let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
            log.texts.insert(record[word::NUMBER], text);
            continue;
        }
        let start = clock.ns(record[word::START]);
        log.entries.push(Entry {
            tag,
            start,
            end: clock.moment(record[word::END]).map(|end| end.max(start)),
            object: record[word::OBJECT],
            number: match tag.kind {
                Kind::Wait | Kind::Hold => scaled(record[word::NUMBER], clock),
                _ => record[word::NUMBER],
            },
            extra: record[word::EXTRA],
        });
    }
    log
}

/// A duration in ticks as nanoseconds.
fn scaled(ticks: u64, clock: &Clock) -> u64 {
    (ticks as f64 * clock.ns_per_tick).round() as u64
}
