//! `"…".format(args)`.

use super::templates_table::TEMPLATES;
use super::{compare, custom, eval, format, outcome};

fn filled(template: &str, args: &str) -> String {
    let args = eval(args).into_array().expect("arguments are an array");
    outcome(format(template, &args, &custom, &|_, _| None))
}

#[test]
fn str_format_is_pythons() {
    compare(TEMPLATES.iter().map(|(template, args, expected)| {
        (
            format!("{template:?}.format({args})"),
            filled(template, args),
            *expected,
        )
    }));
}

/// Where scripts differ from Python: the map at the end serves names and is an argument by position as well, keys of
/// maps are texts even if they look like numbers.
#[test]
fn a_map_at_the_end_serves_names_and_positions() {
    let rows = [
        ("{}", "[#{a: 1}]", "{'a': 1}"),
        ("{0[a]} {a}", "[#{a: 1}]", "1 1"),
        ("{} {a}", "[7, #{a: 1}]", "7 1"),
        ("{a}", "[#{a: 1}, 7]", "KeyError: 'a'"),
        ("{0[7]}", r#"[#{"7": "seven"}]"#, "seven"),
        ("{0[7]}", r#"[#{"8": "eight"}]"#, "KeyError: 7"),
        ("{中}", r#"[#{"中": 1}]"#, "1"),
    ];
    compare(rows.into_iter().map(|(template, args, expected)| {
        (
            format!("{template:?}.format({args})"),
            filled(template, args),
            expected,
        )
    }));
}

#[test]
fn values_python_does_not_have_are_formatted_too() {
    let rows = [
        ("{} {!r}", "['a', 'a']", "a 'a'"),
        ("{:>3}|", "['a']", "  a|"),
        ("{} {}", "[Lock(), Opaque()]", "<Lock(owner=None)> <Opaque>"),
        ("{0[2]}", "[5..=7]", "7"),
        (
            "{0[3]}",
            "[5..=7]",
            "IndexError: range object index out of range",
        ),
        (
            "{0.x}",
            "[#{x: 1}]",
            "AttributeError: 'dict' object has no attribute 'x'",
        ),
        (
            "{0[1]}",
            "[Opaque()]",
            "TypeError: 'Opaque' object is not subscriptable",
        ),
    ];
    compare(rows.into_iter().map(|(template, args, expected)| {
        (
            format!("{template:?}.format({args})"),
            filled(template, args),
            expected,
        )
    }));
}

#[test]
fn captured_variables_are_read() {
    assert_eq!(
        filled(
            "{0[0][a]:03} {a}",
            "let m = #{a: 1}; let f = || m; [[m], m]"
        ),
        "001 1"
    );
}
