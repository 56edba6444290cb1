//! Descriptors that wait in the kernel for another process to take them.
//!
//! `unix(7)`, `SCM_RIGHTS`: a descriptor sent over a Unix socket is kept by the kernel until it is received, also when its
//! sender has closed it or is gone.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recv, recvmsg, sendmsg, socketpair,
    sockopt,
};

/// What a descriptor is known by while it waits.
pub(crate) type Label = [u8; 16];

/// Two ends of a place where descriptors wait, in the order they were sent.
pub(crate) fn place() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        flags,
        None,
    )?)
}

/// Puts a copy of `fd` last.
///
/// # Errors
/// `WouldBlock` when the kernel keeps no more of them.
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

/// The label of the first one; `None` when there is none.
pub(crate) fn first(end: BorrowedFd<'_>) -> io::Result<Option<Label>> {
    label(end, RecvFlags::PEEK)
}

/// A copy of the first one, which stays.
///
/// # Errors
/// `EMFILE` when this process has no descriptor left for it.
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

/// Closes the first one.
pub(crate) fn drop_first(end: BorrowedFd<'_>) -> io::Result<()> {
    // Where there is no room for a descriptor, the kernel closes it.
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

/// How many wait.
pub(crate) fn count(end: BorrowedFd<'_>) -> io::Result<usize> {
    let bytes = rustix::io::ioctl_fionread(end)?;
    Ok(bytes as usize / size_of::<Label>())
}

/// How many the kernel keeps, at least.
pub(crate) fn capacity(end: BorrowedFd<'_>) -> io::Result<usize> {
    /// What the kernel reckons for one is less, in bytes.
    const RECKONED: usize = 1 << 10;
    Ok(sockopt::socket_send_buffer_size(end)? / RECKONED)
}
