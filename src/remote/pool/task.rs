//! How tasks and results are written.
//!
//! A task is the line `CLIENT NUMBER PROGRAM RETRIES TIME SEAL` and bytes; a result the line `SEAL` and bytes. RETRIES is `-` where the pool's
//! own number holds, TIME the microsecond in which the task was sealed. Without a key, a seal is `-`.

use super::super::seal::{self, Key};
use super::Terms;

/// A task that a worker has taken.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    /// Its stream and its number there.
    pub(super) id: String,
    pub(super) client: String,
    pub(super) number: u64,
    /// The hash of its program.
    pub program: String,
    /// When it was sealed, in microseconds since 1970.
    pub(super) time: u64,
    /// What no other task has, and no other seal of this one.
    pub(super) mark: u128,
    pub bytes: Vec<u8>,
}

/// A task that was done.
#[derive(Debug)]
pub(crate) struct Done {
    pub(super) id: String,
    pub(super) client: String,
    pub(super) number: u64,
    pub(super) result: Vec<u8>,
}

/// A task as its submitter sends it.
pub(super) struct Sent<'a> {
    pub program: &'a str,
    /// How often it is tried again, if that is not the pool's affair.
    pub retries: Option<u32>,
    /// Now, in microseconds since 1970; each seal of a task has another time.
    pub time: u64,
    pub bytes: &'a [u8],
}

/// What a worker says of a task.
#[derive(Debug, PartialEq)]
pub(super) enum Reply<'b> {
    /// Its result.
    Result(&'b [u8]),
    /// It was sealed too long ago, or was done already: it has to be sealed again.
    Stale,
}

/// What seals are about.
const TASK: &str = "task";
const RESULT: &str = "result";
const STALE: &str = "stale";

/// What a seal is about, apart from the bytes.
struct Head<'a> {
    what: &'static str,
    pool: &'a str,
    client: &'a str,
    number: u64,
    program: &'a str,
    /// How often it is tried again, and when it was sealed.
    rest: [&'a str; 2],
}

impl Head<'_> {
    fn seal(&self, key: Option<&Key>, bytes: &[u8]) -> String {
        let number = self.number.to_string();
        key.map_or(seal::NONE.into(), |key| {
            key.seal(&self.parts(&number, bytes))
        })
    }

    fn fits(&self, key: Option<&Key>, bytes: &[u8], seal: &str) -> bool {
        let number = self.number.to_string();
        key.is_none_or(|key| key.fits(&self.parts(&number, bytes), seal))
    }

    fn parts<'p>(&'p self, number: &'p str, bytes: &'p [u8]) -> [&'p [u8]; 8] {
        [
            self.what.as_bytes(),
            self.pool.as_bytes(),
            self.client.as_bytes(),
            number.as_bytes(),
            self.program.as_bytes(),
            self.rest[0].as_bytes(),
            self.rest[1].as_bytes(),
            bytes,
        ]
    }
}

/// Returns a task as it is sent.
pub(super) fn write(terms: &Terms, client: &str, number: u64, sent: &Sent<'_>) -> Vec<u8> {
    let Sent {
        program,
        retries,
        time,
        bytes,
    } = sent;
    let retries = retries.map_or_else(|| "-".into(), |count| count.to_string());
    let time = time.to_string();
    let head = Head {
        what: TASK,
        pool: &terms.name,
        client,
        number,
        program,
        rest: [&retries, &time],
    };
    let seal = head.seal(terms.key.as_ref(), bytes);
    let line = format!("{client} {number} {program} {retries} {time} {seal}\n");
    let mut written = line.into_bytes();
    written.extend_from_slice(bytes);
    written
}

/// Reads a task; `None` if it is none, or its seal does not fit.
pub(super) fn read(terms: &Terms, id: &str, written: &[u8]) -> Option<Task> {
    let end = written.iter().position(|byte| *byte == b'\n')?;
    let line = str::from_utf8(&written[..end]).ok()?;
    let bytes = &written[end + 1..];
    let words: Vec<&str> = line.split(' ').collect();
    let [client, number, program, retries, time, seal] = <[&str; 6]>::try_from(words).ok()?;
    let number = number.parse().ok()?;
    let head = Head {
        what: TASK,
        pool: &terms.name,
        client,
        number,
        program,
        rest: [retries, time],
    };
    if !head.fits(terms.key.as_ref(), bytes, seal) {
        return None;
    }
    Some(Task {
        id: id.into(),
        client: client.into(),
        number,
        program: program.into(),
        time: time.parse().ok()?,
        mark: seal
            .get(..32)
            .and_then(|digits| u128::from_str_radix(digits, 16).ok())
            .unwrap_or(0),
        bytes: bytes.to_vec(),
    })
}

impl Task {
    /// Returns the task as one that was done, with its result.
    pub(crate) fn done(&self, terms: &Terms, bytes: &[u8]) -> Done {
        self.answered(terms, RESULT, bytes)
    }

    /// Returns the task as one that was not done, because it has to be sealed again.
    pub(super) fn stale(&self, terms: &Terms) -> Done {
        self.answered(terms, STALE, b"")
    }

    fn answered(&self, terms: &Terms, what: &'static str, bytes: &[u8]) -> Done {
        let head = answer(terms, what, &self.client, self.number);
        let seal = head.seal(terms.key.as_ref(), bytes);
        let mut result = format!("{seal}\n").into_bytes();
        result.extend_from_slice(bytes);
        Done {
            id: self.id.clone(),
            client: self.client.clone(),
            number: self.number,
            result,
        }
    }
}

fn answer<'a>(terms: &'a Terms, what: &'static str, client: &'a str, number: u64) -> Head<'a> {
    Head {
        what,
        pool: &terms.name,
        client,
        number,
        program: "",
        rest: ["", ""],
    }
}

/// Reads a result; `None` if it is none, or its seal does not fit.
pub(super) fn read_result<'b>(
    terms: &Terms,
    client: &str,
    number: u64,
    written: &'b [u8],
) -> Option<Reply<'b>> {
    let end = written.iter().position(|byte| *byte == b'\n')?;
    let seal = str::from_utf8(&written[..end]).ok()?;
    let bytes = &written[end + 1..];
    let key = terms.key.as_ref();
    let is = |what| answer(terms, what, client, number).fits(key, bytes, seal);
    if is(RESULT) {
        return Some(Reply::Result(bytes));
    }
    is(STALE).then_some(Reply::Stale)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn terms(key: &str) -> Terms {
        Terms {
            name: "images".into(),
            lease: Duration::from_secs(10),
            key: Key::new(key.as_bytes()),
        }
    }

    #[test]
    fn a_task_is_read_only_with_the_key_of_its_submitter() {
        let (with, other, without) = (
            terms("0123456789abcdef"),
            terms("0123456789abcdeX"),
            terms(""),
        );
        let sent = |bytes| Sent {
            program: "abc",
            retries: Some(2),
            time: 1000,
            bytes,
        };
        let written = write(&with, "host-1.10", 7, &sent(b"body\nmore"));
        let task = read(&with, "s1-0", &written).unwrap();
        assert_eq!((task.number, &task.bytes[..]), (7, &b"body\nmore"[..]));
        assert_eq!(task.time, 1000);
        assert_eq!(read(&other, "s1-0", &written), None);
        assert!(read(&without, "s1-0", &written).is_some());
        assert_eq!(
            read(
                &with,
                "s1-0",
                &write(&without, "host-1.10", 7, &sent(b"body"))
            ),
            None
        );
        let done = task.done(&with, b"result");
        assert_eq!(
            read_result(&with, "host-1.10", 7, &done.result),
            Some(Reply::Result(b"result"))
        );
        assert_eq!(read_result(&with, "host-1.10", 8, &done.result), None);
        let stale = task.stale(&with);
        assert_eq!(
            read_result(&with, "host-1.10", 7, &stale.result),
            Some(Reply::Stale)
        );
        // Neither the time nor the number of attempts can be changed.
        for (from, to) in [(" 1000 ", " 2000 "), (" 2 ", " 9 ")] {
            let text = String::from_utf8(written.clone()).unwrap();
            let changed = text.replacen(from, to, 1).into_bytes();
            assert_eq!(read(&with, "s1-0", &changed), None, "{to}");
        }
    }

    #[test]
    fn what_is_no_task_is_none() {
        for bytes in [
            &b""[..],
            b"\n",
            b"a b c - 1 d\n",
            b"a 1 c - 1\n",
            b"a 1 c - x d\n",
            b"a 1 c - 1 d",
            b"\xff 1 c - 1 d\n",
        ] {
            assert_eq!(read(&terms(""), "s1-0", bytes), None);
        }
    }
}
