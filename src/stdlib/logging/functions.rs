//! The functions of the module: those of the root logger, and those about levels and loggers.

use rhai::Dynamic;

use super::config;
use super::filter;
use super::formatter;
use super::level;
use super::logger_class::{log, number};
use super::record;
use super::tree::Tree;
use crate::script::{Call, Namespace, Outcome, raise};
use crate::text::as_string;

pub(super) fn register(logging: &mut Namespace<'_>) {
    for (name, _) in level::METHODS {
        logging.function(name, &["msg", "*args"], |call| {
            let level = level::of_method(call.name());
            log_to_root(call, level, 0)
        });
    }
    logging
        .function("log", &["level", "msg", "*args"], |call| {
            let level = number(call)?;
            log_to_root(call, level, 1)
        })
        .function("getLogger", &["name?"], get_logger)
        .function("getLevelName", &["level"], |call| {
            let level = call.value(0);
            let names = Tree::of(call.interp).level_names();
            if let Ok(level) = level.as_int() {
                return Ok(names.of(level).into());
            }
            let number = as_string(&level).and_then(|name| names.number(&name));
            Ok(match number {
                Some(number) => Dynamic::from_int(number),
                None => format!("Level {}", call.str(&level)).into(),
            })
        })
        .function("addLevelName", &["level", "levelName"], |call| {
            let (level, name) = (call.int(0)?, call.string(1)?);
            Tree::of(call.interp).add_level_name(level, &name);
            Ok(Dynamic::UNIT)
        })
        .function("disable", &["level?"], |call| {
            let tree = Tree::of(call.interp);
            let level = match call.given(0) {
                Some(level) => tree.read_level(&level)?,
                None => level::of_method("critical"),
            };
            tree.disable(level);
            Ok(Dynamic::UNIT)
        })
        .function("makeLogRecord", &["dict", "/"], record::make)
        .function("shutdown", &[], |_| Ok(Dynamic::UNIT))
        .function(
            "Formatter",
            &["fmt?", "datefmt?", "style?", "validate?"],
            formatter::construct,
        )
        .function("Filter", &["name?"], filter::construct)
        .getter("root", |call| {
            Ok(Dynamic::from(Tree::of(call.interp).root()))
        });
}

/// Logs by the root logger, which writes to standard error unless it was set up.
fn log_to_root(call: &mut Call<'_>, level: i64, first: usize) -> Outcome {
    let root = Tree::of(call.interp).root();
    if root.handlers().is_empty() {
        config::set_up_simply(&root);
    }
    log(call, &root, level, first)
}

/// `logging.getLogger(name=None)`.
fn get_logger(call: &mut Call<'_>) -> Outcome {
    let name = call.given(0).unwrap_or_else(|| "".into());
    let Some(name) = as_string(&name) else {
        return Err(raise("TypeError", "A logger name must be a string"));
    };
    Ok(Dynamic::from(Tree::of(call.interp).get(&name)))
}
