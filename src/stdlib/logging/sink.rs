//! The destinations of records: standard error, another stream, a file, a queue, or nowhere.

use rhai::{Array, Dynamic};

use super::log_file::LogFile;
use super::record::LogRecord;
use super::site::Site;
use crate::script::{Failure, raise};
use crate::stdlib::builtins::file::File;
use crate::stdlib::multiprocessing::queues::{self, Queue};
use crate::stdlib::multiprocessing::simple_queue::{SimpleQueue, open_queue};
use crate::stdlib::queue::channel::Channel;
use crate::sync::Deadline;
use crate::wire::Unsendable;

/// The destination of a handler's records.
#[derive(Debug)]
pub(super) enum Sink {
    StandardError,
    /// An object with a method `write`.
    Stream(Dynamic),
    File(LogFile),
    /// A queue of any kind.
    Queue(Dynamic),
    Nowhere,
}

impl Sink {
    /// Sends a record on its way. A line is written in one piece, and a full queue is not waited for.
    ///
    /// # Errors
    /// The record cannot be formatted, or cannot be written.
    pub(super) fn emit(
        &self,
        site: &Site<'_>,
        record: &LogRecord,
        format: impl Fn() -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        let line = || Ok::<_, Failure>(format()? + "\n");
        match self {
            Self::Nowhere => Ok(()),
            // Where nobody reads errors any more, the program goes on.
            Self::StandardError => {
                let _ = site.interp.output.error(&line()?);
                Ok(())
            }
            Self::Stream(stream) => write(site, stream, line()?),
            Self::File(file) => file.write(site.interp, &line()?),
            Self::Queue(queue) => {
                let record = prepared(record, format()?);
                put(site, queue, Dynamic::from(record))
            }
        }
    }

    /// Returns the name of its class.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::StandardError | Self::Stream(_) => "StreamHandler",
            Self::File(file) if file.rotates() => "RotatingFileHandler",
            Self::File(_) => "FileHandler",
            Self::Queue(_) => "QueueHandler",
            Self::Nowhere => "NullHandler",
        }
    }

    /// Returns the values of which another process makes the same sink.
    pub(super) fn parts(&self) -> Result<Array, Unsendable> {
        Ok(match self {
            Self::StandardError => vec!["error".into()],
            Self::Stream(stream) => vec!["stream".into(), stream.clone()],
            Self::File(file) => {
                let mut parts: Array = vec!["file".into()];
                parts.extend(file.parts());
                parts
            }
            Self::Queue(queue) => vec!["queue".into(), queue.clone()],
            Self::Nowhere => vec!["nowhere".into()],
        })
    }

    /// Makes a sink of the [`parts`](Self::parts) of another process.
    pub(super) fn of_parts(mut parts: Array) -> Option<Self> {
        if parts.is_empty() {
            return None;
        }
        let kind = parts.remove(0).into_string().ok()?;
        Some(match kind.as_str() {
            "error" => Self::StandardError,
            "stream" => Self::Stream(parts.pop()?),
            "file" => Self::File(LogFile::of_parts(&parts)?),
            "queue" => Self::Queue(parts.pop()?),
            _ => Self::Nowhere,
        })
    }
}

fn write(site: &Site<'_>, stream: &Dynamic, line: String) -> Result<(), Failure> {
    let mut stream = stream.clone();
    let mut line = Dynamic::from(line);
    if let Some(result) = site.call(&stream, "write", vec![line.clone()]) {
        return result.map(drop);
    }
    let args = &mut [&mut stream, &mut line];
    let _ = site.context.call_fn_raw("write", true, true, args)?;
    if stream.is::<File>() {
        let _ = site
            .context
            .call_fn_raw("flush", true, true, &mut [&mut stream])?;
    }
    Ok(())
}

/// Returns a copy of a record that any process can handle: with its message complete, and without values that cannot be sent.
fn prepared(record: &LogRecord, text: String) -> LogRecord {
    let record = record.copy();
    record.set("message", text.clone());
    record.set("msg", text);
    record.set("args", Array::new());
    for name in ["exc_info", "exc_text", "stack_info"] {
        record.set(name, Dynamic::UNIT);
    }
    record
}

fn put(site: &Site<'_>, queue: &Dynamic, item: Dynamic) -> Result<(), Failure> {
    if let Some(queue) = queue.read_lock::<Queue>() {
        queues::open(&queue)?;
        return queues::send(site.interp, &queue, &item, Deadline::NOW);
    }
    if let Some(queue) = queue.read_lock::<SimpleQueue>() {
        let queue = open_queue(&queue)?;
        return queues::send_here(site.interp, &queue, &item, Deadline::NOW);
    }
    if let Some(channel) = queue.read_lock::<Channel>() {
        return channel.put(site.interp, site.context, item, Deadline::NOW);
    }
    let put = site.call(queue, "put_nowait", vec![item]);
    let put = put.ok_or_else(|| raise("TypeError", "the queue of a handler has no put_nowait"))?;
    put.map(drop)
}

/// Returns the next item of a queue, waiting for it.
///
/// # Errors
/// The queue is closed, or the script has to stop.
pub(super) fn take(site: &Site<'_>, queue: &Dynamic) -> Result<Dynamic, Failure> {
    if let Some(queue) = queue.read_lock::<Queue>().map(|queue| queue.clone()) {
        queues::open(&queue)?;
        return queues::take(site.interp, &queue, Deadline::NEVER);
    }
    if let Some(queue) = queue.read_lock::<SimpleQueue>().map(|queue| queue.clone()) {
        return queues::take_here(site.interp, &open_queue(&queue)?, Deadline::NEVER);
    }
    if let Some(channel) = queue.read_lock::<Channel>().map(|channel| channel.clone()) {
        return channel.get(site.interp, Deadline::NEVER);
    }
    let get = site.call(queue, "get", vec![]);
    get.unwrap_or_else(|| Err(raise("TypeError", "the queue of a listener has no get")))
}

/// Puts the item that ends a listener.
///
/// # Errors
/// As those of a handler of that queue.
pub(super) fn put_end(site: &Site<'_>, queue: &Dynamic) -> Result<(), Failure> {
    put(site, queue, Dynamic::UNIT)
}
