//! The settings of an engine that the host owns, as far as children of its scripts have to have them too.

use std::collections::BTreeSet;

use rhai::Engine;
use serde::{Deserialize, Serialize};

/// Words that the texts of this crate need where it makes a module again in a child. A script that was compiled cannot have them if they are disabled.
const NEEDED: &[&str] = &["as", "const", "export", "fn", "import", "private"];

/// What an engine limits or refuses while scripts run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct HostSettings {
    disabled: BTreeSet<String>,
    string_bytes: usize,
    array_items: usize,
    map_entries: usize,
    operations: u64,
    variables: usize,
    modules: usize,
    fails_on_missing_keys: bool,
}

impl HostSettings {
    pub(crate) fn of(engine: &Engine) -> Self {
        Self {
            disabled: words(engine, "disabled_symbols: "),
            string_bytes: engine.max_string_size(),
            array_items: engine.max_array_size(),
            map_entries: engine.max_map_size(),
            operations: engine.max_operations(),
            variables: engine.max_variables(),
            modules: engine.max_modules(),
            fails_on_missing_keys: engine.fail_on_invalid_map_property(),
        }
    }

    pub(crate) fn apply(&self, engine: &mut Engine) {
        let disabled = self.disabled.iter();
        for symbol in disabled.filter(|symbol| !NEEDED.contains(&symbol.as_str())) {
            engine.disable_symbol(symbol.as_str());
        }
        engine
            .set_max_string_size(self.string_bytes)
            .set_max_array_size(self.array_items)
            .set_max_map_size(self.map_entries)
            .set_max_operations(self.operations)
            .set_max_variables(self.variables)
            .set_max_modules(self.modules)
            .set_fail_on_invalid_map_property(self.fails_on_missing_keys);
    }
}

/// Returns the operators, and the words of syntax, that an engine has beyond Rhai's.
pub(crate) fn keywords(engine: &Engine) -> BTreeSet<String> {
    words(engine, "custom_keywords: ")
}

/// Returns the quoted words in a field of the debug form of an engine, in which alone it shows them; a test checks that it does.
fn words(engine: &Engine, field: &str) -> BTreeSet<String> {
    let text = format!("{engine:?}");
    // The names of the host's modules, which come first, may contain these words.
    let Some(start) = text.rfind(field) else {
        return BTreeSet::new();
    };
    let rest = &text[start + field.len()..];
    let mut words = BTreeSet::new();
    let mut rest = rest.split_once('{').map_or("", |(_, rest)| rest);
    while let Some((before, after)) = rest.split_once('"') {
        if before.contains('}') {
            break;
        }
        let Some((word, after)) = after.split_once('"') else {
            break;
        };
        words.insert(word.to_string());
        rest = after;
    }
    words
}
