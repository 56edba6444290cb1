//! Operators and natives at their edges.

use super::{each_same, same};

/// A function `f` and its arguments: each call is made often enough to be compiled.
fn function(body: &str, calls: &[&str]) -> String {
    let calls = calls
        .iter()
        .map(|call| format!("try {{ print(f({call})); }} catch (e) {{ print(e); }}\n"));
    format!(
        "fn f(a, b) {{ {body} }}\nfor round in range(25) {{ f(1, 2); f(1.5, 2.5); f(3, 1.5); f(2.5, 2); f(true, false) }}\n{}",
        calls.collect::<String>()
    )
}

#[test]
fn integers_overflow_as_they_do() {
    let edges = [
        "9223372036854775807, 1",
        "-9223372036854775807 - 1, -1",
        "-9223372036854775807 - 1, 1",
        "7, 0",
        "-7, 2",
        "7, -2",
        "2, 62",
        "2, 63",
        "-2, 63",
        "1, -1",
        "0, 0",
        "3, 4294967296",
        "1, 64",
        "1, 63",
        "-1, 70",
        "5, -3",
        "-5, -9223372036854775807 - 1",
    ];
    for op in ["+", "-", "*", "/", "%", "**", "<<", ">>", "&", "|", "^"] {
        let body = format!(
            "if type(a) == \"bool\" || type(a) == \"float\" || type(b) == \"float\" {{ return 0; }} a {op} b"
        );
        // Without the test of types, too: other calls have other types.
        same(&function(&body, &edges));
        let plain = format!("fn f(a, b) {{ a {op} b }}\n");
        let calls =
            edges.map(|call| format!("try {{ print(f({call})); }} catch (e) {{ print(e); }}\n"));
        same(&format!(
            "{plain}for i in range(30) {{ f(i, 1) }}\n{}",
            calls.concat()
        ));
    }
}

#[test]
fn floats_compare_with_a_relative_epsilon() {
    let values = [
        "0.0",
        "-0.0",
        "1.0",
        "1.0000000000000002",
        "1.0000000000000004",
        "1e-300",
        "1e300",
        "-1e300",
        "1.0 / 0.0",
        "-1.0 / 0.0",
        "0.0 / 0.0",
        "3",
        "2.220446049250313e-16",
        "4.440892098500626e-16",
    ];
    let mut text = String::new();
    for (number, op) in ["<", "<=", ">", ">=", "==", "!="].iter().enumerate() {
        text += &format!(
            "fn f{number}(a, b) {{ a {op} b }}\nfn g{number}(a, b) {{ if a {op} b {{ 1 }} else {{ 0 }} }}\n"
        );
    }
    text += &format!(
        "let values = [{}];\nfor a in values {{ for b in values {{ print(",
        values.join(", ")
    );
    for number in 0..6 {
        text += &format!("f{number}(a, b), g{number}(a, b), ");
    }
    text += "a, b); } }\n";
    same(&text);
}

#[test]
fn operators_mix_integers_and_floats() {
    for op in ["+", "-", "*", "/", "%", "**", "<", "==", "&"] {
        let plain = format!("fn f(a, b) {{ a {op} b }}\n");
        let calls = [
            "1, 2.5",
            "2.5, 1",
            "-7.5, 2.0",
            "0, 0.0",
            "2, 0.5",
            "true, false",
            "true, 1",
            "1, \"a\"",
            "[1], 2",
        ];
        let calls =
            calls.map(|call| format!("try {{ print(f({call})); }} catch (e) {{ print(e); }}\n"));
        same(&(plain + &calls.concat()));
    }
}

#[test]
fn natives_mean_what_they_mean() {
    each_same(
        "fn f(x) { abs(x) }
for x in [1, -5, -2.5, 0.0, -9223372036854775807] { print(f(x)); } try { f(-9223372036854775807 - 1) } catch (e) { print(e) }

fn f(x) { int(x) + to_int(x) } for x in [1.9, -1.9, 1e18] { print(f(x)); } try { f(1e19) } catch (e) { print(e) } try { f(0.0 / 0.0) } catch (e) { print(e) }

fn f(x) { float(x) / 3 } for x in [1, 2.5, -3] { print(f(x)); }

fn f(x) { x.sqrt() + sqrt(x) } for x in [4.0, 2.0, -1.0] { print(f(x)); } try { f(4) } catch (e) { print(e) }

fn f(x) { floor(x) + ceiling(x) + sin(x) + cos(x) + tan(x) + exp(x) + ln(x) + log(x) } for x in [0.5, 1.0, 2.5, 0.0, -1.0] { print(f(x)); }

fn f(x) { round(x) } for x in [0.5, 1.5, 2.5, -0.5, 7, 1e30] { try { print(f(x)); } catch (e) { print(e) } }

fn f(a, b) { min(a, b) * 10 + max(a, b) } for b in [1, 5, -5, 2.5, 1.0] { print(f(2, b), f(2.5, b), min(2, b)); }

fn f(a, b) { pow(a, b) } for b in [0, 1, 5, -1, 63, 2.5] { try { print(f(2, b), f(1, b)); } catch (e) { print(e) } }

fn f() { PI() * E() } print(f(), f());

fn sqrt(x) { x + 1 } fn f(x) { sqrt(x) } print(f(4.0), f(9));

fn len(x) { 42 } let xs = [1, 2]; let s = 0; for i in range(len(xs)) { s += len(xs); } print(s);

fn f(x) { if True && !False { x } else { 0 } } print(f(3)); let True = 5; print(True);",
    );
}
