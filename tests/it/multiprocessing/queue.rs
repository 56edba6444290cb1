//! `Queue` and `JoinableQueue`.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn a_blocked_put_goes_on_when_there_is_room() {
    prints(
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
    prints(
        "
        print(error_of(|| Queue().task_done()).startswith(\"AttributeError: 'Queue' object has no attribute 'task_done'\"));
        print(error_of(|| Queue().join()).startswith(\"AttributeError: 'Queue' object has no attribute 'join'\"));
        ",
        "True\nTrue\n",
    );
}

#[test]
fn put_is_done_when_it_returns_and_keeps_the_value_as_it_was() {
    prints(
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
    prints(
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
    prints(
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
