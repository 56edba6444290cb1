//! `string`: sets of characters as constants.

use rhai::Dynamic;

use crate::script::{Call, Namespace, Outcome, Registry, memory};
use crate::text::as_string;

/// The value of the global constant `string`.
#[derive(Debug, Clone)]
struct StringModule;

macro_rules! constants {
    ($module:ident: $($name:literal = $value:expr;)*) => {
        $($module.constant($name, $value, |_| Ok($value.into()));)*
    };
}

pub(super) fn register(registry: &mut Registry) {
    let mut module = registry.namespace("string", StringModule);
    constants(&mut module);
    module.function("capwords", &["s", "sep?"], capwords);
}

fn constants(module: &mut Namespace<'_>) {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    const SPACE: &str = " \t\n\r\x0b\x0c";
    constants! { module:
        "ascii_lowercase" = LOWER;
        "ascii_uppercase" = UPPER;
        "ascii_letters" = [LOWER, UPPER].concat();
        "digits" = "0123456789";
        "hexdigits" = "0123456789abcdefABCDEF";
        "octdigits" = "01234567";
        "punctuation" = PUNCTUATION;
        "whitespace" = SPACE;
        "printable" = ["0123456789", LOWER, UPPER, PUNCTUATION, SPACE].concat();
    }
}

/// `capwords(s, sep=None)`: each word begins with a capital letter, and has only small ones after it.
fn capwords(call: &mut Call<'_>) -> Outcome {
    let text = call.string(0)?;
    memory::for_string(call, text.len().saturating_mul(3))?;
    let separator = call.given(1).as_ref().and_then(as_string);
    let words: Vec<&str> = match &separator {
        None => text.split_whitespace().collect(),
        Some(separator) => text.split(separator.as_str()).collect(),
    };
    let words: Vec<String> = words.into_iter().map(capitalized).collect();
    let separator = separator.as_deref().unwrap_or(" ");
    Ok(Dynamic::from(words.join(separator)))
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars.as_str().to_lowercase().chars()).collect()
}
