//! Children that fail, the list of running children, and the end of a session.

use std::time::Instant;

use super::driver::{PATIENCE, Prompt, assert_ended, under_both};
use super::support::cases::Case;
use super::support::watchdog::poll;

pub(crate) const CASES: &[Case] = &[
    Case::new("exit_gives_its_code", exit_gives_its_code),
    Case::new(
        "the_end_ends_every_process_and_names_it",
        the_end_ends_everybody,
    ),
    Case::new("the_end_kills_processes_that_ignore_sigterm", the_end_kills),
    Case::new("news_report_each_failure_once", news_tell_once),
    Case::new(
        "children_are_listed_with_what_they_wait_for",
        children_are_listed,
    ),
    Case::new(
        "a_process_forked_by_os_fork_ends_with_its_line",
        copies_end_with_their_line,
    ),
];

fn exit_gives_its_code() {
    for (line, code) in [
        ("exit()", 0),
        ("exit(3)", 3),
        ("sys.exit(4)", 4),
        ("[1].map(|x| exit(5))", 5),
    ] {
        let mut prompt = Prompt::start("fork");
        assert_eq!(prompt.enter(line), format!("exit {code}"));
        assert_eq!(prompt.finish(), format!("{code} "));
    }
    let mut prompt = Prompt::start("fork");
    assert_eq!(
        prompt.enter(
            "fn bye() { sys.exit(6) } let b = Process(bye); b.start(); b.join(); b.exitcode"
        ),
        "value 6"
    );
    assert_eq!(prompt.finish(), "0 ");
}

fn the_end_ends_everybody() {
    for method in ["fork", "spawn"] {
        let mut prompt = Prompt::start(method);
        prompt.enter_all(&[
            "let ready = Queue();",
            "fn stay(ready) { ready.put(1); time.sleep(1000) }",
            "fn parent(ready) { let g = Process(stay, [ready]); g.start(); stay(ready) }",
            "Process(#{target: stay, args: [ready], daemon: true}).start();",
            "let p = Process(#{target: parent, args: [ready], name: \"family\"}); p.start();",
            "Thread(|| time.sleep(1000)).start();",
            "for _ in range(3) { ready.get() }",
        ]);
        let pids = prompt.command("pids", "");
        assert_eq!(pids.split("; ").count(), 3, "{pids}");
        let own = prompt.enter("p.pid").replace("value ", "");
        assert_eq!(prompt.finish(), format!("0 family (pid {own})"));
        assert_ended(pids.split("; "));
    }
}

fn the_end_kills() {
    let mut prompt = Prompt::start("fork");
    prompt.enter_all(&[
        "let ready = Queue();",
        "fn deaf(ready) { signal.signal(signal.SIGTERM, signal.SIG_IGN); ready.put(1); time.sleep(1000) }",
        "fn parent(ready) { let g = Process(deaf, [ready]); g.start(); deaf(ready) }",
        "Process(parent, [ready]).start(); for _ in range(2) { ready.get() }",
    ]);
    let pids = prompt.command("pids", "");
    prompt.finish();
    assert_ended(pids.split("; "));
}

fn news_tell_once() {
    under_both(|prompt| {
        assert_eq!(prompt.command("news", ""), "");
        prompt.enter_all(&[
            "fn bad(n) { if n > 1 { throw ValueError(\"no \" + n) } if n == 1 { exit(3) } }",
            "let all = []; for n in range(4) { let p = Process(bad, [n]); p.start(); all.push(p); }",
            "let k = Process(|| time.sleep(1000)); k.start(); os.kill(k.pid, signal.SIGKILL); all.push(k);",
            "for p in all { p.join() }",
        ]);
        let pids = prompt
            .enter("all.map(|p| p.pid)")
            .replace("value [", "")
            .replace(']', "");
        let pids: Vec<&str> = pids.split(", ").collect();
        let news = prompt.command("news", "");
        let expected = [
            format!("Process-2 (pid {}) ended with exit code 3", pids[1]),
            // Those between have reported their errors themselves.
            format!("Process-5 (pid {}) was ended by SIGKILL", pids[4]),
        ];
        let mut told: Vec<&str> = news.split("; ").collect();
        told.sort_unstable();
        assert_eq!(told, expected);
        assert_eq!(prompt.command("news", ""), "");
        // Nobody waits for this one.
        prompt.enter_all(&["Process(bad, [1]).start();"]);
        let mut news = String::new();
        while news.is_empty() {
            news = prompt.command("news", "");
        }
        assert!(news.ends_with("ended with exit code 3"), "{news}");
        assert_eq!(prompt.enter("1"), "value 1");
        prompt.enter_all(&[
            "k = Process(|| time.sleep(1000)); k.start(); os.kill(k.pid, signal.SIGINT); k.join();",
        ]);
        assert_eq!(prompt.command("news", ""), "");
    });
}

fn children_are_listed() {
    under_both(|prompt| {
        assert_eq!(prompt.command("children", ""), "");
        prompt.enter_all(&[
            "let q = Queue(); let lock = Lock(); lock.acquire(); let r = RLock(); r.acquire(); let event = Event();",
            "fn inner() { time.sleep(1000) }",
            "fn outer() { let p = Process(#{target: inner, name: \"inner\"}); p.start(); p.join() }",
            "let todo = #{get: || q.get(), acquire: || lock.acquire(), again: || r.acquire(), event: || event.wait(), busy: || { loop {} }};",
            "for name in todo.keys() { Process(#{target: todo[name], name: name}).start(); }",
            "Process(#{target: outer, name: \"outer\"}).start();",
        ]);
        let expected = [
            "acquire waits for Lock.acquire since",
            "again waits for RLock.acquire since",
            "busy waits for nothing",
            "event waits for Event.wait since",
            "get waits for Queue.get since",
            "inner waits for sleep since",
            "outer waits for join of inner since",
        ];
        let mut children: Vec<String> = Vec::new();
        poll(Instant::now() + PATIENCE, || {
            let listed = prompt.command("children", "");
            children = listed.split("; ").map(String::from).collect();
            children.sort_unstable();
            (children == expected).then_some(())
        });
        assert_eq!(children, expected);
    });
}

fn copies_end_with_their_line() {
    let mut prompt = Prompt::start("fork");
    prompt.enter_all(&["let q = Queue();"]);
    assert_eq!(
        prompt.enter("let pid = os.fork(); if pid == 0 { q.put(\"copy\"); exit(3) } os.waitpid(pid, 0)[1] / 256"),
        "value 3"
    );
    assert_eq!(prompt.enter("q.get()"), "value 'copy'");
    prompt.enter_all(&["let pid = os.fork(); if pid == 0 { q.put(1) }"]);
    assert_eq!(prompt.enter("os.waitpid(pid, 0)[1]"), "value 0");
    assert_eq!(prompt.enter("q.get()"), "value 1");
    prompt.enter_all(&["let pid = os.fork(); if pid == 0 { time.sleep(1000) }"]);
    let pid = prompt.enter("pid").replace("value ", "");
    prompt.finish();
    assert_ended([pid.as_str()]);
}
