//! A socket as scripts hold it, and waiting for it so that Ctrl-C and signals get through.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::script::{Failure, Interp, os_failure};
use crate::sync::wait_kind;
use crate::sys::lock::locked;
use crate::sys::socket::{Interest, SockAddr, Socket as Kernel};

/// "Bad file descriptor".
const EBADF: i32 = 9;

/// A socket. Clones are the same socket.
#[derive(Debug, Clone)]
pub(crate) struct Socket(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// `None` once it is closed.
    kernel: Option<Arc<Kernel>>,
    family: i32,
    kind: i32,
    /// How long an operation may wait; `None` without end, zero not at all.
    timeout: Option<Duration>,
}

impl Socket {
    /// `None` is a closed one.
    pub(crate) fn new(kernel: impl Into<Option<Kernel>>, family: i32, kind: i32) -> Self {
        Self(Arc::new(Mutex::new(State {
            kernel: kernel.into().map(Arc::new),
            family,
            kind,
            timeout: None,
        })))
    }

    /// Returns a number that distinguishes it from other objects of this process.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn family(&self) -> i32 {
        locked(&self.0).family
    }

    pub(crate) fn kind(&self) -> i32 {
        locked(&self.0).kind
    }

    pub(crate) fn timeout(&self) -> Option<Duration> {
        locked(&self.0).timeout
    }

    pub(crate) fn set_timeout(&self, timeout: Option<Duration>) {
        locked(&self.0).timeout = timeout;
    }

    /// Returns the kernel's socket, unless this one is closed.
    pub(crate) fn kernel_if_open(&self) -> Option<Arc<Kernel>> {
        locked(&self.0).kernel.clone()
    }

    /// Returns the kernel's socket.
    ///
    /// # Errors
    /// `OSError` 9 when this one is closed.
    pub(crate) fn kernel(&self) -> Result<Arc<Kernel>, Failure> {
        self.kernel_if_open()
            .ok_or_else(|| os_failure(io::Error::from_raw_os_error(EBADF)))
    }

    /// Gives the kernel's socket up; an operation that is under way keeps it until it ends.
    pub(crate) fn close(&self) {
        locked(&self.0).kernel = None;
    }

    fn deadline(&self) -> Option<Instant> {
        after(self.timeout())
    }

    /// Does `operation` as soon as it need not wait, within the socket's time-out.
    ///
    /// # Errors
    /// `TimeoutError`, or what the system says.
    pub(crate) fn when_ready<T>(
        &self,
        interp: &Interp,
        interest: Interest,
        mut operation: impl FnMut(&Kernel) -> io::Result<T>,
    ) -> Result<T, Failure> {
        let (kernel, deadline) = (self.kernel()?, self.deadline());
        loop {
            match operation(&kernel) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.timeout() == Some(Duration::ZERO) {
                        return Err(os_failure(error));
                    }
                }
                result => return result.map_err(os_failure),
            }
            self.wait(interp, &kernel, interest, deadline)?;
        }
    }

    /// Waits until an operation can continue, as long as the socket is open.
    fn wait(
        &self,
        interp: &Interp,
        kernel: &Kernel,
        interest: Interest,
        deadline: Option<Instant>,
    ) -> Result<(), Failure> {
        interp.wait_for(wait_kind::SOCKET, deadline, |most| {
            let ready = kernel.wait(interest, most);
            let ready = ready.map_err(os_failure)?;
            // Another thread may have closed it.
            self.kernel()?;
            Ok(ready.then_some(()))
        })
    }

    /// Connects within `deadline`.
    ///
    /// # Errors
    /// `ConnectionRefusedError`, `TimeoutError`, or what else the system says.
    pub(crate) fn connect(
        &self,
        interp: &Interp,
        address: &SockAddr,
        deadline: Option<Instant>,
    ) -> Result<(), Failure> {
        let kernel = self.kernel()?;
        if kernel.connect(address).map_err(os_failure)? {
            return Ok(());
        }
        if self.timeout() == Some(Duration::ZERO) {
            const EINPROGRESS: i32 = 115;
            return Err(os_failure(io::Error::from_raw_os_error(EINPROGRESS)));
        }
        self.wait(interp, &kernel, Interest::Write, deadline)?;
        kernel.connected().map_err(os_failure)
    }

    /// Connects within the socket's time-out.
    pub(crate) fn connect_in_time(
        &self,
        interp: &Interp,
        address: &SockAddr,
    ) -> Result<(), Failure> {
        self.connect(interp, address, self.deadline())
    }
}

/// Returns the moment a time-out from now ends.
pub(super) fn after(timeout: Option<Duration>) -> Option<Instant> {
    Instant::now().checked_add(timeout?)
}
