//! The parameters of the calls of a pool, be it of this machine or on a server.

pub(in crate::stdlib::multiprocessing) const APPLY: &[&str] =
    &["func", "args?", "kwds?", "timeout?", "retries?"];
pub(in crate::stdlib::multiprocessing) const APPLY_ASYNC: &[&str] = &[
    "func",
    "args?",
    "kwds?",
    "callback?",
    "error_callback?",
    "timeout?",
    "retries?",
];
pub(in crate::stdlib::multiprocessing) const MAP: &[&str] = &[
    "func",
    "iterable",
    "chunksize?",
    "timeout?",
    "retries?",
    "progress?",
];
pub(in crate::stdlib::multiprocessing) const MAP_ASYNC: &[&str] = &[
    "func",
    "iterable",
    "chunksize?",
    "callback?",
    "error_callback?",
    "timeout?",
    "retries?",
    "progress?",
];
pub(in crate::stdlib::multiprocessing) const IMAP: &[&str] = &[
    "func",
    "iterable",
    "chunksize?",
    "buffersize?",
    "timeout?",
    "retries?",
    "progress?",
];
