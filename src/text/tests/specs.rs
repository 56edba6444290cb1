//! `format(value, spec)`.

use rhai::Dynamic;

use super::specs_table::SPECS;
use super::{compare, custom, eval, format_spec, outcome};

#[test]
fn format_specifications_are_pythons() {
    compare(SPECS.iter().map(|(value, spec, expected)| {
        (
            format!("format({value}, {spec:?})"),
            outcome(format_spec(&eval(value), spec, &custom)),
            *expected,
        )
    }));
}

#[test]
fn values_python_does_not_have_are_formatted_too() {
    let rows = [
        ("'a'", ">3", "  a"),
        (
            "'a'",
            "d",
            "ValueError: Unknown format code 'd' for object of type 'str'",
        ),
        ("Lock()", "", "<Lock(owner=None)>"),
        (
            "Lock()",
            "5",
            "TypeError: unsupported format string passed to Lock.__format__",
        ),
        (
            "|| 1",
            "5",
            "TypeError: unsupported format string passed to function.__format__",
        ),
    ];
    compare(rows.into_iter().map(|(value, spec, expected)| {
        (
            format!("format({value}, {spec:?})"),
            outcome(format_spec(&eval(value), spec, &custom)),
            expected,
        )
    }));
}

#[test]
fn a_locked_variable_takes_no_specification() {
    let mut cell = Dynamic::from(5_i64).into_shared();
    let other = cell.clone();
    assert_eq!(outcome(format_spec(&other, "03", &custom)), "005");
    let _guard = cell.write_lock::<i64>().expect("free");
    assert_eq!(outcome(format_spec(&other, "", &custom)), "<busy>");
    assert_eq!(
        outcome(format_spec(&other, "03", &custom)),
        "TypeError: unsupported format string passed to busy variable.__format__"
    );
}

#[test]
fn numbers_in_a_specification_end_before_memory_does() {
    let too_many = "ValueError: Too many decimal digits in format string";
    for spec in ["2000000000", ".2000000000f", "18446744073709551617"] {
        assert_eq!(
            outcome(format_spec(&Dynamic::from(1.5), spec, &custom)),
            too_many
        );
    }
    assert_eq!(
        outcome(format_spec(&Dynamic::from(1.5), ".70000g", &custom)),
        "1.5"
    );
    assert_eq!(
        outcome(format_spec(&Dynamic::from(1.5), "#.70000g", &custom)).len(),
        70_001
    );
    assert_eq!(
        outcome(format_spec(&Dynamic::from(1.5), ".70000e", &custom)).len(),
        70_006
    );
}
