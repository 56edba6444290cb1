//! A message as it is put and as it is read: bytes, and the shared objects that they may name.

use crate::shm::Offset;

/// A message in a queue or a container.
///
/// Whoever decodes the bytes accepts no other objects than those listed: only they are sure to exist, and only they were given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) bytes: &'a [u8],
    /// The objects that the message holds references to.
    pub(crate) objects: &'a [Offset],
}

impl<'a> Message<'a> {
    /// Creates a message that names no objects.
    pub(crate) fn plain(bytes: &'a [u8]) -> Self {
        Message {
            bytes,
            objects: &[],
        }
    }
}
