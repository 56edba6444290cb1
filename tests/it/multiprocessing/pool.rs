//! `Pool`: its calls, its results, how it begins and ends.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn every_call_gives_the_results_of_its_tasks() {
    prints(
        r#"
        fn square(x) { x * x }
        fn add(a, b) { a + b }
        let pool = Pool(3);
        print(pool, pool.processes);
        print(pool.apply(add, [1, 2]), pool.apply(square, #{ args: [7] }));
        print(pool.map(square, range(10)), pool.map(square, []));
        print(pool.map(square, [1, 2, 3, 4, 5], 2), pool.map(|x| x + 1, [1]));
        print(pool.starmap(add, [[1, 2], [3, 4]]));
        print(pool.apply_async(add, [5, 6]).get(), pool.map_async(square, [3, 4]).get());
        print(pool.starmap_async(add, [[1, 1], [2, 2]]).get());
        let all = [];
        for x in pool.imap(square, range(5)) { all.append(x); }
        print(all);
        let all = [];
        for x in pool.imap_unordered(square, range(5)) { all.append(x); }
        print(sorted(all));
        print(pool.map(repr, [1, "a", [1], bytes("x", "utf-8")]), pool.map(len, ["ab", [1, 2, 3]]));
        pool.close();
        pool.join();
        print(pool);
        "#,
        "<multiprocessing.pool.Pool state=RUN pool_size=3> 3\n\
         3 49\n\
         [0, 1, 4, 9, 16, 25, 36, 49, 64, 81] []\n\
         [1, 4, 9, 16, 25] [2]\n\
         [3, 7]\n\
         11 [9, 16]\n\
         [2, 4]\n\
         [0, 1, 4, 9, 16]\n\
         [0, 1, 4, 9, 16]\n\
         ['1', \"'a'\", '[1]', \"b'x'\"] [2, 3]\n\
         <multiprocessing.pool.Pool state=CLOSE pool_size=3>\n",
    );
}

#[test]
fn case_154_a_result_comes_within_its_time_or_not() {
    prints(
        r#"
        fn nap(t) { time.sleep(t); "slept" }
        let pool = Pool(1);
        let slow = pool.apply_async(nap, [0.3]);
        print(slow.ready(), error_of(|| slow.get(0.01)), error_of(|| slow.successful()));
        print(slow.wait(0.01), slow.wait(), slow.ready(), slow.successful(), slow.get(), slow.get(0));
        "#,
        "False TimeoutError:  ValueError: the result is not ready: call wait() or get() first\n\
         None None True True slept slept\n",
    );
}

#[test]
fn case_155_one_of_the_callbacks_is_called_once_with_the_whole_result() {
    prints(
        r#"
        fn square(x) { x * x }
        fn bad(x) { throw ValueError(`bad ${x}`); }
        let pool = Pool(2);
        let seen = [];
        let returned = |value| seen.append(["returned", value]);
        let threw = |error| seen.append(["threw", `${error.type}: ${error}`]);
        pool.map_async(square, [1, 2, 3], #{ callback: returned, error_callback: threw }).wait();
        pool.apply_async(bad, [7], #{ callback: returned, error_callback: threw }).wait();
        pool.map_async(square, [], #{ callback: returned }).wait();
        print(seen);
        "#,
        "[['returned', [1, 4, 9]], ['threw', 'ValueError: bad 7'], ['returned', []]]\n",
    );
}

#[test]
fn callbacks_are_called_while_the_script_computes_sleeps_or_waits_for_something_else() {
    prints(
        r#"
        fn square(x) { x * x }
        let pool = Pool(1);
        let seen = [];
        pool.apply_async(square, [2], #{ callback: |x| seen.append(x) });
        let deadline = time.monotonic() + 30;
        while seen.len() == 0 && time.monotonic() < deadline { }
        pool.apply_async(square, [3], #{ callback: |x| seen.append(x) });
        while seen.len() == 1 && time.monotonic() < deadline { time.sleep(0.01); }
        let q = Queue();
        pool.apply_async(square, [4], #{ callback: |x| q.put(x) });
        seen.append(q.get());
        print(seen);
        "#,
        "[4, 9, 16]\n",
    );
}

#[test]
fn an_error_in_a_callback_is_reported_and_the_next_is_called() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn square(x) { x * x }
            let pool = Pool(1);
            pool.apply_async(square, [2], #{ callback: |x| { throw ValueError("no"); } });
            let last = pool.apply_async(square, [3], #{ callback: |x| print(x) });
            last.wait();
            pool.close();
            pool.join();
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!(output.stdout, "9\n");
        assert!(
            output.stderr.starts_with("ValueError: no\n"),
            "{}",
            output.stderr
        );
    });
}

#[test]
fn case_157_an_error_is_thrown_at_its_place_and_the_iteration_goes_on() {
    prints(
        r#"
        fn bad(x) { if x == 3 { throw ValueError("three"); } x }
        let pool = Pool(2);
        for chunk in [1, 2, 6] {
            let seen = [];
            let results = pool.imap(bad, range(6), #{ chunksize: chunk });
            while true {
                try { seen.append(results.next()); }
                catch (e) { seen.append(e.type); if e.type == "StopIteration" { break; } }
            }
            print(seen);
        }
        "#,
        &"[0, 1, 2, 'ValueError', 4, 5, 'StopIteration']\n".repeat(3),
    );
}

#[test]
fn case_158_an_error_of_the_input_comes_in_its_place() {
    prints(
        r#"
        fn same(x) { x }
        let pool = Pool(2);
        fn counting(last) {
            let n = -1;
            || { n += 1; if n == last { throw ValueError("input"); } n }
        }
        for (last, chunk) in [[3, 1], [7, 2], [7, 4], [0, 1]] {
            let seen = [];
            let results = pool.imap(same, counting(last), #{ chunksize: chunk });
            while true {
                try { seen.append(results.next()); }
                catch (e) { seen.append(e.type); if e.type == "StopIteration" { break; } }
            }
            print(seen);
        }
        "#
        .replace("for (last, chunk) in [[3, 1], [7, 2], [7, 4], [0, 1]] {",
            "for pair in [[3, 1], [7, 2], [7, 4], [0, 1]] {\n            let last = pair[0];\n            let chunk = pair[1];")
        .as_str(),
        "[0, 1, 2, 'ValueError', 'StopIteration']\n\
         [0, 1, 2, 3, 4, 5, 6, 'ValueError', 'StopIteration']\n\
         [0, 1, 2, 3, 4, 5, 6, 'ValueError', 'StopIteration']\n\
         ['ValueError', 'StopIteration']\n",
    );
}

#[test]
fn imap_takes_from_an_endless_input_as_it_is_read() {
    prints(
        r#"
        fn same(x) { x }
        let pool = Pool(2);
        let taken = Value("i", 0);
        let results = pool.imap(same, || { taken.value += 1; taken.value }, #{ buffersize: 10 });
        for i in range(100) { results.next(); }
        print(taken.value <= 110, taken.value >= 100);
        let results = pool.imap(same, || { taken.value += 1; taken.value });
        taken.value = 0;
        results.next();
        print(taken.value <= 4 * 2 + 1 + 1);
        "#,
        "True True\nTrue\n",
    );
}

#[test]
fn case_160_what_cannot_be_sent_fails_its_task_and_the_pool_goes_on() {
    prints(
        r#"
        fn file(x) { open("/dev/null") }
        fn same(x) { x }
        let pool = Pool(2);
        for i in range(20) {
            let result = error_of(|| pool.apply(file, [1]));
            let argument = error_of(|| pool.apply_async(same, [open("/dev/null")]).get());
            if i == 0 { print(result); print(argument); }
            if pool.apply(same, [i]) != i { print("wrong"); }
        }
        print(error_of(|| pool.map(same, [1, open("/dev/null"), 3])));
        "#,
        "MaybeEncodingError: Error sending result: '<File>'. Reason: 'TypeError('result is a File, which cannot be sent to another process')'\n\
         TypeError: args[0] is a File, which cannot be sent to another process\n\
         TypeError: item is a File, which cannot be sent to another process\n",
    );
}

#[test]
fn case_161_wrong_arguments_are_refused() {
    prints(
        r#"
        print(error_of(|| Pool(0)), error_of(|| Pool(-1)));
        for wrong in [0, -1, 0.5, "12"] { print(error_of(|| Pool(1, #{ maxtasksperchild: wrong }))); }
        print(error_of(|| Pool(1, 5)));
        print(error_of(|| Pool("4")));
        let pool = Pool(1);
        print(error_of(|| pool.map(5, [1])));
        print(error_of(|| pool.map(len, 5)));
        print(error_of(|| pool.map(len, ["a"], 0)), error_of(|| pool.imap(len, ["a"], 0)));
        print(error_of(|| pool.apply(len, "a")));
        print(error_of(|| pool.map(len, ["a"], #{ timeout: 0 })), error_of(|| pool.map(len, ["a"], #{ retries: -1 })));
        "#,
        "ValueError: Number of processes must be at least 1 ValueError: Number of processes must be at least 1\n\
         ValueError: maxtasksperchild must be a positive int or None\n\
         ValueError: maxtasksperchild must be a positive int or None\n\
         ValueError: maxtasksperchild must be a positive int or None\n\
         ValueError: maxtasksperchild must be a positive int or None\n\
         TypeError: initializer must be a callable\n\
         TypeError: Pool() argument 'processes' must be an integer, not str\n\
         TypeError: map() argument 'func' must be a function, not int\n\
         TypeError: 'int' object is not iterable\n\
         ValueError: Chunksize must be 1+, not 0 ValueError: Chunksize must be 1+, not 0\n\
         TypeError: apply() argument 'args' must be a list (write args: [x]), not str\n\
         ValueError: the time limit of a task must be positive, not 0 ValueError: retries must be 0 or more, not -1\n",
    );
}

#[test]
fn case_163_a_pool_that_was_ended_takes_no_tasks() {
    prints(
        r#"
        let pool = Pool(1);
        print(error_of(|| pool.join()));
        print(pool.with(|p| p.map(len, ["a", "bc"])));
        print(error_of(|| pool.map(len, ["a"])), error_of(|| pool.with(|p| 1)), error_of(|| pool.imap(len, ["a"])));
        pool.terminate(); pool.join(); pool.terminate();
        let pool = Pool(1);
        pool.close(); pool.close(); pool.join(); pool.join();
        print(error_of(|| pool.apply(len, ["a"])), active_children());
        "#,
        "ValueError: Pool is still running\n[1, 2]\n\
         ValueError: Pool not running ValueError: Pool not running ValueError: Pool not running\n\
         ValueError: Pool not running []\n",
    );
}

#[test]
fn case_164_terminate_ends_endless_tasks_at_once_and_every_result_has_an_answer() {
    prints(
        r#"
        fn nap(x) { time.sleep(3600); }
        let pool = Pool(2);
        let results = [];
        for i in range(2000) { results.append(pool.apply_async(nap, [i])); }
        let unread = pool.imap(nap, range(10));
        let start = time.monotonic();
        pool.terminate();
        print(time.monotonic() - start < 30, active_children());
        print(error_of(|| results[0].get()));
        print(error_of(|| results[1999].get()));
        print(error_of(|| unread.next()));
        "#,
        "True []\n\
         RuntimeError: the pool was terminated before the task had ended\n\
         RuntimeError: the pool was terminated before the task had ended\n\
         RuntimeError: the pool was terminated before the task had ended\n",
    );
}

#[test]
fn case_166_a_worker_is_replaced_when_it_has_done_its_tasks() {
    prints(
        r#"
        fn pid() { os.getpid() }
        let pool = Pool(1, #{ maxtasksperchild: 2 });
        let pids = [];
        for i in range(6) { pids.append(pool.apply(pid)); }
        print(pids[0] == pids[1], pids[1] != pids[2], pids[2] == pids[3], pids[3] != pids[4], pids[4] == pids[5]);
        "#,
        "True True True True True\n",
    );
}

#[test]
fn case_167_a_pool_is_closed_while_workers_are_replaced() {
    prints(
        r#"
        fn more(x) { x + 1 }
        let pool = Pool(3, #{ maxtasksperchild: 1 });
        let results = [];
        for i in range(6) { results.append(pool.apply_async(more, [i])); }
        pool.close();
        pool.join();
        print(results.map(|r| r.get()), active_children());
        "#,
        "[1, 2, 3, 4, 5, 6] []\n",
    );
}

#[test]
fn workers_are_daemons_named_after_the_pool_and_begin_with_the_initializer() {
    each_start_method(|method| {
        let name = if method == "fork" { "Fork" } else { "Spawn" };
        Script::text(
            r#"
            let box = Value("i", 0);
            fn begin(box, add) { box.value += add; }
            fn who() { let me = current_process(); [me.name, me.daemon, error_of(|| Process(who).start())] }
            let pool = Pool(1, begin, [box, 5]);
            print(pool.apply(who));
            print(box.value);
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            &format!("['{name}PoolWorker-1', True, 'AssertionError: daemonic processes are not allowed to have children']\n5\n"),
            "",
        );
    });
}

#[test]
fn shared_objects_travel_to_the_workers_and_back() {
    prints(
        r#"
        fn fill(pair) { pair[0].put(pair[1]); pair[0] }
        let q = Queue();
        let pool = Pool(2);
        let queues = pool.map(fill, [[q, 1], [q, 2], [q, 3]]);
        print(sorted([queues[0].get(), queues[1].get(), queues[2].get()]), queues[0] == q);
        let factor = 10;
        print(pool.map(|x| x * factor, [1, 2]));
        let blob = bytes(300000);
        let back = pool.map(|b| b, [blob, blob]);
        print(len(back[0]), back[1] == blob);
        "#,
        "[1, 2, 3] True\n[10, 20]\n300000 True\n",
    );
}

#[test]
fn several_threads_share_a_pool() {
    prints(
        r#"
        fn square(x) { x * x }
        let pool = Pool(2);
        let done = queue.Queue();
        fn ask(pool, done, n) { let sum = 0; for i in range(30) { sum += pool.apply(square, [i + n]); } done.put([n, sum]); }
        let threads = [];
        for n in range(4) { let t = Thread(ask, [pool, done, n]); t.start(); threads.append(t); }
        for t in threads { t.join(); }
        let all = [];
        for n in range(4) { all.append(done.get()); }
        print(sorted(all));
        "#,
        "[[0, 8555], [1, 9455], [2, 10415], [3, 11435]]\n",
    );
}

#[test]
fn a_pool_is_used_where_it_was_created_and_children_have_their_own() {
    prints(
        r#"
        fn square(x) { x * x }
        fn child(q) { let pool = Pool(2); q.put(pool.map(square, [1, 2, 3])); pool.close(); pool.join(); }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        print(q.get());
        p.join();
        let pool = Pool(1);
        print(error_of(|| q.put(pool)));
        "#,
        "[1, 4, 9]\nTypeError: item is a Pool, which cannot be sent from here: pool objects cannot be passed between processes or pickled\n",
    );
}

#[test]
fn the_statistics_count_every_task_and_name_the_slowest() {
    prints(
        r#"
        fn nap(t) { time.sleep(t); t }
        let pool = Pool(2);
        pool.map(nap, [0, 0.2, 0, 0.1], #{ chunksize: 1 });
        pool.close();
        pool.join();
        let stats = pool.stats();
        let tasks = 0;
        let working = 0.0;
        for worker in stats.workers { tasks += worker.tasks; working += worker.working; }
        print(tasks, working >= 0.3, stats.workers.len());
        print(stats.slowest[0].task, stats.slowest[1].task, stats.slowest[0].seconds >= 0.2);
        "#,
        "4 True 2\nnap(0.2) nap(0.1) True\n",
    );
}

#[test]
fn a_callback_may_wait_for_other_tasks_of_its_pool() {
    prints(
        r#"
        fn same(x) { x }
        let pool = Pool(2);
        let seen = [];
        let results = [];
        for i in range(4) {
            results.append(pool.apply_async(same, [i], #{ callback: |v| { seen.append(pool.apply(same, [v * 10])); } }));
        }
        for result in results { result.wait(); }
        let deadline = time.monotonic() + 30;
        while seen.len() < 4 && time.monotonic() < deadline { time.sleep(0.001); }
        print(sorted(seen));
        "#,
        "[0, 10, 20, 30]\n",
    );
}

#[test]
fn the_start_of_a_worker_lasts_until_its_initializer_has_ended() {
    prints(
        r#"
        fn nap() { sleep(0.2); }
        fn f(x) { x }
        for make in [|| Pool(2, nap), || ThreadPool(2, nap)] {
            let pool = make.call();
            pool.map(f, range(100));
            let workers = pool.stats().workers;
            print(workers.len(), workers.all(|w| w.tasks == 0 || w.starting >= 0.2));
        }
        "#,
        "2 True\n2 True\n",
    );
}
