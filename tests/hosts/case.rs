//! A case: a host program of a few lines, run in a process of its own.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// A host, what it is called, and what it writes.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    name: &'static str,
    host: fn(),
    stdin: &'static str,
    stdout: &'static str,
    stderr: &'static str,
}

impl Case {
    /// A host that writes nothing. It fails by a panic.
    pub(crate) const fn new(name: &'static str, host: fn()) -> Self {
        Self {
            name,
            host,
            stdin: "",
            stdout: "",
            stderr: "",
        }
    }

    /// A host that can read this from its standard input.
    pub(crate) const fn reads(mut self, stdin: &'static str) -> Self {
        self.stdin = stdin;
        self
    }

    /// A host that writes this to its own standard output and standard error.
    pub(crate) const fn writes(mut self, stdout: &'static str, stderr: &'static str) -> Self {
        self.stdout = stdout;
        self.stderr = stderr;
        self
    }
}

/// The word before the name of a case: the process is that host.
const WORD: &str = "--host";

/// After that a host and its children are killed.
const WATCHDOG: Duration = Duration::from_secs(120);

/// Runs the one case this process is for, or all that are asked for.
pub(crate) fn main(all: &[Case]) -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, name] = words.as_slice()
        && word == WORD
    {
        let case = all.iter().find(|case| case.name == name).unwrap();
        (case.host)();
        return ExitCode::SUCCESS;
    }
    let is_named = |name: &str| {
        let mut names = words
            .iter()
            .filter(|word| !word.starts_with('-'))
            .peekable();
        names.peek().is_none() || names.any(|word| name.contains(word.as_str()))
    };
    let chosen: Vec<&Case> = all.iter().filter(|case| is_named(case.name)).collect();
    if words.iter().any(|word| word == "--list") {
        chosen
            .iter()
            .for_each(|case| println!("{}: test", case.name));
        return ExitCode::SUCCESS;
    }
    run_all(&chosen)
}

fn run_all(cases: &[&Case]) -> ExitCode {
    let waiting = Mutex::new(cases.iter());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some(case) = next else { break };
                    match run(case) {
                        Ok(()) => println!("test {} ... ok", case.name),
                        Err(why) => {
                            println!("test {} ... FAILED\n{why}", case.name);
                            failed.lock().unwrap().push(case.name);
                        }
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    println!("\n{} tests, failed: {failed:?}", cases.len());
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// Runs one host to its end.
fn run(case: &Case) -> Result<(), String> {
    let mut host = Command::new(std::env::current_exe().unwrap())
        .args([WORD, case.name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Its children are in it too: the watchdog reaches all.
        .process_group(0)
        .spawn()
        .unwrap();
    let _ = host.stdin.take().unwrap().write_all(case.stdin.as_bytes());
    let stdout = reader(host.stdout.take().unwrap());
    let stderr = reader(host.stderr.take().unwrap());
    let ended = wait(&mut host);
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    let told = format!("--- stdout\n{stdout}\n--- stderr\n{stderr}");
    match ended {
        None => Err(format!("killed by the watchdog\n{told}")),
        Some(false) => Err(format!("it failed\n{told}")),
        Some(true) if stdout != case.stdout || stderr != case.stderr => {
            let (out, err) = (case.stdout, case.stderr);
            let wanted = format!("--- wanted stdout\n{out}\n--- wanted stderr\n{err}");
            Err(format!("{told}\n{wanted}"))
        }
        Some(true) => Ok(()),
    }
}

fn reader(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Whether the host succeeded; `None` when it had to be killed.
fn wait(host: &mut Child) -> Option<bool> {
    let deadline = Instant::now() + WATCHDOG;
    while Instant::now() < deadline {
        if let Some(status) = host.try_wait().unwrap() {
            return Some(status.success());
        }
        thread::sleep(Duration::from_millis(2));
    }
    let group = nix::unistd::Pid::from_raw(-i32::try_from(host.id()).unwrap());
    let _ = nix::sys::signal::kill(group, nix::sys::signal::Signal::SIGKILL);
    let _ = host.wait();
    None
}
