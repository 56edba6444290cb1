//! Waiting until one of several things is ready: a message, the end of a pipe, a descriptor.

use std::io;
use std::os::fd::RawFd;

use super::event::Event;
use super::event_word::EventWord;
use super::failure::WaitError;
use super::pipe::PipeEnd;
use super::queue::Queue;
use super::wait::{wait_by, wait_kind};
use super::watch::Watch;
use crate::shm::{Offset, Session, ShmError};
use crate::sys::clock::Deadline;
use crate::sys::readiness;

/// The object of a wait for several things, all of them in the session.
pub(super) const IN_SESSION: Offset = Offset(1);

/// Something that becomes ready.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// When there is a message.
    Queue(Queue),
    /// When there is room for a message.
    Room(Queue),
    /// When it is set.
    Event(Event),
    /// When there is a message, or the end; an end that only writes, when nobody reads any more.
    Pipe(PipeEnd),
    /// When it is readable, or at its end.
    Descriptor(RawFd),
}

/// Why a wait for several things ended without any of them.
#[derive(Debug)]
pub(crate) enum ReadyError {
    /// The process inherited an end of a pipe by fork, but was not given it.
    NotGiven,
    /// Only pipes are waited for, and only this process has their other ends, and its only thread is the one that would wait.
    OnlyOneself,
    /// The session was asked to stop, or the user pressed Ctrl-C.
    Interrupted,
    /// A descriptor cannot be waited for.
    Descriptor(io::Error),
    /// The session could not serve the operation.
    Session(ShmError),
}

impl Source {
    fn is_ready(&self) -> bool {
        match self {
            Source::Queue(queue) => !queue.is_empty(),
            Source::Room(queue) => !queue.is_full(),
            Source::Event(event) => event.is_set(),
            Source::Pipe(end) => end.is_ready(),
            Source::Descriptor(_) => false,
        }
    }

    /// Returns whether anybody but the calling thread can make it ready.
    fn is_hopeful(&self) -> bool {
        match self {
            Source::Pipe(end) => end.is_hopeful(),
            _ => true,
        }
    }

    fn event(&self) -> Option<&EventWord> {
        match self {
            Source::Queue(queue) => Some(queue.not_empty()),
            Source::Room(queue) => Some(queue.not_full()),
            Source::Event(event) => Some(event.changed()),
            Source::Pipe(end) => end.event(),
            Source::Descriptor(_) => None,
        }
    }

    fn descriptor(&self) -> Option<RawFd> {
        match self {
            Source::Descriptor(descriptor) => Some(*descriptor),
            _ => None,
        }
    }
}

/// Waits until one of the sources is ready, or until `deadline`, and returns which of them are.
pub(crate) fn wait_ready(
    session: &Session,
    sources: &[Source],
    deadline: Deadline,
) -> Result<Vec<bool>, ReadyError> {
    let given = |source: &Source| match source {
        Source::Pipe(end) => end.handle().is_held(),
        _ => true,
    };
    if !sources.iter().all(given) {
        return Err(ReadyError::NotGiven);
    }
    let hope = || match deadline.is_never() && !sources.iter().any(Source::is_hopeful) {
        true => Err(Ended::OnlyOneself),
        false => Ok(()),
    };
    let descriptors: Vec<_> = sources.iter().filter_map(Source::descriptor).collect();
    let thread = session.thread()?;
    let events: Vec<_> = sources.iter().filter_map(Source::event).collect();
    let object = match descriptors.is_empty() {
        true => IN_SESSION,
        false => Offset::NONE,
    };
    let mut watch = Watch::new(session, thread, &events).with_descriptors(&descriptors);
    let waited = wait_by(
        session,
        thread,
        (wait_kind::READY, object),
        &mut watch,
        deadline,
        // What is wrong with a descriptor is said below.
        || flags(sources, &descriptors).map_or(true, |flags| flags.contains(&true)),
        hope,
    );
    watch.pass_on();
    match waited {
        Ok(()) | Err(Ended::Waiting(WaitError::TimedOut)) => {
            flags(sources, &descriptors).map_err(ReadyError::Descriptor)
        }
        Err(Ended::OnlyOneself) => Err(ReadyError::OnlyOneself),
        Err(Ended::Waiting(WaitError::Interrupted)) => Err(ReadyError::Interrupted),
        Err(Ended::Waiting(WaitError::Session(error))) => Err(error.into()),
    }
}

/// Returns which sources are ready.
fn flags(sources: &[Source], descriptors: &[RawFd]) -> io::Result<Vec<bool>> {
    let mut readable = if descriptors.is_empty() {
        Vec::new()
    } else {
        readiness::readable(descriptors)?
    }
    .into_iter();
    let flag = |source: &Source| match source {
        Source::Descriptor(_) => readable.next().unwrap_or(false),
        source => source.is_ready(),
    };
    Ok(sources.iter().map(flag).collect())
}

/// Why a wait ended without anything being ready.
enum Ended {
    Waiting(WaitError),
    OnlyOneself,
}

impl From<WaitError> for Ended {
    fn from(error: WaitError) -> Ended {
        Ended::Waiting(error)
    }
}

impl From<ShmError> for ReadyError {
    fn from(error: ShmError) -> ReadyError {
        ReadyError::Session(error)
    }
}
