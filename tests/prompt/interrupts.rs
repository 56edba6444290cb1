//! Ctrl-C stops the line that runs, and nothing else.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::driver::{Prompt, assert_ended, is_alive, under_both};
use super::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "ctrl_c_stops_the_line_whatever_it_waits_for",
        stops_the_line,
    ),
    Case::new(
        "ctrl_c_leaves_children_and_threads_alone",
        leaves_others_alone,
    ),
    Case::new("ctrl_c_leaves_what_the_line_declared", leaves_variables),
    Case::new("ctrl_c_between_lines_stops_nothing", between_lines),
    Case::new(
        "ctrl_c_at_any_moment_leaves_everything_usable",
        at_any_moment,
    ),
    Case::new("sigterm_ends_the_program_in_order", sigterm_ends),
    Case::new("children_end_when_the_prompt_is_killed", killed_prompt),
];

fn stops_the_line() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "let q = Queue(1); let lock = Lock(); lock.acquire(); let event = Event(); let s = Semaphore(0);",
            "let server = socket.create_server([\"127.0.0.1\", 0]);",
            "let p = Process(|| time.sleep(1000)); p.start();",
            "let ends = Pipe(); let full = Queue(1); full.put(1);",
            "let t = Thread(#{target: || time.sleep(1000), daemon: true}); t.start();",
            "fn deep(n) { if n == 0 { loop {} } else { deep(n - 1) } }",
            "fn busy() { [1].map(|x| { loop {} }) }",
        ]);
        let goes_on = |prompt: &mut Prompt, line: &str| {
            assert_eq!(
                prompt.enter("full.qsize() + [1, 2].map(|x| x)[1]"),
                "value 3",
                "after {line}: {:?}",
                prompt.printed
            );
            prompt.enter_all(&["time.sleep(0.001)", "q.put(1)", "q.get();"]);
        };
        for line in [
            "loop {}",
            "while true { let x = 1; }",
            "deep(50)",
            "busy()",
            "try { loop {} } catch { print(\"caught\") }",
        ] {
            assert_eq!(prompt.interrupt_running(line), "interrupted", "{line}");
            goes_on(prompt, line);
        }
        for line in [
            "time.sleep(1000)",
            "q.get()",
            "full.put(2)",
            "p.join()",
            "t.join()",
            "lock.acquire()",
            "event.wait()",
            "s.acquire()",
            "ends[0].recv()",
            "wait([ends[0], q])",
            "server.accept()",
            "os.system(\"sleep 1000\")",
            "Condition().with(|| 1); let c = Condition(); c.acquire(); c.wait()",
            "Barrier(2).wait()",
            "signal.pause()",
            "let pool = JoinableQueue(); pool.put(1); pool.join()",
        ] {
            assert_eq!(prompt.interrupt_waiting(line), "interrupted", "{line}");
            goes_on(prompt, line);
        }
        assert_eq!(
            prompt.enter("[p.is_alive(), t.is_alive()]"),
            "value [True, True]"
        );
    });
}

fn leaves_others_alone() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "let q = Queue(); let back = Queue(); let inner = Queue();",
            "fn grandchild(inner, back) { back.put(os.getpid()); back.put(inner.get() + 1); }",
            "fn child(q, inner, back) { let g = Process(grandchild, [inner, back]); g.start(); back.put(q.get() * 2); g.join() }",
            "let p = Process(child, [q, inner, back]); p.start(); back.get();",
            "let heard = queue.Queue(); let asked = queue.Queue();",
            "let t = Thread(|| { let n = asked.get(); time.sleep(0.01); heard.put(n + 1) }); t.start();",
        ]);
        assert_eq!(prompt.interrupt_waiting("time.sleep(1000)"), "interrupted");
        // Once more for the whole group, with nothing running.
        prompt.signal_group(Signal::SIGINT);
        prompt.enter_all(&["q.put(21); inner.put(1); asked.put(7);"]);
        assert_eq!(
            prompt.enter("sorted([back.get(), back.get()])"),
            "value [2, 42]"
        );
        assert_eq!(prompt.enter("heard.get()"), "value 8");
        assert_eq!(prompt.enter("p.join(); p.exitcode"), "value 0");
        assert_eq!(prompt.command("news", ""), "");
    });
}

fn leaves_variables() {
    let mut prompt = Prompt::start("fork");
    prompt.send(
        "enter",
        "let a = 1; if true { let b = 2; print(\"ready\"); loop {} } let c = 3;",
    );
    while prompt.line() != "ready" {}
    prompt.signal_group(Signal::SIGINT);
    assert_eq!(prompt.answer(), "interrupted");
    assert_eq!(prompt.command("variables", ""), "a: int = 1");
}

fn between_lines() {
    let mut prompt = Prompt::start("fork");
    prompt.enter_all(&["let a = 1;"]);
    prompt.signal_group(Signal::SIGINT);
    assert_eq!(prompt.enter("time.sleep(0.01); a"), "value 1");
}

fn at_any_moment() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "let q = Queue(1); let lock = Lock(); let r = RLock(); let v = Value(\"i\", 0); let d = Manager().dict();",
            "fn nothing() {}",
            "fn processes() { loop { let p = Process(nothing); p.start(); p.join() } }",
            "fn objects(q, lock, r, v, d) { loop { q.put(1); lock.with(|| v.value += 1); r.with(|| d[\"k\"] = v.value); q.get() } }",
            "fn threads() { loop { let t = Thread(nothing); t.start(); t.join() } }",
        ]);
        for round in 0..36 {
            let line = ["processes()", "objects(q, lock, r, v, d)", "threads()"][round % 3];
            prompt.run(line);
            std::thread::sleep(Duration::from_micros(700 * round as u64));
            prompt.signal_group(Signal::SIGINT);
            assert_eq!(prompt.answer(), "interrupted", "{line}");
            assert_eq!(
                prompt.enter(
                    "while q.qsize() > 0 { q.get() } q.put(5); lock.with(|| r.with(|| q.get()))"
                ),
                "value 5"
            );
        }
        prompt.enter_all(&["let p = Process(|| q.put(7)); p.start(); p.join();"]);
        assert_eq!(prompt.enter("q.get()"), "value 7");
        assert_eq!(prompt.command("children", ""), "");
    });
}

fn sigterm_ends() {
    for (method, signal, code) in [
        ("fork", Signal::SIGTERM, 143),
        ("spawn", Signal::SIGHUP, 129),
    ] {
        let mut prompt = Prompt::start(method);
        prompt.enter_all(&["let p = Process(|| time.sleep(1000)); p.start();"]);
        let pids = prompt.command("pids", "");
        let ended = prompt.signal_waiting("time.sleep(1000)", signal);
        assert_eq!(ended, format!("exit {code}"));
        assert_eq!(prompt.finish(), format!("{code} Process-1 (pid {pids})"));
        assert_ended([pids.as_str()]);
    }
}

fn killed_prompt() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "let ready = Queue();",
            "fn stay(ready) { ready.put(os.getpid()); time.sleep(1000) }",
            "fn parent(ready) { let g = Process(stay, [ready]); g.start(); stay(ready) }",
            "Process(#{target: stay, args: [ready], daemon: true}).start();",
            "Process(parent, [ready]).start();",
            "for _ in range(3) { ready.get() }",
        ]);
        let pids = prompt.command("pids", "");
        let pids: Vec<&str> = pids.split("; ").collect();
        assert_eq!(pids.len(), 3);
        assert!(pids.iter().all(|pid| is_alive(pid)));
        prompt.child.kill().unwrap();
        prompt.child.wait().unwrap();
        assert_ended(pids);
    });
}
