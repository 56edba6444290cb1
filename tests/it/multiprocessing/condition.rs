//! `Condition`.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

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
        running.wait_until_asleep();
        running.interrupt_at("c.wait();");
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

/// Waits until `n` wait for the condition.
const UNTIL_WAITING: &str = r#"
fn until_waiting(c, n) { while !repr(c).ends_with(", %d)>" % n) { time.sleep(0.001); } }
"#;

fn with_helper(code: &str) -> String {
    code.to_string() + UNTIL_WAITING
}

#[test]
fn a_condition_is_acquired_and_released_as_its_lock() {
    prints(
        r#"
        let c = Condition();
        print(c.acquire(), c.acquire(false), c.locked(), c.release(), c.release(), c.locked());
        print(error_of(|| c.release()));
        let lock = Lock();
        let c = Condition(lock);
        print(c.acquire(#{ timeout: 1 }), lock.locked(), c.acquire(false), c.acquire(true, 0.01), c.release(), lock.locked());
        print(error_of(|| c.release()));
        print(c.with(|| lock.locked()), lock.locked(), error_of(|| c.with(|| { throw KeyError("k"); })), lock.locked());
        "#,
        "
        True True True None None False
        AssertionError: attempt to release recursive lock not owned by thread
        True True False False None False
        ValueError: semaphore or lock released too many times
        True False KeyError: 'k' False
        ",
    );
}

#[test]
fn notify_wakes_as_many_as_it_says_and_no_waiter_wakes_by_itself() {
    prints(
        &with_helper(
            r#"
            fn wait(c, woken) {
                c.acquire();
                let answer = c.wait();
                c.release();
                woken.put(answer);
            }
            let c = Condition();
            let woken = Queue();
            let waiters = [];
            for i in range(4) { waiters.append(Process(wait, [c, woken])); }
            for p in waiters { p.start(); }
            until_waiting(c, 4);
            c.with(|| c.notify());
            print(woken.get(), repr(c));
            c.with(|| c.notify(2));
            print(woken.get(), woken.get(), repr(c));
            time.sleep(0.01);
            print(woken.empty());
            c.with(|| c.notify(10));
            print(woken.get(), repr(c));
            for p in waiters { p.join(); }
            "#,
        ),
        "
        True <Condition(<RLock(None, 0)>, 3)>
        True True <Condition(<RLock(None, 0)>, 1)>
        True
        True <Condition(<RLock(None, 0)>, 0)>
        ",
    );
}

#[test]
fn waiters_that_timed_out_leave_nothing_behind() {
    prints(
        &with_helper(
            r#"
            fn wait(c, timeout, woken) {
                c.acquire();
                let start = time.monotonic();
                let answer = c.wait(timeout);
                let waited = time.monotonic() - start;
                c.release();
                woken.put(answer && timeout == None || !answer && waited >= timeout);
            }
            let c = Condition(Lock());
            let woken = Queue();
            for timeout in [0.05, None] {
                let waiters = [];
                for i in range(6) { waiters.append(Process(wait, [c, timeout, woken])); }
                for p in waiters { p.start(); }
                if timeout == None { until_waiting(c, 6); c.with(|| c.notify_all()); }
                for p in waiters { p.join(); }
                let right = 0;
                while !woken.empty() { if woken.get() { right += 1; } }
                print(right, c);
            }
            "#,
        ),
        "
        6 <Condition(<Lock(owner=None)>, 0)>
        6 <Condition(<Lock(owner=None)>, 0)>
        ",
    );
}

#[test]
fn with_does_not_release_the_lock_of_another_when_a_wait_is_interrupted() {
    each_start_method(|method| {
        let running = Script::text(&with_helper(
            r#"
            fn wait(c) { c.with(|| c.wait()); }
            let c = Condition(Lock());
            let p = Process(wait, [c]);
            p.start();
            until_waiting(c, 1);
            c.acquire();
            print("child", p.pid);
            p.join();
            print(p.exitcode, c.locked(), c);
            "#,
        ))
        .start_method(method)
        .start();
        let child = running.wait_for_line("child ").parse().unwrap();
        kill(Pid::from_raw(child), Signal::SIGINT).unwrap();
        let output = running.finish();
        assert!(
            output
                .stdout
                .ends_with("1 True <Condition(<Lock(owner=MainProcess)>, 0)>\n"),
            "{}",
            output.stdout
        );
    });
}

#[test]
fn a_condition_travels_with_its_lock() {
    prints(
        r#"
        fn child(q) {
            let c = q.get();
            let lock = q.get();
            c.acquire();
            print(lock.locked(), c);
            c.notify_all();
            c.release();
        }
        let q = Queue();
        let lock = Lock();
        let c = Condition(lock);
        let p = Process(child, [q]);
        p.start();
        c.acquire();
        q.put(c);
        q.put(lock);
        print(c.wait(60), lock.locked());
        p.join();
        "#,
        "
        True <Condition(<Lock(owner=Process-1)>, 1)>
        True True
        ",
    );
}

#[test]
fn killed_waiters_take_no_notification_and_block_no_process() {
    prints(
        &with_helper(
            r#"
            fn wait(c, woken, name) {
                c.acquire();
                c.wait();
                c.release();
                woken.put(name);
            }
            let c = Condition();
            let woken = Queue();
            let waiters = [];
            for name in ["first", "second", "third", "fourth"] {
                let p = Process(wait, [c, woken, name]);
                p.start();
                waiters.append(p);
                until_waiting(c, waiters.len());
            }
            waiters[0].kill();
            waiters[2].kill();
            waiters[0].join();
            waiters[2].join();
            print(c);
            c.with(|| c.notify());
            print(woken.get());
            c.with(|| c.notify());
            print(woken.get());
            c.with(|| c.notify_all());
            print(c, c.with(|| c.wait(0.01)));
            "#,
        ),
        "
        <Condition(<RLock(None, 0)>, 2)>
        second
        fourth
        <Condition(<RLock(None, 0)>, 0)> False
        ",
    );
}

#[test]
fn a_waiter_killed_at_any_moment_blocks_no_process() {
    let code = r#"
        fn wait_on(c) { while true { c.with(|| c.wait(0.001)); } }
        fn wait_for_turn(c, done) {
            for i in range(20) { c.with(|| c.wait()); }
            done.put(1);
        }
        let c = Condition(Lock());
        let done = Queue();
        let survivor = Process(wait_for_turn, [c, done]);
        survivor.start();
        let killed = 0;
        while done.empty() {
            let victims = [Process(wait_on, [c]), Process(wait_on, [c])];
            for p in victims { p.start(); }
            for i in range(5) { c.with(|| c.notify()); time.sleep(0.001); }
            for p in victims { p.kill(); killed += 1; }
            for p in victims { p.join(); }
            c.with(|| c.notify_all());
        }
        survivor.join();
        print(survivor.exitcode, c.acquire(true, 60), killed > 0);
        "#;
    each_start_method(|method| {
        let output = Script::text(code).start_method(method).run();
        // A victim may have been killed with the lock in its hands, which is said on standard error.
        let ended = (output.code(), output.stdout.as_str());
        assert_eq!(ended, (0, "0 True True\n"), "{}", output.stderr);
    });
}
