//! Spawned children that are copies of a seed: a script cannot tell them from those that are not, except by the command line.

use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::process_table::is_running;
use crate::support::script::{Running, Script};
use crate::support::watchdog::poll;

/// How long processes may take to end when the kernel ends them.
const PATIENCE: Duration = Duration::from_secs(20);

/// `is_copy()`: whether this process is a copy of a seed. `start(f, args)`: the result that a child puts into a queue.
const HELPERS: &str = r#"
fn is_copy() { open("/proc/self/cmdline").read().contains("\x00seed\x00") }
fn in_child(f, args) {
    let q = Queue();
    let p = Process(#{ target: |f, args, q| q.put(f.call(args)), args: [f, args, q] });
    p.start();
    p.join();
    if p.exitcode != 0 { throw RuntimeError("exit code %s" % p.exitcode); }
    q.get()
}
fn copies(n) { let all = []; for i in range(n) { all.push(in_child(|none| is_copy(), [])); } all }
fn seeds() {
    let found = [];
    for pid in open("/proc/self/task/%d/children" % os.getpid()).read().split() {
        if open("/proc/%s/comm" % pid).read() == "procscript-seed\n" { found.push(int(pid)); }
    }
    found
}
fn state(pid) { open("/proc/%d/stat" % pid).read().split(") ")[1].split(" ")[0] }
"#;

pub(super) fn script(code: &str) -> Script {
    Script::text(&format!("{HELPERS}\n{code}")).start_method("spawn")
}

fn prints(code: &str, stdout: &str) {
    script(code).run().assert(0, stdout, "");
}

/// A run with a seed and a spare, which waits.
fn waiting() -> Running {
    let running = script("copies(3);\nprint(\"ready\");\ntime.sleep(3600);").start();
    running.wait_for_line("ready");
    running.wait_until("there is no spare", || running.seeds().len() == 2);
    running
}

#[test]
fn all_children_but_the_first_are_copies() {
    prints(
        r#"
        print(copies(4));
        // In a child, too, and in its children.
        print(in_child(|none| [copies(3), in_child(|none| copies(3), [])], []));
        print(active_children());
        "#,
        "
        [False, True, True, True]
        [[False, True, True], [False, True, True]]
        []
        ",
    );
}

#[test]
fn a_seed_that_was_killed_is_replaced() {
    for signal in ["SIGKILL", "SIGTERM", "SIGSTOP"] {
        eprintln!("{signal}");
        let code = format!(
            r#"
            print(copies(3));
            let all = seeds();
            while len(all) < 2 {{ all = seeds(); }}
            for pid in all {{ os.kill(pid, signal.{signal}); }}
            for pid in all {{ while !["T", "Z"].contains(state(pid)) {{ }} }}
            print(copies(3));
            "#
        );
        prints(&code, "[False, True, True]\n[False, True, True]\n");
    }
}

#[test]
fn starts_succeed_while_seeds_are_killed() {
    let code = r#"
        fn hunt(parent, over) {
            while !over.is_set() {
                for pid in open("/proc/%d/task/%d/children" % [parent, parent]).read().split() {
                    try {
                        // A spare has this name until the child that it becomes has its own.
                        let name = open("/proc/%s/comm" % pid).read();
                        if name == "procscript-seed\n" && random.random() < 0.3 { os.kill(int(pid), 9); }
                    } catch { }
                }
            }
        }
        let over = Event();
        let hunter = Process(hunt, [os.getpid(), over]);
        hunter.start();
        let (ended, killed) = [0, 0];
        let q = Queue();
        for i in range(150) {
            let p = Process(|q, i| q.put(i), [q, i]);
            p.start();
            p.join();
            if p.exitcode == 0 { ended += 1; q.get(#{ timeout: 10 }); } else if p.exitcode == -9 { killed += 1; }
        }
        over.set();
        hunter.join();
        print(ended + killed, ended > 20, q.empty(), hunter.exitcode, active_children());
    "#;
    let code = code.replace(
        "let (ended, killed) = [0, 0];",
        "let ended = 0; let killed = 0;",
    );
    prints(&code, "150 True True 0 []\n");
}

#[test]
fn a_script_is_not_told_of_its_seed() {
    prints(
        r#"
        let calls = [];
        fn none() { "none" }
        print(copies(3));
        print(error_of(|| os.wait()), error_of(|| os.waitpid(-1, os.WNOHANG)));
        print(active_children(), wait([], 0), in_child(|none| active_children(), []));
        print(multiprocessing.parent_process(), len(seeds()) > 0);
        "#,
        "
        [False, True, True]
        ChildProcessError: [Errno 10] No child processes ChildProcessError: [Errno 10] No child processes
        [] [] []
        None True
        ",
    );
}

/// The files of a seed: its streams, its way to the parent, and what tells of the parent's end and of signals.
const OF_A_SEED: [&str; 6] = [
    "/dev/null",
    "/dev/null",
    "/dev/null",
    "anon_inode:[pidfd]",
    "anon_inode:[signalfd]",
    "socket",
];

/// The names of the files that a process has open, in order, without the numbers of sockets.
fn open_files(pid: i32) -> Vec<String> {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let mut open: Vec<String> = open
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .map(|path| path.to_string_lossy().into_owned())
        .map(|path| match path.strip_prefix("socket:") {
            Some(_) => "socket".into(),
            None => path,
        })
        .collect();
    open.sort();
    open
}

#[test]
fn a_seed_holds_no_descriptor_and_no_memory_of_the_session() {
    let running = waiting();
    for seed in running.seeds() {
        let read = |file: &str| fs::read_to_string(format!("/proc/{seed}/{file}")).unwrap();
        // A seed that has just made a spare still has that one's way.
        let alone = poll(Instant::now() + PATIENCE, || {
            (open_files(seed) == OF_A_SEED).then_some(())
        });
        assert!(alone.is_some(), "{:?}", open_files(seed));
        assert!(!read("maps").contains("memfd:"));
    }
    running.signal(Signal::SIGINT);
    assert_eq!(running.finish().code(), 130);
}

#[test]
fn a_seed_ends_with_its_process() {
    let running = waiting();
    running.signal(Signal::SIGKILL);
    assert_eq!(running.finish_within(PATIENCE).code(), -9);

    // In the middle of a start, too.
    for round in 0..10 {
        let running = script("print(\"ready\");\nwhile true { copies(1); }").start();
        running.wait_for_line("ready");
        std::thread::sleep(Duration::from_millis(7 * round));
        running.signal(Signal::SIGKILL);
        assert_eq!(running.finish_within(PATIENCE).code(), -9);
    }
}

#[test]
fn a_spare_ends_when_its_seed_was_killed_with_its_process() {
    let running = waiting();
    let seeds = running.seeds();
    for pid in &seeds {
        kill(Pid::from_raw(*pid), Signal::SIGSTOP).unwrap();
    }
    running.signal(Signal::SIGKILL);
    assert_eq!(running.finish_within(PATIENCE).code(), -9);
    assert!(!seeds.into_iter().any(is_running));
}

#[test]
fn a_copy_has_everything_as_a_fresh_process_has_it() {
    prints(
        r#"
        fn about(none) {
            let lines = [];
            let wanted = ["PPid:", "Umask:", "Uid:", "Gid:", "Groups:", "SigBlk:", "SigIgn:", "SigCgt:", "CapEff:", "CapBnd:", "NoNewPrivs:",
                "Seccomp:", "Cpus_allowed:", "NSpgid:", "NSsid:", "Threads:", "Name:"];
            for line in open("/proc/self/status").read().split("\n") {
                if wanted.some(|start| line.starts_with(start)) { lines.push(line.replace("Process-", "")); }
            }
            lines += open("/proc/self/limits").read().split("\n");
            lines.push(open("/proc/self/environ").read());
            lines.push(open("/proc/self/cgroup").read());
            // Group, session and terminal; priority and nice value.
            let stat = open("/proc/self/stat").read().split(") ")[1].split(" ");
            lines += [stat[2], stat[3], stat[4], stat[15], stat[16], stat[37]];
            lines += [os.getcwd(), os.getpid() == int(open("/proc/self/stat").read().split(" ")[0]), sys.argv];
            lines += sorted(os.listdir("/proc/self/fd"));
            lines.push(signal.getsignal(signal.SIGUSR1));
            lines
        }
        fn compared() {
            let all = [];
            for i in range(4) { all.push([in_child(|none| is_copy(), []), in_child(about, [])]); }
            let same = [];
            for one in all {
                let differences = [];
                for i in range(len(one[1])) {
                    let line = str(one[1][i]);
                    if line != str(all[0][1][i]) && !line.starts_with("Name:") { differences.push(line); }
                }
                same.push([one[0], differences]);
            }
            print(same);
        }
        compared();
        os.mkdir("elsewhere");
        os.chdir("elsewhere");
        compared();
        print(in_child(|none| os.getcwd(), []) == os.getcwd(), is_copy());
        signal.signal(signal.SIGUSR1, signal.SIG_IGN);
        compared();
        "#,
        "
        [[False, []], [True, []], [True, []], [True, []]]
        [[True, []], [True, []], [True, []], [True, []]]
        True False
        [[False, []], [True, []], [True, []], [True, []]]
        ",
    );
}

#[test]
fn a_directory_that_is_gone_is_no_obstacle() {
    prints(
        r#"
        os.mkdir("gone");
        os.chdir("gone");
        os.rmdir("../gone");
        print(copies(3), error_of(|| os.getcwd()).starts_with("FileNotFoundError"));
        "#,
        "[False, True, True] True\n",
    );
}

#[test]
fn copies_differ_where_processes_do() {
    prints(
        r#"
        let seen = #{};
        for i in range(30) {
            let one = in_child(|none| [os.getpid(), random.random(), os.getppid()], []);
            seen["pid %s" % one[0]] = 1;
            seen["number %s" % one[1]] = 1;
            seen["parent %s" % one[2]] = 1;
        }
        print(len(seen));
        "#,
        "61\n",
    );
}

#[test]
fn a_child_lives_on_when_its_parent_ends_at_once() {
    let code = r#"
        for i in range(3) {
            let p = Process(|i| open("ran%d" % i, "w").close(), [i]);
            p.start();
            if i < 2 { p.join(); }
        }
        os._exit(0);
    "#;
    script(code)
        .through_shell(
            r#"for round in 1 2 3 4 5 6 7 8; do
                rm -f ran*; "$@"; until [ -e ran2 ]; do sleep 0.02; done; echo there
            done"#,
        )
        .run()
        .assert(0, &"there\n".repeat(8), "");
}

#[test]
fn ctrl_c_of_the_terminal_ends_no_seed() {
    prints(
        r#"
        let ends = Value("i", 0);
        signal.signal(signal.SIGCHLD, |number, frame| { ends.value += 1; });
        for number in [signal.SIGINT, signal.SIGQUIT, signal.SIGHUP] {
            signal.signal(number, |number, frame| print("signal", number));
        }
        fn is_calm(pid) {
            for line in open("/proc/%d/status" % pid).read().split("\n") {
                if line.starts_with("ShdPnd:") { return line.ends_with("0"); }
            }
        }
        print(copies(3), ends.value);
        while len(seeds()) < 2 { }
        let before = seeds();
        for number in [signal.SIGINT, signal.SIGQUIT, signal.SIGHUP] { os.kill(0, number); }
        // The seed holds them back, and the spare discards them.
        let spare = max(before);
        while !is_calm(spare) { }
        print(seeds() == before, copies(2), ends.value);
        // One for the child is not discarded. (What SIGINT and SIGQUIT do to it depends on how far it has come.)
        signal.signal(signal.SIGHUP, signal.SIG_DFL);
        copies(3);
        let p = Process(|| time.sleep(3600));
        p.start();
        os.kill(p.pid, signal.SIGHUP);
        p.join();
        print(p.exitcode);
        "#,
        "
        [False, True, True] 3
        signal 2
        signal 3
        signal 1
        True [True, True] 5
        -1
        ",
    );
}

#[test]
fn a_copy_is_made_under_the_conditions_of_its_start() {
    prints(
        r#"
        let file = "/proc/self/coredump_filter";
        fn filter(none) { [is_copy(), int(open("/proc/self/coredump_filter").read().strip(), 16)] }
        print(copies(3));
        let other = open(file, "w");
        other.write("0x7");
        other.close();
        print(in_child(filter, []), in_child(filter, []));
        "#,
        "
        [False, True, True]
        [False, 7] [True, 7]
        ",
    );
}

#[test]
fn threads_start_copies_at_the_same_time() {
    prints(
        r#"
        let q = Queue();
        fn work(q, i, j) { q.put([i, j]); }
        fn many(q, i) {
            let all = [];
            for j in range(10) { let p = Process(work, [q, i, j]); p.start(); all.push(p); }
            for p in all { p.join(); if p.exitcode != 0 { print(p.exitcode); } }
        }
        let threads = [];
        for i in range(6) { let t = threading.Thread(many, [q, i]); t.start(); threads.push(t); }
        for t in threads { t.join(); }
        let seen = [];
        for i in range(60) { seen.push(str(q.get())); }
        seen.sort();
        seen.dedup();
        print(len(seen), active_children(), copies(2));
        "#,
        "60 [] [True, True]\n",
    );
}

#[test]
fn a_copy_by_fork_has_a_seed_of_its_own() {
    prints(
        r#"
        print(copies(3));
        if os.fork() == 0 {
            print(copies(3), in_child(|none| os.getppid(), []) == os.getpid());
            os._exit(0);
        }
        os.wait();
        print(copies(2));
        "#,
        "
        [False, True, True]
        [False, True, True] True
        [True, True]
        ",
    );
}

#[test]
fn a_function_for_sigchld_is_called_for_children_alone() {
    prints(
        r#"
        let ends = Value("i", 0);
        fn note(number, frame) { }
        signal.signal(signal.SIGCHLD, |number, frame| { ends.value += 1; });
        print(copies(3), ends.value);
        // Other conditions, for which there would be another seed.
        signal.signal(signal.SIGUSR1, signal.SIG_IGN);
        print(copies(3), ends.value);
        "#,
        "
        [False, True, True] 3
        [False, False, False] 6
        ",
    );
}

#[test]
fn children_that_are_not_waited_for_are_copies_too() {
    prints(
        r#"
        let start = Event();
        let q = Queue();
        let all = [];
        for i in range(12) {
            let p = Process(#{ target: |start, q| { start.wait(); q.put(is_copy()); }, args: [start, q], daemon: i % 2 == 0 });
            p.start();
            all.push(p);
        }
        print(len(active_children()));
        start.set();
        for p in all { p.join(); }
        let found = [];
        for i in range(12) { found.push(q.get()); }
        print(found.filter(|copy| copy).len(), all.filter(|p| p.exitcode == 0).len());
        // One that is ended at once.
        let p = Process(|| time.sleep(3600));
        p.start();
        p.terminate();
        p.join();
        print(p.exitcode);
        "#,
        "12\n11 12\n-15\n",
    );
}
