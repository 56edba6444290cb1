//! `"…" % args`.

use rhai::Dynamic;

use super::printf_table::PRINTF;
use super::{compare, custom, eval, outcome, percent};

#[test]
fn the_percent_operator_is_pythons() {
    compare(PRINTF.iter().map(|(template, args, expected)| {
        let found = outcome(percent(template, &eval(args), &custom));
        (format!("{template:?} % {args}"), found, *expected)
    }));
}

#[test]
fn values_python_does_not_have_are_formatted_too() {
    let rows = [
        ("%s", "'a'", "a"),
        ("%r", "'a'", "'a'"),
        ("%c", "'a'", "a"),
        ("%s %s", "[Lock(), Opaque()]", "<Lock(owner=None)> <Opaque>"),
        ("%s", "|| 1", "<function <lambda>>"),
        ("%s", "1..=3", "range(1, 4)"),
        (
            "%d",
            "Opaque()",
            "TypeError: %d format: a real number is required, not Opaque",
        ),
        ("%f", "'a'", "TypeError: must be real number, not str"),
    ];
    compare(rows.into_iter().map(|(template, args, expected)| {
        (
            format!("{template:?} % {args}"),
            outcome(percent(template, &eval(args), &custom)),
            expected,
        )
    }));
}

#[test]
fn captured_variables_are_read_and_locked_ones_do_not_panic() {
    let mut cell = Dynamic::from(5_i64).into_shared();
    let args: Dynamic = rhai::Array::from([cell.clone()]).into();
    assert_eq!(outcome(percent("%03d", &args, &custom)), "005");
    let map: Dynamic = rhai::Map::from([("n".into(), cell.clone())]).into();
    assert_eq!(
        outcome(percent("%(n)03d", &map.into_shared(), &custom)),
        "005"
    );
    let _guard = cell.write_lock::<i64>().expect("free");
    assert_eq!(
        outcome(percent("%d", &args, &custom)),
        "TypeError: %d format: a real number is required, not busy variable"
    );
    assert_eq!(
        outcome(percent("%f", &args, &custom)),
        "TypeError: must be real number, not busy variable"
    );
    assert_eq!(outcome(percent("%s", &args, &custom)), "<busy>");
}

/// Python would try, and be ended by the kernel.
#[test]
fn fields_too_wide_for_memory_are_errors() {
    let wide = |template: &str, args: &str| outcome(percent(template, &eval(args), &custom));
    assert_eq!(wide("%2000000000d", "1"), "ValueError: width too big");
    assert_eq!(wide("%*d", "[2000000000, 1]"), "ValueError: width too big");
    assert_eq!(
        wide("%*d", "[-9223372036854775807 - 1, 1]"),
        "ValueError: width too big"
    );
    assert_eq!(wide("%.2000000000f", "1"), "ValueError: precision too big");
    assert_eq!(wide("%.100000f", "1.5").len(), 100_002);
    assert_eq!(wide("%100000d", "1").len(), 100_000);
}
