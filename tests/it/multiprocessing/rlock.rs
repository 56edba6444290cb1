//! `RLock`.

use crate::everywhere::everywhere;
use crate::support::script::{Script, each_start_method, prints};

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
fn the_representation_tells_the_owner_and_its_depth_to_the_holder() {
    prints(
        r#"
        let lock = RLock();
        print(lock, lock.locked());
        lock.acquire();
        lock.acquire();
        print(lock, repr(lock), lock.locked());
        fn child(lock) { print(lock); }
        let p = Process(child, [lock]);
        p.start();
        p.join();
        lock.release();
        lock.release();
        print(lock);
        "#,
        "
        <RLock(None, 0)> False
        <RLock(MainProcess, 2)> <RLock(MainProcess, 2)> True
        <RLock(SomeOtherProcess, nonzero)>
        <RLock(None, 0)>
        ",
    );
}

#[test]
fn with_may_stand_within_with() {
    prints(
        r#"
        let lock = RLock();
        print(lock.with(|| lock.with(|| str(lock))), lock);
        print(error_of(|| lock.with(|| { throw ValueError("inside"); })), lock);
        "#,
        "
        <RLock(MainProcess, 2)> <RLock(None, 0)>
        ValueError: inside <RLock(None, 0)>
        ",
    );
}

#[test]
fn it_can_be_sent_wherever_a_value_can() {
    prints(
        r#"
        let q = Queue();
        let lock = RLock();
        lock.acquire();
        fn from_queue(q) { print("queue", q.get().acquire(false)); }
        let queued = Process(from_queue, [q]);
        queued.start();
        q.put(#{ lock: lock }.lock);
        queued.join();
        let captured = Process(|| print("captured", lock.acquire(false)));
        captured.start();
        captured.join();
        let attribute = Process();
        attribute.lock = lock;
        attribute.run = || print("attribute", this.lock.acquire(false));
        attribute.start();
        attribute.join();
        lock.release();
        print(lock);
        "#,
        "queue False\ncaptured False\nattribute False\n<RLock(None, 0)>\n",
    );
}

#[test]
fn four_processes_count_under_a_lock_taken_twice() {
    everywhere(
        r#"
        fn read_number() { let f = open("n"); let n = int(f.read()); f.close(); n }
        fn write_number(n) { let f = open("n", "w"); f.write(str(n)); f.close(); }
        fn count(lock) {
            for i in range(50) { lock.with(|| lock.with(|| write_number(read_number() + 1))); }
        }
        write_number(0);
        let lock = RLock();
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
fn the_lock_of_a_killed_process_goes_to_the_next_whatever_its_depth() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn hold(lock, held) {
                lock.acquire();
                lock.acquire();
                held.put(1);
                time.sleep(3600);
            }
            let lock = RLock();
            let held = Queue();
            let p = Process(#{ target: hold, args: [lock, held], name: "holder" });
            p.start();
            held.get();
            p.kill();
            print(lock.acquire(), lock, lock.abandoned);
            lock.abandoned = false;
            lock.release();
            print(lock.acquire(false), lock.abandoned);
            p.join();
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "True <RLock(MainProcess, 1)> True\nTrue False\n",
            "procscript: warning: holder (pid <pid 1>) ended while it held an RLock; MainProcess has it now. \
             The data it guards may be inconsistent.\n",
        );
    });
}
