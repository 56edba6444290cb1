//! `str` and `repr`.

use rhai::{Array, Dynamic};

use super::forms_table::FORMS;
use super::{compare, custom, eval, repr_of, str_of, type_name};

#[test]
fn str_and_repr_are_pythons() {
    compare(FORMS.iter().flat_map(|(expression, str, repr)| {
        let value = eval(expression);
        [
            (format!("str({expression})"), str_of(&value, &custom), *str),
            (
                format!("repr({expression})"),
                repr_of(&value, &custom),
                *repr,
            ),
        ]
    }));
}

#[test]
fn values_python_does_not_have_look_like_their_nearest() {
    let rows = [
        ("'a'", "a", "'a'"),
        ("'\\''", "'", "\"'\""),
        ("['a', \"b\"]", "['a', 'b']", "['a', 'b']"),
        ("1..=5", "range(1, 6)", "range(1, 6)"),
        (
            "0..=9223372036854775807",
            "range(0, 9223372036854775808)",
            "range(0, 9223372036854775808)",
        ),
        (
            "fn work() {} Fn(\"work\")",
            "<function work>",
            "<function work>",
        ),
        ("|x| x + 1", "<function <lambda>>", "<function <lambda>>"),
        (
            "let n = 1; [|| n]",
            "[<function <lambda>>]",
            "[<function <lambda>>]",
        ),
        ("Lock()", "<Lock(owner=None)>", "<Lock(owner=None)>"),
        (
            "[Lock(), #{a: Opaque()}]",
            "[<Lock(owner=None)>, {'a': <Opaque>}]",
            "[<Lock(owner=None)>, {'a': <Opaque>}]",
        ),
        ("timestamp()", "<timestamp>", "<timestamp>"),
        ("parse_int(\"7\").to_float()", "7.0", "7.0"),
    ];
    compare(rows.into_iter().flat_map(|(expression, str, repr)| {
        let value = eval(expression);
        [
            (format!("str({expression})"), str_of(&value, &custom), str),
            (
                format!("repr({expression})"),
                repr_of(&value, &custom),
                repr,
            ),
        ]
    }));
}

#[test]
fn numbers_of_host_types_show_their_digits() {
    assert_eq!(repr_of(&Dynamic::from(7_u8), &custom), "7");
    assert_eq!(str_of(&Dynamic::from(-7_i32), &custom), "-7");
}

#[test]
fn captured_variables_show_what_they_hold() {
    let inner = Dynamic::from("x").into_shared();
    let value = Dynamic::from(Array::from([inner.clone()])).into_shared();
    assert_eq!(str_of(&inner, &custom), "x");
    assert_eq!(str_of(&value, &custom), "['x']");
    assert_eq!(type_name(&value), "list");
}

#[test]
fn a_locked_variable_shows_as_busy() {
    let mut cell = Dynamic::from(1_i64).into_shared();
    let value = Dynamic::from(Array::from([cell.clone()]));
    let other = cell.clone();
    let _guard = cell.write_lock::<i64>().expect("free");
    assert_eq!(str_of(&other, &custom), "<busy>");
    assert_eq!(repr_of(&value, &custom), "[<busy>]");
    assert_eq!(type_name(&other), "busy variable");
}

#[test]
fn endless_nesting_ends_in_dots() {
    let mut value = Dynamic::UNIT;
    for _ in 0..500 {
        value = Array::from([value]).into();
    }
    let text = repr_of(&value, &custom);
    assert!(text.contains("[...]") && text.len() < 500, "{text}");
}

#[test]
fn types_have_pythons_names() {
    let rows = [
        ("()", "NoneType"),
        ("true", "bool"),
        ("1", "int"),
        ("1.0", "float"),
        ("\"a\"", "str"),
        ("'a'", "str"),
        ("[]", "list"),
        ("#{}", "dict"),
        ("bytes([])", "bytes"),
        ("1..2", "range"),
        ("1..=2", "range"),
        ("|| 1", "function"),
        ("Opaque()", "Opaque"),
        ("timestamp()", "timestamp"),
    ];
    compare(
        rows.into_iter()
            .map(|(expression, name)| (expression.into(), type_name(&eval(expression)), name)),
    );
}
