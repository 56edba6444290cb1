//! Group D: `Lock`, `RLock`.

use crate::support::script::prints;

#[test]
fn case_046_a_lock_is_taken_once_and_released_once() {
    prints(
        "
        let lock = Lock();
        print(lock.locked(), lock.acquire(), lock.locked(), lock.acquire(false), lock.acquire(#{ block: false }));
        print(lock.release(), lock.locked());
        print(error_of(|| lock.release()));
        print(lock.acquire(true, 0), lock.acquire(true, -5), lock.acquire(#{ timeout: 0.01 }), lock.acquire(false, 10));
        ",
        "
        False True True False False
        None False
        ValueError: semaphore or lock released too many times
        True False False False
        ",
    );
}

#[test]
fn case_046_a_lock_between_threads_says_it_in_other_words() {
    prints(
        "
        let lock = threading.Lock();
        print(lock.locked(), lock.acquire(), lock.locked(), lock.acquire(false), lock.acquire(#{ blocking: false }));
        print(lock.release(), lock.locked());
        print(error_of(|| lock.release()));
        let taken = queue.Queue();
        let t = Thread(|| taken.put(lock.acquire()));
        t.start();
        t.join();
        // Any thread may release it.
        print(taken.get(), lock.acquire(false), lock.release(), lock.acquire(#{ timeout: 0.01 }));
        ",
        "
        False True True False False
        None False
        RuntimeError: release unlocked lock
        True False None True
        ",
    );
}

#[test]
fn case_047_an_rlock_is_released_as_often_as_it_was_acquired() {
    prints(
        "
        let lock = RLock();
        print(lock.acquire(), lock.acquire(false), lock.acquire(#{ timeout: 1 }));
        print(lock.release(), lock.release(), lock.release());
        print(error_of(|| lock.release()));
        ",
        "
        True True True
        None None None
        AssertionError: attempt to release recursive lock not owned by thread
        ",
    );
}

#[test]
fn case_047_an_rlock_is_one_threads_own() {
    prints(
        "
        let lock = threading.RLock();
        print(lock.acquire(), lock.acquire(false), lock.acquire(#{ timeout: 1 }));
        let seen = queue.Queue();
        let t = Thread(|| seen.put([lock.acquire(false), error_of(|| lock.release())]));
        t.start();
        t.join();
        print(seen.get());
        print(lock.release(), lock.release(), lock.release());
        print(error_of(|| lock.release()));
        ",
        "
        True True True
        [False, 'RuntimeError: cannot release un-acquired lock']
        None None None
        RuntimeError: cannot release un-acquired lock
        ",
    );
}

#[test]
fn case_049_another_process_may_release_a_lock() {
    prints(
        "
        let lock = Lock();
        lock.acquire();
        let p = Process(|lock| lock.release(), [lock]);
        p.start();
        p.join();
        print(p.exitcode, lock.acquire(false), lock.acquire(false));
        ",
        "0 True False\n",
    );
}

#[test]
fn case_050_another_process_may_neither_take_nor_release_an_rlock() {
    prints(
        "
        let lock = RLock();
        lock.acquire();
        fn child(lock) { print(lock.acquire(false), lock.acquire(true, 0.01), error_of(|| lock.release())); }
        let p = Process(child, [lock]);
        p.start();
        p.join();
        print(lock.release(), lock.locked());
        ",
        "
        False False AssertionError: attempt to release recursive lock not owned by thread
        None False
        ",
    );
}

#[test]
fn case_052_with_releases_the_lock_also_when_its_function_throws() {
    prints(
        r#"
        let lock = Lock();
        print(lock.with(|| lock.locked()), lock.locked());
        print(lock.with(|| 41 + 1));
        print(error_of(|| lock.with(|| { throw ValueError("inside"); })), lock.locked());
        print(error_of(|| lock.with(|| [1][5])), lock.locked());
        fn child(lock) { lock.with(|| sys.exit(3)); }
        let p = Process(child, [lock]);
        p.start();
        p.join();
        print(p.exitcode, lock.locked(), lock.abandoned);
        "#,
        "
        True False
        42
        ValueError: inside False
        IndexError: list index out of range False
        3 False False
        ",
    );
}

#[test]
fn case_053_one_release_lets_all_waiting_processes_pass_one_after_another() {
    prints(
        r#"
        fn wait(lock, ready, inside, done) {
            ready.put(1);
            lock.acquire();
            inside.put(1);
            let alone = inside.qsize() == 1;
            time.sleep(0.005);
            alone = alone && inside.qsize() == 1;
            inside.get();
            lock.release();
            done.put(alone);
        }
        let lock = Lock();
        let ready = Queue();
        let inside = Queue();
        let done = Queue();
        lock.acquire();
        for i in range(5) { Process(wait, [lock, ready, inside, done]).start(); }
        for i in range(5) { ready.get(); }
        print(done.empty());
        lock.release();
        let alone = 0;
        for i in range(5) { if done.get() { alone += 1; } }
        print(alone, lock.locked());
        "#,
        "True\n5 False\n",
    );
}

#[test]
fn case_055_time_outs_between_threads_are_checked() {
    prints(
        "
        for lock in [threading.Lock(), threading.RLock()] {
            for attempt in [
                || lock.acquire(false, 1), || lock.acquire(#{ timeout: -100 }), || lock.acquire(#{ timeout: 1e100 }),
                || lock.acquire(#{ timeout: threading.TIMEOUT_MAX + 1 }), || lock.acquire(#{ timeout: None }),
            ] {
                print(error_of(attempt));
            }
            print(lock.acquire(true, -1), lock.release(), lock.acquire(#{ timeout: threading.TIMEOUT_MAX }));
        }
        ",
        &"ValueError: can't specify a timeout for a non-blocking call
ValueError: timeout value must be positive
OverflowError: timestamp out of range for platform time_t
OverflowError: timestamp out of range for platform time_t
TypeError: 'NoneType' object cannot be interpreted as an integer
True None True
"
        .repeat(2),
    );
}

#[test]
fn case_056_acquire_waits_at_most_its_timeout() {
    prints(
        r#"
        fn hold(lock, held, go) {
            lock.acquire();
            held.put(1);
            go.get();
            lock.release();
        }
        let lock = Lock();
        let held = Queue();
        let go = Queue();
        let p = Process(hold, [lock, held, go]);
        p.start();
        held.get();
        let start = time.monotonic();
        print(lock.acquire(#{ timeout: 0.1 }), time.monotonic() - start >= 0.1);
        go.put(1);
        print(lock.acquire(#{ timeout: 60 }));
        p.join();
        "#,
        "False True\nTrue\n",
    );
}
