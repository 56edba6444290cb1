//! Bars of progress.

use crate::support::pty::Setting;
use crate::support::script::{Script, prints};

/// Two processes print while a bar is shown.
const WORK: &str = r#"
    fn child() { for i in range(4) { print("child", i); sleep(0.03); } }
    let p = Process(child);
    p.start();
    for x in progress(range(20), #{ label: "work", unit: "files" }) {
        sleep(0.02);
        if x == 7 { print("at", x); }
    }
    p.join();
    print("end");
"#;

fn lines(screen: &str) -> Vec<&str> {
    screen
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect()
}

/// The lines of a terminal on which the work has been done.
fn assert_whole(screen: &str) {
    let mut found = lines(screen);
    let summary = found
        .iter()
        .position(|line| line.starts_with("work: 20/20 files (100%) in "));
    let summary = found.remove(summary.unwrap_or_else(|| panic!("{screen}")));
    assert!(summary.ends_with("/s"), "{summary}");
    found.sort_unstable();
    let wanted = ["at 7", "child 0", "child 1", "child 2", "child 3", "end"];
    assert_eq!(found, wanted, "{screen}");
}

#[test]
fn a_bar_and_what_processes_print_leave_each_other_whole() {
    for method in ["fork", "spawn"] {
        let terminal = Setting::new(&["eval", "--start-method", method, WORK]).start();
        let (code, screen) = terminal.finish();
        assert_eq!(code, 0, "{screen}");
        assert_whole(&screen);
    }
}

#[test]
fn a_bar_shows_count_share_time_and_rate() {
    let terminal = Setting::new(&["eval", WORK]).start();
    terminal.wait_for("end");
    let raw = terminal.raw();
    assert!(raw.contains("% 0/20 files [0s, "), "{raw:?}");
    assert!(raw.contains("s left, "), "{raw:?}");
    assert!(raw.contains("\x1b[36m"), "{raw:?}");
    terminal.finish();
    let terminal = Setting::new(&["eval", WORK]).env("NO_COLOR", "1").start();
    terminal.wait_for("end");
    assert!(!terminal.raw().contains("\x1b[3"), "{:?}", terminal.raw());
    terminal.finish();
}

#[test]
fn nothing_is_shown_if_nobody_wants_it() {
    for options in [&["--no-progress"][..], &["--error-format", "json"]] {
        let words = [&["eval"], options, &[WORK]].concat();
        let terminal = Setting::new(&words).start();
        terminal.wait_for("end");
        let raw = terminal.raw();
        assert!(!raw.contains("20") && !raw.contains('\x1b'), "{raw:?}");
        terminal.finish();
    }
}

#[test]
fn a_prompt_shows_a_bar_while_a_line_runs() {
    let terminal = Setting::prompt().open();
    terminal.enter("fn child() { for i in range(4) { print(\"child\", i); sleep(0.03); } }");
    let line = "let p = Process(child); p.start(); \
                for x in progress(range(20), #{ label: \"work\" }) { sleep(0.02); } p.join(); print(\"end\")";
    terminal.enter(line);
    terminal.wait_for_end("\nend\n>>>");
    assert!(
        terminal.raw().contains("% 0/20 [0s, "),
        "{:?}",
        terminal.raw()
    );
    let screen = terminal.text();
    let (_, after) = screen.rsplit_once("print(\"end\")").unwrap();
    let mut found = lines(after);
    found.retain(|line| !line.starts_with("work: 20/20 (100%) in "));
    found.sort_unstable();
    assert_eq!(
        found,
        [">>>", "child 0", "child 1", "child 2", "child 3", "end"]
    );
}

#[test]
fn a_bar_that_is_not_closed_leaves_the_prompt_alone() {
    let terminal = Setting::prompt().open();
    terminal.enter("let bar = progress(#{ total: 10 }); bar.update(3);");
    terminal.wait_for_end("bar.update(3);\n>>>");
    assert!(terminal.raw().contains("% 3/10 ["), "{:?}", terminal.raw());
    terminal.enter("bar.close(); print(1)");
    terminal.wait_for_end("\n1\n>>>");
    assert!(
        terminal.text().contains("\n3/10 (30%) in "),
        "{}",
        terminal.text()
    );
}

#[test]
fn without_a_terminal_there_is_a_line_now_and_then() {
    prints(
        "for x in progress(range(1000)) { } print(\"end\");",
        "end\n",
    );
    let code = "for x in progress(range(60), #{ label: \"work\" }) { sleep(0.01); }";
    let output = Script::text(code)
        .through_shell("PROCSCRIPT_PROGRESS_PAUSE=0.2 exec \"$@\"")
        .run();
    assert_eq!(output.stdout, "");
    let lines: Vec<_> = output.stderr.lines().collect();
    assert!((1..=5).contains(&lines.len()), "{}", output.stderr);
    for line in lines {
        assert!(
            line.starts_with("work: ") && line.contains("/60 ("),
            "{line}"
        );
        assert!(
            line.ends_with(" left") || line.starts_with("work: 60/60"),
            "{line}"
        );
    }
}

#[test]
fn progress_counts_what_is_iterated_one_by_one() {
    prints(
        r#"
        let seen = [];
        for x in progress([1, 2, 3]) { seen.push(x); if x == 2 { break; } }
        for x in progress("ab", #{ label: "letters" }) { seen.push(x); }
        for x in progress(range(6, 0, -3)) { seen.push(x); }
        for x in progress(#{ iterable: #{ k: 1 } }) { seen.push(x); }
        for x in progress(bytes([7])) { seen.push(x); }
        let q = Queue();
        for x in [1, 2, None] { q.put(x); }
        for x in progress(q.iter_until(None)) { seen.push(x); q.put(x); if q.qsize() > 3 { break; } }
        print(seen);
        let bar = progress(#{ total: 5 });
        print(bar, bar.with(|b| { b.update(2); b.update(); b.n }), bar.n, bar.total, progress("abc").total, progress(q).total);
        bar.update();
        print(bar.n, error_of(|| bar.update(-1)), error_of(|| { for x in bar { print(x); } }));
        print(error_of(|| { for x in progress(5) { print(x); } }));
        print(error_of(|| progress([1], #{ total: "x" })), error_of(|| progress(#{ count: 1 })));
        try { for x in progress([1, 2]) { throw "out"; } } catch (e) { print(e); }
        "#,
        "
        [1, 2, 'a', 'b', 6, 3, 'k', 7, 1, 2]
        <progress 3/5> 3 3 5 3 None
        3 ValueError: n must not be negative, not -1 TypeError: this progress has nothing to iterate over: write progress(xs), or call update()
        TypeError: 'int' object is not iterable
        TypeError: progress() argument 'total' must be an integer, not str TypeError: progress() got an unexpected keyword argument 'count' (it takes iterable, label, total, unit)
        out
        ",
    );
}

#[test]
fn the_map_of_an_executor_has_a_bar() {
    prints(
        r#"
        fn square(x) { x * x }
        with ProcessPoolExecutor(2) as executor {
            print(list(executor.map(square, range(5), #{ progress: "squares" })));
            print(list(executor.map(|a, b| a + b, [1, 2, 3], [4, 5], #{ progress: true, chunksize: 2 })));
            print(list(executor.map(square, range(2), #{ progress: false })));
        }
        with ThreadPoolExecutor(2) as executor {
            print(list(executor.map(|x| x, "ab", #{ progress: true })));
        }
        "#,
        "[0, 1, 4, 9, 16]\n[5, 7]\n[0, 1]\n['a', 'b']\n",
    );
    let code = r#"
        fn slow(x) { sleep(0.02); x }
        with ThreadPoolExecutor(1) as executor {
            print(list(executor.map(slow, range(30), #{ progress: "slow" })).len());
        }
    "#;
    let output = Script::text(code)
        .through_shell("PROCSCRIPT_PROGRESS_PAUSE=0.1 exec \"$@\"")
        .run();
    assert_eq!(output.stdout, "30\n");
    assert!(
        output.stderr.contains("slow: ") && output.stderr.contains("/30 ("),
        "{}",
        output.stderr
    );
}
