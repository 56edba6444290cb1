//! The host's world: what is the same after scripts have run.

use std::collections::BTreeMap;

use procscript::{Error, Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("the_hosts_process_is_unchanged", same),
    Case::new("a_panic_of_the_hosts_function_is_an_error", panics).writes("", PANICS),
    Case::new("a_runtime_and_its_handles_can_be_sent_to_threads", sendable),
];

/// What a process has that scripts could change.
#[derive(PartialEq)]
struct World {
    signals: Vec<(String, u64)>,
    environment: BTreeMap<String, String>,
    directory: std::path::PathBuf,
    stack: String,
    name: String,
}

/// The signals of the C library itself are above these.
const SIGNALS: u64 = 0x7fff_ffff;

fn world() -> World {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap();
    let set = |line: &str| {
        let (name, bits) = line.split_once(":\t")?;
        let is_set = ["SigBlk", "SigIgn", "SigCgt"].contains(&name);
        let bits = u64::from_str_radix(bits, 16).ok().filter(|_| is_set)?;
        Some((name.to_string(), bits & SIGNALS))
    };
    let limits = read("limits");
    let mut limits = limits.lines();
    World {
        signals: read("status").lines().filter_map(set).collect(),
        environment: std::env::vars().collect(),
        directory: std::env::current_dir().unwrap(),
        stack: limits
            .find(|line| line.starts_with("Max stack"))
            .unwrap()
            .into(),
        name: read("comm"),
    }
}

fn same() {
    let before = world();
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let text = r#"
        fn child(q) { q.put(os.getppid()) }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        q.get(#{timeout: 60});
        p.join();
        let t = Thread(|| q.put(1));
        t.start();
        t.join();
        let killed = Process(|| time.sleep(60));
        killed.start();
        killed.terminate();
        killed.join();
    "#;
    runtime.eval::<()>(text).unwrap();
    assert!(matches!(
        runtime.eval::<()>("exit(7)"),
        Err(Error::Exited(7))
    ));
    assert!(matches!(
        runtime.eval::<()>("sys.exit()"),
        Err(Error::Exited(0))
    ));
    let handler = "signal.signal(signal.SIGTERM, |s, f| 1)";
    assert!(matches!(runtime.eval::<()>(handler), Err(Error::Failed(_))));
    drop(runtime);
    let after = world();
    assert_eq!(after.signals, before.signals);
    // Not by `assert_eq`: nobody wants to see an environment.
    assert!(after.environment == before.environment);
    assert!(after == before);
}

const PANICS: &str = "\
Exception in thread Thread-1 (<lambda>):
SystemError: a function of the embedding program panicked: over the edge
";

fn panics() {
    // The report of the panic itself is the host's business.
    std::panic::set_hook(Box::new(|_| ()));
    let register = |engine: &mut rhai::Engine| {
        engine.register_fn("fall", || -> i64 { panic!("over the edge") });
    };
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .configure_engine(register)
        .build()
        .unwrap();
    let error = runtime.eval::<i64>("fall()").unwrap_err();
    assert_eq!(
        error.to_string().lines().next(),
        Some("SystemError: a function of the embedding program panicked: over the edge")
    );
    let text =
        "let q = Queue(); let t = Thread(|| { fall(); q.put(1) }); t.start(); t.join(); q.empty()";
    // The thread's error is printed to standard error, as in Python.
    assert!(runtime.eval::<bool>(text).unwrap());
    assert_eq!(runtime.eval::<i64>("1 + 1").unwrap(), 2);
}

fn sendable() {
    fn is_send<T: Send>() {}
    fn is_shared<T: Send + Sync>() {}
    is_send::<Runtime>();
    is_send::<procscript::prompt::Interactive>();
    is_shared::<procscript::Stopper>();
    is_shared::<procscript::Limits>();
    is_shared::<procscript::Setup>();
    is_shared::<Error>();
}
