//! The forms of a report: the caret is under the position whatever the line is like.

use crate::program::Source;
use crate::program::diagnostic::{Diagnostic, ErrorFormat};
use crate::program::frame::Frame;

/// What is shown of an error at this position of `text`.
fn shown(text: &str, line: u16, column: u16) -> String {
    at(text, line, column).to_string()
}

fn at(text: &str, line: u16, column: u16) -> Diagnostic {
    let source = Source::new("/x/demo.rhai", "demo.rhai", text);
    Diagnostic::syntax(&source, (line.into(), column.into()), "bad".into())
}

fn frame(line: usize, function: &str, times: usize) -> Frame {
    Frame {
        file: "demo.rhai".into(),
        line,
        column: 5,
        function: function.into(),
        code: format!("    call({line});"),
        times,
    }
}

/// The line of code and the line of the caret, without the margin.
fn excerpt(text: &str, column: u16) -> (String, String) {
    let shown = shown(text, 1, column);
    let mut lines = shown.lines().skip(3);
    let mut next = || lines.next().unwrap_or_default()[7..].to_string();
    (next(), next())
}

#[test]
fn the_place_is_shown_with_its_line() {
    assert_eq!(
        shown("let a = 1;\nlet x = totl + 1;\n", 2, 9),
        "SyntaxError: bad\n  --> demo.rhai:2:9\n     |\n   2 | let x = totl + 1;\n     |         ^"
    );
}

#[test]
fn a_long_line_number_makes_the_margin_wider() {
    let text = "\n".repeat(12344) + "x y";
    assert_eq!(
        shown(&text, 12345, 3),
        "SyntaxError: bad\n   --> demo.rhai:12345:3\n      |\n12345 | x y\n      |   ^"
    );
}

#[test]
fn without_a_column_a_line_or_a_text_less_is_shown() {
    assert_eq!(
        shown("x\n", 1, 0),
        "SyntaxError: bad\n  --> demo.rhai:1\n     |\n   1 | x"
    );
    assert_eq!(shown("x\n", 7, 2), "SyntaxError: bad\n  --> demo.rhai:7:2");
    assert_eq!(
        shown("x\n   \n", 2, 2),
        "SyntaxError: bad\n  --> demo.rhai:2:2"
    );
    assert_eq!(Diagnostic::new("Empty", String::new()).to_string(), "Empty");
}

#[test]
fn the_caret_stands_under_the_place_behind_tabs_and_wide_characters() {
    assert_eq!(
        excerpt("\t\tx", 3),
        ("        x".into(), "        ^".into())
    );
    assert_eq!(
        excerpt("\"日本\" x", 6),
        ("\"日本\" x".into(), "       ^".into())
    );
    assert_eq!(excerpt("\"🦀\" x", 5), ("\"🦀\" x".into(), "     ^".into()));
    // An accent as a character of its own takes no column.
    assert_eq!(
        excerpt("e\u{301} x", 4),
        ("e\u{301} x".into(), "  ^".into())
    );
    // What would colour the terminal is shown harmlessly.
    assert_eq!(
        excerpt("\u{1b}[31mx", 6),
        ("\u{fffd}[31mx".into(), "     ^".into())
    );
}

#[test]
fn a_column_past_the_end_is_the_end() {
    assert_eq!(
        excerpt("let x =", 60),
        ("let x =".into(), "       ^".into())
    );
    assert_eq!(
        excerpt("let x =   ", 10),
        ("let x =".into(), "       ^".into())
    );
}

#[test]
fn of_a_long_line_what_is_around_the_place_is_shown() {
    let line = format!("{}!{}", "a".repeat(300), "b".repeat(300));
    let (code, caret) = excerpt(&line, 301);
    let at = caret.chars().count() - 1;
    assert_eq!(code.chars().nth(at), Some('!'), "{code}\n{caret}");
    assert!(code.starts_with("…a") && code.ends_with("b…"), "{code}");
    assert!(code.chars().count() <= 102, "{code}");

    let (code, caret) = excerpt(&line, 1);
    assert!(code.starts_with("aaa") && code.ends_with("a…"), "{code}");
    assert_eq!(caret, "^");

    let (code, caret) = excerpt(&line, 601);
    assert!(code.starts_with("…b") && code.ends_with('b'), "{code}");
    assert_eq!(code.chars().count(), caret.chars().count());

    let wide = "日".repeat(200);
    let (code, caret) = excerpt(&wide, 100);
    assert!(code.starts_with('…') && code.ends_with('…'), "{code}");
    assert_eq!(
        caret.len() % 2,
        0,
        "behind the mark of the cut, characters of two columns"
    );
}

#[test]
fn messages_and_help_may_have_several_lines() {
    let mut told = at("x", 1, 1);
    told.message = "first\n  second".into();
    told.help = vec!["do this:\nlet y = 1;".into(), "or that".into()];
    assert_eq!(
        told.to_string(),
        "SyntaxError: first\n  second\n  --> demo.rhai:1:1\n     |\n   1 | x\n     | ^\n\
         help: do this:\n      let y = 1;\nhelp: or that"
    );
}

#[test]
fn calls_are_shown_where_a_function_is_among_them() {
    let told = |frames| Diagnostic::new("ValueError", "bad".into()).with_frames(frames);
    let place = |line| {
        format!(
            "ValueError: bad\n  --> demo.rhai:{line}:5\n     |\n   {line} |     call({line});\n     |     ^"
        )
    };
    assert_eq!(told(vec![frame(3, "<module>", 1)]).to_string(), place(3));
    assert_eq!(told(vec![frame(3, "", 1)]).to_string(), place(3));
    assert_eq!(
        told(vec![frame(3, "<module>", 1), frame(1, "f", 5)]).to_string(),
        place(1)
            + "\nTraceback (most recent call last):\n  File \"demo.rhai\", line 3, in <module>\n    call(3);\n"
            + "  File \"demo.rhai\", line 1, in f\n    call(1);\n"
                .repeat(3)
                .as_str()
            + "  [Previous line repeated 2 more times]"
    );
    assert!(
        told(vec![frame(1, "f", 1)])
            .to_string()
            .contains("Traceback")
    );
}

#[test]
fn who_reports_is_said_first() {
    let mut told = Diagnostic::new("Empty", String::new());
    told.process = Some("Process-1".into());
    assert_eq!(told.to_string(), "Process Process-1:\nEmpty");
    told.thread = Some("Thread-1 (f)".into());
    assert_eq!(told.to_string(), "Exception in thread Thread-1 (f):\nEmpty");
}

#[test]
fn as_json_it_is_one_line() {
    let mut told = at("let \"x\"\t= 1", 1, 5).with_frames(vec![frame(2, "f", 1)]);
    told.message = "a\nb\u{1}\\".into();
    told.help = vec!["h".into()];
    told.thread = Some("日本".into());
    assert_eq!(
        told.render(ErrorFormat::Json),
        "{\"kind\": \"SyntaxError\", \"message\": \"a\\nb\\u0001\\\\\", \"file\": \"demo.rhai\", \"line\": 2, \
         \"column\": 5, \"code\": \"    call(2);\", \"help\": [\"h\"], \"frames\": [{\"file\": \"demo.rhai\", \
         \"line\": 2, \"column\": 5, \"function\": \"f\", \"code\": \"    call(2);\", \"times\": 1}], \
         \"process\": null, \"thread\": \"日本\"}\n"
    );
}
