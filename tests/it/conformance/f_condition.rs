//! Group F: `Condition`.

use nix::sys::signal::Signal;

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_065_waiting_and_notifying_need_the_lock() {
    prints(
        "
        for c in [Condition(), Condition(Lock()), Condition(RLock())] {
            print(error_of(|| c.wait()));
            print(error_of(|| c.notify()), \"|\", error_of(|| c.notify_all()));
        }
        let c = Condition();
        fn other(c) { print(error_of(|| c.wait(0))); print(error_of(|| c.notify(2))); }
        c.acquire();
        let p = Process(other, [c]);
        p.start();
        p.join();
        print(c.notify(), c.notify_all(), c.notify(0), c.wait(0), c.wait(-1));
        print(error_of(|| Condition(3)));
        ",
        "
        AssertionError: must acquire() condition before using wait()
        AssertionError: lock is not owned | AssertionError: lock is not owned
        AssertionError: must acquire() condition before using wait()
        AssertionError: lock is not owned | AssertionError: lock is not owned
        AssertionError: must acquire() condition before using wait()
        AssertionError: lock is not owned | AssertionError: lock is not owned
        AssertionError: must acquire() condition before using wait()
        AssertionError: lock is not owned
        None None None False False
        TypeError: Condition() lock must be a Lock or an RLock, not int
        ",
    );
}

#[test]
fn case_065_also_between_threads() {
    prints(
        "
        for c in [threading.Condition(), threading.Condition(threading.Lock())] {
            print(error_of(|| c.wait()), \"|\", error_of(|| c.notify()), \"|\", error_of(|| c.notify_all()));
            c.acquire();
            let t = Thread(|| print(error_of(|| c.wait(0)), \"|\", error_of(|| c.notify())));
            t.start();
            t.join();
            print(c.wait(0.01), c.release());
        }
        ",
        &"RuntimeError: cannot wait on un-acquired lock | RuntimeError: cannot notify on un-acquired lock | RuntimeError: cannot notify on un-acquired lock
RuntimeError: cannot wait on un-acquired lock | RuntimeError: cannot notify on un-acquired lock
False None
"
        .repeat(2),
    );
}

/// Processes and threads that wait for the condition: `ready` says that it holds the lock, which only its wait gives up.
const WAITER: &str = r#"
    fn waiter_of(c, ready, woken, timeout) {
        c.acquire();
        ready.put(1);
        woken.put(c.wait(timeout));
        c.release();
    }
    fn start(kinds, c, ready, woken, timeout) {
        for kind in kinds {
            let waiter = [c, ready, woken, timeout];
            if kind == "process" { Process(waiter_of, waiter).start(); } else { Thread(waiter_of, waiter).start(); }
        }
        for kind in kinds { ready.get(); }
        c.with(|| ());
    }
    let c = Condition();
    let ready = Queue();
    let woken = Queue();
"#;

#[test]
fn case_067_each_notify_wakes_one() {
    prints(
        &format!(
            "{WAITER}{}",
            r#"
    start(["process", "thread"], c, ready, woken, None);
    print(woken.empty());
    for i in range(2) {
        c.with(|| c.notify());
        print(woken.get(), error_of(|| woken.get(#{ timeout: 0.05 })));
    }
    "#
        ),
        "True\nTrue Empty: \nTrue Empty: \n",
    );
}

#[test]
fn case_068_all_wake_by_timeout_or_by_notify_all() {
    prints(
        &format!(
            "{WAITER}{}",
            r#"
    let six = ["process", "thread", "process", "thread", "process", "thread"];
    start(six, c, ready, woken, 0.1);
    print(list(range(6)).map(|i| woken.get()), str(c).endswith(", 0)>"));
    start(six, c, ready, woken, None);
    print(woken.empty());
    c.with(|| c.notify_all());
    print(list(range(6)).map(|i| woken.get()), woken.empty());
    "#
        ),
        "
    [False, False, False, False, False, False] True
    True
    [True, True, True, True, True, True] True
    ",
    );
}

#[test]
fn case_070_a_notification_from_another_process_makes_wait_true() {
    prints(
        r#"
        fn notify(c) { c.with(|| c.notify()); }
        let c = Condition();
        c.acquire();
        Process(notify, [c]).start();
        print(c.wait(60), c.wait(0.01));
        "#,
        "True False\n",
    );
}

#[test]
fn case_070_ctrl_c_ends_the_wait_for_a_condition() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn wait(c) { c.acquire(); print("ready"); c.wait(); }
            let c = Condition();
            let p = Process(wait, [c]);
            p.start();
            c.acquire();
            print("ready");
            c.wait();
            "#,
        )
        .start_method(method)
        .start();
        running.wait_for_lines(2);
        running.signal_all(Signal::SIGINT);
        let output = running.finish();
        assert_eq!(output.code(), 130, "{}", output.stderr);
        assert_eq!(output.stderr.matches("KeyboardInterrupt").count(), 1);
        assert!(output.stderr.contains(" | c.wait();\n"));
    });
}

#[test]
fn case_071_two_processes_wait_for_each_other_s_values() {
    prints(
        r#"
        fn child(c, state) {
            c.acquire();
            state.value = 0;
            c.notify();
            let met = c.wait_for(|| state.value == 4);
            c.release();
            if !met || state.value != 4 { sys.exit(1); }
        }
        let c = Condition();
        let state = Value("i", -1);
        let p = Process(child, [c, state]);
        p.start();
        c.acquire();
        print(c.wait_for(|| state.value == 0), state.value);
        c.release();
        for i in range(4) {
            c.acquire();
            state.value += 1;
            c.notify();
            c.release();
        }
        p.join();
        print(p.exitcode);
        "#,
        "True 0\n0\n",
    );
}

#[test]
fn case_073_wait_for_gives_what_its_predicate_gave() {
    prints(
        r#"
        let c = Condition();
        print(c.wait_for(|| "ready"), c.wait_for(|| [1], #{ timeout: 0 }));
        print(error_of(|| c.wait_for(|| 0)));
        c.acquire();
        let start = time.monotonic();
        print(c.wait_for(|| 0, 0.03), c.wait_for(|| [], #{ timeout: 0.03 }), c.wait_for(|| "", 0), c.wait_for(|| None, -1));
        print(time.monotonic() - start >= 0.06);
        print(error_of(|| c.wait_for(|| { throw KeyError("k"); })));
        print(c);
        "#,
        "
        ready [1]
        AssertionError: must acquire() condition before using wait()
        0 []  None
        True
        KeyError: 'k'
        <Condition(<RLock(MainProcess, 1)>, 0)>
        ",
    );
}

#[test]
fn case_074_wait_gives_up_all_levels_of_an_rlock_and_restores_them() {
    prints(
        r#"
        fn other(c, lock) {
            print(c.acquire(), lock);
            c.notify();
            c.release();
        }
        let lock = RLock();
        let c = Condition(lock);
        c.acquire();
        lock.acquire();
        Process(other, [c, lock]).start();
        print(c.wait(), c);
        lock.release();
        c.release();
        print(c);
        "#,
        "
        True <RLock(Process-1, 1)>
        True <Condition(<RLock(MainProcess, 2)>, 0)>
        <Condition(<RLock(None, 0)>, 0)>
        ",
    );
}
