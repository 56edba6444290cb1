//! `multiprocessing.dummy`: the names of `multiprocessing`, with threads instead of processes.

use rhai::{Array, Dynamic};

use super::managers;
use super::pool::pool_class::{THREAD_POOL, construct_of_threads};
use super::sharedctypes;
use super::{connection_members, cpu_count};
use crate::script::{Call, Outcome, Registry};
use crate::stdlib::queue;
use crate::stdlib::threading::roster::Roster;
use crate::stdlib::threading::{THREAD_PARAMS, locks, thread_class};

/// The value of `multiprocessing.dummy`.
#[derive(Debug, Clone)]
struct Dummy;

pub(super) fn register(registry: &mut Registry) {
    let mut module = registry.namespace("multiprocessing::dummy", Dummy);
    module
        .function("Process", THREAD_PARAMS, thread_class::construct)
        .function("current_process", &[], |call| {
            Ok(Dynamic::from(Roster::of(call.interp).current()))
        })
        .function("active_children", &[], active_children)
        .function("cpu_count", &[], |_| Ok(cpu_count()))
        .function("Queue", &["maxsize?"], queue::construct)
        .function("JoinableQueue", &["maxsize?"], queue::construct)
        .function("Pipe", &["duplex?"], connection_members::pipe)
        .function("Pool", THREAD_POOL, construct_of_threads)
        .function("Manager", &[], managers::manager::construct)
        .function("freeze_support", &[], |_| Ok(Dynamic::UNIT));
    locks::register(&mut module);
    sharedctypes::members(&mut module);
    registry
        .extension::<super::Multiprocessing>("multiprocessing")
        .getter("dummy", |_| Ok(Dynamic::from(Dummy)));
}

/// The threads that run besides the main one and the calling one.
fn active_children(call: &mut Call<'_>) -> Outcome {
    let roster = Roster::of(call.interp);
    let (main, current) = (roster.main(), roster.current());
    let others = roster.living().into_iter();
    let others = others.filter(|thread| !thread.is(&main) && !thread.is(&current));
    Ok(others.map(Dynamic::from).collect::<Array>().into())
}
