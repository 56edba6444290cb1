//! Errors as objects with a type, arguments and a traceback, under Python's names.
//!
//! A native raises with [`raise`]; a script with `throw ValueError("…")`. [`Exception::from_error`] reads Rhai's own
//! errors as the exception that Python would raise in their place.

use std::sync::Arc;

use rhai::{Array, Dynamic, EvalAltResult, Identifier, ImmutableString, Map, Position};

use crate::program::frame::Frame;
use crate::program::traceback;
use crate::script::exception_table::{THROWN, is_a, is_class};
use crate::sys::signal::Signal;
use crate::text::{quoted, repr_of, str_of};

/// Why a native did not return: an error for Rhai.
pub(crate) type Failure = Box<EvalAltResult>;

/// An exception object.
#[derive(Debug, Clone)]
pub(crate) struct Exception(Arc<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    kind: ImmutableString,
    /// The classes that a class of the script is derived from, the nearest first; the last is one of Python's.
    bases: Vec<ImmutableString>,
    args: Array,
    /// What the script has set.
    attributes: Map,
    /// How many exceptions are inside the arguments and attributes, each counted as often as it is there.
    inside: usize,
    /// The frames it passed through; empty until they are recorded.
    frames: Vec<Frame>,
    /// The frames that it passed through in another process, which come after those of this one.
    beyond: Vec<Frame>,
    /// A hint from the code that raised it; scripts do not see it.
    help: Option<String>,
}

impl Exception {
    pub(crate) fn new(kind: impl Into<ImmutableString>, args: Array) -> Self {
        Self(Arc::new(Parts {
            kind: kind.into(),
            bases: Vec::new(),
            inside: exceptions_among(&args),
            args,
            attributes: Map::new(),
            frames: Vec::new(),
            beyond: Vec::new(),
            help: None,
        }))
    }

    /// Returns the same exception with a hint for its report.
    pub(crate) fn with_help(&self, help: String) -> Self {
        Self(Arc::new(Parts {
            help: Some(help),
            ..(*self.0).clone()
        }))
    }

    /// Returns the hint, if there is one.
    pub(crate) fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Returns an exception that another process has thrown, as it is thrown on here: its frames stay the innermost.
    pub(crate) fn beyond_here(&self) -> Self {
        Self(Arc::new(Parts {
            beyond: self.0.frames.clone(),
            ..(*self.0).clone()
        }))
    }

    /// Returns the same exception with these frames.
    pub(crate) fn with_frames(&self, mut frames: Vec<Frame>) -> Self {
        frames.extend_from_slice(&self.0.beyond);
        Self(Arc::new(Parts {
            frames,
            ..(*self.0).clone()
        }))
    }

    /// Returns an exception of a class of the script, which is derived from these.
    pub(crate) fn derived(&self, bases: Vec<ImmutableString>) -> Self {
        Self(Arc::new(Parts {
            bases,
            ..(*self.0).clone()
        }))
    }

    /// Returns the same exception with these attributes.
    pub(crate) fn with_attributes(&self, attributes: Map) -> Self {
        let among = [
            exceptions_among(&self.0.args),
            exceptions_among(attributes.values()),
        ];
        Self(Arc::new(Parts {
            inside: among[0].saturating_add(among[1]),
            attributes,
            ..(*self.0).clone()
        }))
    }

    /// Gives the exception a class of the script, which is derived from the one that it had.
    pub(crate) fn set_kind(&mut self, kind: ImmutableString) {
        if kind == self.0.kind {
            return;
        }
        let parts = Arc::make_mut(&mut self.0);
        let base = std::mem::replace(&mut parts.kind, kind);
        if !parts.bases.contains(&base) {
            parts.bases.insert(0, base);
        }
    }

    /// Sets an attribute. Other copies of the exception keep what they have.
    ///
    /// # Errors
    /// There are too many exceptions inside then.
    pub(crate) fn set(&mut self, name: &str, value: Dynamic) -> Result<(), Failure> {
        let is_args = name == "args";
        let args: &[Dynamic] = if is_args { &[] } else { &self.0.args };
        let attributes = self.0.attributes.iter();
        let kept = attributes.filter_map(|(known, value)| (known != name).then_some(value));
        let inside = exceptions_among(args.iter().chain(kept).chain([&value]));
        check_inside(inside)?;
        let parts = Arc::make_mut(&mut self.0);
        parts.inside = inside;
        match is_args {
            true => parts.args = value.into_array().unwrap_or_default(),
            false => drop(parts.attributes.insert(Identifier::from(name), value)),
        }
        Ok(())
    }

    /// Returns what the script has set.
    pub(crate) fn attributes(&self) -> &Map {
        &self.0.attributes
    }

    /// Returns the classes that a class of the script is derived from, the nearest first.
    pub(crate) fn bases(&self) -> &[ImmutableString] {
        &self.0.bases
    }

    /// Returns whether it is an instance of a class.
    pub(crate) fn is_instance(&self, class: &str) -> bool {
        self.0.bases.iter().any(|base| base == class)
            || is_a(self.python_kind(), class)
            || self.0.kind == class
    }

    /// Returns the class of Python's that it belongs to: what decides how it behaves, whatever class of the script it has.
    pub(crate) fn python_kind(&self) -> &str {
        self.0.bases.last().unwrap_or(&self.0.kind)
    }

    /// Returns the name of its class, which may be one of the script: `ValueError`.
    pub(crate) fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Returns what tells the exception from others that are alive.
    pub(crate) fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    /// Returns the arguments and the attributes.
    pub(crate) fn contents(&self) -> impl Iterator<Item = &Dynamic> {
        self.0.args.iter().chain(self.0.attributes.values())
    }

    pub(crate) fn args(&self) -> &Array {
        &self.0.args
    }

    /// Returns how many exceptions are inside the arguments, each counted as often as it is there: copies share them, so a short script
    /// can make more than a machine can count, send or compare.
    pub(crate) fn inside(&self) -> usize {
        self.0.inside
    }

    /// Returns the frames it passed through; empty until they are recorded.
    pub(crate) fn frames(&self) -> &[Frame] {
        &self.0.frames
    }

    /// Returns the frames as Python prints them.
    pub(crate) fn traceback(&self) -> String {
        traceback::render(self.frames())
    }

    /// Returns Python's `str(e)`.
    pub(crate) fn message(&self) -> String {
        let custom = |_: &Dynamic| None;
        match self.0.args.as_slice() {
            [] => String::new(),
            // What else there is are properties: process, exit code and task; pattern and position.
            [text, ..] if matches!(self.python_kind(), "WorkerLost" | "PatternError") => {
                str_of(text, &custom)
            }
            [key] if self.python_kind() == "KeyError" => repr_of(key, &custom),
            [code, command, ..] if self.python_kind() == "CalledProcessError" => {
                let command = str_of(command, &custom);
                format!("Command '{command}' {}", how_it_ended(code))
            }
            [command, timeout, ..] if self.python_kind() == "TimeoutExpired" => {
                let (command, timeout) = (str_of(command, &custom), str_of(timeout, &custom));
                format!("Command '{command}' timed out after {timeout} seconds")
            }
            [one] => str_of(one, &custom),
            [code, text] if is_a(self.python_kind(), "OSError") => {
                format!(
                    "[Errno {}] {}",
                    str_of(code, &custom),
                    str_of(text, &custom)
                )
            }
            [code, text, path] if is_a(self.python_kind(), "OSError") => {
                let (code, text) = (str_of(code, &custom), str_of(text, &custom));
                format!("[Errno {code}] {text}: {}", repr_of(path, &custom))
            }
            // An operation with two paths, such as renaming.
            [code, text, path, _, second] if is_a(self.python_kind(), "OSError") => {
                let (code, text) = (str_of(code, &custom), str_of(text, &custom));
                let (path, second) = (repr_of(path, &custom), repr_of(second, &custom));
                format!("[Errno {code}] {text}: {path} -> {second}")
            }
            many => {
                let items: Vec<_> = many.iter().map(|v| repr_of(v, &custom)).collect();
                format!("({})", items.join(", "))
            }
        }
    }

    /// Returns the first line of a report: `ValueError: bad`.
    pub(crate) fn headline(&self) -> String {
        crate::program::diagnostic::headline(self.kind(), &self.message())
    }

    /// Returns Python's `repr(e)`.
    pub(crate) fn repr(&self) -> String {
        let custom = |_: &Dynamic| None;
        let items: Vec<_> = self
            .shown_args()
            .iter()
            .map(|v| repr_of(v, &custom))
            .collect();
        format!("{}({})", self.kind(), items.join(", "))
    }

    /// Returns the arguments as scripts see them. The output of a command is a property instead.
    pub(crate) fn shown_args(&self) -> &[Dynamic] {
        match self.0.args.as_slice() {
            [_, _, _, _] if is_a(self.python_kind(), "SubprocessError") => &self.0.args[..2],
            all => all,
        }
    }
}

/// Returns how a command has failed, as Python says it.
fn how_it_ended(code: &Dynamic) -> String {
    let code = code.as_int().unwrap_or_default();
    if code >= 0 {
        return format!("returned non-zero exit status {code}.");
    }
    let signal = i32::try_from(-code).ok();
    match signal.and_then(|signal| Signal::try_from(signal).ok()) {
        Some(signal) => format!("died with <Signals.{}: {}>.", signal.as_str(), -code),
        None => format!("died with unknown signal {}.", -code),
    }
}

/// The most exceptions inside one that a script makes.
const MOST_INSIDE: usize = 10_000;

/// Refuses more exceptions inside one than a script may make.
pub(crate) fn check_inside(inside: usize) -> Result<(), Failure> {
    if inside > MOST_INSIDE {
        let text = format!("an exception cannot contain more than {MOST_INSIDE} others");
        return Err(raise("RecursionError", text));
    }
    Ok(())
}

fn exceptions_among<'v>(values: impl IntoIterator<Item = &'v Dynamic>) -> usize {
    let counts = values.into_iter().map(exceptions_in);
    counts.fold(0, usize::saturating_add)
}

/// Returns how many exceptions a value is or has inside, each counted as often as it is there.
pub(crate) fn exceptions_in(value: &Dynamic) -> usize {
    if let Some(exception) = value.read_lock::<Exception>() {
        exception.inside().saturating_add(1)
    } else if let Some(items) = value.read_lock::<Array>() {
        exceptions_among(items.iter())
    } else if let Some(entries) = value.read_lock::<Map>() {
        exceptions_among(entries.values())
    } else {
        0
    }
}

/// Returns the exception that such a name means.
pub(crate) fn thrown(name: &str) -> Option<Exception> {
    let class = name.strip_suffix(THROWN).filter(|class| is_class(class))?;
    Some(Exception::new(class, vec![]))
}

/// Returns exception `kind` with `message`, as an error for Rhai.
pub(crate) fn raise(kind: &'static str, message: impl Into<ImmutableString>) -> Failure {
    throw(Exception::new(kind, vec![Dynamic::from(message.into())]))
}

/// Returns an exception without a message, such as `Empty`, as an error for Rhai.
pub(crate) fn raise_bare(kind: &'static str) -> Failure {
    throw(Exception::new(kind, vec![]))
}

/// Returns a `KeyError` for a missing key.
pub(crate) fn no_key(key: Dynamic) -> Failure {
    throw(Exception::new("KeyError", vec![key]))
}

/// Returns an operating-system error, as the subclass of `OSError` Python gives it.
pub(crate) fn raise_os(error: &std::io::Error, path: Option<&str>) -> Failure {
    throw(os_error(error, path))
}

/// As [`raise_os`], for an operation without a path.
pub(crate) fn os_failure(error: std::io::Error) -> Failure {
    raise_os(&error, None)
}

/// Returns an operating-system error as an exception object.
pub(crate) fn os_error(error: &std::io::Error, path: Option<&str>) -> Exception {
    use std::io::ErrorKind as Kind;
    let kind = match error.kind() {
        Kind::NotFound => "FileNotFoundError",
        Kind::PermissionDenied => "PermissionError",
        Kind::AlreadyExists => "FileExistsError",
        Kind::IsADirectory => "IsADirectoryError",
        Kind::NotADirectory => "NotADirectoryError",
        Kind::BrokenPipe => "BrokenPipeError",
        Kind::ConnectionRefused => "ConnectionRefusedError",
        Kind::ConnectionReset => "ConnectionResetError",
        Kind::ConnectionAborted => "ConnectionAbortedError",
        Kind::Interrupted => "InterruptedError",
        Kind::TimedOut => "TimeoutError",
        Kind::OutOfMemory => "MemoryError",
        Kind::WouldBlock => "BlockingIOError",
        _ => match error.raw_os_error() {
            Some(3) => "ProcessLookupError",
            Some(10) => "ChildProcessError",
            _ => "OSError",
        },
    };
    let mut args: Array = Vec::new();
    if let Some(code) = error.raw_os_error() {
        args.push(Dynamic::from_int(i64::from(code)));
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or(&text).to_string();
        args.push(text.into());
        args.extend(path.map(|p| Dynamic::from(p.to_string())));
    } else {
        let path = path.map_or_else(String::new, |path| format!(": {}", quoted(path)));
        args.push(format!("{error}{path}").into());
    }
    Exception::new(kind, args)
}

/// Throws an exception object; Rhai fills in the position of the call.
pub(crate) fn throw(exception: Exception) -> Failure {
    EvalAltResult::ErrorRuntime(Dynamic::from(exception), Position::NONE).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_an_exception_is_counted_as_often_as_it_is_there() {
        let of = |args: Array| Exception::new("ValueError", args);
        let twice = (0..10).fold(of(vec![]), |inside, _| {
            let inside = Dynamic::from(inside);
            of(vec![inside.clone(), vec![inside].into()])
        });
        assert_eq!(twice.inside(), 2046);
        let endless = (0..100).fold(twice, |inside, _| {
            let inside = Dynamic::from(inside);
            of(vec![inside.clone(), inside])
        });
        assert_eq!(endless.inside(), usize::MAX);
    }
}
