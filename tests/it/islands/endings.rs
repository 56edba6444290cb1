//! Stops, signals and recursion that is too deep.

use super::{MODES, same, script};

#[test]
fn recursion_ends_where_it_does() {
    same(
        "
        fn down(n) { if n == 0 { 0 } else { 1 + down(n - 1) } }
        print(down(10), down(500), down(900));
        try { down(5000) } catch (e) { print(e.type, e.message) }
        fn forever(n) { forever(n + 1) + 1 }
        try { forever(0) } catch (e) { print(e.type) }
    ",
    );
}

#[test]
fn a_script_s_handler_runs_and_the_loop_goes_on() {
    for mode in MODES {
        let text = "
            let seen = [];
            signal.signal(signal.SIGALRM, |number, frame| { seen.append(number); if seen.len() == 3 { throw ValueError(\"enough\"); } });
            signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02);
            let i = 0;
            try { while true { i += 1; if i > 1000000000000 { break; } } } catch (e) { print(e.type, e.message) }
            signal.setitimer(signal.ITIMER_REAL, 0);
            print(seen.len(), i > 1000);
        ";
        script(text, mode)
            .run()
            .assert(0, "ValueError enough\n3 True\n", "");
    }
}

#[test]
fn ctrl_c_names_the_line_of_the_loop() {
    for mode in MODES {
        let text = "fn spin(n) {\n  let i = 0;\n  while i < n {\n    i += 1;\n    if i > 1000 { i = 0; }\n  }\n  i\n}\nspin(10);\nspin(20);\nprint(\"ready\");\nspin(2000);\n";
        let output = script(text, mode).start().interrupt_at("ready");
        assert_eq!(output.code(), 130, "{output:?}");
        assert!(output.stderr.contains("KeyboardInterrupt"), "{output:?}");
        assert!(output.stderr.contains(", in spin\n"), "{output:?}");
    }
}
