//! How children are started: by fork while the process has one thread, by spawn otherwise, or as a script or host chooses.
//!
//! Python: `get_start_method`, `set_start_method`, `get_all_start_methods`.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::process::fork;
use crate::script::{Interp, State};
use crate::sys::lock::locked;

/// A way to start a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum StartMethod {
    /// A copy of this process.
    Fork,
    /// A fresh run of the program, given the call.
    Spawn,
}

impl StartMethod {
    /// Every method, the default first.
    pub(crate) const ALL: [Self; 2] = [Self::Fork, Self::Spawn];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Spawn => "spawn",
        }
    }
}

/// The start method of one process.
#[derive(Debug, Default)]
pub(crate) struct StartMethods(Mutex<Choice>);

#[derive(Debug, Default, Clone, Copy)]
struct Choice {
    forced: Option<StartMethod>,
    /// Whether a script has set it, which it may do once.
    fixed: bool,
    /// This process belongs to a host, which a fork would copy.
    spawns_only: bool,
}

impl State for StartMethods {}

impl StartMethods {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Forbids forking this process.
    pub(crate) fn spawn_only(&self) {
        let mut choice = locked(&self.0);
        choice.spawns_only = true;
        choice.forced = Some(StartMethod::Spawn);
    }

    /// Returns whether children of this process may be started by this method.
    pub(crate) fn offers(&self, method: StartMethod) -> bool {
        method == StartMethod::Spawn || !locked(&self.0).spawns_only
    }

    /// Sets the method that the command line or the host prefers. Scripts may still choose theirs.
    pub(crate) fn prefer(&self, method: Option<StartMethod>) {
        locked(&self.0).forced = method;
    }

    /// `set_start_method`. Returns false when a script has set it before and `force` is not given.
    pub(crate) fn fix(&self, method: StartMethod, force: bool) -> bool {
        let mut choice = locked(&self.0);
        if choice.fixed && !force {
            return false;
        }
        choice.forced = Some(method);
        choice.fixed = true;
        true
    }

    /// `get_start_method`.
    pub(crate) fn current(&self) -> StartMethod {
        locked(&self.0).forced.unwrap_or(StartMethod::Fork)
    }

    /// Returns the start method of the next child, which may want one: a threaded process never forks.
    pub(crate) fn next(&self, wanted: Option<StartMethod>) -> StartMethod {
        let choice = *locked(&self.0);
        match wanted.or(choice.forced).unwrap_or(StartMethod::Fork) {
            StartMethod::Fork if !choice.spawns_only && fork::possible() => StartMethod::Fork,
            _ => StartMethod::Spawn,
        }
    }

    /// Returns the settings that a spawned child inherits: the current method, and whether it is fixed.
    pub(crate) fn inherited(&self) -> (Option<StartMethod>, bool) {
        let choice = *locked(&self.0);
        (choice.forced, choice.fixed)
    }
}
