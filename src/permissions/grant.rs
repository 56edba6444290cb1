//! The rules for one kind of resource (files, addresses, variables): what is allowed, and what is denied, which wins.

use std::ffi::OsStr;

use serde::{Deserialize, Serialize};

use crate::text::from_os;

/// One thing that a permission is given for.
pub(super) trait Rule: PartialEq + Clone {
    /// The requested resource.
    type Asked: ?Sized;

    /// Returns whether what is asked for is this, or a part of it.
    fn covers(&self, asked: &Self::Asked) -> bool;

    /// Returns whether everything that `other` covers is covered.
    fn contains(&self, other: &Self) -> bool;

    /// Returns whether permission for everything is permission for this too. Some things have to be named.
    fn goes_without_saying(_asked: &Self::Asked) -> bool {
        true
    }

    /// Returns whether this is a thing that has to be named.
    fn has_to_be_named(&self) -> bool {
        false
    }

    /// Returns whether denying this denies what is asked for: that may reach further than what it allows.
    fn takes(&self, asked: &Self::Asked) -> bool {
        self.covers(asked)
    }

    /// As an option of the command line says it.
    fn named(&self) -> String;
}

/// Why something is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Missing {
    /// Nobody has allowed it.
    Allowed,
    /// Somebody has denied it: this of its kind, or all of it.
    Denied(Option<String>),
    /// It is a part of everything, and of this kind not everything is allowed.
    Everything(&'static str),
}

/// The rules for one kind of resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Grant<R> {
    pub(super) everything: bool,
    pub(super) listed: Vec<R>,
    pub(super) nothing: bool,
    pub(super) denied: Vec<R>,
}

impl<R> Grant<R> {
    /// Nothing, or everything.
    pub(super) fn new(everything: bool) -> Self {
        Self {
            everything,
            listed: Vec::new(),
            nothing: false,
            denied: Vec::new(),
        }
    }

    /// Returns whether there is nothing that is not allowed.
    pub(super) fn is_everything(&self) -> bool {
        self.everything && !self.nothing && self.denied.is_empty()
    }

    /// Returns whether there is nothing that is allowed.
    pub(super) fn is_nothing(&self) -> bool {
        self.nothing || !self.everything && self.listed.is_empty()
    }
}

impl<R: Rule> Grant<R> {
    /// Returns whether this is denied by itself.
    pub(super) fn denies(&self, asked: &R::Asked) -> bool {
        self.denied.iter().any(|rule| rule.takes(asked))
    }

    /// Checks whether this is allowed.
    pub(super) fn judge(&self, asked: &R::Asked) -> Result<(), Missing> {
        self.not_denied(|rule| rule.takes(asked))?;
        let everything = self.everything && R::goes_without_saying(asked);
        if everything || self.listed.iter().any(|rule| rule.covers(asked)) {
            return Ok(());
        }
        Err(Missing::Allowed)
    }

    /// Checks that nothing like this is denied.
    pub(super) fn not_denied(&self, like: impl Fn(&R) -> bool) -> Result<(), Missing> {
        if self.nothing {
            return Err(Missing::Denied(None));
        }
        let denied = self.denied.iter().find(|rule| like(rule));
        denied.map_or(Ok(()), |rule| Err(Missing::Denied(Some(rule.named()))))
    }

    /// Whether `asked` may be given to a child. `is_open` is whether also what has to be named is allowed, because nothing at
    /// all is kept from the script.
    ///
    /// # Errors
    /// Why it is not allowed here.
    pub(super) fn may_give(&self, asked: &R, is_open: bool) -> Result<(), Missing> {
        self.not_denied(|rule| rule.contains(asked))?;
        let everything = self.everything && (is_open || !asked.has_to_be_named());
        match everything || self.listed.iter().any(|rule| rule.contains(asked)) {
            true => Ok(()),
            false => Err(Missing::Allowed),
        }
    }

    /// Returns the same for `listed` alone; what is denied stays so.
    pub(super) fn narrowed(&self, listed: Vec<R>) -> Self {
        Self {
            everything: false,
            listed,
            ..self.clone()
        }
    }
}

/// An environment variable, by the string that scripts know its name by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Variable(String);

impl Variable {
    pub(super) fn named(name: impl AsRef<OsStr>) -> Self {
        Self(from_os(name))
    }
}

impl Rule for Variable {
    type Asked = str;

    fn covers(&self, asked: &str) -> bool {
        self.0 == asked
    }

    fn contains(&self, other: &Self) -> bool {
        self == other
    }

    fn named(&self) -> String {
        self.0.clone()
    }
}

/// Something that is allowed or not as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Switch {
    pub(super) allowed: bool,
    pub(super) denied: bool,
}

impl Switch {
    pub(super) fn is_on(self) -> bool {
        self.allowed && !self.denied
    }
}
