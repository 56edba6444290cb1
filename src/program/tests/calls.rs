//! Packed calls.

use crate::program::call;

#[test]
fn a_damaged_call_is_an_error() {
    let damaged: [&[u8]; 6] = [
        &[],
        &[1, 0, 0],
        &[9, 0, 0, 0, 1],
        &[0, 0, 0, 0],
        &[1, 0, 0, 0, 0xc1],
        &[0xff; 8],
    ];
    for bytes in damaged {
        assert!(call::unpack::<()>(bytes).is_err(), "{bytes:?}");
    }
}
