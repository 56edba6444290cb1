//! Rhai's own errors as the exceptions Python would raise in their place.
//!
//! They come in two forms: as Rhai's error when nobody catches it, and as an object map in a `catch`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rhai::{Dynamic, EvalAltResult, Map};

use crate::program::frame::Frame;
use crate::script::exceptions::Exception;
use crate::script::rhai_texts::{Words, python_words};

impl Exception {
    /// Returns the exception for an error of Rhai's: the thrown one, or the one Python would raise.
    pub(crate) fn from_error(error: &EvalAltResult) -> Self {
        match error.unwrap_inner() {
            EvalAltResult::ErrorRuntime(value, ..) => Self::from_thrown(value),
            EvalAltResult::ErrorTerminated(token, ..) if token.is::<Self>() => {
                token.clone_cast::<Self>()
            }
            own => {
                let (kind, message) = classify(own);
                Self::new(kind, vec![message.into()])
            }
        }
    }

    /// Returns the exception for a thrown value: itself, a map with `type` and `message`, or any value.
    pub(crate) fn from_thrown(value: &Dynamic) -> Self {
        let value = value.flatten_clone();
        if value.is_shared() {
            return Self::new("Exception", vec![]);
        }
        if let Some(exception) = value.read_lock::<Self>() {
            return exception.clone();
        }
        let own = value.read_lock::<Map>().and_then(|map| of_error_map(&map));
        if let Some(exception) = own {
            return exception;
        }
        let own = value.read_lock::<Map>().and_then(|map| {
            let kind = map.get("type").or(map.get("error"))?.to_string();
            let args = map.get("message").cloned().into_iter().collect();
            let mut attributes = map.clone();
            attributes.retain(|name, _| !matches!(name.as_str(), "type" | "error" | "message"));
            Some(Self::new(kind, args).with_attributes(attributes))
        });
        own.unwrap_or_else(|| Self::new("Exception", vec![value]))
    }
}

thread_local! {
    /// Explanations of calls that Rhai could not resolve, by the function's name.
    ///
    /// Rhai reports the position of such a call only after it has asked for the function, so the explanation is kept here until
    /// the error comes.
    static EXPLANATIONS: RefCell<BTreeMap<String, Words>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// Keeps the explanation of a failed call of `function`: an exception type and its message, or none.
pub(crate) fn explain_call(function: &str, meaning: Option<Words>) {
    EXPLANATIONS.with_borrow_mut(|all| match meaning {
        Some(meaning) => drop(all.insert(function.into(), meaning)),
        None => drop(all.remove(function)),
    });
}

/// Returns the explanation for Rhai's `name (types)`.
fn explanation_of(signature: &str) -> Option<Words> {
    let function = signature.split(" (").next()?;
    EXPLANATIONS.with_borrow(|all| all.get(function).cloned())
}

/// Returns the exception type and message for an error that Rhai itself found.
pub(crate) fn classify(error: &EvalAltResult) -> Words {
    use EvalAltResult as E;
    match error {
        E::ErrorArithmetic(text, _) => match python_words(text) {
            ("TypeError", text) => ("OverflowError", text),
            words => words,
        },
        E::ErrorArrayBounds(..) => ("IndexError", "list index out of range".into()),
        E::ErrorStringBounds(..) => ("IndexError", "string index out of range".into()),
        E::ErrorStackOverflow(_) => ("RecursionError", "maximum recursion depth exceeded".into()),
        E::ErrorParsing(kind, _) => ("SyntaxError", kind.to_string()),
        E::ErrorTerminated(..) => ("KeyboardInterrupt", String::new()),
        E::ErrorFunctionNotFound(signature, _) => {
            explanation_of(signature).unwrap_or_else(|| python_words(&plain(error)))
        }
        E::ErrorVariableNotFound(..)
        | E::ErrorModuleNotFound(..)
        | E::ErrorPropertyNotFound(..)
        | E::ErrorIndexNotFound(..)
        | E::ErrorDataRace(..)
        | E::ErrorUnboundThis(_)
        | E::ErrorMismatchDataType(..)
        | E::ErrorMismatchOutputType(..)
        | E::ErrorFor(_)
        | E::ErrorIndexingType(..)
        | E::ErrorNonPureMethodCallOnConstant(..)
        | E::ErrorAssignmentToConstant(..) => python_words(&plain(error)),
        E::ErrorDotExpr(..) => match python_words(&plain(error)) {
            ("TypeError", text) => ("AttributeError", text),
            words => words,
        },
        _ => ("RuntimeError", plain(error)),
    }
}

/// Rhai's text without the position at its end.
fn plain(error: &EvalAltResult) -> String {
    let text = error.to_string();
    match text.rfind(" (line ") {
        Some(end) => text[..end].to_string(),
        None => text,
    }
}

/// The keys of Rhai's error maps. A map with any other key is the script's own.
const FIELDS: [&str; 15] = [
    "actual",
    "error",
    "function",
    "index",
    "length",
    "line",
    "message",
    "module",
    "position",
    "property",
    "requested",
    "source",
    "token",
    "type",
    "variable",
];

/// Returns the exception behind an error map: what `catch` gives for an error Rhai itself found.
///
/// `message` begins with the text of the innermost error, whatever calls it passed through.
pub(crate) fn of_error_map(map: &Map) -> Option<Exception> {
    // Asked for every dict that a script reads. Keys are in their order, and no field but one comes before `error`.
    let (first, _) = map.first_key_value()?;
    if first != "actual" && first != "error" {
        return None;
    }
    let kind = map.get("error")?.as_immutable_string_ref().ok()?.clone();
    let is_rhais = |key: &rhai::Identifier| FIELDS.contains(&key.as_str());
    let is_kind = kind.starts_with("Error") && kind.chars().all(char::is_alphanumeric);
    if !is_kind || !map.keys().all(is_rhais) {
        return None;
    }
    let message = map.get("message")?.to_string();
    let text = message.lines().next().unwrap_or_default();
    let text = text.rsplit_once(" @ '").map_or(text, |(text, _)| text);
    let text = text.rsplit_once(" (line ").map_or(text, |(text, _)| text);
    let explained = text
        .strip_prefix("Function not found: ")
        .and_then(explanation_of);
    let (kind, text) = explained.unwrap_or_else(|| python_words(text));
    Some(Exception::new(kind, vec![text.into()]).with_frames(place_of(map).into_iter().collect()))
}

/// Returns the position in an error map.
fn place_of(map: &Map) -> Option<Frame> {
    let number = |key: &str| usize::try_from(map.get(key)?.as_int().ok()?).ok();
    Some(Frame {
        file: map.get("source")?.to_string(),
        line: number("line")?,
        column: number("position").unwrap_or(0),
        function: String::new(),
        code: String::new(),
        times: 1,
    })
}
