//! A command that was started, as scripts hold it.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use rhai::Dynamic;

use super::left::Left;
use crate::process::ExitStatus;
use crate::process::exchange::Exchange;
use crate::process::running::Running;
use crate::script::{Failure, Interp, os_failure};
use crate::stdlib::builtins::file::{Encoding, File};
use crate::sys::lock::locked;

/// What a command has printed: standard output and standard error, `()` where they are not pipes.
pub(super) type Printed = [Dynamic; 2];

/// A command that was started. Clones are the same command.
#[derive(Debug, Clone)]
pub(super) struct Popen(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    args: Dynamic,
    running: Arc<Running>,
    /// The other ends of its standard streams, where they are pipes.
    files: [Option<File>; 3],
    encoding: Option<Encoding>,
    /// Its exit code, once somebody has asked for it.
    returncode: Mutex<Option<i64>>,
    /// What `communicate` has written and read so far.
    exchange: Mutex<Option<Exchange>>,
    /// What `communicate` has returned.
    printed: Mutex<Option<Printed>>,
}

impl Popen {
    pub(super) fn new(
        interp: &Interp,
        args: Dynamic,
        running: Running,
        files: [Option<File>; 3],
        encoding: Option<Encoding>,
    ) -> Self {
        let running = Arc::new(running);
        Left::of(interp).add(running.clone());
        Self(Arc::new(Shared {
            args,
            running,
            files,
            encoding,
            returncode: Mutex::new(None),
            exchange: Mutex::new(None),
            printed: Mutex::new(None),
        }))
    }

    /// Returns a number that distinguishes it from other objects of this process.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn args(&self) -> &Dynamic {
        &self.0.args
    }

    pub(super) fn running(&self) -> &Running {
        &self.0.running
    }

    pub(super) fn encoding(&self) -> Option<&Encoding> {
        self.0.encoding.as_ref()
    }

    pub(super) fn exchange(&self) -> &Mutex<Option<Exchange>> {
        &self.0.exchange
    }

    /// Returns what `communicate` has returned.
    pub(super) fn printed(&self) -> Option<Printed> {
        locked(&self.0.printed).clone()
    }

    /// Keeps what `communicate` returns for the next call.
    pub(super) fn keep(&self, printed: Printed) {
        *locked(&self.0.printed) = Some(printed);
    }

    /// Returns the other end of a standard stream by its number, if it is a pipe.
    pub(super) fn file(&self, stream: usize) -> Option<&File> {
        self.0.files.get(stream)?.as_ref()
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.0.files.iter().flatten()
    }

    /// Returns the exit code, if somebody has asked for it since the command ended.
    pub(super) fn returncode(&self) -> Option<i64> {
        *locked(&self.0.returncode)
    }

    /// Returns the exit code if the command has ended.
    pub(super) fn poll(&self, interp: &Interp) -> Result<Option<i64>, Failure> {
        if let Some(code) = self.returncode() {
            return Ok(Some(code));
        }
        let status = self.0.running.poll().map_err(os_failure)?;
        Ok(status.map(|status| self.ended(interp, status)))
    }

    /// Waits for the end. Returns the exit code, or `None` after the deadline.
    ///
    /// # Errors
    /// The script has to stop, or a function for a signal threw.
    pub(super) fn wait(
        &self,
        interp: &Interp,
        deadline: Option<Instant>,
    ) -> Result<Option<i64>, Failure> {
        if let Some(code) = self.returncode() {
            return Ok(Some(code));
        }
        let status = interp.wait_for_command(&self.0.running, deadline)?;
        Ok(status.map(|status| self.ended(interp, status)))
    }

    /// Ends the command and everything it has started, and waits for that.
    pub(super) fn end(&self, interp: &Interp, at_once: bool) {
        self.0.running.end_and_wait(at_once);
        let _ = self.poll(interp);
    }

    fn ended(&self, interp: &Interp, status: ExitStatus) -> i64 {
        Left::of(interp).remove(&self.0.running);
        let code = status.returncode();
        *locked(&self.0.returncode) = Some(code);
        // What it printed comes before what the script prints next.
        interp.output.take_in();
        code
    }
}
