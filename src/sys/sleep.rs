//! Doing nothing for a while.

use std::time::Duration;

use rustix::thread::{Timespec, nanosleep};

/// Does nothing for this long, or until a signal that is handled comes.
pub(crate) fn nap(length: Duration) {
    let request = Timespec {
        tv_sec: i64::try_from(length.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: length.subsec_nanos().into(),
    };
    let _ = nanosleep(&request);
}
