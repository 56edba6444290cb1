//! Waiting until one of several things is ready: a message, the end of a pipe, a descriptor.

use std::io;
use std::os::fd::RawFd;

use super::event_word::EventWord;
use super::failure::WaitError;
use super::pipe::PipeEnd;
use super::queue::Queue;
use super::wait::{wait_by, wait_kind};
use super::watch::Watch;
use crate::shm::{Offset, Session, ShmError};
use crate::sys::clock::Deadline;
use crate::sys::readiness;

/// Something that becomes ready.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// When there is a message.
    Queue(Queue),
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
    /// The session was told to stop, or the user pressed Ctrl-C.
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
            Source::Pipe(end) => end.is_ready(),
            Source::Descriptor(_) => false,
        }
    }

    fn event(&self) -> Option<&EventWord> {
        match self {
            Source::Queue(queue) => Some(queue.not_empty()),
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

/// Wait until one of the sources is ready, or until `deadline`; which of them are.
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
    let descriptors: Vec<_> = sources.iter().filter_map(Source::descriptor).collect();
    let thread = session.thread()?;
    let events: Vec<_> = sources.iter().filter_map(Source::event).collect();
    let mut watch = Watch::new(session, thread, &events).with_descriptors(&descriptors);
    let waited = wait_by(
        session,
        thread,
        (wait_kind::READY, Offset::NONE),
        &mut watch,
        deadline,
        // What is wrong with a descriptor is said below.
        || flags(sources, &descriptors).map_or(true, |flags| flags.contains(&true)),
        || Ok(()),
    );
    watch.pass_on();
    match waited {
        Ok(()) | Err(WaitError::TimedOut) => {
            flags(sources, &descriptors).map_err(ReadyError::Descriptor)
        }
        Err(WaitError::Interrupted) => Err(ReadyError::Interrupted),
        Err(WaitError::Session(error)) => Err(error.into()),
    }
}

/// Which sources are ready.
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

impl From<ShmError> for ReadyError {
    fn from(error: ShmError) -> ReadyError {
        ReadyError::Session(error)
    }
}
