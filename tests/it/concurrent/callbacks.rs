//! `add_done_callback`.

use crate::support::script::{Script, each_start_method};

#[test]
fn case_181_callbacks_are_called_in_their_order() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            for (kind, i) in [ProcessPoolExecutor, ThreadPoolExecutor] {
                let e = kind.call(1);
                let go = Event();
                let f = e.submit(|| { go.wait(); 5 });
                f.add_done_callback(|f| print("first", f.result()));
                f.add_done_callback(|f| throw ValueError("second"));
                f.add_done_callback(|f| print("third", f.done(), f.running()));
                go.set();
                f.result();
                e.shutdown();
                f.add_done_callback(|f| print("at once"));
                f.add_done_callback(|f| throw ValueError("at once"));
                print("after");
            }
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!(
            output.stdout,
            "first 5\nthird True False\nat once\nafter\n".repeat(2)
        );
        assert_eq!(
            output.stderr.matches("\nValueError: second").count()
                + usize::from(output.stderr.starts_with("ValueError: second")),
            2
        );
        assert_eq!(output.stderr.matches("ValueError: at once").count(), 2);
        assert_eq!(output.status.code(), Some(0));
    });
}

#[test]
fn callbacks_run_while_the_script_computes_and_for_cancelled_and_failed_calls() {
    each_start_method(|method| {
        Script::text(
            r#"
            for (kind, i) in [ProcessPoolExecutor, ThreadPoolExecutor] {
                let e = kind.call(1);
                let told = [];
                e.submit(|| 1).add_done_callback(|f| { told.push(f.result()); });
                while told.len() == 0 { }
                let go = Event();
                let begun = Event();
                e.submit(|| { begun.set(); go.wait(); });
                begun.wait();
                let f = e.submit(|| 1);
                f.add_done_callback(|f| print("cancelled", f.cancelled()));
                f.cancel();
                let f = e.submit(|| throw KeyError(1));
                f.add_done_callback(|f| print(repr(f.exception())));
                go.set();
                e.shutdown();
            }
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, &"cancelled True\nKeyError(1)\n".repeat(2), "");
    });
}

#[test]
fn callbacks_run_at_the_end_of_the_program() {
    each_start_method(|method| {
        Script::text(
            r#"
            for (kind, i) in [ProcessPoolExecutor, ThreadPoolExecutor] {
                kind.call(1).submit(|| time.sleep(0.05)).add_done_callback(|f| print("done"));
            }
            print("end");
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, "end\ndone\ndone\n", "");
    });
}
