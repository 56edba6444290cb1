//! Waits for what comes out of streams of the server: items, and words that change.

use std::time::Duration;

use redis::{RedisResult, Value};

use super::caller::Caller;
use super::fault::Fault;
use super::seat::Seat;
use super::wire::Talk;
use crate::sys::clock::Deadline;

/// How long a wait lasts before it looks around: whether its keeper lives, for instance.
pub(super) const LOOK_AROUND: Duration = Duration::from_secs(5);

/// The group of those who take items.
const GROUP: &str = "g";

/// What nobody has taken.
pub(super) const NEW: &str = ">";

/// What this member has in hand, from the oldest on.
pub(super) const IN_HAND: &str = "0";

/// An item in hand.
#[derive(Debug)]
pub(super) struct Item {
    /// Its stream and its number there: `s1-0`.
    pub id: String,
    pub bytes: Vec<u8>,
}

/// Returns how long the next request of a wait waits. Never 0, which is for ever.
pub(super) fn time_until(deadline: Deadline) -> Duration {
    let time = deadline.left().unwrap_or(LOOK_AROUND);
    time.clamp(Duration::from_millis(1), LOOK_AROUND)
}

/// Sleeps until the word at `key`, a stream of one entry, is another one than the one seen: it cannot be missed.
///
/// # Errors
/// Those of the server.
pub(super) fn sleep_on_word(
    talk: &mut Talk<'_>,
    key: String,
    seen: &str,
    deadline: Deadline,
) -> Result<(), Fault> {
    let time = time_until(deadline);
    let mut command = redis::cmd("XREAD");
    command.arg("BLOCK").arg(time.as_millis() as u64);
    command.arg("STREAMS").arg(key).arg(seen);
    let changed: RedisResult<Value> = command.query(talk.waiting(time));
    changed?;
    Ok(())
}

/// Reads from both streams of items: what is [`NEW`], or what this member has [`IN_HAND`]. Waits for the first for `wait`.
///
/// # Errors
/// Those of the server.
pub(super) fn read_both(
    seat: &mut Seat,
    most: usize,
    wait: Option<Duration>,
    from: &str,
    caller: &dyn Caller,
) -> Result<Vec<Item>, Fault> {
    let mut command = redis::cmd("XREADGROUP");
    command.arg("GROUP").arg(GROUP).arg(&seat.member);
    command.arg("COUNT").arg(most);
    if let Some(time) = wait {
        // Never 0, which is for ever.
        command.arg("BLOCK").arg(time.as_millis().max(1) as u64);
    }
    command.arg("STREAMS").arg(seat.key("b")).arg(seat.key("s"));
    command.arg(from).arg(from);
    let mut talk = seat.talk(caller)?;
    let answer: RedisResult<Value> = command.query(talk.waiting(wait.unwrap_or_default()));
    Ok(items_of(&answer?))
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::SimpleString(text) => text.clone(),
        _ => String::new(),
    }
}

pub(super) fn item(id: String, value: &Value) -> Option<Item> {
    match value {
        Value::BulkString(bytes) => {
            let bytes = bytes.clone();
            Some(Item { id, bytes })
        }
        _ => None,
    }
}

/// Returns the items in the answer to a read: for each stream its key and its entries, each a number and its fields. An entry without
/// fields was deleted.
fn items_of(answer: &Value) -> Vec<Item> {
    let list = |value: &Value| {
        value
            .as_sequence()
            .map(<[Value]>::to_vec)
            .unwrap_or_default()
    };
    let mut items = Vec::new();
    for stream in list(answer) {
        let [key, entries] = &list(&stream)[..] else {
            continue;
        };
        let which = if text(key).ends_with(":b") { 'b' } else { 's' };
        for entry in list(entries) {
            let [number, fields] = &list(&entry)[..] else {
                continue;
            };
            let id = format!("{which}{}", text(number));
            items.extend(list(fields).get(1).and_then(|value| item(id, value)));
        }
    }
    items
}
