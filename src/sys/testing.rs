//! What crash tests need from the kernel: children made by a bare fork, killed and reaped with a deadline.
#![allow(unsafe_code)]

use std::sync::atomic::AtomicU64;

use super::clock::now_ns;

/// How a test's child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It left by itself with this status.
    Exited(i32),
    /// A signal ended it.
    Killed(i32),
}

/// Run `body` in a forked child, which ends without unwinding or running destructors; its process id.
///
/// The test binary has threads, so the child must stay away from everything another thread may have locked: it may use session
/// memory and system calls, and little else.
pub(crate) fn fork_child(body: impl FnOnce()) -> u32 {
    // SAFETY: the child runs `body` only, which keeps to what the comment above allows, and leaves by `_exit`.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork failed");
    if pid == 0 {
        // SAFETY: plain system call. The child ends with the thread that made it, so a failed test leaves nobody behind.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
        exit_now(if result.is_ok() { 0 } else { 101 });
    }
    pid as u32
}

/// Leave the process at once.
pub(crate) fn exit_now(status: i32) -> ! {
    // SAFETY: `_exit` takes any status and runs nothing of ours.
    unsafe { libc::_exit(status) }
}

/// End this process as the kernel's killer would.
pub(crate) fn kill_myself() -> ! {
    // SAFETY: signals this process only; SIGKILL cannot be handled, so the loop is never left.
    unsafe {
        libc::syscall(libc::SYS_kill, libc::getpid(), libc::SIGKILL);
        loop {
            libc::pause();
        }
    }
}

/// Suspend this process.
pub(crate) fn stop_myself() {
    // SAFETY: signals this process only.
    unsafe { libc::syscall(libc::SYS_kill, libc::getpid(), libc::SIGSTOP) };
}

/// Wait until a child is suspended; false when it has ended, which reaps it.
pub(crate) fn is_suspended(pid: u32) -> bool {
    let mut status = 0;
    // SAFETY: the kernel writes the status to a valid integer.
    let result = unsafe { libc::waitpid(pid as i32, &raw mut status, libc::WUNTRACED) };
    assert!(result >= 0, "no such child: {pid}");
    libc::WIFSTOPPED(status)
}

/// Send a signal to a child that has not been reaped yet.
pub(crate) fn signal(pid: u32, signal: i32) {
    // SAFETY: plain system call; the id is that of an unreaped child, so it cannot have been reused.
    unsafe { libc::kill(pid as i32, signal) };
}

/// SIGKILL a child and reap it.
pub(crate) fn kill_and_reap(pid: u32) -> Ended {
    signal(pid, libc::SIGKILL);
    reap(pid)
}

/// Returns the child's end if it has ended, reaping it.
pub(crate) fn try_reap(pid: u32) -> Option<Ended> {
    let mut status = 0;
    // SAFETY: the kernel writes the status to a valid integer.
    let result = unsafe { libc::waitpid(pid as i32, &raw mut status, libc::WNOHANG) };
    assert!(result >= 0, "no such child: {pid}");
    (result != 0).then(|| {
        if libc::WIFSIGNALED(status) {
            Ended::Killed(libc::WTERMSIG(status))
        } else {
            Ended::Exited(libc::WEXITSTATUS(status))
        }
    })
}

/// Wait for the child's end; a child that takes more than a quarter of a minute is killed, and the test fails.
pub(crate) fn reap(pid: u32) -> Ended {
    let start = now_ns();
    let mut pause = 20;
    loop {
        if let Some(ended) = try_reap(pid) {
            return ended;
        }
        if now_ns() - start > 15_000_000_000 {
            signal(pid, libc::SIGKILL);
            panic!("child {pid} did not end in time");
        }
        sleep_us(pause);
        pause = (pause * 3 / 2).min(2000);
    }
}

/// Sleep that many microseconds.
pub(crate) fn sleep_us(us: u64) {
    let time = libc::timespec {
        tv_sec: (us / 1_000_000) as i64,
        tv_nsec: (us % 1_000_000 * 1000) as _,
    };
    // SAFETY: reads a valid timespec, writes nothing.
    unsafe { libc::nanosleep(&raw const time, std::ptr::null_mut()) };
}

/// Zeroed words that parent and children share, for what a test wants to know from its children. Never unmapped.
pub(crate) fn shared_words(count: usize) -> &'static [AtomicU64] {
    // SAFETY: a fresh anonymous mapping of enough bytes, page aligned, zeroed, never unmapped: valid atomics for 'static.
    unsafe {
        let address = libc::mmap(
            std::ptr::null_mut(),
            count * 8,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        assert!(address != libc::MAP_FAILED);
        std::slice::from_raw_parts(address.cast(), count)
    }
}
