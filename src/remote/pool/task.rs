//! How tasks and results are written.
//!
//! A task is the line `CLIENT NUMBER PROGRAM SEAL` and bytes; a result the line `SEAL` and bytes. Without a key, a seal is `-`.

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

/// What a seal is about, apart from the bytes.
struct Head<'a> {
    what: &'static str,
    pool: &'a str,
    client: &'a str,
    number: u64,
    program: &'a str,
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

    fn parts<'p>(&'p self, number: &'p str, bytes: &'p [u8]) -> [&'p [u8]; 6] {
        [
            self.what.as_bytes(),
            self.pool.as_bytes(),
            self.client.as_bytes(),
            number.as_bytes(),
            self.program.as_bytes(),
            bytes,
        ]
    }
}

/// Returns a task as it is sent.
pub(super) fn write(
    terms: &Terms,
    client: &str,
    number: u64,
    program: &str,
    bytes: &[u8],
) -> Vec<u8> {
    let head = Head {
        what: "task",
        pool: &terms.name,
        client,
        number,
        program,
    };
    let seal = head.seal(terms.key.as_ref(), bytes);
    let mut written = format!("{client} {number} {program} {seal}\n").into_bytes();
    written.extend_from_slice(bytes);
    written
}

/// Reads a task; `None` if it is none, or its seal does not fit.
pub(super) fn read(terms: &Terms, id: &str, written: &[u8]) -> Option<Task> {
    let end = written.iter().position(|byte| *byte == b'\n')?;
    let line = str::from_utf8(&written[..end]).ok()?;
    let bytes = &written[end + 1..];
    let mut words = line.split(' ');
    let (client, number) = (words.next()?, words.next()?.parse().ok()?);
    let (program, seal) = (words.next()?, words.next()?);
    let head = Head {
        what: "task",
        pool: &terms.name,
        client,
        number,
        program,
    };
    head.fits(terms.key.as_ref(), bytes, seal).then(|| Task {
        id: id.into(),
        client: client.into(),
        number,
        program: program.into(),
        bytes: bytes.to_vec(),
    })
}

impl Task {
    /// Returns the task as one that was done, with its result.
    pub(crate) fn done(&self, terms: &Terms, bytes: &[u8]) -> Done {
        let head = Head {
            what: "result",
            pool: &terms.name,
            client: &self.client,
            number: self.number,
            program: "",
        };
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

/// Reads a result; `None` if it is none, or its seal does not fit.
pub(super) fn read_result<'b>(
    terms: &Terms,
    client: &str,
    number: u64,
    written: &'b [u8],
) -> Option<&'b [u8]> {
    let end = written.iter().position(|byte| *byte == b'\n')?;
    let seal = str::from_utf8(&written[..end]).ok()?;
    let bytes = &written[end + 1..];
    let head = Head {
        what: "result",
        pool: &terms.name,
        client,
        number,
        program: "",
    };
    head.fits(terms.key.as_ref(), bytes, seal).then_some(bytes)
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
        let written = write(&with, "host-1.10", 7, "abc", b"body\nmore");
        let task = read(&with, "s1-0", &written).unwrap();
        assert_eq!((task.number, &task.bytes[..]), (7, &b"body\nmore"[..]));
        assert_eq!(read(&other, "s1-0", &written), None);
        assert!(read(&without, "s1-0", &written).is_some());
        assert_eq!(
            read(
                &with,
                "s1-0",
                &write(&without, "host-1.10", 7, "abc", b"body")
            ),
            None
        );
        let done = task.done(&with, b"result");
        assert_eq!(
            read_result(&with, "host-1.10", 7, &done.result),
            Some(&b"result"[..])
        );
        assert_eq!(read_result(&with, "host-1.10", 8, &done.result), None);
    }

    #[test]
    fn what_is_no_task_is_none() {
        for bytes in [
            &b""[..],
            b"\n",
            b"a b c d\n",
            b"a 1 c\n",
            b"a 1 c d",
            b"\xff 1 c d\n",
        ] {
            assert_eq!(read(&terms(""), "s1-0", bytes), None);
        }
    }
}
