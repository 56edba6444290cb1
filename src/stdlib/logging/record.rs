//! A record: what is known about an event, as attributes that functions of the script may read and change.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhai::{Array, Dynamic, Map};

use super::site::Site;
use crate::script::bind::{method_of, no_attribute};
use crate::script::{Call, Exception, Failure, Outcome, Registry, raise, truth};
use crate::stdlib::builtins::text_failure;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::threading::roster::Roster;
use crate::stdlib::time::since_epoch;
use crate::sys;
use crate::sys::lock::locked;
use crate::text;

/// A record of a log.
#[derive(Debug, Clone)]
pub(super) struct LogRecord(Arc<Mutex<Map>>);

/// What a call wants to have logged.
pub(super) struct Event {
    pub logger: String,
    pub level: i64,
    pub level_name: String,
    /// When the program began, since 1970.
    pub began: Duration,
    pub message: Dynamic,
    pub args: Array,
    pub exception: Option<Caught>,
    pub shows_stack: bool,
}

/// The exception of a record: there may be none where one was asked for.
pub(super) type Caught = Option<Exception>;

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<LogRecord>("logging.LogRecord")
        .by_parts(
            "LogRecord",
            |_, record: &LogRecord| Ok(record.with(|attributes| attributes.clone()).into()),
            |_, parts| match parts.try_cast::<Map>() {
                Some(attributes) => Ok(LogRecord::new(attributes)),
                None => Err("its attributes are not a map".into()),
            },
        )
        .index_getter(|call| {
            let name = call.string(0)?;
            let found = call.this::<LogRecord>().get(&name);
            let receiver = call.receiver().clone();
            found
                .or_else(|| method_of(call, &receiver, &name))
                .ok_or_else(|| no_attribute(call, "LogRecord", &name))
        })
        .index_setter(|call| {
            let (name, value) = (call.string(0)?, call.value(1));
            call.this::<LogRecord>().set(&name, value);
            Ok(Dynamic::UNIT)
        })
        .method("getMessage", &[], |call| {
            let record: LogRecord = call.this();
            record.message(&Site::of(call)).map(Dynamic::from)
        })
        .repr(|call| {
            let record: LogRecord = call.this();
            let shown = |name| call.str(&record.value(name));
            let [name, level, path, line] = ["name", "levelno", "pathname", "lineno"].map(shown);
            let message = call.str(&record.value("msg"));
            Ok(format!("<LogRecord: {name}, {level}, {path}, {line}, \"{message}\">").into())
        });
}

/// `logging.makeLogRecord(dict)`.
pub(super) fn make(call: &mut Call<'_>) -> Outcome {
    let given = call.value(0);
    let attributes = given.clone().try_cast::<Map>();
    let attributes = attributes.ok_or_else(|| call.mismatch(0, "a map", &given))?;
    let event = Event {
        logger: String::new(),
        level: 0,
        level_name: "NOTSET".into(),
        began: since_epoch(),
        message: "".into(),
        args: Array::new(),
        exception: None,
        shows_stack: false,
    };
    let record = LogRecord::of_event(&Site::of(call), event);
    record.with(|all| all.extend(attributes));
    Ok(Dynamic::from(record))
}

/// Parameter 0 as a record.
pub(super) fn argument(call: &mut Call<'_>) -> Result<LogRecord, Failure> {
    let value = call.value(0);
    value
        .try_cast_result::<LogRecord>()
        .map_err(|found| call.mismatch(0, "a LogRecord", &found))
}

impl LogRecord {
    fn new(attributes: Map) -> Self {
        Self(Arc::new(Mutex::new(attributes)))
    }

    /// Reads or changes the attributes. Nothing of a script runs meanwhile.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Map) -> T) -> T {
        look(&mut locked(&self.0))
    }

    pub(super) fn get(&self, name: &str) -> Option<Dynamic> {
        self.with(|attributes| attributes.get(name).map(Dynamic::flatten_clone))
    }

    /// Returns an attribute; `()` if there is none.
    pub(super) fn value(&self, name: &str) -> Dynamic {
        self.get(name).unwrap_or(Dynamic::UNIT)
    }

    pub(super) fn set(&self, name: &str, value: impl Into<Dynamic>) {
        let old = self.with(|attributes| attributes.insert(name.into(), value.into()));
        drop(old);
    }

    pub(super) fn level(&self) -> i64 {
        self.value("levelno").as_int().unwrap_or(0)
    }

    pub(super) fn copy(&self) -> Self {
        Self::new(self.with(|attributes| attributes.clone()))
    }

    /// Returns a record of an event in this process and thread, at the place of the call.
    pub(super) fn of_event(site: &Site<'_>, event: Event) -> Self {
        let (interp, context) = (site.interp, site.context);
        let now = since_epoch();
        let file = context.call_source().unwrap_or_default();
        let position = context.call_position();
        let (path, function) = match file {
            "" => (String::new(), String::new()),
            file => (
                interp.program.shown(file),
                interp.program.function_around(file, position),
            ),
        };
        let name = |part: Option<&std::ffi::OsStr>| {
            let part = part.map(|part| part.to_string_lossy().into_owned());
            Dynamic::from(part.unwrap_or_default())
        };
        let thread = Roster::of(interp).current();
        let stack = match event.shows_stack {
            true => interp.program.stack_at(file, position).into(),
            false => Dynamic::UNIT,
        };
        let line = position.line().unwrap_or(0) as i64;
        let since = now.saturating_sub(event.began);
        let whole = |time: Duration| Dynamic::from_int((time.as_millis() % 1000) as i64);
        let exception = match event.exception {
            None => Dynamic::UNIT,
            Some(None) => false.into(),
            Some(Some(exception)) => Dynamic::from(exception),
        };
        let attributes = [
            ("name", event.logger.into()),
            ("levelno", Dynamic::from_int(event.level)),
            ("levelname", event.level_name.into()),
            ("msg", event.message),
            ("args", event.args.into()),
            ("exc_info", exception),
            ("exc_text", Dynamic::UNIT),
            ("stack_info", stack),
            ("filename", name(Path::new(&path).file_name())),
            ("module", name(Path::new(&path).file_stem())),
            ("pathname", path.into()),
            ("lineno", Dynamic::from_int(line)),
            ("funcName", function.into()),
            ("created", Dynamic::from_float(now.as_secs_f64())),
            ("msecs", whole(now)),
            (
                "relativeCreated",
                Dynamic::from_float(since.as_secs_f64() * 1e3),
            ),
            (
                "thread",
                thread.ident().map_or(Dynamic::UNIT, Dynamic::from_int),
            ),
            ("threadName", thread.name().into()),
            ("process", Dynamic::from_int(sys::process::pid().into())),
            ("processName", Family::of(interp).name().into()),
        ];
        let attributes = attributes.into_iter();
        Self::new(
            attributes
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// Adds the attributes that a call gives as `extra`.
    ///
    /// # Errors
    /// `KeyError` if there is such an attribute.
    pub(super) fn extend(&self, extra: Map) -> Result<(), Failure> {
        self.with(|attributes| {
            for (name, value) in extra {
                if name == "message" || name == "asctime" || attributes.contains_key(&name) {
                    let text = format!("Attempt to overwrite '{name}' in LogRecord");
                    return Err(raise("KeyError", text));
                }
                attributes.insert(name, value);
            }
            Ok(())
        })
    }

    /// Returns the message with its arguments in it.
    ///
    /// # Errors
    /// They do not fit its format.
    pub(super) fn message(&self, site: &Site<'_>) -> Result<String, Failure> {
        let message = site.str(&self.value("msg"));
        let args = self.value("args");
        if !truth(&args) {
            return Ok(message);
        }
        // A single map is for `%(name)s`.
        let only = args.read_lock::<Array>().and_then(|args| match &args[..] {
            [only] if only.is_map() && truth(only) => Some(only.clone()),
            _ => None,
        });
        let args = only.unwrap_or(args);
        text::percent(&message, &args, &|value| Some(site.str(value))).map_err(text_failure)
    }

    /// Returns the exception with its traceback, if the record has one.
    pub(super) fn traceback(&self) -> Option<String> {
        let exception = self.value("exc_info");
        if exception.is_unit() {
            return None;
        }
        let exception = exception.try_cast::<Exception>();
        Some(exception.map_or_else(|| "NoneType: None".into(), |e| e.report()))
    }
}
