//! The unit of the arena: a block of one of 160 sizes, with a header that says which and whether it is in use.

use std::sync::atomic::AtomicU64;

use super::offset::Offset;
use super::shared::shared_struct;
use crate::sys::memory::PAGE;

/// Number of size classes: four per power of two (1, 1.25, 1.5, 1.75), from 64 bytes on.
pub(super) const CLASSES: usize = 160;

const SMALLEST_EXPONENT: u32 = 6;

/// Bytes before the part of a block that its owner uses.
pub(crate) const BLOCK_HEADER: u64 = 16;

/// Value of [`BlockHeader::state`] for a block in use; anything else is the next free block (0 for none).
pub(super) const LIVE: u64 = 1;

shared_struct! {
    /// First words of every block.
    pub(super) struct BlockHeader {
        pub(super) class: AtomicU64,
        pub(super) state: AtomicU64,
    }
}

/// Returns the class and block size for that many usable bytes; `None` when there is no class that large.
#[inline]
pub(super) fn class_for(usable: u64) -> Option<(usize, u64)> {
    let bytes = usable
        .checked_add(BLOCK_HEADER)?
        .max(1 << SMALLEST_EXPONENT);
    let exponent = bytes.ilog2();
    let power = 1_u64 << exponent;
    let quarters = (bytes - power).div_ceil(power / 4);
    let class = (exponent - SMALLEST_EXPONENT) as usize * 4 + quarters as usize;
    (class < CLASSES).then(|| (class, class_size(class)))
}

/// Returns the size of a class's blocks, header included.
#[inline]
pub(super) fn class_size(class: usize) -> u64 {
    let power = 1_u64 << (class as u32 / 4 + SMALLEST_EXPONENT);
    power + power / 4 * (class as u64 % 4)
}

/// Returns the whole pages inside a block, header excluded, as (start, length); worth giving back from two pages on.
#[inline]
pub(super) fn interior(block: Offset, size: u64) -> Option<(u64, u64)> {
    let start = (block.0 + BLOCK_HEADER).next_multiple_of(PAGE);
    let end = (block.0 + size) / PAGE * PAGE;
    (end >= start + 2 * PAGE).then(|| (start, end - start))
}
