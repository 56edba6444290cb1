//! Texts that nest without end, read on a thread as small as a host may have: each is an ordinary error or runs.

use std::thread;

use procscript::prompt::Interactive;
use procscript::{Error, Limits, Runtime, Script};

use crate::support::cases::Case;
use crate::support::nests::{DEEPEST, DEPTHS, texts};

pub(crate) const CASES: &[Case] = &[
    Case::new("nested_texts_are_checked_on_a_small_stack", check),
    Case::new("nested_texts_are_run_on_a_small_stack", eval),
    Case::new("nested_texts_are_typed_on_a_small_stack", typed),
];

/// The size that some servers give each of their threads.
const SMALL_STACK: usize = 512 << 10;

fn on_small_stack(test: fn(&str)) {
    let all = move || {
        texts(&DEPTHS)
            .chain(texts(&DEEPEST))
            .for_each(|text| test(&text))
    };
    let thread = thread::Builder::new().stack_size(SMALL_STACK);
    thread.spawn(all).unwrap().join().unwrap();
}

fn runtime() -> Runtime {
    // A loop that parses has no end otherwise.
    let limits = Limits::new().operations(10_000);
    Runtime::builder().limits(limits).build().unwrap()
}

fn check() {
    on_small_stack(|text| {
        let found = runtime().check(&Script::from_text("nested", text));
        for error in found.err().unwrap_or_default() {
            assert!(!error.to_string().is_empty() && !error.to_json().is_empty());
        }
    });
}

fn eval() {
    on_small_stack(|text| match runtime().eval::<()>(text) {
        Ok(()) | Err(Error::Syntax(_) | Error::Failed(_) | Error::Limit(_)) => (),
        Err(other) => panic!("{other}"),
    });
}

fn typed() {
    on_small_stack(|text| {
        let mut program = runtime().interactive();
        program.is_incomplete(text);
        program.candidates(text, text.len());
        program.parameters(text);
        program.enter(text);
        let spans = Interactive::spans(text);
        assert!(
            spans
                .iter()
                .all(|span| text.get(span.range.clone()).is_some())
        );
        Interactive::indentation(text);
    });
}
