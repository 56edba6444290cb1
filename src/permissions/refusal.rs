//! What is not allowed, as an exception: it names what was asked, and its help line says how to allow it.

use rhai::Dynamic;

use super::grant::Missing;
use super::policy::Permissions;
use crate::script::exceptions::{Exception, Failure, throw};

/// What was asked.
#[derive(Debug)]
pub(super) struct Asked {
    /// `read`: as in `--allow-read`, `Permissions::allow_read` and `permissions: #{read: …}`.
    pub(super) kind: &'static str,
    /// `reading '/etc/passwd'`.
    pub(super) doing: String,
    /// What follows `--allow-read=` to allow it; nothing where that takes no list.
    pub(super) option: Option<String>,
    /// The arguments of `Permissions::allow_read(…)`; `None` is `allow_read_all()`.
    pub(super) arguments: Option<String>,
    /// What to know before one allows it.
    pub(super) note: Option<String>,
}

impl Asked {
    /// The error for a script with these permissions.
    pub(super) fn refused(self, permissions: &Permissions, why: Missing) -> Failure {
        let help = self.help(permissions, &why);
        let message = format!("{} is not allowed", self.doing);
        let args = vec![Dynamic::from(message)];
        throw(Exception::new("PermissionError", args).with_help(help))
    }

    fn help(&self, permissions: &Permissions, why: &Missing) -> String {
        let kind = self.kind;
        if let Missing::Denied(rule) = why {
            let (option, method) = denial(kind, rule.as_deref());
            return format!(
                "denying takes precedence over allowing: leave out `{option}` on the command line, or \
                 `Permissions::{method}` in the program that runs the script"
            );
        }
        if permissions.narrowed.iter().any(|name| name == kind) {
            return format!(
                "the process that started this one has restricted `{kind}`: allow it in the `permissions` of that Process"
            );
        }
        let option = self.option.as_ref();
        let option = option.map_or_else(String::new, |list| format!("={list}"));
        let note = self.note.as_deref().unwrap_or_default();
        let method = match &self.arguments {
            Some(arguments) => format!("allow_{kind}({arguments})"),
            None => format!("allow_{kind}_all()"),
        };
        // Between the paths of a list stand commas.
        if option.contains(',') && kind != "processes" {
            return format!(
                "no option can name it, because of the comma: allow it with `Permissions::{method}` in the program that \
                 runs the script"
            );
        }
        let reason = match why {
            Missing::Everything(less) => {
                format!("a program would not respect the restrictions on `{less}`: ")
            }
            _ => String::new(),
        };
        format!(
            "{reason}allow it with `--allow-{kind}{option}` on the command line, or with \
             `Permissions::{method}` in the program that runs the script{note}"
        )
    }
}

/// The option and the method that deny something of a kind, or all of it.
fn denial(kind: &str, rule: Option<&str>) -> (String, String) {
    let option = match rule {
        Some(rule) => format!("--deny-{kind}={rule}"),
        None => format!("--deny-{kind}"),
    };
    let method = match (kind, rule) {
        ("env", Some(rule)) => format!("deny_env([{rule:?}])"),
        (_, Some(rule)) => format!("deny_{kind}({rule:?})"),
        ("read" | "write" | "net" | "env", None) => format!("deny_{kind}_all()"),
        (_, None) => format!("deny_{kind}()"),
    };
    (option, method)
}

/// What changes the whole process, in one that is there for another program.
pub(super) fn not_ones_own(doing: &str) -> Failure {
    let message = format!("{doing} would change the program that this script is embedded in");
    let help = "no permission allows it; `Builder::owns_process` declares that the process exists only for the script";
    let args = vec![Dynamic::from(message)];
    throw(Exception::new("PermissionError", args).with_help(help.into()))
}

/// A child may not have more threads than its parent.
pub(super) fn more_threads(own: usize) -> Failure {
    let message =
        format!("giving a child more than the {own} `threads` of this process is not allowed");
    let help = "`Permissions::threads` in the program that runs the script sets the limit";
    let args = vec![Dynamic::from(message)];
    throw(Exception::new("PermissionError", args).with_help(help.into()))
}

/// A process has as many threads beside its first as it may.
pub(super) fn too_many_threads(living: usize) -> Failure {
    let message = format!("starting a thread while {living} others are running is not allowed");
    let help = "`Permissions::threads` in the program that runs the script, or `threads` in the `permissions` of the \
                Process, sets the limit";
    let args = vec![Dynamic::from(message)];
    throw(Exception::new("PermissionError", args).with_help(help.into()))
}
