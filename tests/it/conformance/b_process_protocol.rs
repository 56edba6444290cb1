//! Group B: `start`, `join`, `close`.

use crate::support::script::prints;

#[test]
fn case_016_a_process_starts_once() {
    prints(
        "
        let p = Process(|| 1);
        p.start();
        print(error_of(|| p.start()));
        p.join();
        print(error_of(|| p.start()));
        ",
        "
        AssertionError: cannot start a process twice
        AssertionError: cannot start a process twice
        ",
    );
}

#[test]
fn case_017_only_a_started_process_can_be_joined() {
    prints(
        "print(error_of(|| Process(|| 1).join()));",
        "AssertionError: can only join a started process\n",
    );
}

// Different on purpose: with a timeout join tells whether the process has ended.
#[test]
fn case_019_join_may_be_repeated() {
    prints(
        r#"
        let q = Queue();
        let p = Process(|q| q.get(), [q]);
        p.start();
        print(p.join(0), p.join(0.01), p.join(-1), p.join(#{ timeout: 0.01 }), p.exitcode, p.is_alive());
        q.put("end");
        print(p.join(), p.join(), p.join(None), p.join(1), p.join(0), p.exitcode, p.is_alive());
        "#,
        "
        False False False False None True
        None None None True True 0 False
        ",
    );
}

#[test]
fn case_020_a_process_cannot_join_itself() {
    prints(
        "
        fn child() { print(error_of(|| current_process().join())); }
        child();
        let p = Process(child);
        p.start();
        p.join();
        ",
        "
        AssertionError: can only join a child process
        AssertionError: can only join a child process
        ",
    );
}

#[test]
fn case_022_a_daemon_may_not_have_children() {
    prints(
        "
        fn child() { print(error_of(|| Process(|| 1).start())); }
        let p = Process(#{ target: child, daemon: true });
        p.start();
        p.join();
        print(p.exitcode);
        ",
        "
        AssertionError: daemonic processes are not allowed to have children
        0
        ",
    );
}

#[test]
fn case_023_the_sentinel_is_there_from_start_to_close() {
    prints(
        "
        let p = Process(|| 1);
        print(error_of(|| p.sentinel));
        p.start();
        let number = p.sentinel;
        print(number > 2);
        p.join();
        p.close();
        print(error_of(|| p.sentinel));
        ",
        "
        ValueError: process not started
        True
        ValueError: process object is closed
        ",
    );
}

#[test]
fn case_025_a_closed_process_answers_to_its_name_only() {
    prints(
        r#"
        let q = Queue();
        let p = Process(#{ target: |q| q.get(), args: [q], name: "worker" });
        p.start();
        print(error_of(|| p.close()));
        q.put("end");
        p.join();
        p.close();
        p.close();
        for question in [
            || p.is_alive(), || p.join(), || p.terminate(), || p.kill(), || p.start(),
            || p.exitcode, || p.pid, || p.ident, || p.sentinel,
        ] {
            print(error_of(question));
        }
        print(p.name, p.daemon);
        let never_started = Process();
        never_started.close();
        print(error_of(|| never_started.start()));
        "#,
        &("ValueError: Cannot close a process while it is still running. \
           You should first call join() or terminate().\n"
            .to_string()
            + &"ValueError: process object is closed\n".repeat(9)
            + "worker False\nValueError: process object is closed\n"),
    );
}

#[test]
fn case_028_a_hundred_children_at_once_all_end_well() {
    prints(
        "
        fn nap() { time.sleep(0.01); }
        let children = [];
        for i in range(100) {
            let p = Process(nap);
            p.start();
            children.append(p);
        }
        for p in children { p.join(); }
        print(children.filter(|p| p.exitcode == 0).len(), len(active_children()));
        ",
        "100 0\n",
    );
}

#[test]
fn case_028_a_hundred_sleeping_children_are_all_terminated() {
    prints(
        "
        let children = [];
        for i in range(100) {
            let p = Process(|| time.sleep(3600));
            p.start();
            children.append(p);
        }
        for p in children { p.terminate(); }
        for p in children { p.join(); }
        print(children.filter(|p| p.exitcode == -15).len(), len(active_children()));
        ",
        "100 0\n",
    );
}

#[test]
fn case_029_an_ended_child_is_a_zombie_until_somebody_asks() {
    prints(
        r#"
        fn state(pid) {
            let path = "/proc/%d/stat" % pid;
            if !os.path.exists(path) { return "gone"; }
            let file = open(path);
            let text = file.read();
            file.close();
            text.split(") ")[-1].split(" ")[0]
        }
        fn started() {
            let p = Process(|| 1);
            p.start();
            while state(p.pid) != "Z" { time.sleep(0.005); }
            p
        }
        let p = started();
        print(active_children(), state(p.pid), p.exitcode);
        let p = started();
        print(p.is_alive(), state(p.pid));
        let p = started();
        print(p.exitcode, state(p.pid));
        let p = started();
        Process(|| 1).start();
        print(state(p.pid), p.exitcode);
        "#,
        "
        [] gone 0
        False gone
        0 gone
        gone 0
        ",
    );
}

#[test]
fn case_23_a_sentinel_is_ready_when_the_process_has_ended() {
    prints(
        r#"
        let go = Queue();
        let p = Process(|| go.get());
        print(error_of(|| p.sentinel), error_of(|| wait([p])));
        p.start();
        let s = p.sentinel;
        print(type(s), wait([s], 0), wait([p], 0));
        go.put(1);
        print(wait([s], 60) == [s], p.exitcode, wait([p]) == [p], wait([s], 0) == [s]);
        p.join();
        print(wait([s, p], 0) == [s, p]);
        "#,
        "
        ValueError: process not started ValueError: process not started
        <class 'int'> [] []
        True 0 True True
        True
        ",
    );
}
