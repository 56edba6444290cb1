//! The test's end of a driven program.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::program::{ANSWER, WORD};
use super::support::process_table::{ProcessSet, is_asleep, is_pending, is_running};
use super::support::watchdog::poll;

/// How long an answer may take before the test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A driven program.
pub(crate) struct Prompt {
    pub(crate) child: Child,
    commands: Option<ChildStdin>,
    lines: Receiver<String>,
    /// What was printed before the last answer.
    pub(crate) printed: Vec<String>,
}

/// Whether the process exists and has not ended.
pub(crate) fn is_alive(pid: &str) -> bool {
    is_running(pid.parse().unwrap())
}

/// Waits until the processes have ended.
pub(crate) fn assert_ended<'p>(pids: impl IntoIterator<Item = &'p str>) {
    let deadline = Instant::now() + PATIENCE;
    for pid in pids {
        let ended = poll(deadline, || (!is_alive(pid)).then_some(()));
        assert!(ended.is_some(), "{pid} still runs");
    }
}

/// Runs a test with a fresh program under each start method.
pub(crate) fn under_both(test: impl Fn(&mut Prompt)) {
    for method in ["fork", "spawn"] {
        let mut prompt = Prompt::start(method);
        test(&mut prompt);
    }
}

impl Prompt {
    pub(crate) fn start(method: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([WORD, method])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // The group that a terminal would send Ctrl-C to.
            .process_group(0)
            .spawn()
            .unwrap();
        let commands = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines() {
                let _ = sender.send(line.unwrap_or_default());
            }
        });
        Self {
            child,
            commands,
            lines,
            printed: Vec::new(),
        }
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn command(&mut self, command: &str, text: &str) -> String {
        self.send(command, text);
        self.answer()
    }

    pub(crate) fn send(&mut self, command: &str, text: &str) {
        let commands = self.commands.as_mut().unwrap();
        writeln!(commands, "{command} {}", text.replace('\n', "¶")).unwrap();
    }

    /// The next answer; what is printed before it is kept in `printed`.
    pub(crate) fn answer(&mut self) -> String {
        self.printed.clear();
        loop {
            let line = self.line();
            match line.strip_prefix(ANSWER) {
                Some(answer) => return answer.replace('¶', "\n"),
                None => self.printed.push(line),
            }
        }
    }

    /// The next line that is printed.
    pub(crate) fn line(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("no answer came")
    }

    pub(crate) fn enter(&mut self, text: &str) -> String {
        self.command("enter", text)
    }

    /// Has a line run, sends Ctrl-C to the whole group as a terminal does, and gives the answer.
    pub(crate) fn interrupt_running(&mut self, line: &str) -> String {
        self.run(line);
        self.signal_group(Signal::SIGINT);
        self.answer()
    }

    /// As [`interrupt_running`](Self::interrupt_running), when the line waits for something.
    pub(crate) fn interrupt_waiting(&mut self, line: &str) -> String {
        self.signal_waiting(line, Signal::SIGINT)
    }

    /// Has a line run until it waits for something, sends a signal to the whole group, and gives the answer.
    pub(crate) fn signal_waiting(&mut self, line: &str, signal: Signal) -> String {
        self.run(line);
        let pid = self.child.id().cast_signed();
        let asleep = poll(Instant::now() + PATIENCE, || is_asleep(pid).then_some(()));
        assert!(asleep.is_some(), "the line does not wait: {line}");
        self.signal_group(signal);
        self.answer()
    }

    /// Enters a line, and waits until it runs.
    pub(crate) fn run(&mut self, line: &str) {
        self.send("enter", &format!("print(\"ready\"); {line}"));
        while self.line() != "ready" {}
    }

    /// Sends a signal to the whole group, and waits until each process has taken it.
    pub(crate) fn signal_group(&self, signal: Signal) {
        let group = self.child.id().cast_signed();
        killpg(Pid::from_raw(group), signal).unwrap();
        let taken = || {
            let mut processes = ProcessSet::Group(group).members().into_iter();
            (!processes.any(|pid| is_pending(pid, signal))).then_some(())
        };
        assert!(poll(Instant::now() + PATIENCE, taken).is_some());
    }

    /// Ends the input; gives the last answer.
    pub(crate) fn finish(mut self) -> String {
        drop(self.commands.take());
        let answer = self.answer();
        assert!(self.child.wait().is_ok());
        answer
    }

    /// Enters lines of which none shows anything or fails.
    pub(crate) fn enter_all(&mut self, lines: &[&str]) {
        for line in lines {
            assert_eq!(self.enter(line), "nothing", "{line}");
        }
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
