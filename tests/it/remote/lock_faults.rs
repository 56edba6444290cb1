//! A lock whose holders, waiters, keepers and server are killed: there is never a second holder, and fences only rise.

use std::collections::HashSet;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::faults::{Dice, seed, setting};
use super::watching::keeper_of;
use crate::support::server::Server;

const LOCKERS: usize = 4;

const LOCKER: &str = r#"
    let lock = Lock(#{ url: sys.argv[1], name: "l", lease: 2.0 });
    loop {
        with lock {
            print("A", lock.fence, os.getpid(), #{ flush: true });
            time.sleep(0.003);
            print("R", lock.fence, os.getpid(), #{ flush: true });
        }
    }
"#;

fn locker(directory: &TempDir, url: &str) -> Child {
    let open = |name: &str| {
        let path = directory.path().join(name);
        File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap()
    };
    Command::new(env!("CARGO_BIN_EXE_procscript"))
        .arg("run")
        .arg(directory.path().join("locker.rhai"))
        .arg(url)
        .stdin(Stdio::null())
        .stdout(open("turns"))
        .stderr(open("errors"))
        .process_group(0)
        .spawn()
        .unwrap()
}

#[test]
fn a_lock_has_one_holder_whoever_dies() {
    let Some(mut server) = Server::start(&["--appendfsync", "always"]) else {
        return;
    };
    let count = setting("PROCSCRIPT_TEST_FAULTS").unwrap_or(40);
    let seed = seed();
    let mut dice = Dice(seed);
    let directory = TempDir::with_prefix("procscript-locks-").unwrap();
    fs::write(directory.path().join("locker.rhai"), LOCKER).unwrap();
    let turns = || fs::read_to_string(directory.path().join("turns")).unwrap_or_default();
    let url = server.url();
    let mut lockers: Vec<Child> = (0..LOCKERS).map(|_| locker(&directory, &url)).collect();
    let mut killed = HashSet::new();
    for _ in 0..count {
        std::thread::sleep(Duration::from_millis(30 + dice.below(200) as u64));
        let index = dice.below(LOCKERS);
        let pid = lockers[index].id().cast_signed();
        match dice.below(8) {
            0 => drop(server.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])),
            1 => {
                server.kill();
                server.run();
            }
            2 => {
                if let Some(keeper) = keeper_of(pid) {
                    let _ = kill(Pid::from_raw(keeper), Signal::SIGKILL);
                }
            }
            _ => {
                lockers[index].kill().unwrap();
                lockers[index].wait().unwrap();
                killed.insert(pid.to_string());
                lockers[index] = locker(&directory, &url);
            }
        }
    }
    // Everybody still gets the lock.
    let before = turns().lines().count();
    let deadline = Instant::now() + Duration::from_secs(60);
    while turns().lines().count() < before + 20 {
        let errors = || fs::read_to_string(directory.path().join("errors")).unwrap_or_default();
        assert!(
            Instant::now() < deadline,
            "seed {seed}: nobody gets the lock\n{}",
            errors()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    for mut locker in lockers {
        let _ = locker.kill();
        let _ = locker.wait();
    }
    check(&turns(), &killed, seed);
}

/// Whoever gets the lock has a higher fence than everybody before, and nobody else has it who still lives.
fn check(turns: &str, killed: &HashSet<String>, seed: u64) {
    let (mut last, mut holder, mut count): (u64, Option<(String, String)>, u64) = (0, None, 0);
    for line in turns.lines() {
        let [what, fence, pid] = line.split(' ').collect::<Vec<_>>()[..] else {
            continue;
        };
        if what == "R" {
            assert_eq!(
                holder.take().map(|(fence, _)| fence),
                Some(fence.to_string()),
                "seed {seed}"
            );
            continue;
        }
        let number = fence.parse().unwrap();
        assert!(number > last, "seed {seed}: fence {number} after {last}");
        if let Some((_, before)) = &holder {
            assert!(
                killed.contains(before),
                "seed {seed}: {before} and {pid} hold the lock"
            );
        }
        (last, holder, count) = (number, Some((fence.into(), pid.into())), count + 1);
    }
    eprintln!("{count} turns");
}
