//! A family of `family.rhai`: its start, its rounds, its members, and its end.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::ledger::{Ledger, Total};
use crate::support::capture::Capture;
use crate::support::process_table::{ProcessSet, is_running, is_seed};
use crate::support::watchdog::{Watchdog, poll};
use crate::view::{Holdings, View};

/// Nothing may take longer, on a machine with ten times as much to do as it can.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// More than any storm lasts.
const A_DAY: Duration = Duration::from_secs(86_400);

/// Shared memory of a family, in MiB.
const MEMORY: &str = "64";

pub(crate) struct Family {
    /// In reports.
    name: String,
    watchdog: Watchdog,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: Capture,
    view: View,
    pub(crate) ledger: Ledger,
    /// The processes that the storm has killed, in all rounds.
    killed: HashSet<i32>,
    /// Its holdings after a round in which nobody died.
    baseline: Option<Holdings>,
}

impl Family {
    pub(crate) fn start(name: &str, method: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/storm/family.rhai");
        let mut main = Command::new(env!("CARGO_BIN_EXE_procscript"))
            .args([
                "run",
                "--start-method",
                method,
                "--session-memory",
                MEMORY,
                script,
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(main.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines() {
                let line = line.unwrap_or_else(|error| format!("garbled: {error}"));
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let stderr = Capture::begin(main.stderr.take().unwrap());
        let stdin = main.stdin.take();
        let watchdog = Watchdog::of_group(main, A_DAY);
        let rests = lines.recv_timeout(PATIENCE);
        assert_eq!(rests.as_deref(), Ok("at rest"), "{}", stderr.text());
        let view = View::of(watchdog.pid()).expect("main has a session");
        Self {
            name: name.into(),
            watchdog,
            stdin,
            lines,
            stderr,
            view,
            ledger: Ledger::default(),
            killed: HashSet::new(),
            baseline: None,
        }
    }

    pub(crate) fn main(&self) -> i32 {
        self.watchdog.pid()
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// The processes that have not ended, without main.
    pub(crate) fn members(&self) -> Vec<i32> {
        let mut members = self.watchdog.processes();
        members.retain(|pid| *pid != self.main());
        members.sort_unstable();
        members
    }

    /// Sends a signal to a process of the family, if it is still there.
    pub(crate) fn signal(&mut self, pid: i32, signal: Signal) -> bool {
        let opened = Pid::from_raw(pid).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
        let Some(Ok(process)) = opened else {
            return false;
        };
        // Looked at once more, for the number may belong to a stranger by now. What is open stays the same process.
        if !ProcessSet::Group(self.main()).contains(pid) {
            return false;
        }
        if signal == Signal::KILL {
            self.ledger.kill(pid);
            self.killed.insert(pid);
        }
        pidfd_send_signal(&process, signal).is_ok()
    }

    /// Enters what the family has printed by then; false when it has closed its output.
    pub(crate) fn listen(&mut self, until: Instant) -> bool {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.enter(&line),
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn enter(&mut self, line: &str) {
        if let Err(fault) = self.ledger.enter(line) {
            self.fail(&fault);
        }
    }

    /// Waits for this line, entering those before it.
    pub(crate) fn wait_for(&mut self, wanted: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line == wanted => return,
                Ok(line) => self.enter(&line),
                Err(_) => self.fail(&format!("no line `{wanted}`")),
            }
        }
    }

    /// Sends main a word.
    pub(crate) fn say(&mut self, word: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        if writeln!(stdin, "{word}").is_err() {
            self.fail("main does not read its standard input");
        }
    }

    /// Begins a round.
    pub(crate) fn begin_round(&mut self) {
        self.ledger = Ledger::default();
        self.say("play");
        self.wait_for("begun");
    }

    /// Waits until every step has been done, so that a round in which nobody dies has used everything.
    pub(crate) fn wait_for_every_step(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.ledger.has_seen_every_step() {
            self.listen(Instant::now() + Duration::from_millis(10));
            if Instant::now() > deadline {
                let missing = self.ledger.missing_step(Duration::ZERO);
                self.fail(&format!("no `{}`", missing.unwrap_or_default()));
            }
        }
    }

    /// Ends a round in which nobody is suspended, and checks the books and what is left.
    pub(crate) fn end_round(&mut self) -> Total {
        let ledger = &self.ledger;
        let is_dying = |pid: &i32| ledger.has_killed(*pid);
        let deadline = Instant::now() + PATIENCE;
        let gone = || (!self.members().iter().any(is_dying)).then_some(());
        if poll(deadline, gone).is_none() {
            self.fail("a killed process does not end");
        }
        self.signal(self.main(), Signal::USR1);
        self.wait_for("at rest");
        // Orphans that a killed parent left end by themselves. The seed of main stays, with its spare.
        let nobody = || self.members().into_iter().all(is_seed);
        if poll(deadline, || nobody().then_some(())).is_none() {
            self.fail(&format!("processes are left: {:?}", self.members()));
        }
        let balanced = self.ledger.balance();
        let total = balanced.unwrap_or_else(|fault| self.fail(&fault));
        self.say("clean up");
        self.wait_for("at rest");
        self.check_holdings();
        self.check_warnings();
        total
    }

    /// Median and 99th percentile, in nanoseconds, of an item's way to a child and back, and of taking and releasing a lock.
    pub(crate) fn latencies(&mut self) -> [u64; 4] {
        self.say("latencies");
        self.wait_for("at rest");
        let found = self
            .ledger
            .end("latency")
            .and_then(|found| found.try_into().ok());
        found.unwrap_or_else(|| self.fail("main has not measured the latencies"))
    }

    /// Main's holdings after a round in which nobody died, which are the same after every other.
    pub(crate) fn baseline(&self) -> Holdings {
        self.baseline.unwrap()
    }

    fn check_holdings(&mut self) {
        let audited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.view.audit()));
        let Ok(found) = audited else {
            self.fail("the session's memory is not whole");
        };
        let baseline = *self.baseline.get_or_insert(found);
        if !found.is_same_as(baseline) {
            self.fail(&format!("left behind: {found:?}, at first {baseline:?}"));
        }
    }

    /// Standard error has nothing but warnings about holders that were killed.
    fn check_warnings(&self) {
        let is_warning = |line: &str| {
            let rest = line.strip_prefix("procscript: warning: ")?;
            let (holder, rest) = rest.split_once(") ended while it held ")?;
            let (_, pid) = holder.rsplit_once("(pid ")?;
            let is_known = self.killed.contains(&pid.parse().ok()?);
            (is_known && rest.ends_with("The data it guards may be inconsistent.")).then_some(())
        };
        for line in self.stderr.text().lines() {
            if is_warning(line).is_none() {
                self.fail(&format!("on standard error: {line}"));
            }
        }
    }

    /// Lets main end after its last round.
    pub(crate) fn end(mut self) {
        drop(self.stdin.take());
        self.wait_for("good bye");
        self.check_end(|status| status.success());
    }

    /// Kills main in the middle of a round: daemons die with it, and the others end by themselves.
    pub(crate) fn behead(mut self) {
        self.signal(self.main(), Signal::KILL);
        self.check_end(|status| status.signal() == Some(9));
    }

    /// Nothing is left once main has ended.
    fn check_end(mut self, is_right: impl Fn(std::process::ExitStatus) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let main = self.main();
        if poll(deadline, || (!is_running(main)).then_some(())).is_none() {
            self.fail("main does not end");
        }
        let status = self.watchdog.wait();
        if !status.is_some_and(is_right) {
            self.fail(&format!("main ended with {status:?}"));
        }
        let left = self.watchdog.wait_for_others(PATIENCE);
        if !left.is_empty() {
            self.fail(&format!("main has ended, but not {left:?}"));
        }
        if self.listen(deadline) || !self.stderr.wait_for_end(deadline) {
            self.fail("nobody is left, but the outputs are not closed");
        }
        self.check_warnings();
    }

    /// Fails with all there is to know, once every process is killed.
    pub(crate) fn fail(&self, why: &str) -> ! {
        let waits = self.view.describe();
        let processes = ProcessSet::Group(self.main()).describe();
        self.watchdog.kill();
        let stderr = self.stderr.text();
        panic!(
            "{}: {why}\n--- what the threads of the session do\n{waits}--- processes\n{processes}\
             --- standard error\n{stderr}---",
            self.name
        );
    }
}
