//! What a program is seen to do: `procscript ps` and `dump`, SIGQUIT, `faulthandler`.

mod lines; // the lines of waits and holders, however code runs
mod outside; // programs of others, of other versions, and that end meanwhile
mod quit; // SIGQUIT and faulthandler
mod table; // a whole program, in every form
mod watch; // the table on a terminal

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::support::script::Running;

/// A program whose threads are in known waits.
const KNOWN: &str = r#"
    fn hold(lock, held, go) {
        lock.acquire();
        held.set();
        go.wait(); lock.release();
    }
    fn take(lock, q) {
        q.qsize();
        with lock {
            print("taken");
        }
    }
    fn get(q, done, lock, go) {
        let t = Thread(|| {
            go.wait(100);
        });
        t.start();
        q.get();
        done.set();
    }
    let q = Queue(10);
    let lock = Lock();
    let mine = RLock();
    let held = Event(); let go = Event(); let done = Event();
    let holder = Process(hold, [lock, held, go]);
    holder.start();
    held.wait();
    let taker = Process(take, [lock, q], #{name: "taker", daemon: true});
    taker.start();
    let getter = Process(get, [q, done, lock, go]);
    getter.start();
    with mine {
        done.wait();
    }
    go.set();
    for p in [holder, taker, getter] { p.join(); }
    print("end", q.qsize());
"#;

/// Runs the command to its end: the exit code, standard output, standard error.
fn procscript(words: &[&str]) -> (i32, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_procscript"))
        .args(words)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        run.status.code().unwrap(),
        text(run.stdout),
        text(run.stderr),
    )
}

/// What `procscript ps PID --json` prints of the program; `None` if it has no session yet.
fn seen(pid: i32) -> Option<Value> {
    let (code, stdout, _) = procscript(&["ps", &pid.to_string(), "--json"]);
    (code == 0).then(|| serde_json::from_str::<Value>(&stdout).unwrap()[0].take())
}

/// What the threads of a program wait for: `Process-1/MainThread: Queue.get`.
fn waits(family: &Value) -> Vec<String> {
    let processes = family["processes"].as_array().unwrap();
    let threads = processes.iter().flat_map(|process| {
        let threads = process["threads"].as_array().unwrap();
        threads.iter().map(move |thread| {
            let (process, thread_name) = (&process["name"], &thread["name"]);
            let wait = thread["wait"]["what"].as_str().unwrap_or("nothing");
            let of = |name: &Value| name.as_str().unwrap().to_string();
            format!("{}/{}: {wait}", of(process), of(thread_name))
        })
    });
    threads.collect()
}

/// Waits until the threads of a program wait for this, process by process.
fn wait_for_waits(running: &Running, wanted: &[&str]) {
    running.wait_until(&format!("the program does not wait for {wanted:?}"), || {
        seen(running.pid()).is_some_and(|family| waits(&family) == wanted)
    });
}

/// Starts [`KNOWN`], and waits until all its threads wait.
fn known(method: &'static str) -> Running {
    let running = crate::support::script::Script::text(KNOWN)
        .start_method(method)
        .start();
    wait_for_waits(
        &running,
        &[
            "MainProcess/MainThread: Event.wait",
            "Process-1/MainThread: Event.wait",
            "taker/MainThread: Lock.acquire",
            "Process-3/MainThread: Queue.get",
            "Process-3/Thread-1 (<lamb…: Event.wait",
        ],
    );
    running
}

/// The text with the numbers of these processes as `<pid>`, durations as `T`, and one blank between words.
fn masked(text: &str, pids: &BTreeSet<i32>) -> String {
    let is_unit = |word: &str| matches!(word.trim_end_matches(','), "ms" | "s" | "min" | "h");
    let lines = text.lines().map(|line| {
        let indentation = line.len() - line.trim_start().len();
        let mut words: Vec<String> = Vec::new();
        for word in line.split_whitespace() {
            let number = word.trim_matches(['(', ')', ',', ':']);
            if is_unit(word) && words.last().is_some_and(|last| last.parse::<f64>().is_ok()) {
                words.pop();
                if words.last().is_none_or(|last| last != "T") {
                    words.push("T".into());
                }
            } else if number.parse().is_ok_and(|pid| pids.contains(&pid)) {
                words.push(word.replace(number, "<pid>"));
            } else {
                words.push(word.into());
            }
        }
        line[..indentation].to_string() + &words.join(" ") + "\n"
    });
    lines.collect()
}

/// The numbers of the processes of a run.
fn pids(running: &Running) -> BTreeSet<i32> {
    running.processes().into_iter().collect()
}
