//! A run of the command in progress: what it prints, what it is sent, how it ends.

use std::io::Write;
use std::process::{ChildStdin, ExitStatus};
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::capture::Capture;
use super::output::Output;
use super::process_table::{PidRange, is_asleep, is_seed};
use super::watchdog::{Watchdog, poll};

/// A run in progress. Dropped before its end, it is killed with all its processes.
#[derive(Debug)]
pub(crate) struct Running {
    pub(super) watchdog: Watchdog,
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: Capture,
    pub(super) stderr: Capture,
    pub(super) _directory: TempDir,
}

impl Running {
    /// The number of the main process, which is that of the group too.
    pub(crate) fn pid(&self) -> i32 {
        self.watchdog.pid()
    }

    /// The numbers of the processes of this run, without seeds and their spares.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let all = self.watchdog.processes().into_iter();
        all.filter(|pid| !is_seed(*pid)).collect()
    }

    /// The numbers of the seeds of this run, and of their spares.
    pub(crate) fn seeds(&self) -> Vec<i32> {
        let all = self.watchdog.processes().into_iter();
        all.filter(|pid| is_seed(*pid)).collect()
    }

    /// Waits until standard output has a line that begins with `start`, and gives the rest of that line.
    pub(crate) fn wait_for_line(&self, start: &str) -> String {
        let found = |text: &str| {
            let complete = text.rsplit_once('\n')?.0;
            complete
                .lines()
                .find_map(|line| line.strip_prefix(start))
                .map(str::to_string)
        };
        self.stdout
            .wait_for(self.watchdog.deadline(), found)
            .unwrap_or_else(|| self.give_up(&format!("no line `{start}`")))
    }

    /// Waits until standard output has `count` lines.
    pub(crate) fn wait_for_lines(&self, count: usize) {
        let enough = |text: &str| (text.matches('\n').count() >= count).then_some(());
        self.stdout
            .wait_for(self.watchdog.deadline(), enough)
            .unwrap_or_else(|| self.give_up(&format!("not {count} lines")));
    }

    /// A line of standard output, counted from 0.
    pub(crate) fn line(&self, index: usize) -> String {
        let text = self.stdout.text();
        text.lines().nth(index).unwrap_or_default().to_string()
    }

    /// Waits until standard output is as `is_wanted` says.
    pub(crate) fn wait_for_output(&self, what: &str, is_wanted: impl Fn(&str) -> bool) {
        let found = |text: &str| is_wanted(text).then_some(());
        self.stdout
            .wait_for(self.watchdog.deadline(), found)
            .unwrap_or_else(|| self.give_up(&format!("standard output is not {what}")));
    }

    /// Waits until standard error contains `part`.
    pub(crate) fn wait_for_stderr(&self, part: &str) {
        let found = |text: &str| text.contains(part).then_some(());
        self.stderr
            .wait_for(self.watchdog.deadline(), found)
            .unwrap_or_else(|| self.give_up(&format!("no `{part}`")));
    }

    /// What it has printed on standard error so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Writes to the standard input of an interactive run.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.stdin
            .as_mut()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// Waits until `condition` holds.
    pub(crate) fn wait_until(&self, what: &str, condition: impl Fn() -> bool) {
        poll(self.watchdog.deadline(), || condition().then_some(()))
            .unwrap_or_else(|| self.give_up(what));
    }

    /// Sends a signal to the main process only.
    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Sends a signal to every process of the run, as a terminal does for Ctrl-C.
    pub(crate) fn signal_all(&self, signal: Signal) {
        killpg(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Sends Ctrl-C to every process: the main process ends with one report, and 130.
    pub(crate) fn interrupt(self) -> Output {
        self.signal_all(Signal::SIGINT);
        let output = self.finish();
        let stderr = &output.stderr;
        assert_eq!(output.code(), 130, "{}\n{stderr}", output.stdout);
        assert!(stderr.starts_with("KeyboardInterrupt\n"), "{stderr}");
        let reports = stderr.matches("KeyboardInterrupt").count();
        assert_eq!(reports, 1, "{stderr}");
        output
    }

    /// As [`interrupt`](Self::interrupt); the report shows the line that the main process was at.
    pub(crate) fn interrupt_at(self, line: &str) -> Output {
        let output = self.interrupt();
        let count = output.stderr.matches(&format!(" | {line}\n")).count();
        assert_eq!(count, 1, "{}", output.stderr);
        output
    }

    /// Waits until the main process waits for something.
    pub(crate) fn wait_until_asleep(&self) {
        self.wait_until("the main process does not wait", || is_asleep(self.pid()));
    }

    /// Waits for the end of the main process: then no other process of the run is left.
    pub(crate) fn finish(self) -> Output {
        self.finish_within(Duration::ZERO)
    }

    /// As [`finish`](Self::finish) for a main process that cannot wait for the others: they end within `patience`.
    pub(crate) fn finish_within(mut self, patience: Duration) -> Output {
        let status = self.wait_for_main();
        // Taken before the pipes are closed: all numbers of this run have been given away by now.
        let left = self.watchdog.wait_for_others(patience);
        if !left.is_empty() {
            self.give_up(&format!(
                "the main process has ended ({status}), but not {left:?}"
            ));
        }
        let end = |text: &str, capture: &Capture| {
            assert!(
                capture.wait_for_end(self.watchdog.deadline()),
                "nobody is left, but {text} is not closed"
            );
            capture.text()
        };
        Output {
            stdout: end("standard output", &self.stdout),
            stderr: end("standard error", &self.stderr),
            status,
            pids: PidRange::since(self.pid()),
        }
    }

    /// Waits for the end of the main process; the others are the caller's business.
    pub(crate) fn wait_for_main(&mut self) -> ExitStatus {
        let ended = self.watchdog.wait();
        ended.unwrap_or_else(|| self.give_up("the run takes too long"))
    }

    /// Fails the test with all there is to know, once every process is killed.
    fn give_up(&self, why: &str) -> ! {
        let doing = self.watchdog.kill();
        let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
        panic!(
            "{why}\n--- processes\n{doing}--- standard output\n{stdout}--- standard error\n{stderr}---"
        );
    }
}
