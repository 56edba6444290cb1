//! Functions and closures that were typed run in children, threads and signal handlers.

use super::driver::{Prompt, under_both};
use super::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("functions_and_closures_run_in_children", run_in_children),
    Case::new("subclasses_run_in_children", subclasses),
    Case::new(
        "functions_run_in_threads_and_signal_handlers",
        threads_and_handlers,
    ),
    Case::new("children_report_errors_with_the_input", children_report),
    Case::new("a_thousand_lines_cost_little", thousand_lines),
    Case::new(
        "a_thread_of_the_host_is_stopped_around_a_fork",
        stopped_around_forks,
    ),
    Case::new(
        "a_thread_starts_processes_while_functions_change",
        threads_start_processes,
    ),
];

fn run_in_children() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "const FACTOR = 10",
            "import \"os\" as o",
            "fn times(x) { x * global::FACTOR }",
            "let base = 3",
            "let q = Queue()",
            "let stored = |x| q.put(times(x) + base)",
            "fn made() { |x, q| q.put(times(x) + 1) }",
            "fn start(f, args) { let p = Process(f, args); p.start(); p.join(); }",
            "let nested = || { let p = Process(|| q.put(times(7) + base)); p.start(); p.join() }",
            "fn named(q) { q.put(o::getpid() != os.getppid()) }",
        ]);
        for (line, shown) in [
            ("start(stored, [2]); q.get()", "23"),
            ("base = 4; start(stored, [2]); q.get()", "24"),
            ("start(made(), [5, q]); q.get()", "51"),
            ("start(nested, []); q.get()", "74"),
            ("start(named, [q]); q.get()", "True"),
            (
                "let f = times; start(|| q.put(f.call(1)), []); q.get()",
                "10",
            ),
            ("start(|g| q.put(g.call(2)), [times]); q.get()", "20"),
            ("const FACTOR = 100; start(stored, [2]); q.get()", "204"),
            ("fn times(x) { x }; start(stored, [2]); q.get()", "6"),
            (
                "let all = [1, 2].map(|x| || q.put(x)); for f in all { start(f, []) } q.get() + q.get()",
                "3",
            ),
        ] {
            assert_eq!(prompt.enter(line), format!("value {shown}"), "{line}");
        }
    });
}

fn subclasses() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "fn Worker(q, n) { let me = Process(); me.q = q; me.n = n; me.run = || this.q.put(add(this.n)); me }",
            "fn add(n) { n + 1 }",
            "let q = Queue();",
        ]);
        assert_eq!(
            prompt.enter("let w = Worker(q, 41); w.start(); q.get()"),
            "value 42"
        );
        prompt.enter_all(&["fn add(n) { n + 2 }"]);
        assert_eq!(
            prompt.enter("let w = Worker(q, 41); w.start(); q.get()"),
            "value 43"
        );
    });
}

fn threads_and_handlers() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "const C = 5",
            "fn add(n) { n + global::C }",
            "let q = queue.Queue()",
            "let f = |n| q.put(add(n))",
        ]);
        assert_eq!(
            prompt.enter("let t = Thread(f, [1]); t.start(); t.join(); q.get()"),
            "value 6"
        );
        prompt.enter_all(&["signal.signal(signal.SIGUSR1, |s| q.put(add(100)));"]);
        assert_eq!(
            prompt.enter("os.kill(os.getpid(), signal.SIGUSR1); q.get()"),
            "value 105"
        );
        // What a handler calls by name may be defined anew.
        prompt.enter_all(&["fn add(n) { n }"]);
        assert_eq!(
            prompt.enter("os.kill(os.getpid(), signal.SIGUSR1); q.get()"),
            "value 100"
        );
    });
}

fn children_report() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "fn bad() {\n  let x = 1;\n  x / 0\n}",
            "let p = Process(bad);",
            "p.start(); p.join();",
        ]);
        assert_eq!(
            prompt.enter("p.exception.type"),
            "value 'ZeroDivisionError'"
        );
        let traceback = prompt.enter("print(p.exception.traceback)");
        assert_eq!(traceback, "nothing");
        let printed = prompt.printed.join("\n");
        assert!(
            printed.contains("File \"<prompt 1>\", line 3, in bad\n    x / 0"),
            "{printed}"
        );
    });
}

fn thousand_lines() {
    under_both(|prompt| {
        prompt.enter_all(&["let q = Queue();", "fn last() { 0 }"]);
        for n in 0..1000 {
            let line = match n % 4 {
                0 => format!(
                    "let v{n} = {n} // a comment that makes this line somewhat longer than it has to be"
                ),
                1 => format!("fn f{n}(x) {{ x + {n} }}"),
                2 => format!("let c = |x| x + {n};"),
                _ => format!("fn last() {{ {n} }}"),
            };
            prompt.enter_all(&[&line]);
        }
        assert_eq!(
            prompt.enter("let p = Process(|| q.put([last(), f1(1), f997(1)])); p.start(); q.get()"),
            "value [999, 2, 998]"
        );
    });
}

fn stopped_around_forks() {
    let mut prompt = Prompt::start("relay");
    prompt.enter_all(&[
        "let q = Queue();",
        "fn how(q) { q.put(open(\"/proc/self/cmdline\").read().contains(\"worker\")) }",
        "fn start(f, args) { let p = Process(f, args); p.start(); p.join(); }",
    ]);
    for _ in 0..3 {
        assert_eq!(prompt.enter("start(how, [q]); q.get()"), "value False");
        assert_eq!(prompt.printed, ["in the child"]);
    }
    // A child has no relay, and starts its own children by fork too.
    assert_eq!(
        prompt.enter("start(start, [how, [q]]); q.get()"),
        "value False"
    );
    assert_eq!(prompt.printed, ["in the child"]);
    assert_eq!(
        prompt.enter("let pid = os.fork(); if pid == 0 { exit(4) } os.waitpid(pid, 0)[1] / 256"),
        "value 4"
    );
    assert_eq!(prompt.printed, ["in the child"]);
    // Nobody may stop a thread of the script for a fork.
    prompt.enter_all(&["let e = threading.Event(); let t = Thread(|| e.wait()); t.start();"]);
    assert_eq!(prompt.enter("start(how, [q]); q.get()"), "value True");
    assert_eq!(prompt.printed.len(), 0);
    prompt.enter_all(&["e.set(); t.join();"]);
    assert!(prompt.enter("start(5, [])").contains("TypeError"));
    assert_eq!(prompt.enter("start(how, [q]); q.get()"), "value False");
    assert!(prompt.finish().starts_with("0"));
}

fn threads_start_processes() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "let q = Queue(); let go = queue.Queue();",
            "fn work(q) { q.put(1) }",
            "let t = Thread(|| { for n in range(3) { go.get(); let p = Process(work, [q]); p.start(); p.join() } }); t.start();",
        ]);
        assert_eq!(prompt.enter("go.put(0); q.get()"), "value 1");
        prompt.enter_all(&["fn work(q) { q.put(2) }"]);
        assert_eq!(prompt.enter("go.put(0); q.get()"), "value 2");
        prompt.enter_all(&["fn work(q) { q.put(3) }"]);
        assert_eq!(prompt.enter("go.put(0); q.get()"), "value 3");
        prompt.enter_all(&["t.join();"]);
    });
}
