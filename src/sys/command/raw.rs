//! System calls that leave `errno` alone.
//!
//! A process that shares the memory of another has the same `errno` as the thread that has created it. The functions of the C library
//! would change it under that thread, or write to memory that was freed when the thread ended.
#![allow(unsafe_code)]

/// The most arguments that a system call has.
const ARGUMENTS: usize = 6;

/// Makes a system call. Returns its result, or the number of the error.
///
/// # Safety
/// That of the system call.
pub(super) unsafe fn call<const N: usize>(
    number: libc::c_long,
    arguments: [usize; N],
) -> Result<usize, i32> {
    let mut all = [0; ARGUMENTS];
    for (place, argument) in all.iter_mut().zip(arguments) {
        *place = argument;
    }
    // SAFETY: by the caller's promise.
    let result = unsafe { enter(number, all) };
    // The kernel returns the last page of numbers for errors.
    match result {
        -4095..=-1 => Err(-result as i32),
        result => Ok(result.cast_unsigned()),
    }
}

#[cfg(target_arch = "x86_64")]
unsafe fn enter(number: libc::c_long, [a, b, c, d, e, f]: [usize; ARGUMENTS]) -> isize {
    let result: isize;
    // SAFETY: by the caller's promise; the kernel changes only the registers that are named.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    result
}

#[cfg(target_arch = "aarch64")]
unsafe fn enter(number: libc::c_long, [a, b, c, d, e, f]: [usize; ARGUMENTS]) -> isize {
    let result: isize;
    // SAFETY: by the caller's promise; the kernel changes only the registers that are named.
    unsafe {
        std::arch::asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") a as isize => result,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
            options(nostack),
        );
    }
    result
}

/// On machines that nobody has tried: a clobbered `errno` can make an error of the program have another number.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn enter(number: libc::c_long, [a, b, c, d, e, f]: [usize; ARGUMENTS]) -> isize {
    // SAFETY: by the caller's promise.
    let result = unsafe { libc::syscall(number, a, b, c, d, e, f) };
    if result != -1 {
        return result as isize;
    }
    let error = std::io::Error::last_os_error().raw_os_error();
    -(error.unwrap_or(libc::EINVAL) as isize)
}

/// Ends the calling process.
pub(super) fn exit(code: i32) -> ! {
    loop {
        // SAFETY: the call takes a number, and does not return.
        let _ = unsafe { call(libc::SYS_exit_group, [code as usize]) };
    }
}

/// Closes all descriptors from `first` to `last`.
pub(super) fn close_all(first: usize, last: usize) {
    // SAFETY: the calls take numbers. Nothing in the calling process uses the descriptors afterwards.
    unsafe {
        if call(libc::SYS_close_range, [first, last, 0]).is_err() {
            // A kernel before 5.9.
            for descriptor in first..=last.min(4096) {
                let _ = call(libc::SYS_close, [descriptor]);
            }
        }
    }
}

/// Returns whether [`leave_descriptors`] works: since Linux 5.9, unless a sandbox forbids it.
pub(super) fn can_leave_descriptors() -> bool {
    // SAFETY: the call takes numbers. The range is empty, which the kernel refuses before it does anything.
    let refused = unsafe { call(libc::SYS_close_range, [1, 0, 0]) };
    refused == Err(libc::EINVAL)
}

/// Leaves the descriptors to the process that has them in common with this one, which has none afterwards.
pub(super) fn leave_descriptors() {
    let (last, unshare) = (u32::MAX as usize, libc::CLOSE_RANGE_UNSHARE as usize);
    // SAFETY: the call takes numbers, and concerns only this process.
    let _ = unsafe { call(libc::SYS_close_range, [0, last, unshare]) };
}

/// Makes the kernel do with `signal` what it does by default.
pub(super) fn reset(signal: i32) {
    // SAFETY: an all-zero action means the default; the call reads it, and writes nothing.
    unsafe {
        let action = [0_u64; 4];
        let _ = call(
            libc::SYS_rt_sigaction,
            [signal as usize, action.as_ptr().addr(), 0, SET_SIZE],
        );
    }
}

/// Returns whether a function handles `signal`, rather than the kernel.
pub(super) fn is_handled(signal: i32) -> bool {
    let mut action = [0_u64; 4];
    // SAFETY: the call writes the current action, which is no longer than this.
    let asked = unsafe {
        call(
            libc::SYS_rt_sigaction,
            [signal as usize, 0, action.as_mut_ptr().addr(), SET_SIZE],
        )
    };
    asked.is_ok() && action[0] as usize > libc::SIG_IGN
}

/// Blocks exactly these signals in the calling process.
pub(super) fn block(set: u64) {
    let how = libc::SIG_SETMASK as usize;
    // SAFETY: the set is a live value.
    let _ = unsafe {
        call(
            libc::SYS_rt_sigprocmask,
            [how, std::ptr::from_ref(&set).addr(), 0, SET_SIZE],
        )
    };
}

/// The size of a set of signals in bytes, as the kernel counts it.
pub(super) const SET_SIZE: usize = 8;

/// Returns the set with this signal alone.
pub(super) const fn set_of(signal: i32) -> u64 {
    1 << (signal - 1)
}
