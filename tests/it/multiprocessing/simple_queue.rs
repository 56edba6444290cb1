//! `SimpleQueue`.

use crate::support::script::prints;

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

#[test]
fn what_cannot_cross_raises_where_it_is_put() {
    prints(
        r#"
        let q = SimpleQueue();
        print(error_of(|| q.put(open("f", "w"))).starts_with("TypeError"), q.empty());
        q.put([1, #{ a: "ä" }, None]);
        print(q);
        print(q.get(), q.empty());
        "#,
        "
        True True
        <multiprocessing.queues.SimpleQueue qsize=1>
        [1, {'a': 'ä'}, None] True
        ",
    );
}

#[test]
fn it_travels_and_is_closed_for_one_process_only() {
    prints(
        r#"
        fn answer(q) {
            let inner = q.get();
            inner.put("from the child");
            inner.close();
            print(error_of(|| inner.put(1)));
        }
        let q = SimpleQueue();
        let inner = SimpleQueue();
        let p = Process(answer, [q]);
        p.start();
        q.put(inner);
        p.join();
        print(inner.get());
        inner.put(2);
        print(inner.get());
        let captured = Process(|| inner.put("captured"));
        captured.start();
        print(inner.get());
        "#,
        "OSError: handle is closed\nfrom the child\n2\ncaptured\n",
    );
}

#[test]
fn a_reader_that_is_killed_takes_nothing_from_the_others() {
    prints(
        r#"
        fn read(q, ready) { ready.put(1); q.get(); }
        fn answer(q, answers) { answers.put(q.get()); }
        let q = SimpleQueue();
        let ready = SimpleQueue();
        let answers = SimpleQueue();
        let dead = Process(read, [q, ready]);
        dead.start();
        ready.get();
        dead.kill();
        dead.join();
        Process(answer, [q, answers]).start();
        q.put("for the living");
        print(answers.get());
        "#,
        "for the living\n",
    );
}
