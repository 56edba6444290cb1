//! A connection over a socket: whole messages, as Python's `multiprocessing.connection` sends them.

use std::net::Shutdown;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use crate::script::{Exception, Failure, Interp, memory, os_failure, raise, raise_bare};
use crate::stdlib::socket::connection::Socket;
use crate::sync::wait_kind;
use crate::sys::random;
use crate::sys::socket::Interest;
use crate::wire::challenge::{self, Challenge};
use crate::wire::frame::{self, Head};

/// How many bytes are received at a time.
const CHUNK: usize = 1 << 20;

/// The longest message that is copied, so that it is sent in one piece with its length.
const COPIED_MAX: usize = 64 << 10;

/// How long the other side may take to show that it knows the key.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a thread looks whether another one has finished with the connection.
const LOOK: Duration = Duration::from_millis(1);

const REJECTED: &str = "digest sent was rejected";
const WRONG: &str = "digest received was wrong";

/// A connection over a socket.
#[derive(Debug)]
pub(super) struct Stream {
    socket: Socket,
    /// The beginning of a message whose reception was interrupted.
    incoming: Mutex<Vec<u8>>,
    /// Held while a message is sent.
    outgoing: Mutex<()>,
}

impl Stream {
    pub(super) fn new(socket: Socket) -> Self {
        if let Some(kernel) = socket.kernel_if_open() {
            // A message is complete: waiting for more to send along would only delay it. A Unix socket has no such option.
            let _ = kernel.send_at_once();
        }
        Self {
            socket,
            incoming: Mutex::default(),
            outgoing: Mutex::default(),
        }
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Sends a message, given in pieces.
    ///
    /// # Errors
    /// `BrokenPipeError`, or what else the system says; the script has to stop.
    pub(super) fn send(&self, interp: &Interp, pieces: &[&[u8]]) -> Result<(), Failure> {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let head = frame::head(length as u64);
        let _turn = turn(interp, &self.outgoing)?;
        let mut is_begun = false;
        let sent = if length <= COPIED_MAX {
            let whole = [&[head.as_slice()], pieces].concat().concat();
            self.send_all(interp, &whole, &mut is_begun)
        } else {
            let mut all = std::iter::once(&*head).chain(pieces.iter().copied());
            all.try_for_each(|piece| self.send_all(interp, piece, &mut is_begun))
        };
        if sent.is_err() && is_begun {
            // Whatever came next would be taken for the rest of this message.
            let _ = self
                .socket
                .kernel()
                .map(|kernel| kernel.shutdown(Shutdown::Both));
        }
        sent
    }

    fn send_all(
        &self,
        interp: &Interp,
        mut bytes: &[u8],
        is_begun: &mut bool,
    ) -> Result<(), Failure> {
        while !bytes.is_empty() {
            let sent = self
                .socket
                .when_ready(interp, Interest::Write, |kernel| kernel.send(bytes))?;
            *is_begun |= sent > 0;
            bytes = &bytes[sent..];
        }
        Ok(())
    }

    /// Receives a message, which has at most `most` bytes.
    ///
    /// # Errors
    /// `EOFError` at the end, `OSError` for a message that is too long or not whole; the script has to stop.
    pub(super) fn receive(&self, interp: &Interp, most: u64) -> Result<Vec<u8>, Failure> {
        let mut incoming = turn(interp, &self.incoming)?;
        loop {
            let needed = match frame::read_head(&incoming) {
                Head::Wrong => return Err(bad_length()),
                Head::Incomplete(needed) => needed as u64,
                Head::Complete(_, length) if length > most => return Err(bad_length()),
                Head::Complete(start, length) => {
                    let whole = (start as u64).saturating_add(length);
                    if incoming.len() as u64 == whole {
                        let message = incoming.split_off(start);
                        incoming.clear();
                        return Ok(message);
                    }
                    whole
                }
            };
            let missing = needed.saturating_sub(incoming.len() as u64);
            let size = usize::try_from(missing).unwrap_or(CHUNK).min(CHUNK);
            let bytes = self
                .socket
                .when_ready(interp, Interest::Read, |kernel| kernel.receive(size, 0))?;
            if bytes.is_empty() && incoming.is_empty() {
                return Err(raise_bare("EOFError"));
            }
            if bytes.is_empty() {
                return Err(raise("OSError", "got end of file during message"));
            }
            memory::for_received(incoming.len() + bytes.len())?;
            incoming.extend(bytes);
        }
    }

    /// Returns whether a message has begun that has not been received: one that was too long.
    pub(super) fn has_message(&self) -> bool {
        let incoming = self.incoming.lock();
        !incoming.unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Returns whether something can be received, or the end has come, after at most `timeout`.
    pub(super) fn poll(&self, interp: &Interp, timeout: Option<Duration>) -> Result<bool, Failure> {
        let kernel = self.socket.kernel()?;
        let deadline = timeout.and_then(|time| Instant::now().checked_add(time));
        let ready = interp.wait_for(wait_kind::SOCKET, deadline, |most| {
            let ready = kernel.wait(Interest::Read, most);
            let ready = ready.map_err(os_failure)?;
            Ok(ready.then_some(()))
        });
        match ready {
            Ok(()) => Ok(true),
            Err(error) if Exception::from_error(&error).python_kind() == "TimeoutError" => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Lets both sides show that they know the key: the one that has accepted the connection asks first.
    ///
    /// # Errors
    /// `AuthenticationError`; what the socket says.
    pub(super) fn greet(
        &self,
        interp: &Interp,
        key: &[u8],
        has_accepted: bool,
    ) -> Result<(), Failure> {
        self.socket.set_timeout(Some(PATIENCE));
        let greeted = match has_accepted {
            true => self
                .challenge(interp, key)
                .and_then(|()| self.answer(interp, key)),
            false => self
                .answer(interp, key)
                .and_then(|()| self.challenge(interp, key)),
        };
        self.socket.set_timeout(None);
        greeted
    }

    fn challenge(&self, interp: &Interp, key: &[u8]) -> Result<(), Failure> {
        let mut nonce = [0; challenge::NONCE];
        random::fill(&mut nonce).map_err(os_failure)?;
        let challenge = Challenge::new(nonce);
        self.send(interp, &[&challenge.message()])?;
        let answer = self.receive(interp, challenge::MESSAGE_MAX)?;
        if challenge.is_met_by(&answer, key) {
            return self.send(interp, &[challenge::WELCOME]);
        }
        self.send(interp, &[challenge::FAILURE])?;
        Err(raise("AuthenticationError", WRONG))
    }

    fn answer(&self, interp: &Interp, key: &[u8]) -> Result<(), Failure> {
        let message = self.receive(interp, challenge::MESSAGE_MAX)?;
        let answer = challenge::answer(&message, key).ok_or_else(|| {
            let text = "the other side has sent no challenge that is understood here: it may have no authkey";
            raise("AuthenticationError", text)
        })?;
        self.send(interp, &[&answer])?;
        match self.receive(interp, challenge::MESSAGE_MAX)?.as_slice() {
            challenge::WELCOME => Ok(()),
            _ => Err(raise("AuthenticationError", REJECTED)),
        }
    }
}

fn bad_length() -> Failure {
    raise("OSError", "bad message length")
}

/// Waits until no other thread of this process sends, or receives.
fn turn<'a, T>(interp: &Interp, gate: &'a Mutex<T>) -> Result<MutexGuard<'a, T>, Failure> {
    let try_now = || match gate.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(guard)) => Some(PoisonError::into_inner(guard)),
        Err(TryLockError::WouldBlock) => None,
    };
    if let Some(guard) = try_now() {
        return Ok(guard);
    }
    interp.wait_for(wait_kind::SOCKET, None, |most| {
        std::thread::sleep(most.min(LOOK));
        Ok(try_now())
    })
}
