//! `--explain-compile` and `--no-compile`.

use super::super::support::script::Script;
use super::script;

const TITLE: &str = "Compiled code of the main process, by file and line:\n";

const LITTLE: &str = "not compiled: called too seldom, too short, or only run inside other compiled code; its loops are listed by themselves";

/// Runs a script and returns the list, without its title.
#[track_caller]
fn listed(text: &str, stdout: &str) -> String {
    let output = script(text, "pays").option("--explain-compile").run();
    assert_eq!((output.code(), &*output.stdout), (0, stdout));
    let list = output.stderr.strip_prefix(TITLE);
    list.expect(&output.stderr).replace(LITTLE, "LITTLE")
}

#[test]
fn what_was_compiled_is_listed_with_reasons() {
    let text = "fn square(x) { x * x }\nfn greet(name) {\n  print(name);\n}\nlet s = 0;\nfor i in 0..100000 {\n  s += square(i);\n}\nfor i in 0..2 {\n  print(i);\n}\ngreet(2);\n";
    assert_eq!(
        listed(text, "0\n1\n2\n"),
        "  main.rhai:1: function square: LITTLE
  main.rhai:2: function greet: not compiled: line 3: calls 'print', which is not a numeric function
  main.rhai:6: loop: compiled for int
  main.rhai:9: loop: not compiled: line 10: calls 'print', which is not a numeric function
"
    );
}

#[test]
fn where_nothing_is_compiled_the_list_says_why() {
    let output = script("print(1);", "at-once")
        .option("--explain-compile")
        .option("--no-compile")
        .run();
    let list = format!("{TITLE}  nothing: --no-compile was given\n");
    output.assert(0, "1\n", &list);
}

#[test]
fn a_list_of_several_types_is_not_compiled() {
    let text = "fn f(xs) {\n  let s = 0.0;\n  for i in range(200000) { s += xs[i % 2]; }\n  s\n}\nprint(f([0, 1.5]), f([1, 0.5]));\nlet s = 0.0;\nfor x in [1, 2.5] { s += x; }\n";
    assert_eq!(
        listed(text, "150000.0 150000.0\n"),
        "  main.rhai:1: function f: not compiled: line 1: is called with a list that has items of several types
  main.rhai:3: loop: not compiled: line 3: uses 'xs', which is a list with items of several types
  main.rhai:8: loop: not compiled: line 8: goes through a list that does not hold numbers of one type
"
    );
}

#[test]
fn a_function_that_was_called_with_other_lists_is_compiled_for_good_ones() {
    let text = "fn f(xs) {\n  let s = 0.0;\n  for i in range(100000) { s += xs[i % 2]; }\n  s\n}\nprint(f([0.5, 1]), f([0.5, 1]));\nprint(f([0.5, 1.5]), f([0.5, 1.5]));\n";
    let list = listed(text, "75000.0 75000.0\n100000.0 100000.0\n");
    assert!(
        list.contains("function f: compiled for list of float"),
        "{list}"
    );
}

#[test]
fn loops_of_functions_in_which_nothing_fits_are_listed() {
    let text = "fn f(q) {\n  for i in range(3) { print(i); }\n  while q > 0 { q -= 1; print(q); }\n}\nf(1);\nfor k in [1] { if 1 in [k] { print(k); } }\n";
    assert_eq!(
        listed(text, "0\n1\n2\n0\n1\n"),
        "  main.rhai:1: function f: not compiled: line 2: calls 'print', which is not a numeric function
  main.rhai:2: loop: not compiled: line 2: calls 'print', which is not a numeric function
  main.rhai:3: loop: not compiled: line 3: calls 'print', which is not a numeric function
  main.rhai:6: loop: not compiled: line 6: makes a list of nothing but variables
"
    );
    let list = listed(
        "let xs = [1]; let n = 0;\nfor k in 0..3 { if k in xs { n += 1; } }\nfor c in \"a\" { n += 1; }\nprint(n);",
        "2\n",
    );
    assert_eq!(
        list,
        "  main.rhai:2: loop: not compiled: line 2: uses 'in' or 'contains'\n  main.rhai:3: loop: not compiled: line 3: goes through a value of type str\n"
    );
}

#[test]
fn the_prompt_has_no_list() {
    let run = Script::text("1;")
        .through_shell("exec \"$1\" repl --explain-compile")
        .run();
    assert_eq!(run.code(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("--explain-compile"), "{}", run.stderr);
}
