//! The module `queue`.

use crate::support::script::prints;

// Cases 109 and 110.
#[test]
fn the_three_orders_and_the_time_outs() {
    prints(
        r#"
        for q in [queue.Queue(), queue.LifoQueue(), queue.PriorityQueue(), queue.SimpleQueue()] {
            for x in [111, 333, 222] { q.put(x); }
            print([q.get(), q.get(), q.get()], error_of(|| q.get_nowait()), error_of(|| q.get(true, 0.01)), error_of(|| q.get(true, -1)));
        }
        let q = queue.Queue(1);
        q.put(1);
        print(q.full(), error_of(|| q.put_nowait(2)), error_of(|| q.put(2, true, 0.01)), error_of(|| q.put(2, true, -1)), error_of(|| q.put(2, false)));
        print(q.maxsize, q.qsize(), q.unfinished_tasks, q.empty());
        "#,
        "
        [111, 333, 222] Empty:  Empty:  ValueError: 'timeout' must be a non-negative number
        [222, 333, 111] Empty:  Empty:  ValueError: 'timeout' must be a non-negative number
        [111, 222, 333] Empty:  Empty:  ValueError: 'timeout' must be a non-negative number
        [111, 333, 222] Empty:  Empty:  ValueError: 'timeout' must be a non-negative number
        True Full:  Full:  ValueError: 'timeout' must be a non-negative number Full: 
        1 1 1 False
        ",
    );
}

#[test]
fn items_without_an_order_are_refused_and_nothing_is_lost() {
    prints(
        r#"
        let q = queue.PriorityQueue();
        q.put(1);
        print(error_of(|| q.put("a")), q.qsize(), q.get());
        q.put([2, "b"]); q.put([1, "z"]); q.put([2, "a"]);
        print(q.get(), q.get(), q.get());
        "#,
        "
        TypeError: '<' not supported between instances of 'str' and 'int' 1 1
        [1, 'z'] [2, 'a'] [2, 'b']
        ",
    );
}

#[test]
fn a_bounded_queue_keeps_producers_back() {
    prints(
        "
        let q = queue.Queue(2);
        let sums = queue.Queue();
        let producers = [];
        let consumers = [];
        for i in range(3) { producers.push(Thread(|| { for k in range(200) { q.put(k); } })); }
        for i in range(3) { consumers.push(Thread(|| { let sum = 0; for k in range(200) { sum += q.get(); } sums.put(sum); })); }
        for t in consumers { t.start(); }
        for t in producers { t.start(); }
        for t in producers { t.join(); }
        for t in consumers { t.join(); }
        print(sums.get() + sums.get() + sums.get(), q.empty());
        ",
        "59700 True\n",
    );
}

#[test]
fn tasks_are_counted() {
    prints(
        "
        let q = queue.Queue();
        print(error_of(|| q.task_done()), q.join());
        for i in range(3) { q.put(i); }
        let t = Thread(|| { for i in range(3) { q.get(); q.task_done(); } });
        print(q.join(0.01));
        t.start();
        q.join();
        print(q.unfinished_tasks, q.join(1), error_of(|| q.task_done()));
        t.join();
        let s = queue.SimpleQueue();
        print(error_of(|| s.task_done()), error_of(|| s.join()));
        ",
        "
        ValueError: task_done() called too many times None
        False
        0 True ValueError: task_done() called too many times
        AttributeError: '_queue.SimpleQueue' object has no attribute 'task_done' AttributeError: '_queue.SimpleQueue' object has no attribute 'join'
        ",
    );
}

#[test]
fn a_queue_can_be_shut_down() {
    prints(
        "
        let q = queue.Queue(1);
        q.put(1);
        let outcomes = queue.Queue();
        let blocked = Thread(|| outcomes.put(error_of(|| q.put(2))));
        blocked.start();
        q.shutdown();
        blocked.join();
        print(outcomes.get(), q.is_shutdown, error_of(|| q.put(3)), q.get(), error_of(|| q.get()));
        let p = queue.Queue();
        let waiting = Thread(|| { p.join(); outcomes.put(\"joined\"); });
        p.put(1);
        waiting.start();
        p.shutdown(true);
        waiting.join();
        print(outcomes.get(), p.qsize(), error_of(|| p.get()));
        ",
        "
        ShutDown:  True ShutDown:  1 ShutDown: 
        joined 0 ShutDown: 
        ",
    );
}
