//! A person at a terminal: the real command on a pseudo-terminal, keys that are typed, a screen that is looked at.
//!
//! Nothing here waits for a time to pass: it waits until the screen shows something, and fails after half a minute.

use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::screen::{State, View, size};
use super::watchdog::{Watchdog, poll};

/// How long a test may take before its processes are described and killed.
const WATCHDOG: Duration = Duration::from_secs(30);

/// What rustyline begins and ends to have the terminal with.
const EDITING: &str = "\x1b[?2004h";
const PAINTED: &str = "\x1b[?2026l";

pub(crate) const ENTER: &str = "\r";
pub(crate) const CTRL_A: &str = "\x01";
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";
pub(crate) const CTRL_R: &str = "\x12";
pub(crate) const CTRL_W: &str = "\x17";
pub(crate) const CTRL_Z: &str = "\x1a";
pub(crate) const ALT_ENTER: &str = "\x1b\r";
pub(crate) const TAB: &str = "\t";
pub(crate) const BACKSPACE: &str = "\x7f";
pub(crate) const UP: &str = "\x1b[A";
pub(crate) const LEFT: &str = "\x1b[D";
pub(crate) const HOME: &str = "\x1b[H";
pub(crate) const END: &str = "\x1b[F";

/// Builds a terminal with a command.
pub(crate) struct Setting {
    words: Vec<String>,
    environment: Vec<(String, String)>,
    size: (u16, u16),
    home: Arc<TempDir>,
    shell: bool,
}

impl Setting {
    /// The command with these arguments and a separate home, on a terminal of 80 columns and enough rows that nothing scrolls.
    pub(crate) fn new(words: &[&str]) -> Self {
        Self {
            words: words.iter().map(ToString::to_string).collect(),
            environment: vec![("TERM".into(), "xterm".into())],
            size: (200, 80),
            home: Arc::new(TempDir::with_prefix("procscript-terminal-").unwrap()),
            shell: false,
        }
    }

    /// The prompt.
    pub(crate) fn prompt() -> Self {
        Self::new(&["repl"])
    }

    /// The prompt as a job of a shell, which can stop.
    pub(crate) fn shell() -> Self {
        let mut setting = Self::prompt();
        setting.shell = true;
        setting
    }

    pub(crate) fn start_method(mut self, method: &str) -> Self {
        self.words
            .extend(["--start-method".into(), method.to_string()]);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub(crate) fn size(mut self, rows: u16, columns: u16) -> Self {
        self.size = (rows, columns);
        self
    }

    /// In the home of an earlier terminal.
    pub(crate) fn home_of(mut self, other: &Terminal) -> Self {
        self.home = other.home.clone();
        self
    }

    /// Puts a file into the directory the command runs in.
    pub(crate) fn beside(self, name: &str, text: &str) -> Self {
        std::fs::write(self.home.path().join(name), text).unwrap();
        self
    }

    /// Starts the command, and waits for nothing.
    pub(crate) fn start(self) -> Terminal {
        let (rows, columns) = self.size;
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pty = openpty(Some(&size), None).unwrap();
        close_on_exec(&pty.master);
        close_on_exec(&pty.slave);
        let program = env!("CARGO_BIN_EXE_procscript");
        let mut command = Command::new(if self.shell { "sh" } else { program });
        if self.shell {
            // With job control: Enter brings a job back that was stopped.
            let script = "set -m; \"$@\"; while kill -0 %1 2>/dev/null; do read enter; fg; done";
            command.args(["-c", script, "sh", program]);
        }
        command
            .args(&self.words)
            .current_dir(self.home.path())
            .env("HOME", self.home.path())
            .env_remove("XDG_STATE_HOME")
            .env_remove("NO_COLOR")
            .envs(self.environment)
            .stdin(Stdio::from(pty.slave.try_clone().unwrap()))
            .stdout(Stdio::from(pty.slave.try_clone().unwrap()))
            .stderr(Stdio::from(pty.slave));
        own_terminal(&mut command);
        let child = command.spawn().unwrap();
        // The command holds descriptors of the terminal, which must be closed for its end to be seen.
        drop(command);
        let master = File::from(pty.master);
        let view = View::begin(master.try_clone().unwrap(), rows, columns);
        Terminal {
            watchdog: Watchdog::of_session(child, WATCHDOG),
            master: Some(master),
            view,
            home: self.home,
        }
    }

    /// Starts the command, and waits for its first prompt.
    pub(crate) fn open(self) -> Terminal {
        let terminal = self.start();
        terminal.wait_for_prompt(0);
        terminal
    }
}

/// A forked process begins a session of its own, whose terminal is its standard input.
#[allow(unsafe_code)]
fn own_terminal(command: &mut Command) {
    let begin = || {
        nix::unistd::setsid()?;
        rustix::process::ioctl_tiocsctty(std::io::stdin())?;
        Ok(())
    };
    // SAFETY: the closure makes two system calls and allocates nothing.
    unsafe { command.pre_exec(begin) };
}

fn close_on_exec(fd: &OwnedFd) {
    rustix::io::ioctl_fioclex(fd.as_fd()).unwrap();
}

/// A command that runs on a terminal.
pub(crate) struct Terminal {
    watchdog: Watchdog,
    master: Option<File>,
    view: View,
    home: Arc<TempDir>,
}

impl Terminal {
    pub(crate) fn pid(&self) -> i32 {
        self.watchdog.pid()
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Types keys.
    pub(crate) fn keys(&self, keys: &str) {
        let mut master = self.master.as_ref().unwrap();
        master.write_all(keys.as_bytes()).unwrap();
    }

    /// Types keys, and waits for the prompt after what they do.
    pub(crate) fn press(&self, keys: &str) {
        let before = self.prompts();
        self.keys(keys);
        self.wait_for_prompt(before);
    }

    /// Types a line and Enter, and waits for the prompt after what it does.
    pub(crate) fn enter(&self, line: &str) {
        self.press(&format!("{line}{ENTER}"));
    }

    /// Types lines, each with Enter and a prompt after it.
    pub(crate) fn enter_all(&self, lines: &[&str]) {
        for line in lines {
            self.enter(line);
        }
    }

    /// How many prompts there were.
    pub(crate) fn prompts(&self) -> usize {
        self.view.state().raw.matches(EDITING).count()
    }

    /// Waits until there were more than `before` prompts and the last is painted.
    pub(crate) fn wait_for_prompt(&self, before: usize) {
        self.wait("no prompt", |state| {
            let last = state.raw.rfind(EDITING)?;
            let enough = state.raw.matches(EDITING).count() > before;
            (enough && state.raw[last..].contains(PAINTED)).then_some(())
        });
    }

    /// Waits until the screen shows `text` somewhere.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(&format!("no `{text}`"), |state| {
            state.text().contains(text).then_some(())
        });
    }

    /// Waits until what the screen shows is as wanted.
    pub(crate) fn wait_for_text(&self, what: &str, is_wanted: impl Fn(&str) -> bool) {
        self.wait(what, |state| is_wanted(&state.text()).then_some(()));
    }

    /// Waits until the screen shows these rows at the end, and the cursor behind the last of them.
    pub(crate) fn wait_for_end(&self, rows: &str) {
        self.wait(&format!("the end is not `{rows}`"), |state| {
            let (row, _) = state.parser.screen().cursor_position();
            let text = state.text();
            let shown: Vec<&str> = text.lines().take(usize::from(row) + 1).collect();
            shown.join("\n").ends_with(rows).then_some(())
        });
    }

    /// Waits until the row of the cursor is `text`, and the cursor in this column.
    pub(crate) fn wait_for_row(&self, text: &str, column: u16) {
        let what = format!("the cursor is not in column {column} of a row `{text}`");
        self.wait(&what, |state| {
            let (row, at) = state.parser.screen().cursor_position();
            let shown = state.row(row);
            (shown.trim_end() == text.trim_end() && at == column).then_some(())
        });
    }

    /// Everything that was written to the terminal.
    pub(crate) fn raw(&self) -> String {
        self.view.state().raw.clone()
    }

    /// What the screen shows, without blanks at the ends of rows.
    pub(crate) fn text(&self) -> String {
        self.view.state().text()
    }

    /// The screen gets another size.
    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        self.view.state().parser.set_size(size(rows), size(columns));
        let size = rustix::termios::Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        rustix::termios::tcsetwinsize(self.master.as_ref().unwrap(), size).unwrap();
    }

    /// The other processes of the run that live.
    pub(crate) fn others(&self) -> Vec<i32> {
        let mut members = self.watchdog.processes();
        members.retain(|pid| *pid != self.pid());
        members
    }

    /// Waits until `condition` holds.
    pub(crate) fn wait_until(&self, what: &str, condition: impl Fn() -> bool) {
        poll(self.watchdog.deadline(), || condition().then_some(()))
            .unwrap_or_else(|| self.give_up(what));
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// The window is closed.
    pub(crate) fn close(&mut self) {
        self.master = None;
        self.view.let_go();
    }

    /// Waits for the end of the command; then no other process of its session is left. Its exit code, or minus the
    /// number of the signal that ended it.
    pub(crate) fn finish(mut self) -> (i32, String) {
        let ended = self.watchdog.wait();
        let status = ended.unwrap_or_else(|| self.give_up("the command does not end"));
        let left = self.watchdog.wait_for_others(Duration::ZERO);
        if !left.is_empty() {
            self.give_up(&format!(
                "the prompt has ended ({status}), but not {left:?}"
            ));
        }
        self.view.wait_for_end(self.watchdog.deadline());
        let code = status.code().or(status.signal().map(|n| -n)).unwrap();
        (code, self.text())
    }

    fn wait<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        self.view
            .wait(self.watchdog.deadline(), look)
            .unwrap_or_else(|| self.give_up(what))
    }

    /// Fails the test with all there is to know, once every process is killed.
    fn give_up(&self, why: &str) -> ! {
        let doing = self.watchdog.kill();
        let raw = self.raw();
        let start = raw.ceil_char_boundary(raw.len().saturating_sub(2000));
        panic!(
            "{why}\n--- processes\n{doing}--- the screen\n{}\n--- the last bytes\n{:?}\n---",
            self.text(),
            &raw[start..]
        );
    }
}
