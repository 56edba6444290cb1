//! Runs scripts by the real command: each in a process group of its own, under a watchdog, nobody left afterwards.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::capture::Capture;
pub(crate) use super::output::Output;
pub(crate) use super::running::Running;
use super::text::unindent;
use super::watchdog::Watchdog;

/// How long a run may take before its processes are described and killed.
const WATCHDOG: Duration = Duration::from_secs(60);

/// The ways to start a child, which must not make a difference.
pub(crate) const START_METHODS: [&str; 2] = ["fork", "spawn"];

/// Appended to scripts of tests: the type and the message of what `f` raises.
const ERROR_OF: &str = r#"
fn error_of(f) { try { f.call(); } catch (e) { return "%s: %s" % [e.type, e.message]; } "no error" }
"#;

/// Runs `test` once for each start method.
pub(crate) fn each_start_method(test: impl Fn(&'static str)) {
    for method in START_METHODS {
        eprintln!("start method: {method}");
        test(method);
    }
}

/// Runs a script under both start methods: it prints exactly `stdout`, nothing on standard error, and ends with 0.
pub(crate) fn prints(code: &str, stdout: &str) {
    each_start_method(|method| {
        Script::text(code)
            .start_method(method)
            .run()
            .assert(0, stdout, "")
    });
}

/// The modes in which the interpreter runs a script alone, as usual, and with everything compiled as soon as possible.
const MODES: [&str; 3] = ["never", "pays", "at-once"];

/// Runs a script in every mode: it prints exactly `stdout`, nothing on standard error, and ends with 0.
#[track_caller]
pub(crate) fn prints_in_every_mode(code: &str, stdout: &str) {
    for mode in MODES {
        eprintln!("{mode}");
        let by = format!("PROCSCRIPT_COMPILE={mode} exec \"$@\"");
        let run = Script::text(code).through_shell(&by).run();
        run.assert(0, stdout, "");
    }
}

/// Builds one run of the command.
#[derive(Debug)]
pub(crate) struct Script {
    options: Vec<OsString>,
    file: Option<OsString>,
    args: Vec<OsString>,
    stdin: Option<Vec<u8>>,
    interactive: bool,
    patience: Duration,
    directory: TempDir,
    wrapper: Vec<OsString>,
}

impl Script {
    /// A script of the repository: `scripts/join.rhai`.
    pub(crate) fn file(path: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        assert!(path.is_file(), "{} is missing", path.display());
        Self {
            file: Some(path.into()),
            ..Self::command(&["run"])
        }
    }

    /// A script given as text: `main.rhai` in a fresh directory. It may call `error_of(function)`.
    pub(crate) fn text(code: &str) -> Self {
        let script = Self {
            file: Some("main.rhai".into()),
            ..Self::command(&["run"])
        };
        let code = unindent(code);
        let helper = if code.contains("error_of(") {
            ERROR_OF
        } else {
            ""
        };
        script.beside("main.rhai", &(code + helper))
    }

    /// The command with these words, in a fresh directory.
    pub(crate) fn command(words: &[&str]) -> Self {
        Self {
            options: words.iter().map(OsString::from).collect(),
            file: None,
            args: Vec::new(),
            stdin: None,
            interactive: false,
            patience: WATCHDOG,
            directory: TempDir::with_prefix("procscript-test-").unwrap(),
            wrapper: Vec::new(),
        }
    }

    /// Puts a file into the directory the command runs in.
    pub(crate) fn beside(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn start_method(mut self, method: &str) -> Self {
        self.options
            .extend(["--start-method".into(), method.into()]);
        self
    }

    /// An option of the command.
    pub(crate) fn option(mut self, option: impl Into<OsString>) -> Self {
        self.options.push(option.into());
        self
    }

    /// An argument for the script.
    pub(crate) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// What can be read from standard input, which is empty otherwise.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Standard input stays open: see [`Running::type_in`].
    pub(crate) fn interactive(mut self) -> Self {
        self.interactive = true;
        self
    }

    /// The run may take several minutes.
    pub(crate) fn patient(mut self) -> Self {
        self.patience = 10 * WATCHDOG;
        self
    }

    /// Runs the command by a shell script, in which `"$@"` is the command.
    pub(crate) fn through_shell(mut self, script: &str) -> Self {
        self.wrapper = ["sh", "-c", script, "sh"]
            .iter()
            .map(OsString::from)
            .collect();
        self
    }

    /// The directory the command runs in.
    pub(crate) fn directory(&self) -> PathBuf {
        self.directory.path().into()
    }

    /// Runs to the end; afterwards no process is left.
    pub(crate) fn run(self) -> Output {
        self.start().finish()
    }

    /// Starts the run.
    pub(crate) fn start(self) -> Running {
        let program = OsString::from(env!("CARGO_BIN_EXE_procscript"));
        let words: Vec<&OsString> = self
            .wrapper
            .iter()
            .chain([&program])
            .chain(&self.options)
            .chain(&self.file)
            .chain(&self.args)
            .collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .current_dir(self.directory.path())
            .env("TZ", "UTC")
            .stdin(if self.interactive || self.stdin.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let stdout = Capture::begin(child.stdout.take().unwrap());
        let stderr = Capture::begin(child.stderr.take().unwrap());
        let mut stdin = child.stdin.take();
        if let Some((bytes, mut pipe)) = self.stdin.zip(stdin.take_if(|_| !self.interactive)) {
            // A script need not read what it is given.
            std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        Running {
            watchdog: Watchdog::of_group(child, self.patience),
            stdin,
            stdout,
            stderr,
            _directory: self.directory,
        }
    }
}
