//! Where waits and holders are in the script.

use super::{enter_as_child, session, soon};
use crate::shm::Segment;
use crate::sync::{
    Caller, Deadline, Mutex, Session, SourceLine, called_by, called_by_nobody, wait_kind,
};
use crate::sys::testing::{kill_and_reap, sleep_us};

struct Script(&'static str, u16);

impl Caller for Script {
    fn position(&self) -> (Option<&str>, u16) {
        (Some(self.0), self.1)
    }

    fn shown(&self, file: &str) -> String {
        format!("shown {file}")
    }
}

fn line(file: &str, line: u16) -> Option<SourceLine> {
    Some(SourceLine {
        file: Some(file.into()),
        line,
    })
}

fn acquired_at(lock: &Mutex, segment: &Segment) -> Option<SourceLine> {
    segment.source_line(lock.owner().unwrap().acquired_at)
}

fn waiting_at(session: &Session) -> Option<SourceLine> {
    loop {
        let threads = session.threads();
        let of_acquire = |wait: Option<crate::sync::Wait>| {
            wait.is_some_and(|wait| wait.kind == wait_kind::ACQUIRE)
        };
        if let Some(thread) = threads.iter().find(|thread| of_acquire(thread.wait)) {
            return session.segment().source_line(thread.wait_site);
        }
        sleep_us(1000);
    }
}

#[test]
fn another_process_knows_the_line_of_a_holder_and_of_a_waiter_also_after_they_were_killed() {
    let session = session(16);
    let segment = session.segment();
    let lock = Mutex::create(&session).unwrap();
    let (_, holder) = enter_as_child(&session, || {
        called_by(&Script("a.rhai", 7), || lock.acquire(soon()).unwrap());
        sleep_us(20_000_000);
    });
    while lock.owner().is_none() || acquired_at(&lock, segment).is_none() {
        sleep_us(1000);
    }
    assert_eq!(acquired_at(&lock, segment), line("shown a.rhai", 7));
    let (_, waiter) = enter_as_child(&session, || {
        let _ = called_by(&Script("b.rhai", 65_535), || lock.acquire(soon()));
    });
    assert_eq!(waiting_at(&session), line("shown b.rhai", 65_535));
    kill_and_reap(waiter);
    kill_and_reap(holder);
    assert_eq!(acquired_at(&lock, segment), line("shown a.rhai", 7));
}

#[test]
fn an_inner_call_does_not_outlast_itself_and_a_copy_of_the_process_can_forget_the_outer_one() {
    let session = session(16);
    let segment = session.segment();
    let lock = Mutex::create(&session).unwrap();
    let take = || {
        lock.acquire(Deadline::NOW).unwrap();
        let site = acquired_at(&lock, segment);
        lock.release().unwrap();
        site
    };
    assert_eq!(take(), None);
    called_by(&Script("a.rhai", 1), || {
        assert_eq!(take(), line("shown a.rhai", 1));
        assert_eq!(
            called_by(&Script("b.rhai", 2), take),
            line("shown b.rhai", 2)
        );
        assert_eq!(called_by_nobody(take), None);
        let thrown = std::panic::catch_unwind(|| {
            called_by(&Script("c.rhai", 3), || {
                std::panic::resume_unwind(Box::new(()))
            })
        });
        assert!(thrown.is_err());
        assert_eq!(take(), line("shown a.rhai", 1));
    });
    assert_eq!(take(), None);
}

#[test]
fn a_long_name_keeps_its_end_and_a_full_table_its_lines() {
    let session = session(16);
    let segment = session.segment();
    let lock = Mutex::create(&session).unwrap();
    let take = |file: String, at: u16| {
        let file: &'static str = file.leak();
        called_by(&Script(file, at), || lock.acquire(Deadline::NOW).unwrap());
        let site = acquired_at(&lock, segment).unwrap();
        lock.release().unwrap();
        (site.file, site.line)
    };
    let (long, _) = take("é".repeat(300) + "z", 1);
    assert_eq!(long, Some("é".repeat(123) + "z"));
    for number in 1..128 {
        let (file, _) = take(format!("{number}.rhai"), 1);
        assert_eq!(file, Some(format!("shown {number}.rhai")));
    }
    assert_eq!(take("one too many".into(), 9), (None, 9));
    assert_eq!(take("5.rhai".into(), 3), (Some("shown 5.rhai".into()), 3));
}
