//! The test's end of a driven program.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::program::{ANSWER, WORD};

/// A test and its name.
pub(crate) type Test = (&'static str, fn());

/// How long an answer may take before the test has failed.
const PATIENCE: Duration = Duration::from_secs(40);

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
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = status
        .rsplit(')')
        .next()
        .and_then(|rest| rest.trim().chars().next());
    state.is_some_and(|state| state != 'Z')
}

/// Waits until the processes have ended.
pub(crate) fn assert_ended<'p>(pids: impl IntoIterator<Item = &'p str>) {
    let end = Instant::now() + PATIENCE;
    for pid in pids {
        while is_alive(pid) {
            assert!(Instant::now() < end, "{pid} still runs");
            std::thread::sleep(Duration::from_millis(5));
        }
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

    /// Sends Ctrl-C as a terminal does, to the whole group, when the line prints `ready`.
    pub(crate) fn interrupt_when_ready(&mut self) -> String {
        self.signal_when_ready("INT")
    }

    pub(crate) fn signal_when_ready(&mut self, signal: &str) -> String {
        loop {
            if self.line() == "ready" {
                break;
            }
        }
        // The line has printed, and goes on to what is to be interrupted.
        std::thread::sleep(Duration::from_millis(60));
        self.signal_group(signal);
        self.answer()
    }

    pub(crate) fn signal_group(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let sent = Command::new("kill")
            .args(["-s", signal, "--", &group])
            .status();
        assert!(sent.unwrap().success());
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
