//! What there is on a server, seen by somebody who uses none of it: `procscript remote`.

use std::sync::Arc;

use redis::{RedisResult, Value};
use serde::Serialize;

use super::caller::Nobody;
use super::endpoint::Endpoint;
use super::fault::{Fault, Refusal};
use super::link::Link;
use super::place::Place;
use super::scripts::{LOOK, REVIVE};
use super::{pool, queue};

/// How many keys a request looks at.
const KEYS_AT_ONCE: usize = 1000;

/// The most dead letters that are shown.
const LETTERS_MAX: usize = 1000;

/// An object on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RemoteObject {
    /// What programs call it; of a pool also the beginning of its program's hash: `images/0f3c…`.
    pub name: String,
    /// `queue`, `pool`, `lock`, `semaphore` and so on.
    pub kind: String,
    /// Items or tasks that wait to be taken; of a lock, those who wait for it.
    pub waiting: i64,
    /// Items or tasks that somebody has in hand; of a lock, its holders.
    pub in_hand: i64,
    /// Items that have killed too many processes.
    pub dead: i64,
    /// Threads of processes that use it.
    pub members: i64,
}

/// An item that has killed too many processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub deaths: u32,
    /// The last process that had it in hand.
    pub by: String,
    pub bytes: Vec<u8>,
}

/// A connection to a server.
pub(crate) struct Catalogue {
    endpoint: Arc<Endpoint>,
    link: Link,
}

impl Catalogue {
    /// # Errors
    /// The server cannot be reached, or refuses the login.
    pub(crate) fn open(endpoint: Endpoint) -> Result<Self, Fault> {
        let endpoint = Arc::new(endpoint);
        let mut link = Link::new(endpoint.clone());
        link.open(&Nobody)?;
        Ok(Self { endpoint, link })
    }

    /// Returns the objects on the server by their names.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn entries(&mut self) -> Result<Vec<RemoteObject>, Fault> {
        let mut names = Vec::new();
        let mut cursor = "0".to_string();
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(&cursor).arg("MATCH").arg("ps:{*}:c");
            scan.arg("COUNT").arg(KEYS_AT_ONCE);
            let found: RedisResult<(String, Vec<Vec<u8>>)> =
                scan.query(&mut self.link.talk(&Nobody)?);
            let (next, keys) = found?;
            let name = |key: &Vec<u8>| {
                let text = str::from_utf8(key).ok()?;
                let name = text.strip_prefix("ps:{")?.strip_suffix("}:c")?;
                Some(name.to_string())
            };
            names.extend(keys.iter().filter_map(name));
            cursor = next;
            if cursor == "0" {
                break;
            }
        }
        names.sort_unstable();
        names.dedup();
        let mut entries = Vec::new();
        for name in names {
            entries.extend(self.entry(&name)?);
        }
        Ok(entries)
    }

    /// Returns what there is under a name; `None` if it is no object, or none any more.
    fn entry(&mut self, name: &str) -> Result<Option<RemoteObject>, Fault> {
        let Ok(place) = Place::new(self.endpoint.clone(), name) else {
            return Ok(None);
        };
        let Some(kind) = self.kind(&place)? else {
            return Ok(None);
        };
        let mut entry = RemoteObject {
            name: name.into(),
            waiting: 0,
            in_hand: 0,
            dead: 0,
            members: self.count("HLEN", &place, "m")?,
            kind,
        };
        if has_items(&entry.kind) {
            let mut look = LOOK.prepare_invoke();
            for part in ["c", "m", "s", "b", "d", "e"] {
                look.key(place.key(part));
            }
            type Answer = (i64, i64, i64, i64, i64, i64, String);
            let answer: Answer = look.invoke(&mut self.link.talk(&Nobody)?)?;
            (entry.waiting, entry.in_hand, _, _, entry.dead, ..) = answer;
            // Tasks that were dropped while somebody had them in hand are in the second number only.
            entry.waiting = entry.waiting.max(0);
        } else if ["lock", "semaphore", "bounded semaphore"].contains(&entry.kind.as_str()) {
            entry.waiting = self.count("LLEN", &place, "q")?;
            entry.in_hand = self.count("ZCARD", &place, "h")?;
        }
        Ok(Some(entry))
    }

    fn kind(&mut self, place: &Place) -> Result<Option<String>, Fault> {
        let mut get = redis::cmd("HGET");
        get.arg(place.key("c")).arg("kind");
        let kind: RedisResult<Option<String>> = get.query(&mut self.link.talk(&Nobody)?);
        match kind.map_err(Fault::from) {
            // A key of another program.
            Err(Fault::Refused(Refusal::Mismatch, _)) => Ok(None),
            kind => kind,
        }
    }

    fn count(&mut self, command: &str, place: &Place, part: &str) -> Result<i64, Fault> {
        let mut count = redis::cmd(command);
        count.arg(place.key(part));
        let counted: RedisResult<i64> = count.query(&mut self.link.talk(&Nobody)?);
        Ok(counted?)
    }

    /// Returns the place of an object that can have dead letters, and whether it is a pool.
    fn with_letters(&mut self, name: &str) -> Result<(Place, bool), Fault> {
        let place = Place::new(self.endpoint.clone(), name)?;
        let wrong = |text| Err(Fault::refused(Refusal::Mismatch, text));
        match self.kind(&place)? {
            None => wrong(format!(
                "there is nothing called {name} on {}",
                self.endpoint
            )),
            Some(kind) if !has_items(&kind) => {
                wrong(format!("{name} is a {kind}, which has no dead letters"))
            }
            Some(kind) => Ok((place, kind == pool::KIND)),
        }
    }

    /// Returns the dead letters of a queue or a pool, the oldest first, a thousand at most.
    ///
    /// # Errors
    /// There is no such object; those of the server.
    pub(crate) fn letters(&mut self, name: &str) -> Result<Vec<Letter>, Fault> {
        let (place, is_pool) = self.with_letters(name)?;
        let mut range = redis::cmd("XRANGE");
        range.arg(place.key("d")).arg("-").arg("+");
        range.arg("COUNT").arg(LETTERS_MAX);
        type Found = Vec<(String, Vec<Vec<u8>>)>;
        let found: RedisResult<Found> = range.query(&mut self.link.talk(&Nobody)?);
        let letter = |(_, fields): (String, Vec<Vec<u8>>)| {
            let text = |at: usize| {
                let field = fields.get(at).map(|field| String::from_utf8_lossy(field));
                field.unwrap_or_default().into_owned()
            };
            let mut bytes = fields.get(1).cloned().unwrap_or_default();
            if is_pool {
                // The line before the task.
                let end = bytes.iter().position(|byte| *byte == b'\n');
                bytes.drain(..end.map_or(0, |end| end + 1));
            }
            Letter {
                deaths: text(3).parse().unwrap_or(0),
                by: text(5),
                bytes,
            }
        };
        Ok(found?.into_iter().map(letter).collect())
    }

    /// Returns whether an object is a pool.
    ///
    /// # Errors
    /// As [`letters`](Self::letters).
    pub(crate) fn is_pool(&mut self, name: &str) -> Result<bool, Fault> {
        Ok(self.with_letters(name)?.1)
    }

    /// Makes items of dead letters again, or drops them. Returns how many.
    ///
    /// # Errors
    /// There is no such object, or the tasks of a pool are to be put back: those who have submitted them do not wait for them any more.
    pub(crate) fn end_letters(&mut self, name: &str, back: bool) -> Result<u64, Fault> {
        let (place, is_pool) = self.with_letters(name)?;
        if is_pool && back {
            let text = "tasks of a pool cannot be put back: whoever has submitted them has got a WorkerLost";
            return Err(Fault::refused(Refusal::Mismatch, text));
        }
        let mut count = 0;
        loop {
            let mut revive = REVIVE.prepare_invoke();
            for part in ["c", "s", "d"] {
                revive.key(place.key(part));
            }
            revive.arg(u8::from(back));
            let answer: Value = revive.invoke(&mut self.link.talk(&Nobody)?)?;
            let (ended, left): (u64, u64) = redis::from_redis_value(answer)
                .map_err(|error| Fault::Broken(error.to_string()))?;
            count += ended;
            if left == 0 || ended == 0 {
                return Ok(count);
            }
        }
    }
}

fn has_items(kind: &str) -> bool {
    kind == queue::KIND || kind == pool::KIND
}
