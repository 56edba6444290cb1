//! Threads and processes together.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn every_thread_may_start_processes() {
    prints(
        "
        fn square(x, q) { q.put(x * x); }
        let q = Queue();
        let threads = [];
        for i in range(6) {
            threads.push(Thread(|i| {
                for k in range(3) {
                    let p = Process(square, [i * 3 + k, q]);
                    p.start();
                    p.join();
                    if p.exitcode != 0 { print(\"failed\", p.exitcode); }
                }
            }, [i]));
        }
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        let sum = 0;
        for i in range(18) { sum += q.get(); }
        print(sum, active_children());
        ",
        "1785 []\n",
    );
}

#[test]
fn locks_and_queues_serve_threads_of_several_processes() {
    prints(
        "
        fn child(lock, total, q) {
            let threads = [];
            for i in range(3) {
                threads.push(Thread(|| { for k in range(200) { lock.with(|| total.value += 1); } q.put(1); }));
            }
            for t in threads { t.start(); }
            for t in threads { t.join(); }
        }
        let lock = Lock();
        let total = Value(\"i\", 0);
        let q = Queue();
        let children = [];
        for i in range(3) { children.push(Process(child, [lock, total, q])); }
        for p in children { p.start(); }
        for i in range(9) { q.get(); }
        for p in children { p.join(); }
        print(total.value);
        ",
        "1800\n",
    );
}

#[test]
fn a_daemon_outlives_the_thread_that_started_it() {
    prints(
        "
        let started = queue.Queue();
        let go = Event();
        let t = Thread(|| {
            let p = Process(#{ target: |go| go.wait(), args: [go], daemon: true });
            p.start();
            started.put(p);
        });
        t.start();
        t.join();
        let p = started.get();
        print(p.join(0.1), p.is_alive());
        go.set();
        p.join();
        print(p.exitcode);
        ",
        "False True\n0\n",
    );
}

#[test]
fn one_process_is_started_once_by_any_number_of_threads() {
    prints(
        "
        let ready = threading.Barrier(4);
        let p = Process(|| 1);
        let outcomes = queue.Queue();
        let threads = [];
        for i in range(4) {
            threads.push(Thread(|| { ready.wait(); outcomes.put(error_of(|| p.start())); }));
        }
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        let texts = [];
        for i in range(4) { texts.push(outcomes.get()); }
        print(texts.filter(|t| t == \"no error\").len(), texts.filter(|t| t == \"AssertionError: cannot start a process twice\").len());
        p.join();
        ",
        "1 3\n",
    );
}

#[test]
fn a_thread_cannot_be_sent_and_a_threaded_process_cannot_fork() {
    prints(
        "
        let go = threading.Event();
        let t = Thread(|| go.wait());
        print(error_of(|| Queue().put(t)));
        t.start();
        print(error_of(|| os.fork()));
        go.set();
        t.join();
        ",
        "
        TypeError: item is a Thread, which cannot be sent to another process
        RuntimeError: os.fork() in a process with several threads is unsafe; use Process, which spawns instead
        ",
    );
}

#[test]
fn a_process_whose_threads_were_joined_forks_again() {
    prints(
        r#"
        for round in range(50) {
            let threads = [Thread(|| 1), Thread(|| 2)];
            for t in threads { t.start(); }
            for t in threads { t.join(); }
            let pid = os.fork();
            if pid == 0 { os._exit(7); }
            if os.waitpid(pid, 0)[1] >> 8 != 7 { print("failed"); }
        }
        print("done");
        "#,
        "done\n",
    );
}

#[test]
fn many_threads_start_processes_while_others_lock_print_and_queue() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn command() { let f = open("/proc/self/cmdline"); let text = f.read(); f.close(); text }
            fn child(number, parent, lock, done) {
                print("a line that a child prints");
                // A forked child would have its parent's command line, and could find the lock taken for ever.
                let spawned = command() != parent;
                lock.with(|| done.put([number, spawned]));
            }
            let lock = Lock();
            let own = threading.RLock();
            let done = Queue();
            let shared = Queue();
            let between = queue.Queue();
            let over = threading.Event();
            let parent = command();
            let busy = [
                || lock.with(|| { let n = 0; for i in range(200) { n += i; } }),
                || own.with(|| own.with(|| "x" * 10000)),
                || print("a line that a thread prints"),
                || { shared.put("x" * 300); shared.get(); },
                || { between.put([1, 2]); between.get(); },
            ];
            let threads = [];
            for f in busy + busy {
                threads.push(Thread(|f| { while !over.is_set() { f.call(); } }, [f]));
            }
            let starters = [];
            for i in range(8) {
                starters.push(Thread(|i| {
                    let children = [];
                    for k in range(4) {
                        let p = Process(child, [4 * i + k, parent, lock, done]);
                        p.start();
                        children.push(p);
                    }
                    for p in children { p.join(); if p.exitcode != 0 { print("failed", p.exitcode); } }
                }, [i]));
            }
            for t in threads { t.start(); }
            for t in starters { t.start(); }
            for t in starters { t.join(); }
            over.set();
            for t in threads { t.join(); }
            let told = [];
            while !done.empty() { told.push(done.get()); }
            print(sorted(told).map(|x| x[0]) == list(range(32)), all(told.map(|x| x[1])), active_children());
            "#,
        )
        .start_method(method)
        .run();
        let lines: Vec<_> = output.stdout.lines().collect();
        let (last, lines) = lines.split_last().unwrap();
        assert_eq!((*last, output.stderr.as_str()), ("True True []", ""));
        let of = |who| {
            let whole = format!("a line that a {who} prints");
            lines.iter().filter(|line| **line == whole).count()
        };
        assert_eq!(of("child"), 32);
        assert_eq!(of("child") + of("thread"), lines.len());
    });
}
