//! Alternates between each script and its Python twin in one run, and prints medians and ratios.
//!
//! `cargo bench --bench beside_python`; the number of rounds is the argument `--rounds N` (7 by default).
//! Absolute times depend on the machine; `docs/benchmarks.md` reports the ratios.
#![allow(unsafe_code, clippy::print_stdout)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Instant;

use support::{
    Measure, PROCSCRIPT, Results, TWINS, alternate, filter, measure, microseconds, printed, python,
    rounds,
};

/// One measurement: two commands that print the same quantity.
struct Case {
    title: &'static str,
    unit: &'static str,
    /// Whether a larger number is better.
    more_is_better: bool,
    target: f64,
    ours: Measure,
    python: Measure,
}

fn main() {
    let rounds = rounds(7);
    println!(
        "{:<34} {:>28} {:>28} {:>8} {:>8}",
        "", "procscript", "CPython", "ratio", "target"
    );
    for case in cases() {
        if filter().is_none_or(|part| case.title.contains(&part)) {
            print_case(&case, rounds);
        }
    }
    if filter().is_none() {
        print_alone(rounds);
    }
}

// A table with one row per measurement.
#[allow(clippy::too_many_lines)]
fn cases() -> Vec<Case> {
    let python = python();
    let case = |title, unit, more_is_better, target, (ours, python)| Case {
        title,
        unit,
        more_is_better,
        target,
        ours,
        python,
    };
    vec![
        case(
            "start + join, fork",
            "us",
            false,
            6.0,
            twin(&python, "start_join", &["fork", "300"], &["100", "fork"]),
        ),
        case(
            "start + join, spawn",
            "us",
            false,
            60.0,
            twin(&python, "start_join", &["spawn", "50"], &["5", "spawn"]),
        ),
        case(
            "start + join, spawn, by forkserver",
            "us",
            false,
            6.0,
            twin(
                &python,
                "start_join",
                &["spawn", "100"],
                &["50", "forkserver"],
            ),
        ),
        case(
            "the same, 200 MB are held",
            "us",
            false,
            6.0,
            twin(
                &python,
                "start_join",
                &["spawn", "100", "200"],
                &["50", "forkserver", "200"],
            ),
        ),
        case("empty script", "us", false, 25.0, empty_script(&python)),
        case(
            "queue, small integers",
            "1/s",
            true,
            5.0,
            twin(&python, "queue_ints", &["fork", "200000"], &["40000"]),
        ),
        case(
            "pipe, round trips of an integer",
            "1/s",
            true,
            20.0,
            twin(&python, "pipe", &["fork", "50000"], &["20000"]),
        ),
        case(
            "event, round trips",
            "1/s",
            true,
            20.0,
            twin(&python, "event", &["fork", "50000"], &["5000"]),
        ),
        case(
            "condition, round trips",
            "1/s",
            true,
            20.0,
            twin(&python, "condition", &["fork", "50000"], &["5000"]),
        ),
        case(
            "queue, blobs of 1 MiB",
            "1/s",
            true,
            20.0,
            twin(&python, "queue_blobs", &["fork", "2000"], &["100"]),
        ),
        case(
            "manager's dict, set + get",
            "us",
            false,
            30.0,
            twin(&python, "manager_dict", &["fork", "100000"], &["5000"]),
        ),
        case(
            "Value, additions of two processes",
            "1/s",
            true,
            5.0,
            twin(&python, "value_add", &["fork", "100000"], &["50000"]),
        ),
        case(
            "start + join of a thread",
            "us",
            false,
            1.0,
            twin(&python, "thread_start_join", &["fork", "5000"], &["5000"]),
        ),
        case(
            "queue.Queue, from thread to thread",
            "1/s",
            true,
            1.0,
            twin(&python, "thread_queue", &["fork", "200000"], &["50000"]),
        ),
        case(
            "queue.Queue, there and back",
            "1/s",
            true,
            1.0,
            twin(&python, "thread_ping_pong", &["fork", "50000"], &["10000"]),
        ),
        case(
            "echo server, a process each",
            "1/s",
            true,
            1.0,
            echo_server(&python, "process"),
        ),
        case(
            "echo server, a thread each",
            "1/s",
            true,
            1.0,
            echo_server(&python, "thread"),
        ),
    ]
}

/// A script and its Python twin, with their arguments; the script's start method comes first.
fn twin(python: &str, name: &str, ours: &[&str], theirs: &[&str]) -> (Measure, Measure) {
    let (script, module) = (format!("{TWINS}{name}.rhai"), format!("{TWINS}{name}.py"));
    let [method, ours @ ..] = ours else {
        panic!("{name} has no start method");
    };
    let run = ["run", "--start-method", method, &script];
    (
        measure(&PROCSCRIPT, &[&run, ours].concat()),
        measure(python, &[&[module.as_str()], theirs].concat()),
    )
}

/// Requests per second of the echo servers, which give each connection a process or a thread.
fn echo_server(python: &str, kind: &'static str) -> (Measure, Measure) {
    let python = python.to_string();
    let connections = (CLIENTS * CONNECTIONS).to_string();
    let more = connections.clone();
    (
        Box::new(move || {
            let script = format!("{TWINS}echo_server.rhai");
            requests_per_second(Command::new(PROCSCRIPT.as_str()).args([
                "run",
                &script,
                kind,
                &connections,
            ]))
        }),
        Box::new(move || {
            let module = format!("{TWINS}echo_server.py");
            requests_per_second(Command::new(&python).args([&module, kind, &more]))
        }),
    )
}

/// The number of concurrent clients, of connections per client, and of requests per connection.
const CLIENTS: usize = 4;
const CONNECTIONS: usize = 20;
const REQUESTS: usize = 50;

/// Starts a server and talks to it until it has served all connections.
fn requests_per_second(server: &mut Command) -> f64 {
    let mut server = server
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut port = String::new();
    let output = server.stdout.take().expect("the output is a pipe");
    let mut output = BufReader::new(output);
    output
        .read_line(&mut port)
        .expect("the server says its port");
    let address = format!("127.0.0.1:{}", port.trim());
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| (0..CONNECTIONS).for_each(|_| talk(&address)));
        }
    });
    let seconds = begin.elapsed().as_secs_f64();
    let status = server.wait().expect("the server ends");
    assert!(status.success(), "{status}");
    (CLIENTS * CONNECTIONS * REQUESTS) as f64 / seconds
}

/// One connection: sixty-four bytes there and back, again and again.
fn talk(address: &str) {
    let mut stream = TcpStream::connect(address).expect("the server accepts");
    stream.set_nodelay(true).expect("a TCP option");
    let (request, mut reply) = ([b'x'; 64], [0; 64]);
    for _ in 0..REQUESTS {
        stream.write_all(&request).expect("the server reads");
        stream.read_exact(&mut reply).expect("the server answers");
    }
    assert_eq!(request, reply);
}

fn empty_script(python: &str) -> (Measure, Measure) {
    let python = python.to_string();
    (
        Box::new(|| microseconds(Command::new(PROCSCRIPT.as_str()).args(["eval", ""]))),
        Box::new(move || {
            microseconds(Command::new(&python).args(["-c", "import multiprocessing"]))
        }),
    )
}

fn print_case(case: &Case, rounds: usize) {
    let results = alternate(&[&case.ours, &case.python], rounds);
    let (ours, theirs) = (results[0].median(), results[1].median());
    let ratio = if case.more_is_better {
        ours / theirs
    } else {
        theirs / ours
    };
    println!(
        "{:<34} {:>28} {:>28} {ratio:>7.1}x {:>7}x {}",
        case.title, results[0], results[1], case.target, case.unit
    );
}

/// Measurements without a twin: the lower bound, and memory.
fn print_alone(rounds: usize) {
    let script = format!("{TWINS}start_join.rhai");
    let ratios = (0..rounds)
        .map(|_| {
            let bare = bare_fork(300);
            let command = &mut Command::new(PROCSCRIPT.as_str());
            printed(command.args(["run", "--start-method", "fork", &script, "300"])) / bare
        })
        .collect();
    println!(
        "start + join by fork, against a bare fork, _exit, waitpid: {} times (at most 1.6)",
        Results::new(ratios)
    );
    let idle = printed(
        Command::new(PROCSCRIPT.as_str()).args(["run", &format!("{TWINS}idle_child.rhai")]),
    );
    println!("private memory of an idle forked child: {idle:.0} KiB (at most 1024)");
    println!(
        "resident memory of an empty script: {} KiB (at most 6144)",
        resident_kib()
    );
}

/// Microseconds for fork, `_exit` in the child, and `waitpid`, from a process that has touched a megabyte, as that of a script has.
fn bare_fork(count: u32) -> f64 {
    let _touched = std::hint::black_box(vec![1_u8; 1 << 20]);
    let begin = Instant::now();
    for _ in 0..count {
        // SAFETY: the child calls only `_exit`, which is async-signal-safe; the parent reaps its own child.
        unsafe {
            let pid = libc::fork();
            if pid == 0 {
                libc::_exit(0);
            }
            libc::waitpid(pid, std::ptr::null_mut(), 0);
        }
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(count)
}

/// The peak resident memory of an empty script.
fn resident_kib() -> i64 {
    let mut child = Command::new(PROCSCRIPT.as_str())
        .args(["eval", ""])
        .spawn()
        .expect("the command starts");
    // SAFETY: an all-zero rusage is a valid one; wait4 writes into it and into `status`, both live here.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        let mut status = 0;
        libc::wait4(child.id().cast_signed(), &mut status, 0, &mut usage);
        usage
    };
    // It has been reaped; this only releases the handle.
    let _ = child.try_wait();
    usage.ru_maxrss
}
