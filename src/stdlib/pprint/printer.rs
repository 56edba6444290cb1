//! `PrettyPrinter`: options that are set once.

use rhai::Dynamic;

use super::layout::laid_out;
use super::options::Options;
use super::print_to;
use crate::script::{Call, Outcome, Registry};

/// The options, and the stream that is printed to. Clones are the same.
#[derive(Debug, Clone)]
struct Printer {
    options: Options,
    /// `()` is standard output.
    stream: Dynamic,
}

pub(super) const PARAMS: &[&str] = &[
    "#",
    "indent?",
    "width?",
    "depth?",
    "stream?",
    "compact?",
    "sort_dicts?",
    "underscore_numbers?",
];

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Printer>("pprint.PrettyPrinter")
        .by_parts(
            "pprint.PrettyPrinter",
            |_, printer: &Printer| Ok(vec![printer.options.parts(), printer.stream.clone()].into()),
            |_, parts| of_parts(parts).ok_or_else(|| "not the options of a printer".into()),
        )
        .method("pprint", &["object", "/"], |call| {
            let (printer, value) = (call.this::<Printer>(), call.value(0));
            let stream = Some(printer.stream).filter(|stream| !stream.is_unit());
            print_to(call, stream, &value, &printer.options)?;
            Ok(Dynamic::UNIT)
        })
        .method("pformat", &["object", "/"], |call| {
            let (printer, value) = (call.this::<Printer>(), call.value(0));
            laid_out(call, &printer.options, value).map(Dynamic::from)
        });
}

fn of_parts(parts: Dynamic) -> Option<Printer> {
    let [options, stream] = <[Dynamic; 2]>::try_from(parts.into_array().ok()?).ok()?;
    let options = Options::of_parts(options)?;
    Some(Printer { options, stream })
}

/// `PrettyPrinter(indent=1, width=80, depth=None, stream=None, …)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    // In Python, the stream is between the options.
    let stream = call.value(3);
    let options = Options::read(call, [0, 1, 2, 4, 5, 6], true)?;
    Ok(Dynamic::from(Printer { options, stream }))
}
