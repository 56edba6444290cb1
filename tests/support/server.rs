//! A Redis or Valkey server of a test's own, on a spare port of the loopback address, with its files in a directory of its own.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// How long a server may take to start.
const START: Duration = Duration::from_secs(30);

/// A server that runs, until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    program: String,
    port: u16,
    directory: TempDir,
    settings: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// Starts a server with these settings besides an append-only file; `None`, with one loud line, where there is no server to start, or the command knows
    /// none.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        if !cfg!(feature = "redis") {
            eprintln!("SKIPPED: servers are tested with --features redis");
            return None;
        }
        let program = program()?;
        let directory = TempDir::with_prefix("procscript-server-").unwrap();
        // Nobody else takes a port that was free a moment ago; if somebody does, the server does not start and the test says so.
        let spare = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = spare.local_addr().unwrap().port();
        drop(spare);
        let mut server = Self {
            program,
            port,
            directory,
            settings: settings.iter().map(ToString::to_string).collect(),
            child: None,
        };
        server.run();
        Some(server)
    }

    /// Starts it again with the files that it has.
    pub(crate) fn run(&mut self) {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.directory.path().join("log"))
            .unwrap();
        let directory = self.directory.path().to_str().unwrap();
        let port = self.port.to_string();
        let always = [
            ("--port", port.as_str()),
            ("--bind", "127.0.0.1"),
            ("--dir", directory),
            ("--save", ""),
            ("--appendonly", "yes"),
            ("--aof-load-truncated", "yes"),
            ("--loglevel", "warning"),
        ];
        let mut command = Command::new(&self.program);
        for (option, value) in always {
            command.args([option, value]);
        }
        command.args(&self.settings);
        command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        let deadline = Instant::now() + START;
        while !self.answers() {
            assert!(
                Instant::now() < deadline,
                "the server does not start:\n{}",
                fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether it has started: one that wants a password says so.
    fn answers(&self) -> bool {
        let answer = self.ask(&["PING"]);
        answer == "PONG" || answer.starts_with("NOAUTH")
    }

    /// Kills it, as a failure of the machine does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops it or lets it go on, for instance.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(child) = &self.child {
            let _ = kill(Pid::from_raw(child.id().cast_signed()), signal);
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// The newest part of the append-only file.
    pub(crate) fn append_only_file(&self) -> Option<PathBuf> {
        let files = fs::read_dir(self.directory.path().join("appendonlydir")).ok()?;
        let paths = files.filter_map(|entry| Some(entry.ok()?.path()));
        let parts = paths.filter(|path| path.to_string_lossy().ends_with(".incr.aof"));
        parts.max()
    }

    /// The bytes that the append-only file has by now.
    pub(crate) fn written(&self) -> u64 {
        let file = self.append_only_file().unwrap();
        file.metadata().unwrap().len()
    }

    /// Its power fails: it starts again with this many bytes of its file.
    pub(crate) fn lose_all_but(&mut self, length: u64) {
        self.kill();
        let file = self.append_only_file().unwrap();
        let file = fs::File::options().write(true).open(file).unwrap();
        file.set_len(length).unwrap();
        self.run();
    }

    /// The answer to a command, as `redis-cli` prints it.
    pub(crate) fn ask(&self, command: &[&str]) -> String {
        let client = self.program.replace("-server", "-cli");
        let port = self.port.to_string();
        let output = Command::new(client)
            .args(["-p", &port])
            .args(command)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_string()
    }

    /// A number of a queue: `XLEN` of one of its streams, or a field of its settings.
    pub(crate) fn number(&self, command: &[&str]) -> i64 {
        let answer = self.ask(command);
        answer
            .parse()
            .unwrap_or_else(|_| panic!("{command:?}: {answer}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server to start: that of the environment variable `PROCSCRIPT_TEST_SERVER`, or Debian's.
pub(crate) fn program() -> Option<String> {
    let program = std::env::var("PROCSCRIPT_TEST_SERVER").unwrap_or("redis-server".into());
    let found = Command::new(&program)
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        return Some(program);
    }
    eprintln!(
        "SKIPPED: there is no {program} here, so nothing of `url:` is tested (apt-get install redis-server)"
    );
    None
}
