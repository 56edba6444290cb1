//! Messages on a stream of bytes, as Python's `multiprocessing.connection` sends them: the length, then the bytes.
//!
//! The length has four bytes, big-endian and signed. For a longer message it is -1, and eight bytes follow that say how long it is.

/// The longest message whose length has four bytes.
const SHORT_MAX: u64 = i32::MAX as u64;

/// The length of a message, as far as it has been received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// This many bytes in all have to be received first.
    Incomplete(usize),
    /// The message begins after this many bytes, and has that length.
    Complete(usize, u64),
    /// No message begins so.
    Wrong,
}

/// Returns the bytes that stand before a message of this length.
pub(crate) fn head(length: u64) -> Vec<u8> {
    if length <= SHORT_MAX {
        return (length as u32).to_be_bytes().to_vec();
    }
    let mut head = (-1_i32).to_be_bytes().to_vec();
    head.extend(length.to_be_bytes());
    head
}

/// Returns the length that the first bytes of a message say.
pub(crate) fn read_head(bytes: &[u8]) -> Head {
    let Some((short, rest)) = bytes.split_first_chunk::<4>() else {
        return Head::Incomplete(4);
    };
    match (i32::from_be_bytes(*short), rest.first_chunk::<8>()) {
        (-1, None) => Head::Incomplete(12),
        (-1, Some(long)) => Head::Complete(12, u64::from_be_bytes(*long)),
        (length, _) => match u64::try_from(length) {
            Ok(length) => Head::Complete(4, length),
            Err(_) => Head::Wrong,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_python() {
        assert_eq!(head(5), [0, 0, 0, 5]);
        assert_eq!(head(SHORT_MAX), [0x7f, 0xff, 0xff, 0xff]);
        assert_eq!(
            head(SHORT_MAX + 1),
            [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0]
        );
    }

    #[test]
    fn lengths_arrive_as_they_left_however_many_bytes_have_come() {
        for length in [0, 1, SHORT_MAX, SHORT_MAX + 1, u64::MAX] {
            let bytes = head(length);
            assert_eq!(read_head(&bytes), Head::Complete(bytes.len(), length));
            for end in 0..bytes.len() {
                let Head::Incomplete(needed) = read_head(&bytes[..end]) else {
                    panic!("{length} {end}");
                };
                assert!(needed > end && needed <= bytes.len());
            }
        }
        assert_eq!(read_head(&[0xff, 0xff, 0xff, 0xfe, 0]), Head::Wrong);
    }
}
