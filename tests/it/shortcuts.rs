//! Loops and functions that are run without asking Rhai for each step: a script cannot tell.
//!
//! Each script runs by the interpreter alone and as usual.

use super::support::output::Output;
use super::support::script::Script;

/// Runs a script both ways: whatever the interpreter does is right.
#[track_caller]
fn same(text: &str) -> Output {
    let by = |mode: &str| {
        let variable = format!("PROCSCRIPT_COMPILE={mode} exec \"$@\"");
        Script::text(text).through_shell(&variable).run()
    };
    let plain = by("never");
    by("pays").assert_exactly(plain.code(), &plain.stdout, &plain.stderr);
    plain
}

/// Runs each paragraph as a script of its own.
#[track_caller]
fn each_same(programs: &str) {
    for program in programs.split("\n\n") {
        eprintln!("{program}");
        same(program);
    }
}

#[test]
fn methods_are_those_of_the_value_at_that_moment() {
    each_same(
        r#"
        for x in ["ab", [1, 2], "c", #{a: 1}, [], b"xy"] { try { print("len", x.len(), len(x)); } catch (e) { print(e); } }

        for x in [[3, 1], "b,a", [2, 0]] { try { print("sorted", x.split(","), x); } catch (e) { print("caught", e); } }

        for x in ["a", 1, 2.5, [1], (), true] { try { print("upper", x.upper()); } catch (e) { print(e); } }

        let l = ["x"]; for x in [1, "b", [2], #{k: 3}, ()] { l.append(x); l.push(x); print("l", l, l.count(x)); }

        let d = #{get: |k| "own " + k, name: "n"}; for k in ["get", "name", "other"] { try { print("got", d.get(k)); } catch (e) { print(e); } }

        fn shout(mark) { "shout " + this + mark } for x in ["a", 1, "b"] { print("s", x.shout("!")); }

        fn string.twice() { this + this } fn twice() { "other" } for x in ["a", 1, "b"] { try { print("t", x.twice()); } catch (e) { print(e); } }

        fn len(x) { "mine " + x } for x in ["ab", "c"] { print("l", len(x), x.len()); }

        let q = Queue(); for x in ["a", [1], #{b: 2}] { q.put(x); print("q", q.get(), q.empty(), q.qsize()); }

        const L = ["a"]; for i in 0..2 { try { L.append("b"); } catch (e) { print("const", e); } try { L.push(1); } catch (e) { print("const", e); } print(L.len()); }

        let s = "a"; for i in 0..3 { s.replace("a", "ab"); s += "-"; print(s, s.find("b"), s.contains("z")); }

        let lock = Lock(); for i in 0..3 { lock.acquire(); print("held", lock.acquire(false), lock.locked()); lock.release(); try { lock.release(); } catch (e) { print(e); } }

        let a = [["b"], ["a"]]; for x in a { x.append("c"); } print(a); for i in 0..2 { a[i].append("d"); let y = a[i]; y.append("e"); print(a, y); }
        "#,
    );
}

#[test]
fn errors_are_where_they_are() {
    each_same(
        r#"
        for x in ["a"] { let y = x + nothing; }

        fn f(x) { for i in 0..3 { x.nothing(i, "z"); } } f("s");

        fn f(x) { for i in 0..3 { x = x + "a" * (2 - i) + [1][i]; } } f("s");

        fn g(t) { if t == "c" { throw ValueError("no " + t); } t } fn f(l) { for t in l { print(g(t)); } } f(["a", "b", "c"]);

        fn g(t) { let y = [t]; y[5] } for t in ["a"] { try { print(g(t)); } catch (e) { print(e, e.type); } g(t); }

        for i in 0..3 { try { throw "text " + i; } catch (e) { print("caught", e, type(e)); } }

        for t in ["a", "b"] { try { let x = [t][3]; } catch (e) { print(e, e.type, e.args); let f = e; print(f); } }

        let d = #{a: "x"}; for k in ["a", "b"] { print("d", d[k]); print(d.a, d.b); }

        let d = #{}; for k in ["a", "b"] { d[k] = k; d[k] += "!"; d.z = k; print(d); } d["c"] += "x";

        let l = ["a", "b"]; for i in [0, -1, 1, 2] { print("l", l[i]); l[i] = "c" + i; print(l); }

        for x in ["a"] { if x { print("no"); } }

        for x in ["a"] { while x + "b" { print("no"); } }

        for x in ["a"] { print(x == "a" && x, 1); }

        for x in "text" { print("c", x + "!"); } for x in 5 { print("no"); }

        const N = "n"; for x in ["a"] { print(N + x); N = x; }

        const N = ["n"]; for x in ["a"] { N[0] = x; }

        for x in ["a", "b"] { print("v", 9223372036854775807 + len(x)); }

        for i in 0..3 { print("v", "x" + 1 / (1 - i)); }

        fn f(n) { let t = "f" + n; for i in 0..1 { f(n + 1); } t } f(0);

        fn f(n) { if n == 0 { return "done"; } f(n - 1) + "." } for i in 0..2 { print("len", len(f(900))); } for i in 0..1 { print("x", f(2000)); }

        fn f(n) { f(n + 1) } for i in 0..1 { try { print("x", f(0)); } catch (e) { print(e); } }

        for x in ["a"] { let y = x.split(",").join("-").nothing; }

        for x in ["a"] { sys.exit("bye " + x); }

        fn f() { for x in ["a"] { sys.exit(3); } } try { f(); } catch (e) { print("no"); }

        for x in ["a"] { os.kill(os.getpid(), signal.SIGINT); print("no" + x); }
        "#,
    );
}

#[test]
fn a_variable_that_gets_the_value_of_a_constant_can_be_changed() {
    each_same(
        r#"
        const L = ["a"]; for x in ["b", "c"] { let l = L; l.push(x); print(l, L); let n = L; n[0] += x; print(n); }

        for x in ["a", "b"] { let w = 0; loop { w += 1; if w > 2 { break; } let v = False; v ^= x == "a"; print(v); v = True; v &= w > 1; print(v); } }

        let l = [0, 0]; for x in ["a"] { l[0] = True; l[0] ^= true; l[1] = False; l[1] |= true; print(l); }

        let l = [False]; for x in ["a"] { let m = [False, [True]]; m[0] |= true; m[1][0] &= false; let d = #{a: True}; d.a ^= true; print(m, d, x + ""); }

        fn g(p, x) { p &= x == "a"; p } fn h(l) { for x in l { print(g(True, x), g(False, x)); } } h(["a", "b"]); for t in [True, False] { t ^= true; print(t, "x" + ""); }

        fn f(s) { let t = True; for c in s { t = False; t ^= c == "x"; print(t); } t } print(f(["x", "y"]));
        "#,
    );
}

#[test]
fn natives_change_the_variable_that_they_are_given() {
    each_same(
        r#"
        fn g() { let xs = []; for i in 0..5 { append(xs, `${i}`); } xs } print(g());

        let ys = []; for i in 0..5 { push(ys, "a" + i); insert(ys, 0, `${i}`); } reverse(ys); print(ys, len(ys)); for y in ["x"] { clear(ys); print(ys); }

        let d = #{a: 1, b: 2, c: 3, d: 4}; for k in ["a", "b", "c"] { remove(d, k); print(k in d, "d" in d, len(d)); } print(d);

        const T = [["a"], ["b"]]; for i in 0..2 { let s = `${i}`; print(T[i][0] + s, T.len(), len(T)); }
        "#,
    );
}

#[test]
fn captured_variables_are_shared() {
    each_same(
        r#"
        let t = ""; let add = |x| t += x; for x in ["a", "b"] { add.call(x); t += "-"; print(t); } print(t);

        let fs = []; for x in ["a", "b"] { let y = x + "!"; fs.push(|| y + x); } for f in fs { print("f", f.call()); }

        fn counter() { let n = ""; for i in 0..2 { n += i; } |x| { n += x; n } } let c = counter(); print(c.call("a"), c.call("b"));

        let l = []; for x in ["a", "b"] { ["c", "d"].map(|y| l.append(x + y)); } print(l);

        let l = ["b", "a"]; for x in ["z"] { l.sort(|a, b| if a < b { -1 } else { 1 }); print(l, sorted(l, #{key: |v| x + v, reverse: true})); }

        let x = "a"; let f = || x; for i in 0..2 { x += "b"; print(f.call(), x, len(x), x.len(), [x], x == "ab"); }

        let d = #{}; let put = |k, v| d[k] = v; for k in ["a", "b"] { put.call(k, k + k); d[k + "2"] = k; print(d, d[k], d.a); }

        let lock = Lock(); let n = ""; for i in 0..2 { lock.with(|| n += "x"); print(n, lock.locked()); }

        let q = Queue(); let put = || q.put("a"); for i in 0..2 { put.call(); print(q.qsize()); q = Queue(); print(q.empty()); }

        let n = ""; let ts = []; for i in 0..3 { ts.push(Thread(|| { for k in 0..3 { n += k; } })); } for t in ts { t.start(); t.join(); } print(n);

        fn work(q, l) { for x in l { q.put(x + "!"); } } let q = Queue(); let ps = []; for i in 0..2 { ps.push(Process(work, [q, ["a" + i]])); } for p in ps { p.start(); p.join(); } print(sorted([q.get(), q.get()]));
        "#,
    );
}

#[test]
fn what_only_rhai_can_run_is_run_by_it() {
    each_same(
        r#"
        for x in ["a", "b", "c"] { switch x { "a" => continue, "b" => print("b"), _ => break } print("after", x); }

        fn f(l) { for x in l { switch x { "b" => { return x + "!"; } _ => print("not", x) } } "none" } print(f(["a", "b"]), f(["c"]));

        fn f(l) { for x in l { try { if x == "b" { return x; } throw x; } catch (e) { print("caught", e); if e == "c" { break; } } } "end" } print(f(["a", "b"]), f(["c", "b"]));

        let t = ""; for x in ["a", "b"] { t = `${t}<${x}${1.5}${true}${[x]}>`; let m = #{k: x, l: [x, t]}; print(m, t); }

        let x = "out"; for i in 0..2 { let x = x + i; { let x = x + "in"; print(x); } print(x); } print(x);

        let i = 0; do { i += 1; let t = "t" + i; for k in 0..2 { t += k; } print(t); } while i < 2;

        for x in ["a"] { eval("let y = x + \"b\"; print(y)"); print(is_def_var("y"), is_def_var("x")); }

        for (x, i) in ["a", "b"] { print("x" + i, x); } for x in #{a: "b"} { print("k", x); } for x in range(2) { print("r" + x); } for x in 0..=1 { print("s" + x); }

        let o = #{n: "a", add: |x| { this.n += x; for i in 0..2 { this.n += i; } }}; for x in ["b", "c"] { o.add(x); print(o.n); }

        let r = for x in ["a", "b"] { if x == "b" { break x + "!"; } }; print(r); let r = loop { break "x"; }; print(r); let r = while true { break; }; print(r);

        let l = ["a", "b"]; for x in l { l.append(x); if len(l) > 3 { print(l); } } print(l);

        let a = ["a"]; for i in 0..2 { let b = a + ["b"]; a += ["c"]; print(a, b, a == b, "c" in a, a != [], a * 2); }

        let t = "%s=%d" % ["a", 1]; for x in [1, "b", 2.5, [1]] { print("%s;" % [x], "<%5s>" % x, "-" * 3 + str(x), repr(x)); }

        for x in ["a"] { let y = if x == "a" { "yes" } else { "no" }; let z = { let q = y; q + "!" }; print(y, z, !(x == "b"), -len(x)); }

        for x in [1.0, 2, "a", 'b'] { for y in [1, 1.0, "a", 'a', ()] { print("c", x == y, x != y); try { print(x < y, x >= y); } catch (e) { print(e); } } }

        for x in ["a", 'b', "c"] { let s = "s"; s += x; s += "t"; print(s + x, x + s, x * 2); }
        "#,
    );
}

#[test]
fn signals_reach_functions_that_are_run_so() {
    same(
        r#"
        let got = [];
        signal.signal(signal.SIGUSR1, |n, f| got.append("got"));
        for i in 0..3 { os.kill(os.getpid(), signal.SIGUSR1); let t = "t" + i; print(len(t), len(got)); }
        signal.signal(signal.SIGUSR1, |n, f| { throw ValueError("by a signal"); });
        fn f(t) { for i in 0..3 { os.kill(os.getpid(), signal.SIGUSR1); t += "x"; } t }
        try { print(f("a")); } catch (e) { print(e, e.type); }
        print(f("b"));
        "#,
    );
}

#[test]
fn a_limit_changes_no_output() {
    let text = r#"
        fn words(n) { let l = []; for i in 0..n { l.append("w" + i); } l }
        let d = #{}; for w in words(50) { d[w] = w.len(); if w == "w7" { try { w.missing(); } catch (e) { print(e); } } }
        print(d.len(), d["w10"]);
        for x in ["a", 1] { print(x + 1); x.upper(); }
    "#;
    let plain = same(text);
    let limited = Script::text(text).option("--limit-memory=4096").run();
    limited.assert_exactly(plain.code(), &plain.stdout, &plain.stderr);
}
