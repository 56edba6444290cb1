//! How executors and their workers end.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_175_an_executor_that_was_shut_down_finishes_its_tasks() {
    prints(
        r#"
        for (kind, i) in [ProcessPoolExecutor, ThreadPoolExecutor] {
            let e = kind.call(2);
            let fs = list(range(50)).map(|i| e.submit(|| { time.sleep(0.001); i }));
            e.shutdown(#{ wait: false });
            e.shutdown();
            e.shutdown();
            print(error_of(|| e.submit(|| 1)), error_of(|| e.map(|x| x, [1])));
            print(fs.map(|f| f.result()) == list(range(50)));
        }
        "#,
        &"
        RuntimeError: cannot schedule new futures after shutdown RuntimeError: cannot schedule new futures after shutdown
        True
        "
        .repeat(2)
        .replace("\n        \n", "\n"),
    );
}

#[test]
fn a_closure_form_waits_for_the_tasks() {
    prints(
        r#"
        for (kind, i) in [ProcessPoolExecutor, ThreadPoolExecutor] {
            let fs = kind.call(2).with(|e| [e.submit(|| { time.sleep(0.05); 1 }), e.submit(|| 2)]);
            print(fs.map(|f| f.done()), fs.map(|f| f.result()), len(active_children()));
            print(error_of(|| kind.call(1).with(|e| throw ValueError("x"))));
        }
        "#,
        &"[True, True] [1, 2] 0\nValueError: x\n".repeat(2),
    );
}

#[test]
fn the_end_of_a_program_waits_for_what_was_submitted() {
    prints(
        r#"
        fn late() { time.sleep(0.05); print("task"); }
        fn submit() {
            let e = ProcessPoolExecutor(2);
            for i in range(3) { e.submit(late); }
            ThreadPoolExecutor(1).submit(late);
        }
        let p = Process(submit);
        p.start();
        p.join();
        submit();
        print("end");
        "#,
        &("task\n".repeat(4) + "end\n" + &"task\n".repeat(4)),
    );
}

#[test]
fn an_uncaught_error_lets_submitted_tasks_finish() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            ProcessPoolExecutor(1).submit(|| { time.sleep(0.05); print("done"); });
            throw ValueError("x");
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!((output.status.code(), &*output.stdout), (Some(1), "done\n"));
    });
}

#[test]
fn a_worker_that_dies_fails_its_task_alone() {
    prints(
        r#"
        let e = ProcessPoolExecutor(2);
        let kill = e.submit(|| os.kill(os.getpid(), signal.SIGKILL));
        let leave = e.submit(|| os._exit(5));
        let others = list(range(20)).map(|i| e.submit(|| i));
        print(kill.exception().type, kill.exception().exitcode, leave.exception().type, leave.exception().exitcode);
        print(others.map(|f| f.result()) == list(range(20)));
        let f = e.submit(|| os._exit(5));
        while !f.done() { }
        print(f.exception().task, e.submit(|| 1).result());
        "#,
        "
        WorkerLost -9 WorkerLost 5
        True
        <lambda>() 1
        ",
    );
}

#[test]
fn workers_are_terminated_or_killed() {
    prints(
        r#"
        for (end, i) in [|e| e.terminate_workers(), |e| e.kill_workers()] {
            let begun = Event();
            let e = ProcessPoolExecutor(1);
            let running = e.submit(|| { begun.set(); loop { } });
            let pending = e.submit(|| 1);
            begun.wait();
            end.call(e);
            print(running.exception().exitcode, pending.cancelled(), len(active_children()));
            print(error_of(|| e.submit(|| 1)));
        }
        "#,
        "
        -15 True 0
        RuntimeError: cannot schedule new futures after shutdown
        -9 True 0
        RuntimeError: cannot schedule new futures after shutdown
        ",
    );
}

#[test]
fn workers_end_with_a_killed_parent() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            let begun = Queue();
            let e = ProcessPoolExecutor(2);
            for i in range(2) { e.submit(|| { begun.put(1); loop { time.sleep(60); } }); }
            begun.get();
            begun.get();
            print("begun");
            time.sleep(60);
            "#,
        )
        .start_method(method)
        .start();
        run.wait_for_line("begun");
        run.signal(Signal::SIGKILL);
        // The kernel kills them.
        run.finish_within(Duration::from_secs(30));
    });
}

#[test]
fn ctrl_c_ends_everybody_although_tasks_are_left() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            let begun = Queue();
            let e = ProcessPoolExecutor(2);
            for i in range(10) { e.submit(|| { begun.put(1); time.sleep(60); }); }
            ThreadPoolExecutor(1).submit(|| time.sleep(60));
            begun.get();
            begun.get();
            print("begun");
            "#,
        )
        .start_method(method)
        .start();
        run.wait_for_line("begun");
        run.signal(Signal::SIGINT);
        let output = run.finish();
        assert_eq!(output.status.code(), Some(130), "{}", output.stderr);
    });
}

#[test]
fn a_copy_of_the_process_cannot_use_the_executors_of_its_parent() {
    Script::text(
        r#"
        let e = ProcessPoolExecutor(1);
        let f = e.submit(|| 1);
        f.result();
        let pool = Pool(1);
        let pid = os.fork();
        if pid == 0 {
            print(error_of(|| e.submit(|| 1)));
            print(error_of(|| f.cancel()));
            print(pool);
            e = ();
            f = ();
            sys.exit(0);
        }
        os.waitpid(pid, 0);
        print(e.submit(|| 2).result());
        "#,
    )
    .start_method("fork")
    .run()
    .assert(
        0,
        "
        RuntimeError: a pool can only be used in the process that created it
        RuntimeError: a pool can only be used in the process that created it
        <multiprocessing.pool.Pool state=RUN pool_size=1>
        2
        ",
        "",
    );
}
