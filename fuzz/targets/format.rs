//! `%`, `str.format` and `format`.
#![no_main]

procscript_fuzz::target!(format);
