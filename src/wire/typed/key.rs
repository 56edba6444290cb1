//! The keys of maps, which are strings in scripts: numbers are written out, as in JSON.

use std::ops::Range;

use serde::Serialize;

use super::super::reader;
use super::misfit::Misfit;
use super::source::{Next, Source};
use super::writer::{Reader, Writer};

/// Writes a key; returns the offset of the string, if it is one.
pub(super) fn write<T: Serialize + ?Sized>(
    key: &T,
    writer: &mut Writer<'_>,
) -> Result<Range<usize>, Misfit> {
    let start = writer.out.len();
    let reader = std::mem::replace(&mut writer.reader, Reader::Rust);
    let written = key.serialize(&mut *writer);
    writer.reader = reader;
    written?;
    if writer.is_for_rust() {
        return Ok(start..start);
    }
    let written = writer.out.split_off(start);
    let text = match Source(reader::Reader::new(&written)).next()? {
        Next::Text(text) => text.to_string(),
        Next::Int(int) => int.to_string(),
        Next::Unsigned(int) => int.to_string(),
        Next::Bool(flag) => flag.to_string(),
        Next::Char(char) => char.to_string(),
        Next::Unit => return Err(refused("()")),
        Next::Float(_) => return Err(refused("a float")),
        Next::Blob(_) => return Err(refused("a blob")),
        Next::Items(_) => return Err(refused("an array")),
        _ => return Err(refused("a map")),
    };
    writer.text(&text)?;
    let end = writer.out.len();
    Ok(end - text.len()..end)
}

fn refused(found: &str) -> Misfit {
    Misfit::new(format!("map keys must be strings, not {found}"))
}
