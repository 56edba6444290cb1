//! The numbers of members.

use std::time::Duration;

use crate::sys::{clock, identity, process, random};

/// Returns the lease of a member.
pub(super) fn lease_of(member: &str) -> Option<Duration> {
    let (_, lease) = member.rsplit_once('.')?;
    lease.parse().ok().map(Duration::from_millis)
}

/// Returns what the list of members says of this process.
pub(super) fn about() -> String {
    format!("{} {}", identity::host_name(), process::pid())
}

/// Returns a number that no other member has: not one of this machine, and not one of a process with the same number on another. Its
/// last part is the lease, which whoever watches the member has to know.
pub(super) fn new_member(lease: Duration) -> String {
    let mut bytes = [0; 8];
    // Without randomness, the times distinguish them.
    let _ = random::fill(&mut bytes);
    let host: String = identity::host_name()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let since = clock::since_boot().as_millis();
    let (process, random) = (process::pid(), u64::from_ne_bytes(bytes));
    let lease = lease.as_millis();
    format!("{host}-{process}-{since}-{random:016x}.{lease}")
}
