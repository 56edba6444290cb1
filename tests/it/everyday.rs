//! `traceback`, `atexit`, `timeit`, `platform`, `getpass`.

use super::support::script::{Script, each_start_method, prints};

#[test]
fn a_function_whose_calls_or_loops_are_run_another_way_knows_what_it_caught() {
    prints(
        r#"
        fn calling(f) { try { throw ValueError(f(1)); } catch (e) { print(e); return traceback.format_exc(); } }
        fn looping(n) {
            let sum = 0;
            try { for i in 0..n { sum += i; } throw ValueError(`${sum}`); } catch (e) { return traceback.format_exc(); }
        }
        print(calling(|x| `called ${x}`).splitlines()[-1]);
        for times in 0..3 { print(looping(1000).splitlines()[-1]); }
        print(traceback.format_exc());
        "#,
        r#"
        called 1
        ValueError: called 1
        ValueError: 499500
        ValueError: 499500
        ValueError: 499500
        NoneType: None

        "#,
    );
}

#[test]
fn a_caught_error_is_shown_with_its_calls() {
    prints(
        r#"
        fn fail() { throw ValueError("bad"); }
        try { fail(); } catch (e) {
            print(traceback.format_exc());
            print(traceback.format_exception(e));
            print(traceback.format_exception_only(e));
            traceback.print_exc(sys.stdout);
            traceback.print_exception(KeyError("k"), sys.stdout);
        }
        print(traceback.format_exc());
        "#,
        r#"
        Traceback (most recent call last):
          File "main.rhai", line 2, in <module>
            try { fail(); } catch (e) {
          File "main.rhai", line 1, in fail
            fn fail() { throw ValueError("bad"); }
        ValueError: bad

        ['Traceback (most recent call last):\n', '  File "main.rhai", line 2, in <module>\n    try { fail(); } catch (e) {\n', '  File "main.rhai", line 1, in fail\n    fn fail() { throw ValueError("bad"); }\n', 'ValueError: bad\n']
        ['ValueError: bad\n']
        Traceback (most recent call last):
          File "main.rhai", line 2, in <module>
            try { fail(); } catch (e) {
          File "main.rhai", line 1, in fail
            fn fail() { throw ValueError("bad"); }
        ValueError: bad
        Traceback (most recent call last):
          File "main.rhai", line 7
            traceback.print_exception(KeyError("k"), sys.stdout);
        KeyError: 'k'
        NoneType: None

        "#,
    );
}

#[test]
fn functions_are_called_at_the_end_the_last_one_first() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            fn bye(name) { print("bye", name); }
            fn gone() { print("never"); }
            atexit.register(bye, "first");
            atexit.register(|| { print("second"); throw ValueError("in exit"); });
            atexit.register(bye, "third");
            atexit.register(gone);
            atexit.unregister(gone);
            let t = Thread(|| { time.sleep(0.05); print("thread"); });
            t.start();
            let p = Process(|| { atexit.register(|| print("child ends")); print("child"); });
            p.start();
            p.join();
            sys.exit(3);
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!(
            run.stdout,
            "child\nchild ends\nthread\nbye third\nsecond\nbye first\n"
        );
        assert_eq!(run.code(), 3);
        let begins = "Exception ignored in atexit callback <lambda>:\nValueError: in exit\n";
        assert!(run.stderr.starts_with(begins), "{}", run.stderr);
    });
}

#[test]
fn time_machine_and_user_are_known() {
    prints(
        r#"
        print(timeit.timeit(|| 1 + 1, #{ number: 10 }) >= 0.0, len(timeit.repeat(|| 1, #{ repeat: 2, number: 3 })), timeit.default_timer() > 0.0);
        let calls = 0;
        timeit.timeit(|| { calls += 1; }, || { calls = 100; }, 7);
        print(calls, error_of(|| timeit.timeit("x")), error_of(|| timeit.timeit(|| [][1], #{ number: 1 })));
        print(platform.system(), len(platform.uname()), platform.machine() != "", platform.node() == platform.uname()[1]);
        print(getpass.getuser() != "");
        "#,
        "
        True 2 True
        107 TypeError: timeit measures functions, not str: write `timeit.timeit(|| f(x))` IndexError: list index out of range
        Linux 5 True True
        True
        ",
    );
}

#[test]
fn a_password_that_is_not_typed_is_read_with_a_warning() {
    let script = Script::text("print(repr(getpass.getpass()), repr(getpass.getpass(\"? \")));");
    let run = script.stdin("secret\nmore").run();
    let warning = "Warning: Password input may be echoed.\n";
    run.assert_exactly(
        0,
        "'secret' 'more'\n",
        &format!("{warning}Password: {warning}? "),
    );
    let none = Script::text("try { getpass.getpass(\"\"); } catch (e) { print(e.type); }").run();
    none.assert_exactly(0, "EOFError\n", warning);
}
