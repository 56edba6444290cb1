//! Checks for any script: nothing panics, correct code gets no advice, and proposals parse.

use std::fs;

use super::super::Advice;
use super::reading::{Pieces, Reading};
use super::{advice, of_failure, statement};
use crate::Runtime;

/// The scripts of the repository: all of them parse.
fn scripts() -> Vec<String> {
    let found = fs::read_dir("scripts")
        .unwrap()
        .map(|file| file.unwrap().path());
    let scripts = found.filter(|path| path.extension().is_some_and(|end| end == "rhai"));
    let scripts: Vec<String> = scripts
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert!(scripts.len() > 30);
    scripts
}

/// The advice for a script that does not parse, and the line at which the parser stopped.
fn advice_for(runtime: &Runtime, text: &str) -> Option<(Option<Advice>, usize)> {
    let error = runtime.engine.compile(text).err()?;
    let place = error.position();
    let line = place.line().unwrap_or(0);
    let message = error.err_type().to_string();
    let advice = advice(
        &runtime.names,
        &Pieces::of(text),
        (line, place.position().unwrap_or(0)),
        &message,
    );
    Some((advice, line))
}

/// Pseudo-random numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

#[test]
fn a_script_that_was_cut_off_is_only_unclosed() {
    let runtime = Runtime::builder().build().unwrap();
    for script in scripts() {
        for (at, _) in script.match_indices('\n') {
            let text = &script[..=at];
            let Some((Some(advice), line)) = advice_for(&runtime, text) else {
                continue;
            };
            let message = advice.message.unwrap_or_default();
            assert!(message.ends_with("was never closed"), "{message}\n{text}");
            let (of, column) = advice.place.unwrap();
            assert!(of <= line);
            let opening = text.lines().nth(of - 1).unwrap().chars().nth(column - 1);
            assert!(
                opening.is_some_and(|c| "([{#".contains(c)),
                "{opening:?}\n{text}"
            );
        }
    }
}

#[test]
fn damaged_scripts_get_no_advice_about_lines_below_and_cause_no_panic() {
    const PIECES: [&str; 24] = [
        "\"", "'", "`", "{", "}", "(", ")", "[", "]", ";", ":", ",", "=", "#", "//", "/*", "${",
        "\\", "é", " if ", " not ", "|", "“", "\n",
    ];
    let runtime = Runtime::builder().build().unwrap();
    let mut numbers = Numbers(1);
    for script in scripts() {
        let places: Vec<usize> = script.char_indices().map(|(at, _)| at).collect();
        for _ in 0..40 {
            let mut text = script.clone();
            let at = places[numbers.below(places.len())];
            match numbers.below(3) {
                0 => text.truncate(at),
                1 => drop(text.remove(at)),
                _ => text.insert_str(at, PIECES[numbers.below(PIECES.len())]),
            }
            if let Some((Some(advice), line)) = advice_for(&runtime, &text) {
                assert!(!advice.help.is_empty(), "{advice:?}");
                let message = advice.message.clone().unwrap_or_default();
                assert!(!message.contains("Python"), "{message}\n{text}");
                let of = advice.place.map_or(line, |place| place.0);
                assert!(of <= line.max(1), "{advice:?}\n{text}");
            }
        }
    }
}

#[test]
fn any_message_at_any_place_causes_no_panic() {
    let runtime = Runtime::builder().build().unwrap();
    const MESSAGES: [&str; 10] = [
        "Expecting ';' to terminate this statement",
        "Expecting '{' to start a statement block",
        "Expecting ',' to separate the arguments to function call 'f'",
        "Expecting name of a variable",
        "Open string is not terminated",
        "Invalid character: 'ab'",
        "Unexpected '}'",
        "'print' is a reserved keyword",
        "Function definitions must be at global level and cannot be inside a block or another function",
        "name 'x' is not defined",
    ];
    let mut numbers = Numbers(2);
    for script in scripts() {
        let lines = script.lines().count();
        let pieces = Pieces::of(&script);
        for message in MESSAGES {
            for _ in 0..20 {
                let (line, column) = (numbers.below(lines + 3), numbers.below(90));
                advice(&runtime.names, &pieces, (line, column), message);
                of_failure(&runtime.names, &pieces, (line, column), message);
            }
        }
    }
    for text in [
        "", "\n", "\"", "`${", "#", "#\"", "(", ")", "'", "a", "é", "/*", "if", "for", "let",
        "class",
    ] {
        for place in [(0, 0), (1, 1), (1, 2), (2, 1), (9, 9)] {
            for message in MESSAGES {
                advice(&runtime.names, &Pieces::of(text), place, message);
                of_failure(&runtime.names, &Pieces::of(text), place, message);
            }
        }
    }
}

/// Python's statements, and the proposals for them.
const PROPOSALS: [(&str, &str); 43] = [
    ("x = 'it\"s'", "let x = \"it\\\"s\";"),
    (
        "x = y if y > 1 and not z else None",
        "let x = if y > 1 && !z { y } else { None };",
    ),
    ("x = not a == b", "let x = !(a == b);"),
    ("x = a < b <= c", "let x = a < b && b <= c;"),
    ("x = a is not None", "let x = a != None;"),
    (
        "x = [i * i for i in range(3) if i not in xs]",
        "let x = list(range(3)).filter(|i| i !in xs).map(|i| i * i);",
    ),
    ("x = [i for i in (1, 2)]", "let x = list([1, 2]);"),
    ("x = {}", "let x = #{};"),
    (
        "x = {'a': {\"b-c\": (1,)}, 'if': 2}",
        "let x = #{a: #{\"b-c\": [1]}, \"if\": 2};",
    ),
    (
        "x = xs[1:], xs[:2], xs[a:b]",
        "let x = [xs.extract(1), xs.extract(0..2), xs.extract(a..b)];",
    ),
    ("x: int = 1", "let x = 1;"),
    ("x.y = (1, 2)", "x.y = [1, 2];"),
    ("x[0] = 'ab'", "x[0] = \"ab\";"),
    (
        "(a, b) = q.get()",
        "let both = q.get(); let a = both[0]; let b = both[1];",
    ),
    (
        "a, b = b, a",
        "let both = [b, a]; a = both[0]; b = both[1];",
    ),
    ("f = lambda: None", "let f = || None;"),
    ("f = lambda a, b: a + b", "let f = |a, b| a + b;"),
    ("self.n = n", "this.n = n;"),
    (
        "f(1, (2, 3), k=(4,), m='no')",
        "f(1, [2, 3], #{k: [4], m: \"no\"});",
    ),
    ("print(f'{a} of {{{b}}}')", "print(`${a} of {${b}}`);"),
    (
        "print(r'\\d', b'ab', u'cd')",
        "print(#\"\\d\"#, \"ab\".encode(), \"cd\");",
    ),
    (
        "print('%s' % (x,), end='')",
        "print([\"%s\" % [x]], #{end: \"\"});",
    ),
    ("print 'a', b", "print(\"a\", b);"),
    (
        "p = Process(target=lambda: print(1), args=())",
        "let p = Process(#{target: || print(1), args: []});",
    ),
    ("if a or b: print('yes')", "if a || b { print(\"yes\"); }"),
    ("elif x:", "else if x { … }"),
    ("else: pass", "else {  }"),
    ("while not e.is_set():", "while !e.is_set() { … }"),
    ("for i, x in enumerate(xs):", "for (x, i) in xs { … }"),
    (
        "for (k, v) in d.items():",
        "for pair in d.items() { let k = pair[0]; let v = pair[1]; … }",
    ),
    ("for x in xs: print(x)", "for x in xs { print(x); }"),
    ("[p.start() for p in ps]", "for p in ps { p.start(); }"),
    (
        "def f(self, a, b=1, c: int = 2) -> int:",
        "fn f(a, b, c) { … }",
    ),
    (
        "except (KeyError, queue.Empty) as e:",
        "catch (e) { if e.type in [\"KeyError\", \"Empty\"] { … } else { throw; } }",
    ),
    ("except Exception:", "catch (e) { … }"),
    ("raise KeyError from e", "throw KeyError();"),
    ("with open(p) as f:", "with open(p) as f { … }"),
    ("with lock: n = n + 1", "with lock { let n = n + 1; }"),
    ("with a, open(p) as f:", "with a, open(p) as f { … }"),
    (
        "assert a, 'no'",
        "if !(a) { throw AssertionError(\"no\"); }",
    ),
    ("del d['a']", "d.remove(\"a\");"),
    (
        "import numpy as np, os",
        "import \"numpy\" as np; import \"os\" as os;",
    ),
    ("return a, b", "return [a, b];"),
];

#[test]
fn proposals_are_right_and_parse() {
    let runtime = Runtime::builder().build().unwrap();
    for (python, wanted) in PROPOSALS {
        let pieces = Pieces::of(python);
        let read = Reading::new(&runtime.names, &pieces, (0, 0), "");
        let found = statement::statement(&read, 0..read.tokens.len());
        assert_eq!(found.as_deref(), Some(wanted), "{python}");
        let whole = match wanted.split_once(' ') {
            Some(("else", _)) => format!("if true {{ }} {wanted}"),
            Some(("catch", _)) => format!("try {{ }} {wanted}"),
            Some(("this.n", _)) => format!("fn f(n) {{ {wanted} }}"),
            _ => wanted.to_string(),
        };
        let whole = whole.replace('…', "");
        assert!(runtime.engine.compile(&whole).is_ok(), "{whole}");
    }
}

#[test]
fn uncertain_translations_are_not_proposed() {
    let runtime = Runtime::builder().build().unwrap();
    for python in [
        "x = [a for a in b for c in d]",
        "x = {a for a in b}",
        "x = f'{a:.2f}'",
        "x = f'{a!r}'",
        "f(*xs)",
        "x = xs[::2]",
        "xs[1:2] = [3]",
        "x = a @ b",
        "x = yield",
        "x = 'a' 'b'",
        "x = a < == b",
        "x = a < b <",
        "x = < a < b",
        "(yield)",
        "def f(*args):",
        "pass",
    ] {
        let pieces = Pieces::of(python);
        let read = Reading::new(&runtime.names, &pieces, (0, 0), "");
        let found = statement::statement(&read, 0..read.tokens.len());
        assert_eq!(found, None, "{python}");
    }
}

/// Enough for any statement that is translated, in a build without optimisation.
const SMALL_STACK: usize = 256 << 10;

#[test]
fn deep_nesting_takes_no_stack() {
    let thread = std::thread::Builder::new().stack_size(SMALL_STACK);
    thread.spawn(read_nested).unwrap().join().unwrap();
}

fn read_nested() {
    let runtime = Runtime::builder().build().unwrap();
    for (open, close) in [
        ("(1, ", ")"),
        ("(", ")"),
        ("[", "]"),
        ("not ", ""),
        ("[x for x in ", "]"),
        ("lambda: ", ""),
        ("a if b else ", ""),
        ("b if ", " else c"),
        ("a ? b : ", ""),
        ("a and (", ")"),
        ("async ", ""),
        ("if x: ", ""),
        ("{'a': ", "}"),
        ("#{a: ", "}"),
        ("f(a=", ")"),
        ("print#{a:", "}"),
        ("x[", "]"),
        ("x[1:", "]"),
        ("`${", "}`"),
    ] {
        // As deep as a statement is translated at all, just above, and far above.
        for depth in [15, 16, 17, 40, 66, 100, 199, 300, 20_000] {
            let text = format!("x = {}1{} and y", open.repeat(depth), close.repeat(depth));
            let pieces = Pieces::of(&text);
            for message in [
                "Expecting ';' to terminate this statement",
                "Unexpected 'and'",
            ] {
                for column in [0, 1, 5, text.len(), text.len() / 2] {
                    advice(&runtime.names, &pieces, (1, column), message);
                    of_failure(&runtime.names, &pieces, (1, column), message);
                }
            }
        }
    }
}
