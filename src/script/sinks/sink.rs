//! A sink: where a host sends the output of its scripts.

use std::fmt;
use std::io::{self, Write};

/// The longest line, in bytes, that is kept whole: what prints no line ends must not use up the memory.
pub(super) const LINE_MAX: usize = 16 << 20;

/// Where the text of scripts goes instead of the process's standard output or standard error: see
/// [`Builder::stdout`](crate::Builder::stdout) and [`Builder::stderr`](crate::Builder::stderr).
///
/// Anything that is `Write + Send + 'static` becomes one by itself: a [`Capture`](crate::Capture), a file, a socket,
/// `std::io::sink()` for nowhere. [`Sink::lines`] makes one of a closure.
///
/// It is written to from whichever thread runs a script and from a thread of the runtime's, by one at a time: a piece of
/// text, which is whole lines unless a script has flushed the beginning of one or has printed more than 1 MiB (a child: 16 MiB)
/// without a line end, then a flush. While it is, everybody who
/// prints to this runtime waits. A script of the same runtime that it runs cannot print: that is an `OSError`.
///
/// An error that it returns is the script's, as if its output were closed or its disk full: a
/// [`BrokenPipe`](io::ErrorKind::BrokenPipe) ends the script, and its children at their next line: `eval` returns an
/// [`Error::Failed`](crate::Error::Failed) of the kind `BrokenPipeError`, and `run_main` ends the family quietly with exit code 141;
/// any other is an `OSError` in `print`. When the sink refuses a child's output, the error goes to the runtime's own
/// script at its next `print` or its end. A sink that panics is not called again: each later `print` is an `OSError`,
/// and children find their output closed.
///
/// # Example
/// Pass each line to a logger, and discard errors:
/// ```
/// let (lines, received) = std::sync::mpsc::channel();
/// let runtime = procscript::Runtime::builder()
///     .stdout(procscript::Sink::lines(move |line| drop(lines.send(format!("script: {line}")))))
///     .stderr(std::io::sink())
///     .build().unwrap();
/// runtime.run_main(procscript::Script::from_text("hello", r#"print("one\ntwo"); throw 1"#));
/// assert_eq!(received.iter().collect::<Vec<_>>(), ["script: one", "script: two"]);
/// ```
pub struct Sink(Way);

enum Way {
    Write(Box<dyn Write + Send>),
    Lines {
        each: Box<dyn FnMut(&str) + Send>,
        /// The beginning of a line.
        begun: Vec<u8>,
    },
}

impl Sink {
    /// Calls `each` with every line, without its line end.
    ///
    /// A line that a script has flushed before its end waits for the end; the last one of a program needs none. A line of more than
    /// 16 MiB comes in pieces. Bytes that are not UTF-8, which commands may print, become `U+FFFD`.
    pub fn lines(each: impl FnMut(&str) + Send + 'static) -> Self {
        Self(Way::Lines {
            each: Box::new(each),
            begun: Vec::new(),
        })
    }

    /// Writes `bytes` to the sink.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.0 {
            Way::Write(writer) => {
                writer.write_all(bytes)?;
                writer.flush()
            }
            Way::Lines { each, begun } => {
                for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
                    begun.extend_from_slice(piece);
                    if let Some(line) = begun.strip_suffix(b"\n") {
                        each(&String::from_utf8_lossy(line));
                        begun.clear();
                    } else if begun.len() > LINE_MAX {
                        let rest = begun.split_off(whole_characters(begun));
                        each(&String::from_utf8_lossy(begun));
                        *begun = rest;
                    }
                }
                Ok(())
            }
        }
    }

    /// Nothing more can complete the line.
    pub(super) fn finish(&mut self) {
        if let Way::Lines { each, begun } = &mut self.0
            && !begun.is_empty()
        {
            each(&String::from_utf8_lossy(&std::mem::take(begun)));
        }
    }
}

/// Returns the length of `bytes` without an incomplete character at their end.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

impl<W: Write + Send + 'static> From<W> for Sink {
    fn from(writer: W) -> Self {
        Self(Way::Write(Box::new(writer)))
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}
