//! The name of a process in shared memory.

use std::sync::atomic::AtomicU64;

use super::offset::{peek, poke};
use super::shared::shared_struct;

const WORDS: usize = 8;

shared_struct! {
    /// The beginning of a process's name: at most 64 bytes.
    pub(crate) struct ProcessName {
        length: AtomicU64,
        words: [AtomicU64; WORDS],
    }
}

impl ProcessName {
    /// Stores as many characters of the name as there is space for.
    pub(crate) fn set(&self, name: &str) {
        let end = name.floor_char_boundary(WORDS * 8);
        let mut bytes = [0_u8; WORDS * 8];
        bytes[..end].copy_from_slice(&name.as_bytes()[..end]);
        for (word, chunk) in self.words.iter().zip(bytes.as_chunks::<8>().0) {
            poke(word, u64::from_le_bytes(*chunk));
        }
        poke(&self.length, end as u64);
    }

    pub(crate) fn get(&self) -> String {
        let words = self.words.iter();
        let bytes: Vec<u8> = words.flat_map(|word| peek(word).to_le_bytes()).collect();
        let end = (peek(&self.length) as usize).min(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    }
}
