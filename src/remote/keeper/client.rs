//! How a process finds the keeper of its family, starts it, and names its members to it.

use std::fmt;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use super::serve::serve;
use super::talk::{Order, WATCHED, Ward, send};
use crate::process::{Child, spawn};
use crate::remote::fault::{Fault, Refusal};
use crate::sys::lock::locked;
use crate::sys::{identity, process, random, stdio};

/// How long the keeper may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a keeper is started before that is given up.
const ATTEMPTS: usize = 3;

/// The keeper as a process of the family sees it.
#[derive(Default)]
pub(crate) struct Keeper(Mutex<State>);

#[derive(Default)]
struct State {
    /// The name of its socket, the same in the whole family.
    address: Option<String>,
    /// The process whose state this is: a copy of it has a connection and members of its own.
    process: i32,
    stream: Option<UnixStream>,
    /// The keeper, if this process has started it.
    child: Option<Child>,
    wards: Vec<Ward>,
}

impl Keeper {
    /// Has a member of this process watched. This is quick when it is already.
    ///
    /// # Errors
    /// There is no keeper, and none can be started.
    pub(crate) fn watch(&self, ward: &Ward) -> Result<(), Fault> {
        let mut state = self.state();
        let is_new = !state.wards.contains(ward);
        if is_new {
            state.wards.push(ward.clone());
        }
        if !state.is_alive() {
            state.stream = None;
            return state.find().map_err(no_keeper);
        }
        if is_new && state.name(ward).is_err() {
            state.stream = None;
            return state.find().map_err(no_keeper);
        }
        Ok(())
    }

    /// Ends the watch over a member.
    pub(crate) fn forget(&self, member: &str) {
        let mut state = self.state();
        state.wards.retain(|ward| ward.member != member);
        if let Some(stream) = &mut state.stream {
            // A keeper that is gone watches nobody.
            let _ = send(stream, &Order::Forget(member.into()));
        }
    }

    /// Returns the name of the socket, for children that do not have this memory.
    pub(crate) fn address(&self) -> Option<String> {
        self.state().address.clone()
    }

    /// Takes the name of the socket from the parent.
    pub(crate) fn inherit(&self, address: String) {
        self.state().address = Some(address);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = locked(&self.0);
        let me = process::pid();
        if state.process != me {
            let address = state.address.take();
            *state = State {
                address,
                process: me,
                ..State::default()
            };
        }
        state
    }
}

impl State {
    /// Returns whether the keeper runs: it never says anything unasked, and its end closes the connection.
    fn is_alive(&mut self) -> bool {
        let Some(stream) = &mut self.stream else {
            return false;
        };
        let ready = process::wait_readable(&[stream.as_fd()], Some(Duration::ZERO));
        ready.is_ok_and(|ready| ready == [false])
    }

    /// Connects to the keeper of the family, which is started if there is none, and names all members to it.
    fn find(&mut self) -> io::Result<()> {
        let mut last = Ok(());
        for _ in 0..ATTEMPTS {
            last = self.find_once();
            if last.is_ok() {
                break;
            }
            self.stream = None;
        }
        last
    }

    fn find_once(&mut self) -> io::Result<()> {
        let name = match &self.address {
            Some(name) => name.clone(),
            None => self.address.insert(new_name()?).clone(),
        };
        let address = SocketAddr::from_abstract_name(&name)?;
        let stream = match UnixStream::connect_addr(&address) {
            Ok(stream) => stream,
            Err(_) => {
                self.start(&address)?;
                UnixStream::connect_addr(&address)?
            }
        };
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        self.stream = Some(stream);
        for ward in self.wards.clone() {
            self.name(&ward)?;
        }
        Ok(())
    }

    /// Names a member to the keeper, and waits until it watches.
    fn name(&mut self, ward: &Ward) -> io::Result<()> {
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        send(stream, &Order::Watch(ward.clone()))?;
        let mut answer = [0];
        stream.read_exact(&mut answer)?;
        match answer {
            [WATCHED] => Ok(()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn start(&mut self, address: &SocketAddr) -> io::Result<()> {
        // One that was killed is reaped here.
        if let Some(child) = &mut self.child {
            let _ = child.poll();
        }
        let listener = match UnixListener::bind_addr(address) {
            Ok(listener) => listener,
            // Another process of the family was quicker.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(()),
            Err(error) => return Err(error),
        };
        if spawn::is_ready() {
            let nowhere = stdio::nowhere()?;
            self.child = Some(spawn::spawn_keeper(listener.as_fd(), nowhere.as_fd())?);
            return Ok(());
        }
        // In a host that starts no processes, a thread does it.
        let thread = std::thread::Builder::new().name("procscript-keeper".into());
        thread.spawn(move || serve(listener)).map(drop)
    }
}

/// Returns a name that nobody outside the family can guess.
fn new_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    random::fill(&mut bytes)?;
    let secret = u128::from_ne_bytes(bytes);
    Ok(format!(
        "procscript-keeper-{}-{secret:032x}",
        identity::user()
    ))
}

fn no_keeper(error: io::Error) -> Fault {
    let text = format!("the process that watches over this one cannot be started: {error}");
    Fault::refused(Refusal::Server, text)
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}
