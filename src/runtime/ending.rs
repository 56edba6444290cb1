//! The end of a runtime: its threads, its children, its session.

use std::sync::Arc;

use rhai::Dynamic;

use super::everybody::end_everybody;
use super::stopper::TimeLimit;
use super::turn::Turn;
use super::{Error, Runtime};
use crate::script::exceptions::Exception;
use crate::script::interp::Interp;
use crate::script::report::{closed_output, diagnostic_of};
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::finish::finish;
use crate::stdlib::multiprocessing::pool::OpenPools;
use crate::stdlib::multiprocessing::remote::Remotes;
use crate::stdlib::threading::hook::Hook;
use crate::stdlib::threading::roster::Roster;
use crate::sys::deep_stack::on_deep_stack;
use crate::sys::process::wait_for_leaving;
use crate::text::from_os;

impl Runtime {
    /// Ends the runtime as a script ends: waits for threads and children, and terminates daemons.
    ///
    /// Dropping the runtime without this call ends all of them at once.
    ///
    /// # Errors
    /// [`Error::Stopped`] or [`Error::Limit`] if a [`Stopper`](crate::Stopper) or the time limit ended the wait; threads and children that
    /// were left have been ended. [`Error::Failed`] if output of the scripts could not be written.
    pub fn finish(self) -> Result<(), Error> {
        match &self.isolated {
            Some(isolated) => self.finish_isolated(isolated),
            None => self.wait_for_everybody(),
        }
    }

    /// Waits for threads and children.
    pub(super) fn wait_for_everybody(&self) -> Result<(), Error> {
        let interp = &self.interp;
        let turn = Turn::begin(interp)?;
        let _limit = TimeLimit::of(interp).map_err(Error::System)?;
        OpenPools::of(interp).terminate_of_host(interp);
        let (_, request) = finish(interp, 0, false);
        turn.carried_out();
        let last = interp.write_last_output();
        let request = last.applied_to_request(request, 0);
        let failed = |exception: &Exception| {
            let report = diagnostic_of(interp, exception);
            Error::failed(report, Some(Dynamic::from(exception.clone())))
        };
        match request {
            None => last
                .failures
                .first()
                .map_or(Ok(()), |first| Err(failed(first))),
            Some(Stop::OutputClosed) => Err(failed(&closed_output())),
            Some(Stop::Limit(exceeded)) => Err(Error::Limit(exceeded)),
            Some(_) => Err(Error::Stopped),
        }
    }

    /// Forgets functions, variables, constants, imports and signal handlers, and ends threads and children: the next
    /// evaluation starts afresh. Names that [`set`](Self::set) has defined stay.
    ///
    /// A runtime keeps every function that it has compiled, closures too, since something may still call it. A runtime that evaluates
    /// many unrelated sources should be reset now and then, so that its memory does not grow.
    pub fn reset(&mut self) {
        let interp = &self.interp;
        let _turn = Turn::take(interp);
        if let Some(isolated) = &self.isolated {
            isolated.forget();
        }
        end_everybody(interp);
        on_deep_stack(|| {
            interp.reset_states();
            interp.program.forget_inputs();
            self.modules.forget();
            self.state.begin(&self.engine);
        });
    }
}

impl Runtime {
    /// Forgets a script that ran under this name ([`Script::from_text`](crate::Script::from_text), a path), or a module: its functions, in all its versions. Variables stay.
    /// Returns whether there was one.
    ///
    /// So a host unloads a script, or has a changed module read again: the next `import` loads it anew. A script that runs again under the same name replaces
    /// its functions without this call. A function value of the script that something still holds can no longer be called. Children that run have what they had.
    ///
    /// # Example
    /// ```
    /// use procscript::{Runtime, Script};
    ///
    /// let mut runtime = Runtime::builder().build()?;
    /// runtime.run_script(&Script::from_text("rules", "fn fee() { 1 }"))?;
    /// runtime.run_script(&Script::from_text("rules", "fn fee() { 2 }"))?;
    /// assert_eq!(runtime.call_fn::<i64>("fee", ())?, 2);
    /// assert!(runtime.forget("rules"));
    /// assert!(runtime.call_fn::<i64>("fee", ()).is_err());
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn forget(&mut self, name: &str) -> bool {
        if let Some(isolated) = &self.isolated {
            return self.forget_isolated(isolated, name);
        }
        let module = self.modules.forget_one(name);
        let program = &self.interp.program;
        let path = std::path::absolute(name).ok().map(|path| from_os(&path));
        let mut names = [module.as_deref(), Some(name), path.as_deref()]
            .into_iter()
            .flatten();
        names.any(|name| program.forget(name)) || module.is_some()
    }
}

impl Drop for Runtime {
    /// Ends threads and children, and frees the memory of the session.
    fn drop(&mut self) {
        let (engine, state) = (&self.engine, &mut self.state);
        let isolated = &self.isolated;
        let drop_variables = || {
            isolated.iter().for_each(|isolated| isolated.forget());
            state.begin(engine);
        };
        on_deep_stack(|| end(&self.interp, drop_variables));
    }
}

/// Ends everything that scripts have started for a host. `drop_variables` drops the variables of the script.
pub(super) fn end(interp: &Arc<Interp>, drop_variables: impl FnOnce()) {
    let _turn = Turn::take(interp);
    OpenPools::of(interp).terminate_of_host(interp);
    Remotes::of(interp).end_pools(interp);
    end_everybody(interp);
    interp.end_interactive();
    drop_variables();
    interp.given.forget();
    // The hook may hold a function of the script that holds the host.
    Hook::of(interp).set(None);
    if !Roster::of(interp).has_others() {
        Roster::of(interp).clear();
    }
    interp.leave(0, None);
    interp.output.close();
    // Threads that are left, and threads that wait for shared objects, must not go on.
    interp.close();
    // Those that were joined may still hold the memory of the session.
    wait_for_leaving();
}
