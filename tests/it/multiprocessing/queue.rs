//! `Queue` and `JoinableQueue`.

use crate::everywhere::everywhere;
use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_094_a_full_queue_refuses_at_once_or_after_the_timeout() {
    everywhere(
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
    everywhere(
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
    everywhere(
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
    everywhere(
        "
        let start = time.time();
        print(error_of(|| Queue().get(true, 0.2)), time.time() - start >= 0.1);
        ",
        "Empty:  True\n",
    );
}

#[test]
fn case_100_a_closed_queue_takes_and_gives_nothing() {
    everywhere(
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
    everywhere(
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
    everywhere(
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
    everywhere(
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
fn a_blocked_put_goes_on_when_there_is_room() {
    everywhere(
        r#"
        fn take(q, go) { go.get(); print("takes"); q.get(); }
        let q = Queue(1);
        let go = Queue();
        q.put(1);
        Process(take, [q, go]).start();
        go.put("go");
        q.put(2);
        print("put 2", q.get());
        "#,
        "takes\nput 2 2\n",
    );
}

#[test]
fn a_plain_queue_has_no_join() {
    everywhere(
        "
        print(error_of(|| Queue().task_done()).startswith(\"AttributeError: 'Queue' object has no attribute 'task_done'\"));
        print(error_of(|| Queue().join()).startswith(\"AttributeError: 'Queue' object has no attribute 'join'\"));
        ",
        "True\nTrue\n",
    );
}

#[test]
fn put_is_done_when_it_returns_and_keeps_the_value_as_it_was() {
    everywhere(
        r#"
        let q = Queue();
        let wrong = 0;
        let value = [0];
        for i in range(200) {
            value[0] = i;
            q.put(value);
            value[0] = -1;
            if q.empty() || q.get_nowait() != [i] { wrong += 1; }
        }
        print(wrong);
        "#,
        "0\n",
    );
}

#[test]
fn items_of_one_process_keep_their_order() {
    everywhere(
        r#"
        fn produce(q, name) { for i in range(500) { q.put([name, i]); } }
        let q = Queue(10);
        for name in ["a", "b", "c"] { Process(produce, [q, name]).start(); }
        let next = #{ a: 0, b: 0, c: 0 };
        let wrong = 0;
        for i in range(1500) {
            let item = q.get();
            if next[item[0]] != item[1] { wrong += 1; }
            next[item[0]] = item[1] + 1;
        }
        print(wrong, next, q.empty());
        "#,
        "0 {'a': 500, 'b': 500, 'c': 500} True\n",
    );
}

#[test]
fn a_value_that_cannot_cross_is_refused_by_put_itself() {
    prints(
        r#"
        let q = Queue();
        let file = open("notes.txt", "w");
        print(error_of(|| q.put(file)));
        print(error_of(|| q.put([1, #{ log: file }])));
        print(q.empty());
        "#,
        "
        TypeError: item is a File, which cannot be sent to another process
        TypeError: item[1].log is a File, which cannot be sent to another process
        True
        ",
    );
}

#[test]
fn handles_and_functions_travel_through_a_queue() {
    prints(
        r#"
        fn child(q) {
            let box = q.get();
            box.lock.acquire();
            box.answers.put((box.task).call(20));
            box.lock.release();
            box.answers.put(box.process.name);
        }
        let factor = 2;
        let q = Queue();
        let answers = Queue();
        let lock = Lock();
        let p = Process(child, [q]);
        p.start();
        q.put(#{ lock: lock, answers: answers, task: |x| x * factor, process: p });
        p.join();
        print(answers.get(), answers.get(), lock.locked());
        "#,
        "40 Process-1 False\n",
    );
}

#[test]
fn a_handle_that_only_the_queue_holds_stays_alive() {
    prints(
        r#"
        fn child(q) {
            let inner = Queue();
            inner.put("from a queue nobody else has");
            q.put(inner);
        }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        p.join();
        print(q.get().get());
        "#,
        "from a queue nobody else has\n",
    );
}

#[test]
fn many_items_are_put_and_got_at_once() {
    everywhere(
        r#"
        let q = Queue();
        q.put_many([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        print(q.qsize(), q.get_many(4), q.get_many(100), q.qsize());
        print(error_of(|| q.get_many(5, false)), error_of(|| q.get_many(0)));
        q.put_many([1, 2, None, 3]);
        for x in q.iter_until(None) { print(x); }
        print(q.get());
        "#,
        "
        10 [0, 1, 2, 3] [4, 5, 6, 7, 8, 9] 0
        Empty:  ValueError: get_many() max must be at least 1, not 0
        1
        2
        3
        ",
    );
}

#[test]
fn a_queue_lives_on_when_processes_are_killed_in_the_middle_of_their_work() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn put_forever(q) { let i = 0; while true { q.put([i, "x" * 200]); i += 1; } }
            fn get_forever(q) { while true { q.get(); } }
            let q = Queue(50);
            for round in range(6) {
                let a = Process(put_forever, [q]);
                let b = Process(get_forever, [q]);
                a.start();
                b.start();
                time.sleep(0.03);
                a.kill();
                b.kill();
                a.join();
                b.join();
            }
            while !q.empty() { q.get_nowait(); }
            q.put("alive");
            print(q.get(), q.qsize());
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, "alive 0\n", "");
    });
}
