//! Why a value cannot cross, told with the path to the part that cannot.

use std::fmt;

use super::MAX_DEPTH;

/// Why the value at the path cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Its type has no meaning in another process. Holds the name scripts know the type by.
    Type(String),
    /// The host has not registered how its type is sent. Holds the type's name in scripts.
    Foreign(String),
    /// Only this process may not send it. Holds the name scripts know the type by and the codec's reason.
    Withheld(String, String),
    /// It could not be sent this time. Holds the name scripts know the type by and the codec's reason.
    Failed(String, String),
    /// It points to a function the other process would not find. Holds the function's name and the codec's reason.
    Function(String, String),
    /// It is a captured variable that another thread, or a method call in progress, holds locked.
    Busy,
    /// It lies below [`MAX_DEPTH`] containers, or contains itself.
    TooDeep,
    /// It has more elements or bytes than MessagePack can count (2³² − 1).
    TooLong,
    /// There is no memory for the message, of which that many bytes have been written.
    TooBig(usize),
}

/// A value that cannot be sent to another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Where in the value, for instance `args[1].x` or `f, captured by target`.
    pub(crate) path: String,
    /// The fault at that path.
    pub(crate) reason: Reason,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        let cannot = "which cannot be sent to another process";
        let a = with_article;
        match &self.reason {
            Reason::Type(name) => write!(f, "{path} is {}, {cannot}", a(name)),
            Reason::Foreign(name) => {
                let host = "a type of the embedding program that cannot be sent to another process";
                write!(f, "{path} is {}, {host}", a(name))
            }
            Reason::Withheld(name, why) => {
                write!(
                    f,
                    "{path} is {}, which cannot be sent from here: {why}",
                    a(name)
                )
            }
            Reason::Failed(name, why) => {
                write!(f, "{path} is {}, which could not be sent: {why}", a(name))
            }
            Reason::Function(name, why) if name.starts_with("anon$") => {
                write!(f, "{path} is a closure, {cannot}: {why}")
            }
            Reason::Function(name, why) => {
                write!(f, "{path} is the function {name}, {cannot}: {why}")
            }
            Reason::Busy => write!(
                f,
                "{path} is a captured variable in use at this moment, so it cannot be sent to another process \
                 (copy it into another variable first)"
            ),
            Reason::TooDeep => {
                write!(
                    f,
                    "{path} is nested more than {MAX_DEPTH} levels deep, {cannot}"
                )
            }
            Reason::TooBig(bytes) => {
                write!(
                    f,
                    "not enough memory for {path} as a message of more than {bytes} bytes"
                )
            }
            Reason::TooLong => {
                write!(
                    f,
                    "{path} is too long to be sent to another process (4 GiB or more)"
                )
            }
        }
    }
}

impl Refusal {
    /// Returns the fault without the path.
    pub(crate) fn why(&self) -> String {
        let text = self.to_string();
        let rest = text.strip_prefix(&self.path);
        rest.map_or_else(|| text.clone(), |rest| format!("it{rest}"))
    }
}

impl std::error::Error for Refusal {}

/// Returns the name of a type after `a` or `an`.
pub(crate) fn with_article(name: &str) -> String {
    let article = match name.as_bytes().first() {
        Some(b'a' | b'e' | b'i' | b'o' | b'A' | b'E' | b'I' | b'O') => "an",
        _ => "a",
    };
    format!("{article} {name}")
}

/// One step from a value into a part of it.
#[derive(Debug)]
pub(super) enum Step {
    Index(usize),
    Key(String),
    Capture { name: Option<String>, index: usize },
}

/// A refusal on its way out of the value: the steps are collected innermost first, so that success costs nothing.
pub(super) struct Broken {
    reason: Reason,
    steps: Vec<Step>,
}

impl Broken {
    pub(super) fn new(reason: Reason) -> Box<Self> {
        Box::new(Broken {
            reason,
            steps: Vec::new(),
        })
    }

    pub(super) fn inside(mut self: Box<Self>, step: Step) -> Box<Self> {
        self.steps.push(step);
        self
    }

    /// Returns the fault as a text, and the steps to it.
    pub(super) fn into_parts(self) -> (String, Vec<Step>) {
        let path = String::new();
        let reason = self.reason;
        (Refusal { path, reason }.why(), self.steps)
    }

    pub(super) fn into_refusal(self, root: &str) -> Refusal {
        Refusal {
            path: path(root, &self.steps),
            reason: self.reason,
        }
    }
}

/// Steps shown at either end of a path that is longer than both together.
const SHOWN: usize = 8;

/// `root[1].x`; behind a closure the path starts over and the closure is named after it: `f.x captured by root[1]`.
pub(super) fn path(root: &str, innermost_first: &[Step]) -> String {
    let count = innermost_first.len();
    let mut here = root.to_owned();
    let mut holders = String::new();
    for (at, step) in innermost_first.iter().rev().enumerate() {
        if count > 2 * SHOWN && (SHOWN..count - SHOWN).contains(&at) {
            if at == SHOWN {
                here.push('…');
            }
            continue;
        }
        match step {
            Step::Index(index) => here.push_str(&format!("[{index}]")),
            Step::Key(key) if is_identifier(key) => here.push_str(&format!(".{key}")),
            Step::Key(key) => here.push_str(&format!("[{key:?}]")),
            Step::Capture { name, index } => {
                let variable = name.clone().unwrap_or_else(|| format!("variable {index}"));
                let function = std::mem::replace(&mut here, variable);
                holders = format!(" captured by {function}{holders}");
            }
        }
    }
    here.push_str(&holders);
    here
}

/// Returns whether a text can be a name in scripts.
pub(crate) fn is_identifier(key: &str) -> bool {
    let mut chars = key.chars();
    chars
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|next| next == '_' || next.is_alphanumeric())
}

/// Returns the last part of a Rust type's path, also inside its parameters: `Vec<Bar>` for `alloc::vec::Vec<foo::Bar>`.
pub(crate) fn bare_type_name(rust_name: &str) -> String {
    let mut bare = String::with_capacity(rust_name.len());
    let mut word_start = 0;
    let mut rest = rust_name.chars().peekable();
    while let Some(next) = rest.next() {
        if next == ':' && rest.next_if_eq(&':').is_some() {
            bare.truncate(word_start);
            continue;
        }
        bare.push(next);
        if !(next == '_' || next.is_alphanumeric()) {
            word_start = bare.len();
        }
    }
    bare
}
