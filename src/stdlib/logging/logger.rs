//! A logger: its level, its handlers and filters.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use super::handler::Handler;
use crate::sys::lock::locked;

/// The name of the logger above all others.
pub(super) const ROOT: &str = "root";

/// A logger, one for each name in a process.
#[derive(Debug, Clone)]
pub(super) struct Logger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    level: AtomicI64,
    propagates: AtomicBool,
    is_disabled: AtomicBool,
    handlers: Mutex<Vec<Handler>>,
    filters: Mutex<Vec<Dynamic>>,
}

impl Logger {
    pub(super) fn new(name: &str, level: i64) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            level: level.into(),
            propagates: true.into(),
            is_disabled: false.into(),
            handlers: Mutex::default(),
            filters: Mutex::default(),
        }))
    }

    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn is_root(&self) -> bool {
        self.0.name == ROOT
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn level(&self) -> i64 {
        self.0.level.load(Ordering::Relaxed)
    }

    pub(super) fn set_level(&self, level: i64) {
        self.0.level.store(level, Ordering::Relaxed);
    }

    /// Returns whether records go on to the logger above.
    pub(super) fn propagates(&self) -> bool {
        self.0.propagates.load(Ordering::Relaxed)
    }

    pub(super) fn set_propagates(&self, propagates: bool) {
        self.0.propagates.store(propagates, Ordering::Relaxed);
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.0.is_disabled.load(Ordering::Relaxed)
    }

    pub(super) fn set_disabled(&self, is_disabled: bool) {
        self.0.is_disabled.store(is_disabled, Ordering::Relaxed);
    }

    pub(super) fn handlers(&self) -> Vec<Handler> {
        locked(&self.0.handlers).clone()
    }

    pub(super) fn set_handlers(&self, handlers: Vec<Handler>) {
        let old = std::mem::replace(&mut *locked(&self.0.handlers), handlers);
        drop(old);
    }

    pub(super) fn add_handler(&self, handler: Handler) {
        let mut handlers = locked(&self.0.handlers);
        if !handlers.iter().any(|other| other.is(&handler)) {
            handlers.push(handler);
        }
    }

    pub(super) fn remove_handler(&self, handler: &Handler) {
        locked(&self.0.handlers).retain(|other| !other.is(handler));
    }

    pub(super) fn filters(&self) -> Vec<Dynamic> {
        locked(&self.0.filters).clone()
    }

    pub(super) fn set_filters(&self, filters: Vec<Dynamic>) {
        let old = std::mem::replace(&mut *locked(&self.0.filters), filters);
        drop(old);
    }

    pub(super) fn add_filter(&self, filter: Dynamic) {
        locked(&self.0.filters).push(filter);
    }
}
