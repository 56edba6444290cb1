//! Dicts and lists on a server: keys and values are bytes, and nothing is decoded here.
//!
//! Every change is one step of the server. One that depends on what was read before says what that was: the old value of an entry, or the
//! revision of a list.

use redis::Value;

use super::caller::Caller;
use super::fault::{Fault, Refusal};
use super::scripts::{DICT, LIST};
use super::visit::{Visit, VisitTerms};

/// The parts of a dict besides its settings: the values by their keys, the keys in their order.
const DICT_PARTS: [&str; 2] = ["d", "o"];

/// The part of a list besides its settings: the items.
const LIST_PARTS: [&str; 1] = ["l"];

/// The most items that one change puts in: the server does nothing else meanwhile.
const ITEMS_MAX: usize = 100_000;

/// A value or a key.
pub(crate) type Bytes = Vec<u8>;

/// A key and its value.
pub(crate) type Entry = (Bytes, Bytes);

/// What a container is opened with. `kind` is what its settings call it.
pub(crate) fn container_terms(kind: &'static str) -> VisitTerms {
    VisitTerms {
        kind,
        settings: Vec::new(),
    }
}

/// Which items of a list are meant, by Python's rules: negative indices count from the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Span {
    At(i64),
    /// From the first up to, not including, the second.
    Slice(i64, i64),
    /// From the first to the second.
    Through(i64, i64),
    /// Behind the last one.
    End,
}

impl Span {
    fn arguments(self) -> [String; 3] {
        let (how, a, b) = match self {
            Self::At(index) => ("at", index, 0),
            Self::Slice(start, end) => ("slice", start, end),
            Self::Through(start, end) => ("through", start, end),
            Self::End => ("end", 0, 0),
        };
        [how.into(), a.to_string(), b.to_string()]
    }
}

/// What a change of a list came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Spliced {
    /// It was done; these items were there before.
    Done(Vec<Bytes>),
    /// The list has changed since it was read.
    Changed,
    /// There is no such item.
    Outside,
}

/// A dict, in the hands of a thread.
pub(crate) struct Dict<'v>(pub &'v mut Visit, pub &'v dyn Caller);

impl Dict<'_> {
    fn look<T: redis::FromRedisValue>(&mut self, op: &str, key: &[&[u8]]) -> Result<T, Fault> {
        self.0.look(&DICT, &DICT_PARTS, op, key, self.1)
    }

    fn change<T: redis::FromRedisValue>(&mut self, op: &str, args: &[&[u8]]) -> Result<T, Fault> {
        bounded(args.len() / 2)?;
        self.0.change(&DICT, &DICT_PARTS, op, args, self.1)
    }

    pub(crate) fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.look("get", &[key])
    }

    pub(crate) fn has(&mut self, key: &[u8]) -> Result<bool, Fault> {
        self.look("has", &[key])
    }

    pub(crate) fn len(&mut self) -> Result<usize, Fault> {
        self.look("len", &[])
    }

    /// Returns the keys and values in their order.
    pub(crate) fn all(&mut self) -> Result<Vec<Entry>, Fault> {
        let all: Vec<Vec<u8>> = self.look("all", &[])?;
        let mut all = all.into_iter();
        let pairs = std::iter::from_fn(|| Some((all.next()?, all.next()?)));
        Ok(pairs.collect())
    }

    /// Gives keys their values, unless somebody has put anything in before.
    pub(crate) fn fill(&mut self, entries: &[(&[u8], &[u8])]) -> Result<(), Fault> {
        self.put("fill", entries)
    }

    /// Gives keys their values; new ones come at the end of the order.
    pub(crate) fn set(&mut self, entries: &[(&[u8], &[u8])]) -> Result<(), Fault> {
        self.put("set", entries)
    }

    fn put(&mut self, op: &str, entries: &[(&[u8], &[u8])]) -> Result<(), Fault> {
        let both = entries.iter().flat_map(|(key, value)| [*key, *value]);
        self.change::<i64>(op, &both.collect::<Vec<_>>()).map(drop)
    }

    /// Gives a key a value if it has none. Returns the one that it has had.
    pub(crate) fn set_default(
        &mut self,
        key: &[u8],
        value: &[u8],
    ) -> Result<Option<Vec<u8>>, Fault> {
        self.change("default", &[key, value])
    }

    /// Removes a key and returns its value.
    pub(crate) fn remove(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.change("remove", &[key])
    }

    /// Removes the newest key and returns it with its value.
    pub(crate) fn remove_last(&mut self) -> Result<Option<Entry>, Fault> {
        let both: Vec<Vec<u8>> = self.change("last", &[])?;
        let mut both = both.into_iter();
        Ok(both.next().zip(both.next()))
    }

    /// Gives a key a value if it has the old one; without an old one, if it has none. Returns whether it did.
    pub(crate) fn exchange(
        &mut self,
        key: &[u8],
        old: Option<&[u8]>,
        new: &[u8],
    ) -> Result<bool, Fault> {
        let mut args = vec![key, new];
        args.extend(old);
        self.change("exchange", &args)
    }

    pub(crate) fn clear(&mut self) -> Result<(), Fault> {
        self.change::<i64>("clear", &[]).map(drop)
    }
}

/// A list, in the hands of a thread.
pub(crate) struct List<'v>(pub &'v mut Visit, pub &'v dyn Caller);

impl List<'_> {
    fn look<T: redis::FromRedisValue>(&mut self, op: &str, args: &[&[u8]]) -> Result<T, Fault> {
        self.0.look(&LIST, &LIST_PARTS, op, args, self.1)
    }

    fn change<T: redis::FromRedisValue>(&mut self, op: &str, args: &[&[u8]]) -> Result<T, Fault> {
        bounded(args.len())?;
        self.0.change(&LIST, &LIST_PARTS, op, args, self.1)
    }

    pub(crate) fn len(&mut self) -> Result<usize, Fault> {
        self.look("len", &[])
    }

    /// Puts in these items, unless somebody has put anything in before.
    pub(crate) fn fill(&mut self, items: &[&[u8]]) -> Result<(), Fault> {
        self.change::<i64>("fill", items).map(drop)
    }

    /// Returns the revision of the list and the items that are meant; `None` where there are none.
    pub(crate) fn read(&mut self, span: Span) -> Result<Option<(u64, Vec<Bytes>)>, Fault> {
        let span = span.arguments();
        let span: Vec<&[u8]> = span.iter().map(String::as_bytes).collect();
        let mut items: Vec<Vec<u8>> = self.look("read", &span)?;
        if items.is_empty() {
            return Ok(None);
        }
        let revision = String::from_utf8(items.remove(0)).ok();
        let revision = revision.and_then(|text| text.parse().ok());
        Ok(Some((revision.ok_or_else(no_answer)?, items)))
    }

    /// Replaces the items that are meant by others, if the list still has this revision, or any without one.
    pub(crate) fn splice(
        &mut self,
        span: Span,
        revision: Option<u64>,
        new: &[&[u8]],
    ) -> Result<Spliced, Fault> {
        let span = span.arguments();
        let revision = revision.map_or(String::new(), |revision| revision.to_string());
        let mut args: Vec<&[u8]> = span.iter().map(String::as_bytes).collect();
        args.push(revision.as_bytes());
        args.extend(new);
        let answer: Vec<Value> = self.change("splice", &args)?;
        match answer.split_first() {
            Some((Value::Int(0), old)) => {
                let old = redis::from_redis_value(Value::Array(old.to_vec()));
                old.map(Spliced::Done).map_err(|_| no_answer())
            }
            Some((Value::Int(1), _)) => Ok(Spliced::Changed),
            Some((Value::Int(2), _)) => Ok(Spliced::Outside),
            _ => Err(no_answer()),
        }
    }

    /// Replaces an item if it is the old one. Returns whether it did.
    pub(crate) fn exchange(&mut self, span: Span, old: &[u8], new: &[u8]) -> Result<bool, Fault> {
        let span = span.arguments();
        let mut args: Vec<&[u8]> = span.iter().map(String::as_bytes).collect();
        args.extend([old, new]);
        self.change("exchange", &args)
    }

    /// Puts the items into another order, given by their indices, if the list still has this revision. Returns whether it did.
    pub(crate) fn reorder(&mut self, revision: u64, order: &[usize]) -> Result<bool, Fault> {
        let args = std::iter::once(revision.to_string());
        let args: Vec<String> = args.chain(order.iter().map(ToString::to_string)).collect();
        let args: Vec<&[u8]> = args.iter().map(String::as_bytes).collect();
        self.change("order", &args)
    }

    pub(crate) fn clear(&mut self) -> Result<(), Fault> {
        self.change::<i64>("clear", &[]).map(drop)
    }
}

fn bounded(count: usize) -> Result<(), Fault> {
    if count <= ITEMS_MAX {
        return Ok(());
    }
    let text = format!(
        "a change of {count} entries is too large for a server, which does nothing else meanwhile: at most {ITEMS_MAX} at once"
    );
    Err(Fault::refused(Refusal::Mismatch, text))
}

fn no_answer() -> Fault {
    let text = "the server gave an answer that does not fit a question about a list";
    Fault::refused(Refusal::Server, text)
}
