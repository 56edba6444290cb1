//! Waits that look hopeless and are not: nobody raises.

use nix::sys::signal::Signal;

use crate::support::script::{Script, each_start_method, prints};

/// The classic lesson, which terminates what is stuck. The lock of the first then goes to the second.
#[test]
fn children_that_their_parent_terminates_end_as_in_python() {
    each_start_method(|method| {
        let code = "
            fn pair(first, second, met) {
                first.acquire();
                met.wait();
                second.acquire();
            }
            let a = Lock();
            let b = Lock();
            let met = Barrier(2);
            let p = Process(pair, [a, b, met]);
            let q = Process(pair, [b, a, met]);
            p.start();
            q.start();
            p.join(1.5);
            print(p.is_alive(), q.is_alive());
            p.terminate();
            q.terminate();
            p.join();
            q.join();
            print(p.exitcode);
            ";
        let output = Script::text(code).start_method(method).run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, "True True\n-15\n")
        );
        assert!(!output.stderr.contains("Deadlock"), "{}", output.stderr);
    });
}

#[test]
fn a_daemon_that_idles_ends_quietly_with_its_parent() {
    prints(
        "
        fn consume(q) {
            loop { q.get(); }
        }
        let q = Queue();
        let p = Process(consume, [q]);
        p.daemon = true;
        p.start();
        q.put(1);
        time.sleep(1);
        print(\"done\");
        ",
        "done\n",
    );
}

/// A time-out, a sleep, a computation and a function for a signal each keep hope for the others.
#[test]
fn whoever_may_still_do_something_keeps_the_others_waiting() {
    for hope in [
        "quit.wait(1.5); q.put(1);",
        "time.sleep(1.5); q.put(1);",
        "let end = time.monotonic() + 1.5; while time.monotonic() < end {} q.put(1);",
    ] {
        let code = format!(
            "
            fn feed(q, quit) {{ {hope} }}
            let q = Queue();
            let quit = Event();
            let p = Process(feed, [q, quit]);
            p.start();
            print(q.get());
            p.join();
            "
        );
        prints(&code, "1\n");
    }
}

#[test]
fn a_thread_that_only_computes_keeps_hope() {
    prints(
        "
        import \"queue\" as queue;
        import \"threading\" as threading;
        let q = queue.Queue();
        let t = threading.Thread(|| {
            let end = time.monotonic() + 1.5;
            while time.monotonic() < end {}
            q.put(1);
        });
        t.start();
        print(q.get());
        t.join();
        ",
        "1\n",
    );
}

#[test]
fn a_function_for_a_signal_may_end_a_wait() {
    each_start_method(|method| {
        let code = "
            let q = Queue();
            signal.signal(signal.SIGUSR1, |number, frame| q.put(number));
            print(\"waiting\");
            print(q.get() == signal.SIGUSR1);
            ";
        let running = Script::text(code).start_method(method).start();
        running.wait_for_line("waiting");
        std::thread::sleep(std::time::Duration::from_millis(1500));
        running.signal(Signal::SIGUSR1);
        running.finish().assert(0, "waiting\nTrue\n", "");
    });
}

/// The child has been fed and cannot run: its wait is over without its knowing.
#[test]
fn a_stopped_waiter_that_was_fed_is_not_hopeless() {
    each_start_method(|method| {
        let code = "
            fn eat(q, fed) {
                fed.set();
                print(q.get());
            }
            let q = Queue();
            let waits = Event();
            let p = Process(eat, [q, waits]);
            p.start();
            waits.wait();
            time.sleep(0.3);
            os.kill(p.pid, signal.SIGSTOP);
            q.put(1);
            let stopped = p.pid;
            let waker = threading.Timer(2.0, || os.kill(stopped, signal.SIGCONT));
            waker.daemon = true;
            waker.start();
            p.join();
            print(\"joined\");
            ";
        let code = format!(
            "import \"threading\" as threading;\n{}",
            code.replace("\n            ", "\n")
        );
        let run = Script::text(&code).start_method(method).run();
        run.assert(0, "1\njoined\n", "");
    });
}

#[test]
fn a_child_that_is_being_started_keeps_hope() {
    prints(
        "
        fn feed(q) { q.put(1); }
        let q = Queue();
        for n in range(20) {
            let p = Process(feed, [q]);
            p.start();
            q.get();
            p.join();
        }
        print(\"all\");
        ",
        "all\n",
    );
}

/// The main process could end the two, so they get no error, but somebody should know.
#[test]
fn a_circle_of_locks_beside_a_process_that_runs_on_is_reported_once() {
    each_start_method(|method| {
        let code = "
            fn pair(first, second, met) {
                first.acquire();
                met.wait();
                second.acquire();
            }
            let a = Lock();
            let b = Lock();
            let met = Barrier(2);
            let p = Process(pair, [a, b, met]);
            let q = Process(pair, [b, a, met]);
            p.start();
            q.start();
            time.sleep(7);
            p.terminate();
            q.terminate();
            ";
        let output = Script::text(code).start_method(method).run();
        let warning = "procscript: warning: a circle of locks: ";
        assert_eq!(output.code(), 0, "{}", output.stderr);
        assert_eq!(
            output.stderr.matches(warning).count(),
            1,
            "{}",
            output.stderr
        );
        assert!(
            output
                .stderr
                .contains("\"second\" at line 4, which Process-"),
            "{}",
            output.stderr
        );
    });
}

#[test]
fn a_pool_that_is_fed_late_or_loses_workers_is_no_deadlock() {
    prints(
        r#"
        fn late(q) { q.get() }
        fn slow(n) { time.sleep(1.5); n }
        fn dies(n) { time.sleep(0.7); os.kill(os.getpid(), 9); }
        fn again(pair) { pair[0].wait(); pair[1] }
        let q = Queue();
        let feeder = Thread(|| { time.sleep(1.2); q.put(1); q.put(2); });
        feeder.start();
        with Pool(2) as pool {
            print(sum(pool.map(late, [q, q])));
            print(pool.map(slow, [1, 2, 3]));
            try { pool.map(dies, [1]); } catch (e) { print(e.type); }
            try { pool.apply(late, [q], #{ timeout: 0.8 }); } catch (e) { print(e.type); }
        }
        feeder.join();
        let e = Event();
        let setter = Process(|e| { time.sleep(1.2); e.set(); }, [e]);
        setter.start();
        with Pool(2) as pool { print(pool.map(again, [[e, 1], [e, 2]])); }
        setter.join();
        let done = [];
        let pool = ThreadPool(2);
        let result = pool.apply_async(|n| { time.sleep(0.8); n }, [5], #{ callback: |n| { time.sleep(0.8); print("called", n); } });
        print(result.get());
        pool.close();
        pool.join();
        "#,
        "
        3
        [1, 2, 3]
        WorkerLost
        TimeoutError
        [1, 2]
        called 5
        5
        ",
    );
}
