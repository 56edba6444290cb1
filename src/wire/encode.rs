//! Writes a value as bytes, straight from the value into the buffer.

use std::io;
use std::ops::{Range, RangeInclusive};

use rhai::{Array, Blob, Dynamic, FnPtr, ImmutableString, Map};
use rmp::encode as pack;

use super::codec::{Codec, Encoded, Unsendable};
use super::refusal::{Broken, Reason, Refusal, Step};
use super::{MAX_DEPTH, extension};

/// A value as bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    /// The value.
    pub(crate) bytes: Vec<u8>,
    /// Offsets of the shared objects inside, in the order they are written. An object that occurs twice is listed
    /// twice: decoding calls [`Codec::decode`] once for each entry.
    pub(crate) handles: Vec<u64>,
    /// The parts of encoded objects. Handles among them must exist until the message holds references to their objects.
    pub(crate) parts: Vec<Dynamic>,
}

/// Writes `value` as bytes. `root` names the value in a refusal: `args`, `item`, `target`.
///
/// # Errors
///
/// A part of the value cannot be sent to another process.
pub(crate) fn encode(value: &Dynamic, root: &str, codec: &dyn Codec) -> Result<Message, Refusal> {
    let mut message = Message::default();
    encode_into(value, root, codec, &mut message)?;
    Ok(message)
}

/// Returns the bytes that stand before a blob of this length in a message that is nothing but the blob.
///
/// So the blob itself can be copied straight to where the message goes. `None` if it is too long for any message.
pub(crate) fn blob_beginning(length: usize) -> Option<Vec<u8>> {
    let mut beginning = Vec::new();
    pack::write_bin_len(&mut beginning, u32::try_from(length).ok()?).ok()?;
    Some(beginning)
}

/// Encodes like [`encode`], but reuses the memory of existing buffers, whose contents are replaced.
///
/// # Errors
///
/// A part of the value cannot be sent to another process. The message is not to be used then.
pub(crate) fn encode_into(
    value: &Dynamic,
    root: &str,
    codec: &dyn Codec,
    message: &mut Message,
) -> Result<(), Refusal> {
    message.bytes.clear();
    message.handles.clear();
    message.parts.clear();
    encode_after(value, root, codec, message)
}

/// Encodes like [`encode`], after what the message has already.
///
/// # Errors
///
/// A part of the value cannot be sent to another process. The message is as before then.
pub(crate) fn encode_after(
    value: &Dynamic,
    root: &str,
    codec: &dyn Codec,
    message: &mut Message,
) -> Result<(), Refusal> {
    let Message {
        bytes,
        handles,
        parts,
    } = message;
    let before = (bytes.len(), handles.len(), parts.len());
    append(value, codec, bytes, (handles, parts), 0).map_err(|broken| {
        bytes.truncate(before.0);
        handles.truncate(before.1);
        parts.truncate(before.2);
        broken.into_refusal(root)
    })
}

/// Comes to the same verdict as [`encode`] without writing anything down.
///
/// # Errors
///
/// A part of the value cannot be sent to another process.
pub(crate) fn check(value: &Dynamic, root: &str, codec: &dyn Codec) -> Result<(), Refusal> {
    let verdict = append(
        value,
        codec,
        &mut Tally::default(),
        (&mut Vec::new(), &mut Vec::new()),
        0,
    );
    verdict.map_err(|broken| broken.into_refusal(root))
}

/// Writes `value`, which is that deep in another one, after what `out` already has, and adds its handles and parts to those of the [`Message`].
pub(super) fn append<O: Output>(
    value: &Dynamic,
    codec: &dyn Codec,
    out: &mut O,
    (handles, parts): (&mut Vec<u64>, &mut Vec<Dynamic>),
    depth: usize,
) -> Verdict {
    let mut encoder = Encoder {
        next_look: out.written() + FIRST_LOOK,
        out,
        codec,
        depth,
        handles,
        parts,
    };
    encoder.value(value)
}

/// Bytes after which the codec is asked first whether there is space for as many again.
const FIRST_LOOK: usize = 1 << 20;

/// Where bytes go. Writing never fails.
pub(super) trait Output: io::Write {
    /// Whether the bytes are for anybody.
    const IS_WRITTEN: bool;
    /// Returns how many bytes have been written.
    fn written(&self) -> usize;
    /// Replaces the four bytes at `at`.
    fn patch(&mut self, at: usize, word: [u8; 4]);
}

impl Output for Vec<u8> {
    const IS_WRITTEN: bool = true;

    fn written(&self) -> usize {
        self.len()
    }
    fn patch(&mut self, at: usize, word: [u8; 4]) {
        self[at..at + 4].copy_from_slice(&word);
    }
}

/// An output that only counts.
#[derive(Default)]
pub(super) struct Tally(usize);

impl io::Write for Tally {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output for Tally {
    const IS_WRITTEN: bool = false;

    fn written(&self) -> usize {
        self.0
    }
    fn patch(&mut self, _at: usize, _word: [u8; 4]) {}
}

pub(super) type Verdict = Result<(), Box<Broken>>;

struct Encoder<'a, O: Output> {
    out: &'a mut O,
    codec: &'a dyn Codec,
    depth: usize,
    next_look: usize,
    handles: &'a mut Vec<u64>,
    parts: &'a mut Vec<Dynamic>,
}

impl<O: Output> Encoder<'_, O> {
    /// Tries the types that queues see most first.
    fn value(&mut self, value: &Dynamic) -> Verdict {
        // First of all: asking a shared cell for its type waits, and panics if the cell is locked.
        if value.is_shared() {
            return self.cell(value);
        }
        if let Ok(int) = value.as_int() {
            written(pack::write_sint(self.out, int));
        } else if let Some(text) = value.read_lock::<ImmutableString>() {
            return self.text(&text);
        } else if let Ok(float) = value.as_float() {
            written(pack::write_f64(self.out, float));
        } else if let Ok(flag) = value.as_bool() {
            written(pack::write_bool(self.out, flag));
        } else if value.is_unit() {
            written(pack::write_nil(self.out));
        } else if let Some(array) = value.read_lock::<Array>() {
            return self.nested(|encoder| encoder.array(&array));
        } else if let Some(map) = value.read_lock::<Map>() {
            return self.nested(|encoder| encoder.map(&map));
        } else if let Some(blob) = value.read_lock::<Blob>() {
            written(pack::write_bin_len(self.out, count(blob.len())?));
            self.raw(&blob);
        } else if let Ok(char) = value.as_char() {
            self.extension(extension::CHAR, 4);
            self.raw(&u32::from(char).to_be_bytes());
        } else if let Some(function) = value.read_lock::<FnPtr>() {
            return self.nested(|encoder| encoder.function(&function));
        } else {
            return self.custom(value);
        }
        Ok(())
    }

    /// Returns a captured variable. A cell that leads back to itself ends at the depth limit.
    fn cell(&mut self, value: &Dynamic) -> Verdict {
        match value.read_lock::<Dynamic>() {
            Some(inner) => self.nested(|encoder| encoder.value(&inner)),
            None => Err(Broken::new(Reason::Busy)),
        }
    }

    fn nested(&mut self, write: impl FnOnce(&mut Self) -> Verdict) -> Verdict {
        if self.depth == MAX_DEPTH {
            return Err(Broken::new(Reason::TooDeep));
        }
        self.look()?;
        self.depth += 1;
        let verdict = write(self);
        self.depth -= 1;
        verdict
    }

    /// Refuses a message that outgrows the memory: captured variables that share others are written once for each path to them.
    fn look(&mut self) -> Verdict {
        let written = self.out.written();
        if written < self.next_look {
            return Ok(());
        }
        self.next_look = written.saturating_mul(2);
        match self.codec.has_space(written) {
            true => Ok(()),
            false => Err(Broken::new(Reason::TooBig(written))),
        }
    }

    fn text(&mut self, text: &str) -> Verdict {
        written(pack::write_str_len(self.out, count(text.len())?));
        self.raw(text.as_bytes());
        Ok(())
    }

    fn array(&mut self, array: &Array) -> Verdict {
        written(pack::write_array_len(self.out, count(array.len())?));
        for (index, item) in array.iter().enumerate() {
            self.value(item)
                .map_err(|broken| broken.inside(Step::Index(index)))?;
        }
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Verdict {
        written(pack::write_map_len(self.out, count(map.len())?));
        for (key, item) in map {
            self.text(key)?;
            self.value(item)
                .map_err(|broken| broken.inside(Step::Key(key.to_string())))?;
        }
        Ok(())
    }

    fn function(&mut self, function: &FnPtr) -> Verdict {
        let name = function.fn_name();
        let known = self.codec.function_name(name);
        let known = known.map_err(|why| Broken::new(Reason::Function(name.to_owned(), why)))?;
        self.measured(extension::FUNCTION, |encoder| {
            encoder.text(&known)?;
            written(pack::write_array_len(
                encoder.out,
                count(function.curry().len())?,
            ));
            for (index, captured) in function.iter_curry().enumerate() {
                encoder.value(captured).map_err(|broken| {
                    let name = encoder.codec.captured_name(name, index);
                    broken.inside(Step::Capture { name, index })
                })?;
            }
            Ok(())
        })
    }

    fn custom(&mut self, value: &Dynamic) -> Verdict {
        if let Some(range) = value.read_lock::<Range<i64>>() {
            self.range(extension::RANGE, range.start, range.end);
            return Ok(());
        }
        if let Some(range) = value.read_lock::<RangeInclusive<i64>>() {
            self.range(extension::INCLUSIVE_RANGE, *range.start(), *range.end());
            return Ok(());
        }
        let encoded = if value.is_variant() {
            match O::IS_WRITTEN {
                true => self.codec.encode(value),
                false => self.codec.check(value),
            }
        } else {
            Err(Unsendable::Type)
        };
        match encoded {
            Ok(Encoded::Handle { kind, offset }) => {
                self.extension(extension::HANDLE, extension::HANDLE_LEN);
                self.raw(&kind.to_be_bytes());
                self.raw(&offset.to_be_bytes());
                self.handles.push(offset);
                Ok(())
            }
            Ok(Encoded::Object {
                type_name,
                plain,
                is_record,
            }) => {
                let kind = match is_record {
                    true => extension::RECORD,
                    false => extension::OBJECT,
                };
                let verdict = self.nested(|encoder| {
                    encoder.measured(kind, |encoder| {
                        encoder.text(&type_name)?;
                        encoder.value(&plain)
                    })
                });
                self.parts.push(plain);
                verdict
            }
            Err(stays) => {
                let name = self.codec.type_name(value.type_name());
                Err(Broken::new(match stays {
                    Unsendable::Type => Reason::Type(name),
                    Unsendable::Foreign => Reason::Foreign(name),
                    Unsendable::Here(why) => Reason::Withheld(name, why),
                    Unsendable::Now(why) => Reason::Failed(name, why),
                }))
            }
        }
    }

    fn range(&mut self, kind: i8, start: i64, end: i64) {
        self.extension(kind, 16);
        self.raw(&start.to_be_bytes());
        self.raw(&end.to_be_bytes());
    }

    /// Returns an extension whose length is known only once it is written: the header's length field is filled in afterwards.
    fn measured(&mut self, kind: i8, write: impl FnOnce(&mut Self) -> Verdict) -> Verdict {
        self.raw(&[rmp::Marker::Ext32.to_u8()]);
        let length_at = self.out.written();
        self.raw(&[0; 4]);
        self.raw(&kind.to_be_bytes());
        let start = self.out.written();
        write(self)?;
        let length = count(self.out.written() - start)?;
        self.out.patch(length_at, length.to_be_bytes());
        Ok(())
    }

    fn extension(&mut self, kind: i8, length: u32) {
        written(pack::write_ext_meta(self.out, length, kind));
    }

    fn raw(&mut self, bytes: &[u8]) {
        written(self.out.write_all(bytes));
    }
}

/// Returns a length as MessagePack writes it.
fn count(length: usize) -> Result<u32, Box<Broken>> {
    u32::try_from(length).map_err(|_| Broken::new(Reason::TooLong))
}

fn written<T, E: std::fmt::Debug>(outcome: Result<T, E>) {
    outcome.expect("writing to memory does not fail");
}
