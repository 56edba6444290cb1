//! Measures how long a script continues after the host has stopped it, wherever it is: `cargo bench --bench stopping`.
//!
//! The median and the longest of several stops, from the call of `stop` until the evaluation returns.

use std::time::{Duration, Instant};

use procscript::{Error, Runtime};

/// Only a stop ends these.
const ENDLESS: &[(&str, &str)] = &[
    ("a loop", "loop { }"),
    ("a callback", "[1].map(|x| { loop { } })"),
    ("time.sleep", "time.sleep(3600)"),
    ("Queue.get", "Queue().get()"),
    ("Queue.put", "let q = Queue(1); q.put(1); q.put(2)"),
    ("Lock.acquire", "let l = Lock(); l.acquire(); l.acquire()"),
    ("Event.wait", "Event().wait()"),
    (
        "Condition.wait",
        "let c = Condition(); c.acquire(); c.wait()",
    ),
    ("Barrier.wait", "Barrier(2).wait()"),
    ("Connection.recv", "let ends = Pipe(); ends[0].recv()"),
    ("queue.Queue.get", "queue.Queue().get()"),
    (
        "Thread.join",
        "let t = Thread(|| time.sleep(3600)); t.start(); t.join()",
    ),
    (
        "Process.join",
        "fn child() { time.sleep(3600) } let p = Process(child); p.start(); p.join()",
    ),
    (
        "Process.join, looping",
        "fn child() { loop { } } let p = Process(child); p.start(); p.join()",
    ),
];

/// How many times each is stopped.
const ROUNDS: usize = 21;

/// How long a script has to reach its wait.
const BEGINNING: Duration = Duration::from_millis(60);

fn main() {
    procscript::init();
    println!("{:<24} {:>10} {:>10}", "stopped in", "median", "longest");
    for (what, text) in ENDLESS {
        let mut took: Vec<Duration> = (0..ROUNDS).map(|_| stopped_after(text)).collect();
        took.sort();
        let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        println!(
            "{what:<24} {:>10} {:>10}",
            ms(took[ROUNDS / 2]),
            ms(took[ROUNDS - 1])
        );
    }
}

fn stopped_after(text: &str) -> Duration {
    let mut runtime = Runtime::builder().build().expect("the options fit");
    let stopper = runtime.stopper();
    let stop = std::thread::spawn(move || {
        std::thread::sleep(BEGINNING);
        let called = Instant::now();
        stopper.stop();
        called
    });
    let result = runtime.eval::<()>(text);
    let returned = Instant::now();
    assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
    returned - stop.join().expect("it only sleeps and stops")
}
