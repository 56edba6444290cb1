//! `subprocess`: other programs, what they read and what they write.
//!
//! - [`arguments`]: what scripts say about a command; [`streams`]: about its streams; [`launch`]: starting it.
//! - [`popen`]: a command that was started; [`class`]: its members; [`communicate`]: writing to it and reading from it at once.
//! - [`run`]: commands from start to end; [`completed`]: their results; [`errors`]: exceptions.
//! - [`left`]: commands that run on without their script.

mod arguments;
mod class;
mod communicate;
mod completed;
mod errors;
mod launch;
mod left;
mod popen;
mod run;
mod streams;

use self::arguments::{CALL, POPEN, RUN, SHELL};
use self::left::Left;
use crate::program::reserved_member;
use crate::script::{Registry, States};

/// The value of the global constant `subprocess`.
#[derive(Debug, Clone)]
pub(crate) struct Subprocess;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Left>();
}

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    completed::register(registry);
    let mut module = registry.namespace("subprocess", Subprocess);
    module
        .function("run", RUN, run::run)
        .function("call", CALL, run::call)
        .reserved("call", reserved_member::KEY, CALL, run::call)
        .function("check_call", CALL, run::check_call)
        .function("check_output", RUN, run::check_output)
        .function("getoutput", SHELL, run::getoutput)
        .function("getstatusoutput", SHELL, run::getstatusoutput)
        .function("Popen", POPEN, class::construct)
        .function("CompletedProcess", completed::PARAMS, completed::construct)
        .number("PIPE", streams::PIPE)
        .number("STDOUT", streams::STDOUT)
        .number("DEVNULL", streams::DEVNULL);
    errors::register(&mut module);
}
