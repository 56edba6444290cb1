//! The watchdog over a run: nobody waits longer than its deadline, and none of its processes outlives the test.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use super::process_table::ProcessSet;

/// A main process and those that belong to it. Those that have not ended when it is dropped are killed.
#[derive(Debug)]
pub(crate) struct Watchdog {
    main: Child,
    processes: ProcessSet,
    deadline: Instant,
    ended: bool,
}

impl Watchdog {
    /// Watches a process that leads its group, and the processes of that group.
    pub(crate) fn of_group(main: Child, patience: Duration) -> Self {
        let processes = ProcessSet::Group(main.id().cast_signed());
        Self::new(main, processes, patience)
    }

    /// Watches a process that leads its session, and the processes of that session.
    pub(crate) fn of_session(main: Child, patience: Duration) -> Self {
        let processes = ProcessSet::Session(main.id().cast_signed());
        Self::new(main, processes, patience)
    }

    fn new(main: Child, processes: ProcessSet, patience: Duration) -> Self {
        Self {
            main,
            processes,
            deadline: Instant::now() + patience,
            ended: false,
        }
    }

    /// The number of the main process.
    pub(crate) fn pid(&self) -> i32 {
        self.main.id().cast_signed()
    }

    /// The numbers of the processes that have not ended.
    pub(crate) fn processes(&self) -> Vec<i32> {
        self.processes.members()
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Waits for the end of the main process; `None` when the time is over.
    pub(crate) fn wait(&mut self) -> Option<ExitStatus> {
        poll(self.deadline, || self.main.try_wait().unwrap())
    }

    /// Waits until the others have ended too; the processes that are left after `patience`.
    pub(crate) fn wait_for_others(&mut self, patience: Duration) -> Vec<i32> {
        let ended = || self.processes.members().is_empty().then_some(());
        self.ended = poll(Instant::now() + patience, ended).is_some();
        self.processes.members()
    }

    /// Kills every process, and says what each was doing.
    pub(crate) fn kill(&self) -> String {
        let doing = self.processes.describe();
        self.processes.kill();
        doing
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if !self.ended {
            self.processes.kill();
            let _ = self.main.wait();
        }
    }
}

/// Looks again and again until `look` finds something; `None` when the time is over.
pub(crate) fn poll<T>(deadline: Instant, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    loop {
        let found = look();
        if found.is_some() || Instant::now() >= deadline {
            return found;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
