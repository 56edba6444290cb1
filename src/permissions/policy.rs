//! `Permissions`: what a script may do outside itself, as the host configures it.

use std::ffi::OsStr;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::endpoint::Endpoint;
use super::grant::{Grant, Switch, Variable};
use super::tree::Tree;

/// The permissions of a script outside itself: files, network, environment, processes, signals, programs.
///
/// Start from [`none`](Self::none) or [`all`](Self::all); the methods allow more, or deny something. Denying takes precedence over
/// allowing, in whichever order the methods are called.
///
/// Computing, time, random numbers, printing, and sharing values between threads need no permission. A child process has
/// at most the permissions of its parent; threads have those of their process. A script that does something that is not allowed gets a
/// `PermissionError`, which it can catch. `docs/permissions.md` describes what permissions protect and what they do not.
///
/// # Example
/// ```
/// use procscript::{Permissions, Runtime, Script};
///
/// // A host that starts processes calls `procscript::init()` first.
/// let permissions = Permissions::none()
///     .allow_read("/usr/share")
///     .allow_net("127.0.0.1:8080")
///     .allow_env(["LANG"]);
/// let runtime = Runtime::builder().permissions(permissions).build().unwrap();
/// let script = Script::from_text("nosy", r#"
///     try { open("/etc/passwd"); throw "read"; } catch (e) { if e.type != "PermissionError" { throw e; } }
/// "#);
/// assert_eq!(runtime.run_main(script), 0);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Permissions {
    pub(super) read: Grant<Tree>,
    pub(super) write: Grant<Tree>,
    pub(super) net: Grant<Endpoint>,
    pub(super) env: Grant<Variable>,
    pub(super) run: Run,
    pub(super) signals: Switch,
    pub(super) processes: Processes,
    /// In bytes.
    pub(super) session_memory: u64,
    pub(super) threads: usize,
    /// The kinds that the parent of this process has restricted, by their names in [`narrow`](super::narrow).
    pub(super) narrowed: Vec<String>,
}

/// Whether programs may be run, which can do everything that the user may.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) enum Run {
    /// As long as nothing else is denied: a program could do for the script what the script may not.
    WithEverything,
    Allowed,
    NotAllowed,
    Denied,
}

/// How many processes may be started: by default none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Processes {
    /// The maximum number of living processes besides the first of the family.
    pub(super) at_once: u32,
    /// How many generations may follow this process.
    pub(super) depth: u32,
    /// How many generations were before this process.
    pub(super) generation: u32,
    pub(super) denied: bool,
}

impl Processes {
    pub(super) fn is_unbounded(self) -> bool {
        self.at_once == u32::MAX && self.depth == u32::MAX && !self.denied
    }
}

impl Permissions {
    /// The shared memory of [`none`](Self::none), in bytes: 64 MiB.
    pub const SESSION_MEMORY: u64 = 64 << 20;

    /// The threads of [`none`](Self::none).
    pub const THREADS: usize = 64;

    /// Nothing outside the script: it computes, prints, and shares values between at most 64 threads, in 64 MiB of
    /// session memory. This is the default of a host.
    #[must_use]
    pub fn none() -> Self {
        Self {
            read: Grant::new(false),
            write: Grant::new(false),
            net: Grant::new(false),
            env: Grant::new(false),
            run: Run::NotAllowed,
            signals: Switch::default(),
            processes: Processes::default(),
            session_memory: Self::SESSION_MEMORY,
            threads: Self::THREADS,
            narrowed: Vec::new(),
        }
    }

    /// Returns all permissions of the user. This is the default of the command.
    ///
    /// Running programs is included only as long as nothing else is denied: a script without network access could run a
    /// program that has it. Call [`allow_run`](Self::allow_run) to allow it nevertheless.
    #[must_use]
    pub fn all() -> Self {
        Self {
            read: Grant::new(true),
            write: Grant::new(true),
            net: Grant::new(true),
            env: Grant::new(true),
            run: Run::WithEverything,
            signals: Switch {
                allowed: true,
                denied: false,
            },
            processes: Processes {
                at_once: u32::MAX,
                depth: u32::MAX,
                ..Processes::default()
            },
            session_memory: u64::MAX,
            threads: usize::MAX,
            narrowed: Vec::new(),
        }
    }

    /// Allows reading a file, or a directory and everything in it: contents, names, and whether something exists.
    ///
    /// A relative path is resolved against the current directory, and links are followed, both when this is called. An empty
    /// path allows nothing.
    #[must_use]
    pub fn allow_read(mut self, path: impl AsRef<Path>) -> Self {
        self.read.listed.extend(tree(path.as_ref()));
        self
    }

    /// Allows reading every file except the kernel's own in `/proc`, `/sys` and `/dev`, which have to be named.
    #[must_use]
    pub fn allow_read_all(mut self) -> Self {
        self.read.everything = true;
        self
    }

    /// Denies reading a file, or a directory and everything in it. An empty path denies all of it.
    #[must_use]
    pub fn deny_read(mut self, path: impl AsRef<Path>) -> Self {
        deny(&mut self.read, path.as_ref());
        self
    }

    /// Denies reading all files.
    #[must_use]
    pub fn deny_read_all(mut self) -> Self {
        self.read.nothing = true;
        self
    }

    /// Allows writing, creating, moving and removing a file, or a directory and everything in it. See
    /// [`allow_read`](Self::allow_read) for paths.
    ///
    /// A script that may write a program that somebody runs, or a file that such a program reads, can do more than write.
    #[must_use]
    pub fn allow_write(mut self, path: impl AsRef<Path>) -> Self {
        self.write.listed.extend(tree(path.as_ref()));
        self
    }

    /// Allows writing every file except the kernel's own in `/proc`, `/sys` and `/dev`, which have to be named.
    #[must_use]
    pub fn allow_write_all(mut self) -> Self {
        self.write.everything = true;
        self
    }

    /// Denies writing a file, or a directory and everything in it. An empty path denies all of it.
    #[must_use]
    pub fn deny_write(mut self, path: impl AsRef<Path>) -> Self {
        deny(&mut self.write, path.as_ref());
        self
    }

    /// Denies writing all files.
    #[must_use]
    pub fn deny_write_all(mut self) -> Self {
        self.write.nothing = true;
        self
    }

    /// Allows connecting to an address, sending to it, and listening on it if it belongs to this machine: `"127.0.0.1"`,
    /// `"127.0.0.1:8080"`, `"[::1]:80"`, `"example.com:443"`, `"*:80"`.
    ///
    /// A host name allows the addresses that it has when it is used, and looking it up. Without a port, all ports are
    /// allowed. `localhost` is every loopback address. A string in another form allows nothing.
    #[must_use]
    pub fn allow_net(mut self, host: &str) -> Self {
        self.net.listed.push(Endpoint::read(host));
        self
    }

    /// Returns whether a string is an address, with or without a port, as [`allow_net`](Self::allow_net) reads it.
    #[must_use]
    pub fn is_host(text: &str) -> bool {
        !Endpoint::read(text).is_invalid()
    }

    /// Allows connecting to every address and listening on it.
    #[must_use]
    pub fn allow_net_all(mut self) -> Self {
        self.net.everything = true;
        self
    }

    /// Denies connecting to an address and listening on it; see [`allow_net`](Self::allow_net) for the forms. A string in another
    /// form denies the whole network. A machine whose name is denied can be reached by its address: deny that too.
    #[must_use]
    pub fn deny_net(mut self, host: &str) -> Self {
        let endpoint = Endpoint::read(host);
        self.net.nothing |= endpoint.is_invalid();
        self.net.denied.push(endpoint);
        self
    }

    /// Denies the whole network.
    #[must_use]
    pub fn deny_net_all(mut self) -> Self {
        self.net.nothing = true;
        self
    }

    /// Allows reading environment variables, by name. Names need not be UTF-8.
    #[must_use]
    pub fn allow_env(mut self, names: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let names = names.into_iter().map(Variable::named);
        self.env.listed.extend(names);
        self
    }

    /// Allows reading the whole environment.
    #[must_use]
    pub fn allow_env_all(mut self) -> Self {
        self.env.everything = true;
        self
    }

    /// Denies reading these environment variables.
    #[must_use]
    pub fn deny_env(mut self, names: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let names = names.into_iter().map(Variable::named);
        self.env.denied.extend(names);
        self
    }

    /// Denies reading the environment.
    #[must_use]
    pub fn deny_env_all(mut self) -> Self {
        self.env.nothing = true;
        self
    }

    /// Allows starting processes that run functions of the script: at most `at_once` at the same time, not counting the main
    /// process, in at most `depth` generations below this one (1: children, but no children of children).
    #[must_use]
    pub fn allow_processes(mut self, at_once: u32, depth: u32) -> Self {
        (self.processes.at_once, self.processes.depth) = (at_once, depth);
        self
    }

    /// Denies starting processes.
    #[must_use]
    pub fn deny_processes(mut self) -> Self {
        self.processes.denied = true;
        self
    }

    /// Allows running other programs: `os.system`, `subprocess`. They have the user's rights and none of these restrictions, so this
    /// allows everything.
    #[must_use]
    pub fn allow_run(mut self) -> Self {
        if self.run != Run::Denied {
            self.run = Run::Allowed;
        }
        self
    }

    /// Denies running other programs.
    #[must_use]
    pub fn deny_run(mut self) -> Self {
        self.run = Run::Denied;
        self
    }

    /// Allows sending signals to any process of the user, and handling signals. Ending a child with `Process.terminate` needs no
    /// permission.
    #[must_use]
    pub fn allow_signals(mut self) -> Self {
        self.signals.allowed = true;
        self
    }

    /// Denies sending and handling signals.
    #[must_use]
    pub fn deny_signals(mut self) -> Self {
        self.signals.denied = true;
        self
    }

    /// Limits the shared memory of the family's locks and queues, messages included, to this many bytes; more is a `MemoryError`.
    /// [`Builder::session_memory`](crate::Builder::session_memory) can lower the limit, not raise it.
    #[must_use]
    pub fn session_memory(mut self, bytes: u64) -> Self {
        self.session_memory = bytes;
        self
    }

    /// Limits how many threads a process may have at once, not counting its first.
    #[must_use]
    pub fn threads(mut self, most: usize) -> Self {
        self.threads = most;
        self
    }

    /// Returns whether nothing but an amount of memory or threads is denied to the script.
    pub(super) fn is_everything(&self) -> bool {
        let runs = matches!(self.run, Run::WithEverything | Run::Allowed);
        runs && self.less_than_everything().is_none()
    }

    /// Returns the first kind of which something is denied to the script, apart from running programs.
    pub(super) fn less_than_everything(&self) -> Option<&'static str> {
        let kinds = [
            ("read", self.read.is_everything()),
            ("write", self.write.is_everything()),
            ("net", self.net.is_everything()),
            ("env", self.env.is_everything()),
            ("signals", self.signals.is_on()),
            ("processes", self.processes.is_unbounded()),
        ];
        let less = kinds.into_iter().find(|(_, is_everything)| !is_everything);
        less.map(|(kind, _)| kind)
    }
}

/// Returns the access that is allowed to a path.
fn tree(path: &Path) -> Option<Tree> {
    (!path.as_os_str().is_empty()).then(|| Tree::behind(path))
}

/// With a path, what it leads to is denied, and the name itself.
fn deny(grant: &mut Grant<Tree>, path: &Path) {
    if path.as_os_str().is_empty() {
        grant.nothing = true;
    } else {
        let both = [Tree::behind(path), Tree::of_name(path)];
        grant.denied.extend(both);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_path_allows_nothing_and_denies_everything() {
        let allowed = Permissions::none().allow_read("").allow_write("");
        assert!(allowed.read.judge(Path::new("/etc")).is_err());
        assert!(allowed.write.judge(Path::new("/etc")).is_err());
        let denied = Permissions::all().deny_read("").deny_write("");
        assert!(denied.read.judge(Path::new("/etc")).is_err());
        assert!(denied.write.judge(Path::new("/etc")).is_err());
    }
}
