//! Recordings of which somebody was killed: what they did until then is there.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::super::support::script::{Script, each_start_method};
use super::{data_of, lane, marks, recordings, slices, strings, with_timeline};

/// How long the others may take to end after the main process.
const PATIENCE: Duration = Duration::from_secs(20);

/// A family that is at work until it is killed.
const AT_WORK: &str = r#"
    fn work(jobs, ready) {
        let first = jobs.get();
        with timeline.span("job " + first) { timeline.mark("begun"); }
        with timeline.span("the last") { ready.put(os.getpid()); time.sleep(1000); }
    }
    let jobs = Queue();
    let ready = Queue();
    for i in range(2) { let p = Process(work, [jobs, ready]); p.start(); }
    for i in range(2) { jobs.put(i); }
    for i in range(2) { ready.get(); }
    print("ready");
    time.sleep(1000);
"#;

/// Makes the command keep recordings in this directory.
fn kept_in(script: Script, directory: &Path) -> Script {
    script.through_shell(&format!("TMPDIR={} exec \"$@\"", directory.display()))
}

/// Kills the main process of a recorded family, and returns the directory that holds the recording.
fn left_by_a_kill(method: &str, directory: &Path) -> std::path::PathBuf {
    let script = with_timeline(AT_WORK, &directory.join("timeline.html")).start_method(method);
    let run = kept_in(script, directory).start();
    run.wait_for_line("ready");
    run.signal_all(Signal::SIGKILL);
    assert_eq!(run.finish_within(PATIENCE).code(), -9);
    let found = recordings(directory);
    assert_eq!(found.len(), 1);
    found[0].clone()
}

fn assembled(left: &Path, directory: &Path, name: &str) -> String {
    let file = directory.join(name);
    let words = [
        "timeline",
        left.to_str().unwrap(),
        "-o",
        file.to_str().unwrap(),
    ];
    Script::command(&words).run().assert(0, "", "");
    fs::read_to_string(file).unwrap()
}

#[test]
fn a_killed_family_leaves_what_it_did() {
    each_start_method(|method| {
        let directory = TempDir::with_prefix("procscript-test-").unwrap();
        let directory = directory.path();
        let left = left_by_a_kill(method, directory);
        let list = kept_in(Script::command(&["timeline"]), directory).run();
        list.assert(0, &format!("{}\n", left.display()), "");
        let data = data_of(&assembled(&left, directory, "timeline.html"));
        let notes = strings(&data["notes"]);
        assert_eq!(
            notes,
            ["The main process was killed: this is what it and its children left."]
        );
        for process in ["MainProcess", "Process-1", "Process-2"] {
            assert_eq!(lane(&data, process)["killed"], true);
            let sentence = format!("{process} was killed: it recorded no end.");
            assert!(strings(&data["summary"]).contains(&sentence));
        }
        assert_eq!(marks(&data, "Process-1"), ["begun"]);
        let slices = slices(&data, "Process-2");
        assert!(
            slices.contains(&"span: the last, main.rhai:4".into()),
            "{slices:?}"
        );
        let trace = assembled(&left, directory, "timeline.json");
        serde_json::from_str::<serde_json::Value>(&trace).unwrap();
    });
}

#[test]
fn a_file_that_is_cut_off_shows_what_is_left() {
    let directory = TempDir::with_prefix("procscript-test-").unwrap();
    let directory = directory.path();
    let left = left_by_a_kill("fork", directory);
    let file = |number: u32| left.join(format!("{number:06}.thread"));
    let bytes = fs::read(file(0)).unwrap();
    for length in [0, 7, 128, 129, 128 + 48, 128 + 100, 1000] {
        fs::write(file(0), &bytes[..length]).unwrap();
        data_of(&assembled(&left, directory, "timeline.html"));
    }
    // Words that no recorder writes.
    fs::write(file(0), [&bytes[..128], &[0xff; 4096]].concat()).unwrap();
    data_of(&assembled(&left, directory, "timeline.html"));
    let mut texts = bytes.clone();
    texts[128..].chunks_mut(48).for_each(|record| record[0] = 1);
    fs::write(file(0), texts).unwrap();
    data_of(&assembled(&left, directory, "timeline.html"));
}

#[test]
fn a_killed_worker_is_shown_up_to_its_end() {
    each_start_method(|method| {
        let code = r#"
            fn work(ready) {
                with timeline.span("long") { ready.put(os.getpid()); time.sleep(1000); }
            }
            let ready = Queue();
            let p = Process(work, [ready]);
            p.start();
            os.kill(ready.get(), 9);
            p.join();
            time.sleep(0.2);
        "#;
        let data = super::data(code, method);
        let worker = lane(&data, "Process-1");
        assert_eq!(worker["ending"], "ended by SIGKILL");
        let long = slices(&data, "Process-1");
        assert!(long.contains(&"span: long, main.rhai:2".into()), "{long:?}");
        // It ended before the main process did, and what it had begun ended with it.
        let end = |lane: &serde_json::Value| lane["end"].as_u64().unwrap();
        assert!(end(worker) < end(lane(&data, "MainProcess")));
        for slice in worker["slices"].as_array().unwrap() {
            assert!(slice[1].as_u64().unwrap() + slice[2].as_u64().unwrap() <= end(worker) + 1);
        }
    });
}

#[test]
fn ctrl_c_writes_the_timeline_and_leaves_nothing() {
    let directory = TempDir::with_prefix("procscript-test-").unwrap();
    let directory = directory.path();
    let file = directory.join("timeline.html");
    let run = kept_in(with_timeline(AT_WORK, &file), directory).start();
    run.wait_for_line("ready");
    run.interrupt();
    let data = data_of(&fs::read_to_string(file).unwrap());
    assert_eq!(
        lane(&data, "MainProcess")["ending"],
        "ended with exit code 130"
    );
    assert_eq!(recordings(directory), [] as [&Path; 0]);
}
