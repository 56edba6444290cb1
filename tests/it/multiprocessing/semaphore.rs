//! `Semaphore` and `BoundedSemaphore`.

use crate::everywhere::everywhere;
use crate::support::script::prints;

#[test]
fn case_058_a_semaphore_counts_down_and_up_beyond_its_beginning() {
    everywhere(
        "
        let s = Semaphore(2);
        print(s.get_value(), s.acquire(), s.get_value(), s.acquire(), s.get_value());
        print(s.acquire(false), s.get_value());
        for i in range(4) { print(s.release(), s.get_value()); }
        ",
        "
        2 True 1 True 0
        False 0
        None 1
        None 2
        None 3
        None 4
        ",
    );
}

#[test]
fn case_059_a_bounded_semaphore_refuses_to_grow() {
    everywhere(
        "
        let s = BoundedSemaphore(2);
        print(s.acquire(), s.acquire(), s.acquire(false), s.get_value());
        print(s.release(), s.release(), s.get_value());
        print(error_of(|| s.release()), s.get_value());
        ",
        "
        True True False 0
        None None 2
        ValueError: semaphore or lock released too many times 2
        ",
    );
}

#[test]
fn case_061_without_a_value_there_is_one_permit() {
    everywhere(
        "print(Semaphore().get_value(), BoundedSemaphore().get_value());",
        "1 1\n",
    );
}

#[test]
fn case_062_a_negative_value_is_an_error() {
    prints(
        "
        for make in [|| Semaphore(-1), || BoundedSemaphore(-1)] {
            try { make.call(); } catch (e) { print(e.type, e.args); }
        }
        ",
        "
        OSError [22, 'Invalid argument']
        OSError [22, 'Invalid argument']
        ",
    );
}

#[test]
fn case_064_as_many_waiting_processes_pass_as_there_are_permits() {
    prints(
        r#"
        fn acquire_twice(s, passed) {
            s.acquire();
            passed.put(1);
            s.acquire();
            passed.put(1);
        }
        fn passed_in_all(passed, count) {
            for i in range(count) { passed.get(); }
            passed.empty()
        }
        let s = Semaphore(7);
        let passed = Queue();
        s.acquire();
        let workers = [];
        for i in range(10) { workers.append(Process(acquire_twice, [s, passed])); }
        for p in workers { p.start(); }
        print(passed_in_all(passed, 6), s.get_value());
        for i in range(7) { s.release(); }
        print(passed_in_all(passed, 7), s.get_value());
        for i in range(6) { s.release(); }
        print(passed_in_all(passed, 6), s.acquire(false));
        s.release();
        print(passed_in_all(passed, 1));
        for p in workers { p.join(); }
        print(s.get_value());
        "#,
        "
        True 0
        True 0
        True False
        True
        0
        ",
    );
}

#[test]
fn the_representation_tells_the_value() {
    prints(
        "
        let s = Semaphore(2);
        let b = BoundedSemaphore(2);
        print(s, repr(b), s.locked());
        s.acquire();
        b.acquire();
        print(s, b);
        s.acquire();
        print(s.locked());
        ",
        "
        <Semaphore(value=2)> <BoundedSemaphore(value=2, maxvalue=2)> False
        <Semaphore(value=1)> <BoundedSemaphore(value=1, maxvalue=2)>
        True
        ",
    );
}

#[test]
fn with_gives_the_permit_back_also_when_its_function_throws() {
    everywhere(
        r#"
        let s = BoundedSemaphore();
        print(s.with(|| s.get_value()), s.get_value());
        print(error_of(|| s.with(|| { throw ValueError("inside"); })), s.get_value());
        "#,
        "0 1\nValueError: inside 1\n",
    );
}

#[test]
fn errors_of_wrong_calls_say_what_is_wrong() {
    prints(
        r#"
        let s = Semaphore();
        for wrong in [
            || s.release(2), || s.acquire(#{ blocking: false }), || s.acquire(true, "1"), || Semaphore(-1),
            || BoundedSemaphore(-1), || Semaphore("2"), || Semaphore(2147483648),
        ] {
            print(error_of(wrong));
        }
        print(s.acquire(true, -1), s.acquire(#{ block: true, timeout: -1 }), s.acquire(false, 1), s.get_value());
        "#,
        "
        TypeError: SemLock.release() takes no arguments (1 given)
        TypeError: 'blocking' is an invalid keyword argument for acquire()
        TypeError: acquire() argument 'timeout' must be a number of seconds or None, not str
        OSError: [Errno 22] Invalid argument
        OSError: [Errno 22] Invalid argument
        TypeError: Semaphore() argument 'value' must be an integer, not str
        OverflowError: Python int too large to convert to C int
        True False False 0
        ",
    );
}

#[test]
fn it_can_be_sent_wherever_a_value_can() {
    prints(
        r#"
        let q = Queue();
        let s = BoundedSemaphore(9);
        fn from_queue(q) { q.get().acquire(); q.get(); }
        let queued = Process(from_queue, [q]);
        queued.start();
        q.put(s);
        while s.get_value() == 9 { time.sleep(0.001); }
        let captured = Process(|| s.acquire());
        captured.start();
        captured.join();
        let attribute = Process();
        attribute.s = s;
        attribute.run = || print(this.s);
        attribute.start();
        attribute.join();
        q.put("end");
        queued.join();
        print(s);
        "#,
        "
        <BoundedSemaphore(value=7, maxvalue=9)>
        <BoundedSemaphore(value=7, maxvalue=9)>
        ",
    );
}

/// A child takes two of three permits and ends with them.
fn permits_come_back(end: &str, by: &str) {
    prints(
        &format!(
            r#"
            fn hold(s, held) {{
                s.acquire();
                s.acquire();
                held.put(1);
                {end}
            }}
            let s = BoundedSemaphore(3);
            let held = Queue();
            let p = Process(hold, [s, held]);
            p.start();
            held.get();
            {by}
            print(s.get_value());
            for i in range(3) {{ print(s.acquire(#{{ timeout: 60 }})); }}
            print(s.acquire(false));
            "#
        ),
        "3\nTrue\nTrue\nTrue\nFalse\n",
    );
}

#[test]
fn the_permits_of_a_killed_process_come_back() {
    permits_come_back("time.sleep(3600);", "p.kill(); p.join();");
}

#[test]
fn the_permits_of_a_process_that_failed_come_back() {
    permits_come_back("os._exit(0);", "p.join();");
    permits_come_back("sys.exit(3);", "p.join();");
    permits_come_back("time.sleep(3600);", "p.terminate(); p.join();");
}

#[test]
fn a_process_that_ends_in_order_has_used_its_permits_up() {
    prints(
        "
        fn hold(s) { s.acquire(); s.acquire(); }
        let s = Semaphore(3);
        let p = Process(hold, [s]);
        p.start();
        p.join();
        print(p.exitcode, s.get_value());
        ",
        "0 1\n",
    );
}

/// The parent of the killed one does nothing but wait, so nobody reaps it.
#[test]
fn a_waiting_process_gets_the_permit_of_an_unreaped_killed_one() {
    prints(
        r#"
        fn hold(s, held) {
            s.acquire();
            held.put(os.getpid());
            time.sleep(3600);
        }
        fn wait(s, held) {
            os.kill(held.get(), 9);
            print(s.acquire(), s.get_value());
            s.release();
        }
        let s = Semaphore();
        let held = Queue();
        let holder = Process(hold, [s, held]);
        holder.start();
        let heir = Process(wait, [s, held]);
        heir.start();
        heir.join();
        holder.join();
        print(holder.exitcode, s.get_value());
        "#,
        "True 0\n-9 1\n",
    );
}

#[test]
fn a_signal_that_a_killed_process_has_taken_stays_taken() {
    prints(
        r#"
        fn take(s, taken) {
            s.acquire();
            taken.put(1);
            time.sleep(3600);
        }
        let s = Semaphore(0);
        let taken = Queue();
        let p = Process(take, [s, taken]);
        p.start();
        s.release();
        taken.get();
        p.kill();
        p.join();
        print(s.get_value());
        "#,
        "0\n",
    );
}
