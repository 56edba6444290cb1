//! The life of a seed, and the beginning of its copies.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

use super::order::Order;
use crate::process::spawn::{SeedArgs, WorkerArgs};
use crate::sys::copying::copy_for_parent;
use crate::sys::process::Forked;
use crate::sys::signal::{Signal, set_parent_death_signal, unset_parent_death_signal};
use crate::sys::withheld::Withheld;
use crate::sys::{descriptors, identity, passing, process, stdio};

/// The name of a seed and its spare in `ps` and `top`.
const NAME: &str = "procscript-seed";

/// What a terminal sends to all processes of a group. The parent may go on after it, and have a function for the ends of its children.
const FROM_TERMINAL: [Signal; 3] = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT];

/// This process as a seed.
#[derive(Debug)]
pub(crate) struct SeedLife {
    connection: OwnedFd,
    /// Readable once the parent has ended.
    parent: OwnedFd,
    /// Whether it has a process group of its own, and its copies get one each.
    leads_group: bool,
    from_terminal: Withheld,
}

impl SeedLife {
    /// Begins the life of a seed: it ends with its parent, and has no streams. Returns the blueprint of its parent's program, too.
    ///
    /// # Errors
    /// The parent has ended already; the blueprint cannot be read.
    pub(crate) fn begin(args: SeedArgs) -> io::Result<(Self, Vec<u8>)> {
        let from_terminal = Withheld::new(&FROM_TERMINAL)?;
        let parent = end_with(args.parent)?;
        process::set_command_name(NAME);
        stdio::empty_all()?;
        let mut blueprint = Vec::new();
        let mut file = File::from(args.blueprint);
        file.rewind()?;
        file.read_to_end(&mut blueprint)?;
        let life = Self {
            connection: args.connection,
            parent,
            leads_group: process::leads_group(),
            from_terminal,
        };
        Ok((life, blueprint))
    }

    /// Makes a copy each time its parent asks for one. Returns in each of them what it has to do, once it is needed, and `None` in a
    /// process that is not needed any more.
    ///
    /// # Errors
    /// Copies of this process would be wrong, because it has several threads or has opened something. Or no copy can be made.
    pub(crate) fn serve(self) -> io::Result<Option<WorkerArgs>> {
        let own = [
            self.connection.as_fd(),
            self.parent.as_fd(),
            self.from_terminal.as_fd(),
        ];
        let own = own.map(|fd| fd.as_raw_fd());
        let open = descriptors::open_ones()?;
        if !process::has_one_thread() || open.iter().any(|fd| !own.contains(fd)) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        loop {
            let (way, end) = passing::connection()?;
            match copy_for_parent()? {
                Forked::Child => {
                    drop(way);
                    return self.live_as_copy(end);
                }
                Forked::Parent { pid } => {
                    let way = [way.as_raw_fd()];
                    passing::send(self.connection.as_fd(), &pid.to_ne_bytes(), &way)?;
                }
            }
            drop((way, end));
            let (length, _) = passing::receive(self.connection.as_fd(), &mut [0])?;
            if length == 0 {
                return Ok(None);
            }
        }
    }

    /// Waits as a spare until it is needed. Returns `None` when it is not.
    fn live_as_copy(self, end: OwnedFd) -> io::Result<Option<WorkerArgs>> {
        // An old C library may remember the process ID of the seed.
        if identity::process_id() != std::process::id() {
            return Ok(None);
        }
        // A spare that was stopped goes on, and notices that its parent has ended.
        set_parent_death_signal(Signal::SIGCONT)?;
        drop(self.connection);
        if self.leads_group {
            process::own_group(0)?;
        }
        let spare = Spare {
            end,
            parent: self.parent,
            from_terminal: self.from_terminal,
        };
        let order = spare.wait()?;
        unset_parent_death_signal()?;
        order.map(take_place).transpose()
    }
}

/// Makes this process end with its parent. Returns a descriptor that becomes readable when the parent ends.
///
/// # Errors
/// The parent has ended already.
fn end_with(parent: i32) -> io::Result<OwnedFd> {
    set_parent_death_signal(Signal::SIGKILL)?;
    let watched = process::pidfd(parent)?;
    match process::parent_pid() == parent {
        true => Ok(watched),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

/// A copy that waits for its order. It drops all of this before it takes the place of a child, which may want the numbers.
struct Spare {
    /// The way to the parent. It ends when the parent forgets the seed.
    end: OwnedFd,
    /// Readable once the parent has ended, of whose end of the way another process may have a copy.
    parent: OwnedFd,
    from_terminal: Withheld,
}

impl Spare {
    /// Waits for the order. Returns `None` when there will be none.
    fn wait(self) -> io::Result<Option<Order<OwnedFd>>> {
        let (end, parent) = (self.end.as_fd(), self.parent.as_fd());
        let is_ordered = |most| process::wait_readable(&[end], most).map(|ready| ready[0]);
        loop {
            let all = [end, parent, self.from_terminal.as_fd()];
            let ready = process::wait_readable(&all, None)?;
            // What else has happened may have happened after the order: then the signals are for the child, and it outlives its parent.
            if ready[0] || is_ordered(Some(Duration::ZERO))? {
                return Order::receive(end);
            }
            if ready[1] {
                return Ok(None);
            }
            if ready[2] {
                self.from_terminal.discard()?;
            }
        }
    }
}

/// Takes the place of a child: its directory and its descriptors.
fn take_place(order: Order<OwnedFd>) -> io::Result<WorkerArgs> {
    let order = order.out_of_the_way()?;
    for (fd, number) in order.streams.into_iter().chain(order.others) {
        descriptors::place(fd, number)?;
    }
    process::change_directory(order.directory.as_fd())?;
    Ok(WorkerArgs {
        session: order.session,
        place: order.place,
        depot: order.depot,
    })
}
