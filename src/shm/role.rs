//! The part that a thread plays for its process, noted with each of its waits.

use std::cell::Cell;

thread_local! {
    /// The role of the calling thread.
    static ROLE: Cell<Role> = const { Cell::new(Role(0)) };
}

/// The part that a thread plays, as bits. One that runs no script has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Role(pub(super) u64);

impl Role {
    /// Runs a script as the main thread of its process.
    pub(crate) const MAIN: Role = Role(1);
    /// Was started by a script.
    pub(crate) const THREAD: Role = Role(2);
    /// Was started by a script, and the end of the process does not wait for it.
    pub(crate) const DAEMON: Role = Role(2 | 4);
    /// Waits for work that no line of the script asks for.
    pub(crate) const IDLE: Role = Role(8);
    /// Has finished its script and waits for threads.
    pub(crate) const LEAVING: Role = Role(16);
    /// Has finished its script and waits for children; it runs no script any more.
    pub(crate) const LEFT: Role = Role(32);
    /// Does tasks that come from a server, in a process whose parent runs no script and does not end it because it waits.
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    pub(crate) const SERVES: Role = Role(64);

    /// Returns both.
    pub(crate) fn with(self, other: Role) -> Role {
        Role(self.0 | other.0)
    }

    /// Returns whether it includes all of `other`.
    pub(crate) fn is(self, other: Role) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns whether the thread runs a script.
    pub(crate) fn runs_script(self) -> bool {
        self.is(Role::MAIN) || self.is(Role::THREAD)
    }

    /// Returns the role of the calling thread.
    pub(crate) fn current() -> Role {
        ROLE.get()
    }

    /// Gives the calling thread this role from now on.
    pub(crate) fn begin(self) {
        ROLE.set(self);
    }

    /// Runs `work` in this role.
    pub(crate) fn during<T>(self, work: impl FnOnce() -> T) -> T {
        struct Restore(Role);
        impl Drop for Restore {
            fn drop(&mut self) {
                ROLE.set(self.0);
            }
        }
        let _restore = Restore(ROLE.replace(self));
        work()
    }

    /// Runs `work` with this added to the role of the calling thread.
    pub(crate) fn added<T>(self, work: impl FnOnce() -> T) -> T {
        ROLE.get().with(self).during(work)
    }
}
