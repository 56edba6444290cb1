//! Errors that are caught, and several deadlocks at once.

use super::run;
use crate::support::script::{each_start_method, prints};

#[test]
fn it_can_be_caught_and_the_wait_given_up() {
    each_start_method(|method| {
        let code = "
            let q = Queue();
            try { q.get(); } catch (e) { print(e.type, isinstance(e, RuntimeError)); }
            q.put(1);
            print(q.get());
            ";
        run(method, code).assert(0, "DeadlockError True\n1\n", "");
    });
}

#[test]
fn caught_again_and_again_it_ends_the_script() {
    each_start_method(|method| {
        let code = "
            let q = Queue();
            loop {
                try { q.get(); } catch { print(\"again\"); }
            }
            ";
        let output = run(method, code);
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (3, "again\nagain\n")
        );
        assert!(
            output.stderr.starts_with("DeadlockError: get()"),
            "{}",
            output.stderr
        );
    });
}

fn errors(stderr: &str) -> usize {
    stderr.matches("DeadlockError: ").count()
}

#[test]
fn two_circles_get_an_error_each() {
    each_start_method(|method| {
        let code = "
            fn pair(first, second, met) {
                with first {
                    met.wait();
                    with second {}
                }
            }
            let all = [];
            for n in range(2) {
                let a = Lock();
                let b = Lock();
                let met = Barrier(2);
                all.push(Process(pair, [a, b, met]));
                all.push(Process(pair, [b, a, met]));
            }
            for p in all { p.start(); }
            for p in all { p.join(); }
            let failed = all.filter(|p| p.exitcode == 1);
            print(failed.len());
            ";
        let output = run(method, code);
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, "2\n"),
            "{}",
            output.stderr
        );
        assert_eq!(errors(&output.stderr), 2, "{}", output.stderr);
    });
}

#[test]
fn a_circle_of_five_gets_one_error() {
    each_start_method(|method| {
        let code = "
            fn philosopher(left, right, met) {
                with left {
                    met.wait();
                    with right {}
                }
            }
            let forks = [Lock(), Lock(), Lock(), Lock(), Lock()];
            let met = Barrier(5);
            let all = [];
            for n in range(5) {
                all.push(Process(philosopher, [forks[n], forks[(n + 1) % 5], met]));
            }
            for p in all { p.start(); }
            for p in all { p.join(); }
            let failed = all.filter(|p| p.exitcode == 1);
            print(failed.len());
            ";
        let output = run(method, code);
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, "1\n"),
            "{}",
            output.stderr
        );
        assert_eq!(errors(&output.stderr), 1, "{}", output.stderr);
    });
}

/// However many there are: most of them have not been sent when the first one waits.
#[test]
fn each_task_of_a_pool_has_an_error_of_its_own() {
    prints(
        "
        fn caught(n) {
            try { Event().wait(); } catch (e) { return e.type; }
        }
        for pool in [Pool(1), ThreadPool(1)] {
            print(pool.map(caught, range(5), 1));
            print(pool.imap(caught, range(5)).next());
        }
        ",
        "['DeadlockError', 'DeadlockError', 'DeadlockError', 'DeadlockError', 'DeadlockError']\nDeadlockError\n\
         ['DeadlockError', 'DeadlockError', 'DeadlockError', 'DeadlockError', 'DeadlockError']\nDeadlockError\n",
    );
}
