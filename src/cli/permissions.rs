//! The options `--allow-…`, `--deny-…` and `--sandbox`, which limit what a script may do outside itself.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{MapValueParser, PathBufValueParser, TypedValueParser};
use procscript::Permissions;

/// Options with a list can be repeated. Without a list, they mean everything of their kind.
#[derive(Debug, Default, Args)]
#[command(
    next_help_heading = "Permissions (each option limits its own kind; --sandbox limits all)"
)]
pub(crate) struct PermissionOptions {
    /// Allow nothing except what other options allow
    #[arg(long)]
    sandbox: bool,
    /// Read only these files and directories [any: --allow-read]
    #[arg(long, value_name = "PATH,…", num_args = 0.., require_equals = true, value_delimiter = ',')]
    allow_read: Option<Vec<PathBuf>>,
    /// Read none of these files and directories, or no files at all
    #[arg(long, value_name = "PATH,…", num_args = 0.., require_equals = true, value_delimiter = ',', default_missing_value = ALL)]
    deny_read: Option<Vec<PathBuf>>,
    /// Write, create, move and remove only these files and directories
    #[arg(long, value_name = "PATH,…", num_args = 0.., require_equals = true, value_delimiter = ',')]
    allow_write: Option<Vec<PathBuf>>,
    /// Write none of these files and directories, or no files at all
    #[arg(long, value_name = "PATH,…", num_args = 0.., require_equals = true, value_delimiter = ',', default_missing_value = ALL)]
    deny_write: Option<Vec<PathBuf>>,
    /// Connect to and listen on only these addresses, such as localhost or 10.0.0.1:80
    #[arg(long, value_name = "HOST[:PORT],…", num_args = 0.., require_equals = true, value_delimiter = ',', value_parser = host)]
    allow_net: Option<Vec<String>>,
    /// Connect to and listen on none of these addresses, or no addresses at all
    #[arg(long, value_name = "HOST[:PORT],…", num_args = 0.., require_equals = true, value_delimiter = ',', default_missing_value = ALL, value_parser = denied_host)]
    deny_net: Option<Vec<String>>,
    /// Read only these environment variables
    #[arg(long, value_name = "NAME,…", num_args = 0.., require_equals = true, value_delimiter = ',', value_parser = variable())]
    allow_env: Option<Vec<OsString>>,
    /// Read none of these environment variables, or none at all
    #[arg(long, value_name = "NAME,…", num_args = 0.., require_equals = true, value_delimiter = ',', value_parser = variable(), default_missing_value = ALL)]
    deny_env: Option<Vec<OsString>>,
    /// Start processes: at most AT_ONCE at the same time, in at most DEPTH generations
    #[arg(long, value_name = "AT_ONCE[,DEPTH]", num_args = 0..=1, require_equals = true, value_parser = processes, default_missing_value = "all")]
    allow_processes: Option<(u32, u32)>,
    /// Start no processes
    #[arg(long)]
    deny_processes: bool,
    /// Send and handle signals
    #[arg(long)]
    allow_signals: bool,
    /// Send and handle no signals
    #[arg(long)]
    deny_signals: bool,
    /// Run other programs, which can do everything; needed if any other option here is given
    #[arg(long)]
    allow_run: bool,
    /// Run no other programs
    #[arg(long)]
    deny_run: bool,
}

impl PermissionOptions {
    /// Returns what the script may do.
    pub(crate) fn permissions(&self) -> Permissions {
        self.denied(self.allowed(self.sandbox))
    }

    /// Returns the same with `--sandbox`, whether it is given or not.
    #[cfg(feature = "redis")]
    pub(crate) fn permissions_in_sandbox(&self) -> Permissions {
        self.denied(self.allowed(true))
    }

    fn allowed(&self, sandbox: bool) -> Permissions {
        if !sandbox && !self.is_only_some() {
            let all = Permissions::all();
            return if self.allow_run { all.allow_run() } else { all };
        }
        let rest = !sandbox;
        let mut some = Permissions::none();
        if rest {
            some = some.session_memory(u64::MAX).threads(usize::MAX);
        }
        for (list, all, one) in self.allowing() {
            some = match list.or(rest.then(Vec::new)) {
                None => some,
                Some(list) if list.is_empty() => all(some),
                Some(list) => list.into_iter().fold(some, one),
            };
        }
        if let Some((at_once, depth)) = self.allow_processes.or(rest.then_some(UNBOUNDED)) {
            some = some.allow_processes(at_once, depth);
        }
        if self.allow_signals || rest {
            some = some.allow_signals();
        }
        if self.allow_run {
            some = some.allow_run();
        }
        some
    }

    /// Returns whether something is allowed only in part.
    fn is_only_some(&self) -> bool {
        let mut lists = self.allowing().into_iter();
        lists.any(|(list, ..)| list.is_some_and(|list| !list.is_empty()))
            || self.allow_processes.is_some_and(|most| most != UNBOUNDED)
    }

    fn denied(&self, mut left: Permissions) -> Permissions {
        for (list, all, one) in self.denying() {
            let list = list.unwrap_or_default();
            // One empty list among others is everything too: an option must not deny less than it says.
            left = match list.iter().any(|item| *item == ALL) {
                true => all(left),
                false => list.into_iter().fold(left, one),
            };
        }
        if self.deny_processes {
            left = left.deny_processes();
        }
        if self.deny_signals {
            left = left.deny_signals();
        }
        if self.deny_run {
            left = left.deny_run();
        }
        left
    }

    /// The options that allow, each with what it allows without a list and for each item of one.
    fn allowing(&self) -> [Row<'_>; 4] {
        use Permissions as P;
        [
            row(&self.allow_read, P::allow_read_all, |to, path| {
                to.allow_read(path)
            }),
            row(&self.allow_write, P::allow_write_all, |to, path| {
                to.allow_write(path)
            }),
            row(&self.allow_net, P::allow_net_all, |to, host| {
                to.allow_net(&host.to_string_lossy())
            }),
            row(&self.allow_env, P::allow_env_all, |to, name| {
                to.allow_env([name])
            }),
        ]
    }

    /// The options that deny, each with what it denies without a list and for each item of one.
    fn denying(&self) -> [Row<'_>; 4] {
        use Permissions as P;
        [
            row(&self.deny_read, P::deny_read_all, |to, path| {
                to.deny_read(path)
            }),
            row(&self.deny_write, P::deny_write_all, |to, path| {
                to.deny_write(path)
            }),
            row(&self.deny_net, P::deny_net_all, |to, host| {
                to.deny_net(&host.to_string_lossy())
            }),
            row(&self.deny_env, P::deny_env_all, |to, name| {
                to.deny_env([name])
            }),
        ]
    }
}

/// An option with a list, if it is given; what it means without a list; what it means for one item.
type Row<'o> = (
    Option<Vec<&'o OsStr>>,
    fn(Permissions) -> Permissions,
    fn(Permissions, &OsStr) -> Permissions,
);

fn row<'o, T: AsRef<OsStr>>(
    list: &'o Option<Vec<T>>,
    all: fn(Permissions) -> Permissions,
    one: fn(Permissions, &OsStr) -> Permissions,
) -> Row<'o> {
    let list = list.as_ref();
    (
        list.map(|list| list.iter().map(AsRef::as_ref).collect()),
        all,
        one,
    )
}

/// What an option that denies says without a list, if only once: no argument of a program has a zero byte.
const ALL: &str = "\0";

/// No bound: at once, and how deep.
const UNBOUNDED: (u32, u32) = (u32::MAX, u32::MAX);

fn denied_host(text: &str) -> Result<String, String> {
    match text {
        ALL => Ok(text.into()),
        text => host(text),
    }
}

/// Parses an address with or without a port. An invalid one would allow nothing, or deny everything.
fn host(text: &str) -> Result<String, String> {
    match Permissions::is_host(text) {
        true => Ok(text.into()),
        false => Err("expected HOST or HOST:PORT".into()),
    }
}

/// Parses the name of a variable, which need not be UTF-8. As a path, it must not be empty.
fn variable() -> MapValueParser<PathBufValueParser, fn(PathBuf) -> OsString> {
    PathBufValueParser::new().map(PathBuf::into_os_string)
}

/// `8`, `8,2`, or nothing.
fn processes(text: &str) -> Result<(u32, u32), String> {
    if text == "all" {
        return Ok(UNBOUNDED);
    }
    let (at_once, depth) = text.split_once(',').unwrap_or((text, "1"));
    let number = |text: &str| {
        text.trim()
            .parse()
            .map_err(|_| format!("{text:?} is not a number of processes"))
    };
    Ok((number(at_once)?, number(depth)?))
}
