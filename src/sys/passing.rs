//! Descriptors that wait in the kernel until another process receives them.
//!
//! `unix(7)`, `SCM_RIGHTS`: the kernel keeps a descriptor that was sent over a Unix socket until it is received, even
//! after its sender has closed it or ended. Also messages that have descriptors with them.
#![allow(unsafe_code)]

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType, bind, getsockname,
    recv, recvmsg, sendmsg, socket_with, socketpair, sockopt,
};

/// Identifies a descriptor while it waits.
pub(crate) type Label = [u8; 16];

/// Creates the two ends of a queue of waiting descriptors, in the order they were sent.
pub(crate) fn place() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        flags,
        None,
    )?)
}

/// Gives this end a name that no file has. Others find it taken as long as any process has the end. An end that has one keeps it.
pub(crate) fn set_name(end: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    match bind(end, &SocketAddrUnix::new_abstract_name(name.as_bytes())?) {
        Err(Errno::INVAL) => Ok(()),
        result => Ok(result?),
    }
}

/// Returns the name of this end, if it has one.
pub(crate) fn name(end: BorrowedFd<'_>) -> io::Result<Option<String>> {
    let address = SocketAddrUnix::try_from(getsockname(end)?)?;
    let name = address.abstract_name().filter(|name| !name.is_empty());
    Ok(name.map(|name| String::from_utf8_lossy(name).into_owned()))
}

/// Returns whether some process has an end of this name.
pub(crate) fn is_name_taken(name: &str) -> io::Result<bool> {
    let (family, kind) = (AddressFamily::UNIX, SocketType::SEQPACKET);
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC, None)?;
    match bind(socket, &SocketAddrUnix::new_abstract_name(name.as_bytes())?) {
        Err(Errno::ADDRINUSE) => Ok(true),
        result => Ok(result.map(|()| false)?),
    }
}

/// Adds a copy of `fd` at the end.
///
/// # Errors
/// `WouldBlock` if the kernel accepts no more of them.
pub(crate) fn put(end: BorrowedFd<'_>, label: &Label, fd: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fds = [fd];
    control.push(SendAncillaryMessage::ScmRights(&fds));
    sendmsg(
        end,
        &[IoSlice::new(label)],
        &mut control,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}

/// Returns the label of the first one; `None` if there is none.
pub(crate) fn first(end: BorrowedFd<'_>) -> io::Result<Option<Label>> {
    label(end, RecvFlags::PEEK)
}

/// Returns a copy of the first one, which stays.
///
/// # Errors
/// `EMFILE` if this process has no descriptor left for it.
pub(crate) fn copy_of_first(end: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::PEEK | RecvFlags::CMSG_CLOEXEC;
    let mut label = Label::default();
    recvmsg(end, &mut [IoSliceMut::new(&mut label)], &mut control, flags)?;
    let copy = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    copy.ok_or_else(|| Errno::MFILE.into())
}

/// Removes and closes the first one.
pub(crate) fn drop_first(end: BorrowedFd<'_>) -> io::Result<()> {
    // The kernel closes a descriptor that does not fit.
    label(end, RecvFlags::empty()).map(|_| ())
}

fn label(end: BorrowedFd<'_>, flags: RecvFlags) -> io::Result<Option<Label>> {
    let mut label = Label::default();
    match recv(end, &mut label, flags) {
        Ok(_) => Ok(Some(label)),
        Err(Errno::AGAIN) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns the number of waiting descriptors.
pub(crate) fn count(end: BorrowedFd<'_>) -> io::Result<usize> {
    let bytes = rustix::io::ioctl_fionread(end)?;
    Ok(bytes as usize / size_of::<Label>())
}

/// Returns the minimum number that the kernel accepts.
pub(crate) fn capacity(end: BorrowedFd<'_>) -> io::Result<usize> {
    /// The kernel counts less than this for each, in bytes.
    const RECKONED: usize = 1 << 10;
    Ok(sockopt::socket_send_buffer_size(end)? / RECKONED)
}

/// The most descriptors that one message can have with it.
pub(crate) const MOST: usize = 253;

/// Creates the two ends of a connection for messages.
pub(crate) fn connection() -> io::Result<(OwnedFd, OwnedFd)> {
    let (family, kind) = (AddressFamily::UNIX, SocketType::SEQPACKET);
    Ok(socketpair(family, kind, SocketFlags::CLOEXEC, None)?)
}

/// Lets the other end know that no message follows. Its own still arrive.
pub(crate) fn finish(end: BorrowedFd<'_>) -> io::Result<()> {
    Ok(rustix::net::shutdown(end, rustix::net::Shutdown::Write)?)
}

/// Sends a message with copies of descriptors, at most [`MOST`].
///
/// # Errors
/// `WouldBlock` if the kernel accepts no more at this moment; `EBADF` if one of the descriptors is not open.
pub(crate) fn send(end: BorrowedFd<'_>, message: &[u8], fds: &[RawFd]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    // SAFETY: the numbers are only passed to the kernel, which fails if one of them is not open.
    let borrow = |fd: &RawFd| unsafe { BorrowedFd::borrow_raw(*fd) };
    let fds: Vec<_> = fds.iter().map(borrow).collect();
    if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    sendmsg(end, &[IoSlice::new(message)], &mut control, flags)?;
    Ok(())
}

/// Waits for a message. Returns its length, which is 0 when the other end is closed, and its descriptors.
pub(crate) fn receive(
    end: BorrowedFd<'_>,
    message: &mut [u8],
) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    loop {
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(message)];
        let received = match recvmsg(end, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => continue,
            received => received?,
        };
        let mut fds = Vec::new();
        for part in control.drain() {
            if let RecvAncillaryMessage::ScmRights(list) = part {
                fds.extend(list);
            }
        }
        return Ok((received.bytes, fds));
    }
}
