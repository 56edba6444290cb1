//! Where a value is written to: the bytes, how deep it is nested, and who may read it.

use std::fmt::Display;

use rmp::Marker;
use rmp::encode as pack;

use super::super::{MAX_DEPTH, extension};
use super::misfit::Misfit;

/// Who may read the value.
pub(super) enum Reader<'m> {
    /// Scripts too. Collects the offsets of the shared objects inside.
    Script(&'m mut Vec<u64>),
    Rust,
}

pub(super) struct Writer<'m> {
    pub(super) out: &'m mut Vec<u8>,
    pub(super) reader: Reader<'m>,
    pub(super) depth: usize,
}

pub(super) type Verdict = Result<(), Misfit>;

impl Writer<'_> {
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
        let Reader::Script(handles) = &mut self.reader else {
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

/// Returns a length as MessagePack writes it.
pub(crate) fn length(length: usize) -> Result<u32, Misfit> {
    u32::try_from(length).map_err(|_| Misfit::new("it is too long (4 GiB or more)"))
}

pub(super) fn written<T, E: std::fmt::Debug>(outcome: Result<T, E>) {
    outcome.expect("writing to memory does not fail");
}
