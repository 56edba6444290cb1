//! The readers of an input, by the public API. `tests/hosts/fuzzed.rs` gives them the inputs in `corpus/`.
//!
//! None of them may panic, end the process or take long, whatever the input is.

use std::time::Duration;

use procscript::prompt::Interactive;
use procscript::{Error, Limits, Permissions, Runtime, Script};
use rhai::Dynamic;

/// Scripts are text; what is not UTF-8 is replaced.
fn text_of(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

fn limits() -> Limits {
    Limits::new()
        .operations(5_000)
        .time(Duration::from_millis(500))
        .call_levels(50)
        .string_bytes(100_000)
        .array_items(5_000)
        .map_entries(5_000)
}

/// A runtime whose output is thrown away.
fn runtime() -> Runtime {
    let permissions = Permissions::none().session_memory(4 << 20).threads(8);
    let builder = Runtime::builder().permissions(permissions).limits(limits());
    builder
        .stdin(|_| None)
        .stdout(std::io::sink())
        .stderr(std::io::sink())
        .build()
        .expect("a runtime")
}

/// `check`, with the advice about each error, and what the prompt asks about a text that is being typed.
pub fn check() -> impl FnMut(&[u8]) {
    let checking = runtime();
    let program = runtime().interactive();
    move |input| {
        let text = text_of(input);
        let errors = checking.check(&Script::from_text("input", &text));
        for error in errors.err().unwrap_or_default() {
            assert!(!error.to_string().is_empty() && !error.to_json().is_empty());
        }
        program.is_incomplete(&text);
        program.parameters(&text);
        let middle = (0..=text.len() / 2)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        for cursor in [middle.unwrap_or(0), text.len()] {
            program.candidates(&text, cursor);
        }
        for span in Interactive::spans(&text) {
            assert!(text.get(span.range).is_some(), "a span inside a character");
        }
        Interactive::indentation(&text);
    }
}

/// `json.loads`. What was read is written and read again as the same.
pub fn json() -> impl FnMut(&[u8]) {
    const SCRIPT: &str = "
        fn read(text) {
            let value = ();
            try { value = json.loads(text); } catch { return true; }
            let written = json.dumps(value);
            json.dumps(json.loads(written)) == written
        }";
    let mut runtime = runtime();
    runtime.eval::<()>(SCRIPT).expect("a script");
    move |input| match runtime.call_fn::<bool>("read", (text_of(input),)) {
        Ok(same) => assert!(same, "JSON that changes on its way"),
        Err(error) => assert!(matches!(error, Error::Limit(_)), "{error}"),
    }
}

/// `%`, `str.format` and `format`: the input is the text, and after its last line end the values, as JSON.
pub fn format() -> impl FnMut(&[u8]) {
    const SCRIPT: &str = r#"
        fn read(text, json_text) {
            let values = [3, -2.5, "ab", true, (), [1, "é"]];
            try { values = json.loads(json_text); } catch { }
            if type_of(values) != "array" { values = [values]; }
            try { text % values } catch { }
            try { text.format(values) } catch { }
            if len(values) > 1 { try { text.format(values[0], values[1]) } catch { } }
            for value in values {
                try { text % value } catch { }
                try { text.format(value) } catch { }
                try { format(value, text) } catch { }
            }
        }"#;
    let mut runtime = runtime();
    runtime.eval::<()>(SCRIPT).expect("a script");
    move |input| {
        let all = text_of(input);
        let (text, values) = all.rsplit_once('\n').unwrap_or((&all, ""));
        let _ = runtime.call_fn::<Dynamic>("read", (text.to_owned(), values.to_owned()));
    }
}

/// A whole script, without permissions and with limits of time, operations, depth and sizes. The runtime is reset after each.
pub fn script() -> impl FnMut(&[u8]) {
    let mut runtime = runtime();
    move |input| {
        let _ = runtime.eval::<Dynamic>(&text_of(input));
        runtime.reset();
    }
}
