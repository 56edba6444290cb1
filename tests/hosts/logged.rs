//! Events for the logger of the host.

use std::sync::Mutex;

use log::{LevelFilter, Log, Metadata, Record};
use procscript::{Capture, Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[Case::new(
    "what_happens_to_processes_and_locks_is_logged",
    logged,
)];

/// The events so far, with their levels.
static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Collect;

impl Log for Collect {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "procscript"
    }

    fn log(&self, record: &Record<'_>) {
        let text = format!("{} {}", record.level(), record.args());
        EVENTS.lock().unwrap().push(text);
    }

    fn flush(&self) {}
}

fn logged() {
    log::set_logger(&Collect).unwrap();
    log::set_max_level(LevelFilter::Debug);
    let builder = Runtime::builder().permissions(Permissions::all());
    let builder = builder.stderr(Capture::new());
    let mut runtime = builder.build().unwrap();
    let text = r#"
        let lock = Lock();
        fn hold(lock) { lock.acquire(); sys.exit(3); }
        let p = Process(hold, [lock], #{name: "holder"});
        p.start();
        p.join();
        lock.acquire();
        try { lock.acquire(); } catch (e) { if e.type != "DeadlockError" { throw e; } }
    "#;
    runtime.eval::<()>(text).unwrap();
    let events = EVENTS.lock().unwrap();
    let kinds = [
        "DEBUG process holder started",
        "WARN process holder",
        "ended while it held",
        "WARN DeadlockError: ",
    ];
    assert_eq!(events.len(), kinds.len(), "{events:#?}");
    for (event, kind) in events.iter().zip(kinds) {
        assert!(event.contains(kind), "{event}");
    }
}
