//! The ends of pools: a host drops them, stops the runtime, or ends it, and nobody waits for ever.

use std::path::Path;
use std::thread;
use std::time::Instant;

use procscript::objects::WaitError;
use procscript::{Error, ErrorKind};

use crate::pools::{ENDLESS, LONG, endless, kind_and_message, runtime};
use crate::support::cases::Case;
use crate::support::watchdog::poll;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "dropping_a_pool_ends_its_workers_and_jobs",
        dropped_while_running,
    ),
    Case::new("a_stop_ends_tasks_and_the_pool_goes_on", stops),
    Case::new("stops_of_idle_pools_leave_them_usable", idle_stops),
    Case::new(
        "a_job_is_cancelled_until_a_worker_begins_it",
        cancelled_jobs,
    ),
    Case::new("stopped_jobs_leave_room_for_others", many_stopped),
    Case::new("the_end_of_a_runtime_ends_its_pools", ends),
];

fn is_gone(pid: i32) -> bool {
    let gone = || (!Path::new(&format!("/proc/{pid}")).exists()).then_some(());
    poll(Instant::now() + LONG, gone).is_some()
}

fn dropped_while_running() {
    let runtime = runtime(ENDLESS);
    let pool = runtime.pool(2).unwrap();
    let (job, pid) = endless(&runtime, &pool);
    let other = pool.clone();
    drop(pool);
    let (second, other_pid) = endless(&runtime, &other);
    assert!(!job.is_done().unwrap());
    let waiter = thread::spawn({
        let job = job.clone();
        move || job.wait()
    });
    drop(other);
    assert!(is_gone(pid) && is_gone(other_pid));
    for error in [
        job.wait().unwrap_err(),
        second.wait().unwrap_err(),
        waiter.join().unwrap().unwrap_err(),
    ] {
        assert_eq!(
            kind_and_message(&error).1,
            "the pool was terminated before the task had ended"
        );
    }
}

fn stops() {
    let mut runtime = runtime(ENDLESS);
    let pool = runtime.pool(1).unwrap();
    let (job, pid) = endless(&runtime, &pool);
    let unbegun = pool.submit::<_, i64>("endless", (1,)).unwrap();
    let waiter = thread::spawn({
        let job = job.clone();
        move || job.wait()
    });
    let stopper = runtime.stopper();
    let stop = thread::spawn(move || stopper.stop());
    assert!(matches!(
        runtime.eval::<()>("time.sleep(3600)"),
        Err(Error::Stopped)
    ));
    stop.join().unwrap();
    assert!(matches!(waiter.join().unwrap(), Err(Error::Stopped)));
    assert!(matches!(job.wait(), Err(Error::Stopped)));
    assert!(matches!(unbegun.wait(), Err(Error::Stopped)));
    assert!(is_gone(pid));
    assert_eq!(pool.submit::<_, i64>("one", ()).unwrap().wait().unwrap(), 1);

    runtime.stopper().stop_all();
    assert!(matches!(
        pool.submit::<_, i64>("one", ()),
        Err(Error::Stopped)
    ));
    assert!(matches!(runtime.pool(1), Err(Error::Stopped)));
    runtime.stopper().resume();
    assert_eq!(pool.submit::<_, i64>("one", ()).unwrap().wait().unwrap(), 1);
}

fn idle_stops() {
    let mut runtime = runtime("fn one() { 1 }");
    let pool = runtime.pool(2).unwrap();
    for _ in 0..10 {
        runtime.stopper().stop();
        assert!(matches!(runtime.eval::<()>("1"), Err(Error::Stopped)));
        let jobs: Vec<_> = (0..2).map(|_| pool.submit::<_, i64>("one", ())).collect();
        drop(jobs);
    }
    assert_eq!(pool.submit::<_, i64>("one", ()).unwrap().wait().unwrap(), 1);
}

fn cancelled_jobs() {
    let mut runtime = runtime(ENDLESS);
    let pool = runtime.pool(1).unwrap();
    let (running, pid) = endless(&runtime, &pool);
    let next = pool.submit::<_, i64>("one", ()).unwrap();
    let last = pool.submit::<_, i64>("one", ()).unwrap();
    let waiter = thread::spawn({
        let next = next.clone();
        move || next.wait()
    });
    assert!(!running.cancel().unwrap());
    assert!(next.cancel().unwrap() && next.cancel().unwrap());
    assert!(next.is_done().unwrap());
    for error in [
        next.wait().unwrap_err(),
        waiter.join().unwrap().unwrap_err(),
    ] {
        assert_eq!(kind_and_message(&error).0, "CancelledError");
    }
    let kill = format!("os.kill({pid}, signal.SIGKILL)");
    runtime.eval::<()>(&kill).unwrap();
    assert_eq!(last.wait().unwrap(), 1);
    assert!(!last.cancel().unwrap());
    assert!(matches!(running.wait(), Err(Error::WorkerLost(_))));
    drop(runtime);
    assert_eq!(last.cancel().unwrap_err().kind(), ErrorKind::Ended);
}

fn many_stopped() {
    let mut runtime = runtime(ENDLESS);
    let pool = runtime.pool(1).unwrap();
    for _ in 0..2 {
        let (running, _) = endless(&runtime, &pool);
        let jobs: Vec<_> = (0..3000)
            .map(|_| pool.submit::<_, i64>("one", ()).unwrap())
            .collect();
        runtime.stopper().stop();
        assert!(matches!(runtime.eval::<()>("1"), Err(Error::Stopped)));
        assert!(matches!(running.wait(), Err(Error::Stopped)));
        assert!(matches!(jobs[2999].wait(), Err(Error::Stopped)));
    }
    assert_eq!(pool.submit::<_, i64>("one", ()).unwrap().wait().unwrap(), 1);
}

fn ends() {
    for finishes in [false, true] {
        let runtime = runtime(ENDLESS);
        let pool = runtime.pool(2).unwrap();
        let (job, pid) = endless(&runtime, &pool);
        let waiter = thread::spawn({
            let job = job.clone();
            move || job.wait()
        });
        let begun = Instant::now();
        match finishes {
            true => runtime.finish().unwrap(),
            false => drop(runtime),
        }
        assert!(begun.elapsed() < LONG && is_gone(pid));
        waiter.join().unwrap().unwrap_err();
        assert!(matches!(
            job.wait_timeout(LONG),
            Err(Error::Wait(WaitError::Ended))
        ));
        let ended = pool.map::<_, i64>("one", [1]).unwrap_err();
        assert_eq!(ended.kind(), ErrorKind::Ended);
        assert_eq!(pool.stats().unwrap_err().kind(), ErrorKind::Ended);
        assert_eq!(pool.close().unwrap_err().kind(), ErrorKind::Ended);
    }
}
