//! The interpreter that a native works for.
//!
//! The natives of all runtimes with the same script modules are the same values, because making them takes longer than everything else about a
//! runtime. So they ask the engine that calls them: an engine of ours has its interpreter as its tag. The tag of an engine that the host owns is
//! the host's, and its natives hold their interpreter themselves.

use std::sync::Arc;

use rhai::{Dynamic, DynamicReadLock, Engine};

use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;

/// The interpreter that a native works for.
#[derive(Clone)]
pub(crate) enum Owner {
    /// That of the engine which calls it.
    Engine,
    /// This one.
    Interp(Arc<Interp>),
}

/// The interpreter as the tag of its engine.
#[derive(Debug, Clone)]
pub(super) struct Tag(Arc<Interp>);

/// An owner that has been found.
pub(super) enum Found<'a> {
    ByEngine(DynamicReadLock<'a, Tag>),
    Held(&'a Arc<Interp>),
}

impl Owner {
    /// Lets the natives of an engine find this interpreter. Returns false for an engine that has a tag of the host's, which stays.
    pub(crate) fn note(engine: &mut Engine, interp: &Arc<Interp>) -> bool {
        let is_free = engine.default_tag().is_unit();
        if is_free {
            engine.set_default_tag(Dynamic::from(Tag(interp.clone())));
        }
        is_free
    }

    /// Returns whether the tag of an engine is its interpreter.
    pub(crate) fn is_noted(engine: &Engine) -> bool {
        Self::Engine.of(engine).is_ok()
    }

    /// Finds the interpreter for a call by this engine.
    pub(super) fn of<'a>(&'a self, engine: &'a Engine) -> Result<Found<'a>, Failure> {
        match self {
            Self::Interp(interp) => Ok(Found::Held(interp)),
            Self::Engine => match engine.default_tag().read_lock() {
                Some(tag) => Ok(Found::ByEngine(tag)),
                None => Err(raise("RuntimeError", "this engine has no runtime")),
            },
        }
    }
}

impl Found<'_> {
    pub(super) fn interp(&self) -> &Arc<Interp> {
        match self {
            Self::ByEngine(tag) => &tag.0,
            Self::Held(interp) => interp,
        }
    }
}
