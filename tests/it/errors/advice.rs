//! Advice about names, calls and values: scripts with their whole reports are in `advice.txt` next to this file.

use super::{cases, compare, fails};
use crate::support::script::{Script, each_start_method, prints};

/// A module beside each of the scripts.
const LIB: &str = "fn work(a, b) { a }\nfn other(x) { x }\n";

#[test]
fn each_report_says_what_to_do() {
    let cases = cases(include_str!("advice.txt")).len();
    assert!(cases > 40, "{cases}");
    compare("tests/it/errors/advice.txt", |script| {
        script.beside("lib.rhai", LIB)
    });
}

#[test]
fn a_child_is_advised_as_its_parent_would_be() {
    each_start_method(|method| {
        let code = r#"
            fn task(queue) {
                queue.putt(1);
            }
            let p = Process(task, [Queue()]);
            p.start();
            p.join();
            print(p.exception.message);
        "#;
        Script::text(code).start_method(method).run().assert(
            0,
            "'Queue' object has no attribute 'putt'\n",
            r#"
            Process Process-1:
            AttributeError: 'Queue' object has no attribute 'putt'
              --> main.rhai:2:11
                 |
               2 |     queue.putt(1);
                 |           ^
            help: did you mean 'put'?
            Traceback (most recent call last):
              File "main.rhai", line 2, in task
                queue.putt(1);
            "#,
        );
    });
}

#[test]
fn an_error_that_is_thrown_again_is_advised_about() {
    fails(
        r#"
        let total = 1;
        try { totl } catch (e) { throw; }
        "#,
        "
        NameError: name 'totl' is not defined
          --> main.rhai:2:26
             |
           2 | try { totl } catch (e) { throw; }
             |                          ^
        help: did you mean 'total'?
        ",
    );
}

#[test]
fn names_that_are_only_short_are_not_guessed() {
    fails(
        "
        let x1 = 1;
        print(x2);
        ",
        "
        NameError: name 'x2' is not defined
          --> main.rhai:2:7
             |
           2 | print(x2);
             |       ^
        ",
    );
}

#[test]
fn an_error_that_is_caught_says_what_it_said() {
    prints(
        r#"
        let total = 1;
        try { totl } catch (e) { print(e.type, e.message); }
        try { os.getpdi() } catch (e) { print(e.type, e.message); }
        "#,
        "
        NameError name 'totl' is not defined
        AttributeError 'os' object has no attribute 'getpdi'
        ",
    );
}

#[test]
fn advice_is_in_the_json_too() {
    let output = Script::text("time.sleeep(1);")
        .option("--error-format=json")
        .run();
    assert!(
        output
            .stderr
            .contains("\"help\": [\"did you mean 'sleep'?\"]"),
        "{}",
        output.stderr
    );
}
