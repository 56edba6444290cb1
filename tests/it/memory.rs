//! Values as large as a script asks for: too little memory is an error, and the process lives on.

use crate::support::script::{Script, each_start_method};

/// Runs tries one after the other with little memory; each is `name: code`, and gives the name of its error.
fn errors_of(tries: &[(&str, &str)]) {
    let mut code = String::from("let huge = 100000000000000;\nlet none = \"no error\";\n");
    let mut told = String::new();
    for (name, text) in tries {
        code += &format!(
            "try {{ {text}; print(\"{name}\", none); }} catch (e) {{ print(\"{name}\", e.type); }}\n"
        );
        told += &format!("{name} MemoryError\n");
    }
    Script::text(&code)
        .through_shell("ulimit -v 1500000; exec \"$@\"")
        .run()
        .assert(0, &told, "");
}

#[test]
fn a_size_beyond_memory_is_a_memory_error() {
    errors_of(&[
        ("blob", "blob(huge)"),
        ("blob of a value", "blob(huge, 1)"),
        ("pad a list", "let l = []; l.pad(huge, 0)"),
        (
            "pad with a list",
            "let l = []; l.pad(1000000, [0] * 100000)",
        ),
        ("pad bytes", "let b = blob(); b.pad(huge, 0)"),
        ("pad a text", "let s = ``; s.pad(huge, `xy`)"),
        ("pad with a letter", "let s = ``; s.pad(huge, 'x')"),
        ("list", "list(range(5000000000))"),
        ("list of steps", "list(range(0, huge, 7))"),
        ("sorted", "sorted(range(huge))"),
        ("max", "max(range(huge))"),
        ("for all", "enumerate(range(huge))"),
        ("text times", "`x` * huge"),
        ("list times", "[0] * huge"),
        ("list of lists times", "[[0] * 1000] * 1000000"),
        ("bytes times", "bytes(1) * huge"),
        ("ljust", "`x`.ljust(huge)"),
        ("rjust", "`x`.rjust(huge)"),
        ("center", "`x`.center(huge, `é`)"),
        ("zfill", "`x`.zfill(huge)"),
        ("expandtabs", "chr(9).expandtabs(huge)"),
        ("bytes", "bytes(huge)"),
        ("urandom", "os.urandom(huge)"),
        ("randbytes", "random.randbytes(huge)"),
        ("choices", "random.choices([1], #{k: huge})"),
        ("percent", "`%260000000d%260000000d` % [1, 2]"),
        ("precision", "`%.260000000f%260000000d` % [1.0, 2]"),
        ("format", "`{:>260000000}{:>260000000}`.format(1, 2)"),
    ]);
}

#[test]
fn a_value_that_multiplies_beyond_memory_is_a_memory_error() {
    errors_of(&[
        ("replace", "let s = `a` * 100000; s.replace(`a`, s)"),
        ("replace nothing", "let s = `a` * 100000; s.replace(``, s)"),
        ("join", "let l = [`x` * 10000000] * 1000; `,`.join(l)"),
        ("str", "str([`x` * 10000000] * 1000)"),
        ("repr", "repr([`x` * 10000000] * 1000)"),
        ("print", "print([`x` * 10000000] * 1000)"),
        ("json", "json.dumps([`x` * 10000000] * 1000)"),
        ("json indent", "json.dumps([[1] * 10000], #{indent: 65536})"),
        ("message", "let q = Queue(); q.put([`x` * 10000000] * 1000)"),
        ("text +=", "let s = `x`; loop { s += s }"),
        ("text +", "let s = `x`; loop { s = s + s }"),
        ("text ${}", "let s = `x`; loop { s = `${s}${s}` }"),
        ("list +=", "let l = [1]; loop { l += l }"),
        ("list +", "let l = [1]; loop { l = l + l }"),
        ("extend", "let l = [1]; loop { l.extend(l) }"),
        ("bytes +=", "let b = blob(10); loop { b += b }"),
        (
            "captured",
            "let s = `x`; let f = || { s += s }; loop { f.call() }",
        ),
    ]);
}

#[test]
fn a_list_too_long_to_show_says_so() {
    let code = "let l = [\"x\" * 10000000] * 1000; print(`${l}`); print(l.to_string());";
    Script::text(code)
        .through_shell("ulimit -v 1500000; exec \"$@\"")
        .run()
        .assert(0, "<list too long to show>\n<list too long to show>\n", "");
}

#[test]
fn values_that_fit_are_unchanged() {
    let code = r#"
        let l = [1]; l.pad(3, 0); let b = blob(2, 257); b.pad(3, 7);
        let s = "ab"; s.pad(7, "xyz"); let t = "é"; t.pad(2, '!'); let u = "é"; u.pad(1, "x"); u.pad(-1, "x"); u.pad(3, "");
        print(l, b, s, t, u, blob(-1), blob());
        print("aaa".replace("a", "bc", 2), "ab".replace("", "-"), "a\tb".expandtabs(4), [[1]] * 2, [] * 9223372036854775807);
        let r = range(0, 9000000000000000000, 3);
        print(r.contains(3000000000), r.contains(3000000001), r.contains(-3), range(5, -5, -5).contains(0));
    "#;
    let told = "[1, 0, 0] b'\\x01\\x01\\x07' abxyzxy é! é b'' b''\nbcbca -a-b- a   b [[1], [1]] []\nTrue False False True\n";
    Script::text(code).run().assert(0, told, "");
}

#[test]
fn a_comparison_that_contradicts_itself_sorts_somehow_and_says_nothing() {
    let code = r"
        let l = list(range(500));
        l.sort(|a, b| if random.random() < 0.5 { 1 } else { -1 });
        l.sort_by(|a, b| -1);
        let m = l.order(|a, b| 1).order_by(|a, b| true);
        print(l.len(), sorted(l) == list(range(500)), sorted(m) == sorted(l));
        let nan = float(`nan`);
        let n = [nan, 2.0, nan, 1.0] * 50;
        n.sort_desc();
        print(n.len(), n.order().len(), n.order_desc().len());
    ";
    let told = "500 True True\n200 200 200\n";
    Script::text(code).run().assert(0, told, "");
}

#[test]
fn what_a_comparison_throws_comes_out_of_the_sort() {
    let code = r#"
        let l = [3, 1, 2];
        for f in [|a, b| throw ValueError("no"), |a, b| a.nothing(b), |a, b| "x"] {
            try { l.sort(f); print("sorted"); } catch (e) { print(e.type, l); }
        }
        l.sort(|a, b| a - b); print(l);
        l.sort(|a, b| b < a); print(l);
        l.sort(|a, b| 1.5 * (a - b)); print(l);
        print(l.order(|a, b| b - a), l.order_desc(), l.order(), l);
        let d = ["b", "a"]; d.sort_desc(); print(d);
        let held = || l; l.sort(|a, b| b - a); print(held.call());
        l.sort(|a, b| sys.exit(3));
    "#;
    let told = "ValueError [3, 1, 2]\nAttributeError [3, 1, 2]\nTypeError [3, 1, 2]\n[1, 2, 3]\n[3, 2, 1]\n[1, 2, 3]\n\
                [3, 2, 1] [3, 2, 1] [1, 2, 3] [1, 2, 3]\n['b', 'a']\n[3, 2, 1]\n";
    Script::text(code).run().assert(3, told, "");
}

#[test]
fn the_memory_of_a_script_can_be_limited() {
    let code = "
        fn fill() { let all = []; loop { all.push(`item ${len(all)}`); } }
        print(error_of(fill));
        let p = Process(|| { print(error_of(fill)); });
        p.start();
        p.join();
    ";
    each_start_method(|method| {
        let error = "MemoryError: the script holds more than its memory limit of 16777216 bytes\n";
        Script::text(code)
            .start_method(method)
            .option("--limit-memory=16")
            .run()
            .assert(0, &error.repeat(2), "");
    });
}

#[test]
fn a_message_that_outgrows_the_memory_limit_is_a_memory_error() {
    let code = "
        fn send() {
            let f = || 1;
            for i in range(30) { let g = f; let h = f; f = || [g, h]; }
            Queue().put(f);
        }
        try { send(); } catch (e) { print(e.type); }
    ";
    Script::text(code)
        .option("--limit-memory=64")
        .run()
        .assert(0, "MemoryError\n", "");
}

#[test]
fn a_string_that_doubles_is_a_memory_error() {
    Script::text("let s = `x`; try { loop { s += s; } } catch (e) { print(e.type); }")
        .through_shell("ulimit -v 2000000; exec \"$@\"")
        .run()
        .assert(0, "MemoryError\n", "");
}

#[test]
fn a_process_with_limited_memory_limits_its_script() {
    let code = "
        fn lists() { let l = [0]; try { loop { l = [l, l]; } } catch (e) { print(e.type); } }
        fn text() { let s = `x`; try { loop { s += s; } } catch (e) { print(e.type); } }
        fn dicts() { let m = #{}; try { loop { m = #{a: m, b: m}; } } catch (e) { print(e.type); } }
        lists(); text(); dicts();
        let p = Process(lists); p.start(); p.join();
    ";
    for limit in ["ulimit -v 800000", "ulimit -d 800000"] {
        each_start_method(|method| {
            Script::text(code)
                .start_method(method)
                .through_shell(&format!("{limit}; exec \"$@\""))
                .run()
                .assert(0, &"MemoryError\n".repeat(4), "");
        });
    }
}
