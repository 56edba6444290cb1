//! A handler: what happens to the records that it gets.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic, Map};

use super::filter;
use super::formatter::formatted;
use super::level::NOTSET;
use super::record::LogRecord;
use super::sink::Sink;
use super::site::Site;
use crate::script::{Exception, Failure, Stop};
use crate::sys::lock::locked;
use crate::wire::Unsendable;

/// A handler, shared by the loggers to which it was added.
#[derive(Debug, Clone)]
pub(super) struct Handler(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sink: Sink,
    level: AtomicI64,
    formatter: Mutex<Option<Dynamic>>,
    filters: Mutex<Vec<Dynamic>>,
    /// What the script has set, `emit` among it.
    attributes: Mutex<Map>,
}

impl Handler {
    pub(super) fn new(sink: Sink) -> Self {
        Self(Arc::new(Inner {
            sink,
            level: NOTSET.into(),
            formatter: Mutex::default(),
            filters: Mutex::default(),
            attributes: Mutex::default(),
        }))
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn sink(&self) -> &Sink {
        &self.0.sink
    }

    pub(super) fn level(&self) -> i64 {
        self.0.level.load(Ordering::Relaxed)
    }

    pub(super) fn set_level(&self, level: i64) {
        self.0.level.store(level, Ordering::Relaxed);
    }

    pub(super) fn formatter(&self) -> Option<Dynamic> {
        locked(&self.0.formatter).clone()
    }

    pub(super) fn set_formatter(&self, formatter: Option<Dynamic>) {
        let old = std::mem::replace(&mut *locked(&self.0.formatter), formatter);
        drop(old);
    }

    pub(super) fn filters(&self) -> Vec<Dynamic> {
        locked(&self.0.filters).clone()
    }

    pub(super) fn set_filters(&self, filters: Vec<Dynamic>) {
        let old = std::mem::replace(&mut *locked(&self.0.filters), filters);
        drop(old);
    }

    pub(super) fn attribute(&self, name: &str) -> Option<Dynamic> {
        locked(&self.0.attributes).get(name).cloned()
    }

    pub(super) fn set_attribute(&self, name: &str, value: Dynamic) {
        let old = locked(&self.0.attributes).insert(name.into(), value);
        drop(old);
    }

    /// Returns the values of which another process makes the same handler.
    pub(super) fn parts(&self) -> Result<Dynamic, Unsendable> {
        let parts: Array = vec![
            self.0.sink.parts()?.into(),
            self.level().into(),
            self.formatter().unwrap_or(Dynamic::UNIT),
            self.filters().into(),
            locked(&self.0.attributes).clone().into(),
        ];
        Ok(parts.into())
    }

    /// Makes a handler of the [`parts`](Self::parts) of another process.
    pub(super) fn of_parts(parts: Dynamic) -> Option<Self> {
        let parts: [Dynamic; 5] = parts.into_array().ok()?.try_into().ok()?;
        let [sink, level, formatter, filters, attributes] = parts;
        let handler = Self::new(Sink::of_parts(sink.into_array().ok()?)?);
        handler.set_level(level.as_int().ok()?);
        handler.set_formatter(Some(formatter).filter(|formatter| !formatter.is_unit()));
        handler.set_filters(filters.into_array().ok()?);
        *locked(&handler.0.attributes) = attributes.try_cast()?;
        Some(handler)
    }

    /// Returns a record as text.
    ///
    /// # Errors
    /// Those of the formatter.
    pub(super) fn format(&self, site: &Site<'_>, record: &LogRecord) -> Result<String, Failure> {
        formatted(site, self.formatter().as_ref(), record)
    }

    /// Handles a record, unless a filter refuses it. What fails on the way out is reported on standard error, and does not stop the program.
    ///
    /// # Errors
    /// Those of functions of the script, and a stop.
    pub(super) fn handle(&self, site: &Site<'_>, record: &LogRecord) -> Result<(), Failure> {
        if !filter::pass(site, &self.filters(), record)? {
            return Ok(());
        }
        if let Some(emit) = self.attribute("emit") {
            let args = vec![Dynamic::from(record.clone())];
            return site
                .call(&emit, "emit", args)
                .map_or(Ok(()), |r| r.map(drop));
        }
        let format = || self.format(site, record);
        let result = self.0.sink.emit(site, record, format);
        match result {
            Err(error) if Stop::of(&error).is_none() => {
                report(site, record, &Exception::from_error(&error));
                Ok(())
            }
            other => other,
        }
    }
}

/// Reports that a record could not be handled. Nobody can be asked to do something about it where this cannot be written either.
fn report(site: &Site<'_>, record: &LogRecord, problem: &Exception) {
    let args = record.value("args");
    let args = match args.read_lock::<Array>().as_deref().map(Vec::as_slice) {
        Some([one]) => format!("({},)", site.repr(one)),
        Some(many) => {
            let shown: Vec<_> = many.iter().map(|arg| site.repr(arg)).collect();
            format!("({})", shown.join(", "))
        }
        None => site.repr(&args),
    };
    let [file, line, function] =
        ["pathname", "lineno", "funcName"].map(|name| site.str(&record.value(name)));
    let text = format!(
        "--- Logging error ---\n{}\nCall stack:\n  File \"{file}\", line {line}, in {function}\n\
         Message: {}\nArguments: {args}\n",
        problem.report(),
        site.repr(&record.value("msg")),
    );
    let _ = site.interp.output.error(&text);
}
