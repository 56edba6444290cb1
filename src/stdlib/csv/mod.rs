//! `csv`: rows of values in lines of text, by the crate `csv-core`.
//!
//! - [`dialect`]: the marks between fields, and when fields are quoted.
//! - [`lines`]: where rows come from; [`reading`]: lines as rows; [`reader`]: `reader` and `DictReader`.
//! - [`writing`]: rows as lines; [`writer`]: `writer` and `DictWriter`.

mod dialect;
mod lines;
mod reader;
mod reading;
mod writer;
mod writing;

use crate::script::{Registry, exception_class};

/// The value of the global constant `csv`.
#[derive(Debug, Clone)]
struct Csv;

pub(super) fn register(registry: &mut Registry) {
    reader::register(registry);
    writer::register(registry);
    let mut csv = registry.namespace("csv", Csv);
    csv.function("reader", reader::PARAMS, reader::construct)
        .function("DictReader", reader::DICT_PARAMS, reader::construct_dict)
        .function("writer", writer::PARAMS, writer::construct)
        .function("DictWriter", writer::DICT_PARAMS, writer::construct_dict);
    for (name, number) in dialect::QUOTING {
        csv.number(name, number);
    }
    exception_class::members(&mut csv, &["Error"]);
}
