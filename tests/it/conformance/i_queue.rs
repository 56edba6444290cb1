//! Group I: `Queue`, `JoinableQueue`, `SimpleQueue`.

use crate::support::script::prints;

#[test]
fn case_094_a_full_queue_refuses_at_once_or_after_the_timeout() {
    prints(
        r#"
        let q = Queue(6);
        for i in range(6) { q.put(i); }
        print(q.empty(), q.full(), q.qsize());
        for attempt in [
            || q.put(7, false), || q.put(7, false, None), || q.put_nowait(7), || q.put(7, false, 0.1),
            || q.put(7, #{ block: false }), || q.put(7, true, -1), || q.put(7, true, 0),
        ] {
            print(error_of(attempt));
        }
        for attempt in [|| q.put(7, true, 0.1), || q.put(7, #{ timeout: 0.1 })] {
            let start = time.monotonic();
            let error = error_of(attempt);
            print(error, time.monotonic() - start >= 0.1);
        }
        fn drain(q) { for i in range(6) { q.get(); } }
        let p = Process(drain, [q]);
        p.start();
        p.join();
        print(q.empty(), q.full(), q.qsize());
        "#,
        &("False True 6\n".to_string()
            + &"Full: \n".repeat(7)
            + &"Full:  True\n".repeat(2)
            + "True False 0\n"),
    );
}

#[test]
fn case_095_an_empty_queue_raises_at_once_or_after_the_timeout() {
    prints(
        r#"
        fn fill(q) { for i in [2, 3, 4, 5] { q.put(i); } }
        let q = Queue();
        let p = Process(fill, [q]);
        p.start();
        print(q.get(true, None), q.get(true), q.get(#{ timeout: 60 }));
        p.join();
        print(q.get_nowait(), q.empty());
        for attempt in [
            || q.get(false), || q.get(false, None), || q.get_nowait(), || q.get(false, 0.1),
            || q.get(#{ block: false }), || q.get(true, -1), || q.get(true, 0),
        ] {
            print(error_of(attempt));
        }
        for attempt in [|| q.get(true, 0.1), || q.get(#{ timeout: 0.1 }), || q.get(#{ block: true, timeout: 0.1 })] {
            let start = time.monotonic();
            let error = error_of(attempt);
            print(error, time.monotonic() - start >= 0.1);
        }
        "#,
        &("2 3 4\n5 True\n".to_string() + &"Empty: \n".repeat(7) + &"Empty:  True\n".repeat(3)),
    );
}

#[test]
fn case_097_qsize_counts_what_is_there() {
    prints(
        "
        let q = Queue();
        print(q.qsize());
        q.put(1);
        print(q.qsize());
        q.put(1);
        print(q.qsize());
        q.get();
        print(q.qsize());
        q.get();
        print(q.qsize());
        ",
        "0\n1\n2\n1\n0\n",
    );
}

#[test]
fn case_098_a_timeout_is_not_shorter_than_asked() {
    prints(
        "
        let start = time.time();
        print(error_of(|| Queue().get(true, 0.2)), time.time() - start >= 0.1);
        ",
        "Empty:  True\n",
    );
}

#[test]
fn case_100_a_closed_queue_takes_and_gives_nothing() {
    prints(
        r#"
        for q in [Queue(), JoinableQueue()] {
            q.put(1);
            q.close();
            q.close();
            for attempt in [|| q.put(2), || q.get(), || q.put_nowait(2), || q.get_nowait()] {
                let error = error_of(attempt);
                print(error.startswith("ValueError: Queue <"), error.endswith("> is closed"));
            }
            q.join_thread();
        }
        // Only the process that closed it.
        let q = Queue();
        let p = Process(|q| { q.put("still open"); }, [q]);
        q.put(1);
        q.close();
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        &("True True\n".repeat(8) + "0\n"),
    );
}

#[test]
fn case_101_join_thread_wants_a_closed_queue() {
    prints(
        r#"
        let q = Queue();
        let error = error_of(|| q.join_thread());
        print(error.startswith("AssertionError: Queue <"), error.endswith("> not closed"));
        q.cancel_join_thread();
        q.close();
        print(q.join_thread());
        "#,
        "True True\nNone\n",
    );
}

#[test]
fn case_103_none_is_an_item_and_ends_workers() {
    prints(
        r#"
        fn work(orders, results) {
            while true {
                let n = orders.get();
                if n == None { break; }
                results.put(n * n);
            }
        }
        let orders = Queue();
        let results = Queue();
        let workers = [];
        for i in range(4) { workers.append(Process(work, [orders, results])); }
        for w in workers { w.start(); }
        for n in range(20) { orders.put(n); }
        for w in workers { orders.put(None); }
        for w in workers { w.join(); }
        let squares = results.get_many(100);
        print(len(squares), sum(squares), orders.empty());
        "#,
        "20 2470 True\n",
    );
}

#[test]
fn case_104_join_before_get_does_not_hang() {
    prints(
        r#"
        fn child(q) { q.put("x" * 1000000); }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        p.join();
        print(p.exitcode, len(q.get()));
        "#,
        "0 1000000\n",
    );
}

#[test]
fn case_106_a_joinable_queue_counts_its_tasks() {
    prints(
        r#"
        let q = JoinableQueue();
        print(error_of(|| q.task_done()));
        print(q.join());
        q.put(1);
        print(q.join(#{ timeout: 0.01 }), q.join(0));
        q.get();
        print(q.join(0));
        q.task_done();
        print(q.join(), q.join(1), error_of(|| q.task_done()));
        fn work(q) {
            while true {
                q.get();
                q.task_done();
            }
        }
        for i in range(3) { Process(#{ target: work, args: [q], daemon: true }).start(); }
        for round in range(3) {
            for i in range(20) { q.put(i); }
            q.join();
            print(q.empty());
        }
        "#,
        "
        ValueError: task_done() called too many times
        None
        False False
        False
        None True ValueError: task_done() called too many times
        True
        True
        True
        ",
    );
}

#[test]
fn case_107_a_simple_queue_puts_gets_and_is_closed() {
    prints(
        r#"
        let q = SimpleQueue();
        fn child(q) { q.put(q.empty()); q.put(q.empty()); }
        print(q.empty());
        let p = Process(child, [q]);
        p.start();
        p.join();
        print(q.empty(), q.get(), q.get(), q.empty());
        print(q.close(), q.close());
        for use in [|| q.put(1), || q.get(), || q.empty()] { print(error_of(use)); }
        "#,
        "
        True
        False True False True
        None None
        OSError: handle is closed
        OSError: handle is closed
        OSError: handle is closed
        ",
    );
}
