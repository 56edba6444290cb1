//! The tree of loggers of one process, and what a spawned child inherits of it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use rhai::{Array, Dynamic, Map};

use super::filter;
use super::handler::Handler;
use super::level::{NOTSET, Names, WARNING};
use super::logger::Logger;
use super::record::LogRecord;
use super::sink::Sink;
use super::site::Site;
use crate::script::{Failure, Interp, State};
use crate::stdlib::time::since_epoch;
use crate::sys::lock::locked;

/// The loggers of a runtime.
#[derive(Debug)]
pub(super) struct Tree {
    /// When the runtime began, since 1970.
    began: Duration,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    root: Option<Logger>,
    loggers: BTreeMap<String, Logger>,
    names: Names,
    /// Records of this level and below are dropped.
    disabled: i64,
}

/// The names of what a child inherits: settings; and with a number and the name of a logger, its handlers and filters.
const SETTINGS: &str = "logging";
const HANDLER: &str = "logging handler";
const FILTER: &str = "logging filter";

impl Default for Tree {
    fn default() -> Self {
        Self {
            began: since_epoch(),
            inner: Mutex::default(),
        }
    }
}

impl State for Tree {
    fn reset(&self) {
        *locked(&self.inner) = Inner::default();
    }

    fn inheritance(&self) -> Vec<(String, Dynamic)> {
        let all = self.all();
        if all.is_empty() {
            return Vec::new();
        }
        let mut values = vec![(SETTINGS.to_string(), self.settings(&all))];
        for logger in &all {
            let name = logger.name();
            let numbered = |kind, index| format!("{kind} {index:04} {name}");
            let handlers = logger.handlers().into_iter().map(Dynamic::from);
            let handlers = handlers.enumerate();
            values.extend(handlers.map(|(index, handler)| (numbered(HANDLER, index), handler)));
            let filters = logger.filters().into_iter().enumerate();
            values.extend(filters.map(|(index, filter)| (numbered(FILTER, index), filter)));
        }
        values
    }

    fn inherit(&self, values: &Map) {
        if let Some(settings) = values.get(SETTINGS) {
            let _ = self.set(settings);
        }
        let of_kind = |kind: &'static str| {
            values.iter().filter_map(move |(key, value)| {
                let (_, name) = key.strip_prefix(kind)?.strip_prefix(' ')?.split_once(' ')?;
                Some((name, value.clone()))
            })
        };
        for (name, handler) in of_kind(HANDLER) {
            if let Some(handler) = handler.try_cast::<Handler>() {
                self.get(name).add_handler(handler);
            }
        }
        for (name, filter) in of_kind(FILTER) {
            self.get(name).add_filter(filter);
        }
    }
}

impl Tree {
    pub(super) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Returns when the runtime began, since 1970.
    pub(super) fn began(&self) -> Duration {
        self.began
    }

    /// Returns the logger above all others.
    pub(super) fn root(&self) -> Logger {
        let mut inner = locked(&self.inner);
        let root = || Logger::new(super::logger::ROOT, WARNING);
        inner.root.get_or_insert_with(root).clone()
    }

    /// Returns the logger of a name, which is created the first time.
    pub(super) fn get(&self, name: &str) -> Logger {
        if name.is_empty() || name == super::logger::ROOT {
            return self.root();
        }
        let mut inner = locked(&self.inner);
        let logger = inner.loggers.entry(name.into());
        logger.or_insert_with(|| Logger::new(name, NOTSET)).clone()
    }

    /// Returns the logger next above: `a.b` for `a.b.c`, if there is one.
    pub(super) fn parent(&self, logger: &Logger) -> Option<Logger> {
        let mut name = logger.name();
        if logger.is_root() {
            return None;
        }
        let inner = locked(&self.inner);
        while let Some((above, _)) = name.rsplit_once('.') {
            if let Some(found) = inner.loggers.get(above) {
                return Some(found.clone());
            }
            name = above;
        }
        drop(inner);
        Some(self.root())
    }

    /// Returns the logger and those above it, as far as records go up if `propagating`.
    fn line(&self, logger: &Logger, propagating: bool) -> impl Iterator<Item = Logger> {
        let up = move |logger: &Logger| {
            let stops = propagating && !logger.propagates();
            (!stops).then(|| self.parent(logger)).flatten()
        };
        std::iter::successors(Some(logger.clone()), up)
    }

    /// Returns the first level that is set at a logger or above it.
    pub(super) fn effective_level(&self, logger: &Logger) -> i64 {
        let mut levels = self.line(logger, false).map(|logger| logger.level());
        levels.find(|level| *level != NOTSET).unwrap_or(NOTSET)
    }

    pub(super) fn is_enabled(&self, logger: &Logger, level: i64) -> bool {
        let dropped = locked(&self.inner).disabled;
        !logger.is_disabled() && level > dropped && level >= self.effective_level(logger)
    }

    pub(super) fn has_handlers(&self, logger: &Logger) -> bool {
        self.line(logger, true)
            .any(|logger| !logger.handlers().is_empty())
    }

    /// Passes a record to the handlers, unless a filter of the logger refuses it.
    ///
    /// # Errors
    /// Those of functions of the script.
    pub(super) fn handle(
        &self,
        site: &Site<'_>,
        logger: &Logger,
        record: &LogRecord,
    ) -> Result<(), Failure> {
        if logger.is_disabled() || !filter::pass(site, &logger.filters(), record)? {
            return Ok(());
        }
        self.pass(site, logger, record)
    }

    /// Passes a record to the handlers of a logger and of those above it; without any, to standard error if it is important.
    ///
    /// # Errors
    /// Those of functions of the script.
    fn pass(&self, site: &Site<'_>, logger: &Logger, record: &LogRecord) -> Result<(), Failure> {
        let handlers = self
            .line(logger, true)
            .flat_map(|logger| logger.handlers())
            .collect::<Vec<_>>();
        let level = record.level();
        if handlers.is_empty() && level >= WARNING {
            return Handler::new(Sink::StandardError).handle(site, record);
        }
        for handler in handlers {
            if level >= handler.level() {
                handler.handle(site, record)?;
            }
        }
        Ok(())
    }

    /// Drops records of this level and below.
    pub(super) fn disable(&self, level: i64) {
        locked(&self.inner).disabled = level;
    }

    pub(super) fn level_name(&self, level: i64) -> String {
        locked(&self.inner).names.of(level)
    }

    pub(super) fn add_level_name(&self, level: i64, name: &str) {
        locked(&self.inner).names.add(level, name);
    }

    /// Reads a level: a number or a name.
    ///
    /// # Errors
    /// Those of [`Names::read`].
    pub(super) fn read_level(&self, value: &Dynamic) -> Result<i64, Failure> {
        self.level_names().read(value)
    }

    /// Returns the names of levels, those of the script included.
    pub(super) fn level_names(&self) -> Names {
        locked(&self.inner).names.clone()
    }

    /// Returns every logger that was used, the root first.
    pub(super) fn all(&self) -> Vec<Logger> {
        let inner = locked(&self.inner);
        let root = inner.root.iter();
        root.chain(inner.loggers.values()).cloned().collect()
    }

    fn settings(&self, all: &[Logger]) -> Dynamic {
        let inner = locked(&self.inner);
        let names = inner.names.all();
        let names = names.map(|(level, name)| list([level.into(), name.into()]));
        let loggers = all.iter().map(|logger| {
            list([
                logger.name().into(),
                logger.level().into(),
                logger.propagates().into(),
                logger.is_disabled().into(),
            ])
        });
        list([
            inner.disabled.into(),
            names.collect::<Array>().into(),
            loggers.collect::<Array>().into(),
        ])
    }

    /// Sets what [`settings`](Self::settings) has returned; `None` if it is something else.
    fn set(&self, settings: &Dynamic) -> Option<()> {
        let [disabled, names, loggers] = parts(settings)?;
        self.disable(disabled.as_int().ok()?);
        for pair in names.into_array().ok()? {
            let [level, name] = parts(&pair)?;
            self.add_level_name(level.as_int().ok()?, &name.into_string().ok()?);
        }
        for logger in loggers.into_array().ok()? {
            let [name, level, propagates, is_disabled] = parts(&logger)?;
            let logger = self.get(&name.into_string().ok()?);
            logger.set_level(level.as_int().ok()?);
            logger.set_propagates(propagates.as_bool().ok()?);
            logger.set_disabled(is_disabled.as_bool().ok()?);
        }
        Some(())
    }
}

fn list<const N: usize>(items: [Dynamic; N]) -> Dynamic {
    Array::from(items).into()
}

fn parts<const N: usize>(value: &Dynamic) -> Option<[Dynamic; N]> {
    value.clone().into_array().ok()?.try_into().ok()
}
