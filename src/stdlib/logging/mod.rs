//! `logging`: records of what a program does, from all of its processes and threads.
//!
//! - [`level`]: how important a record is; [`record`]: what is known about an event.
//! - [`logger`]: the tree of loggers; [`tree`]: where it is kept; [`logger_class`]: the members of a logger; [`functions`]: those of the module.
//! - [`site`]: the call that logs; [`filter`]: which records pass; [`formatter`]: a record as text.
//! - [`handler`]: what happens to a record; [`sink`]: where its text goes; [`log_file`]: a file that several processes write;
//!   [`handler_class`]: constructors and members; [`listener`]: the records of a queue.
//! - [`config`]: `basicConfig`, and the logger of `multiprocessing`.
//!
//! No lock is held while a function of the script runs, and none is needed by a child: so no handler can wait for a lock that was held when its
//! process was forked.

mod config;
mod filter;
mod formatter;
mod functions;
mod handler;
mod handler_class;
mod level;
mod listener;
mod log_file;
mod logger;
mod logger_class;
mod record;
mod sink;
mod site;
mod tree;

use rhai::Dynamic;

pub(in crate::stdlib) use self::config::register_multiprocessing;
use self::tree::Tree;
use crate::script::{Registry, States};

/// The value of the global constant `logging`.
#[derive(Debug, Clone)]
struct Logging;

/// The value of `logging.handlers`.
#[derive(Debug, Clone)]
struct Handlers;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Tree>();
}

pub(super) fn register(registry: &mut Registry) {
    record::register(registry);
    logger_class::register(registry);
    formatter::register(registry);
    filter::register(registry);
    handler_class::register(registry);
    listener::register(registry);
    let mut logging = registry.namespace("logging", Logging);
    for (name, number) in level::CONSTANTS {
        logging.number(name, number);
    }
    functions::register(&mut logging);
    config::register(&mut logging);
    handler_class::constructors(&mut logging);
    logging.constant("handlers", Handlers, |_| Ok(Dynamic::from(Handlers)));
    let mut handlers = registry.namespace("logging::handlers", Handlers);
    handler_class::more_constructors(&mut handlers);
    listener::constructor(&mut handlers);
}
