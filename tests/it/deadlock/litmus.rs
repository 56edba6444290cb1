//! A program for each clause of the rule: without the clause, the wait would be called hopeless while it is not.

use crate::support::script::prints;

/// Longer than it takes to find a hopeless wait.
const LONG: &str = "time.sleep(1)";

#[track_caller]
fn never_raises(code: &str, stdout: &str) {
    prints(&code.replace("LONG", LONG), stdout);
}

#[test]
fn the_end_of_the_process_of_an_owner_frees_a_lock() {
    let code = "
        fn grandchild() { LONG; }
        fn child(lock, taken) {
            lock.acquire();
            taken.set();
            Process(grandchild).start();
        }
        let lock = Lock();
        let taken = Event();
        let p = Process(child, [lock, taken]);
        p.start();
        taken.wait();
        lock.acquire();
        print(\"mine\");
        p.join();
        ";
    let run = crate::support::script::each_start_method;
    run(|method| {
        let code = code.replace("LONG", LONG);
        let output = crate::support::script::Script::text(&code)
            .start_method(method)
            .run();
        assert_eq!((output.code(), output.stdout.as_str()), (0, "mine\n"));
        assert!(!output.stderr.contains("Deadlock"), "{}", output.stderr);
    });
}

#[test]
fn a_holder_that_waits_may_be_terminated() {
    let code = "
        fn holder(lock, q, taken) {
            lock.acquire();
            taken.set();
            q.get();
        }
        fn other(lock) {
            lock.acquire();
            print(\"mine\");
        }
        let lock = RLock();
        let taken = Event();
        let q = Queue();
        let p = Process(holder, [lock, q, taken]);
        p.start();
        q = ();
        taken.wait();
        let o = Process(other, [lock]);
        o.start();
        LONG;
        p.terminate();
        o.join();
        p.join();
        print(o.exitcode);
        ";
    quiet_but_for_a_warning(code, "mine\n0\n");
}

#[track_caller]
fn quiet_but_for_a_warning(code: &str, stdout: &str) {
    crate::support::script::each_start_method(|method| {
        let code = code.replace("LONG", LONG);
        let output = crate::support::script::Script::text(&code)
            .start_method(method)
            .run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, stdout),
            "{}",
            output.stderr
        );
        assert!(!output.stderr.contains("Deadlock"), "{}", output.stderr);
    });
}

#[test]
fn a_daemon_ends_with_its_parent() {
    let code = "
        fn daemon(lock, q, taken) {
            lock.acquire();
            taken.set();
            q.get();
        }
        fn parent(lock, taken) {
            let p = Process(daemon, [lock, Queue(), taken]);
            p.daemon = true;
            p.start();
            taken.wait();
            LONG;
        }
        let lock = RLock();
        let taken = Event();
        let p = Process(parent, [lock, taken]);
        p.start();
        taken.wait();
        lock.acquire();
        print(\"mine\");
        p.join();
        ";
    quiet_but_for_a_warning(code, "mine\n");
}

#[test]
fn the_end_of_a_party_breaks_a_barrier() {
    never_raises(
        "
        fn party(barrier) { LONG; }
        let barrier = Barrier(2);
        let p = Process(party, [barrier]);
        p.start();
        try { barrier.wait(); } catch (e) { print(e.type); }
        p.join();
        ",
        "BrokenBarrierError\n",
    );
}

#[test]
fn the_failure_of_an_owner_of_permits_returns_them() {
    let code = "
        fn owner(semaphore, q, taken) {
            semaphore.acquire();
            taken.set();
            q.get();
        }
        fn killer(p) {
            LONG;
            p.terminate();
        }
        let semaphore = Semaphore(1);
        let taken = Event();
        let p = Process(owner, [semaphore, Queue(), taken]);
        p.start();
        taken.wait();
        let k = Process(killer, [p]);
        k.start();
        semaphore.acquire();
        print(\"mine\");
        k.join();
        p.join();
        ";
    quiet_but_for_a_warning(code, "mine\n");
}

#[test]
fn the_end_of_whoever_holds_the_other_end_is_the_end_of_the_pipe() {
    let code = "
        fn holder(writing, q, begun) {
            begun.set();
            q.get();
        }
        fn killer(p) {
            LONG;
            p.terminate();
        }
        let ends = Pipe(false);
        let reading = ends[0];
        let begun = Event();
        let p = Process(holder, [ends[1], Queue(), begun]);
        p.start();
        ends[1].close();
        begun.wait();
        let k = Process(killer, [p]);
        k.start();
        try { reading.recv(); } catch (e) { print(e.type); }
        k.join();
        p.join();
        ";
    quiet_but_for_a_warning(code, "EOFError\n");
}

#[test]
fn a_queue_in_a_queue_is_in_reach() {
    never_raises(
        "
        fn child(outer, begun) {
            begun.set();
            LONG;
            let inner = outer.get();
            inner.put(1);
        }
        let outer = Queue();
        let inner = Queue();
        let begun = Event();
        let p = Process(child, [outer, begun]);
        p.start();
        begun.wait();
        outer.put(inner);
        print(inner.get());
        p.join();
        ",
        "1\n",
    );
}

#[test]
fn a_daemon_thread_may_end_its_process() {
    let code = "
        import \"threading\" as threading;
        fn child(lock, other, begun) {
            let t = threading.Thread(|| { LONG; os._exit(0); });
            t.daemon = true;
            t.start();
            lock.acquire();
            begun.set();
            let u = threading.Thread(|| lock.acquire());
            u.start();
            u.join();
        }
        let lock = Lock();
        let begun = Event();
        let p = Process(child, [lock, Lock(), begun]);
        p.start();
        begun.wait();
        p.join();
        print(p.exitcode);
        ";
    quiet_but_for_a_warning(code, "0\n");
}

#[test]
fn a_message_that_moves_a_queue_to_and_fro_keeps_hope_for_who_waits_for_it() {
    never_raises(
        "
        fn player(from, to, rounds) {
            for n in range(rounds) {
                to.put(from.get());
            }
        }
        let forth = Queue();
        let back = Queue();
        let ball = Queue();
        let a = Process(player, [forth, back, 3000]);
        let b = Process(player, [back, forth, 3000]);
        a.start();
        b.start();
        fn waiter(ball) { print(ball.get()); }
        let w = Process(waiter, [ball]);
        w.start();
        forth.put(ball);
        ball = ();
        a.join();
        b.join();
        forth.get().put(7);
        w.join();
        ",
        "7\n",
    );
}
