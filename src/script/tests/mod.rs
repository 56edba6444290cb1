//! Tests of what no script can bring about.

mod codec;
