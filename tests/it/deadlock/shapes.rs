//! The usual deadlocks: the whole report, and the exit code.

use super::run;
use crate::support::script::{Script, each_start_method};

#[track_caller]
fn reports(code: &str, exit_code: i32, stdout: &str, stderr: &str) {
    each_start_method(|method| run(method, code).assert(exit_code, stdout, stderr));
}

/// The daemon is never chosen before the main process, which also waits.
#[test]
fn two_locks_in_opposite_order() {
    reports(
        r#"
        fn other(lock_a, lock_b, mine, yours) {
            lock_b.acquire();
            mine.set();
            yours.wait();
            lock_a.acquire();
        }
        let lock_a = Lock();
        let lock_b = Lock();
        let mine = Event();
        let yours = Event();
        let p = Process(other, [lock_a, lock_b, yours, mine]);
        p.daemon = true;
        p.start();
        lock_a.acquire();
        mine.set();
        yours.wait();
        lock_b.acquire();
        "#,
        3,
        "",
        r#"
        DeadlockError: waiting for "lock_b", which Process-1 holds and will not release: Process-1 waits for "lock_a", which this process holds
          MainProcess  line 17  acquire lock_b  (has lock_a since line 14), 0.0 s
          Process-1    line 5   acquire lock_a  (has lock_b since line 2), 0.0 s
          --> main.rhai:17:8
             |
          17 | lock_b.acquire();
             |        ^
        help: take both locks in the same order everywhere
        "#,
    );
}

#[test]
fn the_same_lock_twice() {
    reports(
        "
        let lock = Lock();
        with lock {
            lock.acquire();
        }
        ",
        3,
        "",
        "
        DeadlockError: this thread already holds the Lock it waits for (since line 2)
          MainProcess  line 3  acquire lock  (has lock since line 2), 0.0 s
          --> main.rhai:3:10
             |
           3 |     lock.acquire();
             |          ^
        help: use RLock() if a holder may take it again
        ",
    );
}

#[test]
fn producers_that_are_gone() {
    reports(
        "
        fn produce(q) { q.put(1); }
        let q = Queue();
        let producers = [Process(produce, [q]), Process(produce, [q])];
        for p in producers { p.start(); }
        for p in producers { p.join(); }
        for n in range(3) {
            print(q.get());
        }
        ",
        3,
        "1\n1\n",
        "
        DeadlockError: get() waits for an item that nobody can put: Process-1 and Process-2 have ended, and MainProcess waits here
          MainProcess  line 7  get q, 0.0 s
          --> main.rhai:7:13
             |
           7 |     print(q.get());
             |             ^
        help: expect one item a producer, or let each put a last item such as None
        ",
    );
}

#[test]
fn a_consumer_without_an_end() {
    reports(
        "
        fn consume(q) {
            loop {
                let item = q.get();
                print(item);
            }
        }
        let q = Queue();
        let p = Process(consume, [q]);
        p.start();
        q.put(1);
        ",
        3,
        "1\n",
        "
        Process Process-1:
        DeadlockError: get() in Process-1 waits for an item that nobody can put: MainProcess has finished its script and waits for Process-1 to end
          Process-1    line 3  get q, 0.0 s
          MainProcess          has finished its script, 0.0 s
          --> main.rhai:3:22
             |
           3 |         let item = q.get();
             |                      ^
        help: put None when the work is done and leave the loop, or make it a daemon
        Traceback (most recent call last):
          File \"main.rhai\", line 3, in consume
            let item = q.get();
        ",
    );
}

#[test]
fn a_task_that_is_never_reported_done() {
    reports(
        "
        fn consume(q) {
            q.get();
            q.get();
            q.task_done();
            q.get();
        }
        let q = JoinableQueue();
        q.put(1);
        q.put(2);
        let p = Process(consume, [q]);
        p.daemon = true;
        p.start();
        q.join();
        ",
        3,
        "",
        "
        DeadlockError: join() waits for 1 of 2 tasks that were taken and never reported done: Process-1 waits in get() at line 5
          MainProcess  line 13  join q, 0.0 s
          Process-1    line 5   get q, 0.0 s
          --> main.rhai:13:3
             |
          13 | q.join();
             |   ^
        help: call task_done() after each get(), also when the task fails
        ",
    );
}

/// The child raises: its end lets the parent go on, and not the other way round.
#[test]
fn a_child_that_is_joined_before_it_is_fed() {
    reports(
        "
        fn work(q) {
            print(q.get());
        }
        let q = Queue();
        let p = Process(work, [q]);
        p.start();
        p.join();
        print(p.exitcode);
        q.put(1);
        ",
        0,
        "1\n",
        "
        Process Process-1:
        DeadlockError: get() waits for an item that nobody can put: MainProcess waits in join() at line 7
          Process-1    line 2  get q, 0.0 s
          MainProcess  line 7  join p, 0.0 s
          --> main.rhai:2:13
             |
           2 |     print(q.get());
             |             ^
        help: put the items before join(), and a last one such as None where a loop gets them
        Traceback (most recent call last):
          File \"main.rhai\", line 2, in work
            print(q.get());
        ",
    );
}

#[test]
fn a_barrier_with_too_few_parties() {
    reports(
        "
        fn come(barrier) {
            try { barrier.wait(); } catch {}
        }
        let barrier = Barrier(3);
        let p = Process(come, [barrier]);
        p.daemon = true;
        p.start();
        barrier.wait();
        ",
        3,
        "",
        "
        DeadlockError: 2 of 3 parties wait at the Barrier and nobody is left who could come
          MainProcess  line 8  wait barrier, 0.0 s
          Process-1    line 2  wait barrier, 0.0 s
          --> main.rhai:8:9
             |
           8 | barrier.wait();
             |         ^
        help: Barrier(2), or start a third
        ",
    );
}

#[test]
fn a_condition_that_everybody_waits_for() {
    reports(
        "
        fn other(condition) {
            with condition {
                condition.wait();
            }
        }
        let condition = Condition();
        let p = Process(other, [condition]);
        p.daemon = true;
        p.start();
        with condition {
            condition.wait();
        }
        ",
        3,
        "",
        "
        DeadlockError: wait() waits for a notify() that nobody can call: everyone else who has this Condition waits too
          MainProcess  line 11  wait condition, 0.0 s
          Process-1    line 3   wait condition, 0.0 s
          --> main.rhai:11:15
             |
          11 |     condition.wait();
             |               ^
        help: use wait_for() with what you wait for; a notify() before the wait is lost
        ",
    );
}

#[test]
fn an_event_whose_setter_has_failed() {
    reports(
        "
        fn setter(event) {
            throw ValueError(\"no\");
        }
        let event = Event();
        let p = Process(setter, [event]);
        p.start();
        event.wait();
        ",
        3,
        "",
        "
        Process Process-1:
        ValueError: no
          --> main.rhai:2:5
             |
           2 |     throw ValueError(\"no\");
             |     ^
        Traceback (most recent call last):
          File \"main.rhai\", line 2, in setter
            throw ValueError(\"no\");
        DeadlockError: wait() waits for an Event that nobody who still runs can set: Process-1 has ended, and MainProcess waits here, Process-1 has failed
          MainProcess  line 7  wait event, 0.0 s
          --> main.rhai:7:7
             |
           7 | event.wait();
             |       ^
        help: set() the Event on every way out of the code that should set it, also after an error
        ",
    );
}

#[test]
fn both_ends_of_a_pipe_receive() {
    reports(
        "
        fn other(connection) {
            try { connection.recv(); } catch {}
        }
        let ends = Pipe();
        let connection = ends[0];
        let p = Process(other, [ends[1]]);
        p.daemon = true;
        p.start();
        connection.recv();
        ",
        3,
        "",
        "
        DeadlockError: recv() waits for a message from Process-1, which waits in recv() at line 2 for one from here
          MainProcess  line 9  recv connection, 0.0 s
          Process-1    line 2  recv connection, 0.0 s
          --> main.rhai:9:12
             |
           9 | connection.recv();
             |            ^
        help: one side must send first
        ",
    );
}

#[test]
fn bounded_queues_that_are_full() {
    reports(
        "
        fn work(tasks, results) {
            loop {
                let task = tasks.get();
                results.put(task);
            }
        }
        let tasks = Queue(2);
        let results = Queue(2);
        let p = Process(work, [tasks, results]);
        p.daemon = true;
        p.start();
        for n in range(20) {
            tasks.put(n);
        }
        ",
        3,
        "",
        "
        DeadlockError: put() waits for room in a Queue of 2 that nobody can empty: Process-1 waits in put() at line 4
          MainProcess  line 13  put tasks, 0.0 s
          Process-1    line 4   put results, 0.0 s
          --> main.rhai:13:11
             |
          13 |     tasks.put(n);
             |           ^
        help: read results while putting tasks, or make one queue unbounded
        ",
    );
}

#[test]
fn a_thread_and_its_joiner() {
    reports(
        "
        import \"queue\" as queue;
        import \"threading\" as threading;
        let items = queue.Queue();
        let t = threading.Thread(|| items.get());
        t.start();
        t.join();
        print(\"joined\");
        ",
        0,
        "joined\n",
        "
        Exception in thread Thread-1 (<lambda>):
        DeadlockError: get() waits for \"items\", a queue between threads that no other thread can serve: MainProcess waits in join() at line 6
          a thread of MainProcess  line 4  get items, 0.0 s
          MainProcess              line 6  join t, 0.0 s
          --> main.rhai:4:35
             |
           4 | let t = threading.Thread(|| items.get());
             |                                   ^
        help: put a last item such as None for each thread that waits for items
        Traceback (most recent call last):
          File \"main.rhai\", line 4, in <lambda>
            let t = threading.Thread(|| items.get());
        ",
    );
}

#[test]
fn a_pool_whose_workers_wait_for_what_nobody_gives() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn work(q) { q.get() }
            let q = Queue();
            let pool = Pool(2);
            try { pool.map(work, [q, q]); } catch (e) { print(e.type); }
            print("over");
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!(output.stdout, "DeadlockError\nover\n", "{}", output.stderr);
    });
}

#[test]
fn a_task_that_waits_for_a_task_of_its_own_pool() {
    let output = Script::text(
        r#"
        const POOL = ThreadPool(2);
        fn inner() { 1 }
        fn outer(n) { global::POOL.apply(inner) }
        try { POOL.map(outer, [1, 2]); } catch (e) { print(e.message.split(":")[0]); }
        print("over");
        "#,
    )
    .run();
    let wanted = "waiting for a result of a pool whose workers cannot give it\nover\n";
    assert_eq!(output.stdout, wanted, "{}", output.stderr);
}
