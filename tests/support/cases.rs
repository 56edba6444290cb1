//! Runs the tests of a program that has no test harness: each is a process of its own, whose main thread is its only one.
//!
//! The program runs itself once for each case, under a watchdog, and compares what the case has written with what it says,
//! which is nothing unless it says otherwise. As for other tests, words on the command line choose cases by parts of
//! their names, and `--list` lists them.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::capture::Capture;
use super::watchdog::Watchdog;

/// A test, its name, what it can read and what it writes.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    name: &'static str,
    test: fn(),
    stdin: &'static str,
    stdout: &'static str,
    stderr: &'static str,
}

impl Case {
    /// A test that writes nothing. It fails by a panic.
    pub(crate) const fn new(name: &'static str, test: fn()) -> Self {
        Self {
            name,
            test,
            stdin: "",
            stdout: "",
            stderr: "",
        }
    }

    /// A test that can read this from its standard input.
    pub(crate) const fn reads(mut self, stdin: &'static str) -> Self {
        self.stdin = stdin;
        self
    }

    /// A test that writes this to its own standard output and standard error.
    pub(crate) const fn writes(mut self, stdout: &'static str, stderr: &'static str) -> Self {
        self.stdout = stdout;
        self.stderr = stderr;
        self
    }
}

/// The word before the name of a case: this process is to run that case.
pub(crate) const WORD: &str = "--case";

/// After that the processes of a case are killed.
const PATIENCE: Duration = Duration::from_secs(120);

/// How many cases run at a time.
const AT_ONCE: usize = 3;

/// Runs the one case this process is for, or all that are asked for.
pub(crate) fn main(cases: &[&[Case]]) -> ExitCode {
    let all = cases.concat();
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, name] = words.as_slice()
        && word == WORD
    {
        let case = all.iter().find(|case| case.name == name).unwrap();
        (case.test)();
        return ExitCode::SUCCESS;
    }
    let (options, parts): (Vec<String>, Vec<String>) =
        words.into_iter().partition(|word| word.starts_with('-'));
    let is_chosen =
        |case: &&Case| parts.is_empty() || parts.iter().any(|part| case.name.contains(part));
    let chosen: Vec<&Case> = all.iter().filter(is_chosen).collect();
    if options.iter().any(|option| option == "--list") {
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
    let next = || waiting.lock().unwrap().next();
    let work = || {
        while let Some(case) = next() {
            match run(case) {
                Ok(()) => println!("test {} ... ok", case.name),
                Err(why) => {
                    println!("test {} ... FAILED\n{why}", case.name);
                    failed.lock().unwrap().push(case.name);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap();
    println!("\n{} tests, failed: {failed:?}", cases.len());
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// Runs one case to its end.
fn run(case: &Case) -> Result<(), String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([WORD, case.name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let _ = stdin.write_all(case.stdin.as_bytes());
    drop(stdin);
    let stdout = Capture::begin(process.stdout.take().unwrap());
    let stderr = Capture::begin(process.stderr.take().unwrap());
    let mut watchdog = Watchdog::of_group(process, PATIENCE);
    let Some(status) = watchdog.wait() else {
        let doing = watchdog.kill();
        let (stdout, stderr) = (stdout.text(), stderr.text());
        return Err(format!(
            "it takes too long\n--- processes\n{doing}--- stdout\n{stdout}\n--- stderr\n{stderr}"
        ));
    };
    let is_closed = |pipe: &Capture| pipe.wait_for_end(watchdog.deadline());
    let closed = is_closed(&stdout) && is_closed(&stderr);
    let (stdout, stderr) = (stdout.text(), stderr.text());
    if closed && status.success() && stdout == case.stdout && stderr == case.stderr {
        return Ok(());
    }
    let (out, err) = (case.stdout, case.stderr);
    Err(format!(
        "{status}, outputs are closed: {closed}\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n\
         --- wanted stdout\n{out}\n--- wanted stderr\n{err}"
    ))
}
