//! `ProcessPoolExecutor` and its futures.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_170_a_call_is_submitted_with_its_arguments() {
    prints(
        r#"
        fn shown(a, options) { "%s %s" % [a, options.self] }
        let e = ProcessPoolExecutor(2);
        let f = e.submit(pow, 2, 8);
        print(f.result(), f.done(), f.running(), f.cancelled(), f.exception());
        print(e.submit(shown, 1, #{ self: 3 }).result(), e.submit(|| "none").result());
        print(e.submit(|a, b, c, d, e, f, g| a + b + c + d + e + f + g, 1, 2, 3, 4, 5, 6, 7).result());
        let f = e.submit(|x| throw KeyError(x), "k");
        print(error_of(|| f.result()), repr(f.exception()), f.done());
        "#,
        "
        256 True False False None
        1 3 none
        28
        KeyError: 'k' KeyError('k') True
        ",
    );
}

#[test]
fn case_178_a_failing_initializer_breaks_the_executor() {
    prints(
        r#"
        fn fail() { throw ValueError("no"); }
        let e = ProcessPoolExecutor(2, fail);
        let first = e.submit(|| 1);
        print(error_of(|| first.result()));
        print(error_of(|| e.submit(|| 1)));
        e.shutdown();
        "#,
        &"BrokenProcessPool: the initializer of a worker threw ValueError('no'): the process pool is not usable anymore\n"
            .repeat(2),
    );
}

#[test]
fn case_182_a_worker_is_replaced_after_its_tasks() {
    prints(
        r#"
        let e = ProcessPoolExecutor(1, #{ max_tasks_per_child: 3 });
        let pids = list(range(7)).map(|i| e.submit(|| os.getpid()).result());
        print(len(set(pids)), pids[0] == pids[2], pids[2] == pids[3], pids[3] == pids[5]);
        "#,
        "3 True False True\n",
    );
}

#[test]
fn arguments_of_the_constructor_are_checked() {
    prints(
        r#"
        print(error_of(|| ProcessPoolExecutor(0)), error_of(|| ThreadPoolExecutor(-1)));
        print(error_of(|| ProcessPoolExecutor(1, 3)));
        print(error_of(|| ProcessPoolExecutor(#{ max_tasks_per_child: 0 })));
        print(error_of(|| ProcessPoolExecutor(#{ max_tasks_per_child: "3" })));
        "#,
        "
        ValueError: max_workers must be greater than 0 ValueError: max_workers must be greater than 0
        TypeError: initializer must be a callable
        ValueError: max_tasks_per_child must be >= 1
        TypeError: max_tasks_per_child must be an integer
        ",
    );
}

#[test]
fn the_module_is_imported_and_is_a_name() {
    prints(
        r#"
        import "concurrent.futures" as futures;
        import "concurrent" as outer;
        let e = futures::ProcessPoolExecutor(1);
        print(type_of(e), repr(e).split(" ")[0]);
        let fs = [e.submit(abs, -1), concurrent.futures.ThreadPoolExecutor(1).submit(abs, -2)];
        print(list(futures::as_completed(fs)).map(|f| f.result()).len(), futures::wait(fs).done.len());
        print(outer::futures::ALL_COMPLETED, concurrent.futures.FIRST_COMPLETED, FIRST_EXCEPTION);
        print(isinstance(concurrent.futures.TimeoutError(), "OSError"), futures::CancelledError("x"));
        "#,
        "
        ProcessPoolExecutor <concurrent.futures.process.ProcessPoolExecutor
        2 2
        ALL_COMPLETED FIRST_COMPLETED FIRST_EXCEPTION
        True x
        ",
    );
}

#[test]
fn workers_start_executors_themselves() {
    prints(
        r#"
        fn total(n) {
            ProcessPoolExecutor(2).with(|e| sum(list(e.map(|x| x * x, range(n)))))
        }
        fn daemon() { current_process().daemon }
        let e = ProcessPoolExecutor(2);
        print(list(e.map(total, [3, 4, 5])), e.submit(daemon).result());
        let q = Queue();
        let p = Process(|| q.put(total(3)));
        p.start();
        print(q.get());
        p.join();
        "#,
        "
        [5, 14, 30] False
        5
        ",
    );
}

#[test]
fn what_cannot_be_sent_fails_its_future_alone() {
    prints(
        r#"
        let e = ProcessPoolExecutor(1);
        let argument = e.submit(|t| 1, Thread(|| 1));
        let result = e.submit(|| Thread(|| 1));
        print(argument.exception().type, result.exception().type);
        print(e.submit(|| 5).result());
        print(error_of(|| Queue().put(argument)).split(":")[0], error_of(|| Queue().put(e)).split(":")[0]);
        "#,
        "
        TypeError MaybeEncodingError
        5
        TypeError TypeError
        ",
    );
}

#[test]
fn an_exit_in_a_task_is_its_exception() {
    each_start_method(|method| {
        Script::text(
            r#"
            for e in [ProcessPoolExecutor(1), ThreadPoolExecutor(1)] {
                let f = e.submit(|| sys.exit(3));
                print(repr(f.exception()), e.submit(|| "goes on").result());
            }
            ProcessPoolExecutor(1).submit(|| sys.exit(4)).result();
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            4,
            "
            SystemExit(3) goes on
            SystemExit(3) goes on
            ",
            "",
        );
    });
}

#[test]
fn spawned_workers_start_as_they_are_needed() {
    for (method, started) in [("spawn", "1"), ("fork", "4")] {
        let output = Script::text(
            r#"
            let e = ProcessPoolExecutor(4);
            print(len(active_children()));
            e.submit(|| 1).result();
            e.submit(|| 1).result();
            print(len(active_children()));
            "#,
        )
        .start_method(method)
        .run();
        output.assert(0, &format!("0\n{started}\n"), "");
    }
}
