//! The `procscript` command.

fn main() {}
