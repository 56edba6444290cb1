//! The message that a start sends to the child: its task, and what it inherits. A forked child is granted the shared objects in it.

use std::ffi::OsString;
use std::sync::Arc;

use rhai::{Array, Dynamic, Map, NativeCallContext};
use serde::{Deserialize, Serialize};

use super::family::Family;
use super::identity::Identity;
use super::messages::refused;
use super::process::{Process, Stage};
use super::start_method::{StartMethod, StartMethods};
use super::synchronize::lock::Lock;
use crate::permissions::Permissions;
use crate::program::call::Surroundings;
use crate::program::diagnostic::ErrorFormat;
use crate::program::environment::Environment;
use crate::script::codecs::optional;
use crate::script::report::Reports;
use crate::script::{Dialect, Failure, Interp};
use crate::stdlib::signal::handlers::Handlers;
use crate::sync::{Mutex, Offset};
use crate::sys;
use crate::wire::{DecodeError, Refusal, Sequence, Values};

/// The data that a spawned child gets besides the program.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Orders {
    pub permissions: Permissions,
    pub work: Work,
    /// Where the recording of a timeline is.
    pub timeline: Option<OsString>,
}

/// The identity of a spawned child, of its parent, and the settings of its family.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Work {
    identity: Identity,
    /// The names of what the script has set on the process.
    attributes: Vec<String>,
    /// The names of the values that the host has given its scripts.
    given: Vec<String>,
    /// The names of what the script has set in modules.
    set: Vec<String>,
    pub parent: (i32, String),
    pub error_format: ErrorFormat,
    /// Its parent is interactive.
    pub interactive: bool,
    /// The family's main process is a host.
    pub under_host: bool,
    pub start_method: Option<StartMethod>,
    pub start_method_fixed: bool,
    /// It serves an isolated runtime.
    pub serves: bool,
    /// It is a worker of a pool.
    works: bool,
    pub authkey: Vec<u8>,
}

/// The values that a child inherits besides its task.
pub(crate) struct Inherited {
    /// Those that the host has given its scripts.
    pub given: Map,
    /// Those that the script has set in modules.
    pub set: Map,
    /// The signal handlers of its parent's script.
    pub handlers: Array,
    /// The lock of the output that its parent shares.
    pub turn: Option<Mutex>,
}

/// The values that a start sends, encoded once for fork and spawn alike.
pub(super) struct Sending<'a> {
    pub interp: &'a Arc<Interp>,
    pub process: &'a Process,
    pub values: Sequence<'a>,
    attributes: Vec<String>,
}

impl<'a> Sending<'a> {
    /// Begins with the task of `process` and its attributes. Only the shared objects in them are noted unless they are
    /// `written`.
    ///
    /// # Errors
    /// `TypeError` that names the part which cannot be sent.
    pub(super) fn task(
        interp: &'a Arc<Interp>,
        process: &'a Process,
        written: bool,
    ) -> Result<Self, Failure> {
        // Copied out first: the task may refer to its own process, which is looked at on the way.
        let (target, args, attributes) = process.with(|state| {
            let target = state.target.clone().map_or(Dynamic::UNIT, Dynamic::from);
            (target, state.args.clone(), state.attributes.clone())
        });
        let mut values = match written {
            true => Sequence::new(interp),
            false => Sequence::of_handles(interp),
        };
        values.push(&target, "target").map_err(refused)?;
        values.push(&args.into(), "args").map_err(refused)?;
        for (name, value) in &attributes {
            values.push(value, name).map_err(refused)?;
        }
        let names = attributes.keys().map(ToString::to_string);
        let attributes = names.collect();
        Ok(Self {
            interp,
            process,
            values,
            attributes,
        })
    }

    /// Returns the same with its values written.
    ///
    /// # Errors
    /// As [`task`](Self::task).
    pub(super) fn written(self) -> Result<Self, Failure> {
        match self.values.is_written() {
            true => Ok(self),
            false => Self::task(self.interp, self.process, true),
        }
    }

    /// Returns the shared objects in the values so far.
    pub(super) fn objects(&self) -> Vec<Offset> {
        self.values.handles().iter().copied().map(Offset).collect()
    }

    /// Returns the shared objects that a spawned child would be sent, and whether a forked child's script can use no others: values
    /// that cannot be sent are in its memory all the same.
    pub(super) fn all_objects(mut self, context: &NativeCallContext) -> (Vec<Offset>, bool) {
        if self.inherit(context).is_err() {
            // The handlers that cannot be sent are in the child's memory all the same.
            let handlers = Handlers::of(self.interp).parts();
            let handlers = handlers.iter().map(|handler| ("handler", handler));
            self.values.push_sendable(handlers);
        }
        (self.objects(), self.values.is_complete())
    }

    /// Adds what the child inherits besides its task.
    ///
    /// # Errors
    /// A value that a signal handler has captured cannot be sent.
    pub(super) fn inherit(
        &mut self,
        context: &NativeCallContext,
    ) -> Result<(Surroundings, Work), Refusal> {
        let interp = self.interp;
        let mut environment = Environment::of(context);
        if interp.host_engines.in_use() {
            let libraries = &context.global_runtime_state().lib;
            environment.libraries = interp.program.origins(libraries).unwrap_or_default();
        }
        let surroundings = Surroundings::send(&interp.program, environment, &mut self.values);
        let given = interp.given.all();
        let given = given.iter().map(|(name, value)| (name.as_str(), value));
        let given = self.values.push_sendable(given);
        let set = interp.inheritance();
        let set = set.iter().map(|(name, value)| (name.as_str(), value));
        let set = self.values.push_sendable(set);
        let turn = interp.output.turn().map_or(Dynamic::UNIT, |shared| {
            let dialect = Dialect::default();
            Dynamic::from(Lock { shared, dialect })
        });
        self.values.push(&turn, "output")?;
        let handlers = Handlers::of(interp).parts();
        self.values.push(&handlers.into(), "handlers")?;
        let (start_method, start_method_fixed) = StartMethods::of(interp).inherited();
        let work = Work {
            identity: self.process.identity(),
            attributes: self.attributes.clone(),
            given,
            set,
            parent: (sys::process::pid(), Family::of(interp).name()),
            error_format: Reports::of(interp).format(),
            interactive: interp.is_interactive(),
            under_host: interp.is_under_host(),
            start_method,
            start_method_fixed,
            serves: self.process.with(|state| state.serves),
            works: self.process.with(|state| state.works),
            authkey: Family::of(interp).authkey(),
        };
        Ok((surroundings, work))
    }
}

impl Work {
    /// Reads the task of a [`Sending`] in the child.
    ///
    /// # Errors
    /// They cannot be read.
    pub(crate) fn receive(&mut self, values: &mut Values<'_>) -> Result<Process, String> {
        let read = |error: DecodeError| error.to_string();
        let target = values.next().map_err(read)?;
        let args = values.next().map_err(read)?;
        let args = args
            .into_array()
            .map_err(|_| "its arguments are not a list")?;
        let identity = self.identity.clone();
        let process = Process::new(identity, optional(target)?, args);
        let attributes = values.named(std::mem::take(&mut self.attributes));
        let attributes = attributes.map_err(read)?;
        process.with(|state| {
            state.attributes = attributes;
            state.creator = self.parent.0;
            state.works = self.works;
            state.stage = Stage::Elsewhere {
                pid: sys::process::pid(),
            };
        });
        Ok(process)
    }

    /// Reads what the child inherits, which comes after the surroundings.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn inherit(&mut self, mut values: Values<'_>) -> Result<Inherited, String> {
        let mut read = || -> Result<_, DecodeError> {
            let given = values.named(std::mem::take(&mut self.given))?;
            let set = values.named(std::mem::take(&mut self.set))?;
            let (turn, handlers) = (values.next()?, values.next()?);
            values.finish()?;
            Ok((given, set, handlers, turn))
        };
        let (given, set, handlers, turn) = read().map_err(|error| error.to_string())?;
        Ok(Inherited {
            given,
            set,
            handlers: handlers
                .into_array()
                .map_err(|_| "its signal handlers are not a list")?,
            turn: optional::<Lock>(turn)?.map(|lock| lock.shared),
        })
    }
}
