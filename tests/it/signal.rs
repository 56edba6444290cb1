//! The module `signal`, and `os.fork` with its relatives.

use nix::sys::signal::Signal;

use crate::support::script::{Script, each_start_method, prints};

// Case 26.
#[test]
fn a_signal_is_handled_in_the_middle_of_a_join() {
    prints(
        r#"
        let seen = [];
        signal.signal(signal.SIGUSR1, |n, frame| { seen.push(n == signal.SIGUSR1 && frame == None); });
        let handled = Event();
        let p = Process(|pid, handled| { os.kill(pid, signal.SIGUSR1); handled.wait(); }, [os.getpid(), handled]);
        signal.signal(signal.SIGUSR2, || handled.set());
        let q = Process(|pid| os.kill(pid, signal.SIGUSR2), [os.getpid()]);
        p.start();
        q.start();
        p.join();
        q.join();
        print(p.exitcode, q.exitcode, seen);
        "#,
        "0 0 [True]\n",
    );
}

// Case 37.
#[test]
fn a_child_may_ignore_sigterm() {
    prints(
        "
        fn stubborn(ready) { signal.signal(signal.SIGTERM, signal.SIG_IGN); ready.set(); time.sleep(3600); }
        let ready = Event();
        let p = Process(stubborn, [ready]);
        p.start();
        ready.wait();
        p.terminate();
        print(p.join(0.05), p.exitcode);
        p.kill();
        p.join();
        print(p.exitcode);
        ",
        "False None\n-9\n",
    );
}

// Case 134.
#[test]
fn a_handled_signal_disturbs_no_operation() {
    prints(
        r#"
        let count = 0;
        signal.signal(signal.SIGUSR1, || { count += 1; });
        fn disturb(pid, stop) { while !stop.is_set() { os.kill(pid, signal.SIGUSR1); time.sleep(0.001); } }
        let stop = Event();
        let p = Process(disturb, [os.getpid(), stop]);
        p.start();
        let ends = Pipe();
        let echo = Process(|c| { for i in range(200) { c.send(c.recv()); } }, [ends[1]]);
        echo.start();
        ends[1].close();
        let sum = 0;
        for i in range(200) { ends[0].send(i); sum += ends[0].recv(); }
        echo.join();
        let q = Queue();
        try { q.get(#{ timeout: 0.05 }) } catch (e) { print(e.type); }
        let lock = Lock();
        lock.acquire();
        print(lock.acquire(#{ timeout: 0.05 }), Event().wait(0.05), time.sleep(0.05));
        stop.set();
        p.join();
        print(sum, count > 0, echo.exitcode, p.exitcode);
        "#,
        "Empty\nFalse False None\n19900 True 0 0\n",
    );
}

#[test]
fn what_a_handler_throws_comes_out_where_it_interrupted() {
    prints(
        r#"
        signal.signal(signal.SIGALRM, |n| { throw TimeoutError("too slow"); });
        for wait in [|| Queue().get(), || time.sleep(3600), || Event().wait(), || { let x = 0; loop { x += 1; } }] {
            signal.alarm(1);
            print(error_of(wait));
        }
        "#,
        &"TimeoutError: too slow\n".repeat(4),
    );
}

#[test]
fn a_handler_that_throws_keeps_no_other_from_being_called() {
    prints(
        r#"
        let seen = [];
        signal.signal(signal.SIGUSR1, || { throw ValueError("one"); });
        signal.signal(signal.SIGUSR2, || seen.push("two"));
        signal.signal(signal.SIGHUP, || {
            os.kill(os.getpid(), signal.SIGUSR1);
            os.kill(os.getpid(), signal.SIGUSR2);
        });
        print(error_of(|| { os.kill(os.getpid(), signal.SIGHUP); loop { time.sleep(60); } }));
        time.sleep(0);
        print(seen);
        "#,
        "ValueError: one\n['two']\n",
    );
}

#[test]
fn a_handler_may_still_throw_and_exit_when_the_script_has_ended() {
    each_start_method(|method| {
        for (handler, code, told) in [
            ("throw ValueError(\"late\")", 1, "ValueError: late"),
            ("sys.exit(6)", 6, ""),
        ] {
            let text = format!(
                r#"
                signal.signal(signal.SIGUSR1, || {{ {handler}; }});
                let end = threading.Event();
                signal.signal(signal.SIGUSR2, || end.set());
                let p = Process(|pid| {{ os.kill(pid, signal.SIGUSR1); time.sleep(0.05); os.kill(pid, signal.SIGUSR2); }}, [os.getpid()]);
                let t = Thread(|| {{ p.start(); p.join(); print("process"); end.wait(); print("thread"); }});
                t.start();
                "#
            );
            let output = Script::text(&text).start_method(method).run();
            assert_eq!(output.status.code(), Some(code), "{output:?}");
            // An error does not keep the program from waiting for its threads.
            assert!(
                code != 1 || output.stdout == "process\nthread\n",
                "{output:?}"
            );
            assert!(output.stderr.starts_with(told), "{output:?}");
        }
    });
}

/// Ends with a signal that comes after the last statement has looked for one.
const LAST: &str = "os.system(\"kill -USR1 %d\" % os.getpid());";

#[test]
fn a_signal_at_the_end_of_a_script_is_handled() {
    for (handler, code, wanted) in [
        ("print(\"handled\");", 0, "handled\n"),
        ("print(\"handled\", #{ end: \"\" });", 0, "handled"),
        ("sys.exit(6);", 6, ""),
        ("throw ValueError(\"late\");", 1, ""),
        (
            "let p = Process(|| print(\"started\")); p.start();",
            0,
            "started\n",
        ),
        ("signal.raise_signal(signal.SIGUSR2);", 0, "second\n"),
    ] {
        let set = format!(
            "signal.signal(signal.SIGUSR2, || print(\"second\")); signal.signal(signal.SIGUSR1, || {{ {handler} }});"
        );
        each_start_method(|method| {
            let output = Script::text(&format!("{set}\n{LAST}"))
                .start_method(method)
                .run();
            assert_eq!((output.code(), output.stdout.as_str()), (code, wanted));
            assert_eq!(output.stderr.contains("ValueError: late"), code == 1);
            let child = format!(
                "fn child() {{ {set} {LAST} }}\nlet p = Process(child); p.start(); p.join(); sys.exit(p.exitcode);"
            );
            let output = Script::text(&child).start_method(method).run();
            assert_eq!((output.code(), output.stdout.as_str()), (code, wanted));
        });
    }
}

#[test]
fn a_signal_of_the_last_thread_or_child_is_handled() {
    each_start_method(|method| {
        for last in [
            "Thread(|pid| os.kill(pid, signal.SIGUSR1), [os.getpid()]).start();",
            "Process(|pid| os.kill(pid, signal.SIGUSR1), [os.getpid()]).start();",
            "if os.fork() == 0 { os.kill(os.getppid(), signal.SIGUSR1); os._exit(0); } os.wait();",
        ] {
            let text = format!("signal.signal(signal.SIGUSR1, || print(\"handled\"));\n{last}");
            let output = Script::text(&text).start_method(method).run();
            output.assert(0, "handled\n", "");
        }
    });
}

#[test]
fn a_function_that_sends_its_own_signal_does_not_keep_the_process() {
    let text =
        format!("signal.signal(signal.SIGUSR1, || os.kill(os.getpid(), signal.SIGUSR1));\n{LAST}");
    Script::text(&text).run().assert(0, "", "");
}

#[test]
fn pause_ends_when_a_signal_was_handled_in_every_thread() {
    prints(
        r#"
        let count = 0;
        signal.signal(signal.SIGUSR1, || { count += 1; });
        fn disturb(pid, stop) { while !stop.is_set() { os.kill(pid, signal.SIGUSR1); time.sleep(0.005); } }
        let stop = Event();
        let p = Process(disturb, [os.getpid(), stop]);
        p.start();
        let t = Thread(|| signal.pause());
        t.start();
        signal.pause();
        t.join();
        stop.set();
        p.join();
        print(count > 0);
        "#,
        "True\n",
    );
}

#[test]
fn a_sleeping_process_uses_no_processor() {
    prints(
        r#"
        fn sleeps() {
            let f = open("/proc/self/status");
            let line = f.readlines().filter(|line| line.startswith("voluntary"))[0];
            f.close();
            int(line.split(":")[1])
        }
        let before = sleeps();
        time.sleep(0.5);
        print(sleeps() - before < 5);
        "#,
        "True\n",
    );
}

#[test]
fn handlers_can_be_asked_for_and_taken_back() {
    prints(
        r#"
        let f = |n| print("called", n);
        print(signal.signal(signal.SIGUSR1, f), signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL);
        signal.raise_signal(signal.SIGUSR1);
        signal.signal(signal.SIGUSR1, signal.SIG_IGN);
        signal.raise_signal(signal.SIGUSR1);
        print(signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN, signal.signal(signal.SIGUSR1, signal.SIG_DFL));
        print(error_of(|| signal.signal(signal.SIGUSR1, 7)), error_of(|| signal.signal(999, f)), error_of(|| signal.signal(signal.SIGKILL, f)));
        let t = Thread(|| print(error_of(|| signal.signal(signal.SIGUSR1, f))));
        t.start();
        t.join();
        "#,
        "
        0 False
        called 10
        True 1
        TypeError: signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a function, not int ValueError: signal number out of range OSError: [Errno 22] Invalid argument
        ValueError: signal only works in main thread of the main interpreter
        ",
    );
}

#[test]
fn a_script_may_handle_ctrl_c_itself() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            signal.signal(signal.SIGINT, || { print("not yet"); sys.exit(4); });
            print("ready");
            Queue().get();
            "#,
        )
        .start_method(method)
        .start();
        run.wait_for_line("ready");
        run.signal_all(Signal::SIGINT);
        run.finish().assert(4, "ready\nnot yet\n", "");
    });
}

#[test]
fn fork_goes_on_in_both() {
    prints(
        r#"
        let n = 1;
        let pid = os.fork();
        if pid == 0 {
            n += 1;
            print("child", n, os.getppid() != os.getpid(), active_children());
            sys.exit(5);
        }
        let ended = os.waitpid(pid, 0);
        print("parent", n, ended[0] == pid, os.WIFEXITED(ended[1]), os.WEXITSTATUS(ended[1]));
        print(error_of(|| os.wait()), error_of(|| os.waitpid(1, 0)));
        "#,
        "
        child 2 True []
        parent 1 True True 5
        ChildProcessError: [Errno 10] No child processes ChildProcessError: [Errno 10] No child processes
        ",
    );
}

#[test]
fn waiting_knows_who_has_ended_and_how() {
    prints(
        r#"
        let lock = Lock();
        lock.acquire();
        let pid = os.fork();
        if pid == 0 { lock.acquire(); os._exit(0); }
        print(os.waitpid(pid, os.WNOHANG), os.waitpid(-1, os.WNOHANG));
        os.kill(pid, signal.SIGKILL);
        let ended = os.wait();
        print(ended[0] == pid, os.WIFSIGNALED(ended[1]), os.WTERMSIG(ended[1]), os.waitstatus_to_exitcode(ended[1]));
        let p = Process(|| sys.exit(6));
        p.start();
        print(os.wait()[1] / 256, p.exitcode, p.is_alive());
        "#,
        "
        [0, 0] [0, 0]
        True True 9 -9
        6 6 False
        ",
    );
}

#[test]
fn signals_that_came_for_the_parent_are_not_handled_by_a_child_and_its_own_are() {
    prints(
        r#"
        fn child(lines) {
            lines.put("child begins");
            os.kill(os.getpid(), signal.SIGUSR1);
            lines.put("child ends");
        }
        let lines = Queue();
        signal.signal(signal.SIGUSR1, || lines.put("SIGUSR1 in " + current_process().name));
        signal.signal(signal.SIGUSR2, || {
            // Handled only after this handler, so it is pending when the child is started.
            os.kill(os.getpid(), signal.SIGUSR1);
            let p = Process(child, [lines]);
            p.start();
            p.join();
            lines.put("started");
        });
        os.kill(os.getpid(), signal.SIGUSR2);
        while lines.qsize() < 5 { time.sleep(0.001); }
        print("\n".join(lines.get_many()));
        "#,
        "
        child begins
        SIGUSR1 in Process-1
        child ends
        started
        SIGUSR1 in MainProcess
        ",
    );
}

#[test]
fn signals_that_came_for_the_parent_are_not_handled_by_a_copy() {
    prints(
        r#"
        let lines = Queue();
        let main = os.getpid();
        signal.signal(signal.SIGUSR1, || lines.put("SIGUSR1 in main: %s" % (os.getpid() == main)));
        signal.signal(signal.SIGUSR2, || {
            os.kill(os.getpid(), signal.SIGUSR1);
            if os.fork() == 0 {
                lines.put("copy");
                os._exit(0);
            }
            os.wait();
        });
        os.kill(os.getpid(), signal.SIGUSR2);
        while lines.qsize() < 2 { time.sleep(0.001); }
        print("\n".join(lines.get_many()));
        "#,
        "
        copy
        SIGUSR1 in main: True
        ",
    );
}
