//! The JSON reader, and the writer of what it has read.
#![no_main]

procscript_fuzz::target!(json);
