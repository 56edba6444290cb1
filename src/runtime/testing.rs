//! Children in a host's tests: the main function of a test program is the harness's, which knows nothing of children.

use super::{Setup, init_with};
use crate::process::spawn;
use crate::sys::stdio;

/// Lets scripts start processes in tests (`cargo test`), whose `main` is not the host's to begin with [`init`](crate::init).
///
/// Write it once in each test program, outside of functions: at the top of a file of `tests/`, or in `lib.rs` after `#[cfg(test)]`. Its arguments are the setups that
/// [`init_with`] would get. It has the system call `init_with` before `main`. A program with a `main` of its own calls `init` there instead.
///
/// The macro contains an unsafe attribute, which a crate with `#![forbid(unsafe_code)]` refuses. There, write the tests as a program: a `[[test]]` with `harness = false`
/// in `Cargo.toml`, whose `main` begins with `init`.
///
/// # Example
/// ```no_run
/// procscript::enable_test_support!();
///
/// #[test]
/// fn a_child_answers() {
///     let permissions = procscript::Permissions::none().allow_processes(1, 1);
///     let mut runtime = procscript::Runtime::builder().permissions(permissions).build().unwrap();
///     let text = "let q = Queue(); let p = Process(|| q.put(42)); p.start(); p.join(); q.get()";
///     assert_eq!(runtime.eval::<u8>(text).unwrap(), 42);
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! enable_test_support {
    ($($setup:expr),* $(,)?) => {
        const _: () = {
            extern "C" fn begin() {
                $crate::begin_before_main(|| ::std::vec![$($setup),*]);
            }
            #[allow(unsafe_code)]
            #[used]
            #[unsafe(link_section = ".init_array")]
            static BEGIN: extern "C" fn() = begin;
        };
    };
}

/// Calls [`init_with`] before Rust's standard library has prepared the process.
#[doc(hidden)]
pub fn begin_before_main(setups: impl FnOnce() -> Vec<Setup>) {
    if spawn::is_child() {
        stdio::prepare_streams();
    }
    init_with(setups());
}
