//! How tasks and their outcomes are written.
//!
//! A message has several tasks: what holds for each, the function, and the tasks. Its result has an outcome for each.

use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr};

use super::super::super::messages::{refused, unreadable};
use super::super::super::pool::parcel::{Ended, shortened};
use super::super::messages::ForServer;
use crate::pool::letter::{Head, Order, Reader, begin_part};
use crate::program::frame::function_name;
use crate::script::exception_class::{pack_exception, unreadable_exception};
use crate::script::{Exception, Failure, raise};
use crate::wire;

/// A function to be called with each of some items.
pub(super) struct Errand {
    function: Vec<u8>,
    /// What reports call it.
    pub shown: String,
    /// Each item is a list of arguments.
    pub spreads: bool,
}

impl Errand {
    /// # Errors
    /// `TypeError`: the function cannot be sent to workers.
    pub(super) fn new(
        function: &FnPtr,
        spreads: bool,
        codec: &ForServer<'_>,
    ) -> Result<Self, Failure> {
        let value = Dynamic::from(function.clone());
        let message = wire::encode(&value, "func", codec).map_err(refused)?;
        Ok(Self {
            function: message.bytes,
            shown: function_name(function.fn_name()),
            spreads,
        })
    }

    /// Writes tasks down, each of which may take as long as the limit says.
    ///
    /// # Errors
    /// `TypeError`: an item cannot be sent.
    pub(super) fn write(
        &self,
        items: &[Dynamic],
        limit: Option<Duration>,
        codec: &ForServer<'_>,
    ) -> Result<Vec<u8>, Failure> {
        let head = Head {
            spreads: self.spreads,
            limit,
            count: u32::try_from(items.len()).unwrap_or(u32::MAX),
        };
        let mut bytes = Order::Work(head).write();
        put(&mut bytes, &self.function);
        let name = if self.spreads { "args" } else { "item" };
        for item in items {
            let message = wire::encode(item, name, codec).map_err(refused)?;
            put(&mut bytes, &message.bytes);
        }
        Ok(bytes)
    }

    /// Returns tasks as a person would write them.
    pub(super) fn shown(&self, items: &[Dynamic]) -> String {
        match items {
            [item] => shown(&self.shown, item, self.spreads),
            _ => format!("{} of {} items", self.shown, items.len()),
        }
    }
}

/// Returns a task as a person would write it.
fn shown(function: &str, item: &Dynamic, spreads: bool) -> String {
    match item.read_lock::<Array>().filter(|_| spreads) {
        Some(args) => {
            let args: Vec<_> = args.iter().map(shortened).collect();
            format!("{function}({})", args.join(", "))
        }
        None => format!("{function}({})", shortened(item)),
    }
}

fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    begin_part(bytes, part.len());
    bytes.extend_from_slice(part);
}

/// Tasks that a worker reads.
pub(super) struct Tasks<'b> {
    pub head: Head,
    pub function: Result<FnPtr, Failure>,
    rest: Reader<'b>,
}

impl<'b> Tasks<'b> {
    /// # Errors
    /// `ValueError`: the bytes are not tasks.
    pub(super) fn read(bytes: &'b [u8], codec: &ForServer<'_>) -> Result<Self, Failure> {
        let damaged = || raise("ValueError", "the message of a task is damaged");
        let mut rest = Reader(bytes);
        let Some(Order::Work(head)) = Order::read(&mut rest) else {
            return Err(damaged());
        };
        let function = rest.part().ok_or_else(damaged)?;
        let function = wire::decode(function, codec).map_err(unreadable);
        let function = function.and_then(|value| value.try_cast::<FnPtr>().ok_or_else(damaged));
        Ok(Self {
            head,
            function,
            rest,
        })
    }

    /// Returns how many tasks are in a message.
    pub(super) fn count(bytes: &[u8]) -> usize {
        let mut reader = Reader(bytes);
        match Order::read(&mut reader) {
            Some(Order::Work(_)) => std::iter::from_fn(|| reader.part())
                .count()
                .saturating_sub(1),
            _ => 0,
        }
    }

    /// Returns a task as a person would write it.
    pub(super) fn shown(&self, item: &Dynamic) -> String {
        let function = self.function.as_ref().ok();
        let name = function.map(|function| function_name(function.fn_name()));
        shown(&name.unwrap_or_default(), item, self.head.spreads)
    }

    /// Takes the next item; one that cannot be read fails alone.
    pub(super) fn next(&mut self, codec: &ForServer<'_>) -> Option<Result<Dynamic, Failure>> {
        let part = self.rest.part()?;
        Some(wire::decode(part, codec).map_err(unreadable))
    }
}

const RETURNED: u8 = 0;
const THREW: u8 = 1;

/// Adds an outcome to the result of a message.
pub(super) fn add_outcome(bytes: &mut Vec<u8>, outcome: &Ended, codec: &ForServer<'_>) {
    let threw = match outcome {
        Ok(value) => match wire::encode(value, "result", codec).map_err(refused) {
            Ok(message) => {
                bytes.push(RETURNED);
                return put(bytes, &message.bytes);
            }
            Err(why) => not_sent(value, &Exception::from_error(&why)),
        },
        Err(exception) => exception.clone(),
    };
    bytes.push(THREW);
    // One that is too long even as text is said to be so where it is read.
    put(bytes, &pack_exception(codec, &threw).unwrap_or_default());
}

/// Returns the exception for a result that cannot be sent.
pub(super) fn not_sent(value: &Dynamic, why: &Exception) -> Exception {
    let text = format!(
        "Error sending result: '{}'. Reason: '{}'",
        shortened(value),
        why.repr()
    );
    Exception::new("MaybeEncodingError", vec![text.into()])
}

/// Reads the outcomes of `count` tasks: as many, whatever the bytes are.
pub(super) fn outcomes(bytes: &[u8], count: usize, codec: &ForServer<'_>) -> Vec<Ended> {
    let mut rest = bytes;
    let mut next = || -> Option<Ended> {
        let (status, after) = rest.split_first()?;
        let mut reader = Reader(after);
        let part = reader.part()?;
        rest = reader.0;
        let value = wire::decode(part, codec);
        Some(match (value, *status) {
            (Ok(value), RETURNED) => Ok(value),
            (Ok(value), _) => Err(value
                .try_cast::<Exception>()
                .unwrap_or_else(|| unreadable_exception("it is another value"))),
            (Err(error), RETURNED) => {
                let text = format!("cannot decode a result: {error}");
                Err(Exception::new("ValueError", vec![text.into()]))
            }
            (Err(error), _) => Err(unreadable_exception(&error.to_string())),
        })
    };
    (0..count)
        .map(|_| {
            next().unwrap_or_else(|| {
                let text = "the result of the task is damaged";
                Err(Exception::new("ValueError", vec![text.into()]))
            })
        })
        .collect()
}
