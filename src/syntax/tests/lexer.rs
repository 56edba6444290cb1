//! Texts and their tokens.

use super::super::items;
use super::super::lexer::{Kind, tokens};
use super::super::pieces::{Piece, pieces};

/// The tokens of a text but for its white space.
fn code(text: &str) -> Vec<(Kind, &str)> {
    let tokens = tokens(text).into_iter();
    let tokens = tokens.map(|token| (token.kind, &text[token.range]));
    tokens.filter(|(kind, _)| *kind != Kind::Space).collect()
}

fn texts<'t>(pieces: &[Piece<'t>]) -> Vec<&'t str> {
    pieces.iter().map(|piece| piece.text).collect()
}

/// Texts of which each is one token, and what it is.
const SINGLE: [(Kind, &str); 32] = [
    (Kind::Word, "x_1"),
    (Kind::Word, "_"),
    (Kind::Word, "变量"),
    (Kind::Number, "1.5"),
    (Kind::Number, "1.5e3"),
    (Kind::Number, "1e-3"),
    (Kind::Number, "0xff"),
    (Kind::Number, "1_000"),
    (Kind::String, r#""""#),
    (Kind::String, r#""if x: # no""#),
    (Kind::String, r#""a \" b""#),
    (Kind::String, r#""a ""b"" c""#),
    (Kind::String, "\"goes \\\n on\""),
    (Kind::String, "'it\"s'"),
    (Kind::String, r"'\''"),
    (Kind::String, "`C:\\`"),
    (Kind::String, "`a``b`"),
    (Kind::String, "`two\nlines`"),
    (Kind::String, r"`a \${b} c`"),
    (Kind::String, "`a $ {b} $`"),
    (Kind::String, "#\"raw \\ \"\"#"),
    (Kind::String, "##\"a \"# b\"##"),
    (Kind::String, "'''it's\ntwo'''"),
    (Kind::String, "\"\"\"two\nlines\"\"\""),
    (Kind::Comment, "// a /* b"),
    (Kind::Comment, "/// a"),
    (Kind::Comment, "/* a /* b */ c\n */"),
    (Kind::Comment, "# Python's"),
    (Kind::Symbol, "#{"),
    (Kind::Symbol, "**="),
    (Kind::Symbol, "?."),
    (Kind::Symbol, "\u{a0}"),
];

#[test]
fn each_of_these_is_one_token() {
    for (kind, text) in SINGLE {
        let found = tokens(text);
        assert_eq!(code(text), [(kind, text)]);
        assert!(found[0].is_closed, "{text}");
    }
}

#[test]
fn tokens_are_told_apart() {
    for (text, wanted) in [
        ("let x=f(a,1.5)", "let x = f ( a , 1.5 )"),
        ("a!=b&&c**2", "a != b && c ** 2"),
        ("1..3 1.max() 1.;", "1 .. 3 1 . max ( ) 1. ;"),
        ("1..=3", "1 ..= 3"),
        ("#{a:1}", "#{ a : 1 }"),
        ("变量=é", "变量 = é"),
        ("x\u{a0}y", "x \u{a0} y"),
        ("f\"a\"", "f \"a\""),
        ("a?.b??c", "a ?. b ?? c"),
        ("a // b\nc", "a // b c"),
        ("`a${b}c`", "`a ${ b } c`"),
        ("`${a}${`${b}`}`", "` ${ a } ${ ` ${ b } ` } `"),
        ("`a${ #{b:1}.b }`", "`a ${ #{ b : 1 } . b } `"),
        ("`a${\"}\"}`+d", "`a ${ \"}\" } ` + d"),
        ("$x", "$ x"),
        ("${x}", "$ { x }"),
    ] {
        let found: Vec<&str> = code(text).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found.join(" "), wanted);
    }
}

#[test]
fn what_has_no_end_is_not_closed() {
    for (text, first) in [
        ("\"abc\nx", "\"abc"),
        ("\"abc\\", "\"abc\\"),
        ("'abc\nx", "'abc"),
        ("'é", "'é"),
        ("`abc\nx", "`abc\nx"),
        ("#\"abc\nx", "#\"abc\nx"),
        ("/* a /* b */", "/* a /* b */"),
    ] {
        let found = tokens(text);
        assert_eq!(&text[found[0].range.clone()], first);
        assert!(!found[0].is_closed, "{text}");
    }
}

#[test]
fn a_string_is_one_piece_whatever_is_in_it() {
    for text in ["`a ${f(\"}\", `b`)} c`", "`${a}${b}`", "`${`${1}`}`"] {
        let (found, _) = pieces(text);
        assert_eq!(texts(&found), [text]);
        assert!(found[0].is_closed);
    }
    assert_eq!(texts(&pieces("`${a}`+\"b\"").0), ["`${a}`", "+", "\"b\""]);
}

#[test]
fn a_piece_without_its_end_ends_with_its_line() {
    for (text, wanted) in [
        ("\"abc\nx", &["\"abc", "x"][..]),
        ("'abc\nx", &["'abc", "x"]),
        ("`abc\nx", &["`abc", "x"]),
        ("#\"abc\nx", &["#\"abc", "x"]),
        ("`a ${b\nx", &["`a ${b", "x"]),
        ("`a ${\r\n`b` `c\nx", &["`a ${", "`b`", "`c", "x"]),
    ] {
        let (found, _) = pieces(text);
        let found: Vec<_> = texts(&found).into_iter().map(str::trim_end).collect();
        assert_eq!(found, wanted);
        assert!(!pieces(text).0[0].is_closed);
    }
}

#[test]
fn comments_are_apart_in_both_languages() {
    let (code, comments) = pieces("a // b\nc # d\n/* e /* f */ g */ h");
    assert_eq!(texts(&code), ["a", "c", "h"]);
    assert_eq!(texts(&comments), ["// b", "# d", "/* e /* f */ g */"]);
}

#[test]
fn places_count_lines_and_characters_from_one() {
    let (code, _) = pieces("é = `a\nbc` + d\n\tx");
    let places: Vec<_> = code.iter().map(|p| (p.text, p.line, p.column)).collect();
    let wanted = [
        ("é", 1, 1),
        ("=", 1, 3),
        ("`a\nbc`", 1, 5),
        ("+", 2, 5),
        ("d", 2, 7),
        ("x", 3, 2),
    ];
    assert_eq!(places, wanted);
}

#[test]
fn the_items_of_a_text_are_its_statements_and_functions() {
    for (text, wanted) in [
        (
            "let a = 1; fn f() { a; b } g()",
            &["let a = 1;", "fn f() { a; b }", "g()"][..],
        ),
        ("if a { b } else { c } d;", &["if a { b } else { c }", "d;"]),
        (
            "if a { b } // else\nelse { c } d;",
            &["if a { b } // else\nelse { c }", "d;"],
        ),
        (
            "let p = `C:\\`; let q = ;",
            &["let p = `C:\\`;", "let q = ;"],
        ),
        ("let s = `${a; b}`; c", &["let s = `${a; b}`;", "c"]),
        ("/* a; /* b */ c; */ d; e", &["/* a; /* b */ c; */ d;", "e"]),
        ("let m = #{a: 1}.b; c", &["let m = #{a: 1}.b;", "c"]),
        ("f(; }); g;", &["f(; });", "g;"]),
    ] {
        let found: Vec<&str> = items(text)
            .into_iter()
            .map(|range| text[range].trim())
            .collect();
        let found: Vec<&str> = found.into_iter().filter(|text| !text.is_empty()).collect();
        assert_eq!(found, wanted);
    }
}
