//! Statements, and where loops go on.

use super::each_same;

#[test]
fn loops_end_and_go_on_as_they_do() {
    each_same(
        "let s = 0; for i in 0..10 { if i == 3 { continue; } if i == 7 { break; } s += i; } print(s);

let s = 0; let r = for i in 0..=5 { s += i; if s > 7 { break s * 2; } }; print(s, r);

let i = 0; let r = while i < 10 { i += 1; if i == 5 { break; } }; print(i, r); let r = loop { i += 3; if i > 20 { break i; } }; print(i, r);

for i in range(3, 20, 4) { let x = i; i += 100; print(x, i); } for i in range(10, 0, -3) { print(i); } for i in 5..2 { print(i); }

let s = 0; for (x, i) in range(5, 9) { s += x * i; } for (x, i) in [2, 4, 6] { s += x * i; i = 50; } print(s);

let s = 0; for i in 0..300 { for j in 0..i { if (i + j) % 7 == 0 { continue; } s += i * j; } } print(s);

let n = 0; while n < 1000 { let k = n; while k > 0 { k = k / 2; if k == 3 { break; } } n += 1 + k; } print(n);

fn f(n) { for i in range(n) { if i * i > 50 { return i; } } -1 } print(f(5), f(100), f(0));

fn f(n) { let i = 0; loop { i += 1; if i > n { return; } } } print(f(5));

let x = { let a = 1; for i in 0..100 { a += i; } a }; print(x);

let total = 0; for i in 0..100 { total += 0.5; } print(total); let t = 0; for i in 0..10 { if i > 5 { t = 1.5; } } print(t);

let best = 0; for x in [1, 5, 2.5, 7, 3] { if x > best { best = x; } } print(best);

let v = 1; for i in 0..70 { v *= 2; if v > 4611686018427387904 { break; } } print(v);

let s = 0; for i in 0..10 { s += if i % 2 == 0 { i } else { -i }; } print(s); let flag = false; for i in 0..4 { flag = !flag; } print(flag);

const N = 5; let s = 0; for i in 0..N { s += N; } print(s);

let s = 1; for i in 0..3 { let s = 10; s += i; } print(s); for i in 0..3 { s += 1; let s = s * 2; s += 1; } print(s);

let a = 3; for i in 0..4 { a &= 6; a |= 8; a ^= 5; a <<= 1; a >>= 1; } print(a); let b = true; for i in 0..3 { b &= i < 2; b |= false; } print(b);

let x = 5; for i in 0..3 { x = x + { x = 7; x }; } print(x); let y = 1; for i in 0..3 { y += { y = 5; 2 }; } print(y);

fn f(a, b) { a * 100 + b } let x = 1; for i in 0..3 { let z = f(x, { x += 1; x }); print(z); }

let c = 0; for i in range(0) { c += 1; } for i in [] { c += 1; } for i in \"abc\" { c += 1; } for k in #{a: 1, b: 2} { c += 1; } print(c);

fn even(n) { if n == 0 { true } else { odd(n - 1) } } fn odd(n) { if n == 0 { false } else { even(n - 1) } } print(even(40), even(41));

fn ack(m, n) { if m == 0 { n + 1 } else if n == 0 { ack(m - 1, 1) } else { ack(m - 1, ack(m, n - 1)) } } print(ack(2, 3));

fn f(n) { let r = 0; if n > 3 { r = 1; } else if n > 1 { r = 2; } r } print(f(5), f(2), f(0)); fn g(x) { 42; } print(g(1));

fn f(n) { while n { n -= 1; } } try { f(3) } catch (e) { print(e) } fn g(n) { if n { 1 } } try { g(3) } catch (e) { print(e) }",
    );
}

#[test]
fn errors_have_their_places() {
    each_same(
        "fn f(xs, i) {\n  let s = 0;\n  for k in 0..i {\n    s += xs[k];\n  }\n  s\n}\nprint(f([1, 2, 3], 3));\nprint(f([1, 2, 3], 2));\nf([1, 2, 3], 4);

let x = 9223372036854775800;\nfor i in 0..100 {\n  x += i;\n}

fn g(n) {\n  10 / n\n}\nfn f(n) {\n  let s = 0;\n  for i in range(n, -2, -1) {\n    s += g(i);\n  }\n  s\n}\nf(5);

let i = 0;\nwhile i < 10 {\n  i += 1;\n  if i == 5 {\n    throw i;\n  }\n}

let n = 3;\nwhile n {\n  n -= 1;\n}

let total = 0;\nfor i in 0..5 {\n  total += undefined_name;\n}",
    );
}

#[test]
fn no_word_is_reserved() {
    each_same(
        r#"let __island__ = 5; print(__island__); fn f(__island__) { __island__ * 2 } for i in 0..99 { __island__ += f(i); } print(__island__);

let __shortcut__ = 5; for i in ["a"] { print(i + __shortcut__); } fn __shortcut__() { for i in ["b"] { print(i); } } __shortcut__();

let node = 5; fn f0(node) { for i in ["a", "b"] { print(i, node); } node + 1 } print(f0(node), node); fn f1() { node } try { f1(); } catch (e) { print(e); }

<island>

fn f() {<shortcut>} f();"#,
    );
}
