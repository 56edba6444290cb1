//! Files that cannot be written, and scripts that are not recorded.

use tempfile::TempDir;

use super::super::support::script::{Script, each_start_method, prints};
use super::{data_of, lane, recordings, with_timeline};

#[test]
fn spans_and_marks_do_nothing_without_a_recording() {
    prints(
        r#"
        fn work() {
            let span = timeline.span("work");
            with span as s { timeline.mark("here"); print(s.name, repr(s) == repr(span)); }
            print(span.with(|| 6 * 7), timeline.is_recording());
        }
        let p = Process(work);
        p.start();
        p.join();
        try { timeline.span(5); } catch (e) { print(e.type, e.message); }
        try { Queue().put(timeline.span("x")); } catch (e) { print(e.type); }
        "#,
        "
        work True
        42 False
        TypeError span() argument 'name' must be a string, not int
        TypeError
        ",
    );
}

#[test]
fn a_span_ends_with_its_block_however_that_ends() {
    each_start_method(|method| {
        let code = r#"
            let span = timeline.span("outer");
            with span { with span { time.sleep(0.01); } }
            try { with timeline.span("failing") { throw "no"; } } catch { }
            print(timeline.is_recording());
            with timeline.span("at the end") { sys.exit(3); }
        "#;
        let recorded = super::recorded(code, method, "timeline.html");
        recorded.output.assert(3, "True\n", "");
        let data = data_of(&recorded.text);
        let slices = super::slices(&data, "MainProcess");
        let spans = slices.iter().filter(|slice| slice.starts_with("span"));
        assert_eq!(spans.count(), 4, "{slices:?}");
        assert_eq!(
            lane(&data, "MainProcess")["ending"],
            "ended with exit code 3"
        );
    });
}

#[test]
fn a_wrong_file_is_told_before_the_script_runs() {
    for (file, why) in [
        (
            "timeline.txt",
            "procscript: error: the name of a timeline ends in .html (a page for a browser) or in .json (a trace for \
             ui.perfetto.dev), and not as in timeline.txt\n",
        ),
        (
            "nowhere/timeline.html",
            "procscript: error: cannot write nowhere/timeline.html: No such file or directory (os error 2)\n",
        ),
    ] {
        let run = with_timeline("print(1);", file.as_ref()).run();
        run.assert(2, "", why);
    }
    let run = Script::command(&["run", "--timeline", "t.html", "missing.rhai"]).run();
    run.assert(
        2,
        "",
        "procscript: error: cannot read missing.rhai: there is no such file\n",
    );
}

#[test]
fn a_directory_without_a_recording_is_told() {
    let run = Script::command(&["timeline", ".", "-o", "t.html"]).run();
    let why =
        "procscript: error: cannot read a recording in .: No such file or directory (os error 2)\n";
    run.assert(2, "", why);
    let empty = TempDir::with_prefix("procscript-test-").unwrap();
    let by = format!("TMPDIR={} exec \"$@\"", empty.path().display());
    let why = "procscript: error: no recording was left by a killed process; `procscript run --timeline FILE` makes one\n";
    Script::command(&["timeline"])
        .through_shell(&by)
        .run()
        .assert(2, "", why);
}

#[test]
fn only_the_process_that_began_writes_the_file() {
    let code = r#"
        let pid = os.fork();
        if pid == 0 { timeline.mark("copy"); sys.exit(0); }
        os.waitpid(pid, 0);
        time.sleep(0.05);
        timeline.mark("original");
    "#;
    let directory = TempDir::with_prefix("procscript-test-").unwrap();
    let file = directory.path().join("timeline.html");
    let by = format!("TMPDIR={} exec \"$@\"", directory.path().display());
    with_timeline(code, &file)
        .through_shell(&by)
        .run()
        .assert(0, "", "");
    let data = data_of(&std::fs::read_to_string(file).unwrap());
    assert_eq!(super::marks(&data, "MainProcess"), ["original"]);
    assert_eq!(data["lanes"].as_array().unwrap().len(), 2);
    assert_eq!(recordings(directory.path()), [] as [&std::path::Path; 0]);
}

#[test]
fn code_and_standard_input_are_recorded_too() {
    let directory = TempDir::with_prefix("procscript-test-").unwrap();
    let file = directory.path().join("timeline.html");
    let name = file.to_str().unwrap();
    let code = "let jobs = Queue(); jobs.put(1); jobs.get();";
    for words in [
        vec!["eval", "--timeline", name, code],
        vec!["run", "--timeline", name, "-"],
    ] {
        Script::command(&words).stdin(code).run().assert(0, "", "");
        let data = data_of(&std::fs::read_to_string(&file).unwrap());
        let slices = super::slices(&data, "MainProcess");
        assert!(
            slices
                .iter()
                .any(|slice| slice.starts_with("put: Queue jobs")),
            "{slices:?}"
        );
    }
}
