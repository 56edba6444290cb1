//! The parts that the fuzzer's targets share: see README.md.

pub mod inputs;

/// Declares a program that gives libFuzzer's inputs to the reader of that name in [`inputs`].
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        thread_local! {
            // Kept to the end of the process, which a runtime would end as well.
            static READ: std::cell::RefCell<std::mem::ManuallyDrop<Box<dyn FnMut(&[u8])>>> =
                std::cell::RefCell::new(std::mem::ManuallyDrop::new(Box::new($crate::inputs::$name())));
        }

        libfuzzer_sys::fuzz_target!(
            init: $crate::signals_have_a_stack(),
            |input: &[u8]| READ.with_borrow_mut(|read| read(input))
        );
    };
}

/// Gives signal handlers a stack of their own: after a stack overflow, libFuzzer could not save the input otherwise.
pub fn signals_have_a_stack() {
    const SIZE: usize = 256 << 10;
    let stack = libc::stack_t {
        ss_sp: Box::leak(vec![0_u8; SIZE].into_boxed_slice())
            .as_mut_ptr()
            .cast(),
        ss_flags: 0,
        ss_size: SIZE,
    };
    // SAFETY: the stack is never freed, and nobody else uses it; all zero is an action, the default one. libFuzzer keeps its
    // flags when it sets its handler.
    let done = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_flags = libc::SA_ONSTACK | libc::SA_SIGINFO;
        libc::sigaltstack(&raw const stack, std::ptr::null_mut())
            | libc::sigaction(libc::SIGSEGV, &raw const action, std::ptr::null_mut())
    };
    assert_eq!(done, 0, "the stack for signals");
}
