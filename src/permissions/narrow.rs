//! Less for a child: `Process(#{target: f, permissions: #{read: ["/data"], net: false, processes: 0}})`.
//!
//! What is not named stays as it is. A child cannot be given what its parent does not have.

use rhai::{Dynamic, Map};

use super::endpoint::Endpoint;
use super::grant::{Grant, Missing, Rule};
use super::policy::{Permissions, Run, Variable};
use super::refusal::{Asked, more_threads};
use super::tree::Tree;
use crate::script::exceptions::{Failure, raise};
use crate::script::values::type_name;
use crate::text::{as_string, quoted};

/// What can be narrowed.
const KEYS: [&str; 8] = [
    "read",
    "write",
    "net",
    "env",
    "run",
    "signals",
    "processes",
    "threads",
];

impl Permissions {
    /// These permissions narrowed as a script says it.
    ///
    /// # Errors
    /// `PermissionError` for more than these; `TypeError` and `ValueError` for what cannot be understood.
    pub(crate) fn narrowed(&self, wanted: Map) -> Result<Self, Failure> {
        let mut child = self.clone();
        let names_run = wanted.contains_key("run");
        let mut narrowed = Vec::with_capacity(wanted.len());
        for (key, value) in wanted {
            match key.as_str() {
                "read" => child.read = self.grant("read", &self.read, &value, path)?,
                "write" => child.write = self.grant("write", &self.write, &value, path)?,
                "net" => child.net = self.grant("net", &self.net, &value, host)?,
                "env" => child.env = self.grant("env", &self.env, &value, variable)?,
                "run" => child.run = self.run(flag("run", &value)?)?,
                "signals" => {
                    let wanted = flag("signals", &value)?;
                    if wanted && !self.signals.is_on() {
                        let why = denied_if(self.signals.denied);
                        return Err(self.more("signals", None, why));
                    }
                    child.signals.allowed = wanted;
                }
                "processes" => self.fewer_processes(&mut child, &value)?,
                "threads" => child.threads = self.fewer_threads(&value)?,
                other => {
                    let keys = KEYS.join(", ");
                    let text = format!("permissions have no {} (they have {keys})", quoted(other));
                    return Err(raise("ValueError", text));
                }
            }
            narrowed.push(key.into());
        }
        // A program that is run has everything that the child has not.
        let runs = matches!(child.run, Run::Allowed | Run::WithEverything);
        if runs && !names_run && child.is_less_than(self) {
            child.run = Run::NotAllowed;
            narrowed.push("run".into());
        }
        child.narrowed.extend(narrowed);
        child.narrowed.sort();
        child.narrowed.dedup();
        Ok(child)
    }

    /// Whether something is kept from these that is not kept from their parent, beside an amount of threads.
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
        value: &Dynamic,
        rule: fn(&str) -> Result<R, Failure>,
    ) -> Result<Grant<R>, Failure> {
        if let Ok(wanted) = value.as_bool() {
            return match wanted {
                true if !own.is_everything() => {
                    let why = own.not_denied(|_| true).err();
                    Err(self.more(kind, None, why.unwrap_or(Missing::Allowed)))
                }
                true => Ok(own.clone()),
                false => Ok(Grant {
                    everything: false,
                    listed: Vec::new(),
                    ..own.clone()
                }),
            };
        }
        let wrong = |found: &Dynamic| {
            let found = type_name(found);
            let text =
                format!("permissions.{kind} must be a bool or a list of strings, not {found}");
            raise("TypeError", text)
        };
        let items = match as_string(value) {
            Some(_) => vec![value.clone()],
            None => value.clone().into_array().map_err(|_| wrong(value))?,
        };
        let mut rules = Vec::with_capacity(items.len());
        for item in &items {
            let text = as_string(item).ok_or_else(|| wrong(item))?;
            let rule = rule(&text)?;
            // One at a time, so that the error names what was written.
            own.narrowed(vec![rule.clone()], self.is_everything())
                .map_err(|why| self.more(kind, Some(&text), why))?;
            rules.push(rule);
        }
        own.narrowed(rules, self.is_everything())
            .map_err(|why| self.more(kind, None, why))
    }

    fn run(&self, wanted: bool) -> Result<Run, Failure> {
        let has =
            self.run == Run::Allowed || self.run == Run::WithEverything && self.is_everything();
        match wanted {
            true if !has => Err(self.more("run", None, denied_if(self.run == Run::Denied))),
            true => Ok(Run::Allowed),
            false => Ok(Run::NotAllowed),
        }
    }

    /// `false`, how many at once, or that and how many generations below the child.
    fn fewer_processes(&self, child: &mut Self, value: &Dynamic) -> Result<(), Failure> {
        let more = || self.more("processes", None, denied_if(self.processes.denied));
        if let Ok(wanted) = value.as_bool() {
            if wanted && !self.processes.is_unbounded() {
                return Err(more());
            }
            if !wanted {
                child.processes.at_once = 0;
            }
            return Ok(());
        }
        let numbers = match value.read_lock::<rhai::Array>() {
            Some(list) => list.to_vec(),
            None => vec![value.clone()],
        };
        let number = |value: &Dynamic| u32::try_from(value.as_int().ok()?).ok();
        let numbers: Option<Vec<u32>> = numbers.iter().map(number).collect();
        match numbers.as_deref() {
            Some([at_once, depth @ ..]) if depth.len() < 2 => {
                if *at_once > self.processes.at_once {
                    return Err(more());
                }
                child.processes.at_once = *at_once;
                if let [depth] = depth {
                    // The child itself is one generation.
                    let depth = depth.saturating_add(1);
                    if depth > self.processes.depth {
                        return Err(more());
                    }
                    child.processes.depth = depth;
                }
                Ok(())
            }
            _ => {
                let text = "permissions.processes must be a bool, a number, or a list [at once, generations]";
                Err(raise("TypeError", text))
            }
        }
    }

    fn fewer_threads(&self, value: &Dynamic) -> Result<usize, Failure> {
        let wanted = value.as_int().ok().and_then(|n| usize::try_from(n).ok());
        let wanted = wanted.ok_or_else(|| {
            let text = "permissions.threads must be a non-negative integer";
            raise("TypeError", text)
        })?;
        match wanted > self.threads {
            true => Err(more_threads(self.threads)),
            false => Ok(wanted),
        }
    }

    /// The error for what this process does not have itself.
    fn more(&self, kind: &'static str, what: Option<&str>, why: Missing) -> Failure {
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
        asked.refused(self, why)
    }
}

fn denied_if(is_denied: bool) -> Missing {
    match is_denied {
        true => Missing::Denied(None),
        false => Missing::Allowed,
    }
}

fn flag(key: &str, value: &Dynamic) -> Result<bool, Failure> {
    value.as_bool().map_err(|_| {
        let found = type_name(value);
        raise(
            "TypeError",
            format!("permissions.{key} must be a bool, not {found}"),
        )
    })
}

fn path(text: &str) -> Result<Tree, Failure> {
    if text.is_empty() {
        let text = "permissions: '' is not a path ('.' is the current directory)";
        return Err(raise("ValueError", text));
    }
    Ok(Tree::behind(text.as_ref()))
}

fn host(text: &str) -> Result<Endpoint, Failure> {
    let endpoint = Endpoint::read(text);
    if endpoint.is_nonsense() {
        let text = format!(
            "permissions.net: {} is not a valid address (expected HOST or HOST:PORT)",
            quoted(text)
        );
        return Err(raise("ValueError", text));
    }
    Ok(endpoint)
}

fn variable(text: &str) -> Result<Variable, Failure> {
    Ok(Variable(text.into()))
}
