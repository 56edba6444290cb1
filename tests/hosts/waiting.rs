//! Locks, events and processes from Rust, and waits of the host: each ends with what it was for, or says why not.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use procscript::objects::{GetError, ProcessOptions, PutError, WaitError};
use procscript::{Error, Permissions, Runtime};

use rustix::thread::gettid;

use crate::support::cases::Case;
use crate::support::process_table::is_asleep;
use crate::support::watchdog::poll;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "the_guard_of_a_lock_says_that_its_holder_was_killed",
        killed_holder,
    ),
    Case::new("a_guard_releases_only_its_own_hold", own_hold),
    Case::new("a_stop_ends_the_waits_of_the_host_too", stop_while_waiting),
    Case::new(
        "the_end_of_a_runtime_ends_every_wait_of_the_host",
        end_while_waiting,
    ),
    Case::new("objects_outlive_their_runtime_harmlessly", after_the_end),
    Case::new("a_process_says_how_it_ended", processes).writes(
        "",
        "Process careful:\n\
         ValueError: bad number\n  \
           --> <eval 1>:3:22\n     \
              |\n   \
            3 |         fn fails() { throw ValueError(\"bad number\"); }\n     \
              |                      ^\n\
         Traceback (most recent call last):\n  \
           File \"<eval 1>\", line 3, in fails\n    \
             fn fails() { throw ValueError(\"bad number\"); }\n",
    ),
];

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

fn killed_holder() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime
        .eval::<()>("fn hold(lock, held) { lock.acquire(); held.set(); time.sleep(3600); }")
        .unwrap();
    let (lock, held) = (runtime.lock().unwrap(), runtime.event().unwrap());
    let options = ProcessOptions::new().name("holder");
    let args = (lock.to_dynamic(), held.to_dynamic());
    let child = runtime.start("hold", args, options).unwrap();
    held.wait_timeout(LONG).unwrap();
    assert!(lock.is_locked() && lock.try_acquire().is_err());
    child.kill();
    let guard = lock.acquire_timeout(LONG).unwrap();
    assert_eq!(guard.abandoned_by(), Some(("holder", child.pid() as u32)));
    assert!(guard.was_abandoned() && lock.is_abandoned());
    assert_eq!(child.join().unwrap(), -9);
    drop(guard);
    lock.set_abandoned(false);
    assert!(!lock.acquire().unwrap().was_abandoned() && !lock.is_abandoned());
}

fn own_hold() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let lock = runtime.lock().unwrap();
    runtime.set("lock", lock.clone()).unwrap();
    let guard = lock.acquire().unwrap();
    // Any script may release a lock, and take it for itself.
    runtime.eval::<()>("lock.release()").unwrap();
    let others = thread::spawn({
        let lock = lock.clone();
        move || lock.acquire().unwrap()
    });
    let others = others.join().unwrap();
    drop(guard);
    assert!(
        lock.is_locked(),
        "the guard has released the hold of another"
    );
    drop(others);
    assert!(!lock.is_locked());
}

/// Makes threads wait for each kind of object; each sends the result of its wait.
fn waiters(runtime: &mut Runtime) -> mpsc::Receiver<(&'static str, String)> {
    let (told, hear) = mpsc::channel();
    runtime
        .eval::<()>("fn sleeps() { time.sleep(3600); }")
        .unwrap();
    let queue = runtime.queue::<i64>(1).unwrap();
    let full = runtime.queue::<i64>(1).unwrap();
    full.put(&0).unwrap();
    let (lock, event) = (runtime.lock().unwrap(), runtime.event().unwrap());
    let held = lock.acquire().unwrap();
    let begun = mpsc::channel();
    let wait = |what: &'static str, wait: Box<dyn FnOnce() -> String + Send>| {
        let (told, begun) = (told.clone(), begun.0.clone());
        thread::spawn(move || {
            begun.send(gettid().as_raw_pid()).unwrap();
            let _ = told.send((what, wait()));
        });
    };
    wait("get", Box::new(move || format!("{:?}", queue.get())));
    wait("put", Box::new(move || format!("{:?}", full.put(&1))));
    wait("event", Box::new(move || format!("{:?}", event.wait())));
    wait(
        "lock",
        Box::new(move || {
            let waited = lock.acquire().map(|_| ());
            drop(held);
            format!("{waited:?}")
        }),
    );
    for _ in 0..4 {
        wait_until_asleep(begun.1.recv().unwrap());
    }
    hear
}

/// Waits until the thread with this number waits for something.
fn wait_until_asleep(thread: i32) {
    let asleep = || is_asleep(thread).then_some(());
    assert!(poll(Instant::now() + LONG, asleep).is_some());
}

fn stop_while_waiting() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let hear = waiters(&mut runtime);
    let stopper = runtime.stopper();
    thread::spawn(move || stopper.stop());
    assert!(matches!(
        runtime.eval::<()>("time.sleep(3600)"),
        Err(Error::Stopped)
    ));
    for _ in 0..4 {
        let (what, told) = hear.recv_timeout(LONG).unwrap();
        assert_eq!(told, "Err(Stopped)", "{what}");
    }
    // The runtime goes on, and so do its objects.
    let queue = runtime.queue::<i64>(0).unwrap();
    runtime.set("queue", queue.clone()).unwrap();
    runtime.eval::<()>("queue.put(1)").unwrap();
    assert_eq!(queue.get().unwrap(), 1);
}

fn end_while_waiting() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let hear = waiters(&mut runtime);
    let child = runtime.start("sleeps", (), ProcessOptions::new()).unwrap();
    let (joins, joining) = mpsc::channel();
    let joined = thread::spawn({
        let child = child.clone();
        move || {
            joins.send(gettid().as_raw_pid()).unwrap();
            child.join()
        }
    });
    wait_until_asleep(joining.recv().unwrap());
    drop(runtime);
    for _ in 0..4 {
        let (what, told) = hear.recv_timeout(LONG).unwrap();
        assert_eq!(told, "Err(Ended)", "{what}");
    }
    // The child was ended in order: SIGTERM.
    assert!(matches!(
        joined.join().unwrap(),
        Ok(-15) | Err(WaitError::Ended)
    ));
    assert_eq!(child.exit_code(), Some(-15));
}

fn after_the_end() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let queue = runtime.queue::<i64>(0).unwrap();
    queue.put(&1).unwrap();
    let (lock, event) = (runtime.lock().unwrap(), runtime.event().unwrap());
    let guard = lock.acquire().unwrap();
    runtime.eval::<()>("fn f() {}").unwrap();
    runtime.finish().unwrap();
    assert!(matches!(queue.get(), Err(GetError::Ended)));
    assert!(matches!(queue.try_put(&1), Err(PutError::Ended)));
    assert!(matches!(lock.try_acquire(), Err(WaitError::Ended)));
    assert!(matches!(event.set(), Err(WaitError::Ended)));
    assert!(matches!(event.wait(), Err(WaitError::Ended)));
    assert_eq!(queue.iter().count(), 0);
    // Looking does no harm.
    let _ = format!("{queue:?} {lock:?} {event:?} {}", queue.len());
    drop(guard);
    drop((queue, lock, event));
}

fn processes() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime
        .eval::<()>(
            "
        fn good() { }
        fn fails() { throw ValueError(\"bad number\"); }
        fn leaves() { sys.exit(7); }
        fn waits(event) { event.wait(); }
        const LIMIT = 5;
        fn limit(q) { q.put(global::LIMIT); }
",
        )
        .unwrap();
    let start = |name: &str| runtime.start(name, (), ProcessOptions::new());
    let good = start("good").unwrap();
    assert_eq!(
        (good.join().unwrap(), good.name().as_str()),
        (0, "Process-1")
    );
    assert!(!good.is_alive() && good.exit_code() == Some(0) && good.exception().is_none());
    let failed = runtime
        .start("fails", (), ProcessOptions::new().name("careful"))
        .unwrap();
    assert_eq!(failed.join().unwrap(), 1);
    let told = failed.exception().unwrap();
    assert_eq!(
        (told.kind.as_str(), told.message.as_str()),
        ("ValueError", "bad number")
    );
    assert_eq!((told.line, told.process.as_deref()), (3, Some("careful")));
    assert_eq!(start("leaves").unwrap().join().unwrap(), 7);
    let event = runtime.event().unwrap();
    let waits = runtime
        .start(
            "waits",
            (event.to_dynamic(),),
            ProcessOptions::new().daemon(),
        )
        .unwrap();
    assert!(waits.is_alive() && waits.exit_code().is_none() && waits.pid() > 0);
    assert!(matches!(
        waits.join_timeout(Duration::from_millis(10)),
        Err(WaitError::TimedOut)
    ));
    waits.terminate();
    assert_eq!(waits.join_timeout(LONG).unwrap(), -15);
    // Constants of the scripts are seen.
    let queue = runtime.queue::<i64>(0).unwrap();
    let limit = runtime
        .start("limit", (queue.to_dynamic(),), ProcessOptions::new())
        .unwrap();
    assert_eq!((queue.get().unwrap(), limit.join().unwrap()), (5, 0));
    let Err(Error::Failed(failure)) = start("nobody") else {
        panic!("a function that is none");
    };
    assert_eq!(
        failure.diagnostic().message,
        "the program has no function 'nobody'"
    );
    // An object is an argument as it is.
    let told = runtime
        .start("waits", (event.clone(),), ProcessOptions::new())
        .unwrap();
    event.set().unwrap();
    assert_eq!(told.join().unwrap(), 0);
}
