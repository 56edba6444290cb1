//! `procscript run --timeline`: what a recording shows of a script, whoever is killed meanwhile.

mod browser; // a real browser, driven from outside
mod killed; // recordings of which somebody was killed
mod options; // wrong files, and no recording at all
mod page; // the page in a browser
mod summary; // the sentences
mod trace; // the rules of the trace format

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::examples::every_example_does_what_is_said;
use super::support::script::{Output, Script};

#[test]
fn the_guide_is_true() {
    every_example_does_what_is_said("docs/timeline.md");
}

/// A script with everything in it that a timeline shows.
const EVERYTHING: &str = r#"
fn worker(jobs, done, l) {
    for n in jobs.iter_until(None) {
        with timeline.span("job " + n) {
            with l { time.sleep(0.002); }
        }
        done.put(n);
    }
}
fn square(n) { time.sleep(0.001); n * n }
fn echo(end) { for i in range(3) { end.send(end.recv()); } }
fn victim() { timeline.mark("last words"); os.kill(os.getpid(), 9); }
let jobs = Queue();
let done = Queue();
let l = Lock();
let workers = [];
for i in range(3) { let p = Process(worker, [jobs, done, l]); p.start(); workers.push(p); }
for n in range(9) { jobs.put(n); }
for p in workers { jobs.put(None); }
for n in range(9) { done.get(); }
for p in workers { p.join(); }
let ends = Pipe();
let p = Process(echo, [ends[1]]);
p.start();
for n in range(3) { ends[0].send(n); ends[0].recv(); }
p.join();
let v = Process(victim);
v.start();
v.join();
with Pool(2) as pool { print(sum(pool.map(square, range(8)))); }
let t = threading.Thread(|| with l { time.sleep(0.01); });
t.start();
t.join();
"#;

/// What a recorded run left.
struct Recorded {
    output: Output,
    text: String,
}

/// Runs a script with a timeline in a file of this name.
fn recorded(code: &str, method: &str, name: &str) -> Recorded {
    let directory = TempDir::with_prefix("procscript-test-").unwrap();
    let file = directory.path().join(name);
    let output = with_timeline(code, &file).start_method(method).run();
    let text = fs::read_to_string(file).unwrap();
    Recorded { output, text }
}

fn with_timeline(code: &str, file: &Path) -> Script {
    Script::text(code).option("--timeline").option(file)
}

/// The data inside a page.
fn data_of(page: &str) -> Value {
    let (_, data) = page.split_once("id=\"data\">").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

/// Runs a script and returns the data of its page.
fn data(code: &str, method: &str) -> Value {
    data_of(&recorded(code, method, "timeline.html").text)
}

fn strings(value: &Value) -> Vec<String> {
    let all = value.as_array().unwrap().iter();
    all.map(|text| text.as_str().unwrap().to_string()).collect()
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// The lane of a process.
fn lane<'d>(data: &'d Value, process: &str) -> &'d Value {
    let mut lanes = data["lanes"].as_array().unwrap().iter();
    let found = lanes.find(|lane| lane["process"] == process && lane["thread"] == "");
    found.unwrap_or_else(|| panic!("no lane {process} in {}", data["lanes"]))
}

/// The slices of a lane in words: `message: Queue jobs, main.rhai:3`.
fn slices(data: &Value, process: &str) -> Vec<String> {
    let (texts, classes) = (strings(&data["texts"]), strings(&data["classes"]));
    let slices = lane(data, process)["slices"].as_array().unwrap().iter();
    let words = slices.map(|slice| {
        let (class, text) = (&classes[number(&slice[0])], &texts[number(&slice[3])]);
        format!("{class}: {text}, {}", texts[number(&slice[4])])
    });
    words.collect()
}

/// The texts of a lane's marks.
fn marks(data: &Value, process: &str) -> Vec<String> {
    let texts = strings(&data["texts"]);
    let marks = lane(data, process)["marks"].as_array().unwrap().iter();
    marks.map(|mark| texts[number(&mark[1])].clone()).collect()
}

/// The directories of recordings in a directory for temporary files.
fn recordings(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| path.to_string_lossy().contains("procscript-timeline-"))
        .collect();
    found.sort();
    found
}
