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
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
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

/// Whether the first one stays when it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    Stays,
    Goes,
}

/// The first one: its label and a copy of it; `None` when there is none. The copy is missing when this process has no
/// descriptor left for it.
pub(crate) fn take(
    end: BorrowedFd<'_>,
    first: First,
) -> io::Result<Option<(Label, Option<OwnedFd>)>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut label = Label::default();
    let flags = match first {
        First::Stays => RecvFlags::PEEK | RecvFlags::CMSG_CLOEXEC,
        First::Goes => RecvFlags::CMSG_CLOEXEC,
    };
    match recvmsg(end, &mut [IoSliceMut::new(&mut label)], &mut control, flags) {
        Ok(_) => (),
        Err(Errno::AGAIN) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let fd = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    Ok(Some((label, fd)))
}
