//! A destination that keeps the text for the host.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use crate::sys::lock::locked;

/// Keeps what scripts print. A clone is another handle of the same text.
///
/// # Example
/// ```
/// let printed = procscript::Capture::new();
/// let runtime = procscript::Runtime::builder().stdout(printed.clone()).build().unwrap();
/// runtime.run_main(procscript::Script::from_text("hello", r#"print("hello")"#));
/// assert_eq!(printed.text(), "hello\n");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    /// Creates an empty capture.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns everything that was printed so far and not [taken](Self::take). Bytes that are no UTF-8, which only commands of
    /// `os.system` and `subprocess` print, become `U+FFFD`.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&locked(&self.0)).into_owned()
    }

    /// As [`text`](Self::text), and forgets it.
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *locked(&self.0));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
