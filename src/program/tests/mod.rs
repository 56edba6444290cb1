//! Tests of what is shown.

mod diagnostics;
