//! Denied operations in words: the message names the request, and the help says how to allow it.

use super::grant::Missing;
use super::policy::Permissions;

/// Something that a script may not do.
#[derive(Debug)]
pub(crate) struct Denied {
    /// `reading '/etc/passwd' is not allowed`.
    pub(crate) message: String,
    /// How it could be allowed.
    pub(crate) help: String,
}

/// The denied request.
#[derive(Debug)]
pub(super) struct Asked {
    /// `read`: as in `--allow-read`, `Permissions::allow_read` and `permissions: #{read: …}`.
    pub(super) kind: &'static str,
    /// `reading '/etc/passwd'`.
    pub(super) doing: String,
    /// The value that `--allow-read=` would need to allow it; `None` if the option takes no list.
    pub(super) option: Option<String>,
    /// The arguments of `Permissions::allow_read(…)`; `None` is `allow_read_all()`.
    pub(super) arguments: Option<String>,
    /// A caution for those who consider allowing it.
    pub(super) note: Option<String>,
}

impl Asked {
    /// Returns the refusal to a script with these permissions.
    pub(super) fn denied(self, permissions: &Permissions, why: Missing) -> Denied {
        Denied {
            help: self.help(permissions, &why),
            message: format!("{} is not allowed", self.doing),
        }
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
        // Commas separate the paths of a list.
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

/// Returns the option and the method that deny something of a kind, or all of it.
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

/// Returns the error for an operation that changes the whole process, in a process that belongs to a host.
pub(super) fn changes_the_program(doing: &str) -> Denied {
    Denied {
        message: format!("{doing} would change the program that this script is embedded in"),
        help: "no permission allows it; `Builder::owns_process` declares that the process exists only for the script"
            .into(),
    }
}

/// Returns the error for a child that would have more threads than its parent.
pub(super) fn more_threads(own: usize) -> Denied {
    Denied {
        message: format!(
            "giving a child more than the {own} `threads` of this process is not allowed"
        ),
        help: "`Permissions::threads` in the program that runs the script sets the limit".into(),
    }
}

/// Returns the error for a process that already has the maximum number of threads.
pub(super) fn too_many_threads(living: usize) -> Denied {
    Denied {
        message: format!("starting a thread while {living} others are running is not allowed"),
        help: "`Permissions::threads` in the program that runs the script, or `threads` in the `permissions` of the \
               Process, sets the limit"
            .into(),
    }
}
