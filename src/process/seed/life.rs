//! The life of a seed, and the beginning of its copies.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use super::order::Order;
use crate::process::spawn::{SeedArgs, WorkerArgs};
use crate::sys::copying::copy_for_parent;
use crate::sys::process::Forked;
use crate::sys::signal::{Signal, set_parent_death_signal, unset_parent_death_signal};
use crate::sys::{descriptors, identity, passing, process, stdio};

/// The name of a seed and its spare in `ps` and `top`.
const NAME: &str = "procscript-seed";

/// This process as a seed.
#[derive(Debug)]
pub(crate) struct SeedLife {
    connection: OwnedFd,
    parent: i32,
    /// Whether it has a process group of its own, and its copies get one each.
    leads_group: bool,
}

impl SeedLife {
    /// Begins the life of a seed: it ends with its parent, and has no streams. Returns the blueprint of its parent's program, too.
    ///
    /// # Errors
    /// The parent has ended already; the blueprint cannot be read.
    pub(crate) fn begin(args: SeedArgs) -> io::Result<(Self, Vec<u8>)> {
        end_with(args.parent)?;
        process::set_command_name(NAME);
        stdio::empty_all()?;
        let mut blueprint = Vec::new();
        let mut file = File::from(args.blueprint);
        file.rewind()?;
        file.read_to_end(&mut blueprint)?;
        let life = Self {
            connection: args.connection,
            parent: args.parent,
            leads_group: process::leads_group(),
        };
        Ok((life, blueprint))
    }

    /// Makes a copy each time its parent asks for one. Returns in each of them what it has to do, once it is needed, and `None` in a
    /// process that is not needed any more.
    ///
    /// # Errors
    /// Copies of this process would be wrong, because it has several threads or has opened something. Or no copy can be made.
    pub(crate) fn serve(self) -> io::Result<Option<WorkerArgs>> {
        let own = self.connection.as_raw_fd();
        if !process::has_one_thread() || descriptors::open_ones()?.iter().any(|fd| *fd != own) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        loop {
            let (way, end) = passing::connection()?;
            match copy_for_parent()? {
                Forked::Child => {
                    drop((way, self.connection));
                    return wait_for_order(&end, self.parent, self.leads_group);
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
}

/// Makes this process end with its parent.
///
/// # Errors
/// The parent has ended already.
fn end_with(parent: i32) -> io::Result<()> {
    set_parent_death_signal(Signal::SIGKILL)?;
    match process::parent_pid() == parent {
        true => Ok(()),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

/// Waits as a spare. Returns `None` when it is not needed.
fn wait_for_order(end: &OwnedFd, parent: i32, own_group: bool) -> io::Result<Option<WorkerArgs>> {
    // An old C library may remember the process ID of the seed.
    if i32::try_from(identity::process_id()) != Ok(process::pid()) {
        return Ok(None);
    }
    end_with(parent)?;
    if own_group {
        process::own_group(0)?;
    }
    match Order::receive(end.as_fd())? {
        None => Ok(None),
        Some(order) => {
            unset_parent_death_signal()?;
            take_place(order).map(Some)
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
