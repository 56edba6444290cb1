//! What comes into a sink: whole lines, nothing lost, in the order in which things happened.

use std::collections::BTreeMap;

use procscript::{Capture, Error, Permissions, Runtime, Script, StartMethod};

use crate::output::run;
use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "output_of_a_child_comes_before_the_effects_of_its_message",
        order,
    ),
    Case::new(
        "all_that_a_child_printed_is_there_when_it_has_been_joined",
        joined,
    ),
    Case::new("all_is_there_when_an_evaluation_returns", evaluated),
    Case::new(
        "a_runtime_whose_children_print_without_end_can_be_stopped_and_dropped",
        endless,
    ),
    Case::new("long_lines_of_many_children_are_never_mixed", long_lines),
    Case::new("a_killed_child_has_lost_nothing_it_printed", killed),
    Case::new(
        "children_do_not_wait_for_a_script_that_does_not_read",
        unread,
    ),
    Case::new(
        "the_beginning_of_a_line_that_is_flushed_keeps_its_place",
        flushed,
    ),
];

fn order() {
    for method in [StartMethod::Spawn, StartMethod::Fork] {
        let (_, printed, _) = run(
            method,
            r#"
            fn child(there, back) {
                for i in range(300) {
                    there.get();
                    print("child", i);
                    back.put(i);
                }
            }
            let there = Queue();
            let back = Queue();
            let p = Process(child, [there, back]);
            p.start();
            for i in range(300) {
                print("ask", i);
                there.put(i);
                back.get();
                print("answer", i);
            }
            "#,
        );
        let wanted = (0..300).map(|i| format!("ask {i}\nchild {i}\nanswer {i}\n"));
        assert_eq!(printed, wanted.collect::<String>());
    }
}

fn joined() {
    let printed = Capture::new();
    // The script asks the host, which looks at what it has.
    let seen = printed.clone();
    let errors = Capture::new();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(StartMethod::Spawn)
        .stdout(printed.clone())
        .stderr(errors.clone())
        .stdin(move |_| Some(seen.take()))
        .build()
        .unwrap();
    let script = r#"
        fn child() { print("text " * 20000); os.system("printf 'no end'"); }
        for i in range(10) {
            let p = Process(child);
            p.start();
            p.join();
            let text = input();
            if text != "text " * 20000 + "\nno end" { throw ValueError(text); }
        }
        "#;
    let code = runtime.run_main(Script::from_text("script", script));
    assert_eq!((code, errors.text()), (0, String::new()));
}

fn evaluated() {
    let all = Capture::new();
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .stdout(all.clone())
        .stderr(all.clone())
        .build()
        .unwrap();
    let script = r#"
        fn child(name) { print("child", name); }
        fn work(name) {
            let p = Process(child, [name]); p.start(); p.join();
            sys.stdout.write("done");
        }
        work("one");
        "#;
    runtime.eval::<()>(script).unwrap();
    assert_eq!(all.take(), "child one\ndone");
    runtime.call_fn::<()>("work", ("two".to_string(),)).unwrap();
    assert_eq!(all.take(), "child two\ndone");
    let error = runtime.eval::<()>(r#"work("three"); throw ValueError("told to the host")"#);
    assert!(error.is_err());
    assert_eq!(all.take(), "child three\ndone");
    let error = runtime.eval::<()>(r#"work("four"); sys.exit("the end")"#);
    assert!(matches!(error, Err(Error::Exited(1))));
    assert_eq!(all.take(), "child four\ndonethe end\n");
}

fn endless() {
    let printed = Capture::new();
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .stdout(printed.clone())
        .build()
        .unwrap();
    let stopper = runtime.stopper();
    let seen = printed.clone();
    let script = r#"
        fn child() { let i = 0; loop { print("line", i); i += 1; } }
        let p = Process(child); p.start();
        "#;
    let stops = std::thread::spawn(move || {
        while seen.text().lines().count() < 1000 {
            std::thread::yield_now();
        }
        stopper.stop();
    });
    let stopped = runtime.eval::<()>(&format!("{script} p.join()"));
    assert!(matches!(stopped, Err(Error::Stopped)));
    stops.join().unwrap();
    let whole = |text: &str| {
        // The child has been killed, maybe in a line.
        let end = text.rfind('\n').map_or(0, |at| at + 1);
        let lines = text[..end].lines().enumerate();
        for (i, line) in lines {
            assert_eq!(line, format!("line {i}"));
        }
    };
    whole(&printed.take());
    runtime.eval::<()>(script).unwrap();
    while printed.text().is_empty() {
        std::thread::yield_now();
    }
    drop(runtime);
    whole(&printed.take());
}

fn long_lines() {
    let (_, printed, _) = run(
        StartMethod::Spawn,
        r#"
        fn write(name) {
            let line = name * 100000;
            for i in range(10) { print(line); }
        }
        for name in ["a", "b", "c", "d"] { Process(write, [name]).start(); }
        write("e");
        "#,
    );
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    printed
        .lines()
        .for_each(|line| *lines.entry(line).or_default() += 1);
    let wanted: Vec<String> = ('a'..='e')
        .map(|name| name.to_string().repeat(100_000))
        .collect();
    let wanted = wanted.iter().map(|line| (line.as_str(), 10)).collect();
    assert!(lines == wanted, "{} different lines", lines.len());
}

fn killed() {
    let (_, printed, _) = run(
        StartMethod::Spawn,
        r#"
        fn child() {
            for i in range(2000) { print("line", i); }
            os.kill(os.getpid(), 9);
        }
        let p = Process(child);
        p.start();
        p.join();
        print(p.exitcode);
        "#,
    );
    let wanted: String = (0..2000).map(|i| format!("line {i}\n")).collect();
    assert_eq!(printed, wanted + "-9\n");
}

fn unread() {
    let (_, printed, _) = run(
        StartMethod::Spawn,
        r#"
        fn child(done) {
            for i in range(100) { print("x" * 20000); }
            done.set().unwrap();
        }
        let done = Event();
        let p = Process(child, [done]);
        p.start();
        // Nothing is printed here that would take anything in.
        print(done.wait(50));
        "#,
    );
    assert_eq!(printed, ("x".repeat(20_000) + "\n").repeat(100) + "True\n");
}

fn flushed() {
    let (_, printed, _) = run(
        StartMethod::Spawn,
        r#"
        fn child(q) { print("begun by a child,", #{ end: " ", flush: true }); q.put(1); }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        q.get();
        print("ended by its parent");
        "#,
    );
    assert_eq!(printed, "begun by a child, ended by its parent\n");
}
