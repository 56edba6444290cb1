//! The unit of the arena: a block of one of 160 sizes, with a header that says which and whether it is in use.

use std::sync::atomic::AtomicU64;

use super::offset::Offset;
use super::shared::shared_struct;
use crate::sys::memory::PAGE;

/// Number of size classes: four per power of two (1, 1.25, 1.5, 1.75), from 64 bytes on.
pub(super) const CLASSES: usize = 160;

const SMALLEST_EXPONENT: u32 = 6;

/// Bytes of the smallest block.
pub(super) const SMALLEST: u64 = 1 << SMALLEST_EXPONENT;

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
    let bytes = usable.checked_add(BLOCK_HEADER)?.max(SMALLEST);
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

/// Returns the class whose blocks have exactly this size.
fn class_of(size: u64) -> Option<usize> {
    let (class, found) = class_for(size.checked_sub(BLOCK_HEADER)?)?;
    (found == size).then_some(class)
}

/// Returns how to cut a block in two, as classes: the first part is as near as possible to what is wanted, and no smaller.
pub(super) fn parts(class: usize, wanted: usize) -> Option<(usize, usize)> {
    let size = class_size(class);
    (wanted..class).find_map(|part| Some((part, class_of(size - class_size(part))?)))
}

/// Returns the classes of the blocks that fill a range: first the largest.
pub(super) fn filling(length: u64) -> Vec<usize> {
    let mut left = length;
    let mut found = Vec::new();
    while left > 0 {
        let fits = |class: &usize| {
            let size = class_size(*class);
            size == left || size + SMALLEST <= left
        };
        let class = (0..CLASSES).rfind(fits).unwrap_or(0);
        found.push(class);
        left = left.saturating_sub(class_size(class));
    }
    found
}

/// Returns the whole pages inside a block, header excluded, as (start, length); worth giving back from two pages on.
#[inline]
pub(super) fn interior(block: Offset, size: u64) -> Option<(u64, u64)> {
    let start = (block.0 + BLOCK_HEADER).next_multiple_of(PAGE);
    let end = (block.0 + size) / PAGE * PAGE;
    (end >= start + 2 * PAGE).then(|| (start, end - start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_can_be_cut_until_it_is_hardly_larger_than_wanted() {
        for wanted in 0..60 {
            for class in wanted + 1..60 {
                let mut last = class;
                while let Some((part, rest)) = parts(last, wanted) {
                    assert_eq!(class_size(part) + class_size(rest), class_size(last));
                    assert!((wanted..last).contains(&part));
                    last = part;
                }
                let surplus = class_size(last) - class_size(wanted);
                assert!(surplus < SMALLEST, "{wanted} from {class}: {last}");
            }
        }
    }

    #[test]
    fn blocks_fill_any_range() {
        for length in (SMALLEST..100_000).step_by(16) {
            let sizes: Vec<u64> = filling(length).into_iter().map(class_size).collect();
            assert_eq!(sizes.iter().sum::<u64>(), length, "{sizes:?}");
            assert!(sizes.len() <= 8, "{length}: {sizes:?}");
        }
    }
}
