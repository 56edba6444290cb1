//! What the processes and threads of the program do, as one of them sees it.

use rhai::Position;

use crate::diagnose::{self, Family, Here};
use crate::program::visible::visible_name;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::sync::CallSite;
use crate::sys::identity;

/// A signal to a whole group of processes reaches them within this time, in nanoseconds: one of them answers for all.
const ONE_SIGNAL_NS: u64 = 500_000_000;

impl Interp {
    /// Reads what all processes and threads of the program do. A program that has no session gets one.
    ///
    /// # Errors
    /// `OSError` when the kernel gives no memory for it.
    pub(crate) fn family(&self) -> Result<Family, Failure> {
        let session = self.session()?;
        // A thread that has not used the session before is shown as well.
        let _ = session.thread();
        let here = Here {
            tid: identity::thread_id(),
            site: CallSite::now(session.segment()),
        };
        let mut family = diagnose::read(session.segment(), Some(here));
        if self.is_under_host() || !self.owns_signals() {
            // The arguments of a host are not its scripts' business.
            family.command.clear();
        }
        family.name_functions(|file, line| self.function_at(file, line));
        Ok(family)
    }

    /// Returns the function around a line of a file that reports show under this name; empty if there is no such file.
    fn function_at(&self, shown: &str, line: u16) -> String {
        let source = self.program.source_shown(shown);
        source.map_or_else(String::new, |source| {
            self.program
                .function_around(&source.name, Position::new(line, 1))
        })
    }

    /// Answers SIGQUIT: prints what the program does on standard error. If several processes get the signal at once, one of them answers.
    pub(crate) fn answer_quit(&self) {
        let Ok(session) = self.session() else { return };
        if !session.takes_turn_to_dump(ONE_SIGNAL_NS) {
            return;
        }
        if let Ok(family) = self.family() {
            let pid = identity::process_id();
            let me = family.processes.iter().find(|process| process.pid == pid);
            let name = me.map_or_else(String::new, |process| visible_name(&process.name));
            let text = format!(
                "procscript: {name} (pid {pid}) got SIGQUIT\n{}\n",
                family.dump()
            );
            let _ = self.output.error(&text);
        }
    }
}
