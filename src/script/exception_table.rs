//! The classes of exceptions, and which is derived from which.

/// The exceptions that exist, each with the class it derives from.
pub(crate) const CLASSES: &[(&str, &str)] = &[
    ("Exception", ""),
    ("ArgumentError", "Exception"),
    ("ArgumentTypeError", "Exception"),
    ("ArithmeticError", "Exception"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("AuthenticationError", "ProcessError"),
    ("BlockingIOError", "OSError"),
    ("BrokenBarrierError", "RuntimeError"),
    ("BrokenExecutor", "RuntimeError"),
    ("BrokenPipeError", "ConnectionError"),
    ("BrokenProcessPool", "BrokenExecutor"),
    ("BrokenThreadPool", "BrokenExecutor"),
    ("BufferTooShort", "ProcessError"),
    ("CalledProcessError", "SubprocessError"),
    ("CancelledError", "Exception"),
    ("ChildProcessError", "OSError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionError", "OSError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("DataRaceError", "RuntimeError"),
    ("DeadlockError", "RuntimeError"),
    ("EOFError", "Exception"),
    ("Empty", "Exception"),
    ("Error", "Exception"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("FloatingPointError", "ArithmeticError"),
    ("Full", "Exception"),
    ("ImportError", "Exception"),
    ("IndexError", "LookupError"),
    ("InterruptedError", "OSError"),
    ("InvalidStateError", "Exception"),
    ("IsADirectoryError", "OSError"),
    ("JSONDecodeError", "ValueError"),
    ("KeyError", "LookupError"),
    ("KeyboardInterrupt", ""),
    ("LeaseLost", "RuntimeError"),
    ("LookupError", "Exception"),
    ("MaybeEncodingError", "Exception"),
    ("MemoryError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("NameError", "Exception"),
    ("NotADirectoryError", "OSError"),
    ("NotImplementedError", "RuntimeError"),
    ("OSError", "Exception"),
    ("OverflowError", "ArithmeticError"),
    ("PatternError", "Exception"),
    ("PermissionError", "OSError"),
    ("ProcessError", "Exception"),
    ("ProcessLookupError", "OSError"),
    ("RecursionError", "RuntimeError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("SameFileError", "OSError"),
    ("ShutDown", "Exception"),
    ("StopIteration", "Exception"),
    ("SubprocessError", "Exception"),
    ("SyntaxError", "Exception"),
    ("SystemError", "Exception"),
    ("SystemExit", ""),
    ("TimeoutError", "OSError"),
    ("TimeoutExpired", "SubprocessError"),
    ("TypeError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("UnicodeDecodeError", "ValueError"),
    ("UnicodeEncodeError", "ValueError"),
    ("UnicodeError", "ValueError"),
    ("UnsupportedOperation", "OSError"),
    ("ValueError", "Exception"),
    ("WorkerLost", "RuntimeError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("gaierror", "OSError"),
];

/// Returns whether there is a class of exceptions of this name.
pub(crate) fn is_class(name: &str) -> bool {
    CLASSES.iter().any(|(known, _)| *known == name)
}

/// The end of the name as which a class is read that is thrown without brackets: no script can spell it.
pub(crate) const THROWN: char = ' ';

/// Returns whether exception class `kind` is `class` or derives from it.
pub(crate) fn is_a(kind: &str, class: &str) -> bool {
    let mut kind = kind;
    loop {
        if kind == class || class == "BaseException" || also_is(kind, class) {
            return true;
        }
        match CLASSES.iter().find(|(name, _)| *name == kind) {
            Some((_, parent)) if !parent.is_empty() => kind = parent,
            Some(_) => return false,
            // A script's own type is an Exception.
            None => return class == "Exception",
        }
    }
}

/// Returns whether `class` is the second parent of the one class that has two.
fn also_is(kind: &str, class: &str) -> bool {
    kind == "UnsupportedOperation" && class == "ValueError"
}
