//! `pprint`: values in lines of a width, as Python lays them out.
//!
//! - [`options`]: the width, and what else a call may set; [`printer`]: `PrettyPrinter`.
//! - [`layout`]: how a value is broken into lines; [`parts`]: items, entries, attributes; [`strings`]: strings and bytes in pieces.
//! - [`node`]: what is laid out, and how it looks on one line.

mod layout;
mod node;
mod options;
mod parts;
mod printer;
mod strings;

use rhai::Dynamic;

use self::layout::laid_out;
use self::options::Options;
use crate::script::{Call, Failure, Outcome, Registry};
use crate::stdlib::builtins::print::write;

/// The value of the global constant `pprint`.
#[derive(Debug, Clone)]
struct Pprint;

/// The parameters of `pprint`: the options begin at 2.
const PRINT: &[&str] = &[
    "object",
    "stream?",
    "indent?",
    "width?",
    "depth?",
    "compact?",
    "sort_dicts?",
    "underscore_numbers?",
];

/// The parameters of `pformat`: the options begin at 1.
const FORMAT: &[&str] = &[
    "object",
    "indent?",
    "width?",
    "depth?",
    "compact?",
    "sort_dicts?",
    "underscore_numbers?",
];

pub(super) fn register(registry: &mut Registry) {
    printer::register(registry);
    // `from pprint import pprint` is how Python's programs begin: the constant of this name, which comes after it, is the module.
    registry.function("pprint", PRINT, print);
    registry
        .namespace("pprint", Pprint)
        .function("pprint", PRINT, print)
        .function("pp", PRINT, |call| {
            let value = call.value(0);
            let options = Options::of(call, 2, false)?;
            print_value(call, 1, &value, &options)
        })
        .function("pformat", FORMAT, |call| {
            let value = call.value(0);
            let options = Options::of(call, 1, true)?;
            laid_out(call, &options, value).map(Dynamic::from)
        })
        .function("saferepr", &["object", "/"], |call| {
            let value = call.value(0);
            Ok(node::on_one_line(call, &Options::default(), value).into())
        })
        .function("PrettyPrinter", printer::PARAMS, printer::construct);
}

/// `pprint(object, stream=None, indent=1, …)`
fn print(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let options = Options::of(call, 2, true)?;
    print_value(call, 1, &value, &options)
}

/// Prints a value to the stream that parameter `stream` is.
fn print_value(call: &mut Call<'_>, stream: usize, value: &Dynamic, options: &Options) -> Outcome {
    let stream = call.given(stream);
    print_to(call, stream, value, options)?;
    Ok(Dynamic::UNIT)
}

/// Prints a value to a stream, or on standard output.
fn print_to(
    call: &Call<'_>,
    stream: Option<Dynamic>,
    value: &Dynamic,
    options: &Options,
) -> Result<(), Failure> {
    let mut text = laid_out(call, options, value.clone())?;
    text.push('\n');
    match stream {
        Some(mut stream) => {
            let _ = call.method(&mut stream, "write", vec![text.into()])?;
            Ok(())
        }
        None => write(call.interp, &text),
    }
}
