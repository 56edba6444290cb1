//! The names of the machine and its system, and of the user; and the echo of a terminal.

use std::io;

use rustix::stdio::stdin;
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};

/// What the system says about itself.
#[derive(Debug)]
pub(crate) struct System {
    pub system: String,
    pub node: String,
    pub release: String,
    pub version: String,
    pub machine: String,
}

/// Returns what the system says about itself: `uname(2)`.
pub(crate) fn about() -> System {
    let names = rustix::system::uname();
    let text = |name: &std::ffi::CStr| name.to_string_lossy().into_owned();
    System {
        system: text(names.sysname()),
        node: text(names.nodename()),
        release: text(names.release()),
        version: text(names.version()),
        machine: text(names.machine()),
    }
}

/// Returns the name of the user that this process runs as, from the system's list.
pub(crate) fn user_name() -> Option<String> {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid());
    Some(user.ok()??.name)
}

/// Keeps the terminal from showing what is typed, until it is dropped.
#[derive(Debug)]
pub(crate) struct Hidden(Termios);

impl Hidden {
    /// Hides what is typed from now on; `None` if standard input is not a terminal.
    ///
    /// # Errors
    /// The terminal cannot be set.
    pub(crate) fn begin() -> io::Result<Option<Self>> {
        if !isatty(stdin()) {
            return Ok(None);
        }
        let before = tcgetattr(stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Some(Self(before)))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(stdin(), OptionalActions::Flush, &self.0);
    }
}
