//! Values, dicts and lists whose users, keepers, connections and server are killed: every confirmed change is there, and none is there twice.

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
use crate::support::script::Script;
use crate::support::server::Server;

const USERS: usize = 4;

/// Each change is made, then confirmed by a line, so that whoever is killed has made at most one that is not confirmed.
const USER: &str = r#"
    let url = sys.argv[1];
    let me = sys.argv[2];
    let v = Value("q", #{ url: url, name: "v", lease: 2.0 });
    let under_lock = Value("q", #{ url: url, name: "u", lease: 2.0 });
    let m = Manager(#{ url: url });
    let d = m.dict(#{ name: "d" });
    let l = m.list(#{ name: "l" });
    for n in range(1000000) {
        v.add(1);
        print("V", me, n, #{ flush: true });
        d.update("n", |n| n + 1, 0);
        print("D", me, n, #{ flush: true });
        l.append(me + "." + n);
        print("L", me, n, #{ flush: true });
        with under_lock { under_lock.value += 1; }
        print("U", me, n, #{ flush: true });
    }
"#;

const LOOK: &str = r#"
    let url = sys.argv[1];
    let m = Manager(#{ url: url });
    print(Value("q", #{ url: url, name: "v" }).value);
    print(Value("q", #{ url: url, name: "u" }).value);
    print(m.dict(#{ name: "d" })["n"]);
    for item in m.list(#{ name: "l" }) { print(item); }
"#;

struct Users {
    directory: TempDir,
    url: String,
    started: usize,
}

impl Users {
    fn start(&mut self) -> Child {
        self.started += 1;
        let open = |name: &str| {
            let path = self.directory.path().join(name);
            let mut options = File::options();
            options.create(true).append(true).open(path).unwrap()
        };
        Command::new(env!("CARGO_BIN_EXE_procscript"))
            .arg("run")
            .arg(self.directory.path().join("user.rhai"))
            .args([&self.url, &format!("u{}", self.started)])
            .stdin(Stdio::null())
            .stdout(open("confirmed"))
            .stderr(open("errors"))
            .process_group(0)
            .spawn()
            .unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.directory.path().join(name)).unwrap_or_default()
    }
}

#[test]
fn every_confirmed_change_is_there_once() {
    let Some(mut server) = Server::start(&["--appendfsync", "always"]) else {
        return;
    };
    let count = setting("PROCSCRIPT_TEST_FAULTS").unwrap_or(50);
    let seed = seed();
    let mut dice = Dice(seed);
    let mut users = Users {
        directory: TempDir::with_prefix("procscript-shared-").unwrap(),
        url: server.url(),
        started: 0,
    };
    let file = users.directory.path().join("user.rhai");
    fs::write(file, USER).unwrap();
    let mut all: Vec<Child> = (0..USERS).map(|_| users.start()).collect();
    let mut kills = 0;
    for _ in 0..count {
        std::thread::sleep(Duration::from_millis(30 + dice.below(200) as u64));
        let index = dice.below(USERS);
        match dice.below(8) {
            0 | 1 => drop(server.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])),
            2 => {
                server.kill();
                server.run();
            }
            3 => {
                if let Some(keeper) = keeper_of(all[index].id().cast_signed()) {
                    let _ = kill(Pid::from_raw(keeper), Signal::SIGKILL);
                }
            }
            _ => {
                all[index].kill().unwrap();
                all[index].wait().unwrap();
                kills += 1;
                all[index] = users.start();
            }
        }
    }
    // Everybody still gets on.
    let before = users.read("confirmed").lines().count();
    let deadline = Instant::now() + Duration::from_secs(60);
    while users.read("confirmed").lines().count() < before + 40 {
        let errors = users.read("errors");
        assert!(
            Instant::now() < deadline,
            "seed {seed}: nobody gets on\n{errors}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    for user in &mut all {
        user.kill().unwrap();
        user.wait().unwrap();
        kills += 1;
    }
    let look = Script::text(LOOK).arg(users.url.clone()).run();
    assert_eq!((look.code(), look.stderr.as_str()), (0, ""), "seed {seed}");
    check(&users.read("confirmed"), &look.stdout, kills, seed);
}

fn check(confirmed: &str, there: &str, kills: u64, seed: u64) {
    let of = |letter: &str| {
        confirmed
            .lines()
            .filter(|line| line.starts_with(letter))
            .count() as u64
    };
    let mut lines = there.lines();
    for letter in ["V", "U", "D"] {
        let (least, found) = (of(letter), lines.next().unwrap().parse::<u64>().unwrap());
        assert!(
            (least..=least + kills).contains(&found),
            "seed {seed}: {letter} is {found} after {least} confirmed changes and {kills} kills"
        );
    }
    let items: Vec<&str> = lines.collect();
    let once: HashSet<&str> = items.iter().copied().collect();
    assert_eq!(
        items.len(),
        once.len(),
        "seed {seed}: an item is there twice"
    );
    for line in confirmed.lines().filter(|line| line.starts_with("L ")) {
        if let [_, me, n] = line.split(' ').collect::<Vec<_>>()[..] {
            let item = format!("{me}.{n}");
            assert!(once.contains(item.as_str()), "seed {seed}: {item} is lost");
        }
    }
    eprintln!(
        "{} changes confirmed, {kills} kills",
        confirmed.lines().count()
    );
}
