//! The end of a session.

use super::Interactive;

/// How a session ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finished {
    /// The exit code: that of `exit()`, else 0.
    pub code: i32,
    /// Children that were still running and were ended, daemons left out: `Process-1 (pid 12)`.
    pub ended: Vec<String>,
}

impl Interactive {
    /// Forgets variables, functions, constants and imports, and ends the children.
    pub fn reset(&mut self) {
        self.runtime.host.family.finish(&self.runtime.host, true);
        self.runtime.host.program.forget_inputs();
        self.begin();
    }

    /// Ends the session: children that still run are terminated, and killed if they do not listen.
    ///
    /// Nothing is asked and nobody stays behind. A script's end would join children that are no daemons.
    pub fn finish(self) -> Finished {
        let host = &self.runtime.host;
        host.family.finish(host, true);
        host.leave(self.code, false);
        Finished {
            code: self.code,
            ended: Vec::new(),
        }
    }
}
