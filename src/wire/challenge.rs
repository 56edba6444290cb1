//! How two processes show each other that they know the same key, as Python's `multiprocessing.connection` does it.
//!
//! One sends random bytes, and the other answers with their HMAC under the key, which therefore is never sent. Python up to 3.11 uses MD5;
//! later versions write the name of the hash before the bytes, `{sha256}`, and older ones take that for a part of them. So a challenge
//! with a name is understood by all of them, and an answer without one is an MD5.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use md5::Md5;
use sha2::{Sha256, Sha384};

/// Whether greetings are known to this build.
pub(crate) const IS_KNOWN: bool = true;

/// The beginning of a challenge.
const CHALLENGE: &[u8] = b"#CHALLENGE#";
/// What the challenger says to a right answer.
pub(crate) const WELCOME: &[u8] = b"#WELCOME#";
/// What the challenger says to a wrong answer.
pub(crate) const FAILURE: &[u8] = b"#FAILURE#";

/// How many random bytes are in a challenge.
pub(crate) const NONCE: usize = 40;

/// The longest message of a greeting.
pub(crate) const MESSAGE_MAX: u64 = 256;

/// A challenge that was sent.
#[derive(Debug)]
pub(crate) struct Challenge(Vec<u8>);

impl Challenge {
    pub(crate) fn new(nonce: [u8; NONCE]) -> Self {
        Self([b"{sha256}", nonce.as_slice()].concat())
    }

    /// Returns the message that asks for an answer.
    pub(crate) fn message(&self) -> Vec<u8> {
        [CHALLENGE, &self.0].concat()
    }

    /// Returns whether an answer shows that its sender knows the key.
    pub(crate) fn is_met_by(&self, answer: &[u8], key: &[u8]) -> bool {
        let (hash, digest) = match named(answer) {
            Some((name, digest)) => (Hash::named(name), digest),
            None => (Some(Hash::Md5), answer),
        };
        hash.is_some_and(|hash| hash.verifies(key, &self.0, digest))
    }
}

/// Returns the answer to a message that should be a challenge; `None` if it is not one, or asks for a hash that is not known here.
pub(crate) fn answer(message: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let bytes = message.strip_prefix(CHALLENGE)?;
    match named(bytes) {
        None => Some(Hash::Md5.digest(key, bytes)),
        Some((name, _)) => {
            let digest = Hash::named(name)?.digest(key, bytes);
            Some([b"{", name, b"}", &digest].concat())
        }
    }
}

/// Splits `{name}rest`.
fn named(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    const NAME_MAX: usize = 20;
    let rest = bytes.strip_prefix(b"{")?;
    let end = rest.iter().take(NAME_MAX).position(|byte| *byte == b'}')?;
    Some((&rest[..end], &rest[end + 1..]))
}

#[derive(Debug, Clone, Copy)]
enum Hash {
    Md5,
    Sha256,
    Sha384,
}

impl Hash {
    fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"md5" => Some(Self::Md5),
            b"sha256" => Some(Self::Sha256),
            b"sha384" => Some(Self::Sha384),
            _ => None,
        }
    }

    fn digest(self, key: &[u8], bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => digest::<Hmac<Md5>>(key, bytes),
            Self::Sha256 => digest::<Hmac<Sha256>>(key, bytes),
            Self::Sha384 => digest::<Hmac<Sha384>>(key, bytes),
        }
    }

    /// Compares in a time that does not depend on where the digests differ.
    fn verifies(self, key: &[u8], bytes: &[u8], digest: &[u8]) -> bool {
        match self {
            Self::Md5 => verifies::<Hmac<Md5>>(key, bytes, digest),
            Self::Sha256 => verifies::<Hmac<Sha256>>(key, bytes, digest),
            Self::Sha384 => verifies::<Hmac<Sha384>>(key, bytes, digest),
        }
    }
}

fn digest<M: Mac + KeyInit>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    <M as KeyInit>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mac| mac.chain_update(bytes).finalize().into_bytes().to_vec(),
    )
}

fn verifies<M: Mac + KeyInit>(key: &[u8], bytes: &[u8], digest: &[u8]) -> bool {
    let mac = <M as KeyInit>::new_from_slice(key);
    mac.is_ok_and(|mac| mac.chain_update(bytes).verify_slice(digest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_meets_the_challenge_under_the_same_key_only() {
        let challenge = Challenge::new([7; NONCE]);
        let given = answer(&challenge.message(), b"key").unwrap();
        assert!(given.starts_with(b"{sha256}"));
        assert!(challenge.is_met_by(&given, b"key"));
        assert!(!challenge.is_met_by(&given, b"kex"));
        assert!(!challenge.is_met_by(&given[..given.len() - 1], b"key"));
        assert!(!challenge.is_met_by(b"", b"key"));
        assert!(!Challenge::new([8; NONCE]).is_met_by(&given, b"key"));
    }

    #[test]
    fn an_older_python_answers_with_an_md5_of_everything() {
        let challenge = Challenge::new([7; NONCE]);
        let given = Hash::Md5.digest(b"key", &challenge.message()[CHALLENGE.len()..]);
        assert_eq!(given.len(), 16);
        assert!(challenge.is_met_by(&given, b"key"));
    }

    /// RFC 2202, test case 2.
    #[test]
    fn a_challenge_without_a_name_is_answered_by_an_md5() {
        let message = [CHALLENGE, b"what do ya want for nothing?"].concat();
        let wanted = [
            0x75, 0x0c, 0x78, 0x3e, 0x6a, 0xb0, 0xb5, 0x03, 0xea, 0xa8, 0x6e, 0x31, 0x0a, 0x5d,
            0xb7, 0x38,
        ];
        assert_eq!(answer(&message, b"Jefe").unwrap(), wanted);
    }

    #[test]
    fn what_is_not_a_challenge_has_no_answer() {
        for message in [&b""[..], b"hello", b"#CHALLENGE", b"#CHALLENGE#{crc32}abc"] {
            assert_eq!(answer(message, b"key"), None);
        }
    }
}
