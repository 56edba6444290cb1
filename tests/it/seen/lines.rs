//! The lines of waits and holders, however code runs.

use super::{seen, wait_for_waits};
use crate::support::script::{Script, each_start_method, prints_in_every_mode};

#[test]
fn a_lock_is_held_since_the_same_line_in_every_mode() {
    prints_in_every_mode(
        r#"
        fn lines() {
            faulthandler.dump_traceback(open("dump", "w"));
            let held = open("dump").read().splitlines().filter(|line| line.contains("MainThread") || line.contains("holds"));
            for line in held { print(line.strip()); }
        }
        let a = Lock();
        let b = RLock();
        fn twice(lock, n) {
            let count = 0;
            while count < n {
                lock.acquire();
                count += 1;
                if count < n { lock.release(); }
            }
            lines();
            lock.release();
        }
        for i in range(3) {
            a.acquire(); a.release();
        }
        twice(a, 100);
        with b {
            b.acquire();
            lines();
        }
        "#,
        "\
MainThread: runs at main.rhai:2 in lines
holds Lock #1 since main.rhai:11 in twice
MainThread: runs at main.rhai:2 in lines
holds RLock #1 since main.rhai:22 in <module>
",
    );
}

#[test]
fn the_loop_of_a_consumer_waits_at_its_own_line() {
    each_start_method(|method| {
        let running = Script::text(
            "
            fn work(q) {
                for job in q.iter_until(None) {
                    print(job);
                }
            }
            let q = Queue();
            q.put(1);
            let p = Process(work, [q]);
            p.start();
            p.join();
            ",
        )
        .start_method(method)
        .start();
        running.wait_for_line("1");
        wait_for_waits(
            &running,
            &[
                "MainProcess/MainThread: join of Process-1",
                "Process-1/MainThread: Queue.get",
            ],
        );
        let family = seen(running.pid()).unwrap();
        assert_eq!(family["processes"][1]["threads"][0]["at"]["line"], 2);
    });
}

#[test]
fn a_line_of_an_imported_file_is_known_by_that_file() {
    let run = Script::text(
        r#"
        import "locks" as locks;
        let lock = Lock();
        locks::take(lock);
        faulthandler.dump_traceback(open("dump", "w"));
        for line in open("dump").read().splitlines() { if line.contains("holds") { print(line.strip()); } }
        "#,
    )
    .beside("locks.rhai", "\nfn take(lock) {\n    lock.acquire();\n}\n");
    run.run()
        .assert(0, "holds Lock #1 since locks.rhai:3 in take\n", "");
}
