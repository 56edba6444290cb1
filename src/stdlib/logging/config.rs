//! Setting up a log in one call: `basicConfig`, and `log_to_stderr` of `multiprocessing`.

use rhai::Dynamic;

use super::formatter::{Formatter, Style};
use super::handler::Handler;
use super::handler_class::{check_encoding, file_handler, stream_sink};
use super::log_file::Rotation;
use super::logger::Logger;
use super::sink::Sink;
use super::tree::Tree;
use crate::script::{Call, Failure, Namespace, Outcome, raise};
use crate::text::as_string;

/// The parameters of `basicConfig`, all of them keywords.
const PARAMS: &[&str] = &[
    "filename?",
    "filemode?",
    "format?",
    "datefmt?",
    "style?",
    "level?",
    "stream?",
    "handlers?",
    "force?",
    "encoding?",
    "errors?",
];

const FILENAME: usize = 0;
const FILEMODE: usize = 1;
const FORMAT: usize = 2;
const DATEFMT: usize = 3;
const STYLE: usize = 4;
const LEVEL: usize = 5;
const STREAM: usize = 6;
const HANDLERS: usize = 7;
const FORCE: usize = 8;
const ENCODING: usize = 9;

pub(super) fn register(logging: &mut Namespace<'_>) {
    logging.function("basicConfig", PARAMS, basic_config);
}

/// Lets a root logger without handlers write to standard error.
pub(super) fn set_up_simply(root: &Logger) {
    let handler = Handler::new(Sink::StandardError);
    let format = Style::Percent.basic_format().to_string();
    let formatter = Formatter::new(Some(format), None, Style::Percent, false);
    handler.set_formatter(formatter.ok().map(Dynamic::from));
    root.add_handler(handler);
}

/// `logging.basicConfig(#{filename, format, level, …})`: nothing happens if the root logger has handlers already, unless `force`.
fn basic_config(call: &mut Call<'_>) -> Outcome {
    let root = Tree::of(call.interp).root();
    if call.bool_or(FORCE, false) {
        root.set_handlers(Vec::new());
    }
    if !root.handlers().is_empty() {
        return Ok(Dynamic::UNIT);
    }
    let handlers = handlers(call)?;
    let datefmt = call.given(DATEFMT).map(|format| call.str(&format));
    let style = Style::named(&call.string_or(STYLE, "%")?)?;
    let format = call.given(FORMAT).map(|format| call.str(&format));
    let format = format.unwrap_or_else(|| style.basic_format().into());
    let formatter = Formatter::new(Some(format), datefmt, style, true)?;
    let level = match call.given(LEVEL) {
        Some(level) => Some(Tree::of(call.interp).read_level(&level)?),
        None => None,
    };
    for handler in handlers {
        if handler.formatter().is_none() {
            handler.set_formatter(Some(Dynamic::from(formatter.clone())));
        }
        root.add_handler(handler);
    }
    if let Some(level) = level {
        root.set_level(level);
    }
    Ok(Dynamic::UNIT)
}

/// Returns the handlers that `basicConfig` was given, or one of its own.
fn handlers(call: &mut Call<'_>) -> Result<Vec<Handler>, Failure> {
    check_encoding(call, ENCODING)?;
    let (filename, stream) = (call.given(FILENAME), call.given(STREAM));
    let given = call.given(HANDLERS);
    if given.is_some() && (filename.is_some() || stream.is_some()) {
        let text = "'stream' or 'filename' should not be specified together with 'handlers'";
        return Err(raise("ValueError", text));
    }
    if filename.is_some() && stream.is_some() {
        let text = "'stream' and 'filename' should not be specified together";
        return Err(raise("ValueError", text));
    }
    if let Some(given) = given {
        let found = given.clone();
        let handlers = given.into_array().ok();
        let handlers = handlers.and_then(|all| {
            let handlers = all.into_iter().map(Dynamic::try_cast::<Handler>);
            handlers.collect::<Option<Vec<_>>>()
        });
        return handlers.ok_or_else(|| call.mismatch(HANDLERS, "a list of handlers", &found));
    }
    let Some(filename) = filename else {
        return Ok(vec![Handler::new(stream_sink(stream))]);
    };
    let Some(path) = as_string(&filename) else {
        return Err(call.mismatch(FILENAME, "a string", &filename));
    };
    let mode = call.string_or(FILEMODE, "a")?;
    let handler = file_handler(call, &path, &mode, false, Rotation::default())?;
    Ok(vec![handler])
}

/// Registers `multiprocessing.get_logger` and `log_to_stderr`.
pub(in crate::stdlib) fn register_multiprocessing(module: &mut Namespace<'_>) {
    module
        .function("get_logger", &[], |call| {
            Ok(Dynamic::from(of_multiprocessing(call)))
        })
        .function("log_to_stderr", &["level?"], |call| {
            let logger = of_multiprocessing(call);
            let handler = Handler::new(Sink::StandardError);
            let format = "[%(levelname)s/%(processName)s] %(message)s".to_string();
            let formatter = Formatter::new(Some(format), None, Style::Percent, true)?;
            handler.set_formatter(Some(Dynamic::from(formatter)));
            logger.add_handler(handler);
            if let Some(level) = call.given(0) {
                logger.set_level(Tree::of(call.interp).read_level(&level)?);
            }
            Ok(Dynamic::from(logger))
        });
}

/// Returns the logger of `multiprocessing`, whose records stay with its own handlers.
fn of_multiprocessing(call: &Call<'_>) -> Logger {
    let logger = Tree::of(call.interp).get("multiprocessing");
    logger.set_propagates(false);
    logger
}
