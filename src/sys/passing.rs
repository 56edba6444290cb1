//! Descriptors that wait in the kernel until another process receives them.
//!
//! `unix(7)`, `SCM_RIGHTS`: the kernel keeps a descriptor that was sent over a Unix socket until it is received, even
//! after its sender has closed it or ended.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recv, recvmsg, sendmsg, socketpair,
    sockopt,
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
