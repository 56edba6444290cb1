//! The options `--allow-…`, `--deny-…` and `--sandbox`, which limit what a script may do outside itself.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use procscript::Permissions;

/// Options with a list can be repeated. Without a list, they mean everything of their kind.
#[derive(Debug, Args)]
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
    #[arg(long, value_name = "NAME,…", num_args = 0.., require_equals = true, value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    allow_env: Option<Vec<String>>,
    /// Read none of these environment variables, or none at all
    #[arg(long, value_name = "NAME,…", num_args = 0.., require_equals = true, value_delimiter = ',', value_parser = NonEmptyStringValueParser::new(), default_missing_value = ALL)]
    deny_env: Option<Vec<String>>,
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
        self.denied(self.allowed())
    }

    fn allowed(&self) -> Permissions {
        if !self.sandbox && !self.is_only_some() {
            let all = Permissions::all();
            return if self.allow_run { all.allow_run() } else { all };
        }
        let mut some = Permissions::none();
        let rest = !self.sandbox;
        if rest {
            some = some.session_memory(u64::MAX).threads(usize::MAX);
        }
        let all_if_rest = || rest.then(Vec::new);
        let (read, write) = (self.allow_read.clone(), self.allow_write.clone());
        some = add(
            some,
            &read.or_else(all_if_rest),
            Permissions::allow_read_all,
            |some, path| some.allow_read(path),
        );
        some = add(
            some,
            &write.or_else(all_if_rest),
            Permissions::allow_write_all,
            |some, path| some.allow_write(path),
        );
        let all_if_rest = || rest.then(Vec::new);
        let (net, env) = (self.allow_net.clone(), self.allow_env.clone());
        some = add(
            some,
            &net.or_else(all_if_rest),
            Permissions::allow_net_all,
            |some, host| some.allow_net(host),
        );
        some = add(
            some,
            &env.or_else(all_if_rest),
            Permissions::allow_env_all,
            |some, name| some.allow_env([name]),
        );
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

    /// Returns whether anything is allowed for a list only.
    fn is_only_some(&self) -> bool {
        let paths = [&self.allow_read, &self.allow_write].into_iter().flatten();
        let words = [&self.allow_net, &self.allow_env].into_iter().flatten();
        paths
            .map(Vec::len)
            .chain(words.map(Vec::len))
            .any(|count| count > 0)
            || self.allow_processes.is_some_and(|most| most != UNBOUNDED)
    }

    fn denied(&self, mut left: Permissions) -> Permissions {
        left = deny(
            left,
            &self.deny_read,
            Permissions::deny_read_all,
            |left, path| left.deny_read(path),
        );
        left = deny(
            left,
            &self.deny_write,
            Permissions::deny_write_all,
            |left, path| left.deny_write(path),
        );
        left = deny(
            left,
            &self.deny_net,
            Permissions::deny_net_all,
            |left, host| left.deny_net(host),
        );
        left = deny(
            left,
            &self.deny_env,
            Permissions::deny_env_all,
            |left, name| left.deny_env([name]),
        );
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
}

/// What an option that denies says without a list, if only once: no argument of a program has a zero byte.
const ALL: &str = "\0";

/// No bound: at once, and how deep.
const UNBOUNDED: (u32, u32) = (u32::MAX, u32::MAX);

/// What an option with a list says: an empty one is everything.
fn add<T>(
    to: Permissions,
    list: &Option<Vec<T>>,
    everything: fn(Permissions) -> Permissions,
    one: fn(Permissions, &T) -> Permissions,
) -> Permissions {
    match list.as_deref() {
        None => to,
        Some([]) => everything(to),
        Some(items) => items.iter().fold(to, one),
    }
}

/// As [`add`]; one empty list among others is everything too, since it must not deny less than it says.
fn deny<T: AsRef<OsStr>>(
    from: Permissions,
    list: &Option<Vec<T>>,
    everything: fn(Permissions) -> Permissions,
    one: fn(Permissions, &T) -> Permissions,
) -> Permissions {
    let items = list.as_deref().unwrap_or_default();
    match items.iter().any(|item| item.as_ref() == ALL) {
        true => everything(from),
        false => items.iter().fold(from, one),
    }
}

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

/// `8`, `8,2`, or nothing.
fn processes(text: &str) -> Result<(u32, u32), String> {
    if text == "all" {
        return Ok(UNBOUNDED);
    }
    let (at_once, depth) = text.split_once(',').unwrap_or((text, "1"));
    let number = |text: &str| {
        text.trim()
            .parse()
            .map_err(|_| format!("{text:?} is no number of processes, 0 or more"))
    };
    Ok((number(at_once)?, number(depth)?))
}
