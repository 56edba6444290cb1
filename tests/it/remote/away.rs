//! A server that is away while somebody waits with a timeout: an error soon after it, and nothing of the wait is left behind.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::at;
use crate::support::script::Script;
use crate::support::server::Server;

/// Each in a thread of its own, so that all take as long as one of them.
const WAITS: &str = r#"
    let url = "URL";
    let full = Queue(1, #{ url: url, name: "full" });
    full.put(0);
    let go = threading.Event();
    let back = threading.Event();
    fn timed(name, wait) {
        let began = time.monotonic();
        let error = error_of(wait).split(":")[0];
        [name, error, time.monotonic() - began < 20.0]
    }
    let lock = Lock(#{ url: url, name: "l" });
    let semaphore = Semaphore(1, #{ url: url, name: "s" });
    let items = Queue(#{ url: url, name: "q" });
    let event = Event(#{ url: url, name: "e" });
    fn task(x) { x }
    // Nobody does their tasks. Each thread has a pool of its own, which it need not share.
    let pools = list(range(3)).map(|i| Pool(#{ url: url, name: "p" + i }));
    let result = pools[0].apply_async(task, [1]);
    let other = pools[1].apply_async(task, [1]);
    let outcomes = pools[2].imap(task, range(1000));
    let waits = [
        ["lock", || lock.acquire(true, 0.2), || lock.release()],
        ["semaphore", || semaphore.acquire(true, 0.2), || semaphore.release()],
        ["try", || lock.acquire(false), || lock.release()],
        ["get", || items.get(true, 0.2), || items.qsize()],
        ["get_nowait", || items.get_nowait(), || items.qsize()],
        ["put", || full.put(1, true, 0.2), || full.qsize()],
        ["event", || event.wait(0.2), || event.is_set()],
        ["result", || result.get(0.2), || result.ready()],
        ["ready", || other.ready(), || other.ready()],
        ["imap", || outcomes.next(0.2), || pools[2].stats()],
    ];
    let results = queue.Queue();
    let opened = threading.Semaphore(0);
    let threads = [];
    fn begin(wait, lock, results, opened, go, back) {
        let t = threading.Thread(|| {
            // The first use is over when the server goes away.
            error_of(wait[1]);
            error_of(wait[2]);
            opened.release();
            go.wait();
            results.put(timed(wait[0], wait[1]));
            back.wait();
            error_of(|| lock.acquire(true, 30));
            error_of(|| lock.release());
        });
        t.start();
        t
    }
    for wait in waits { threads.push(begin(wait, lock, results, opened, go, back)); }
    for t in threads { opened.acquire(); }
    print("ready");
    input();
    go.set();
    for t in threads { let r = results.get(); print(" ".join([r[0], r[1], str(r[2])])); }
    input();
    back.set();
    for t in threads { t.join(); }
    print(lock.acquire(true, 30), semaphore.get_value());
"#;

const EXPECTED: [&str; 10] = [
    "event ConnectionError True",
    "get ConnectionError True",
    "get_nowait ConnectionError True",
    "imap ConnectionError True",
    "lock ConnectionError True",
    "put ConnectionError True",
    "ready ConnectionError True",
    "result ConnectionError True",
    "semaphore ConnectionError True",
    "try ConnectionError True",
];

fn waits(goes: impl Fn(&mut Server), comes_back: impl Fn(&mut Server)) {
    let Some(mut server) = Server::start(&["--appendfsync", "always"]) else {
        return;
    };
    let mut run = Script::text(&at(&server, WAITS))
        .interactive()
        .patient()
        .start();
    run.wait_for_line("ready");
    goes(&mut server);
    run.type_in("\n");
    run.wait_for_lines(1 + EXPECTED.len());
    let mut lines: Vec<String> = (1..=EXPECTED.len()).map(|index| run.line(index)).collect();
    lines.sort_unstable();
    assert_eq!(lines, EXPECTED);
    comes_back(&mut server);
    run.type_in("\n");
    let output = run.finish();
    assert!(
        output.stdout.ends_with("\nTrue 1\n"),
        "{}{}",
        output.stdout,
        output.stderr
    );
    for name in ["l", "s"] {
        assert_eq!(server.ask(&["ZCARD", &format!("ps:{{{name}}}:h")]), "0");
        assert_eq!(server.ask(&["LLEN", &format!("ps:{{{name}}}:q")]), "0");
    }
}

#[test]
fn a_wait_ends_soon_after_its_timeout_when_the_server_is_gone() {
    waits(Server::kill, Server::run);
}

#[test]
fn a_wait_ends_soon_after_its_timeout_when_the_server_is_silent() {
    waits(
        |server| server.signal(Signal::SIGSTOP),
        |server| server.signal(Signal::SIGCONT),
    );
}

#[test]
fn a_lock_does_not_come_to_somebody_who_has_given_up() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let lock = r#"let lock = Lock(#{ url: "URL", name: "l", lease: 2.0 });"#;
    let script = |code: &str| Script::text(&at(&server, &format!("{lock}\n{code}"))).interactive();
    let mut holder = script(
        "lock.acquire(); print(\"held\"); input(); lock.release(); print(\"free\"); input();",
    )
    .start();
    holder.wait_for_line("held");
    let waiter =
        script(r#"print(error_of(|| lock.acquire(true, 3)).split(":")[0]); input();"#).start();
    waiter.wait_until("nobody is in the line", || {
        server.ask(&["LLEN", "ps:{l}:q"]) == "1"
    });
    server.signal(Signal::SIGSTOP);
    waiter.wait_for_line("ConnectionError");
    server.signal(Signal::SIGCONT);
    holder.type_in("\n");
    holder.wait_for_line("free");
    // The one who has given up still lives, and does nothing.
    let heir = script("print(lock.acquire(true, 30));").start();
    heir.finish().assert(0, "True\n", "");
}

#[test]
fn a_lock_whose_release_was_given_up_is_free_after_the_lease() {
    let Some(mut server) = Server::start(&["--appendfsync", "always"]) else {
        return;
    };
    let code = r#"
        signal.signal(signal.SIGUSR1, || { throw ValueError("enough"); });
        let lock = Lock(#{ url: "URL", name: "l", lease: 2.0 });
        let other = Lock(#{ url: "URL", name: "other", lease: 2.0 });
        lock.acquire();
        print("held", #{ flush: true });
        input();
        print(error_of(|| lock.release()), #{ flush: true });
        input();
        print(error_of(|| lock.release()).split(":")[0], lock.acquire(true, 30), lock.valid);
    "#;
    let mut holder = Script::text(&at(&server, code))
        .interactive()
        .patient()
        .start();
    holder.wait_for_line("held");
    server.kill();
    holder.type_in("\n");
    holder.wait_for_stderr("waiting for");
    holder.signal(Signal::SIGUSR1);
    holder.wait_for_line("ValueError: enough");
    server.run();
    // It still lives, and does nothing.
    let heir = r#"
        let lock = Lock(#{ url: "URL", name: "l", lease: 2.0 });
        print(lock.acquire(true, 30));
        lock.release();
    "#;
    let heir = Script::text(&at(&server, heir)).start();
    heir.finish().assert(0, "True\n", "");
    holder.type_in("\n");
    let output = holder.finish();
    assert!(
        output.stdout.ends_with("\nValueError True True\n"),
        "{}{}",
        output.stdout,
        output.stderr
    );
}

#[test]
fn a_wait_for_a_lock_of_a_silent_server_can_be_ended_soon() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let lock = Lock(#{ url: "URL", name: "l" });
        lock.acquire();
        print("held", #{ flush: true });
        input();
    "#;
    let script = || Script::text(&at(&server, code)).interactive();
    let holder = script().start();
    holder.wait_for_line("held");
    let waiter = script().start();
    waiter.wait_until("nobody is in the line", || {
        server.ask(&["LLEN", "ps:{l}:q"]) == "1"
    });
    server.signal(Signal::SIGSTOP);
    let began = Instant::now();
    let output = waiter.interrupt();
    // Three seconds to tell the server, and as long to leave it; a request that is never answered takes ten.
    assert!(began.elapsed() < Duration::from_secs(15));
    assert!(
        output.stderr.contains("KeyboardInterrupt"),
        "{}",
        output.stderr
    );
    server.signal(Signal::SIGCONT);
    drop(holder.interrupt());
}
