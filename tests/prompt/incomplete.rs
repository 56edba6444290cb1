//! What waits for more lines, and what does not.

use super::driver::Prompt;
use super::support::cases::Case;

pub(crate) const CASES: &[Case] = &[Case::new(
    "beginnings_wait_for_more_and_mistakes_do_not",
    beginnings_wait,
)];

fn beginnings_wait() {
    let mut prompt = Prompt::start("fork");
    let mut wrong = Vec::new();
    for (waits, texts) in [(true, BEGINNINGS), (false, OTHERS)] {
        for text in texts {
            if prompt.command("incomplete", text) != waits.to_string() {
                wrong.push(text);
            }
        }
    }
    assert!(wrong.is_empty(), "judged wrongly: {wrong:?}");
}

const BEGINNINGS: &[&str] = &[
    "fn f(x) {",
    "fn f(x",
    "fn f",
    "fn",
    "if x > 1 {",
    "if",
    "let x =",
    "let",
    "const",
    "let x = 5 +",
    "[1, 2,",
    "[1,2",
    "#{a: 1,",
    "#{a",
    "foo(1,",
    "foo(",
    "x.",
    "while true {\n  let y = 1;",
    "`abc ${1+",
    "`abc\ndef",
    "\"abc\\",
    "#\"abc",
    "/* comment",
    "1 /* a /* b */",
    "|x| x +",
    "|x",
    "try {",
    "try { 1 }",
    "try { 1 } catch",
    "switch x {",
    "switch x { 1 =>",
    "let s = \"a\" +",
    "for i in",
    "for",
    "a[1",
    "a[",
    "import \"x\" as",
    "import",
    "x ??",
    "a &&",
    "!",
    "-",
    "do { x += 1; }",
    "do { x } while",
    "if x { 1 } else",
    "let a = [\n1,\n2\n",
    "fn f(x) {\n  // a comment",
    "f(1,   ",
    "f(1,\n\n",
    "if x {\n  1\n}\nelse",
    "private",
    "throw 1 +",
];

const OTHERS: &[&str] = &[
    "",
    "   ",
    "x",
    "x.foo",
    "f(1)",
    "let x",
    "let x = 1",
    "let x = 5;;",
    "fn f() { }",
    "fn f() {\n}\n",
    "if x { 1 }",
    "|| 1",
    "return",
    "// comment only",
    "1 // (",
    "1 /* ( */",
    "`abc`",
    "`a ${1}`",
    "\"(\"",
    "\"abc",
    "\"abc\ndef\"",
    "'a",
    "'ab'",
    "1 +* 2",
    "let = 3",
    ")",
    "x = = 2",
    "@",
    "else",
    "fn f() { 1 }\n}",
    "[1, 2))",
    "f(1 2",
    "let 5 = x +",
    "_",
    "switch 1 { _ => 2 }",
    "for _ in range(3) {}",
];
