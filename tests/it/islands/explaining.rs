//! `--explain-compile` and `--no-compile`.

use super::script;

#[test]
fn what_was_compiled_is_listed_with_reasons() {
    let text = "fn square(x) { x * x }\nfn greet(name) {\n  print(name);\n}\nlet s = 0;\nfor i in 0..100000 {\n  s += square(i);\n}\nfor i in 0..2 {\n  print(i);\n}\ngreet(2);\n";
    let output = script(text, "pays").option("--explain-compile").run();
    output.assert(
        0,
        "0\n1\n2\n",
        "
        Compiled code, by file and line:
          main.rhai:1: function square: not compiled: it had little to do, or ran as part of something compiled
          main.rhai:2: function greet: not compiled: line 3: calls 'print', which is not a numeric function
          main.rhai:6: loop: compiled for int
          main.rhai:9: loop: not compiled: line 10: calls 'print', which is not a numeric function
        ",
    );
    let output = script(text, "at-once")
        .option("--explain-compile")
        .option("--no-compile")
        .run();
    output.assert(0, "0\n1\n2\n", "Compiled code, by file and line:\n");
}
