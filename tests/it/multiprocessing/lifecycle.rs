//! `start`, `join`, `close`, and many processes.

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
fn case_023_a_sentinel_is_ready_when_the_process_has_ended() {
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

#[test]
fn active_children_are_those_that_run() {
    prints(
        r#"
        let q = Queue();
        let p = Process(#{ target: |q| q.get(), args: [q], name: "a" });
        let r = Process(#{ target: |q| q.get(), args: [q], name: "b" });
        Process();
        p.start();
        r.start();
        print(active_children().map(|p| p.name));
        p.kill();
        p.join();
        print(active_children().map(|p| p.name));
        r.terminate();
        r.join();
        print(active_children());
        "#,
        "
        ['a', 'b']
        ['b']
        []
        ",
    );
}

// Its number may be somebody else's by now: nobody sends it a signal any more.
#[test]
fn a_closed_process_is_no_child_any_more() {
    prints(
        r#"
        let p = Process(#{ target: || 1, daemon: true });
        p.start();
        p.join();
        p.close();
        print(active_children());
        "#,
        "[]\n",
    );
}

#[test]
fn children_have_children_and_pass_their_results_up() {
    prints(
        r#"
        fn count(depth, results) {
            if depth > 0 {
                let below = Process(count, [depth - 1, results]);
                below.start();
                below.join();
                results.put([depth, below.exitcode, below.name]);
            }
            sys.exit(depth);
        }
        let results = Queue();
        let p = Process(count, [4, results]);
        p.start();
        p.join();
        print(p.exitcode);
        for i in range(4) { print(results.get()); }
        "#,
        "
        4
        [1, 0, 'Process-1:1:1:1:1']
        [2, 1, 'Process-1:1:1:1']
        [3, 2, 'Process-1:1:1']
        [4, 3, 'Process-1:1']
        ",
    );
}

/// A thousand children one after the other, then what the parent holds compared with what it held early on.
fn a_thousand_leave_nothing(method: &str, rounds: u32) {
    let code = r#"
        // The last `/proc/self` number of a line that begins with `key`.
        fn status(key) {
            let file = open("/proc/self/status");
            let text = file.read();
            file.close();
            for line in text.split("\n") {
                if line.startswith(key) { return int(line.split()[1]); }
            }
            0
        }
        fn zombies() {
            let count = 0;
            for pid in os.listdir("/proc/self/task/%d" % os.getpid()) { count += 0; }
            let file = open("/proc/self/task/%d/children" % os.getpid());
            let text = file.read().strip();
            file.close();
            // A seed and its spare are children for the kernel.
            let name = |pid| { let file = open("/proc/%s/comm" % pid); let name = file.read(); file.close(); name };
            text.split().filter(|pid| name.call(pid) != "procscript-seed\n").len()
        }
        fn open_files() { len(os.listdir("/proc/self/fd")) }
        fn round(q, lock) {
            let p = Process(#{ target: |q, lock| lock.with(|| q.put([1, 2, 3])), args: [q, lock] });
            p.start();
            p.join();
            if p.exitcode != 0 { throw RuntimeError("exit code %s" % p.exitcode); }
            q.get();
        }
        let q = Queue();
        let lock = Lock();
        let rounds = int(sys.argv[1]);
        for i in range(rounds / 10) { round(q, lock); }
        let early = [open_files(), zombies()];
        let early_kib = status("VmRSS:");
        for i in range(rounds - rounds / 10) { round(q, lock); }
        print(early == [open_files(), zombies()], zombies());
        let grown = status("VmRSS:") - early_kib;
        print("grown by less than 4 MiB:", grown < 4096);
        if grown >= 4096 { print(grown); }
    "#;
    let output = crate::support::script::Script::text(code)
        .start_method(method)
        .arg(rounds.to_string())
        .run();
    output.assert(0, "True 0\ngrown by less than 4 MiB: True\n", "");
}

#[test]
fn a_thousand_forked_children_in_a_row_leave_nothing_behind() {
    a_thousand_leave_nothing("fork", 1000);
}

// Fewer, because each builds its engine anew.
#[test]
fn three_hundred_spawned_children_in_a_row_leave_nothing_behind() {
    a_thousand_leave_nothing("spawn", 300);
}
