//! Kinds of sinks, and those that fail.

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use procscript::progress::ProgressStage;
use procscript::{Capture, Permissions, Runtime, Script, Sink, StartMethod};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_closure_gets_a_line_at_a_time", lines),
    Case::new("a_line_without_an_end_comes_in_pieces", pieces),
    Case::new("nowhere_is_a_sink", nowhere),
    Case::new("a_closed_sink_ends_the_script_and_its_children", closed),
    Case::new("an_error_of_a_sink_is_an_error_of_print", refused),
    Case::new(
        "an_error_in_a_childs_output_reaches_the_script",
        refused_child,
    ),
    Case::new(
        "a_sink_that_panics_is_not_called_again_and_the_script_gets_an_error",
        panicked,
    ),
    Case::new(
        "a_sink_that_panics_on_a_childs_output_blocks_no_process",
        panicked_child,
    ),
    Case::new("lines_of_logs_go_to_the_sink_of_errors", logs),
    Case::new(
        "progress_is_reported_by_numbers_and_nothing_is_drawn",
        progress,
    ),
];

fn logs() {
    let errors = Capture::new();
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .stderr(errors.clone())
        .build()
        .unwrap();
    let script = r#"
        logging.basicConfig(#{ level: "INFO", format: "%(processName)s %(lineno)d %(message)s" });
        logging.debug("dropped");
        logging.info("from the host");
        let p = Process(|| logging.warning("from a child")); p.start(); p.join();
        "#;
    runtime.eval::<()>(script).unwrap();
    drop(runtime);
    assert_eq!(
        errors.text(),
        "MainProcess 4 from the host\nProcess-1 5 from a child\n"
    );
}

fn progress() {
    let (sender, reports) = mpsc::channel();
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .on_progress(move |report| {
            let words = (
                report.label.map(String::from),
                report.unit.map(String::from),
            );
            sender
                .send((report.id, report.stage, words, report.done, report.total))
                .unwrap();
        })
        .build()
        .unwrap();
    let script = r#"
        fn child() { for x in progress(range(9)) { x += 1; } }
        let p = Process(child); p.start(); p.join();
        let sum = 0;
        for x in progress([1, 2, 3], #{ label: "adding", unit: "numbers" }) { sum += x; }
        let bar = progress(); bar.update(5); bar.close(); bar.update(1);
        sum
        "#;
    assert_eq!(runtime.eval::<i64>(script).unwrap(), 6);
    drop(runtime);
    let all: Vec<_> = reports.iter().collect();
    let ends: Vec<_> = all
        .iter()
        .filter(|report| report.1 != ProgressStage::Advanced)
        .map(|(_, stage, words, done, total)| (*stage, words.clone(), *done, *total))
        .collect();
    let words = (Some("adding".to_string()), Some("numbers".to_string()));
    assert_eq!(
        ends,
        [
            (ProgressStage::Begun, words.clone(), 0, Some(3)),
            (ProgressStage::Finished, words, 3, Some(3)),
            (ProgressStage::Begun, (None, None), 0, None),
            (ProgressStage::Finished, (None, None), 5, None),
        ]
    );
    assert_ne!(all[0].0, all[all.len() - 1].0);
}

fn lines() {
    let (sender, lines) = mpsc::channel();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(StartMethod::Spawn)
        .stdout(Sink::lines(move |line| {
            sender.send(line.to_string()).unwrap()
        }))
        .build()
        .unwrap();
    let script = r#"
        fn child() { print("of a child\nanother"); print("begun", #{ end: "", flush: true }); }
        print("first\n\nthird");
        let p = Process(child); p.start(); p.join();
        print(" and ended");
        sys.stdout.write("the end");
        "#;
    runtime.run_main(Script::from_text("script", script));
    assert_eq!(
        lines.iter().collect::<Vec<_>>(),
        [
            "first",
            "",
            "third",
            "of a child",
            "another",
            "begun and ended",
            "the end"
        ]
    );
}

fn pieces() {
    let script = r#"
        fn child() { for i in 0..20 { print("é" * 500000, #{ end: "" }); } }
        for i in 0..20 { sys.stdout.write("é" * 500000); }
        sys.stdout.flush();
        let p = Process(child); p.start(); p.join();
        "#;
    let (sender, lines) = mpsc::channel();
    let run = |sink: Sink| {
        let runtime = Runtime::builder()
            .permissions(Permissions::all())
            .start_method(StartMethod::Spawn)
            .stdout(sink)
            .build()
            .unwrap();
        runtime.run_main(Script::from_text("script", script));
    };
    run(Sink::lines(move |line| {
        sender.send(line.to_string()).unwrap()
    }));
    let lines: Vec<String> = lines.iter().collect();
    assert_eq!(lines.concat(), "é".repeat(20_000_000));
    assert!(lines.iter().all(|line| line.len() < 34 << 20));

    let (sender, sizes) = mpsc::channel();
    run(Sizes(sender).into());
    let sizes: Vec<usize> = sizes.iter().collect();
    assert_eq!(sizes.iter().sum::<usize>(), 40_000_000);
    assert!(sizes.iter().all(|size| *size < 18 << 20), "{sizes:?}");
}

/// Sends the size of each piece.
struct Sizes(mpsc::Sender<usize>);

impl Write for Sizes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.len()).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn nowhere() {
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(StartMethod::Spawn)
        .stdout(io::sink())
        .stderr(io::sink())
        .build()
        .unwrap();
    let script = r#"
        fn child() { print("x" * 200000); throw 1; }
        print("y");
        let p = Process(child); p.start(); p.join();
        sys.exit(p.exitcode + 6);
        "#;
    assert_eq!(runtime.run_main(Script::from_text("script", script)), 7);
}

/// Takes a few pieces of text, then does something else.
struct Few(AtomicUsize, fn() -> io::Result<usize>, Capture);

impl Write for Few {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.0.load(Ordering::Relaxed);
        if left == 0 {
            return (self.1)();
        }
        self.0.store(left - 1, Ordering::Relaxed);
        self.2.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a script whose output's sink takes `few` pieces; the exit code, what it took, and the errors.
fn run(few: usize, then: fn() -> io::Result<usize>, script: &str) -> (i32, String, String) {
    let (printed, errors) = (Capture::new(), Capture::new());
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(StartMethod::Spawn)
        .stdout(Few(AtomicUsize::new(few), then, printed.clone()))
        .stderr(errors.clone())
        .build()
        .unwrap();
    let code = runtime.run_main(Script::from_text("script", script));
    (code, printed.take(), errors.take())
}

fn closed() {
    let closed = || Err(io::ErrorKind::BrokenPipe.into());
    let script = r#"
        print("one");
        try { print("two"); } catch { sys.stderr.write("caught\n"); }
        sys.stderr.write("goes on\n");
        "#;
    let (code, printed, errors) = run(1, closed, script);
    assert_eq!(
        (code, printed.as_str(), errors.as_str()),
        (141, "one\n", "")
    );

    // The child would print for ever, and its parent prints nothing.
    let script = r#"
        fn child() { loop { print("line"); } }
        let p = Process(child); p.start(); p.join();
        sys.stderr.write("the child has ended with %s: %s\n" % [p.exitcode, p.exception.type]);
        "#;
    let (code, _, errors) = run(1, closed, script);
    let told = "the child has ended with -13: BrokenPipeError\n";
    // What the child printed before it noticed is lost, and the main script has no line left to print.
    assert_eq!((code, errors.as_str()), (141, told));

    let mut runtime = Runtime::builder()
        .stdout(Few(AtomicUsize::new(0), closed, Capture::new()))
        .build()
        .unwrap();
    for script in ["print(1)", "print(1, #{end: \"\"})"] {
        let error = runtime.eval::<()>(script).unwrap_err();
        assert_eq!(error.diagnostic().unwrap().kind, "BrokenPipeError");
        assert_eq!(runtime.eval::<i64>("1").unwrap(), 1);
    }
}

fn refused() {
    let script = r#"
        print("one");
        try { print("two"); } catch (e) { sys.stderr.write(e.type + ": " + e.message + "\n"); }
        "#;
    let full = || Err(io::Error::other("the log is full"));
    let (code, printed, errors) = run(1, full, script);
    assert_eq!((code, printed.as_str()), (0, "one\n"));
    assert_eq!(errors, "OSError: the log is full\n");
}

fn refused_child() {
    let script = r#"
        fn child() { print("child"); }
        let p = Process(child); p.start(); p.join();
        print(p.exitcode);
        "#;
    let full = || Err(io::Error::other("the log is full"));
    let (code, printed, errors) = run(0, full, script);
    assert_eq!((code, printed.as_str()), (1, ""));
    assert!(errors.starts_with("OSError: the log is full\n"), "{errors}");

    // Nothing is printed after it that could report it.
    let (code, printed, errors) = run(0, full, script.replace("print(p.exitcode);", "").as_str());
    assert_eq!((code, printed.as_str()), (1, ""));
    assert_eq!(errors, "OSError: the log is full\n");
}

/// As `panic!`, but without the words that Rust prints about it.
fn panics() -> io::Result<usize> {
    static TIMES: AtomicUsize = AtomicUsize::new(0);
    assert_eq!(
        TIMES.fetch_add(1, Ordering::Relaxed),
        0,
        "it was called again"
    );
    resume_unwind(Box::new("no more paper"))
}

fn panicked() {
    let script = r#"
        print("one");
        for i in range(3) {
            try { print("two"); } catch (e) { sys.stderr.write(e.type + ": " + e.message + "\n"); }
        }
        "#;
    let (code, printed, errors) = run(1, panics, script);
    assert_eq!((code, printed.as_str()), (0, "one\n"));
    let told = "OSError: the sink for this output has failed: no more paper\n";
    assert_eq!(errors, told.repeat(3));
}

fn panicked_child() {
    let script = r#"
        fn child() { loop { print("line"); } }
        let p = Process(child); p.start(); p.join();
        try { print("parent"); } catch (e) { sys.stderr.write(e.message + "\n"); }
        "#;
    let (code, _, errors) = run(1, panics, script);
    let told = "the sink for this output has failed: no more paper\n";
    assert_eq!((code, errors.as_str()), (0, told));
}
