//! A seed as the process sees it that has started it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::path::Path;
use std::time::{Duration, Instant};

use super::order::Order;
use crate::process::Child;
use crate::process::spawn::{self, SpawnOptions};
use crate::sys::identity::is_undisturbed;
use crate::sys::{descriptors, interrupt, memory, passing, process, signal};

/// How long a seed may take until it is ready, or until it has made the next copy; children are started another way after that.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long it may take to end by itself.
const ENDING: Duration = Duration::from_millis(50);

/// How long a wait is at most deaf to what stops scripts.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// The numbers of the standard streams.
const STREAMS: [RawFd; 3] = [0, 1, 2];

/// A seed of this process, with its spare. Both end when this is dropped.
#[derive(Debug)]
pub(super) struct Seed {
    connection: OwnedFd,
    seed: Child,
    /// The process that has started it: another may be a copy of that.
    parent: i32,
    /// Whether it may still take long, because it did once.
    is_slow: bool,
    /// Whether a child was a copy of it.
    pub was_of_use: bool,
}

/// A copy of the seed that waits for an order.
struct Spare {
    child: Child,
    way: OwnedFd,
}

/// The seed has ended, or was disturbed.
#[derive(Debug)]
pub(super) struct Lost;

impl Seed {
    /// Starts a seed.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn start(
        program: Option<&Path>,
        blueprint: &[u8],
        given: &SpawnOptions<'_>,
    ) -> io::Result<Self> {
        let (here, there) = passing::connection()?;
        let mut file = File::from(memory::create_anonymous_file("procscript-program")?);
        file.write_all(blueprint)?;
        let own = (there.as_fd(), file.as_fd());
        let seed = spawn::spawn_seed(program, given, own, descriptors::inheritable()?)?;
        Ok(Self {
            connection: here,
            seed,
            parent: process::pid(),
            is_slow: false,
            was_of_use: false,
        })
    }

    pub(super) fn pid(&self) -> i32 {
        self.seed.pid()
    }

    /// Starts a child as a copy of the seed. Returns `None` while the seed has none.
    ///
    /// # Errors
    /// [`Lost`]. There is no such child then.
    pub(super) fn copy(
        &mut self,
        given: &SpawnOptions<'_>,
        place: u64,
    ) -> Result<Option<Child>, Lost> {
        // A copy could not take all of it, but a program that is started has it anyway.
        let Ok(order) = Prepared::new(given, place) else {
            return Ok(None);
        };
        self.is_slow = !is_readable(&self.connection, self.patience(PATIENCE));
        if self.is_slow {
            return Ok(None);
        }
        let mut spare = self.spare().map_err(|_| Lost)?;
        // A signal that came before this moment is not for the child.
        let sent = match is_undisturbed(spare.child.pid().unsigned_abs()) {
            true => order.order.send(spare.way.as_fd()),
            false => Err(io::ErrorKind::Interrupted.into()),
        };
        if sent.is_err() {
            kill(&mut spare.child);
            reap(&mut spare.child);
            return Err(Lost);
        }
        self.was_of_use = true;
        // If it has ended, the next start notices it.
        let _ = passing::send(self.connection.as_fd(), &[1], &[]);
        Ok(Some(spare.child))
    }

    /// Returns how long to wait for the seed: not at all after it was slow.
    fn patience(&self, most: Duration) -> Duration {
        match self.is_slow {
            true => Duration::ZERO,
            false => most,
        }
    }

    /// Takes the spares that the seed sends word of until its end, or for at most this time each.
    fn take_spares(&self, most: Duration, spares: &mut Vec<Child>) {
        while is_readable(&self.connection, most) {
            match self.spare() {
                Ok(spare) => spares.push(spare.child),
                Err(_) => break,
            }
        }
    }

    /// Takes the spare that the seed has made.
    fn spare(&self) -> io::Result<Spare> {
        let mut pid = [0; size_of::<i32>()];
        let (length, ways) = passing::receive(self.connection.as_fd(), &mut pid)?;
        let way = ways.into_iter().next();
        let way = way.filter(|_| length == pid.len());
        Ok(Spare {
            way: way.ok_or(io::ErrorKind::UnexpectedEof)?,
            child: Child::watch(i32::from_ne_bytes(pid))?,
        })
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        if self.parent != process::pid() {
            return;
        }
        let mut spares = Vec::new();
        // It may be in the middle of making a spare, of which it still sends word.
        if passing::finish(self.connection.as_fd()).is_ok() {
            self.take_spares(self.patience(ENDING), &mut spares);
        }
        kill(&mut self.seed);
        reap(&mut self.seed);
        self.take_spares(Duration::ZERO, &mut spares);
        for mut spare in spares {
            kill(&mut spare);
            reap(&mut spare);
        }
    }
}

/// An order for a child.
struct Prepared {
    order: Order<RawFd>,
    _directory: OwnedFd,
}

impl Prepared {
    /// # Errors
    /// A copy would not have room for all that it gets, or this process has none for the current directory.
    fn new(given: &SpawnOptions<'_>, place: u64) -> io::Result<Self> {
        let directory = process::current_directory()?;
        let replaced: Vec<_> = given.streams().collect();
        let stream = |number: RawFd| {
            let other = replaced.iter().find(|(_, replaced)| *replaced == number);
            let fd = other.map_or(number, |(fd, _)| *fd);
            descriptors::is_open(fd).then_some((fd, number))
        };
        let others = descriptors::inheritable()?;
        let order = Order {
            directory: directory.as_raw_fd(),
            session: given.session.as_raw_fd(),
            place,
            depot: given
                .depot
                .map(|(ends, turn)| (ends[0].as_raw_fd(), ends[1].as_raw_fd(), turn)),
            streams: STREAMS.into_iter().filter_map(stream).collect(),
            others: others.into_iter().map(|fd| (fd, fd)).collect(),
        };
        match order.has_room(descriptors::most()) {
            true => Ok(Self {
                order,
                _directory: directory,
            }),
            false => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

fn kill(child: &mut Child) {
    let _ = child.signal(signal::Signal::SIGKILL);
}

/// Waits for the end of a child that was killed.
fn reap(child: &mut Child) {
    let sentinel = child.sentinel();
    while matches!(child.poll(), Ok(None)) {
        let _ = process::wait_readable(&[sentinel.as_fd()], None);
    }
}

/// Waits until something can be read from a connection, or until its end, for at most this time. Signals for this process end the wait,
/// and what stops its scripts.
fn is_readable(connection: &OwnedFd, most: Duration) -> bool {
    let (end, alerts) = (Instant::now() + most, interrupt::alerts());
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let of_now = left.min(BETWEEN_LOOKS);
        match process::wait_readable(&[connection.as_fd()], Some(of_now)) {
            Ok(ready) if ready.contains(&true) => return true,
            Ok(_) if !left.is_zero() && interrupt::alerts() == alerts => (),
            _ => return false,
        }
    }
}
