//! The members of queues, the same on a server as on this machine.

use super::at;
use crate::support::script::{Script, each_start_method, prints};
use crate::support::server::Server;

/// What scripts do with queues, and what they print, whichever engine has the items.
const SAME: &[(&str, &str)] = &[
    (
        r#"
        let q = QUEUE 3 END;
        for i in range(3) { q.put(i); }
        print(q.qsize(), q.empty(), q.full());
        for attempt in [|| q.put(7, false), || q.put_nowait(7), || q.put(7, false, 0.1), || q.put(7, true, 0.1), || q.put(7, #{ timeout: 0.1 })] {
            print(error_of(attempt));
        }
        print(q.get(), q.get_nowait(), q.get(true, 5));
        print(q.qsize(), q.empty(), q.full());
        for attempt in [|| q.get(false), || q.get_nowait(), || q.get(true, 0.1), || q.get(#{ timeout: 0.1 })] {
            print(error_of(attempt));
        }
        "#,
        "3 False True\nFull: \nFull: \nFull: \nFull: \nFull: \n0 1 2\n0 True False\nEmpty: \nEmpty: \nEmpty: \nEmpty: \n",
    ),
    (
        r#"
        let q = QUEUE 0 END;
        for value in [1, -5, 2.5, "text", 'c', true, (), [1, [2]], #{ a: 1, b: [()] }, "raw".to_blob(), range(3), datetime.date(2026, 1, 2), collections.deque([1, 2])] {
            q.put(value);
            print(q.get());
        }
        q.put_many([1, 2, 3, 4, 5]);
        print(q.get_many(2), q.get_many(), q.qsize());
        q.put_many([6, 7, "end", 8]);
        for x in q.iter_until("end") { print(x); }
        print(q.get());
        "#,
        "1\n-5\n2.5\ntext\nc\nTrue\nNone\n[1, [2]]\n{'a': 1, 'b': [None]}\nb'raw'\nrange(0, 3)\n2026-01-02\ndeque([1, 2])\n\
         [1, 2] [3, 4, 5] 0\n6\n7\n8\n",
    ),
    (
        r#"
        let q = JOINABLE 0 END;
        let results = QUEUE 0 END;
        fn work(q, results) {
            loop {
                let n = q.get();
                if n == () { q.task_done(); break; }
                results.put(n * n);
                q.task_done();
            }
        }
        let workers = [];
        for i in range(2) { let p = Process(work, [q, results]); p.start(); workers.push(p); }
        for n in range(10) { q.put(n); }
        q.put(());
        q.put(());
        q.join();
        for p in workers { p.join(); print(p.exitcode); }
        print(sorted(results.get_many()));
        print(q.join(5), error_of(|| q.task_done()).split(":")[0]);
        "#,
        "0\n0\n[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]\nTrue ValueError\n",
    ),
    (
        r#"
        let q = QUEUE 2 END;
        fn feed(q) { for i in range(20) { q.put(i); } }
        let p = Process(feed, [q]);
        p.start();
        let sum = 0;
        for i in range(20) { sum += q.get(); }
        p.join();
        print(sum, p.exitcode, q.empty());
        q.close();
        print(error_of(|| q.put(1)).split(" ")[0], error_of(|| q.get()).split(" ")[0]);
        q.join_thread();
        "#,
        "190 0 True\nValueError: ValueError:\n",
    ),
    (
        r#"
        let inner = QUEUE 0 END;
        let outer = QUEUE 0 END;
        inner.put("inside");
        outer.put(#{ queue: inner });
        print(outer.get().queue.get());
        let t = threading.Thread(|| inner.put("by a thread"));
        t.start();
        t.join();
        print(inner.get());
        "#,
        "inside\nby a thread\n",
    ),
];

/// The script with the constructors of one engine: `QUEUE 3 END` stands for a queue with that bound.
fn with_constructors(code: &str, url: Option<&str>) -> String {
    let mut made = String::new();
    for (index, part) in code.split("END").enumerate() {
        let name = format!("q{index}");
        let (before, class, size) =
            match (part.rsplit_once("QUEUE "), part.rsplit_once("JOINABLE ")) {
                (_, Some((before, size))) => (before, "JoinableQueue", size.trim()),
                (Some((before, size)), _) => (before, "Queue", size.trim()),
                _ => {
                    made += part;
                    continue;
                }
            };
        let constructor = match url {
            None => format!("{class}({size})"),
            Some(url) => {
                format!(r#"{class}(#{{ maxsize: {size}, url: "{url}", name: "{name}" }})"#)
            }
        };
        made += &format!("{before}{constructor}");
    }
    made
}

#[test]
fn queues_of_both_engines_do_the_same() {
    for (code, stdout) in SAME {
        prints(&with_constructors(code, None), stdout);
    }
    let Some(server) = Server::start(&[]) else {
        return;
    };
    for (code, stdout) in SAME {
        each_start_method(|method| {
            server.ask(&["FLUSHALL"]);
            Script::text(&with_constructors(code, Some(&server.url())))
                .start_method(method)
                .run()
                .assert(0, stdout, "");
        });
    }
}

#[test]
fn a_queue_outlives_the_program_that_has_filled_it() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let put = r#"
        let q = Queue(#{ url: "URL", name: "jobs", maxsize: 9 });
        q.put_many(["a", "b"]);
        print(q, q.stats().waiting);
    "#;
    let stdout = at(&server, "<Queue jobs at URL> 2\n");
    Script::text(&at(&server, put)).run().assert(0, &stdout, "");
    let get = r#"
        let q = Queue(#{ url: "main", name: "jobs" });
        print(q.get(), q.get(), q.stats());
    "#;
    let with_variable = format!("PROCSCRIPT_REMOTE_MAIN={} exec \"$@\"", server.url());
    let run = Script::text(get).through_shell(&with_variable).run();
    run.assert(
        0,
        "a b {'dead': 0, 'in_hand': 1, 'maxsize': 9, 'members': 1, 'unfinished': 1, 'waiting': 0}\n",
        "",
    );
    assert_eq!(server.number(&["HGET", "ps:{jobs}:c", "unfinished"]), 0);
    assert_eq!(server.number(&["HLEN", "ps:{jobs}:m"]), 0);
}

#[test]
fn items_are_counted_to_whoever_has_them_in_hand() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let q = JoinableQueue(#{ url: "URL", name: "q" });
        q.put_many(["a", "b", "c"]);
        print(q.get(), q.get());
        print(q.stats().waiting, q.stats().in_hand, q.stats().unfinished);
        print(q.task_done(), q.join(0.05));
        print(q.task_done(), q.stats().unfinished);
        let done = || { q.get(); q.task_done(); };
        let t = threading.Thread(done);
        t.start();
        q.join();
        t.join();
        print(q.stats().unfinished, error_of(|| q.task_done()));
    "#;
    let stdout = "a b\n1 2 3\nTrue False\nTrue 1\n0 ValueError: task_done() called too many times: this thread has no item of the queue in hand\n";
    Script::text(&at(&server, code)).run().assert(0, stdout, "");
}

#[test]
fn the_scripts_for_three_terminals_work_together() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = |name: &str| {
        let by = format!("PROCSCRIPT_REMOTE_MAIN={} exec \"$@\"", server.url());
        Script::file(&format!("scripts/remote/{name}.rhai")).through_shell(&by)
    };
    let worker = script("worker").start();
    worker.wait_for_line("waiting for jobs at <JoinableQueue primes at ");
    let output = script("producer").run();
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 20, "{}", output.stderr);
    assert_eq!(lines[..3], ["001000: 168", "002000: 303", "003000: 430"]);
    let nothing = "0 waiting, 0 in hand, 0 dead letters\n";
    script("watcher").run().assert(0, nothing, "");
    drop(worker.interrupt());
}
