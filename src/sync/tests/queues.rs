//! What a queue promises: order, limits, deadlines, tasks done, and memory given back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{audit, enter_as_child, loses_no_wake_up, message, session, soon};
use crate::shm::{Offset, ShmError};
use crate::sync::Message;
use crate::sync::failure::TooManyDone;
use crate::sync::{Deadline, Mutex, PutError, Queue, WaitError};
use crate::sys::clock::now_ns;
use crate::sys::testing::{Ended, kill_and_reap, reap, shared_words, signal, sleep_us};

#[test]
fn a_bounded_queue_is_full_and_an_empty_one_empty() {
    let session = session(16);
    let queue = Queue::create(&session, 2).unwrap();
    assert!(queue.is_empty() && !queue.is_full() && queue.capacity() == 2);
    assert!(matches!(
        queue.get_with(Deadline::NOW, |_| ()),
        Err(WaitError::TimedOut)
    ));
    queue.put(b"a", &[], Deadline::NOW).unwrap();
    queue.put(b"b", &[], Deadline::NOW).unwrap();
    assert!(queue.is_full() && queue.len() == 2);
    assert!(matches!(
        queue.put(b"c", &[], Deadline::NOW),
        Err(PutError::Full)
    ));
    let deadline = Deadline::after(Duration::from_millis(5));
    assert!(matches!(
        queue.put(b"c", &[], deadline),
        Err(PutError::Full)
    ));
    assert!(now_ns() >= deadline.as_ns());
    assert!(matches!(
        queue.put(&message(1, 50_000), &[], deadline),
        Err(PutError::Full)
    ));
    let mut all = Vec::new();
    let got = queue.get_many_with(10, Deadline::NOW, |Message { bytes, .. }| {
        all.extend_from_slice(bytes)
    });
    assert_eq!((got.unwrap(), &all[..]), (2, &b"ab"[..]));
    let deadline = Deadline::after(Duration::from_millis(5));
    assert!(matches!(
        queue.get_with(deadline, |_| ()),
        Err(WaitError::TimedOut)
    ));
    assert!(now_ns() >= deadline.as_ns());
    drop(queue);
    audit(&session);
}

#[test]
fn a_batch_goes_through_a_queue_smaller_than_itself() {
    let session = session(16);
    let queue = Queue::create(&session, 3).unwrap();
    let messages: Vec<Vec<u8>> = (0..500)
        .map(|id| message(id, if id % 50 == 0 { 10_000 } else { 20 }))
        .collect();
    let slices: Vec<_> = messages.iter().map(|one| Message::plain(one)).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| queue.put_many(&slices, Deadline::NEVER).unwrap());
        let mut got = Vec::new();
        while got.len() < messages.len() {
            queue
                .get_many_with(7, soon(), |Message { bytes, .. }| got.push(bytes.to_vec()))
                .unwrap();
        }
        assert!(got == messages);
    });
    let (put, error) = queue.put_many(&slices, Deadline::NOW).unwrap_err();
    assert!(put == 3 && matches!(error, PutError::Full));
    assert_eq!(session.heals(), 0);
}

#[test]
fn producers_and_consumers_in_processes_and_threads_lose_nothing() {
    for capacity in [0, 5] {
        loses_no_wake_up(|| messages_go_through(capacity));
    }
}

/// Processes and threads put and get through one queue; how many waits were healed.
fn messages_go_through(capacity: usize) -> u64 {
    let session = session(64);
    let queue = Queue::create(&session, capacity).unwrap();
    let sums = shared_words(2);
    let (per_producer, per_consumer) = (20_000_u64, 20_000_u64);
    let produce = || {
        for number in 0..per_producer {
            queue
                .put(&number.to_le_bytes(), &[], Deadline::NEVER)
                .unwrap();
        }
    };
    let consume = || {
        for _ in 0..per_consumer {
            let number = queue
                .get_with(soon(), |Message { bytes, .. }| {
                    u64::from_le_bytes(bytes.try_into().unwrap())
                })
                .unwrap();
            sums[0].fetch_add(number, Ordering::Relaxed);
        }
    };
    let children = [
        enter_as_child(&session, produce),
        enter_as_child(&session, consume),
        enter_as_child(&session, consume),
    ];
    std::thread::scope(|scope| {
        scope.spawn(produce);
        scope.spawn(produce);
        scope.spawn(consume);
    });
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    let expected = 3 * (per_producer - 1) * per_producer / 2;
    assert_eq!(sums[0].load(Ordering::Relaxed), expected);
    audit(&session);
    session.heals()
}

#[test]
fn a_put_waits_for_room_and_a_get_for_a_message() {
    let session = session(16);
    let queue = Queue::create(&session, 1).unwrap();
    queue.put(b"first", &[], Deadline::NOW).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| queue.put(b"second", &[], soon()).unwrap());
        while session.threads().iter().all(|thread| thread.wait.is_none()) {
            sleep_us(100);
        }
        queue
            .get_with(soon(), |Message { bytes, .. }| assert_eq!(bytes, b"first"))
            .unwrap();
        queue
            .get_with(soon(), |Message { bytes, .. }| assert_eq!(bytes, b"second"))
            .unwrap();
        let getter = scope.spawn(|| {
            queue
                .get_with(soon(), |message| message.bytes.to_vec())
                .unwrap()
        });
        while session.threads().iter().all(|thread| thread.wait.is_none()) {
            sleep_us(100);
        }
        queue.put(b"third", &[], Deadline::NOW).unwrap();
        assert_eq!(getter.join().unwrap(), b"third");
    });
    assert_eq!(session.heals(), 0);
}

#[test]
fn handles_travel_and_keep_their_objects() {
    let session = session(16);
    let before = session.memory().live_blocks;
    let queue = Queue::create(&session, 0).unwrap();
    let lock = Mutex::create(&session).unwrap();
    let place = lock.handle().offset();
    queue
        .put(&place.0.to_le_bytes(), &[place], Deadline::NOW)
        .unwrap();
    drop(lock);
    let lock = queue
        .get_with(Deadline::NOW, |Message { bytes, .. }| {
            let place = Offset(u64::from_le_bytes(bytes.try_into().unwrap()));
            Mutex::open(&session, place).unwrap()
        })
        .unwrap();
    lock.acquire(Deadline::NOW).unwrap();
    audit(&session);
    drop(lock);
    assert!(matches!(
        Mutex::open(&session, place),
        Err(ShmError::NoSuchObject(_))
    ));
    let gone = queue.put(b"", &[place], Deadline::NOW);
    assert!(matches!(
        gone,
        Err(PutError::Session(ShmError::NoSuchObject(_)))
    ));
    drop(queue);
    assert_eq!(session.memory().live_blocks, before);
    audit(&session);
}

#[test]
fn a_message_read_within_the_reading_of_another_is_fine() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    for id in 0..6 {
        let size = if id % 2 == 0 { 20_000 } else { 30 };
        queue.put(&message(id, size), &[], Deadline::NOW).unwrap();
    }
    let get = |id: u64, bytes: &[u8]| assert!(bytes == message(id, bytes.len()));
    queue
        .get_with(Deadline::NOW, |outer| {
            queue
                .get_with(Deadline::NOW, |inner| {
                    queue
                        .get_with(Deadline::NOW, |innermost| get(2, innermost.bytes))
                        .unwrap();
                    queue.put(&message(6, 20_000), &[], Deadline::NOW).unwrap();
                    get(1, inner.bytes);
                })
                .unwrap();
            get(0, outer.bytes);
        })
        .unwrap();
    for id in 3..7 {
        queue
            .get_with(Deadline::NOW, |Message { bytes, .. }| get(id, bytes))
            .unwrap();
    }
    drop(queue);
    audit(&session);
}

#[test]
fn a_reader_that_panics_gives_its_message_back() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    queue.put(&message(0, 20_000), &[], Deadline::NOW).unwrap();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            queue
                .get_with(Deadline::NOW, |_| std::panic::resume_unwind(Box::new(())))
                .unwrap()
        });
        assert!(reader.join().is_err());
    });
    drop(queue);
    audit(&session);
}

#[test]
fn join_returns_when_every_task_is_done() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    assert_eq!(queue.task_done(), Err(TooManyDone));
    queue.join(Deadline::NOW).unwrap();
    for _ in 0..3 {
        queue.put(b"task", &[], Deadline::NOW).unwrap();
    }
    assert!(matches!(
        queue.join(Deadline::NOW),
        Err(WaitError::TimedOut)
    ));
    std::thread::scope(|scope| {
        let joiner = scope.spawn(|| queue.join(soon()));
        for left in (0..3).rev() {
            queue.get_with(Deadline::NOW, |_| ()).unwrap();
            queue.task_done().unwrap();
            assert_eq!(queue.unfinished(), left);
        }
        joiner.join().unwrap().unwrap();
    });
    assert_eq!(queue.task_done(), Err(TooManyDone));
    assert_eq!(session.heals(), 0);
}

#[test]
fn running_out_of_memory_is_an_error_that_passes() {
    let session = session(4);
    let queue = Queue::create(&session, 0).unwrap();
    let mut put = 0;
    let error = loop {
        match queue.put(&message(put, 100_000), &[], Deadline::NOW) {
            Ok(()) => put += 1,
            Err(error) => break error,
        }
    };
    assert!(put > 20 && matches!(error, PutError::OutOfMemory { quota, .. } if quota == 4 << 20));
    let impossible = queue.put(&vec![0; 5 << 20], &[], Deadline::NOW);
    assert!(matches!(impossible, Err(PutError::OutOfMemory { .. })));
    for id in 0..put {
        queue
            .get_with(Deadline::NOW, |Message { bytes, .. }| {
                assert!(bytes == message(id, 100_000))
            })
            .unwrap();
    }
    // What smaller messages took is there for larger ones, and the other way round.
    for size in [1_000_000, 10, 2_000_000, 50_000, 300_000] {
        queue.put(&message(1, size), &[], Deadline::NOW).unwrap();
        queue
            .get_with(Deadline::NOW, |Message { bytes, .. }| {
                assert!(bytes == message(1, size))
            })
            .unwrap();
    }
    audit(&session);
    drop(queue);
    audit(&session);
    let memory = session.memory();
    assert!(memory.committed <= memory.quota);
}

#[test]
fn a_drained_queue_gives_its_memory_back() {
    let session = session(128);
    let queue = Queue::create(&session, 0).unwrap();
    for id in 0..60 {
        queue
            .put(&message(id, 1 << 20), &[], Deadline::NOW)
            .unwrap();
    }
    let full = session.memory().committed;
    assert!(full > 60 << 20);
    for id in 0..60 {
        queue
            .get_with(Deadline::NOW, |Message { bytes, .. }| {
                assert!(bytes == message(id, 1 << 20))
            })
            .unwrap();
    }
    let drained = session.memory().committed;
    assert!(drained < full / 2, "{drained} bytes kept of {full}");
    audit(&session);
}

/// A process stopped inside a critical section keeps others out, but not for longer than they asked for.
#[test]
fn deadlines_hold_while_another_process_is_stopped_inside_the_queue() {
    let session = session(16);
    let queue = Queue::create(&session, 0).unwrap();
    let (child, pid) = enter_as_child(&session, || {
        loop {
            queue.put(b"more", &[], Deadline::NEVER).unwrap();
            queue.get_with(Deadline::NEVER, |_| ()).unwrap();
        }
    });
    // Wherever it is stopped: operations end, with a result or without.
    for _ in 0..20 {
        sleep_us(500);
        signal(pid, 19);
        let deadline = Deadline::after(Duration::from_millis(1));
        let _ = queue.put(b"mine", &[], deadline);
        let _ = queue.get_with(deadline, |_| ());
        signal(pid, 18);
    }
    kill_and_reap(pid);
    session.child_ended(child).unwrap();
    while queue.get_with(Deadline::NOW, |_| ()).is_ok() {}
    audit(&session);
}

#[test]
fn a_queue_stopped_by_its_session_says_so() {
    let session = session(16);
    let queue = Queue::create(&session, 1).unwrap();
    session.stop_flag().store(true, Ordering::SeqCst);
    assert!(matches!(
        queue.get_with(Deadline::NEVER, |_| ()),
        Err(WaitError::Interrupted)
    ));
    queue.put(b"fits", &[], Deadline::NEVER).unwrap();
    assert!(matches!(
        queue.put(b"x", &[], Deadline::NEVER),
        Err(PutError::Interrupted)
    ));
    assert!(matches!(
        queue.join(Deadline::NEVER),
        Err(WaitError::Interrupted)
    ));
}
