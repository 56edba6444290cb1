//! Waiting for the first of several things.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::time::Duration;

use super::{audit, enter_as_child, loses_no_wake_up, session, soon};
use crate::sync::{Deadline, Queue, Source, pipe, wait_ready};
use crate::sys::testing::{Ended, exit_now, kill_and_reap, reap, sleep_us};

#[test]
fn what_is_ready_is_told_in_order() {
    let session = session(16);
    let (a, b) = pipe(&session, true).unwrap();
    let queue = Queue::create(&session, 0).unwrap();
    let sources = [
        Source::Pipe(a.clone()),
        Source::Queue(queue.clone()),
        Source::Pipe(b.clone()),
    ];
    let look = || wait_ready(&session, &sources, Deadline::NOW).unwrap();
    assert_eq!(look(), [false, false, false]);
    queue.put(b"x", &[], Deadline::NOW).unwrap();
    a.send(&[b"x"], &[]).unwrap();
    assert_eq!(look(), [false, true, true]);
    drop(b);
    assert_eq!(wait_ready(&session, &sources, soon()).unwrap(), look());
}

#[test]
fn who_only_looks_takes_nobodys_wake_up() {
    let session = session(16);
    loses_no_wake_up(|| {
        let healed = session.heals();
        let queue = Queue::create(&session, 0).unwrap();
        let done = Queue::create(&session, 0).unwrap();
        let children: Vec<_> = (0..4)
            .map(|index| {
                enter_as_child(&session, || {
                    for _ in 0..20 {
                        if index % 2 == 0 {
                            let sources = [Source::Queue(queue.clone())];
                            wait_ready(&session, &sources, soon()).unwrap();
                        }
                        queue.get_with(soon(), |_| ()).unwrap();
                        done.put(b"", &[], Deadline::NEVER).unwrap();
                    }
                })
            })
            .collect();
        for _ in 0..80 {
            sleep_us(500);
            queue.put(b"", &[], Deadline::NEVER).unwrap();
            done.get_with(soon(), |_| ()).unwrap();
        }
        for (child, pid) in children {
            assert_eq!(reap(pid), Ended::Exited(0));
            session.child_ended(child).unwrap();
        }
        session.heals() - healed
    });
    audit(&session);
}

#[test]
fn memory_and_descriptors_are_waited_for_together() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let sources = [
            Source::Descriptor(reader.as_raw_fd()),
            Source::Queue(queue.clone()),
        ];
        let short = Deadline::after(Duration::from_millis(3));
        let idle = wait_ready(&session, &sources, short).unwrap();
        assert_eq!(idle, [false, false]);
        let word = wait_ready(&session, &sources, soon()).unwrap();
        assert_eq!(word, [false, true]);
        assert!(crate::sys::process::has_one_thread());
        queue.get_with(Deadline::NOW, |_| ()).unwrap();
        writer.write_all(b"x").unwrap();
        let descriptor = wait_ready(&session, &sources, soon()).unwrap();
        assert_eq!(descriptor, [true, false]);
        drop(reader);
        exit_now(i32::from(wait_ready(&session, &sources, soon()).is_ok()));
    });
    sleep_us(20_000);
    queue.put(b"x", &[], Deadline::NEVER).unwrap();
    assert_eq!(reap(pid), Ended::Exited(0));
    session.child_ended(child).unwrap();
    audit(&session);
}

#[test]
fn a_death_wakes_who_waits_for_a_pipe_and_others() {
    let session = session(16);
    let (a, b) = pipe(&session, true).unwrap();
    let queue = Queue::create(&session, 0).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        b.send(&[b"here"], &[]).unwrap();
        sleep_us(60_000_000);
    });
    drop(b);
    a.receive(soon(), |_| ()).unwrap();
    kill_and_reap(pid);
    let sources = [Source::Queue(queue), Source::Pipe(a.clone())];
    let ready = wait_ready(&session, &sources, soon()).unwrap();
    assert_eq!(ready, [false, true]);
    session.child_ended(child).unwrap();
    drop((a, sources));
    audit(&session);
}
