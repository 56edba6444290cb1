//! Keepers: who watches over whom, and when they end.

use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::at;
use crate::support::process_table::is_running;
use crate::support::script::Script;
use crate::support::server::Server;

/// The keeper that a process has started.
pub(super) fn keeper_of(pid: i32) -> Option<i32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    let mut children = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    children.find(|pid: &i32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        words.get(2) == Some(&&b"keeper"[..])
    })
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

const HOLD: &str = r#"
    let q = JoinableQueue(#{ url: "URL", name: "q", lease: LEASE });
    print("took", q.get());
    input();
    print("done", q.task_done());
"#;

fn holder(server: &Server, lease: &str) -> Script {
    Script::text(&at(server, HOLD).replace("LEASE", lease)).interactive()
}

fn put_one(server: &Server) {
    let code = at(server, r#"Queue(#{ url: "URL", name: "q" }).put("item");"#);
    Script::text(&code).run().assert(0, "", "");
}

fn has_come_back(server: &Server) -> bool {
    server.ask(&["XLEN", "ps:{q}:b"]) == "1"
}

#[test]
fn a_keeper_ends_with_the_last_of_its_family() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    put_one(&server);
    let mut run = holder(&server, "30.0").start();
    run.wait_for_line("took item");
    let keeper = keeper_of(run.pid()).unwrap();
    run.type_in("\n");
    run.finish().assert(0, "took item\ndone True\n", "");
    wait_until("the keeper has not ended", || !is_running(keeper));
}

#[test]
fn a_machine_that_is_silent_for_a_lease_is_dead_and_what_it_finishes_later_counts_nothing() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    put_one(&server);
    let mut run = holder(&server, "1.0").start();
    run.wait_for_line("took item");
    // Somebody else watches.
    let mut watcher = Script::text(&at(
        &server,
        r#"let q = Queue(#{ url: "URL", name: "q", lease: 1.0 }); print(q.get()); input();"#,
    ))
    .interactive()
    .start();
    let keeper = keeper_of(run.pid()).unwrap();
    kill(Pid::from_raw(keeper), Signal::SIGSTOP).unwrap();
    watcher.wait_for_line("item");
    kill(Pid::from_raw(keeper), Signal::SIGCONT).unwrap();
    run.type_in("\n");
    let output = run.finish();
    assert_eq!(output.stdout, "took item\ndone False\n");
    assert!(
        output.stderr.contains("went back before its task_done()"),
        "{}",
        output.stderr
    );
    watcher.type_in("\n");
    watcher.finish().assert(0, "item\n", "");
    assert_eq!(server.number(&["HGET", "ps:{q}:c", "unfinished"]), 0);
}

#[test]
fn a_keeper_that_was_killed_is_started_again_by_the_next_operation() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    put_one(&server);
    let code = at(
        &server,
        r#"
        let q = JoinableQueue(#{ url: "URL", name: "q", lease: 30.0 });
        print("took", q.get());
        input();
        print("size", q.qsize());
        time.sleep(1000);
        "#,
    );
    let mut run = Script::text(&code).interactive().start();
    run.wait_for_line("took item");
    let keeper = keeper_of(run.pid()).unwrap();
    kill(Pid::from_raw(keeper), Signal::SIGKILL).unwrap();
    wait_until("the keeper lives", || !is_running(keeper));
    run.type_in("\n");
    run.wait_for_line("size 0");
    run.signal(Signal::SIGKILL);
    drop(run.finish());
    // The new keeper tells it at once, long before the lease is over.
    wait_until("the item has not come back", || has_come_back(&server));
}

#[test]
fn nobody_is_dead_because_the_server_was_away() {
    let Some(mut server) = Server::start(&["--appendfsync", "always"]) else {
        return;
    };
    put_one(&server);
    let mut run = holder(&server, "1.0").start();
    run.wait_for_line("took item");
    server.kill();
    std::thread::sleep(Duration::from_secs(3));
    server.run();
    run.wait_until("nobody beats", || {
        let beat = || server.ask(&["HVALS", "ps:{q}:m"]);
        let before = beat();
        std::thread::sleep(Duration::from_millis(300));
        before != beat()
    });
    run.type_in("\n");
    run.finish().assert(0, "took item\ndone True\n", "");
    assert!(!has_come_back(&server));
}

#[test]
fn a_silent_server_keeps_nobody_from_beating_on_another_one() {
    let (Some(silent), Some(server)) = (Server::start(&[]), Server::start(&[])) else {
        return;
    };
    let code = r#"
        let queues = list(range(4)).map(|i| Queue(#{ url: sys.argv[1], name: "q" + i, lease: 2.0 }));
        for q in queues { q.put(1); }
        let lock = Lock(#{ url: sys.argv[2], name: "l", lease: 2.0 });
        lock.acquire();
        print("held");
        input();
        print(lock.valid);
    "#;
    let run = Script::text(code).arg(silent.url()).arg(server.url());
    let mut run = run.interactive().start();
    run.wait_for_line("held");
    // Somebody else watches.
    let other = r#"Lock(#{ url: "URL", name: "l", lease: 2.0 }).acquire(); print("mine");"#;
    let other = Script::text(&at(&server, other)).start();
    other.wait_until("nobody is in the line", || {
        server.ask(&["LLEN", "ps:{l}:q"]) == "1"
    });
    silent.signal(Signal::SIGSTOP);
    let beats = || -> Vec<u64> {
        let beats = server.ask(&["HVALS", "ps:{l}:m"]);
        beats.lines().filter_map(|beat| beat.parse().ok()).collect()
    };
    let goal = beats().iter().min().unwrap() + 12;
    wait_until("somebody does not beat", || {
        let beats = beats();
        assert_eq!(beats.len(), 2, "somebody was taken for dead");
        beats.iter().all(|beat| *beat >= goal)
    });
    silent.signal(Signal::SIGCONT);
    run.type_in("\n");
    run.finish().assert(0, "held\nTrue\n", "");
    other.finish().assert(0, "mine\n", "");
}

#[test]
fn what_a_pool_leaves_behind_vanishes_after_a_week_and_a_queue_stays() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn task() {}
        let pool = Pool(#{ url: "URL", name: "p", lease: 1.0 });
        let q = Queue(#{ url: "URL", name: "q", lease: 1.0 });
        q.put(1);
        print("ready");
        input();
    "#;
    let mut run = Script::text(&at(&server, code)).interactive().start();
    run.wait_for_line("ready");
    let settings = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
    let lives = |key: &str| server.number(&["TTL", key]);
    let parts = ["c", "m", "s"].map(|part| format!("{}{part}", settings.trim_end_matches('c')));
    wait_until("the keys of the pool do not end", || {
        parts
            .iter()
            .all(|key| (600_000..=604_800).contains(&lives(key)))
    });
    assert_eq!(lives("ps:{q}:s"), -1);
    // It is put off again and again.
    server.ask(&["EXPIRE", &settings, "100"]);
    wait_until("it is not put off", || lives(&settings) > 600_000);
    run.type_in("\n");
    assert_eq!(run.finish().code(), 0);
}
