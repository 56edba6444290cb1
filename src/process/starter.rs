//! Starting children from a thread that stays.
//!
//! The kernel's parent-death signal, by which a daemon ends with its parent, is sent when the *thread* that started the
//! child ends (`prctl(2)`, `PR_SET_PDEATHSIG`). A thread of a script may end long before its process, so children are
//! started on its behalf by the main thread's equal: a thread of our own that lives as long as the process.

use std::io;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crossbeam_channel::{Sender, bounded};

use super::signals::kept_from_new_threads;
use crate::sys::{identity, process};

struct Order {
    program: PathBuf,
    args: Vec<String>,
    descriptors: Vec<(RawFd, RawFd)>,
    own_group: bool,
    answer: Sender<io::Result<i32>>,
}

static STARTER: OnceLock<Sender<Order>> = OnceLock::new();

/// As [`process::spawn`], from a thread that lives as long as this process.
pub(super) fn spawn(
    program: &Path,
    args: Vec<String>,
    descriptors: Vec<(RawFd, RawFd)>,
    own_group: bool,
) -> io::Result<i32> {
    if identity::thread_id() == identity::process_id() {
        return process::spawn(program, &args, &descriptors, own_group);
    }
    let (answer, answered) = bounded(1);
    let order = Order {
        program: program.into(),
        args,
        descriptors,
        own_group,
        answer,
    };
    let gone = |_| io::Error::other("the thread that starts processes is gone");
    starter()?.send(order).map_err(|_| gone(()))?;
    answered.recv().map_err(|_| gone(()))?
}

fn starter() -> io::Result<&'static Sender<Order>> {
    if let Some(starter) = STARTER.get() {
        return Ok(starter);
    }
    let (orders, waiting) = bounded::<Order>(0);
    let _held = kept_from_new_threads();
    std::thread::Builder::new()
        .name("procscript-start".into())
        .spawn(move || {
            for order in waiting {
                let started = process::spawn(
                    &order.program,
                    &order.args,
                    &order.descriptors,
                    order.own_group,
                );
                let _ = order.answer.send(started);
            }
        })?;
    // Where two threads have made one each, the other's ends when its sender is dropped here.
    Ok(STARTER.get_or_init(|| orders))
}
