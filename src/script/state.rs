//! State that script modules keep for a runtime: each module defines its own, and how a fork or a reset changes it.

use std::any::{Any, TypeId};
use std::fmt;

use rhai::{Dynamic, Map};

use crate::script::exceptions::Failure;
use crate::sync::{Session, ShmError};

/// The state of one script module in one runtime.
pub(crate) trait State: Any + fmt::Debug + Send + Sync {
    /// Forgets what belongs to the parent, in a forked child.
    fn begin_process(&self) {}

    /// Prepares a copy made by `os.fork`, which continues with the script. Called before [`begin_process`](Self::begin_process).
    fn begin_copy(&self) {}

    /// Ends what this process has started for itself, before it ends.
    fn end_process(&self) {}

    /// Waits until the work is done that has been given to this module and that the end of the program waits for.
    ///
    /// # Errors
    /// The error of an interrupted wait.
    fn complete(&self) -> Result<(), Failure> {
        Ok(())
    }

    /// Forgets what scripts have set, because the runtime starts over.
    fn reset(&self) {}

    /// Uses the session that this process has just created.
    ///
    /// # Errors
    /// The session has no memory left.
    fn session_created(&self, _session: &Session) -> Result<(), ShmError> {
        Ok(())
    }

    /// Returns what a spawned child inherits, under names that no other module uses. A value that cannot be sent is left out.
    fn inheritance(&self) -> Vec<(String, Dynamic)> {
        Vec::new()
    }

    /// Takes what the states of the parent's modules have returned as their [`inheritance`](Self::inheritance), in a spawned child.
    fn inherit(&self, _values: &Map) {}

    /// Calls the functions that a script wants to be called when its process comes to its end in order.
    fn at_exit(&self) {}

    /// Calls the script's functions for signals that have come. Returns whether one of them threw.
    fn handle_signals(&self) -> bool {
        false
    }

    /// Returns whether a function of the script may be called while the calling thread waits.
    fn may_call_away(&self) -> bool {
        false
    }

    /// Takes the error that a function for a signal threw.
    fn take_thrown(&self) -> Option<Failure> {
        None
    }

    /// Returns whether other threads run the script's functions.
    fn has_threads(&self) -> bool {
        false
    }
}

/// The states of one runtime. There are few, so that a look-up compares a few numbers.
#[derive(Debug, Default)]
pub(crate) struct States(Vec<(TypeId, Box<dyn State>)>);

impl States {
    /// Adds a state with its initial value.
    pub(crate) fn add<T: State + Default>(&mut self) -> &mut Self {
        self.0.push((TypeId::of::<T>(), Box::new(T::default())));
        self
    }

    /// Returns the state of this type, if a module has added it.
    pub(crate) fn get<T: State>(&self) -> Option<&T> {
        let wanted = TypeId::of::<T>();
        let (_, state) = self.0.iter().find(|(found, _)| *found == wanted)?;
        let state: &dyn Any = &**state;
        state.downcast_ref()
    }

    /// Returns every state, in the order in which they were added.
    pub(crate) fn all(&self) -> impl Iterator<Item = &dyn State> {
        self.0.iter().map(|(_, state)| &**state)
    }
}
