//! Starting children from a thread that stays.
//!
//! The kernel's parent-death signal, by which a daemon ends with its parent, is sent when the *thread* that started the
//! child ends (`prctl(2)`, `PR_SET_PDEATHSIG`). A thread of a script may end long before its process, so children are
//! started on its behalf by the main thread's equal: a thread of our own that lives as long as the process.

use std::ffi::OsString;
use std::io;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use super::signals::blocked_in_new_threads;
use crate::sys::{identity, process, spawn};

struct Order {
    program: PathBuf,
    args: Vec<OsString>,
    descriptors: Vec<(RawFd, RawFd)>,
    own_group: bool,
    answer: SyncSender<io::Result<i32>>,
}

/// The thread, and the process it is in: a host may fork by itself.
static STARTER: Mutex<Option<(i32, SyncSender<Order>)>> = Mutex::new(None);

/// As [`spawn::spawn`], from a thread that lives as long as this process.
pub(super) fn spawn(
    program: &Path,
    args: Vec<OsString>,
    descriptors: Vec<(RawFd, RawFd)>,
    own_group: bool,
) -> io::Result<i32> {
    if identity::thread_id() == identity::process_id() {
        return spawn::spawn(program, &args, &descriptors, own_group);
    }
    let (answer, answered) = sync_channel(1);
    let order = Order {
        program: program.into(),
        args,
        descriptors,
        own_group,
        answer,
    };
    let gone = |_| io::Error::other("the thread that starts processes has ended");
    starter()?.send(order).map_err(|_| gone(()))?;
    answered.recv().map_err(|_| gone(()))?
}

fn starter() -> io::Result<SyncSender<Order>> {
    let mut starter = STARTER.lock().unwrap_or_else(PoisonError::into_inner);
    let me = process::pid();
    if let Some((process, starter)) = &*starter
        && *process == me
    {
        return Ok(starter.clone());
    }
    let (orders, waiting) = sync_channel::<Order>(0);
    let _held = blocked_in_new_threads();
    std::thread::Builder::new()
        .name("procscript-start".into())
        .spawn(move || {
            for order in waiting {
                let started = spawn::spawn(
                    &order.program,
                    &order.args,
                    &order.descriptors,
                    order.own_group,
                );
                let _ = order.answer.send(started);
            }
        })?;
    *starter = Some((me, orders.clone()));
    Ok(orders)
}
