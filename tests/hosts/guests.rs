//! Children of scripts that are guests of a host: never its copies, unless it chose that, and none is left when it dies.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};
use procscript::{Permissions, Runtime, StartMethod};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_script_cannot_fork_its_host", never_forked),
    Case::new("a_forked_child_has_default_signal_handling", anew),
    Case::new(NOBODY_LEFT, nobody_left),
];

fn never_forked() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let text = r#"
        let told = [];
        for attempt in [
            || multiprocessing.set_start_method("fork"),
            || multiprocessing.set_start_method("fork", True),
        ] {
            try { attempt.call(); told.append("no error"); } catch (e) { told.append(e.type + ": " + e.message); }
        }
        fn child(q) { q.put(open("/proc/self/cmdline").read().contains("--procscript-worker")); }
        let q = Queue();
        let p = multiprocessing.get_context("fork").Process(child, [q]);
        p.start();
        told.append("a worker: " + q.get(#{ timeout: 60 }));
        p.join();
        multiprocessing.set_start_method("spawn");
        told.append(str(multiprocessing.get_all_start_methods()));
        "\n".join(told)
        "#;
    let refused =
        "RuntimeError: the start method 'fork' would copy the program this script is embedded in; \
                   children are started by 'spawn'\n"
            .repeat(2);
    assert_eq!(
        runtime.eval::<String>(text).unwrap(),
        refused + "a worker: True\n['spawn']"
    );
}

/// The signals of the C library itself are above these.
const SIGNALS: u64 = 0x7fff_ffff;

/// What a child holds back, ignores and handles, and how it ended.
fn ways_with_signals(method: StartMethod) -> Vec<String> {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(method)
        .build()
        .unwrap();
    let text = r#"
        fn child(q) { q.put(open("/proc/self/status").read()); time.sleep(600); }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        let status = q.get(#{ timeout: 60 });
        p.terminate();
        p.join(30);
        status + "\nended:\t" + p.exitcode
        "#;
    let status = runtime.eval::<String>(text).unwrap();
    let field = |line: &str| {
        let (name, value) = line.split_once(":\t")?;
        let bits = || u64::from_str_radix(value, 16).map(|bits| format!("{:x}", bits & SIGNALS));
        match name {
            "SigBlk" | "SigIgn" | "SigCgt" => Some(format!("{name} {}", bits().unwrap())),
            "ended" => Some(value.into()),
            _ => None,
        }
    };
    status.lines().filter_map(field).collect()
}

fn anew() {
    // The host has its handlers of the standard library, and holds these back.
    let held: SigSet = [Signal::SIGTERM, Signal::SIGUSR1].into_iter().collect();
    held.thread_block().unwrap();
    let by_fork = ways_with_signals(StartMethod::Fork);
    assert_eq!(by_fork, ways_with_signals(StartMethod::Spawn));
    assert_eq!(by_fork.last().map(String::as_str), Some("-15"));
    assert_eq!(by_fork[0], "SigBlk 0");
}

const NOBODY_LEFT: &str = "a_host_that_is_killed_leaves_nobody";

/// Set in a host that is there to be killed: how it starts children.
const VICTIM: &str = "START_METHOD_OF_VICTIM";

fn nobody_left() {
    match std::env::var(VICTIM).as_deref() {
        Ok("fork") => victim(StartMethod::Fork),
        Ok(_) => victim(StartMethod::Spawn),
        Err(_) => ["fork", "spawn"].into_iter().for_each(kill_a_victim),
    }
}

fn victim(method: StartMethod) {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .start_method(method)
        .build()
        .unwrap();
    let text = r#"
        fn stay(q) { q.put(1); loop { time.sleep(600); } }
        fn child(q) {
            let p = Process(stay, [q]);
            p.start();
            if os.fork() == 0 { stay(q); }
            stay(q);
        }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        for _ in range(3) { q.get(#{ timeout: 60 }); }
        print("all are there", #{ flush: True });
        time.sleep(600);
        "#;
    runtime.eval::<()>(text).unwrap();
}

fn kill_a_victim(method: &str) {
    let mut host = Command::new(std::env::current_exe().unwrap())
        .args([crate::support::cases::WORD, NOBODY_LEFT])
        .env(VICTIM, method)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(host.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "all are there\n");
    host.kill().unwrap();
    host.wait().unwrap();
    // Every one of its family has the pipe: it ends when nobody is left.
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || done.send(output.read_to_end(&mut Vec::new()).is_ok()));
    let ended = ended.recv_timeout(Duration::from_secs(30));
    assert_eq!(ended, Ok(true), "{method}");
}
