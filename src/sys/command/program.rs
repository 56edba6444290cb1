//! A program with what it is started with, and what its process does before it runs it.
//!
//! # Safety
//! Invariant *shared*: from [`Prepared::run`] on, the code runs in a process that shares the memory of this one. It only makes system calls
//! that leave `errno` alone, on its own stack: no allocation, no lock, no panic, nothing of the C library.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int, c_void};
use std::io;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use super::raw;

/// What the process of a program has besides strings.
#[derive(Debug)]
pub(crate) struct Conditions {
    /// Descriptors of this process that become its standard streams; `None` is the stream of this process.
    pub streams: [Option<RawFd>; 3],
    /// Other descriptors that it gets, under their own numbers.
    pub passed: Vec<RawFd>,
    /// Whether it gets no descriptor besides.
    pub closes_others: bool,
    /// Whether SIGPIPE and SIGXFSZ, which this process ignores, do to it what they do by default.
    pub restores_signals: bool,
    /// Whether it has a session of its own, and does not end with the process that starts it.
    pub own_session: bool,
    /// The process group that it enters; 0 is a new one.
    pub group: Option<i32>,
    /// The permissions that its files do not get.
    pub file_mask: Option<u32>,
}

/// A program to run.
#[derive(Debug)]
pub(crate) struct Program {
    /// Where it may be: the first of these files that can be run is.
    pub paths: Vec<CString>,
    /// Its arguments; the first is its name for itself.
    pub arguments: Vec<CString>,
    /// `NAME=value`.
    pub environment: Vec<CString>,
    /// Its current directory; `None` is that of this process.
    pub directory: Option<CString>,
    pub conditions: Conditions,
}

/// Why a program was not started.
#[derive(Debug)]
pub(crate) struct NotStarted {
    pub error: io::Error,
    /// Whether the program itself was tried: the error concerns its file. Otherwise it concerns what comes before, such as its directory.
    pub at_program: bool,
}

impl From<io::Error> for NotStarted {
    fn from(error: io::Error) -> Self {
        Self {
            error,
            at_program: false,
        }
    }
}

/// The largest number of a signal.
const SIGNALS: i32 = 64;

/// The first descriptor after the standard streams.
const BEHIND_THE_STREAMS: usize = 3;

/// The exit code of a process that could not run its program.
const NOT_RUN: i32 = 127;

/// A program in the form in which the kernel takes it.
pub(super) struct Prepared {
    program: Program,
    arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    /// The supervisor that starts it; 0 if there is none.
    pub supervisor: AtomicI32,
    /// The number of the error that occurred in the new process; 0 if none did.
    error: AtomicI32,
    at_program: AtomicBool,
}

impl Prepared {
    pub(super) fn new(program: Program) -> Self {
        let pointers = |strings: &[CString]| {
            let pointers = strings.iter().map(|string| string.as_ptr());
            pointers.chain([ptr::null()]).collect()
        };
        Self {
            arguments: pointers(&program.arguments),
            environment: pointers(&program.environment),
            program,
            supervisor: AtomicI32::new(0),
            error: AtomicI32::new(0),
            at_program: AtomicBool::new(false),
        }
    }

    /// Notes why the process could not be created.
    pub(super) fn fail(&self, error: i32) {
        self.error.store(error, Ordering::Release);
    }

    /// Returns the number of the error that occurred; 0 if none did.
    pub(super) fn failure_number(&self) -> i32 {
        self.error.load(Ordering::Acquire)
    }

    /// Returns why the program does not run, if it does not.
    pub(super) fn failure(&self) -> Option<NotStarted> {
        let error = self.failure_number();
        (error != 0).then(|| NotStarted {
            error: io::Error::from_raw_os_error(error),
            at_program: self.at_program.load(Ordering::Acquire),
        })
    }

    /// Runs the program in the calling process, which was created for it and in which all signals are blocked.
    pub(super) fn run(&self) -> ! {
        let error = self.prepare().err().unwrap_or_else(|| {
            self.at_program.store(true, Ordering::Release);
            self.execute()
        });
        self.fail(error);
        raw::exit(NOT_RUN)
    }

    fn prepare(&self) -> Result<(), i32> {
        let program = &self.program;
        self.end_with_supervisor()?;
        self.place_streams()?;
        // SAFETY: the path ends with a zero byte and outlives the call; the other calls take numbers.
        unsafe {
            if let Some(directory) = &program.directory {
                raw::call(libc::SYS_chdir, [directory.as_ptr().addr()])?;
            }
            if let Some(mask) = program.conditions.file_mask {
                raw::call(libc::SYS_umask, [mask as usize])?;
            }
            if program.conditions.own_session {
                raw::call(libc::SYS_setsid, [])?;
            }
            if let Some(group) = program.conditions.group {
                raw::call(libc::SYS_setpgid, [0, group as usize])?;
            }
        }
        self.reset_signals();
        self.close_others()
    }

    /// Lets the kernel kill the program if its supervisor is killed.
    fn end_with_supervisor(&self) -> Result<(), i32> {
        let supervisor = self.supervisor.load(Ordering::Relaxed);
        if supervisor == 0 {
            return Ok(());
        }
        let (death_signal, kill) = (libc::PR_SET_PDEATHSIG as usize, libc::SIGKILL as usize);
        // SAFETY: the calls take numbers.
        let parent = unsafe {
            raw::call(libc::SYS_prctl, [death_signal, kill, 0, 0, 0])?;
            raw::call(libc::SYS_getppid, [])?
        };
        match parent == supervisor as usize {
            true => Ok(()),
            // It was killed before.
            false => raw::exit(NOT_RUN),
        }
    }

    fn place_streams(&self) -> Result<(), i32> {
        let mut streams = self.program.conditions.streams;
        // SAFETY: the calls take numbers.
        unsafe {
            // One stream may be the source of another.
            for (stream, number) in streams.iter_mut().zip(0..) {
                if let Some(source @ 0..=2) = *stream
                    && source != number
                {
                    let (how, least) = (libc::F_DUPFD_CLOEXEC as usize, BEHIND_THE_STREAMS);
                    let copy = raw::call(libc::SYS_fcntl, [source as usize, how, least])?;
                    *stream = Some(copy as RawFd);
                }
            }
            for (stream, number) in streams.iter().zip(0..) {
                match *stream {
                    Some(source) if source == number => pass(source)?,
                    Some(source) => {
                        let numbers = [source as usize, number as usize, 0];
                        let _ = raw::call(libc::SYS_dup3, numbers)?;
                    }
                    None => (),
                }
            }
        }
        Ok(())
    }

    /// A handler of this program must not run in another process.
    fn reset_signals(&self) {
        for signal in (1..=SIGNALS).filter(|signal| raw::is_handled(*signal)) {
            raw::reset(signal);
        }
        if self.program.conditions.restores_signals {
            raw::reset(libc::SIGPIPE);
            raw::reset(libc::SIGXFSZ);
        }
        raw::block(0);
    }

    fn close_others(&self) -> Result<(), i32> {
        let mut first = BEHIND_THE_STREAMS;
        for passed in &self.program.conditions.passed {
            pass(*passed)?;
            let passed = *passed as usize;
            if self.program.conditions.closes_others && passed >= first {
                if passed > first {
                    raw::close_all(first, passed - 1);
                }
                first = passed + 1;
            }
        }
        if self.program.conditions.closes_others {
            raw::close_all(first, u32::MAX as usize);
        }
        Ok(())
    }

    /// Tries the files in turn. Returns the first error that is about a file that exists.
    fn execute(&self) -> i32 {
        let mut found = None;
        let mut last = libc::ENOENT;
        for path in &self.program.paths {
            let (path, arguments) = (path.as_ptr().addr(), self.arguments.as_ptr().addr());
            let environment = self.environment.as_ptr().addr();
            // SAFETY: the path, and the strings of both lists, end with a zero byte, and the lists with a null pointer.
            let tried = unsafe { raw::call(libc::SYS_execve, [path, arguments, environment]) };
            last = tried.err().unwrap_or(last);
            if last != libc::ENOENT && last != libc::ENOTDIR && found.is_none() {
                found = Some(last);
            }
        }
        found.unwrap_or(last)
    }
}

/// Lets the program have a descriptor.
fn pass(descriptor: RawFd) -> Result<(), i32> {
    let set_flags = libc::F_SETFD as usize;
    // SAFETY: the call takes numbers.
    unsafe { raw::call(libc::SYS_fcntl, [descriptor as usize, set_flags, 0]) }?;
    Ok(())
}

/// Runs a [`Prepared`] program in a new process, which has its address.
pub(super) extern "C" fn run_program(prepared: *mut c_void) -> c_int {
    // SAFETY: both starters of programs pass a pointer to one, which stays until the program runs.
    let prepared: &Prepared = unsafe { &*prepared.cast() };
    prepared.run()
}
