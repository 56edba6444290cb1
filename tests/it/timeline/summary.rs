//! What a timeline says in sentences, and what is in the lanes.

use serde_json::Value;

use super::super::support::script::each_start_method;
use super::{EVERYTHING, data, lane, marks, slices, strings};

/// The sentences with `N` for what differs from run to run, in alphabetical order.
fn sentences(data: &Value) -> Vec<String> {
    let fold = |text: String| {
        let words = text.split(' ').map(|word| match word.parse::<f64>() {
            Ok(_) if text.contains('%') || text.contains(" ran for ") => "N",
            _ => word,
        });
        let folded: Vec<&str> = words.collect();
        let folded = folded.join(" ");
        // The unit of the length.
        ["ms.", "µs."]
            .iter()
            .fold(folded, |text, unit| text.replace(unit, "s."))
    };
    let mut all: Vec<String> = strings(&data["summary"]).into_iter().map(fold).collect();
    all.sort();
    all
}

#[test]
fn whoever_waits_for_a_queue_is_named_with_it() {
    each_start_method(|method| {
        let code = r#"
            fn consume(q) { q.get(); }
            let jobs = Queue();
            let p = Process(consume, [jobs]);
            p.start();
            time.sleep(2);
            jobs.put("one");
            p.join();
        "#;
        let data = data(code, method);
        let expected = [
            "MainProcess slept N % of its time.",
            "N processes ran for N s.",
            "Process-1 waited N % of its time for Queue jobs.",
            "Queue jobs carried 1 message.",
        ];
        assert_eq!(sentences(&data), expected);
        let expected = [
            "starting: , ",
            "message: Queue jobs, main.rhai:1",
            "get: Queue jobs, main.rhai:1",
        ];
        assert_eq!(slices(&data, "Process-1"), expected);
        let of_main = slices(&data, "MainProcess");
        assert!(
            of_main.contains(&"start: Process-1, main.rhai:4".into()),
            "{of_main:?}"
        );
        assert!(
            of_main.contains(&"put: Queue jobs, main.rhai:6".into()),
            "{of_main:?}"
        );
        assert_eq!(data["notes"].as_array().unwrap().len(), 0);
    });
}

#[test]
fn a_lock_is_named_with_the_number_of_those_who_waited_for_it() {
    each_start_method(|method| {
        let code = r#"
            fn take(l, ready) { ready.put(1); with l { } }
            let l = Lock();
            let ready = Queue();
            let ps = [];
            with l {
                for i in range(3) { let p = Process(take, [l, ready]); p.start(); ps.push(p); }
                for p in ps { ready.get(); }
                time.sleep(0.5);
            }
            for p in ps { p.join(); }
        "#;
        let data = data(code, method);
        let summary = strings(&data["summary"]);
        assert!(
            summary.contains(&"Lock l was waited for by 3 processes.".into()),
            "{summary:?}"
        );
        for process in ["Process-1", "Process-2", "Process-3"] {
            let slices = slices(&data, process);
            let own = slices.iter().filter(|slice| slice.contains("Lock l"));
            let own: Vec<&String> = own.collect();
            assert_eq!(
                own,
                [
                    "lock: Lock l, main.rhai:1",
                    "lock held: Lock l, main.rhai:1"
                ]
            );
        }
        // Each got the lock from the one before.
        let flows = data["flows"].as_array().unwrap().iter();
        assert_eq!(flows.filter(|flow| flow[0] == 1).count(), 3);
    });
}

#[test]
fn failures_and_kills_are_told() {
    each_start_method(|method| {
        let code = r#"
            fn fails() { throw ValueError("no such day"); }
            fn dies() { timeline.mark("last words"); os.kill(os.getpid(), 9); }
            fn goes() { os._exit(3); }
            for f in [fails, dies, goes] { let p = Process(f); p.start(); p.join(); }
            let p = Process(|| time.sleep(100));
            p.start();
            p.terminate();
            p.join();
        "#;
        let data = data(code, method);
        let summary = strings(&data["summary"]);
        for expected in [
            "Process-1 failed with exit code 1: ValueError: no such day.",
            "Process-2 was ended by SIGKILL.",
            "Process-3 ended with exit code 3.",
        ] {
            assert!(summary.contains(&expected.into()), "{summary:?}");
        }
        assert_eq!(marks(&data, "Process-1"), ["ValueError: no such day"]);
        assert_eq!(marks(&data, "Process-2"), ["last words"]);
        let killed = |name| lane(&data, name)["killed"].as_bool().unwrap();
        assert_eq!([killed("Process-2"), killed("Process-3")], [true, false]);
        assert_eq!(lane(&data, "Process-4")["ending"], "ended by SIGTERM");
    });
}

#[test]
fn tasks_of_a_pool_are_spans() {
    each_start_method(|method| {
        let data = data(EVERYTHING, method);
        let lanes = data["lanes"].as_array().unwrap().iter();
        let names = lanes.map(|lane| lane["process"].as_str().unwrap());
        let workers: Vec<&str> = names.filter(|name| name.contains("PoolWorker")).collect();
        assert_eq!(workers.len(), 2);
        let tasks = |name: &&str| {
            let slices = slices(&data, name);
            slices
                .iter()
                .filter(|slice| slice.starts_with("task: square"))
                .count()
        };
        assert!(workers.iter().map(tasks).sum::<usize>() > 0);
    });
}

#[test]
fn no_name_can_leave_the_data_of_the_page() {
    let code = r#"
        with timeline.span("</script><script>alert(1)</script>") { timeline.mark("\"\\ <!-- {{data}}"); }
    "#;
    let page = super::recorded(code, "fork", "timeline.html").text;
    assert!(!page.contains("<script>alert"));
    let data = super::data_of(&page);
    let slices = slices(&data, "MainProcess");
    let span = "span: </script><script>alert(1)</script>, main.rhai:1";
    assert!(slices.contains(&span.into()), "{slices:?}");
    assert_eq!(marks(&data, "MainProcess"), ["\"\\ <!-- {{data}}"]);
}

#[test]
fn what_comes_quickly_is_one_slice_with_all_its_messages() {
    let code = r#"
        let q = Queue();
        for i in range(20000) { q.put(i); }
        for i in range(20000) { q.get(); }
    "#;
    let data = data(code, "fork");
    let summary = strings(&data["summary"]);
    assert!(
        summary.contains(&"Queue q carried 20000 messages.".into()),
        "{summary:?}"
    );
    let slices = lane(&data, "MainProcess")["slices"].as_array().unwrap();
    assert!(slices.len() < 4000, "{}", slices.len());
}

#[test]
fn a_full_file_is_told() {
    let code = r#"
        fn fill() { for i in range(160000) { timeline.mark("number " + i); } }
        let p = Process(fill);
        p.start();
        p.join();
        print(p.exitcode);
    "#;
    let recorded = super::recorded(code, "fork", "timeline.html");
    recorded.output.assert(0, "0\n", "");
    let data = super::data_of(&recorded.text);
    let notes = strings(&data["notes"]);
    let [note] = notes.as_slice() else {
        panic!("{notes:?}");
    };
    assert!(
        note.starts_with("The recording of Process-1 stops at "),
        "{note}"
    );
    assert_eq!(lane(&data, "Process-1")["ending"], "ended");
}
