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
            signal.signal(signal.SIGUSR1, |number, frame| { seen.append(number); if seen.len() == 3 { throw ValueError(\"enough\"); } });
            let p = Process(|| { for i in range(3) { time.sleep(0.05); os.kill(os.getppid(), signal.SIGUSR1); } });
            p.start();
            let i = 0;
            try { while true { i += 1; if i > 1000000000000 { break; } } } catch (e) { print(e.type, e.message) }
            p.join();
            print(seen.len(), i > 1000);
        ";
        script(text, mode)
            .run()
            .assert(0, "ValueError enough\n3 True\n", "");
    }
}

#[test]
fn an_exception_of_a_handler_ends_a_map_of_numbers() {
    for mode in MODES {
        let text = "
            fn slow(n) { let s = 0; for i in range(3000000) { s += i % n; } s }
            let items = list(range(1, 60));
            let begin = time.perf_counter();
            items.map(slow);
            let whole = time.perf_counter() - begin;
            signal.signal(signal.SIGUSR1, |number, frame| { throw ValueError(\"enough\"); });
            let p = Process(|| { time.sleep(whole / 8); os.kill(os.getppid(), signal.SIGUSR1); });
            begin = time.perf_counter();
            try { p.start(); items.map(slow); } catch (e) { print(e.type, e.message) }
            let part = time.perf_counter() - begin;
            p.join();
            if part * 1.5 > whole { print(part, whole); }
        ";
        script(text, mode)
            .run()
            .assert(0, "ValueError enough\n", "");
    }
}

#[test]
fn ctrl_c_names_the_line_of_the_loop() {
    let interrupted = |mode| {
        let text = "fn spin(n) {\n  let i = 0;\n  while i < n {\n    i += 1;\n    if i > 1000 { i = 0; }\n  }\n  i\n}\nspin(10);\nspin(20);\nprint(\"ready\");\nspin(2000);\n";
        let run = script(text, mode).start();
        run.wait_for_line("ready");
        run.interrupt().stderr
    };
    let plain = interrupted("never");
    for mode in MODES {
        assert_eq!(interrupted(mode), plain);
    }
}

#[test]
fn ctrl_c_in_a_loop_of_the_top_level_names_its_line() {
    for mode in MODES {
        let text = "\n\n\nprint(\"ready\"); let i = 0; while true { i = (i + 1) % 1000; }\n";
        let run = script(text, mode).start();
        run.wait_for_line("ready");
        let stderr = run.interrupt().stderr;
        assert!(stderr.contains("while true"), "{stderr}");
    }
}
