//! A connection to a server: a socket of our own under the protocol's encoder and parser.
//!
//! A wait can be broken off at any point, and the connection is closed then. So no answer is ever taken for that of another request.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use redis::{ConnectionLike, Parser, RedisError, RedisResult, Value};

use super::caller::Caller;
use super::channel::Channel;
use super::endpoint::{Address, Endpoint};
use super::fault::{Fault, Refusal, STOPPED, UNTRUSTED};
#[cfg(feature = "redis-tls")]
use super::tls::Tls;
use crate::sys::clock::HEARTBEAT;
use crate::sys::socket::{Domain, Interest, SockAddr, Socket, Type, resolve};

/// How long connecting to one address may take.
const CONNECTING: Duration = Duration::from_secs(3);

/// How long the server may take to answer what it does not wait with.
const ANSWER: Duration = Duration::from_secs(10);

/// Bytes that are read at once.
const BUFFER: usize = 64 << 10;

/// A connection.
pub(super) struct Wire {
    channel: Channel,
    parser: Parser,
    buffer: Vec<u8>,
    /// The part of the buffer that the parser has not had.
    unread: std::ops::Range<usize>,
    is_open: bool,
    /// How many answers have come.
    answers: u64,
}

/// A connection in the hands of somebody who waits for its answers.
pub(super) struct Talk<'a> {
    pub wire: &'a mut Wire,
    pub caller: &'a dyn Caller,
    /// How long the next answers may take.
    patience: Duration,
    /// … and when none counts any more.
    give_up_at: Option<Instant>,
}

impl Wire {
    /// Connects to the first address of the server that answers.
    ///
    /// # Errors
    /// None does, or the caller has to stop.
    pub(super) fn connect(
        endpoint: &Endpoint,
        caller: &dyn Caller,
        give_up_at: Option<Instant>,
    ) -> Result<Self, Fault> {
        let addresses: Vec<(Domain, SockAddr)> = match endpoint.address() {
            Address::Unix(path) => vec![(Domain::UNIX, SockAddr::unix(path)?)],
            Address::Tcp(host, port) => resolve(&host, port)?
                .into_iter()
                .map(|address| (Domain::for_address(address), address.into()))
                .collect(),
        };
        let mut last = io::Error::other("its name has no address").into();
        for (domain, address) in addresses {
            let channel = connected(domain, &address, caller, give_up_at)
                .and_then(|socket| secured(socket, endpoint, caller, give_up_at));
            match channel {
                Ok(channel) => return Ok(Self::over(channel)),
                Err(why @ (Fault::Interrupted | Fault::Refused(..))) => return Err(why),
                Err(why) => last = why,
            }
        }
        Err(last)
    }

    fn over(channel: Channel) -> Self {
        Self {
            channel,
            parser: Parser::new(),
            buffer: vec![0; BUFFER],
            unread: 0..0,
            is_open: true,
            answers: 0,
        }
    }

    pub(super) fn answers(&self) -> u64 {
        self.answers
    }

    pub(super) fn talk<'a>(
        &'a mut self,
        caller: &'a dyn Caller,
        give_up_at: Option<Instant>,
    ) -> Talk<'a> {
        Talk {
            wire: self,
            caller,
            patience: ANSWER,
            give_up_at,
        }
    }
}

/// What the parser reads: the rest of the buffer, then the channel.
struct Source<'a> {
    channel: &'a mut Channel,
    buffer: &'a mut [u8],
    unread: &'a mut std::ops::Range<usize>,
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.unread.start == self.unread.end {
            let count = self.channel.receive_into(self.buffer)?;
            *self.unread = 0..count;
        }
        let count = out.len().min(self.unread.len());
        let from = self.unread.start;
        out[..count].copy_from_slice(&self.buffer[from..from + count]);
        self.unread.start += count;
        Ok(count)
    }
}

fn connected(
    domain: Domain,
    address: &SockAddr,
    caller: &dyn Caller,
    give_up_at: Option<Instant>,
) -> Result<Socket, Fault> {
    let socket = Socket::new(domain, Type::STREAM, 0)?;
    if !socket.connect(address)? {
        let end = end(CONNECTING, give_up_at);
        wait(&socket, Interest::Write, end, caller)?;
    }
    socket.connected()?;
    if domain != Domain::UNIX {
        socket.send_at_once()?;
    }
    Ok(socket)
}

/// Puts TLS around a socket, if the URL says so.
fn secured(
    socket: Socket,
    endpoint: &Endpoint,
    caller: &dyn Caller,
    give_up_at: Option<Instant>,
) -> Result<Channel, Fault> {
    #[cfg(feature = "redis-tls")]
    if let (Some(files), Address::Tcp(host, _)) = (endpoint.tls(), endpoint.address()) {
        let mut tls = Box::new(Tls::new(socket, &host, files)?);
        let end = end(CONNECTING, give_up_at);
        while let Some(interest) = tls.shake_hands()? {
            let waited = wait(tls.socket(), interest, end, caller);
            waited.map_err(|why| match why {
                Fault::Broken(_) => {
                    let why = "it does not answer by TLS: the URL of a port without TLS begins with redis://";
                    Fault::Broken(why.into())
                }
                other => other,
            })?;
        }
        return Ok(Channel::Tls(tls));
    }
    // An endpoint has no TLS where there is none.
    let _ = (endpoint, caller, give_up_at);
    Ok(Channel::Plain(socket))
}

/// Returns when this time is over, or nothing counts any more.
fn end(time: Duration, give_up_at: Option<Instant>) -> Instant {
    let end = Instant::now() + time;
    give_up_at.map_or(end, |give_up_at| give_up_at.min(end))
}

/// Waits until the socket is ready. When the time is up, it does not count that it is: a server could send a byte now and then.
fn wait(
    socket: &Socket,
    interest: Interest,
    end: Instant,
    caller: &dyn Caller,
) -> Result<(), Fault> {
    loop {
        if caller.has_to_stop() {
            return Err(Fault::Interrupted);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Fault::Broken("it does not answer".into()));
        }
        if socket.wait(interest, left.min(HEARTBEAT))? {
            return Ok(());
        }
    }
}

impl Talk<'_> {
    /// The server may take this much longer for its next answers, because it waits with them.
    pub(super) fn waiting(&mut self, time: Duration) -> &mut Self {
        self.patience = time + ANSWER;
        self
    }

    fn end(&self, patience: Duration) -> Instant {
        end(patience, self.give_up_at)
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut rest = bytes;
        loop {
            let channel = &mut self.wire.channel;
            let sent = match rest.is_empty() {
                false => channel.send(rest),
                true => channel.flush().map(|()| 0),
            };
            match sent {
                Ok(0) if rest.is_empty() => return Ok(()),
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let end = self.end(ANSWER);
                    let socket = self.wire.channel.socket();
                    wait(socket, Interest::Write, end, self.caller)?;
                }
                Err(error) => return Err(channel.take_fault().unwrap_or_else(|| error.into())),
            }
        }
    }

    fn receive(&mut self) -> RedisResult<Value> {
        let mut end = self.end(self.patience);
        loop {
            let wire = &mut *self.wire;
            let source = Source {
                channel: &mut wire.channel,
                buffer: &mut wire.buffer,
                unread: &mut wire.unread,
            };
            match wire.parser.parse_value(source) {
                Err(error) if error.is_timeout() => {
                    let socket = wire.channel.socket();
                    wait(socket, Interest::Read, end, self.caller).map_err(as_error)?;
                    // A long answer may take its time, as long as some of it comes.
                    end = end.max(self.end(ANSWER));
                }
                Err(error) => return Err(self.explained(error)),
                received => {
                    wire.answers += 1;
                    return received;
                }
            }
        }
    }

    /// Returns what is known about an error beyond its text.
    fn explained(&mut self, error: RedisError) -> RedisError {
        let channel = &mut self.wire.channel;
        if let Some(fault) = channel.take_fault() {
            return as_error(fault);
        }
        let may_be_tls = channel.is_plain() && error.is_io_error() && self.wire.answers == 0;
        match may_be_tls {
            true => io::Error::other(format!(
                "it closes the connection without an answer ({error}), as a port with TLS does, whose URL begins with rediss://"
            ))
            .into(),
            false => error,
        }
    }

    /// Notes that the connection cannot be used any more when something other than an answer came.
    fn checked<T>(&mut self, result: RedisResult<T>) -> RedisResult<T> {
        if result.is_err() {
            self.wire.is_open = false;
        }
        result
    }
}

fn as_error(fault: Fault) -> RedisError {
    match fault {
        Fault::Interrupted => redis::make_extension_error(STOPPED.into(), None),
        Fault::Broken(why) => io::Error::other(why).into(),
        Fault::Refused(Refusal::Login, why) => {
            redis::make_extension_error(UNTRUSTED.into(), Some(why))
        }
        other => io::Error::other(other.to_string()).into(),
    }
}

impl ConnectionLike for Talk<'_> {
    fn req_packed_command(&mut self, command: &[u8]) -> RedisResult<Value> {
        let sent = self.send(command).map_err(as_error);
        let answer = sent.and_then(|()| self.receive());
        self.checked(answer)?.extract_error()
    }

    fn req_packed_commands(
        &mut self,
        commands: &[u8],
        offset: usize,
        count: usize,
    ) -> RedisResult<Vec<Value>> {
        let sent = self.send(commands).map_err(as_error);
        let mut answers = Vec::with_capacity(count);
        let received = sent.and_then(|()| {
            for index in 0..offset + count {
                let answer = self.receive()?;
                if index >= offset {
                    answers.push(answer);
                }
            }
            Ok(())
        });
        self.checked(received)?;
        Ok(answers)
    }

    fn get_db(&self) -> i64 {
        0
    }

    fn check_connection(&mut self) -> bool {
        self.wire.is_open
    }

    fn is_open(&self) -> bool {
        self.wire.is_open
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use super::*;
    use crate::remote::caller::Nobody;

    #[test]
    fn a_server_that_sends_a_byte_now_and_then_is_given_up_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut byte = &b"$1000000\r\n"[..];
            while stream.write_all(byte).is_ok() {
                byte = b"x";
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let endpoint = Endpoint::read(&format!("redis://{address}")).unwrap();
        let mut wire = Wire::connect(&endpoint, &Nobody, None).unwrap();
        let began = Instant::now();
        let give_up_at = Some(began + Duration::from_millis(200));
        let answer: RedisResult<Value> =
            redis::cmd("PING").query(&mut wire.talk(&Nobody, give_up_at));
        assert!(answer.unwrap_err().to_string().contains("does not answer"));
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
