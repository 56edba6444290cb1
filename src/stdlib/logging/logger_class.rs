//! The members of a logger.

use rhai::{Array, Dynamic, ImmutableString, Map};

use super::filter;
use super::handler::Handler;
use super::level;
use super::logger::Logger;
use super::record::{self, Event, LogRecord};
use super::site::Site;
use super::tree::Tree;
use crate::script::{Call, Class, Failure, Outcome, Registry, caught, raise, truth};

/// The keywords of calls that log.
const KEYWORDS: [&str; 4] = ["exc_info", "extra", "stack_info", "stacklevel"];

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Logger>("logging.Logger");
    class
        .by_parts(
            "Logger",
            |_, logger: &Logger| Ok(logger.name().into()),
            |interp, name| Ok(Tree::of(interp).get(&name.to_string())),
        )
        .by_address(Logger::address);
    for (name, _) in level::METHODS {
        class.method(name, &["msg", "*args"], |call| {
            let logger: Logger = call.this();
            log(call, &logger, level::of_method(call.name()), 0)
        });
    }
    class.method("log", &["level", "msg", "*args"], |call| {
        let logger: Logger = call.this();
        let level = number(call)?;
        log(call, &logger, level, 1)
    });
    settings(&mut class);
    lists(&mut class);
}

fn settings(class: &mut Class<'_>) {
    class
        .method("setLevel", &["level"], |call| {
            let level = call.value(0);
            let level = Tree::of(call.interp).read_level(&level)?;
            call.this::<Logger>().set_level(level);
            Ok(Dynamic::UNIT)
        })
        .method("getEffectiveLevel", &[], |call| {
            let level = Tree::of(call.interp).effective_level(&call.this());
            Ok(Dynamic::from_int(level))
        })
        .method("isEnabledFor", &["level"], |call| {
            let level = number(call)?;
            Ok(Tree::of(call.interp).is_enabled(&call.this(), level).into())
        })
        .method("getChild", &["suffix"], |call| {
            let (logger, suffix) = (call.this::<Logger>(), call.string(0)?);
            let name = match logger.is_root() {
                true => suffix.to_string(),
                false => format!("{}.{suffix}", logger.name()),
            };
            Ok(Dynamic::from(Tree::of(call.interp).get(&name)))
        })
        .getter("name", |call| {
            Ok(call.this::<Logger>().name().to_string().into())
        })
        .getter("level", |call| Ok(call.this::<Logger>().level().into()))
        .getter("parent", |call| {
            let parent = Tree::of(call.interp).parent(&call.this());
            Ok(parent.map_or(Dynamic::UNIT, Dynamic::from))
        })
        .getter("propagate", |call| {
            Ok(call.this::<Logger>().propagates().into())
        })
        .setter("propagate", |call| {
            let propagates = truth(&call.value(0));
            call.this::<Logger>().set_propagates(propagates);
            Ok(Dynamic::UNIT)
        })
        .getter("disabled", |call| {
            Ok(call.this::<Logger>().is_disabled().into())
        })
        .setter("disabled", |call| {
            let is_disabled = truth(&call.value(0));
            call.this::<Logger>().set_disabled(is_disabled);
            Ok(Dynamic::UNIT)
        })
        .repr(|call| {
            let logger: Logger = call.this();
            let tree = Tree::of(call.interp);
            let level = tree.level_name(tree.effective_level(&logger));
            let class = if logger.is_root() {
                "RootLogger"
            } else {
                "Logger"
            };
            Ok(format!("<{class} {} ({level})>", logger.name()).into())
        });
}

fn lists(class: &mut Class<'_>) {
    class
        .method("addHandler", &["hdlr"], |call| {
            let handler = handler(call)?;
            call.this::<Logger>().add_handler(handler);
            Ok(Dynamic::UNIT)
        })
        .method("removeHandler", &["hdlr"], |call| {
            let handler = handler(call)?;
            call.this::<Logger>().remove_handler(&handler);
            Ok(Dynamic::UNIT)
        })
        .method("hasHandlers", &[], |call| {
            Ok(Tree::of(call.interp).has_handlers(&call.this()).into())
        })
        .method("addFilter", &["filter"], |call| {
            let filter = filter::argument(call)?;
            call.this::<Logger>().add_filter(filter);
            Ok(Dynamic::UNIT)
        })
        .method("removeFilter", &["filter"], |call| {
            let (logger, filter) = (call.this::<Logger>(), call.value(0));
            let mut filters = logger.filters();
            filter::remove(call, &mut filters, &filter);
            logger.set_filters(filters);
            Ok(Dynamic::UNIT)
        })
        .method("handle", &["record"], |call| {
            let record = record::argument(call)?;
            let logger: Logger = call.this();
            let site = Site::of(call);
            let handled = Tree::of(call.interp).handle(&site, &logger, &record);
            handled.map(Dynamic::from)
        })
        .getter("handlers", |call| {
            let handlers = call.this::<Logger>().handlers().into_iter();
            Ok(handlers.map(Dynamic::from).collect::<Array>().into())
        })
        .setter("handlers", |call| {
            let given = call.array(0)?.into_iter();
            let handlers: Option<Vec<_>> = given.map(Dynamic::try_cast::<Handler>).collect();
            let text = "handlers must be a list of handlers";
            let handlers = handlers.ok_or_else(|| raise("TypeError", text))?;
            call.this::<Logger>().set_handlers(handlers);
            Ok(Dynamic::UNIT)
        })
        .getter("filters", |call| Ok(call.this::<Logger>().filters().into()));
}

/// Parameter 0 as a handler.
fn handler(call: &mut Call<'_>) -> Result<Handler, Failure> {
    let value = call.value(0);
    let found = value.clone();
    let handler = value.try_cast::<Handler>();
    handler.ok_or_else(|| call.mismatch(0, "a handler", &found))
}

/// Parameter 0 as a level that is a number, as Python demands it of calls that log.
pub(super) fn number(call: &mut Call<'_>) -> Result<i64, Failure> {
    let level = call.value(0).as_int();
    level.map_err(|_| raise("TypeError", "level must be an integer"))
}

/// Logs a message, which is argument `first`, with the arguments and keywords behind it.
///
/// # Errors
/// Those of functions of the script, and of `extra`.
pub(super) fn log(call: &mut Call<'_>, logger: &Logger, level: i64, first: usize) -> Outcome {
    if Tree::of(call.interp).is_enabled(logger, level) {
        log_enabled(call, logger, level, first)?;
    }
    // Rhai expects a function of the name `debug` to return what to print; it has been printed already.
    Ok(match call.name() {
        "debug" => ImmutableString::new().into(),
        _ => Dynamic::UNIT,
    })
}

fn log_enabled(
    call: &mut Call<'_>,
    logger: &Logger,
    level: i64,
    first: usize,
) -> Result<(), Failure> {
    call.keywords_only_if(&KEYWORDS);
    let mut args = call.rest(first);
    if args.is_empty() {
        let text = format!(
            "{}() missing 1 required positional argument: 'msg'",
            call.name()
        );
        return Err(raise("TypeError", text));
    }
    let message = args.remove(0);
    let is_exception = call.name() == "exception";
    let exception = match call.keyword("exc_info") {
        None => is_exception.then(caught::current),
        Some(given) if !truth(&given) => None,
        Some(given) if given.is_bool() || given.is_int() => Some(caught::current()),
        Some(given) => Some(Some(caught::of(&given))),
    };
    let extra = call.keyword("extra").filter(|extra| !extra.is_unit());
    let event = Event {
        logger: logger.name().into(),
        level,
        level_name: Tree::of(call.interp).level_name(level),
        began: Tree::of(call.interp).began(),
        message,
        args,
        exception,
        shows_stack: call.keyword("stack_info").is_some_and(|flag| truth(&flag)),
    };
    let site = Site::of(call);
    let record = LogRecord::of_event(&site, event);
    if let Some(extra) = extra {
        let map = extra.try_cast::<Map>();
        record.extend(map.ok_or_else(|| raise("TypeError", "extra must be a map"))?)?;
    }
    Tree::of(call.interp).handle(&site, logger, &record)
}
