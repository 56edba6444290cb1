//! Kills of workers, of those who look after them, of submitters and of the server, and cut connections, in a random order whose seed is
//! printed: every call has each result once, and no task is lost.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::at;
use super::faults::{Dice, seed, setting};
use crate::support::script::Script;
use crate::support::server::Server;

const SUPERVISORS: usize = 3;

const SUBMIT: &str = r#"
    fn work(x) { time.sleep(0.01); x * x }
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

fn storm(kinds: usize, default: u64, settings: &[&str]) {
    let Some(mut server) = Server::start(settings) else {
        return;
    };
    let faults = setting("PROCSCRIPT_TEST_FAULTS").unwrap_or(default);
    let mut dice = Dice(seed());
    let script = || Script::text(&at(&server, SUBMIT)).patient();
    let first = script();
    // Not in the directory of a run, which vanishes with the first one that ends.
    let marks = TempDir::with_prefix("procscript-storm-").unwrap();
    let over = marks.path().join("over");
    let path = first.directory().join("main.rhai");
    let path = path.to_str().unwrap().to_string();
    let mut fleet = Fleet((0..SUPERVISORS).map(|_| start(&server, &path)).collect());
    let submitter = first.arg(&over).start();
    let mut other = Some(script().arg(&over).start());
    submitter.wait_for_lines(1);
    for _ in 0..faults {
        std::thread::sleep(Duration::from_millis(20 + dice.below(150) as u64));
        let index = dice.below(SUPERVISORS);
        match dice.below(kinds) {
            // A worker, or the keeper of its family.
            0 | 1 => {
                let hands = children(fleet.0[index].id());
                if !hands.is_empty() {
                    let _ = kill(
                        Pid::from_raw(hands[dice.below(hands.len())]),
                        Signal::SIGKILL,
                    );
                }
            }
            2 => {
                let _ = fleet.0[index].kill();
                let _ = fleet.0[index].wait();
                fleet.0[index] = start(&server, &path);
            }
            3 => drop(server.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])),
            4 => {
                let killed = other.take().unwrap();
                let _ = kill(Pid::from_raw(killed.pid()), Signal::SIGKILL);
                drop(killed);
                other = Some(
                    Script::text(&at(&server, SUBMIT))
                        .patient()
                        .arg(&over)
                        .start(),
                );
            }
            _ => {
                server.kill();
                std::thread::sleep(Duration::from_millis(dice.below(300) as u64));
                server.run();
                std::thread::sleep(Duration::from_millis(1200));
            }
        }
    }
    std::fs::write(&over, "").unwrap();
    let began = Instant::now();
    for running in [submitter, other.unwrap()] {
        let output = running.finish();
        assert_eq!(output.code(), 0, "{}\n{}", output.stdout, output.stderr);
        assert!(output.stdout.ends_with("over\n"), "{}", output.stdout);
        assert!(!output.stdout.contains("WRONG"), "{}", output.stdout);
    }
    eprintln!("{faults} faults, the last calls took {:?}", began.elapsed());
    let key = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.ask(&["HGET", &key, "unfinished"]) != "0" {
        assert!(Instant::now() < deadline, "tasks are left");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn every_result_comes_once_when_workers_and_submitters_die() {
    storm(5, 60, &[]);
}

#[test]
fn every_result_comes_once_when_the_server_dies_too() {
    storm(6, 40, &["--appendfsync", "everysec"]);
}
