//! Signals: sending them, and noting that one has arrived.
//!
//! # Safety
//! Invariant *handler*: the only code that runs in signal context is [`note`], [`note_for_script`] and [`note_to_report`], which change atomics, read the clock
//! and make one system call that leaves `errno` alone.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use nix::sys::signal::Signal;
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, sigaction, sigprocmask,
};

use super::identity::process_id;
use super::{interrupt, process};

extern "C" fn note(signal: libc::c_int) {
    interrupt::request(signal);
}

extern "C" fn note_for_script(signal: libc::c_int) {
    interrupt::catch(signal);
}

/// Comes with a signal that asks only where the threads of a process are. No user sends it by chance.
const FOR_PLACES: usize = 0x706c_6163;

/// A signal that asks for the places of threads is known by its value: a mark elsewhere could be taken for that of another signal.
extern "C" fn note_to_report(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut std::ffi::c_void) {
    // SAFETY: the kernel gives a handler with SA_SIGINFO the information; a queued signal has a value.
    let is_for_places = unsafe {
        (*info).si_code == libc::SI_QUEUE && (*info).si_value().sival_ptr.addr() == FOR_PLACES
    };
    if is_for_places {
        interrupt::ask_for_places();
    } else {
        interrupt::catch(interrupt::REPORT);
    }
}

/// Sends a signal that a process takes for a request to report, and asks it only where its threads are.
pub(crate) fn ask_for_places(pid: i32, signal: Signal) {
    let value = libc::sigval {
        sival_ptr: std::ptr::without_provenance_mut(FOR_PLACES),
    };
    // SAFETY: sigqueue takes numbers, of which the last one is never used as a pointer. A process that is gone gets no signal.
    unsafe { libc::sigqueue(pid, signal as libc::c_int, value) };
}

/// Makes `signal` a request to report what the program does; blocking system calls return early.
pub(crate) fn catch_to_report(signal: Signal) -> io::Result<()> {
    set(signal, SigHandler::SigAction(note_to_report))
}

/// Returns whether `signal` is a request to report what the program does.
pub(crate) fn asks_for_report(signal: Signal) -> bool {
    // SAFETY: a null pointer changes nothing, and the kernel fills the structure, for which zeros are valid.
    let now = unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal as libc::c_int, std::ptr::null(), &raw mut now);
        now
    };
    now.sa_sigaction == note_to_report as *const () as usize
}

/// Notes `signal` for a script's handler from now on; blocking system calls return early.
pub(crate) fn catch_for_script(signal: Signal) -> io::Result<()> {
    set(signal, SigHandler::Handler(note_for_script))
}

/// Whether the last call of [`alarm`] has set one, which may have come since.
static ALARM: AtomicBool = AtomicBool::new(false);

/// Returns whether this process may get SIGALRM from an alarm that it has set.
pub(crate) fn alarm_is_set() -> bool {
    ALARM.load(Ordering::Relaxed)
}

/// `alarm(2)`: sends SIGALRM after this many seconds, or cancels it for 0; returns the seconds left of the previous
/// alarm.
pub(crate) fn alarm(seconds: u32) -> u32 {
    ALARM.store(seconds != 0, Ordering::Relaxed);
    // SAFETY: alarm takes an integer and touches no memory of ours.
    unsafe { libc::alarm(seconds) }
}

/// Returns the signal that asked this process to end, if any.
pub(crate) fn requested() -> Option<Signal> {
    Signal::try_from(interrupt::requested()).ok()
}

/// Clears a request that has been carried out.
pub(crate) fn forget_request() {
    interrupt::clear();
}

/// Directs requests to end to the calling thread alone, or to all threads.
pub(crate) fn address_requests(to_me_alone: bool) {
    if to_me_alone {
        interrupt::address_to_me();
    } else {
        interrupt::address_to_all();
    }
}

/// Makes `signal` set the interrupt flag; blocking system calls return early.
pub(crate) fn catch(signal: Signal) -> io::Result<()> {
    set(signal, SigHandler::Handler(note))
}

/// Returns whether this process was started with `signal` ignored, as a shell does for a background job.
pub(crate) fn is_ignored(signal: Signal) -> bool {
    // SAFETY: an all-zero sigaction is a valid one.
    let mut current: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: without a new action the call only writes the current one into `current`.
    let asked = unsafe { libc::sigaction(signal as i32, std::ptr::null(), &mut current) };
    asked == 0 && current.sa_sigaction == libc::SIG_IGN
}

/// Restores the kernel's default action for `signal`.
pub(crate) fn default(signal: Signal) -> io::Result<()> {
    set(signal, SigHandler::SigDfl)
}

/// Ignores `signal`.
pub(crate) fn ignore(signal: Signal) -> io::Result<()> {
    set(signal, SigHandler::SigIgn)
}

/// Resets signals to the state of a new program: ignored ones stay ignored, none is handled, none is blocked.
pub(crate) fn forget_handlers() {
    for signal in Signal::iterator().filter(|signal| !is_ignored(*signal)) {
        // Two signals cannot be handled in the first place.
        let _ = default(signal);
    }
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None);
}

fn set(signal: Signal, handler: SigHandler) -> io::Result<()> {
    let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    // SAFETY: by *handler* the handler is async-signal-safe; the other dispositions run no code.
    unsafe { sigaction(signal, &action) }?;
    Ok(())
}

/// `kill(2)`: sends signal number `signal` (0 only asks whether the process exists) to `pid`.
pub(crate) fn send(pid: i32, signal: i32) -> io::Result<()> {
    // SAFETY: kill takes two integers and touches no memory of ours.
    if unsafe { libc::kill(pid, signal) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// `pidfd_send_signal(2)`: sends `signal` to the process behind `pidfd`, even if its ID has been reused.
///
/// # Errors
/// If the process has been reaped, or the kernel does not allow it.
pub(crate) fn send_through(pidfd: BorrowedFd<'_>, signal: Signal) -> io::Result<()> {
    Ok(rustix::process::pidfd_send_signal(
        pidfd,
        rustix_signal(signal)?,
    )?)
}

/// As [`send_through`], for a signal by its number. One that was reaped gets none.
///
/// # Errors
/// There is no such signal, or the kernel does not allow it.
pub(crate) fn send_number_through(pidfd: BorrowedFd<'_>, signal: i32) -> io::Result<()> {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the call takes numbers, and no information that it would read.
    let sent = unsafe {
        let number = pidfd.as_raw_fd();
        libc::syscall(libc::SYS_pidfd_send_signal, number, signal, none, 0)
    };
    match sent {
        0 => Ok(()),
        _ => match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
            error => Err(error),
        },
    }
}

/// Asks the kernel to send `signal` to this process when the thread that started it ends.
pub(crate) fn set_parent_death_signal(signal: Signal) -> io::Result<()> {
    let signal = rustix_signal(signal)?;
    Ok(rustix::process::set_parent_process_death_signal(Some(
        signal,
    ))?)
}

/// Lets the kernel send no signal to this process when the thread that started it ends.
pub(crate) fn unset_parent_death_signal() -> io::Result<()> {
    Ok(rustix::process::set_parent_process_death_signal(None)?)
}

fn rustix_signal(signal: Signal) -> io::Result<rustix::process::Signal> {
    let signal = rustix::process::Signal::from_named_raw(signal as i32);
    signal.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Returns whether a signal sent to `pid` reaches this process too. The kernel takes the number of a thread for its process.
pub(crate) fn reaches_this_process(pid: i32) -> bool {
    let group = process::group();
    // The kernel excludes the sender if the signal goes to everybody.
    let is_mine = |thread| process::thread_is_counted(process_id(), thread);
    pid == 0 || pid == -group || u32::try_from(pid).is_ok_and(is_mine)
}

/// Discards a pending `signal` that came from the terminal and is blocked; one that a process has sent stays.
pub(crate) fn discard_from_terminal(signal: Signal) {
    let held: SigSet = [signal].into_iter().collect();
    let at_once = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: an all-zero siginfo is a valid one.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: all three pointers are to live values of the right types.
    let came = unsafe { libc::sigtimedwait(held.as_ref(), &mut info, &at_once) };
    if came == signal as i32 && info.si_code != libc::SI_KERNEL {
        let _ = send(process::pid(), signal as i32);
    }
}

/// Unblocks `signal`, which the parent of this process may have blocked.
pub(crate) fn unblock(signal: Signal) -> io::Result<()> {
    let held: SigSet = [signal].into_iter().collect();
    Ok(sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&held), None)?)
}

/// Ends this process by `signal`, so that its parent sees that signal as the cause.
pub(crate) fn die_by(signal: Signal) -> ! {
    let _ = default(signal);
    let _ = send(process::pid(), signal as i32);
    process::exit_now(128 + signal as i32)
}

/// Blocks signals in the calling thread while it lives; they arrive when it is dropped.
#[derive(Debug)]
pub(crate) struct Held(SigSet);

impl Held {
    pub(crate) fn new(signals: &[Signal]) -> io::Result<Self> {
        Self::change(SigmaskHow::SIG_BLOCK, signals)
    }

    /// Blocks all signals: for an internal thread, on which no handler may run.
    pub(crate) fn every() -> io::Result<Self> {
        Self::hold(SigmaskHow::SIG_BLOCK, &SigSet::all())
    }

    fn change(how: SigmaskHow, signals: &[Signal]) -> io::Result<Self> {
        Self::hold(how, &signals.iter().copied().collect())
    }

    fn hold(how: SigmaskHow, signals: &SigSet) -> io::Result<Self> {
        let mut before = SigSet::empty();
        sigprocmask(how, Some(signals), Some(&mut before))?;
        Ok(Self(before))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&self.0), None);
    }
}
