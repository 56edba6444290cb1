//! What the processes and threads of the program do, as one of them sees it.

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use rhai::Position;

use crate::diagnose::{self, Family, Here};
use crate::program::visible::visible_name;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::sync::{CallSite, Session};
use crate::sys::clock::now_ns;
use crate::sys::signal::Signal;
use crate::sys::{self, identity, interrupt};

/// A signal to a whole group of processes reaches them within this time, in nanoseconds: one of them answers for all.
const ONE_SIGNAL_NS: u64 = 500_000_000;

/// How long a report waits for threads that compute to say where they are, in nanoseconds. One that is in a long call of a native says nothing.
const PATIENCE_NS: u64 = 100_000_000;

/// How long the request stays, for threads that get to a line later.
const REQUEST_NS: u64 = 2 * PATIENCE_NS;

thread_local! {
    /// The request that this thread answered last.
    static TOLD: Cell<u64> = const { Cell::new(0) };
}

impl Interp {
    /// Reads what all processes and threads of the program do, which say where they are. A program that has no session gets one.
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
            asked_ns: self.ask_for_places(&session),
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

    /// Asks all threads that compute, in this process and others, where they are, and waits a moment for the answers. Returns since when.
    fn ask_for_places(&self, session: &Session) -> u64 {
        let since = now_ns();
        let mut asked = Vec::new();
        // A host decides about signals of its own.
        if self.owns_signals() {
            interrupt::ask_for_places();
            asked = session.members_that_compute();
            // It would answer when it goes on, whenever that is.
            asked.retain(|(_, pid)| !diagnose::is_stopped(*pid));
            for (_, pid) in &asked {
                sys::signal::ask_for_places(pid.cast_signed(), Signal::SIGQUIT);
            }
        }
        let end = since + PATIENCE_NS;
        while session.awaits_places(&asked, since) && now_ns() < end && self.owns_signals() {
            thread::sleep(Duration::from_millis(1));
        }
        since
    }

    /// Notes where the calling thread is, if that is known and it has not done so since it was asked.
    pub(super) fn tell_place(&self) {
        let asked = interrupt::places_asked();
        if now_ns() > asked + REQUEST_NS {
            return interrupt::forget_places(asked);
        }
        let Some(session) = self.existing_session().filter(|_| TOLD.get() != asked) else {
            return;
        };
        let site = CallSite::now(session.segment());
        if site != CallSite::default()
            && let Ok(thread) = session.thread()
        {
            thread.note_place(site);
            TOLD.set(asked);
        }
    }

    /// Notes in the session, if there is one, whether SIGQUIT makes this process report.
    pub(crate) fn publish_answers(&self) {
        if let Some(session) = self.existing_session() {
            session
                .set_answers(self.owns_signals() && sys::signal::asks_for_report(Signal::SIGQUIT));
        }
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
