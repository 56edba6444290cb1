//! Where a value is written to: the bytes, how deep it is nested, and who may read it.

use std::any::type_name;
use std::collections::HashMap;
use std::fmt::Display;

use rhai::{Dynamic, FnPtr};
use rmp::Marker;
use rmp::encode as pack;
use serde::Serialize;

use super::super::codec::{Codec, Encoded, Unsendable};
use super::super::encode::append;
use super::super::{MAX_DEPTH, extension};
use super::misfit::Misfit;
use super::whole;

/// Who may read the value.
pub(super) enum Reader<'m> {
    /// Scripts too.
    Script {
        /// Collects the offsets of the shared objects inside.
        handles: &'m mut Vec<u64>,
        /// Collects the parts of the values of scripts inside.
        parts: &'m mut Vec<Dynamic>,
        /// What is known about them.
        known: Known<'m>,
    },
    Rust,
}

pub(super) struct Writer<'m> {
    pub(super) out: &'m mut Vec<u8>,
    pub(super) reader: Reader<'m>,
    pub(super) depth: usize,
}

/// How values of scripts are written, and which types are records.
#[derive(Clone, Copy)]
pub(crate) struct Known<'m> {
    pub(crate) codec: &'m dyn Codec,
    pub(crate) records: Option<&'m Records>,
}

impl Known<'_> {
    /// Nothing is known: values of scripts are plain data, and no type is a record. For tests, benchmarks and the fuzzer.
    #[allow(dead_code)]
    pub(crate) fn nothing() -> Self {
        Self {
            codec: &PlainData,
            records: None,
        }
    }
}

/// The types whose values stay what they are on their way to a script: Rust's name of each, and the name that messages use.
///
/// Names, because serde shows the writer types that have no `TypeId`.
pub(crate) type Records = HashMap<&'static str, String>;

pub(super) type Verdict = Result<(), Misfit>;

impl Writer<'_> {
    /// Writes a value: as a record if its type is one, and as it is if it is one of scripts.
    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Verdict {
        if let Some(value) = whole::as_dynamic(value) {
            return self.dynamic(value);
        }
        if let Reader::Script { known, .. } = &self.reader
            && let Some(name) = known.records.and_then(|records| records.get(bare::<T>()))
        {
            return self.record(name, value);
        }
        value.serialize(self)
    }

    fn dynamic(&mut self, value: &Dynamic) -> Verdict {
        let depth = self.depth;
        match &mut self.reader {
            Reader::Script {
                handles,
                parts,
                known,
            } => append(value, known.codec, self.out, (handles, parts), depth)?,
            Reader::Rust => {
                let unused = (&mut Vec::new(), &mut Vec::new());
                append(value, &PlainData, self.out, unused, depth)?;
            }
        }
        Ok(())
    }

    fn record<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Verdict {
        self.descend()?;
        self.raw(&[Marker::Ext32.to_u8()]);
        let length_at = self.out.len();
        self.raw(&[0; 4]);
        self.raw(&extension::RECORD.to_be_bytes());
        let start = self.out.len();
        self.text(name)?;
        let mut packed = Vec::new();
        value.serialize(&mut Writer {
            out: &mut packed,
            reader: Reader::Rust,
            depth: 0,
        })?;
        self.bytes(&packed)?;
        let length = length(self.out.len() - start)?;
        self.out[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
        self.ascend();
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Verdict {
        written(pack::write_str_len(self.out, length(text.len())?));
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Verdict {
        written(pack::write_bin_len(self.out, length(bytes.len())?));
        self.raw(bytes);
        Ok(())
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Returns whether only Rust reads the value.
    pub(super) fn is_for_rust(&self) -> bool {
        matches!(self.reader, Reader::Rust)
    }

    /// Returns an integer; `wide` is the same, written as a blob where it does not fit into 64 bits.
    pub(super) fn int<const N: usize>(
        &mut self,
        int: impl TryInto<i64> + TryInto<u64> + Copy + Display,
        wide: [u8; N],
    ) -> Verdict {
        if let Ok(int) = int.try_into() {
            written(pack::write_sint(self.out, int));
        } else if !self.is_for_rust() {
            let text = format!("{int} does not fit in a script's signed 64-bit integer");
            return Err(Misfit::new(text));
        } else if let Ok(int) = int.try_into() {
            written(pack::write_uint(self.out, int));
        } else {
            return self.bytes(&wide);
        }
        Ok(())
    }

    /// Makes a shared object of the blob that was written at `start`.
    pub(super) fn handle_from(&mut self, start: usize) -> Verdict {
        const BLOB: [u8; 2] = [Marker::Bin8.to_u8(), extension::HANDLE_LEN as u8];
        let written_blob = self.out.split_off(start);
        let payload = written_blob.strip_prefix(&BLOB).unwrap_or_default();
        let [_, _, offset @ ..] = payload else {
            return Err(Misfit::new("it is not a shared object"));
        };
        let offset =
            <[u8; 8]>::try_from(offset).map_err(|_| Misfit::new("it is not a shared object"))?;
        let Reader::Script { handles, .. } = &mut self.reader else {
            return Err(Misfit::new("it is a shared object, which has no copy"));
        };
        handles.push(u64::from_be_bytes(offset));
        let (length, kind) = (extension::HANDLE_LEN, extension::HANDLE);
        written(pack::write_ext_meta(self.out, length, kind));
        self.raw(payload);
        Ok(())
    }

    /// Goes one level down; [`ascend`](Self::ascend) when its end has been written.
    pub(super) fn descend(&mut self) -> Verdict {
        if self.depth == MAX_DEPTH {
            return Err(Misfit::new(format!(
                "it is nested more than {MAX_DEPTH} levels deep"
            )));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// Returns the beginning of `{name: …}`, the value of an enum that is more than a name.
    pub(super) fn variant(&mut self, name: &str) -> Verdict {
        self.descend()?;
        written(pack::write_map_len(self.out, 1));
        self.text(name)
    }
}

/// Rust's name of a type, or of what it refers to.
fn bare<T: ?Sized>() -> &'static str {
    let mut name = type_name::<T>();
    loop {
        let boxed = |kind: &str| name.strip_prefix(kind)?.strip_suffix('>');
        let inner = (name.strip_prefix('&'))
            .or_else(|| boxed("alloc::boxed::Box<"))
            .or_else(|| boxed("alloc::rc::Rc<"))
            .or_else(|| boxed("alloc::sync::Arc<"));
        match inner {
            Some(inner) => name = inner.strip_prefix("mut ").unwrap_or(inner),
            None => return name,
        }
    }
}

/// The codec for values that only Rust reads: data without functions and objects.
struct PlainData;

impl Codec for PlainData {
    fn encode(&self, _: &Dynamic) -> Result<Encoded, Unsendable> {
        Err(Unsendable::Type)
    }

    fn decode(&self, _: Encoded) -> Result<Dynamic, String> {
        Err("it is not plain data".into())
    }

    fn function(&self, _: &str) -> Result<FnPtr, String> {
        Err("it is not plain data".into())
    }
}

/// Returns a length as MessagePack writes it.
pub(crate) fn length(length: usize) -> Result<u32, Misfit> {
    u32::try_from(length).map_err(|_| Misfit::new("it is too long (4 GiB or more)"))
}

pub(super) fn written<T, E: std::fmt::Debug>(outcome: Result<T, E>) {
    outcome.expect("writing to memory does not fail");
}
