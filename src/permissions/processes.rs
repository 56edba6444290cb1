//! Processes and threads: how many, how deep, and what a child may.

use super::denied::{Asked, Denied};
use super::grant::Missing;
use super::guard::Guard;
use super::policy::{Permissions, Processes};

impl Permissions {
    /// Returns the default for a child: the same, one generation further down.
    pub(crate) fn of_child(&self) -> Self {
        let mut child = self.clone();
        if child.processes.depth != u32::MAX {
            child.processes.depth = child.processes.depth.saturating_sub(1);
        }
        child.processes.generation = child.processes.generation.saturating_add(1);
        child
    }

    /// Returns how many bytes the session may take.
    pub(crate) fn of_session_memory(&self) -> Option<u64> {
        (self.session_memory != u64::MAX).then_some(self.session_memory)
    }
}

impl Guard {
    /// Starting a process. Returns how many may live at once, not counting the main process. The session enforces that when it
    /// reserves the child's slot, since several processes may start one at the same moment.
    ///
    /// # Errors
    /// [`Denied`] when none may be started from here.
    pub(crate) fn start(&self) -> Result<Option<u32>, Denied> {
        let permissions = self.permissions();
        let Processes {
            at_once,
            depth,
            denied,
            ..
        } = permissions.processes;
        if denied {
            return Err(refused(
                &permissions,
                "starting a process",
                Missing::Denied(None),
            ));
        }
        if at_once == 0 {
            return Err(refused(
                &permissions,
                "starting a process",
                Missing::Allowed,
            ));
        }
        if depth == 0 {
            let doing = "starting another generation of processes";
            return Err(refused(&permissions, doing, Missing::Allowed));
        }
        Ok((at_once != u32::MAX).then_some(at_once))
    }

    /// There are as many processes as may live at once.
    pub(crate) fn too_many_processes(&self, at_once: u32) -> Denied {
        let doing = match at_once {
            1 => "starting a process while another is running".to_string(),
            many => format!("starting a process while {many} others are running"),
        };
        refused(&self.permissions(), &doing, Missing::Allowed)
    }

    /// Starting a thread while `living` others are running, not counting the first.
    ///
    /// # Errors
    /// [`Denied`] when there are as many as may be.
    pub(crate) fn thread(&self, living: usize) -> Result<(), Denied> {
        if self.permissions().threads > living {
            return Ok(());
        }
        Err(super::denied::too_many_threads(living))
    }
}

/// Returns the error for one process too many; its help says how to allow it.
fn refused(permissions: &Permissions, doing: &str, why: Missing) -> Denied {
    let Processes {
        at_once,
        depth,
        generation,
        ..
    } = permissions.processes;
    let at_once = match depth {
        0 if at_once > 0 => at_once,
        _ => at_once.saturating_add(1),
    };
    let depth = depth.max(1).saturating_add(generation);
    let asked = Asked {
        kind: "processes",
        doing: doing.into(),
        option: Some(format!("{at_once},{depth}")),
        arguments: Some(format!("{at_once}, {depth}")),
        note: None,
    };
    asked.denied(permissions, why)
}
