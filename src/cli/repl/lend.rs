//! Programs of the user's that have the terminal for a while: a pager for long texts, an editor for inputs.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use super::screen::Screen;
use super::signals::Endings;
use super::view::Ruler;

impl Screen {
    /// Shows a text: with `$PAGER`, or else `less`, if it is longer than the window.
    pub(crate) fn show_long(&self, text: &str) {
        let mut window = self.window();
        // A row is kept for the next prompt.
        window.rows -= 1;
        let pager = env::var("PAGER").unwrap_or_else(|_| "less".into());
        if Ruler::new(window).fits(text) || !self.can_edit() || pager.trim().is_empty() {
            return self.say(text);
        }
        let shown = self.lend(|terminal, endings| {
            let mut child = on_terminal(&pager, terminal)?
                // As git has it: short texts are printed, colours are kept, and the text stays on the screen.
                .env("LESS", env::var("LESS").unwrap_or_else(|_| "FRX".into()))
                .stdin(Stdio::piped())
                // If there is no such program, the text is printed.
                .stderr(Stdio::null())
                .spawn()?;
            if let Some(mut pipe) = child.stdin.take() {
                // A pager may end before it has read everything.
                let _ = pipe.write_all(text.as_bytes());
            }
            wait(&mut child, endings)
        });
        // A shell reports so that there is no such program.
        if !shown.is_ok_and(|status| status.code() != Some(127)) {
            self.say(text);
        }
    }

    /// Has the user change a text with `$VISUAL`, `$EDITOR` or else `vi`.
    ///
    /// # Errors
    /// What to tell the user: the editor cannot be started, or has failed.
    pub(crate) fn edit(&self, text: &str) -> Result<String, String> {
        let editor = ["VISUAL", "EDITOR"]
            .into_iter()
            .filter_map(|name| env::var(name).ok());
        let mut editor = editor.filter(|command| !command.trim().is_empty());
        let editor = editor.next().unwrap_or_else(|| "vi".into());
        let draft =
            Draft::new(text).map_err(|error| format!("cannot write a file to edit: {error}"))?;
        let ended = self.lend(|terminal, endings| {
            let mut child = on_terminal(&editor, terminal)?.arg(&draft.path).spawn()?;
            wait(&mut child, endings)
        });
        match ended {
            Ok(status) if status.success() => (),
            Ok(status) => {
                return Err(format!(
                    "the editor `{editor}` failed ({status}), and nothing was run"
                ));
            }
            Err(error) => return Err(format!("cannot start the editor `{editor}`: {error}")),
        }
        let edited = fs::read_to_string(&draft.path);
        edited.map_err(|error| format!("cannot read what was edited: {error}"))
    }
}

/// A command of the user's, which may have arguments, with the terminal for its output.
fn on_terminal(command: &str, terminal: File) -> io::Result<Command> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("exec {command} \"$@\""), "sh"])
        .stdout(Stdio::from(terminal.try_clone()?))
        .stderr(Stdio::from(terminal));
    Ok(shell)
}

/// Waits for the end of a program, which is ended if a signal ends the prompt.
fn wait(child: &mut Child, endings: &Endings) -> io::Result<ExitStatus> {
    let noting = endings.note();
    let pid = Pid::from_child(child);
    let handle = pidfd_open(pid, PidfdFlags::empty())?;
    loop {
        let mut waited = [
            PollFd::new(&handle, PollFlags::IN),
            PollFd::new(endings, PollFlags::IN),
        ];
        let _ = poll(&mut waited, None);
        if endings.came().is_some() {
            let _ = kill_process(pid, Signal::TERM);
            noting.go_on();
            return child.wait();
        }
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
    }
}

/// A file with a text to edit, readable only by its owner.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn new(text: &str) -> io::Result<Self> {
        let name = format!("procscript-input-{}.rhai", std::process::id());
        let path = env::temp_dir().join(name);
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let draft = Self { path };
        file.write_all(text.trim_end().as_bytes())?;
        file.write_all(b"\n")?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(Path::new(&self.path));
    }
}
