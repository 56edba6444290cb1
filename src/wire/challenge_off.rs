//! The greetings of a build without the feature `authkey`, which knows none: nobody gets so far as to send one.

/// Whether greetings are known to this build.
pub(crate) const IS_KNOWN: bool = false;

pub(crate) const WELCOME: &[u8] = b"#WELCOME#";
pub(crate) const FAILURE: &[u8] = b"#FAILURE#";
pub(crate) const NONCE: usize = 40;
pub(crate) const MESSAGE_MAX: u64 = 256;

/// A challenge that was sent.
#[derive(Debug)]
pub(crate) struct Challenge;

impl Challenge {
    pub(crate) fn new(_: [u8; NONCE]) -> Self {
        Self
    }

    pub(crate) fn message(&self) -> Vec<u8> {
        Vec::new()
    }

    pub(crate) fn is_met_by(&self, _: &[u8], _: &[u8]) -> bool {
        false
    }
}

/// Returns the answer to a challenge.
pub(crate) fn answer(_: &[u8], _: &[u8]) -> Option<Vec<u8>> {
    None
}
