//! Values of scripts in errors: shortened, with their types.

use rhai::{Array, Blob, Dynamic, ImmutableString, Map};

use crate::script::values::type_name;
use crate::text::repr_of;
use crate::wire::with_article;

/// The longest string, in characters, and the most items and entries that an error shows.
const TEXT_SHOWN: usize = 60;
const ITEMS_SHOWN: usize = 6;

/// The `repr` of a value, shortened, with its type.
pub(super) fn shown(value: &Dynamic) -> String {
    let text = repr_of(&shortened(value, 3), &|_| None);
    format!("{}: {text}", with_article(&type_name(value)))
}

fn shortened(value: &Dynamic, depth: usize) -> Dynamic {
    let value = value.flatten_clone();
    if value.is_shared() {
        return "…".into();
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        let mut chars = text.chars();
        let start: String = chars.by_ref().take(TEXT_SHOWN).collect();
        return match chars.next() {
            None => text.clone().into(),
            Some(_) => format!("{start}…").into(),
        };
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        return Dynamic::from_blob(bytes[..bytes.len().min(TEXT_SHOWN / 3)].to_vec());
    }
    if let Some(items) = value.read_lock::<Array>() {
        let more = (items.len() > ITEMS_SHOWN).then(|| Dynamic::from("…"));
        let items = items.iter().take(if depth == 0 { 0 } else { ITEMS_SHOWN });
        let items = items.map(|item| shortened(item, depth.saturating_sub(1)));
        return items.chain(more).collect::<Array>().into();
    }
    if let Some(entries) = value.read_lock::<Map>() {
        let more = entries.len() > ITEMS_SHOWN;
        let entries = entries
            .iter()
            .take(if depth == 0 { 0 } else { ITEMS_SHOWN });
        let mut entries: Map = entries
            .map(|(key, item)| (key.clone(), shortened(item, depth.saturating_sub(1))))
            .collect();
        if more {
            entries.insert("…".into(), "…".into());
        }
        return entries.into();
    }
    value
}
