//! Group E: `Semaphore`, `BoundedSemaphore`.

use crate::support::script::prints;

#[test]
fn case_058_a_semaphore_counts_down_and_up_beyond_its_beginning() {
    prints(
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
    prints(
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
    prints(
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
