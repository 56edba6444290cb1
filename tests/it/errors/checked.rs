//! What `procscript check` finds: scripts with their whole reports are in `checked.txt` next to this file.

use std::fs;
use std::path::{Path, PathBuf};

use super::compare_runs;
use crate::support::script::Script;

/// A module beside each of the scripts.
const LIB: &str = "fn work(a, b) { a }\nexport const LIMIT = 3;\n";

fn check(code: &str) -> Script {
    Script::command(&["check", "main.rhai"]).beside("main.rhai", code)
}

#[test]
fn all_mistakes_of_a_script_are_reported() {
    compare_runs("tests/it/errors/checked.txt", |code| {
        let output = check(code).beside("lib.rhai", LIB).run();
        assert_eq!((output.code(), output.stdout.as_str()), (2, ""), "{code}");
        output.stderr
    });
}

#[test]
fn names_in_unusual_places_are_known() {
    let code = r#"
        import "lib" as lib;
        import "concurrent.futures" as futures;
        export const SHOWN = lib::LIMIT + lib::work(1, 2);
        const MOST = 3;
        fn later(item, other) { first(item) + other + global::MOST }
        fn first(item) { let _ = item; this.n + item.len() }
        fn get() { this.x }
        fn waits(e) { futures::wait([e], #{timeout: 1}); e.wait(1) }
        let count = 0;
        let outer = |a| { let inner = |b| { count += a + b; later }; inner.call(2) };
        for (value, index) in [1] { outer.call(value + index); }
        try { throw queue.Empty; } catch (problem) { print(problem, isinstance(problem, [queue.Full, OSError])); }
        try { throw ValueError; } catch { }
        try { import "optional" as optional; optional::run(); } catch { print("none"); }
        with open("x") as f, Lock() { print(f.read(), || f.name); }
        switch count { 1 => { let here = 2; print(here); } n_is if count > 2 => print(count), _ => print(os.sep) }
        if is_def_var("maybe") { print(maybe); }
        let me = Object();
        me.act = |x| this.n + x;
        me.act(1, 2);
        let p = Process(#{target: later, args: [1, 2]});
        let q = Process(first, me.args);
        p.anything = __name__;
        print(sorted, Process, ValueError, None, True, os.environ["HOME"], sys.argv[0]);
        print(`${count + (|z| z).call(1)}`, [count, #{a: p.pid}], count in [1], -count, !p.is_alive());
        do { let again = 1; count -= again; } while count > 0;
        let f = time.sleep;
        print(map(|x| x, [1]), max(1, 2, 3), range(0, 5, 2), print_it(count));
        fn print_it(x) { x }
    "#;
    let code = code.replace("n_is if", "5 if");
    check(&code)
        .beside("lib.rhai", LIB)
        .run()
        .assert(0, "", WARNING);
}

/// Of a function in that script.
const WARNING: &str = "
Warning: get() is also a method of AsyncResult, Queue, SimpleQueue, ValueProxy, …: on such a value that is called, not this function
  --> main.rhai:8:18
     |
   8 |         fn get() { this.x }
     |                  ^
";

#[test]
fn code_that_makes_names_as_it_runs_is_not_judged() {
    for code in [
        "eval(\"let made = 1;\"); print(made, made());",
        "let x = 1;",
        "",
    ] {
        check(code).run().assert(0, "", "");
    }
}

#[test]
fn the_scripts_of_this_repository_have_no_mistakes() {
    let mut files = Vec::new();
    for folder in ["scripts", "examples", "benches"] {
        collect(Path::new(folder), &mut files);
    }
    assert!(files.len() > 40, "{}", files.len());
    let files: Vec<_> = files
        .iter()
        .map(|file| file.canonicalize().unwrap())
        .collect();
    let words: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let words = [&["check"], &words[..]].concat();
    Script::command(&words).run().assert(0, "", "");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rhai") {
            files.push(path);
        }
    }
}
