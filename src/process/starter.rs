//! Starting children from a thread that stays.
//!
//! The kernel's parent-death signal, by which a daemon ends with its parent, is sent when the *thread* that started the
//! child ends (`prctl(2)`, `PR_SET_PDEATHSIG`). A thread of a script may end long before its process, so children are
//! started on its behalf by the main thread's equal: a thread of our own that lives as long as the process.

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use super::signals::blocked_in_new_threads;
use crate::sys::spawn::{self, Launch};
use crate::sys::{identity, process};

struct Order {
    launch: Launch,
    answer: SyncSender<io::Result<i32>>,
}

/// A thread that starts programs.
#[derive(Clone)]
struct Starter {
    /// The process it is in: a host may fork by itself.
    process: i32,
    /// The kernel's ID of the thread.
    thread: u32,
    orders: SyncSender<Order>,
}

static STARTER: Mutex<Option<Starter>> = Mutex::new(None);

/// As [`spawn::spawn`], from a thread that lives as long as this process.
pub(super) fn spawn(launch: Launch) -> io::Result<i32> {
    if is_main_thread() {
        return spawn::spawn(&launch);
    }
    let (answer, answered) = sync_channel(1);
    let order = Order { launch, answer };
    starter()?.orders.send(order).map_err(|_| gone())?;
    answered.recv().map_err(|_| gone())?
}

/// Returns the kernel's ID of the thread that starts programs for the calling one.
pub(super) fn thread() -> io::Result<u32> {
    match is_main_thread() {
        true => Ok(identity::process_id()),
        false => Ok(starter()?.thread),
    }
}

fn is_main_thread() -> bool {
    identity::thread_id() == identity::process_id()
}

fn gone() -> io::Error {
    io::Error::other("the thread that starts processes has ended")
}

fn starter() -> io::Result<Starter> {
    let mut starter = STARTER.lock().unwrap_or_else(PoisonError::into_inner);
    let process = process::pid();
    if let Some(starter) = &*starter
        && starter.process == process
    {
        return Ok(starter.clone());
    }
    let (orders, waiting) = sync_channel::<Order>(0);
    let (begun, has_begun) = sync_channel(1);
    let _held = blocked_in_new_threads();
    std::thread::Builder::new()
        .name("procscript-start".into())
        .spawn(move || {
            let _ = begun.send(identity::thread_id());
            for order in waiting {
                let _ = order.answer.send(spawn::spawn(&order.launch));
            }
        })?;
    let new = Starter {
        process,
        thread: has_begun.recv().map_err(|_| gone())?,
        orders,
    };
    *starter = Some(new.clone());
    Ok(new)
}
