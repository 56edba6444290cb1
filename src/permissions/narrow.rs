//! Fewer permissions for a child. Those that are not named are inherited, and none can exceed those of the parent.

use super::denied::{Asked, Denied, more_threads};
use super::endpoint::Endpoint;
use super::grant::{Grant, Missing, Rule, Variable};
use super::policy::{Permissions, Processes, Run};
use super::tree::Tree;
use crate::text::{quoted, to_os, to_path};

/// The permissions requested for a child; `None` leaves the parent's.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub env: Option<Share>,
    pub net: Option<Share>,
    pub processes: Option<Count>,
    pub read: Option<Share>,
    pub run: Option<bool>,
    pub signals: Option<bool>,
    pub threads: Option<usize>,
    pub write: Option<Share>,
}

/// The requested files, addresses or variables.
#[derive(Debug)]
pub(crate) enum Share {
    All(bool),
    /// These, as the options of the command line name them.
    Listed(Vec<String>),
}

/// The requested number of processes.
#[derive(Debug)]
pub(crate) enum Count {
    Any(bool),
    /// At most this many at once, and at most this many generations below the child.
    AtMost(u32, Option<u32>),
}

impl Permissions {
    /// Returns these permissions, narrowed for a child.
    ///
    /// # Errors
    /// [`Denied`] if more is requested than these permissions allow.
    pub(crate) fn narrowed(&self, wanted: &Wanted) -> Result<Self, Denied> {
        let mut child = self.clone();
        let mut named = Vec::new();
        if let Some(wanted) = &wanted.env {
            named.push("env");
            child.env = self.grant("env", &self.env, wanted, |name| {
                Variable::named(to_os(name))
            })?;
        }
        if let Some(wanted) = &wanted.net {
            named.push("net");
            child.net = self.grant("net", &self.net, wanted, Endpoint::read)?;
        }
        if let Some(wanted) = &wanted.processes {
            named.push("processes");
            self.fewer_processes(&mut child.processes, wanted)?;
        }
        let tree = |path: &str| Tree::behind(&to_path(path));
        if let Some(wanted) = &wanted.read {
            named.push("read");
            child.read = self.grant("read", &self.read, wanted, tree)?;
        }
        if let Some(wanted) = wanted.run {
            named.push("run");
            child.run = self.run(wanted)?;
        }
        if let Some(wanted) = wanted.signals {
            named.push("signals");
            if wanted && !self.signals.is_on() {
                return Err(self.more("signals", None, denied_if(self.signals.denied)));
            }
            child.signals.allowed = wanted;
        }
        if let Some(wanted) = wanted.threads {
            named.push("threads");
            if wanted > self.threads {
                return Err(more_threads(self.threads));
            }
            child.threads = wanted;
        }
        if let Some(wanted) = &wanted.write {
            named.push("write");
            child.write = self.grant("write", &self.write, wanted, tree)?;
        }
        // Another program would not be bound by the child's restrictions.
        let runs = matches!(child.run, Run::Allowed | Run::WithEverything);
        if runs && wanted.run.is_none() && child.is_less_than(self) {
            named.push("run");
            child.run = Run::NotAllowed;
        }
        child.narrowed.extend(named.into_iter().map(str::to_string));
        child.narrowed.sort();
        child.narrowed.dedup();
        Ok(child)
    }

    /// Returns whether these permissions are fewer than those of their parent, leaving aside the number of threads.
    fn is_less_than(&self, parent: &Self) -> bool {
        let with_its_threads = Self {
            threads: parent.threads,
            ..self.clone()
        };
        with_its_threads != *parent
    }

    fn grant<R: Rule>(
        &self,
        kind: &'static str,
        own: &Grant<R>,
        wanted: &Share,
        rule: impl Fn(&str) -> R,
    ) -> Result<Grant<R>, Denied> {
        let texts = match wanted {
            Share::All(true) if own.is_everything() => return Ok(own.clone()),
            Share::All(true) => {
                let why = own.not_denied(|_| true).err();
                return Err(self.more(kind, None, why.unwrap_or(Missing::Allowed)));
            }
            Share::All(false) => &Vec::new(),
            Share::Listed(texts) => texts,
        };
        let mut rules = Vec::with_capacity(texts.len());
        for text in texts {
            let rule = rule(text);
            own.may_give(&rule, self.is_everything())
                .map_err(|why| self.more(kind, Some(text), why))?;
            rules.push(rule);
        }
        Ok(own.narrowed(rules))
    }

    fn run(&self, wanted: bool) -> Result<Run, Denied> {
        let has =
            self.run == Run::Allowed || self.run == Run::WithEverything && self.is_everything();
        match wanted {
            true if !has => Err(self.more("run", None, denied_if(self.run == Run::Denied))),
            true => Ok(Run::Allowed),
            false => Ok(Run::NotAllowed),
        }
    }

    fn fewer_processes(&self, child: &mut Processes, wanted: &Count) -> Result<(), Denied> {
        let own = self.processes;
        let (at_once, depth, has) = match *wanted {
            Count::Any(true) => (own.at_once, own.depth, own.is_unbounded()),
            Count::Any(false) => (0, own.depth, true),
            Count::AtMost(at_once, depth) => {
                // The child itself is one generation.
                let depth = depth.map_or(own.depth, |depth| depth.saturating_add(1));
                let has = at_once <= own.at_once && depth <= own.depth;
                (at_once, depth, has)
            }
        };
        if !has {
            return Err(self.more("processes", None, denied_if(own.denied)));
        }
        (child.at_once, child.depth) = (at_once, depth);
        Ok(())
    }

    /// Returns the error for a permission that this process does not have itself.
    fn more(&self, kind: &'static str, what: Option<&str>, why: Missing) -> Denied {
        let shown = what.map_or_else(String::new, |what| format!(" {}", quoted(what)));
        let arguments = match (kind, what) {
            ("run" | "signals", _) => Some(String::new()),
            ("processes", _) => Some("…".into()),
            ("env", Some(name)) => Some(format!("[{name:?}]")),
            (_, what) => what.map(|what| format!("{what:?}")),
        };
        let asked = Asked {
            kind,
            doing: format!("giving a child more `{kind}`{shown} than this process has"),
            option: what.map(str::to_string),
            arguments,
            note: None,
        };
        asked.denied(self, why)
    }
}

fn denied_if(is_denied: bool) -> Missing {
    match is_denied {
        true => Missing::Denied(None),
        false => Missing::Allowed,
    }
}
