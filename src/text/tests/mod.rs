//! Tables of values and what CPython 3.11 makes of them. Arguments are written as the script writes them.

mod forms;
mod forms_table;
mod printf;
mod printf_table;
mod specs;
mod specs_table;
mod templates;
mod templates_table;

use rhai::{Dynamic, Engine, Scope};

use super::{TextError, format, format_spec, percent, repr_of, str_of, type_name};

/// A custom type that has a text form.
#[derive(Clone, Debug)]
struct Lock;

/// A custom type without one.
#[derive(Clone, Debug)]
struct Opaque;

/// What a script expression evaluates to. `INF` and `NAN` are floats, `bytes([…])` makes a blob.
fn eval(expression: &str) -> Dynamic {
    let mut engine = Engine::new();
    engine.register_fn("bytes", |bytes: rhai::Array| -> rhai::Blob {
        bytes
            .iter()
            .map(|byte| byte.as_int().expect("an integer") as u8)
            .collect()
    });
    engine.register_fn("Lock", || Lock);
    engine.register_fn("Opaque", || Opaque);
    engine.register_fn("bits", |bits: i64| f64::from_bits(bits as u64));
    let mut scope = Scope::new();
    scope
        .push_constant("INF", f64::INFINITY)
        .push_constant("NAN", f64::NAN);
    let value = engine.eval_with_scope::<Dynamic>(&mut scope, expression);
    value.unwrap_or_else(|error| panic!("{expression}: {error}"))
}

fn custom(value: &Dynamic) -> Option<String> {
    assert!(!value.is_shared(), "only plain values are asked about");
    value
        .read_lock::<Lock>()
        .map(|_| "<Lock(owner=None)>".into())
}

/// The text, or the exception as Python prints it.
fn outcome(result: Result<String, TextError>) -> String {
    result.unwrap_or_else(|error| error.to_string())
}

/// Compares a whole table, and shows all rows that differ.
fn compare<'a>(rows: impl IntoIterator<Item = (String, String, &'a str)>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter(|(_, found, expected)| found != expected)
        .map(|(case, found, expected)| {
            format!("{case}\n  expected {expected:?}\n     found {found:?}")
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} rows differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
