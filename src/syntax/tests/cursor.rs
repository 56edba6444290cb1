//! What the end of a text is part of.

use super::super::cursor::{Call, Cursor, Inside, Owner, Quoted, Step};

#[test]
fn the_end_of_a_text_is_inside_what_it_does_not_close() {
    for (text, inside) in [
        ("", Inside::Code),
        ("f(1) // x\n+ 1", Inside::Code),
        ("f(1) // x", Inside::LineComment),
        ("1 /* 2 */ + 3", Inside::Code),
        ("1 /* 2 */", Inside::Code),
        ("1 /* 2 /* 3 */", Inside::BlockComment),
        ("\"a // b\" + 1", Inside::Code),
        ("\"a\\\" b", Inside::ShortString),
        ("\"a\\\\", Inside::ShortString),
        ("\"a\\", Inside::LongString),
        ("\"a\\\n", Inside::LongString),
        ("\"a\n b", Inside::Code),
        ("\"open", Inside::ShortString),
        ("'é", Inside::ShortString),
        ("`open", Inside::LongString),
        ("`a\nb", Inside::LongString),
        ("`a ${b", Inside::Code),
        ("`a ${b}", Inside::LongString),
        ("`a ${b} ", Inside::LongString),
        ("`a ${ #{b: 1}.b } c", Inside::LongString),
        ("`a ${ #{b: 1}", Inside::Code),
        ("`a ${\"}\"} c` + d", Inside::Code),
        ("`a \\${b", Inside::LongString),
        ("`a``b", Inside::LongString),
        ("#\"a\" b", Inside::LongString),
        ("#\"a\"# b", Inside::Code),
        ("'\"' + b", Inside::Code),
        ("'\\'' + \"", Inside::ShortString),
        ("#{a: 1", Inside::Code),
    ] {
        assert_eq!(Cursor::behind(text).inside(), inside, "{text:?}");
    }
}

fn path<'t>(names: &[&'t str]) -> Owner<'t> {
    Owner::Path(names.iter().map(|name| Step::Name(name)).collect())
}

fn call<'t>(owner: &[&'t str], name: &'t str, given: usize) -> Call<'t> {
    let owner = match owner {
        [] => Owner::Nobody,
        names => path(names),
    };
    Call {
        owner,
        name,
        given,
        keywords: None,
    }
}

#[test]
fn the_call_around_the_cursor_is_found_where_an_argument_begins() {
    for (text, wanted) in [
        ("q.put(", Some(call(&["q"], "put", 0))),
        ("f(1, ", Some(call(&[], "f", 1))),
        ("os.path.join(a,", Some(call(&["os", "path"], "join", 1))),
        ("q.put(f(1, 2), ", Some(call(&["q"], "put", 1))),
        ("q.put([1, 2], // why\n ", Some(call(&["q"], "put", 1))),
        ("`a ${f(", Some(call(&[], "f", 0))),
        ("#\"raw(\"#; f(", Some(call(&[], "f", 0))),
        (
            "f(#{",
            Some(Call {
                keywords: Some(Vec::new()),
                ..call(&[], "f", 0)
            }),
        ),
        (
            "f(1, #{a: 2, b: g(3, 4), ",
            Some(Call {
                keywords: Some(vec!["a", "b"]),
                ..call(&[], "f", 1)
            }),
        ),
        ("q.put(na", Some(call(&["q"], "put", 0))),
        ("q.put(1 ", None),
        ("q.put(1)", None),
        ("f(#{a: ", None),
        ("while (", None),
        ("[1, ", None),
        ("(", None),
        ("", None),
    ] {
        assert_eq!(Cursor::behind(text).call(), wanted, "{text:?}");
    }
}

#[test]
fn the_owner_of_a_name_is_what_is_before_its_dot() {
    for (text, wanted) in [
        ("", Owner::Nobody),
        ("x + na", Owner::Nobody),
        ("x + os.path.jo", path(&["os", "path"])),
        ("lib::", path(&["lib"])),
        ("d?.", path(&["d"])),
        ("q\n    .pu", path(&["q"])),
        ("\"a\".", Owner::Path(vec![Step::String])),
        ("`a`.x", Owner::Path(vec![Step::String])),
        ("f().x", Owner::Path(vec![Step::Name("f"), Step::Call])),
        (
            "1 + q.get(a, [b])[0].x.",
            Owner::Path(vec![
                Step::Name("q"),
                Step::Name("get"),
                Step::Call,
                Step::Item(Some("0")),
                Step::Name("x"),
            ]),
        ),
        ("[1, 2].", Owner::Path(vec![Step::List])),
        ("in [1, 2].", Owner::Path(vec![Step::List])),
        ("#{a: 1}.", Owner::Path(vec![Step::Map])),
        ("(a + b).x", Owner::Unknown),
        ("while (a).x", Owner::Unknown),
        ("{ a }.x", Owner::Unknown),
        (
            "\"a\".b.c",
            Owner::Path(vec![Step::String, Step::Name("b")]),
        ),
        ("1.", Owner::Unknown),
        ("1..n", Owner::Nobody),
        (".", Owner::Unknown),
    ] {
        assert_eq!(Cursor::behind(text).owner(), wanted, "{text:?}");
    }
}

#[test]
fn the_word_at_the_cursor_and_the_open_brackets_are_known() {
    let cursor = Cursor::behind("fn f(a) { [os.getp");
    assert_eq!(
        (cursor.start(), cursor.word(), cursor.depth()),
        (14, "getp", 2)
    );
    let cursor = Cursor::behind("f(\"{\", // {\n");
    assert_eq!((cursor.word(), cursor.depth()), ("", 1));
    assert_eq!(Cursor::behind("}").depth(), 0);
}

#[test]
fn a_string_may_name_an_item_of_the_value_before_its_bracket() {
    let quoted = |start, of: Option<&[Step<'static>]>| {
        let of = of.map(<[_]>::to_vec);
        Some(Quoted { start, of })
    };
    for (text, wanted) in [
        ("d[\"al", quoted(3, Some(&[Step::Name("d")]))),
        (
            "a.b[\"",
            quoted(5, Some(&[Step::Name("a"), Step::Name("b")])),
        ),
        ("[\"al", quoted(2, None)),
        ("in [\"al", quoted(5, None)),
        ("open(\"/e", quoted(6, None)),
        ("\"a\" + 1", None),
        ("'a", None),
        ("`a", None),
    ] {
        assert_eq!(Cursor::behind(text).quoted(), wanted, "{text:?}");
    }
}
