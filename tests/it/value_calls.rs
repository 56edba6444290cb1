//! `f(1)` where `f` is a variable that holds a function.
//!
//! Each script runs by the interpreter alone, as usual, and with everything compiled as soon as possible.

use super::support::script::{
    Script, prints as prints_by_each_start_method, prints_in_every_mode as prints,
};

#[test]
fn a_variable_that_holds_a_function_is_called_by_its_name() {
    prints(
        r#"
        let f = |x| x + 1;
        fn apply(g, x) { g(x) }
        fn all(g, xs) { let out = []; for x in xs { out.push(g(x)); } out }
        fn twice(g) { |x| g(g(x)) }
        print(f(1), apply(f, 2), apply(apply.curry(f), 3), all(f, [1, 2]), all(abs, [-1]));
        for k in [f, f] { print(k(5)); }
        for (k, i) in [f] { print(k(i)); }
        let t = twice(f);
        print(t(1), twice(t)(2), `in a string: ${f(9)}`);
        const LATER = |x| x * 2;
        print(LATER(4), [1, 2].map(|x| f(x)), [f(1), #{ a: f(2) }, -f(3), f(f(4))]);
        switch f(1) { 2 => print("two", f(2)), _ => print("other") }
        try { throw f(1); } catch (e) { print("caught", f(6)); }
        with Lock() as l { print(f(7)); }
        if f(1) == 2 && !(f(2) == 4) { print("if"); }
        let n = 0;
        while f(n) < 3 { n += 1; }
        { let f = |x| x * 100; print(f(n)); }
        print(f(n));
        "#
        .replace("twice(t)(2)", "twice(t).call(2)")
        .as_str(),
        "
        2 3 4 [2, 3] [1]
        6
        6
        1
        3 6 in a string: 10
        8 [2, 3] [2, {'a': 3}, -4, 6]
        two 3
        caught 7
        8
        if
        200
        3
        ",
    );
}

#[test]
fn a_closure_captures_what_it_only_calls() {
    prints(
        r#"
        let f = |x| x + 1;
        let h = || f(3);
        let fact = 0;
        fact = |n| if n <= 1 { 1 } else { n * fact(n - 1) };
        let deep = || { let a = |x| { let b = |y| f(y) + x; b(x) }; a(5) };
        let k = 10;
        let both = |x| f(x) + k;
        print(h(), fact(10), deep(), both(1));
        f = |x| x * 100;
        print(h(), deep(), both(1));
        fn compose(g, h) { |x| g(h(x)) }
        let c = compose(|x| x + 1, |x| x * 2);
        print(c(5), [1, 2].map(c));
        let count = 0;
        let add = |n| { count += n; };
        let more = || { add(1); add(2); };
        more();
        print(count);
        "#,
        "
        4 3628800 11 12
        300 505 110
        11 [3, 5]
        3
        ",
    );
}

#[test]
fn a_function_of_that_name_and_number_of_arguments_comes_first() {
    prints(
        r#"
        fn pair(a, b) { "function" }
        let pair = |a| "variable";
        print(pair(1, 2), pair(1));
        let len = |x| "variable";
        print(len("abc"));
        fn inside(get) { get(1) }
        print(inside(|x| x + 1));
        let work = 5;
        fn work() { "called" }
        print(work(), work);
        "#,
        "
        function variable
        3
        2
        called 5
        ",
    );
}

#[test]
fn other_values_cannot_be_called() {
    let script = "let f = 5;\nfn g(h) {\n    h(1)\n}\ntry { f(); } catch (e) { print(e.type, e); }\ntry { (|| f())(); } \
                  catch (e) { print(e.type, e); }\ng(\"text\");\n";
    let script = script.replace("(|| f())();", "let c = || f(); c();");
    Script::text(&script).run().assert(
        1,
        "
        TypeError 'int' object is not callable
        TypeError 'int' object is not callable
        ",
        "
        TypeError: 'str' object is not callable
          --> main.rhai:3:5
             |
           3 |     h(1)
             |     ^
        Traceback (most recent call last):
          File \"main.rhai\", line 7, in <module>
            g(\"text\");
          File \"main.rhai\", line 3, in g
            h(1)
        ",
    );
}

#[test]
fn a_wrong_number_of_arguments_is_told() {
    prints(
        r#"
        let f = |a, b| a;
        for wrong in [|| f(1), || f(1, 2, 3), || print(f())] {
            try { wrong(); } catch (e) { print(e.type, e); }
        }
        "#,
        "
        TypeError <lambda>() missing 1 required positional argument: 'b'
        TypeError <lambda>() takes 2 positional arguments but 3 were given
        TypeError <lambda>() missing 2 required positional arguments: 'a' and 'b'
        ",
    );
}

#[test]
fn children_and_threads_have_what_is_called() {
    prints_by_each_start_method(
        r#"
        let f = |x| x + 1;
        let twice = |x| f(f(x));
        let q = Queue();
        let p = Process(|q| q.put(twice(1)), [q]);
        p.start();
        print(q.get());
        p.join();
        with Pool(2) as pool { print(pool.map(twice, [1, 2]), pool.map(|x| twice(x), [3])); }
        let t = Thread(|x| q.put(f(x)), [9]);
        t.start();
        print(q.get());
        t.join();
        "#,
        "
        3
        [3, 4] [5]
        10
        ",
    );
}

#[test]
fn an_object_with_call_is_called() {
    prints(
        r#"
        fn Adder(n) { let me = Object(); me.n = n; me.__call__ = |x| { this.n += x; this.n }; me }
        let o = Adder(1);
        print(o(4), o(5), o.n, o.__call__(1), callable(o), callable(Object()), callable(len), callable(5));
        print(list(map(o, [1, 1])), sorted([3, 1, 2], #{ key: o }));
        try { Object()(); } catch (e) { print(e); }
        "#
        .replace("Object()();", "let e = Object(); e();")
        .as_str(),
        "
        5 10 10 11 True False True False
        [12, 13] [3, 1, 2]
        'Object' object is not callable
        ",
    );
    prints_by_each_start_method(
        r#"
        let o = Object();
        o.n = 5;
        o.__call__ = |x| x * this.n;
        let q = Queue();
        let said = Object(#{ q: q });
        said.__call__ = || this.q.put("said");
        for kind in [Process, Thread] { let p = kind(#{ target: said }); p.start(); print(q.get()); p.join(); }
        with Pool(2) as pool { print(pool.map(o, [1, 2]), pool.apply(o, [3])); }
        with ThreadPoolExecutor() as e { print(e.submit(o, 4).result()); }
        "#,
        "
        said
        said
        [5, 10] 15
        20
        ",
    );
}

#[test]
fn a_closure_may_use_the_variable_of_its_own_with() {
    prints(
        r#"
        let k = 1;
        let f = || { with Lock() as l { k += 1; [1].map(|x| x + k + type_of(l).len) } };
        print(f(), k);
        let g = |x| { with Lock() as a, RLock() as b { with Lock() as c { [a, b, c].len() + x } } };
        print(g(1));
        "#,
        "
        [7] 2
        4
        ",
    );
}

#[test]
fn check_warns_of_writes_to_copies() {
    let script = "fn square(results, i) { results[i] = i * i; }
fn count(d) { for i in range(3) { d.n += i; d.seen.append(i); } }
fn shown(d) { d.n = 1; print(d); }
let results = #{};
Thread(#{ target: square, args: [results, 1] }).start();
let d = #{ n: 0, seen: [] };
Process(count, [d]).start();
Thread(shown, [d]).start();
let managed = Manager().dict();
Thread(count, [managed]).start();
";
    let check = Script::command(&["check", "main.rhai"]).beside("main.rhai", script);
    check.run().assert(
        0,
        "",
        "
        Warning: the thread gets a copy of 'results': what square() writes to it is lost; pass an Object, a Queue or a Manager's dict or list
          --> main.rhai:5:1
             |
           5 | Thread(#{ target: square, args: [results, 1] }).start();
             | ^
        Warning: the process gets a copy of 'd': what count() writes to it is lost; pass a Queue or a Manager's dict or list
          --> main.rhai:7:1
             |
           7 | Process(count, [d]).start();
             | ^
        ",
    );
}

#[test]
fn check_warns_of_writes_to_what_a_closure_has_captured() {
    let script = "let n = 0;
let seen = Manager().list();
Process(|| { n += 1; }).start();
Process(|| { n += 1; print(n); }).start();
Process(|| { seen.append(1); }).start();
Thread(|| { n += 1; }).start();
[1].map(|x| { n += x; });
with Pool(2) as pool {
    pool.map(|x| { n += x; }, [1]);
    pool.map(|x| { n += x; n }, [1]);
}
";
    let check = Script::command(&["check", "main.rhai"]).beside("main.rhai", script);
    check.run().assert(
        0,
        "",
        "
        Warning: the process gets a copy of 'n': what the function writes to it is lost; use a Value, a Queue or a Manager's dict or list
          --> main.rhai:3:1
             |
           3 | Process(|| { n += 1; }).start();
             | ^
        Warning: the workers get copies of 'n': what the function writes to it is lost; return it as the result
          --> main.rhai:9:10
             |
           9 |     pool.map(|x| { n += x; }, [1]);
             |          ^
        ",
    );
}

#[test]
fn check_warns_of_no_lost_writes_where_the_script_hides_a_class() {
    let script = "let hits = 0;
let d = #{ n: 0 };
fn Pool(n) { ThreadPool(n) }
fn Process(f) { threading.Thread(f, []) }
fn count(d) { d.n += 1; }
let p = Pool(2);
p.map(|x| { hits += x; }, [1, 2]);
Process(|| { hits += 1; }).start();
{
    let Thread = count;
    Thread(count, [d]);
}
print(hits, d);
";
    let check = Script::command(&["check", "main.rhai"]).beside("main.rhai", script);
    check.run().assert(0, "", "");
}

#[test]
fn a_text_for_eval_calls_what_variables_hold() {
    prints(
        r#"
        let f = |x| x + 1;
        fn apply(g, x) { eval("g(x)") }
        fn outer(n) { n * 10 }
        print(eval("f(1)"), apply(f, 5), eval("outer(f(1))"), eval("let k = f; k(f(1))"));
        print(eval("k(2)"), eval("abs(-f(1))"));
        eval("let made = 7;");
        print(made, eval(""), eval("if f(1) == 2 { return 5; } 6"));
        let o = Object(); o.__call__ = |x| x - 1;
        print(eval("o(3)"));
        let n = 0;
        for i in 0..3 { n += eval("f(i)"); }
        print(n, eval("eval(\"f(2)\")"), [1, 2].map(|x| eval("x + 1")));
        try { eval("f("); } catch (e) { print(e.type); }
        try { eval("nothing(1)"); } catch (e) { print(e.type, e.message); }
        try { eval("fn g() { }"); } catch (e) { print(e.type); }
        try { eval(5); } catch (e) { print(e.type); }
        "#,
        "
        2 6 20 3
        3 2
        7 None 5
        2
        6 3 [2, 3]
        SyntaxError
        NameError name 'nothing' is not defined
        SyntaxError
        TypeError
        ",
    );
}
