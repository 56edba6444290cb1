//! The constructors of handlers, and their members.

use rhai::Dynamic;

use super::filter;
use super::formatter;
use super::handler::Handler;
use super::log_file::{LogFile, Rotation};
use super::record;
use super::sink::Sink;
use super::site::Site;
use super::tree::Tree;
use crate::script::bind::attribute_or_method;
use crate::script::{Call, Class, Failure, Namespace, Outcome, Registry, raise};
use crate::stdlib::builtins::path;
use crate::stdlib::os::path::absolute;
use crate::stdlib::sys::Stderr;

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Handler>("logging.Handler");
    class
        .by_parts(
            "Handler",
            |_, handler: &Handler| handler.parts(),
            |_, parts| Handler::of_parts(parts).ok_or_else(|| "its parts are missing".into()),
        )
        .by_address(Handler::address)
        .method("setLevel", &["level"], |call| {
            let level = call.value(0);
            let level = Tree::of(call.interp).read_level(&level)?;
            call.this::<Handler>().set_level(level);
            Ok(Dynamic::UNIT)
        })
        .method("setFormatter", &["fmt"], |call| {
            let formatter = formatter::argument(call)?;
            call.this::<Handler>().set_formatter(formatter);
            Ok(Dynamic::UNIT)
        })
        .method("addFilter", &["filter"], |call| {
            let filter = filter::argument(call)?;
            let handler: Handler = call.this();
            let mut filters = handler.filters();
            filters.push(filter);
            handler.set_filters(filters);
            Ok(Dynamic::UNIT)
        })
        .method("removeFilter", &["filter"], |call| {
            let (handler, filter) = (call.this::<Handler>(), call.value(0));
            let mut filters = handler.filters();
            filter::remove(call, &mut filters, &filter);
            handler.set_filters(filters);
            Ok(Dynamic::UNIT)
        })
        .method("format", &["record"], |call| {
            let record = record::argument(call)?;
            let handler: Handler = call.this();
            handler.format(&Site::of(call), &record).map(Dynamic::from)
        })
        .method("handle", &["record"], |call| {
            let record = record::argument(call)?;
            let handler: Handler = call.this();
            handler.handle(&Site::of(call), &record).map(Dynamic::from)
        })
        .method("flush", &[], |_| Ok(Dynamic::UNIT))
        .method("close", &[], |call| {
            if let Sink::File(file) = call.this::<Handler>().sink() {
                file.close();
            }
            Ok(Dynamic::UNIT)
        });
    attributes(&mut class);
}

/// The attributes of a handler, those of the script among them, and its form.
fn attributes(class: &mut Class<'_>) {
    class
        .getter("level", |call| Ok(call.this::<Handler>().level().into()))
        .getter("formatter", |call| {
            let formatter = call.this::<Handler>().formatter();
            Ok(formatter.unwrap_or(Dynamic::UNIT))
        })
        .getter("filters", |call| {
            Ok(call.this::<Handler>().filters().into())
        })
        .index_getter(attribute)
        .index_setter(|call| {
            let (name, value) = (call.string(0)?, call.value(1));
            call.this::<Handler>().set_attribute(&name, value);
            Ok(Dynamic::UNIT)
        })
        .attributes(|handler, name| handler.read_lock::<Handler>()?.attribute(name))
        .repr(|call| {
            let handler: Handler = call.this();
            let level = Tree::of(call.interp).level_name(handler.level());
            let class = handler.sink().class();
            Ok(match handler.sink() {
                Sink::File(file) => format!("<{class} {} ({level})>", file.path()),
                Sink::StandardError => format!("<{class} <stderr> ({level})>"),
                Sink::Stream(stream) => format!("<{class} {} ({level})>", call.str(stream)),
                _ => format!("<{class} ({level})>"),
            }
            .into())
        });
}

fn attribute(call: &mut Call<'_>) -> Outcome {
    let name = call.string(0)?;
    let handler: Handler = call.this();
    let found = handler
        .attribute(&name)
        .or_else(|| match (handler.sink(), &*name) {
            (Sink::File(file), "baseFilename") => Some(file.path().to_string().into()),
            _ => None,
        });
    attribute_or_method(call, "Handler", &name, found)
}

/// Registers those of `logging`.
pub(super) fn constructors(logging: &mut Namespace<'_>) {
    logging
        .function("Handler", &["level?"], |call| {
            let handler = Handler::new(Sink::Nowhere);
            if let Some(level) = call.given(0) {
                handler.set_level(Tree::of(call.interp).read_level(&level)?);
            }
            Ok(Dynamic::from(handler))
        })
        .function("NullHandler", &[], |_| {
            Ok(Dynamic::from(Handler::new(Sink::Nowhere)))
        })
        .function("StreamHandler", &["stream?"], |call| {
            let stream = call.given(0);
            Ok(Dynamic::from(Handler::new(stream_sink(stream))))
        })
        .function(
            "FileHandler",
            &["filename", "mode?", "encoding?", "delay?", "errors?"],
            |call| {
                let (path, mode) = (path(call, 0)?, call.string_or(1, "a")?);
                check_encoding(call, 2)?;
                let delay = call.bool_or(3, false);
                let handler = file_handler(call, &path, &mode, delay, Rotation::default())?;
                Ok(Dynamic::from(handler))
            },
        );
}

/// Registers those of `logging.handlers`.
pub(super) fn more_constructors(handlers: &mut Namespace<'_>) {
    handlers
        .function(
            "RotatingFileHandler",
            &[
                "filename",
                "mode?",
                "maxBytes?",
                "backupCount?",
                "encoding?",
                "delay?",
                "errors?",
            ],
            |call| {
                let (path, mode) = (path(call, 0)?, call.string_or(1, "a")?);
                let rotation = Rotation {
                    max_bytes: call.int_or(2, 0)?.try_into().unwrap_or(0),
                    backups: call.int_or(3, 0)?.try_into().unwrap_or(0),
                };
                check_encoding(call, 4)?;
                let delay = call.bool_or(5, false);
                // A file that is replaced keeps what is in it.
                let mode = if rotation.max_bytes > 0 { "a" } else { &mode };
                Ok(Dynamic::from(file_handler(
                    call, &path, mode, delay, rotation,
                )?))
            },
        )
        .function("QueueHandler", &["queue"], |call| {
            let queue = call.value(0);
            Ok(Dynamic::from(Handler::new(Sink::Queue(queue))))
        });
}

/// Returns the sink for a stream: standard error without one.
pub(super) fn stream_sink(stream: Option<Dynamic>) -> Sink {
    match stream {
        Some(stream) if !stream.is::<Stderr>() => Sink::Stream(stream),
        _ => Sink::StandardError,
    }
}

/// Returns a handler for a file, which is opened unless that is delayed.
///
/// # Errors
/// `ValueError` for a mode that does not write; those of opening the file.
pub(super) fn file_handler(
    call: &Call<'_>,
    path: &str,
    mode: &str,
    delay: bool,
    rotation: Rotation,
) -> Result<Handler, Failure> {
    let kind = mode.trim_end_matches(['t', '+']);
    if !["a", "w"].contains(&kind) {
        let text = format!("the mode of a log file must be 'a' or 'w', not '{mode}'");
        return Err(raise("ValueError", text));
    }
    let file = LogFile::new(absolute(path), rotation);
    if !delay {
        file.open(call.interp, kind == "w")?;
    }
    Ok(Handler::new(Sink::File(file)))
}

/// Log files are UTF-8.
///
/// # Errors
/// `ValueError` for another encoding.
pub(super) fn check_encoding(call: &mut Call<'_>, index: usize) -> Result<(), Failure> {
    let encoding = call.given(index).map(|encoding| call.str(&encoding));
    let name = encoding.unwrap_or_else(|| "utf-8".into()).to_lowercase();
    match name.replace(['-', '_'], "").as_str() {
        "utf8" | "ascii" | "usascii" => Ok(()),
        _ => Err(raise(
            "ValueError",
            format!("log files are written in utf-8, not in '{name}'"),
        )),
    }
}
