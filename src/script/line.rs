//! The line of a script that calls a native, for those who want to know where a thread waits.

use rhai::NativeCallContext;

use crate::script::interp::Interp;
use crate::sync::Caller;

/// The call of a native.
pub(crate) struct Line<'a> {
    pub interp: &'a Interp,
    pub context: &'a NativeCallContext<'a>,
}

impl Caller for Line<'_> {
    fn position(&self) -> (Option<&str>, u16) {
        let line = self.context.call_position().line().unwrap_or(0);
        (self.context.call_source(), line as u16)
    }

    fn shown(&self, file: &str) -> String {
        self.interp.program.shown(file)
    }
}
