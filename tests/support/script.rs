//! Runs scripts by the real command: each in a process group of its own, under a watchdog, nobody left afterwards.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::process_table::{PidRange, describe_group, group_members, wait_for_empty_group};
use super::text::{fold_addresses, fold_pids, unindent};

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

/// One run of the command, to be furnished.
#[derive(Debug)]
pub(crate) struct Script {
    options: Vec<OsString>,
    file: Option<OsString>,
    args: Vec<OsString>,
    stdin: Option<Vec<u8>>,
    interactive: bool,
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
    pub(crate) fn option(mut self, option: &str) -> Self {
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
        let deadline = Instant::now() + WATCHDOG;
        Running {
            child,
            stdin,
            stdout,
            stderr,
            deadline,
            _directory: self.directory,
            finished: false,
        }
    }
}

/// A run in progress. Dropped before its end, it is killed with all its processes.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Capture,
    stderr: Capture,
    deadline: Instant,
    _directory: TempDir,
    finished: bool,
}

impl Running {
    /// The number of the main process, which is that of the group too.
    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// The numbers of the processes of this run.
    pub(crate) fn processes(&self) -> Vec<i32> {
        group_members(self.pid())
    }

    /// Waits until standard output has a line that begins with `start`, and gives the rest of that line.
    pub(crate) fn wait_for_line(&self, start: &str) -> String {
        let found = |text: &str| {
            let complete = text.rsplit_once('\n')?.0;
            complete
                .lines()
                .find_map(|line| line.strip_prefix(start))
                .map(str::to_string)
        };
        self.stdout
            .wait_for(self.deadline, found)
            .unwrap_or_else(|| self.give_up(&format!("no line `{start}`")))
    }

    /// Waits until standard output has `count` lines.
    pub(crate) fn wait_for_lines(&self, count: usize) {
        let enough = |text: &str| (text.matches('\n').count() >= count).then_some(());
        self.stdout
            .wait_for(self.deadline, enough)
            .unwrap_or_else(|| self.give_up(&format!("not {count} lines")));
    }

    /// Waits until standard error contains `part`.
    pub(crate) fn wait_for_stderr(&self, part: &str) {
        let found = |text: &str| text.contains(part).then_some(());
        self.stderr
            .wait_for(self.deadline, found)
            .unwrap_or_else(|| self.give_up(&format!("no `{part}`")));
    }

    /// Writes to the standard input of an interactive run.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.stdin
            .as_mut()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// Waits until `condition` holds.
    pub(crate) fn wait_until(&self, what: &str, condition: impl Fn() -> bool) {
        while !condition() {
            if Instant::now() >= self.deadline {
                self.give_up(what);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal to the main process only.
    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Sends a signal to every process of the run, as a terminal does for Ctrl-C.
    pub(crate) fn signal_all(&self, signal: Signal) {
        killpg(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Waits for the end of the main process: then no other process of the run is left.
    pub(crate) fn finish(self) -> Output {
        self.finish_within(Duration::ZERO)
    }

    /// As [`finish`](Self::finish) for a main process that cannot wait for the others: they end within `patience`.
    pub(crate) fn finish_within(mut self, patience: Duration) -> Output {
        let status = self.wait_for_main();
        // Taken before the pipes are closed: all numbers of this run have been given away by now.
        let left = wait_for_empty_group(self.pid(), patience);
        if !left.is_empty() {
            self.give_up(&format!(
                "the main process has ended ({status}), but not {left:?}"
            ));
        }
        self.finished = true;
        let end = |text: &str, capture: &Capture| {
            assert!(
                capture.wait_for_end(self.deadline),
                "nobody is left, but {text} is not closed"
            );
            capture.text()
        };
        Output {
            stdout: end("standard output", &self.stdout),
            stderr: end("standard error", &self.stderr),
            status,
            pids: PidRange::since(self.pid()),
        }
    }

    /// Waits for the end of the main process; the others are the caller's business.
    pub(crate) fn wait_for_main(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if Instant::now() >= self.deadline {
                self.give_up("the run takes too long");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Fails the test with all there is to know, once every process is killed.
    fn give_up(&self, why: &str) -> ! {
        let doing = describe_group(self.pid());
        let _ = killpg(Pid::from_raw(self.pid()), Signal::SIGKILL);
        let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
        panic!(
            "{why}\n--- processes\n{doing}--- standard output\n{stdout}--- standard error\n{stderr}---"
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.finished {
            let _ = killpg(Pid::from_raw(self.pid()), Signal::SIGKILL);
            let _ = self.child.wait();
        }
    }
}

/// The end of a run.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: ExitStatus,
    pids: PidRange,
}

impl Output {
    /// The exit code, or minus the signal's number, as scripts count.
    pub(crate) fn code(&self) -> i32 {
        self.status
            .code()
            .or(self.status.signal().map(|n| -n))
            .unwrap()
    }

    /// Standard output with process numbers folded, see [`fold_pids`].
    pub(crate) fn folded(&self) -> String {
        fold_pids(&self.stdout, self.pids)
    }

    /// The exit code and the whole of both outputs, given as literals that are un-indented.
    #[track_caller]
    pub(crate) fn assert(&self, code: i32, stdout: &str, stderr: &str) {
        self.assert_exactly(code, &unindent(stdout), &unindent(stderr));
    }

    /// The exit code and the whole of both outputs. Where a text names `<main>` or `<pid 1>`, process numbers are
    /// folded; where it has `0x…`, addresses are.
    #[track_caller]
    pub(crate) fn assert_exactly(&self, code: i32, stdout: &str, stderr: &str) {
        let folded = |found: &str, wanted: &str| {
            let names_some = ["<main>", "<tests>", "<pid "]
                .iter()
                .any(|name| wanted.contains(name));
            let mut found = found.to_string();
            if names_some {
                found = fold_pids(&found, self.pids);
            }
            if wanted.contains("0x…") {
                found = fold_addresses(&found);
            }
            found
        };
        let found = (
            self.code(),
            folded(&self.stdout, stdout),
            folded(&self.stderr, stderr),
        );
        let (found_code, found_out, found_err) = &found;
        assert!(
            (*found_code, found_out.as_str(), found_err.as_str()) == (code, stdout, stderr),
            "\n--- wanted: code {code}\n{stdout}--- standard error\n{stderr}\
             --- found: code {found_code}\n{found_out}--- standard error\n{found_err}---",
        );
    }

    /// It ended well and quietly.
    #[track_caller]
    pub(crate) fn assert_quiet(&self) {
        assert_eq!(
            (self.code(), self.stderr.as_str()),
            (0, ""),
            "standard output:\n{}",
            self.stdout
        );
    }
}

/// What comes out of one pipe, collected by a thread.
#[derive(Debug, Clone)]
struct Capture(Arc<(Mutex<Captured>, Condvar)>);

#[derive(Debug, Default)]
struct Captured {
    bytes: Vec<u8>,
    ended: bool,
}

impl Capture {
    fn begin(mut pipe: impl Read + Send + 'static) -> Self {
        let capture = Self(Arc::default());
        let writer = capture.clone();
        let _: JoinHandle<()> = std::thread::spawn(move || {
            let mut buffer = [0; 64 << 10];
            loop {
                let count = pipe.read(&mut buffer).unwrap_or(0);
                writer.change(|captured| {
                    captured.bytes.extend(&buffer[..count]);
                    captured.ended = count == 0;
                });
                if count == 0 {
                    return;
                }
            }
        });
        capture
    }

    fn change(&self, change: impl FnOnce(&mut Captured)) {
        change(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.1.notify_all();
    }

    fn text(&self) -> String {
        let captured = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&captured.bytes).into_owned()
    }

    fn wait_for<T>(&self, deadline: Instant, look: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut captured = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = look(&String::from_utf8_lossy(&captured.bytes)) {
                return Some(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if captured.ended || left.is_zero() {
                return None;
            }
            captured = self
                .0
                .1
                .wait_timeout(captured, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn wait_for_end(&self, deadline: Instant) -> bool {
        let mut captured = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !captured.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            captured = self
                .0
                .1
                .wait_timeout(captured, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}
