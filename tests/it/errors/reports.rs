//! The forms of a report: for people and for programs, of scripts, modules, children and threads.

use super::fails;
use crate::support::script::{Script, each_start_method};

/// A script whose child, thread and top level fail one after the other.
const THREE: &str = r#"
fn task(x) { throw ValueError(x); }
let p = Process(task, ["child"]);
p.start();
p.join();
let t = Thread(#{ target: task, args: ["thread"], name: "T" });
t.start();
t.join();
task("main");
"#;

#[test]
fn an_error_at_the_top_level_is_shown_with_its_place_alone() {
    fails(
        r#"
        let items = [1, 2];
        print(items[5]);
        "#,
        "
        IndexError: list index out of range
          --> main.rhai:2:13
             |
           2 | print(items[5]);
             |             ^
        ",
    );
}

#[test]
fn an_error_in_a_module_shows_how_it_was_imported() {
    Script::text("import \"lib\" as lib;")
        .beside("lib.rhai", "let x = 1;\nthrow ValueError(\"no\");")
        .run()
        .assert(
            1,
            "",
            r#"
            ValueError: no
              --> lib.rhai:2:1
                 |
               2 | throw ValueError("no");
                 | ^
            Traceback (most recent call last):
              File "main.rhai", line 1, in <module>
                import "lib" as lib;
              File "lib.rhai", line 2, in <module>
                throw ValueError("no");
            "#,
        );
}

#[test]
fn a_module_that_does_not_parse_is_shown_too() {
    Script::text("import \"lib\" as lib;")
        .beside("lib.rhai", "let x = 1;\nlet y = x +;\n")
        .run()
        .assert(
            1,
            "",
            r#"
            SyntaxError: Unexpected ';'
              --> lib.rhai:2:12
                 |
               2 | let y = x +;
                 |            ^
            Traceback (most recent call last):
              File "main.rhai", line 1, in <module>
                import "lib" as lib;
              File "lib.rhai", line 2, in <module>
                let y = x +;
            "#,
        );
}

#[test]
fn a_file_that_has_gone_since_is_still_shown() {
    fails(
        r#"
        os.remove("main.rhai");
        throw KeyError("k");
        "#,
        r#"
        KeyError: 'k'
          --> main.rhai:2:1
             |
           2 | throw KeyError("k");
             | ^
        "#,
    );
}

#[test]
fn for_programs_each_error_is_a_line_of_json() {
    each_start_method(|method| {
        let output = Script::text(THREE)
            .start_method(method)
            .option("--error-format=json")
            .run();
        let told = |message: &str, rest: &str| {
            format!(
                "{{\"kind\": \"ValueError\", \"message\": \"{message}\", \"file\": \"main.rhai\", \"line\": 1, \
                 \"column\": 14, \"code\": \"fn task(x) {{ throw ValueError(x); }}\", \"help\": [], \"frames\": [{rest}}}\n"
            )
        };
        let task = "{\"file\": \"main.rhai\", \"line\": 1, \"column\": 14, \"function\": \"task\", \
                    \"code\": \"fn task(x) { throw ValueError(x); }\", \"times\": 1}]";
        let top = "{\"file\": \"main.rhai\", \"line\": 8, \"column\": 1, \"function\": \"<module>\", \
                   \"code\": \"task(\\\"main\\\");\", \"times\": 1}";
        let wanted = [
            told(
                "child",
                &format!("{task}, \"process\": \"Process-1\", \"thread\": null"),
            ),
            told(
                "thread",
                &format!("{task}, \"process\": null, \"thread\": \"T\""),
            ),
            told(
                "main",
                &format!("{top}, {task}, \"process\": null, \"thread\": null"),
            ),
        ];
        output.assert_exactly(1, "", &wanted.concat());
    });
}

#[test]
fn check_and_eval_speak_json_too() {
    let wanted = |file: &str| {
        format!(
            "{{\"kind\": \"SyntaxError\", \"message\": \"Unexpected ';'\", \"file\": \"{file}\", \"line\": 1, \
             \"column\": 9, \"code\": \"let x = ;\", \"help\": [], \"frames\": [], \"process\": null, \
             \"thread\": null}}\n"
        )
    };
    Script::command(&["check", "--error-format", "json", "bad.rhai"])
        .beside("bad.rhai", "let x = ;")
        .run()
        .assert_exactly(2, "", &wanted("bad.rhai"));
    Script::command(&["eval", "--error-format", "json", "let x = ;"])
        .run()
        .assert_exactly(1, "", &wanted("<string>"));
}
