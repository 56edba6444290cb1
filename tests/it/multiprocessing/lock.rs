//! `Lock`.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::everywhere::everywhere;
use crate::support::script::{Script, each_start_method, prints};

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
fn case_052_with_releases_the_lock_also_when_its_function_throws() {
    everywhere(
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
    everywhere(
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
    everywhere(
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

#[test]
fn four_processes_count_without_losing_one() {
    prints(
        r#"
        fn read_number() { let f = open("n"); let n = int(f.read()); f.close(); n }
        fn write_number(n) { let f = open("n", "w"); f.write(str(n)); f.close(); }
        fn count(lock) {
            for i in range(50) {
                lock.acquire();
                write_number(read_number() + 1);
                lock.release();
            }
        }
        write_number(0);
        let lock = Lock();
        let counters = [];
        for i in range(4) { counters.append(Process(count, [lock])); }
        for p in counters { p.start(); }
        for p in counters { p.join(); }
        print(read_number());
        "#,
        "200\n",
    );
}

#[test]
fn the_representation_tells_the_owner() {
    prints(
        r#"
        let lock = Lock();
        print(lock);
        lock.acquire();
        print(lock, repr(lock), "%s" % lock);
        fn child(lock) { print(lock); lock.release(); lock.acquire(); print(lock); lock.release(); }
        let p = Process(child, [lock]);
        p.start();
        p.join();
        print(lock);
        "#,
        "
        <Lock(owner=None)>
        <Lock(owner=MainProcess)> <Lock(owner=MainProcess)> <Lock(owner=MainProcess)>
        <Lock(owner=SomeOtherProcess)>
        <Lock(owner=Process-1)>
        <Lock(owner=None)>
        ",
    );
}

#[test]
fn the_representation_names_the_thread_that_holds_it() {
    prints(
        r#"
        let lock = Lock();
        let rlock = RLock();
        let semaphore = Semaphore(2);
        fn child(rlock) {
            let t = Thread(#{ target: || { rlock.acquire(); print(rlock); rlock.release(); }, name: "T" });
            t.start();
            t.join();
        }
        let t = Thread(#{ name: "worker", target: || {
            lock.acquire();
            rlock.acquire();
            rlock.acquire();
            semaphore.acquire();
            print(lock, rlock, semaphore);
            print(Condition(lock), Condition(rlock));
            let other = Thread(|| print(lock, rlock));
            other.start();
            other.join();
            lock.release();
            rlock.release();
            rlock.release();
        } });
        t.start();
        t.join();
        print(lock, rlock);
        let p = Process(child, [rlock]);
        p.start();
        p.join();
        let me = current_thread();
        me.name = "other";
        lock.acquire();
        print(lock);
        "#,
        "
        <Lock(owner=MainProcess|worker)> <RLock(MainProcess|worker, 2)> <Semaphore(value=1)>
        <Condition(<Lock(owner=MainProcess|worker)>, 0)> <Condition(<RLock(MainProcess|worker, 2)>, 0)>
        <Lock(owner=SomeOtherThread)> <RLock(SomeOtherThread, nonzero)>
        <Lock(owner=None)> <RLock(None, 0)>
        <RLock(Process-1|T, 1)>
        <Lock(owner=MainProcess|other)>
        ",
    );
}

#[test]
fn a_lock_travels_through_a_queue() {
    prints(
        r#"
        fn child(q) {
            let lock = q.get();
            print(lock.acquire(false));
            lock.release();
        }
        let q = Queue();
        let lock = Lock();
        lock.acquire();
        let p = Process(child, [q]);
        p.start();
        q.put(lock);
        p.join();
        print(lock.locked());
        "#,
        "False\nFalse\n",
    );
}

/// A child dies with the lock in its hands; somebody is waiting for it, or asks for it only afterwards.
fn abandoned(method: &str, death: &str) {
    Script::text(&format!(
        r#"
        fn hold(lock, held) {{
            lock.acquire();
            held.put(1);
            {death}
        }}
        let lock = Lock();
        let held = Queue();
        let p = Process(#{{ target: hold, args: [lock, held], name: "holder" }});
        p.start();
        held.get();
        {}
        print(lock.acquire(), lock.abandoned);
        lock.abandoned = false;
        lock.release();
        print(lock.acquire(false), lock.abandoned);
        p.join();
        "#,
        if death.contains("sleep") { "p.kill();" } else { "p.join();" }
    ))
    .start_method(method)
    .run()
    .assert(
        0,
        "True True\nTrue False\n",
        "procscript: warning: holder (pid <pid 1>) ended while it held a Lock; MainProcess has it now. \
         The data it guards may be inconsistent.\n",
    );
}

#[test]
fn the_lock_of_a_killed_process_goes_to_the_next() {
    each_start_method(|method| abandoned(method, "time.sleep(3600);"));
}

#[test]
fn the_lock_of_a_process_that_ended_without_release_goes_to_the_next() {
    each_start_method(|method| abandoned(method, "os._exit(0);"));
    each_start_method(|method| abandoned(method, "return;"));
}

#[test]
fn a_waiting_process_gets_the_lock_of_the_killed_one() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn hold(lock, held) {
                lock.acquire();
                print("holder", os.getpid());
                held.put(1);
                time.sleep(3600);
            }
            fn wait(lock) {
                print("waits");
                lock.acquire();
                print("has it", lock.abandoned);
                lock.release();
            }
            let lock = Lock();
            let held = Queue();
            Process(#{ target: hold, args: [lock, held], name: "holder" }).start();
            held.get();
            Process(#{ target: wait, args: [lock], name: "heir" }).start();
            "#,
        )
        .start_method(method)
        .start();
        let holder: i32 = running.wait_for_line("holder ").parse().unwrap();
        running.wait_for_line("waits");
        kill(Pid::from_raw(holder), Signal::SIGKILL).unwrap();
        running.finish().assert(
            0,
            "holder <pid 1>\nwaits\nhas it True\n",
            "procscript: warning: holder (pid <pid 1>) ended while it held a Lock; heir has it now. \
             The data it guards may be inconsistent.\n",
        );
    });
}
