//! What stays from line to line, and what a line shows.

use super::driver::{Prompt, under_both};
use super::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("everything_stays_from_line_to_line", everything_stays),
    Case::new(
        "values_are_shown_as_pythons_prompt_shows_them",
        values_are_shown,
    ),
    Case::new(
        "underscore_holds_the_last_value_shown",
        underscore_holds_the_last,
    ),
    Case::new(
        "underscore_is_a_name_and_still_the_default_of_switch",
        underscore_is_a_name,
    ),
    Case::new(
        "a_failing_line_leaves_what_it_declared_before",
        failing_lines,
    ),
    Case::new(
        "a_later_definition_wins_for_earlier_callers",
        later_definitions_win,
    ),
    Case::new("tracebacks_name_the_input_and_show_its_line", tracebacks),
    Case::new("a_loaded_script_stays_with_its_directory", loaded_scripts),
    Case::new("variables_and_functions_are_listed", lists),
    Case::new("reset_forgets_everything", reset_forgets),
    Case::new("values_are_laid_out_and_cut", laid_out),
    Case::new("inputs_make_a_script", make_a_script),
    Case::new("short_inputs_are_timed_repeatedly", timed),
    Case::new("a_variable_declared_again_does_not_pile_up", declared_again),
];

fn everything_stays() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "let x = 5;",
            "fn f(a) { a * 2 }",
            "let c = |k| x + k;",
            "const Z = 9",
            "fn g() { global::Z }",
            "import \"os\" as o",
            "fn pid() { o::getpid() }",
        ]);
        assert_eq!(prompt.enter("f(x)"), "value 10");
        assert_eq!(prompt.enter("c.call(1)"), "value 6");
        prompt.enter_all(&["x += 10"]);
        assert_eq!(prompt.enter("c.call(1)"), "value 16");
        assert_eq!(prompt.enter("g() + Z"), "value 18");
        assert_eq!(prompt.enter("pid() == os.getpid()"), "value True");
    });
}

fn values_are_shown() {
    let mut prompt = Prompt::start("fork");
    for (line, shown) in [
        ("1 + 1", "value 2"),
        ("\"a\" + 'b'", "value 'ab'"),
        ("[1, \"a\", ()]", "value [1, 'a', None]"),
        ("#{a: 1.5}", "value {'a': 1.5}"),
        ("()", "nothing"),
        ("1 + 1;", "nothing"),
        ("1 + 1; // three", "nothing"),
        ("1 + 1 // ;", "value 2"),
        ("\";\"", "value ';'"),
        ("let y = 3", "nothing"),
        ("y = 4", "nothing"),
        ("y", "value 4"),
        ("if y > 3 { \"big\" } else { 0 }", "value 'big'"),
        ("for i in range(3) { i }", "nothing"),
        ("fn h() { 1 }", "nothing"),
        ("return 7", "value 7"),
        ("", "nothing"),
        ("// nothing", "nothing"),
        ("print(\"p\")", "nothing"),
        ("Queue().qsize()", "value 0"),
        ("1 +* 2", "failed SyntaxError"),
        ("let t = Process(h)", "nothing"),
    ] {
        let answer = prompt.enter(line);
        let begins = shown.starts_with("failed") && answer.starts_with(shown);
        assert!(begins || answer == shown, "{line}: {answer}");
    }
    assert!(
        prompt
            .enter("t")
            .starts_with("value <Process name='Process-1' parent=")
    );
}

fn underscore_holds_the_last() {
    let mut prompt = Prompt::start("fork");
    assert!(
        prompt
            .enter("_")
            .contains("NameError: name '_' is not defined")
    );
    assert_eq!(prompt.enter("6 * 7"), "value 42");
    prompt.enter_all(&["()", "let a = 1", "1;"]);
    assert_eq!(prompt.enter("_ + 1"), "value 43");
    assert_eq!(prompt.enter("[_, _]"), "value [43, 43]");
    assert_eq!(prompt.enter("[1, 2].map(|x| x + _.len())"), "value [3, 4]");
    assert_eq!(prompt.command("variables", ""), "a: int = 1");
}

fn underscore_is_a_name() {
    under_both(|prompt| {
        prompt.enter_all(&["fn kind(n) { switch n { 1 => \"one\", _ => \"many\" } }"]);
        assert_eq!(prompt.enter("kind(1) + kind(2)"), "value 'onemany'");
        assert_eq!(
            prompt.enter("let n = 0; for _ in range(3) { n += 1 } n"),
            "value 3"
        );
        prompt.enter_all(&["let q = Queue()"]);
        assert_eq!(
            prompt.enter("Process(|| { let _ = 5; q.put(switch 9 { _ /* all */ => _ + 1 }) }).start(); q.get()"),
            "value 6"
        );
    });
}

fn failing_lines() {
    let mut prompt = Prompt::start("fork");
    let answer = prompt.enter("let a = 1; if true { let b = 2; let c = 1 / 0; } let d = 4;");
    assert!(
        answer.contains("ZeroDivisionError: division by zero"),
        "{answer}"
    );
    assert_eq!(prompt.command("variables", ""), "a: int = 1");
    assert!(prompt.enter("b").contains("NameError"));
    prompt.enter_all(&[
        "fn f(x) { let y = 10; if x { throw ValueError(\"no\") } y }",
        "let z = 3;",
    ]);
    assert!(prompt.enter("z = f(true)").contains("ValueError: no"));
    assert_eq!(prompt.enter("f(false) + z + a"), "value 14");
    assert!(
        prompt
            .enter("fn g() { 1 } import \"os\" as o; throw 5")
            .starts_with("failed")
    );
    assert_eq!(prompt.enter("g() + o::getpid() - os.getpid()"), "value 1");
    assert!(prompt.enter("let = 1").starts_with("failed SyntaxError"));
    assert_eq!(prompt.enter("z"), "value 3");
}

fn later_definitions_win() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "fn f() { 1 }",
            "fn twice() { f() * 2 }",
            "let c = || f() + 100;",
            "let g = f;",
            "let q = Queue();",
            "let p = Process(|| q.put(twice()));",
            "fn f() { 5 }",
            "fn f(x) { x }",
        ]);
        assert_eq!(
            prompt.enter("[f(), twice(), c.call(), g.call(), f(7)]"),
            "value [5, 10, 105, 5, 7]"
        );
        assert_eq!(prompt.enter("p.start(); q.get()"), "value 10");
        prompt.enter_all(&["const K = 1", "fn k() { global::K }", "const K = 2"]);
        assert_eq!(
            prompt.enter("Process(|| q.put([k(), f(), twice()])).start(); q.get()"),
            "value [2, 5, 10]"
        );
    });
}

fn tracebacks() {
    let mut prompt = Prompt::start("fork");
    prompt.enter_all(&[
        "fn inner(x) {\n  let y = 1;\n  x / 0\n}",
        "fn outer() { inner(3) }",
    ]);
    let answer = prompt.enter("1 + outer()");
    let expected = "\
Traceback (most recent call last):
  File \"<prompt 3>\", line 1, in <module>
    1 + outer()
  File \"<prompt 2>\", line 1, in outer
    fn outer() { inner(3) }
  File \"<prompt 1>\", line 3, in inner
    x / 0";
    assert!(answer.contains("ZeroDivisionError"), "{answer}");
    assert!(answer.contains(expected), "{answer}");
    prompt.enter_all(&["let c = |x| x.nothing();"]);
    let answer = prompt.enter("c.call(1)");
    assert!(
        answer.contains("<prompt 4>\", line 1, in <lambda>"),
        "{answer}"
    );
}

fn loaded_scripts() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    std::fs::write(
        file("words.rhai"),
        "const WORD = \"hello\"; fn shout() { global::WORD + \"!\" }",
    )
    .unwrap();
    std::fs::write(
        file("main.rhai"),
        "import \"words\" as w;\nlet n = 3;\nconst LIMIT = 10;\nfn f(x) {\n  x / 0\n}\nfn l() { global::LIMIT }",
    )
    .unwrap();
    std::fs::write(file("plain.rhai"), "let v = 1;").unwrap();
    under_both(|prompt| {
        let main = file("main.rhai").display().to_string();
        assert_eq!(prompt.command("load", &main), "nothing");
        assert_eq!(prompt.enter("n + l()"), "value 13");
        let answer = prompt.enter("f(n)");
        assert!(
            answer.contains("main.rhai\", line 5, in f\n    x / 0"),
            "{answer}"
        );
        assert_eq!(
            prompt.enter("import \"words\" as again; again::shout()"),
            "value 'hello!'"
        );
        prompt.enter_all(&["let q = Queue()"]);
        assert_eq!(
            prompt.enter("Process(|| q.put([l(), w::shout()])).start(); q.get()"),
            "value [10, 'hello!']"
        );
        // The same file again: what it defines now wins, what it no longer defines stays.
        std::fs::write(file("main.rhai"), "fn l() { 77 }").unwrap();
        assert_eq!(prompt.command("load", &main), "nothing");
        assert_eq!(
            prompt.enter("Process(|| q.put(l())).start(); q.get()"),
            "value 77"
        );
        assert!(prompt.enter("f(1)").contains("ZeroDivisionError"));
        std::fs::write(
            file("main.rhai"),
            "import \"words\" as w;\nlet n = 3;\nconst LIMIT = 10;\nfn f(x) {\n  x / 0\n}\nfn l() { global::LIMIT }",
        )
        .unwrap();
    });
    let mut prompt = Prompt::start("spawn");
    assert_eq!(
        prompt.command("load", &file("plain.rhai").display().to_string()),
        "nothing"
    );
    assert_eq!(
        prompt.enter("import \"words\" as w; w::shout()"),
        "value 'hello!'"
    );
}

fn lists() {
    let mut prompt = Prompt::start("fork");
    prompt.enter_all(&[
        "/// Doubles.\n/// Twice as much.\nfn double(x) {\n  x * 2\n}",
        "// Of none.\n/// Of ab.\nfn ab() {}\nfn a() { 1 } fn b(x, y) { || x + y }",
        "const Z = \"z\"; let l = [1, 2];",
    ]);
    assert_eq!(
        prompt.command("functions", ""),
        "a() []; ab() [\"Of ab.\"]; b(x, y) []; double(x) [\"Doubles.\", \"Twice as much.\"]"
    );
    assert_eq!(
        prompt.command("variables", ""),
        "const Z: str = 'z'; l: list = [1, 2]"
    );
    prompt.enter_all(&["let l = range(100000)"]);
    prompt.enter_all(&["let l = \"x\"; for _ in range(12) { l += l }"]);
    let listed = prompt.command("variables", "");
    assert!(
        listed.len() < 300 && listed.ends_with("'… 3896 more"),
        "{listed}"
    );
}

fn reset_forgets() {
    let mut prompt = Prompt::start("fork");
    prompt.enter_all(&[
        "let x = 1; const C = 2; fn f() { 3 } import \"os\" as o;",
        "let p = Process(|| time.sleep(100)); p.start();",
        "signal.signal(signal.SIGUSR1, |s| print(\"old\")); signal.signal(signal.SIGINT, |s| print(\"old\"));",
    ]);
    let pid = prompt.command("pids", "");
    assert!(!pid.is_empty());
    prompt.command("reset", "");
    super::driver::assert_ended([pid.as_str()]);
    assert_eq!(prompt.command("news", ""), "");
    for line in ["x", "C", "f()", "o::getpid()", "p"] {
        assert!(prompt.enter(line).starts_with("failed"), "{line}");
    }
    assert_eq!(prompt.enter("signal.getsignal(signal.SIGUSR1)"), "value 0");
    assert_eq!(prompt.interrupt_waiting("time.sleep(100)"), "interrupted");
    prompt.enter_all(&["fn f() { 4 } let q = Queue();"]);
    assert_eq!(
        prompt.enter("Process(|| q.put(f())).start(); q.get()"),
        "value 4"
    );
}

fn declared_again() {
    let mut prompt = Prompt::start("fork");
    prompt.enter_all(&["let a = 0; let keep = || a;"]);
    for n in 1..50 {
        prompt.enter_all(&[&format!("let a = {n}; const B = {n};")]);
    }
    assert_eq!(prompt.enter("[a, B, keep.call()]"), "value [49, 49, 0]");
    let listed = prompt.command("variables", "");
    assert!(
        listed.starts_with("const B: int = 49; a: int = 49; keep: "),
        "{listed}"
    );
    assert!(prompt.enter("B = 1").contains("TypeError"));
}

fn laid_out() {
    let mut prompt = Prompt::start("fork");
    prompt.command("width", "20");
    for (line, shown) in [
        ("[1, [2, 3]]", "[1, [2, 3]]"),
        ("[10000, 20000, 30000]", "[10000, 20000,\n 30000]"),
        ("[[10000], [20000, 3]]", "[[10000],\n [20000, 3]]"),
        (
            "#{a: [10000, 20000, 3], b: 1}",
            "{'a': [10000, 20000,\n       3],\n 'b': 1}",
        ),
        ("#{}", "{}"),
        ("[]", "[]"),
        (
            "\"a line of more than twenty columns\"",
            "'a line of more than twenty columns'",
        ),
        ("[\"漢字漢字\", \"漢字漢字\"]", "['漢字漢字',\n '漢字漢字']"),
    ] {
        assert_eq!(prompt.enter(line), format!("value {shown}"), "{line}");
    }
    prompt.enter("let big = []; for i in range(100000) { big.push(i) }");
    for line in [
        "big",
        "[big, big]",
        "#{a: big}",
        "let s = \"é\" * 50000; s",
        "[s]",
        "(\"\\x01\" * 50000).encode()",
        "[[[big]]]",
    ] {
        let shown = prompt.enter(line);
        assert!(
            (3900..8000).contains(&shown.chars().count()),
            "{line}: {shown}"
        );
        assert!(shown.contains(" more"), "{line}: {shown}");
    }
    // A list that contains itself by a closure, and one that is nested deeply.
    prompt.enter("let deep = []; for i in range(500) { deep = [deep] }");
    assert!(prompt.enter("deep").contains("..."));
    // A host that sets nothing gets everything on one line.
    prompt.command("width", "");
    assert_eq!(prompt.enter("big").lines().count(), 1);
    assert!(prompt.enter("big").ends_with(", 99999]"));
}

fn make_a_script() {
    let mut prompt = Prompt::start("fork");
    for line in [
        "let a = #{x: 1}",
        "fn f() { 1 } let b = f()",
        "nothing",
        "fn f() { 2 }",
        "fn f(n) { n } // of one",
        "if b == 1 { a.x = 5 }",
        "f() // of none",
        "let c = if b == 1 { 2 } else { 3 }",
        "print(c);",
        "// a comment",
    ] {
        prompt.enter(line);
    }
    let wanted = "\
let a = #{x: 1};
let b = f();
fn f() { 2 }
fn f(n) { n } // of one
if b == 1 { a.x = 5 }
f(); // of none
let c = if b == 1 { 2 } else { 3 };
print(c);
// a comment
";
    assert_eq!(prompt.command("script", ""), wanted);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("saved.rhai");
    std::fs::write(&file, wanted).unwrap();
    prompt.command("reset", "");
    assert_eq!(prompt.command("script", ""), "");
    let loaded = prompt.command("load", &file.display().to_string());
    assert_eq!(
        (loaded.as_str(), prompt.printed.join(" ")),
        ("nothing", "3".into())
    );
}

fn timed() {
    let mut prompt = Prompt::start("fork");
    prompt.enter("let runs = 0;");
    let answer = prompt.command("time", "let kept = 5; runs += 1; kept * 2");
    let runs: usize = answer
        .strip_prefix("value 10 true ")
        .unwrap()
        .parse()
        .unwrap();
    assert!(runs > 10, "{runs}");
    // One that is not counted comes first.
    assert_eq!(prompt.enter("runs"), format!("value {}", runs + 1));
    assert_eq!(prompt.enter("kept"), "value 5");
    assert_eq!(
        prompt.command("variables", ""),
        format!("kept: int = 5; runs: int = {}", runs + 1)
    );
    assert_eq!(prompt.command("time", "time.sleep(0.3)"), "nothing true 1");
    assert!(
        prompt
            .command(
                "time",
                "if runs > 0 { runs = -3 } runs += 1; if runs == 0 { throw \"third\" }"
            )
            .contains("third")
    );
}
