//! Runs that stop at the first call of each function.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::process::{Command, Stdio};

use nix::sys::ptrace::{self, Event, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::PROCSCRIPT;
use super::functions::Functions;

/// An `int3` instruction, which stops a traced process.
const TRAP: u8 = 0xcc;

/// The addresses of the functions that the command calls when it runs these scripts, the first one first.
pub(super) fn called_by(scripts: &[&str], functions: &Functions) -> io::Result<Vec<u64>> {
    let mut traced = Traced {
        functions,
        kept: HashMap::new(),
        order: Vec::new(),
    };
    for script in scripts {
        traced.run(script)?;
    }
    Ok(traced.order)
}

struct Traced<'a> {
    functions: &'a Functions,
    /// The bytes that the traps have replaced, by their addresses.
    kept: HashMap<u64, u8>,
    order: Vec<u64>,
}

impl Traced<'_> {
    fn run(&mut self, script: &str) -> io::Result<()> {
        let file = tempfile::NamedTempFile::new()?;
        fs::write(&file, script)?;
        let child = Command::new("sh")
            .args(["-c", "kill -STOP $$; exec \"$0\" run \"$1\"", &PROCSCRIPT])
            .arg(file.path())
            .stdout(Stdio::null())
            .spawn()?;
        let shell = Pid::from_raw(child.id().cast_signed());
        waitpid(shell, Some(WaitPidFlag::WUNTRACED))?;
        let followed = Options::PTRACE_O_TRACEFORK
            | Options::PTRACE_O_TRACEVFORK
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACEEXEC
            | Options::PTRACE_O_EXITKILL;
        ptrace::seize(shell, followed)?;
        kill(shell, Signal::SIGCONT)?;
        let mut is_done = false;
        while let Ok(status) = waitpid(None, Some(WaitPidFlag::__WALL)) {
            is_done |= status == WaitStatus::Exited(shell, 0);
            self.go_on(status)?;
        }
        match is_done {
            true => Ok(()),
            false => Err(io::Error::other("a script failed")),
        }
    }

    fn go_on(&mut self, status: WaitStatus) -> io::Result<()> {
        let (pid, signal) = match status {
            WaitStatus::PtraceEvent(pid, _, event) if event == Event::PTRACE_EVENT_EXEC as i32 => {
                self.set_traps(pid)?;
                (pid, None)
            }
            WaitStatus::PtraceEvent(pid, ..) => (pid, None),
            WaitStatus::Stopped(pid, Signal::SIGTRAP) => {
                self.note_call(pid)?;
                (pid, None)
            }
            WaitStatus::Stopped(pid, signal) => (pid, Some(signal)),
            _ => return Ok(()),
        };
        // It may have been killed by another in the meantime.
        let _ = ptrace::cont(pid, signal);
        Ok(())
    }

    fn set_traps(&mut self, pid: Pid) -> io::Result<()> {
        if fs::read_link(format!("/proc/{pid}/exe"))? != fs::canonicalize(&*PROCSCRIPT)? {
            return Ok(());
        }
        let memory = memory(pid)?;
        for at in self.functions.keys() {
            let mut byte = [0];
            memory.read_exact_at(&mut byte, *at)?;
            self.kept.insert(*at, byte[0]);
            memory.write_all_at(&[TRAP], *at)?;
        }
        Ok(())
    }

    /// Notes the function whose trap the process ran into, and takes that trap away.
    fn note_call(&mut self, pid: Pid) -> io::Result<()> {
        let at = trapped_at(pid)?;
        let byte = self.kept.get(&at).ok_or(io::ErrorKind::InvalidData)?;
        memory(pid)?.write_all_at(&[*byte], at)?;
        if !self.order.contains(&at) {
            self.order.push(at);
        }
        Ok(())
    }
}

fn memory(pid: Pid) -> io::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .open(format!("/proc/{pid}/mem"))
}

/// Where the process ran into a trap. It goes on from there.
#[cfg(target_arch = "x86_64")]
fn trapped_at(pid: Pid) -> io::Result<u64> {
    let mut registers = ptrace::getregs(pid)?;
    registers.rip -= 1;
    ptrace::setregs(pid, registers)?;
    Ok(registers.rip)
}

#[cfg(not(target_arch = "x86_64"))]
fn trapped_at(_: Pid) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}
