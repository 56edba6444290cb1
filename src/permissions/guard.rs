//! The permissions of this process, which natives check before they act.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::denied::{Asked, Denied, changes_the_program};
use super::grant::Missing;
use super::policy::{Permissions, Run};
use crate::sys::lock::locked;
use crate::text::quoted;

/// The permissions of this process. They change once: in a forked child, which has its parent's memory.
#[derive(Debug, Serialize, Deserialize)]
#[serde(from = "Permissions", into = "Permissions")]
pub(crate) struct Guard {
    permissions: Mutex<Arc<Permissions>>,
    /// Whether everything is allowed, so that no check is needed.
    is_open: AtomicBool,
    /// Whether the process belongs to a host, so that scripts must not change process-wide state.
    in_host: AtomicBool,
}

impl Default for Guard {
    fn default() -> Self {
        Permissions::none().into()
    }
}

impl Clone for Guard {
    fn clone(&self) -> Self {
        (*self.permissions()).clone().into()
    }
}

impl From<Permissions> for Guard {
    fn from(permissions: Permissions) -> Self {
        Self {
            is_open: permissions.is_everything().into(),
            permissions: Mutex::new(Arc::new(permissions)),
            in_host: AtomicBool::default(),
        }
    }
}

impl From<Guard> for Permissions {
    fn from(guard: Guard) -> Self {
        (*guard.permissions()).clone()
    }
}

impl Guard {
    /// Returns the current permissions.
    pub(crate) fn permissions(&self) -> Arc<Permissions> {
        locked(&self.permissions).clone()
    }

    /// Replaces the permissions, at the beginning of a forked child.
    pub(crate) fn begin(&self, permissions: Permissions) {
        let is_open = permissions.is_everything();
        self.is_open.store(is_open, Ordering::Relaxed);
        *locked(&self.permissions) = Arc::new(permissions);
    }

    /// Returns whether everything is allowed.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Sets whether the process belongs to a host.
    pub(crate) fn set_in_host(&self, in_host: bool) {
        self.in_host.store(in_host, Ordering::Relaxed);
    }

    /// Checks an operation that changes this whole process: `os.chdir()`.
    ///
    /// # Errors
    /// [`Denied`] when the process belongs to a host.
    pub(crate) fn change_process(&self, doing: &str) -> Result<(), Denied> {
        match self.in_host.load(Ordering::Relaxed) {
            true => Err(changes_the_program(doing)),
            false => Ok(()),
        }
    }

    /// Checks whether an environment variable may be read.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) fn variable(&self, name: &str) -> Result<(), Denied> {
        if self.is_open() {
            return Ok(());
        }
        let permissions = self.permissions();
        let judged = permissions.env.judge(name);
        judged.map_err(|why| {
            let asked = Asked {
                kind: "env",
                doing: format!("reading the environment variable {}", quoted(name)),
                option: Some(name.into()),
                arguments: Some(format!("[{name:?}]")),
                note: None,
            };
            asked.denied(&permissions, why)
        })
    }

    /// Checks whether the environment may be changed, which children and the libraries that they load inherit: only without any restriction.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) fn change_environment(&self, name: &str) -> Result<(), Denied> {
        self.change_process("changing os.environ")?;
        if self.is_open() {
            return Ok(());
        }
        let permissions = self.permissions();
        let asked = Asked {
            kind: "env",
            doing: format!("changing the environment variable {}", quoted(name)),
            option: None,
            arguments: None,
            note: None,
        };
        Err(asked.denied(&permissions, Missing::Denied(None)))
    }

    /// Checks whether the environment may be listed; [`shows`](Self::shows) then checks each variable.
    ///
    /// # Errors
    /// [`Denied`] when no variable may be read.
    pub(crate) fn environment(&self) -> Result<(), Denied> {
        let permissions = self.permissions();
        if !permissions.env.is_nothing() {
            return Ok(());
        }
        let why = match permissions.env.nothing {
            true => Missing::Denied(None),
            false => Missing::Allowed,
        };
        let asked = Asked {
            kind: "env",
            doing: "reading the environment".into(),
            option: None,
            arguments: None,
            note: None,
        };
        Err(asked.denied(&permissions, why))
    }

    /// Returns whether a listing of the environment includes this variable.
    pub(crate) fn shows(&self, name: &str) -> bool {
        self.is_open() || self.permissions().env.judge(name).is_ok()
    }

    /// Checks whether a program may be run.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) fn run(&self, command: &str) -> Result<(), Denied> {
        let permissions = self.permissions();
        let why = match permissions.run {
            Run::Allowed => return Ok(()),
            Run::WithEverything if self.is_open() => return Ok(()),
            Run::WithEverything => {
                let less = permissions.less_than_everything();
                less.map_or(Missing::Allowed, Missing::Everything)
            }
            Run::NotAllowed => Missing::Allowed,
            Run::Denied => Missing::Denied(None),
        };
        let asked = Asked {
            kind: "run",
            doing: format!("running {}", quoted(command)),
            option: None,
            arguments: Some(String::new()),
            note: None,
        };
        Err(asked.denied(&permissions, why))
    }

    /// Checks whether a signal may be handled, or sent to a process that is not a child.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) fn signals(&self, doing: &str) -> Result<(), Denied> {
        let permissions = self.permissions();
        if permissions.signals.is_on() {
            return Ok(());
        }
        let why = match permissions.signals.denied {
            true => Missing::Denied(None),
            false => Missing::Allowed,
        };
        let asked = Asked {
            kind: "signals",
            doing: doing.into(),
            option: None,
            arguments: Some(String::new()),
            note: None,
        };
        Err(asked.denied(&permissions, why))
    }
}
