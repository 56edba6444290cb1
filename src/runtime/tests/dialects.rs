//! What objects that follow `threading` answer, which scripts get from there and from managers.

use rhai::{Dynamic, Scope};

use crate::runtime::Runtime;
use crate::script::dialect::Dialect::Threading;
use crate::script::exceptions::{Exception, Failure};
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::queues::Queue;
use crate::stdlib::multiprocessing::synchronize::event::Event;
use crate::stdlib::multiprocessing::synchronize::lock::Lock;
use crate::stdlib::multiprocessing::synchronize::rlock::RLock;
use crate::stdlib::multiprocessing::synchronize::semaphore::Semaphore;
use crate::sync;

/// Each expression about `x` gives, or raises, what stands beside it; addresses are left out.
fn answers<T: rhai::Variant + Clone>(
    make: impl Fn(&Interp) -> Result<T, Failure>,
    expected: &[(&str, &str)],
) {
    let runtime = Runtime::builder().session_memory(16 << 20).build().unwrap();
    let mut scope = Scope::new();
    scope.push_constant("x", make(&runtime.interp).unwrap());
    for (expression, wanted) in expected {
        let code = format!("str({expression})");
        let found = runtime.engine.eval_with_scope::<Dynamic>(&mut scope, &code);
        let found = match found {
            Ok(value) => value.to_string(),
            Err(error) => Exception::from_error(&error).headline(),
        };
        assert_eq!(without_address(&found), *wanted, "{expression}");
    }
    runtime.interp.leave(0, None);
}

fn without_address(text: &str) -> String {
    let Some((before, after)) = text.split_once(" at 0x") else {
        return text.into();
    };
    let rest = after.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
    format!("{before}{rest}")
}

const TOO_LONG: &str = "OverflowError: timestamp out of range for platform time_t";
const NOT_BLOCKING: &str = "ValueError: can't specify a timeout for a non-blocking call";

// Case 55, and the thread half of case 46.
#[test]
fn a_lock_of_threading_has_its_errors_and_timeouts() {
    answers(
        |interp| Lock::new(interp, Threading),
        &[
            ("x", "<unlocked _thread.lock object>"),
            ("x.release()", "RuntimeError: release unlocked lock"),
            ("x.acquire(true, -1)", "True"),
            ("x", "<locked _thread.lock object>"),
            ("x.acquire(false, -1)", "False"),
            ("x.acquire(#{ blocking: false })", "False"),
            ("x.acquire(#{ timeout: 0.001 })", "False"),
            ("x.acquire(false, 1)", NOT_BLOCKING),
            (
                "x.acquire(#{ timeout: -100 })",
                "ValueError: timeout value must be positive",
            ),
            ("x.acquire(#{ timeout: 1e100 })", TOO_LONG),
            (
                "x.acquire(#{ timeout: None })",
                "TypeError: 'NoneType' object cannot be interpreted as an integer",
            ),
            (
                "x.acquire(#{ block: false })",
                "TypeError: 'block' is an invalid keyword argument for acquire()",
            ),
            ("x.release()", "None"),
        ],
    );
}

// The thread half of case 47.
#[test]
fn an_rlock_of_threading_has_its_errors() {
    answers(
        |interp| RLock::new(interp, Threading),
        &[
            ("x", "<unlocked _thread.RLock object owner=0 count=0>"),
            (
                "x.release()",
                "RuntimeError: cannot release un-acquired lock",
            ),
            ("x.with(|| x.acquire(false))", "True"),
            ("x.locked()", "True"),
            ("x.acquire(false, 1)", NOT_BLOCKING),
            ("x.release()", "None"),
            ("x.locked()", "False"),
        ],
    );
}

// The thread halves of cases 59 and 62.
#[test]
fn semaphores_of_threading_release_several_and_have_its_errors() {
    answers(
        |interp| Semaphore::new(interp, 2, Threading),
        &[
            ("x", "<threading.Semaphore: value=2>"),
            ("x.release(3)", "None"),
            ("x.get_value()", "5"),
            ("x.release(#{ n: 0 })", "ValueError: n must be one or more"),
            (
                "x.acquire(false, 1)",
                "ValueError: can't specify timeout for non-blocking acquire",
            ),
            ("x.acquire(#{ blocking: true, timeout: -1 })", "True"),
            ("x.acquire(true, 1e100)", TOO_LONG),
        ],
    );
    answers(
        |interp| Semaphore::new_bounded(interp, 2, Threading),
        &[
            ("x", "<threading.BoundedSemaphore: value=2/2>"),
            (
                "x.release()",
                "ValueError: Semaphore released too many times",
            ),
        ],
    );
    let runtime = Runtime::builder().session_memory(16 << 20).build().unwrap();
    let error = Semaphore::new(&runtime.interp, -1, Threading).unwrap_err();
    assert_eq!(
        Exception::from_error(&error).headline(),
        "ValueError: semaphore initial value must be >= 0"
    );
}

#[test]
fn an_event_of_threading_counts_only_so_far() {
    answers(
        |interp| Event::new(interp, Threading),
        &[
            ("x", "<threading.Event: unset>"),
            ("x.wait(-1)", "False"),
            ("x.wait(1e100)", TOO_LONG),
            ("x.set()", "None"),
            ("x", "<threading.Event: set>"),
        ],
    );
}

// The half of case 110 that a manager's queue shares.
#[test]
fn a_queue_of_a_manager_takes_no_negative_timeout() {
    let refused = "ValueError: 'timeout' must be a non-negative number";
    answers(
        |interp| {
            let shared = sync::Queue::create(&interp.session()?, 1).unwrap();
            Ok(Queue::new(shared, true, Threading))
        },
        &[
            ("x.put(1, true, -1)", refused),
            ("x.put(1, false, -1)", "None"),
            ("x.get(true, -1)", refused),
            ("x.get(false, -1)", "1"),
        ],
    );
}

#[test]
fn a_dialect_goes_along_to_another_process() {
    answers(
        |interp| {
            let shared = sync::Queue::create(&interp.session()?, 0).unwrap();
            Ok(Queue::new(shared, false, Threading))
        },
        &[
            ("x.put(x)", "None"),
            (
                "x.get().get(true, -1)",
                "ValueError: 'timeout' must be a non-negative number",
            ),
        ],
    );
    answers(
        |interp| {
            let lock = Lock::new(interp, Threading)?;
            let queue = sync::Queue::create(&interp.session()?, 0).unwrap();
            let queue = Queue::new(queue, false, crate::script::dialect::Dialect::default());
            Ok(rhai::Array::from([
                Dynamic::from(lock),
                Dynamic::from(queue),
            ]))
        },
        &[
            ("x[1].put(x[0])", "None"),
            (
                "x[1].get().release()",
                "RuntimeError: release unlocked lock",
            ),
        ],
    );
}
