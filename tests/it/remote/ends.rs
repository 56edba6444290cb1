//! How users of a queue end, and what becomes of what they have in hand.

use nix::sys::signal::Signal;

use super::at;
use crate::support::script::{Script, each_start_method};
use crate::support::server::Server;

const TAKE: &str = r#"
    let q = CLASS(#{ url: "URL", name: "q", lease: 30.0 });
    print("took", q.get());
    END
"#;

fn taker(server: &Server, class: &str, end: &str) -> Script {
    let code = at(server, TAKE);
    Script::text(&code.replace("CLASS", class).replace("END", end))
}

/// The number of deaths of the item that has come back; `None` if none has.
fn deaths(server: &Server) -> Option<i64> {
    let entries = server.ask(&["XRANGE", "ps:{q}:b", "-", "+"]);
    let lines: Vec<&str> = entries.lines().collect();
    let at = lines.iter().position(|line| *line == "n")?;
    lines[at + 1].parse().ok()
}

fn put_one(server: &Server) {
    server.ask(&["FLUSHALL"]);
    let code = at(server, r#"Queue(#{ url: "URL", name: "q" }).put("item");"#);
    Script::text(&code).run().assert(0, "", "");
}

#[test]
fn an_end_decides_about_the_items_in_hand() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let ends = [
        ("Queue", "", 0, None),
        ("Queue", "q.close();", 0, None),
        ("Queue", "throw 1;", 1, Some(1)),
        ("Queue", "sys.exit(3);", 3, Some(1)),
        ("JoinableQueue", "", 0, Some(0)),
        ("JoinableQueue", "q.task_done();", 0, None),
        ("JoinableQueue", "q.close();", 0, Some(0)),
        ("JoinableQueue", "throw 1;", 1, Some(1)),
    ];
    for (class, end, code, back) in ends {
        put_one(&server);
        let output = taker(&server, class, end).run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (code, "took item\n"),
            "{class} {end}"
        );
        assert_eq!(deaths(&server), back, "{class} {end}");
        assert_eq!(server.number(&["HLEN", "ps:{q}:m"]), 0, "{class} {end}");
        let unfinished = i64::from(back.is_some());
        assert_eq!(
            server.number(&["HGET", "ps:{q}:c", "unfinished"]),
            unfinished
        );
    }
}

#[test]
fn signals_give_items_back_and_only_a_kill_counts_as_a_death() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let waits = [
        "time.sleep(1000);",
        "Queue(#{ url: \"URL\", name: \"empty\" }).get();",
        "loop { }",
    ];
    for (signal, back) in [
        (Signal::SIGINT, 0),
        (Signal::SIGTERM, 0),
        (Signal::SIGKILL, 1),
    ] {
        for wait in waits {
            put_one(&server);
            let run = taker(&server, "JoinableQueue", &at(&server, wait)).start();
            run.wait_for_line("took item");
            run.signal(signal);
            drop(run.finish());
            // The keeper, which is another process, tells the server of a death.
            let told = std::time::Instant::now() + std::time::Duration::from_secs(10);
            while deaths(&server).is_none() && std::time::Instant::now() < told {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            assert_eq!(deaths(&server), Some(back), "{signal} {wait}");
        }
    }
}

#[test]
fn children_have_in_hand_what_they_have_taken_themselves() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let q = JoinableQueue(#{ url: "URL", name: "q" });
        q.put_many(["a", "b"]);
        print(q.get());
        fn child(q) {
            print(error_of(|| q.task_done()).split(":")[0]);
            print(q.get());
            os._exit(1);
        }
        let p = Process(child, [q]);
        p.start();
        p.join();
        // What the child had in hand is here again, told and not timed.
        print(q.get());
        print(q.task_done(), q.task_done(), q.stats().unfinished);
    "#;
    each_start_method(|method| {
        server.ask(&["FLUSHALL"]);
        let stdout = "a\nValueError\nb\nb\nTrue True 0\n";
        Script::text(&at(&server, code))
            .start_method(method)
            .run()
            .assert(0, stdout, "");
    });
}

#[test]
fn an_item_that_kills_its_takers_becomes_a_dead_letter() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let q = JoinableQueue(#{ url: "URL", name: "q", deaths: 3 });
        q.put_many(["good 1", "poison", "good 2"]);
        fn work(q) {
            loop {
                let item = q.get();
                if item == () { q.task_done(); break; }
                if item == "poison" { print("died of it"); os.kill(os.getpid(), signal.SIGKILL); }
                print(item);
                q.task_done();
            }
        }
        let deaths = 0;
        loop {
            let p = Process(work, [q]);
            p.start();
            if deaths == 4 { q.put(()); }
            p.join();
            if p.exitcode == 0 { break; }
            deaths += 1;
        }
        q.join();
        print(deaths, q.dead_letters(), q.stats().dead, q.stats().unfinished);
    "#;
    let output = Script::text(&at(&server, code)).run();
    let mut lines: Vec<&str> = output.stdout.lines().collect();
    let last = lines.pop().unwrap();
    lines.sort_unstable();
    let died = "died of it";
    assert_eq!(
        lines,
        [died, died, died, died, "good 1", "good 2"],
        "{}",
        output.stderr
    );
    assert_eq!(last, "4 ['poison'] 1 0");
}

#[test]
fn a_function_for_a_signal_ends_a_wait_and_cannot_use_the_queue_meanwhile() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let q = Queue(#{ url: "URL", name: "q" });
        signal.signal(signal.SIGALRM, |number, frame| {
            print(error_of(|| q.qsize()).split(":")[0]);
            throw TimeoutError("enough");
        });
        signal.alarm(1);
        print(error_of(|| q.get()));
        q.put("still there");
        print(q.get());
    "#;
    let stdout = "RuntimeError\nTimeoutError: enough\nstill there\n";
    Script::text(&at(&server, code)).run().assert(0, stdout, "");
}
