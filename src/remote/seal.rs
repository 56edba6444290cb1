//! Hashes, and seals: what shows that a message is of somebody who knows a key that the server does not have.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// The fewest bytes of a key.
pub(crate) const KEY_MIN: usize = 16;

/// The seal of those who have no key.
pub(super) const NONE: &str = "-";

/// A key that those have who trust each other.
#[derive(Clone)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// Makes a key of the bytes of a file; `None` if there are too few.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let key = bytes.trim_ascii();
        (key.len() >= KEY_MIN).then(|| Self(key.to_vec()))
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0);
        let mac = mac.expect("a key of any length is one");
        // The lengths tell where a part ends and the next begins.
        parts.iter().fold(mac, |mac, part| {
            mac.chain_update((part.len() as u64).to_le_bytes())
                .chain_update(part)
        })
    }

    /// Returns the seal of a message in several parts.
    pub(crate) fn seal(&self, parts: &[&[u8]]) -> String {
        hex(&self.over(parts).finalize().into_bytes())
    }

    /// Returns whether a seal is that of these parts.
    pub(crate) fn fits(&self, parts: &[&[u8]], seal: &str) -> bool {
        let bytes = unhex(seal);
        bytes.is_some_and(|bytes| self.over(parts).verify_slice(&bytes).is_ok())
    }
}

/// Without the key.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// Returns the hash of bytes in hexadecimal digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_fits_its_message_and_no_other() {
        let key = Key::new(b"0123456789abcdef\n").unwrap();
        let seal = key.seal(&[b"ab", b"c"]);
        assert!(key.fits(&[b"ab", b"c"], &seal));
        assert!(!key.fits(&[b"a", b"bc"], &seal));
        assert!(!key.fits(&[b"ab", b"c"], NONE));
        assert!(
            !Key::new(b"0123456789abcdeF")
                .unwrap()
                .fits(&[b"ab", b"c"], &seal)
        );
        assert!(Key::new(b"short").is_none());
    }

    #[test]
    fn a_hash_is_the_usual_one() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(b"abc"), expected);
    }
}
