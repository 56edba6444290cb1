//! Whole scripts, without permissions and with limits.
#![no_main]

procscript_fuzz::target!(script);
