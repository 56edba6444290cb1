//! Kills of workers, of those who look after them, of submitters and of the server, and cut connections, in a random order whose seed is
//! printed: every call has each result once, and no task is lost.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::at;
use super::faults::{Dice, Sizes, seed, setting};
use crate::support::running::Running;
use crate::support::script::Script;
use crate::support::server::Server;

const SUPERVISORS: usize = 3;

/// A task leaves a line in a file each time it is begun.
const SUBMIT: &str = r#"
    const LOG = sys.argv[2];
    fn work(x) {
        let log = open(global::LOG, "a");
        log.write(x + "\n");
        log.close();
        time.sleep(0.01);
        x * x
    }
    let pool = Pool(#{ url: "URL", name: "p", lease: 1.5 });
    let n = 0;
    loop {
        let xs = range(n, n + 60);
        let ys = pool.map(work, xs, #{ chunksize: 2 });
        let i = 0;
        for x in xs { if ys[i] != x * x { print("WRONG", x, ys[i]); } i += 1; }
        n += 60;
        print("map", n, #{ flush: true });
        if os.path.exists(sys.argv[1]) { break; }
    }
    print("over", #{ flush: true });
"#;

fn start(server: &Server, script: &str) -> Child {
    let words = [
        "worker",
        &server.url(),
        script,
        "--pool",
        "p",
        "--processes",
        "2",
        "--lease",
        "2",
    ];
    Command::new(env!("CARGO_BIN_EXE_procscript"))
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn children(pid: u32) -> Vec<i32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

/// Workers that end with the test.
struct Fleet(Vec<Child>);

impl Drop for Fleet {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// A worker, or the keeper of its family.
    Worker,
    /// Whoever looks after workers.
    Supervisor,
    Connections,
    Submitter,
    Server,
    /// The server, and the last moments of its file.
    Power,
}

use Fault::{Connections, Power, Server as ServerDies, Submitter, Supervisor, Worker};

const PROCESSES: [Fault; 5] = [Worker, Worker, Supervisor, Connections, Submitter];

fn storm(kinds: &[Fault], default: u64, settings: &[&str]) {
    let Some(mut server) = Server::start(settings) else {
        return;
    };
    let faults = setting("PROCSCRIPT_TEST_FAULTS").unwrap_or(default);
    let mut dice = Dice(seed());
    // Not in the directory of a run, which vanishes with the first one that ends.
    let marks = TempDir::with_prefix("procscript-storm-").unwrap();
    let (over, log) = (marks.path().join("over"), marks.path().join("log"));
    let script = |log: &Path| {
        let script = Script::text(&at(&server, SUBMIT)).patient();
        script.arg(&over).arg(log)
    };
    let other_log = log.with_file_name("other");
    let first = script(&log);
    let path = first.directory().join("main.rhai");
    let path = path.to_str().unwrap().to_string();
    let mut fleet = Fleet((0..SUPERVISORS).map(|_| start(&server, &path)).collect());
    let submitter = first.start();
    let mut other = Some(script(&other_log).start());
    submitter.wait_for_lines(1);
    let sizes = Sizes::default();
    let sampler = sizes.sampled(&server);
    for _ in 0..faults {
        std::thread::sleep(Duration::from_millis(20 + dice.below(150) as u64));
        let index = dice.below(SUPERVISORS);
        match kinds[dice.below(kinds.len())] {
            Worker => {
                let hands = children(fleet.0[index].id());
                if !hands.is_empty() {
                    let _ = kill(
                        Pid::from_raw(hands[dice.below(hands.len())]),
                        Signal::SIGKILL,
                    );
                }
            }
            Supervisor => {
                let _ = fleet.0[index].kill();
                let _ = fleet.0[index].wait();
                fleet.0[index] = start(&server, &path);
            }
            Connections => {
                drop(server.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]));
            }
            Submitter => {
                let killed = other.take().unwrap();
                let _ = kill(Pid::from_raw(killed.pid()), Signal::SIGKILL);
                drop(killed);
                let script = Script::text(&at(&server, SUBMIT)).patient();
                other = Some(script.arg(&over).arg(&other_log).start());
            }
            fault => {
                let dies = Instant::now();
                server.kill();
                if fault == Power {
                    sizes.cut(dies - Duration::from_millis(50 + dice.below(900) as u64));
                }
                std::thread::sleep(Duration::from_millis(dice.below(300) as u64));
                server.run();
                // The next power failure is not to hit what this one has hit.
                std::thread::sleep(Duration::from_millis(1200));
            }
        }
    }
    std::fs::write(&over, "").unwrap();
    all_came_once(faults, [submitter, other.unwrap()], &log);
    drop(sampler);
    let key = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.ask(&["HGET", &key, "unfinished"]) != "0" {
        assert!(Instant::now() < deadline, "tasks are left");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every call of the first submitter has had all of its results; how often was a task begun for them?
fn all_came_once(faults: u64, submitters: [Running; 2], log: &Path) {
    let began = Instant::now();
    let mut count = 0;
    for running in submitters {
        let output = running.finish();
        assert_eq!(output.code(), 0, "{}\n{}", output.stdout, output.stderr);
        assert!(output.stdout.ends_with("over\n"), "{}", output.stdout);
        assert!(!output.stdout.contains("WRONG"), "{}", output.stdout);
        if count == 0 {
            count = 60 * output.stdout.matches("map ").count();
        }
    }
    let log = std::fs::read_to_string(log).unwrap();
    let begun: HashSet<&str> = log.lines().collect();
    let again = log.lines().count() - begun.len();
    eprintln!(
        "{faults} faults: {count} results, {} lost, {again} tasks begun again; the last calls took {:?}",
        count - begun.len(),
        began.elapsed()
    );
    assert_eq!(begun.len(), count);
}

#[test]
fn every_result_comes_once_when_workers_and_submitters_die() {
    storm(&PROCESSES, 60, &[]);
}

#[test]
fn every_result_comes_once_when_the_server_dies_too() {
    let kinds = [&PROCESSES[..], &[ServerDies]].concat();
    storm(&kinds, 40, &["--appendfsync", "everysec"]);
}

#[test]
fn every_result_comes_once_when_the_power_of_the_server_fails() {
    let kinds = [Power, Power, Worker, Connections];
    storm(&kinds, 24, &["--appendfsync", "everysec"]);
}
