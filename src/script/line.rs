//! The line of a script that a thread is at, for those who want to know where it waits.

use rhai::{NativeCallContext, Position};

use crate::script::interp::Interp;
use crate::sync::Caller;

/// The call of a native.
pub(crate) struct Line<'a> {
    pub interp: &'a Interp,
    pub context: &'a NativeCallContext<'a>,
}

impl Caller for Line<'_> {
    fn position(&self) -> (Option<&str>, u16) {
        (
            self.context.call_source(),
            line(self.context.call_position()),
        )
    }

    fn shown(&self, file: &str) -> String {
        self.interp.program.shown(file)
    }
}

/// Something else than a call.
pub(crate) struct Spot<'a> {
    pub interp: &'a Interp,
    pub file: Option<&'a str>,
    pub at: Position,
}

impl Caller for Spot<'_> {
    fn position(&self) -> (Option<&str>, u16) {
        (self.file, line(self.at))
    }

    fn shown(&self, file: &str) -> String {
        self.interp.program.shown(file)
    }
}

fn line(position: Position) -> u16 {
    // Rhai counts lines in as many bits.
    position.line().unwrap_or(0) as u16
}
