//! `ThreadPool`, which does what `Pool` does.

use crate::support::script::prints;

#[test]
fn a_thread_pool_has_the_calls_of_a_pool() {
    prints(
        r#"
        fn square(x) { x * x }
        fn add(a, b) { a + b }
        let pool = multiprocessing.pool.ThreadPool(2);
        print(pool, pool.processes, type_of(pool));
        print(pool.apply(add, [1, 2]), pool.apply_async(add, [3, 4]).get());
        print(pool.map(square, range(100)) == list(range(100)).map(|x| x * x));
        print(pool.map_async(square, [1, 2]).get(), pool.starmap(add, [[1, 2], [3, 4]]));
        print(pool.starmap_async(add, [[1, 2]]).get());
        print(list(pool.imap(square, range(5))), sorted(list(pool.imap_unordered(square, range(5)))));
        print(pool.map(square, []), sum(pool.stats().workers.map(|worker| worker.tasks)) >= 110);
        pool.close();
        pool.join();
        print(pool, threading.active_count());
        "#,
        "
        <multiprocessing.pool.ThreadPool state=RUN pool_size=2> 2 ThreadPool
        3 7
        True
        [1, 4] [3, 7]
        [3]
        [0, 1, 4, 9, 16] [0, 1, 4, 9, 16]
        [] True
        <multiprocessing.pool.ThreadPool state=CLOSE pool_size=2> 1
        ",
    );
}

#[test]
fn tasks_of_threads_are_given_values_that_could_not_be_sent() {
    prints(
        r#"
        let seen = queue.Queue();
        let lock = threading.Lock();
        let pool = ThreadPool(2);
        pool.map(|q| lock.with(|| q.put(threading.current_thread().daemon)), [seen, seen]);
        print(seen.get(), seen.get(), lock.locked());
        print(type_of(pool.apply(|| Thread(|| 1))));
        "#,
        "
        True True False
        Thread
        ",
    );
}

#[test]
fn the_initializer_runs_in_each_thread() {
    prints(
        r#"
        let begun = queue.Queue();
        fn begin(q, word) { q.put(word); }
        let pool = ThreadPool(3, begin, [begun, "hello"]);
        print(list(range(3)).map(|i| begun.get()));
        fn fail() { throw ValueError("no"); }
        let pool = ThreadPool(2, fail);
        print(error_of(|| pool.apply(|| 1)), error_of(|| pool.map(|x| x, [1])));
        "#,
        "
        ['hello', 'hello', 'hello']
        ValueError: no ValueError: no
        ",
    );
}

#[test]
fn a_task_that_takes_too_long_is_stopped_and_its_thread_replaced() {
    prints(
        r#"
        let ended = queue.Queue();
        fn endless(x) { if x == 2 { loop { } } x }
        fn asleep(x) { time.sleep(600); }
        let pool = ThreadPool(1);
        print(error_of(|| pool.apply(asleep, [1], #{ timeout: 0.05 })));
        let found = [];
        let results = pool.imap(endless, range(4), #{ chunksize: 4, timeout: 0.2 });
        loop {
            try {
                found.push(results.next());
            } catch (e) {
                if e.type == "StopIteration" { break; }
                found.push(str(e));
            }
        }
        print(found, pool.map(|x| x, [5]));
        pool.close();
        pool.join();
        let deadline = time.monotonic() + 30;
        while threading.active_count() > 1 && time.monotonic() < deadline { time.sleep(0.001); }
        print(threading.active_count());
        "#,
        "
        TimeoutError: asleep(1) took longer than its time limit of 0.05 s
        [0, 1, 'endless(2) took longer than its time limit of 0.2 s', 3] [5]
        1
        ",
    );
}

#[test]
fn a_task_is_tried_again_after_its_time() {
    prints(
        r#"
        let tries = queue.Queue();
        fn late_at_first(tries) { tries.put(1); if tries.qsize() < 3 { time.sleep(600); } tries.qsize() }
        print(ThreadPool(1).apply(late_at_first, [tries], #{ timeout: 0.05, retries: 2 }));
        "#,
        "3\n",
    );
}

#[test]
fn an_exit_in_a_task_fails_the_task() {
    prints(
        r#"
        let pool = ThreadPool(1);
        try {
            pool.map(|x| { if x == 1 { sys.exit(3); } x }, [0, 1, 2]);
        } catch (e) {
            print(e.type, e.exitcode, e.pid == os.getpid());
            print(str(e).split("was")[1]);
        }
        print(pool.apply(|| 4));
        "#,
        "
        WorkerLost 3 True
         ended by sys.exit(3) while it ran <lambda>(1)
        4
        ",
    );
}

#[test]
fn threads_of_a_pool_do_not_keep_a_program() {
    prints(
        r#"
        let pool = ThreadPool(2);
        pool.apply_async(|| { time.sleep(600); });
        pool.apply_async(|| loop { });
        print("end");
        "#,
        "end\n",
    );
}

#[test]
fn a_pool_that_nobody_refers_to_ends_its_threads() {
    prints(
        r#"
        fn use_one() { ThreadPool(2).map(|x| x, [1, 2]) }
        print(use_one());
        while threading.active_count() > 1 { time.sleep(0.001); }
        print(threading.active_count());
        "#,
        "
        [1, 2]
        1
        ",
    );
}

#[test]
fn a_terminated_pool_stops_its_tasks() {
    prints(
        r#"
        let begun = queue.Queue();
        let pool = ThreadPool(2);
        let endless = pool.map_async(|x| { begun.put(x); loop { } }, [1, 2], #{ chunksize: 1 });
        begun.get();
        begun.get();
        pool.terminate();
        print(error_of(|| endless.get()), threading.active_count());
        "#,
        "RuntimeError: the pool was terminated before the task had ended 1\n",
    );
}

#[test]
fn threads_and_children_have_pools_of_threads_too() {
    prints(
        r#"
        fn total(n) { ThreadPool(2).with(|pool| sum(pool.map(|x| x * x, range(n)))) }
        let q = Queue();
        let p = Process(|| q.put(total(4)));
        p.start();
        print(q.get());
        p.join();
        print(ThreadPool(2).map(total, [3, 5]), p.exitcode);
        "#,
        "
        14
        [5, 30] 0
        ",
    );
}

#[test]
fn the_pool_of_dummy_has_threads() {
    prints(
        r#"
        let pool = multiprocessing.dummy.Pool(2);
        print(pool, pool.map(|x| [x * x, os.getpid() == 0], [1, 2]));
        print(pool.apply(|| os.getpid()) == os.getpid());
        pool.close();
        pool.join();
        "#,
        "
        <multiprocessing.pool.ThreadPool state=RUN pool_size=2> [[1, False], [4, False]]
        True
        ",
    );
}
