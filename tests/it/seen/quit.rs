//! SIGQUIT and `faulthandler`.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{known, masked, pids, wait_for_waits};
use crate::support::script::{Script, each_start_method};

/// Standard error of [`known`] after SIGQUIT to one of its processes, masked.
const REPORT: &str = "\
MainProcess (pid <pid>)
  MainThread: waits for Event.wait (Event #3) at main.rhai:32 in <module>, T
    holds RLock #1 since main.rhai:31 in <module>
Process-1 (pid <pid>, child of <pid>)
  MainThread: waits for Event.wait (Event #2) at main.rhai:4 in hold, T
    holds Lock #1 since main.rhai:2 in hold
taker (pid <pid>, child of <pid>, daemon)
  MainThread: waits for Lock.acquire (Lock #1, held by Process-1) at main.rhai:8 in take, T
Process-3 (pid <pid>, child of <pid>)
  MainThread: waits for Queue.get (Queue #1) at main.rhai:17 in get, T
  Thread-1 (<lamb…: waits for Event.wait (Event #2) at main.rhai:14 in <lambda>, T of T
";

#[test]
fn sigquit_to_any_member_reports_on_all_and_ends_none() {
    each_start_method(|method| {
        let running = known(method);
        let pids = pids(&running);
        for pid in &pids {
            let before = running.stderr().len();
            kill(Pid::from_raw(*pid), Signal::SIGQUIT).unwrap();
            running.wait_until("no report", || {
                let text = &running.stderr()[before..];
                text.contains("Queue #1: ") && text.ends_with('\n')
            });
            let text = &running.stderr()[before..];
            let (heading, rest) = text.split_once('\n').unwrap();
            assert!(
                heading.ends_with(&format!("(pid {pid}) got SIGQUIT")),
                "{heading}"
            );
            let (_, rest) = rest.split_once('\n').unwrap();
            let shown = masked(rest, &pids);
            assert!(shown.starts_with(REPORT), "{shown}");
            // Signals so soon one after the other count as one.
            std::thread::sleep(std::time::Duration::from_millis(600));
        }
        assert_eq!(super::pids(&running), pids);
    });
}

#[test]
fn sigquit_to_all_at_once_is_answered_once() {
    each_start_method(|method| {
        let running = known(method);
        running.signal_all(Signal::SIGQUIT);
        running.wait_for_stderr("Queue #1: ");
        // Each has been woken by its signal, and waits again.
        running.wait_until("a signal is still pending", || {
            let is_pending =
                |pid: &i32| crate::support::process_table::is_pending(*pid, Signal::SIGQUIT);
            !running.processes().iter().any(is_pending)
        });
        let report = running.stderr();
        assert_eq!(report.matches("got SIGQUIT").count(), 1, "{report}");
    });
}

#[test]
fn a_script_that_computes_says_at_which_line() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn compute() {
                print(os.getpid(), #{ flush: true });
                let x = 0;
                while true {
                    x += "ab".len();
                }
            }
            let p = Process(compute);
            p.daemon = true;
            p.start();
            p.join();
            "#,
        )
        .start_method(method)
        .start();
        let pid: i32 = running.wait_for_line("").parse().unwrap();
        wait_for_waits(
            &running,
            &[
                "MainProcess/MainThread: join of Process-1",
                "Process-1/MainThread: nothing",
            ],
        );
        kill(Pid::from_raw(pid), Signal::SIGQUIT).unwrap();
        running.wait_for_stderr("child of");
        running.wait_for_stderr("in compute\n");
    });
}

/// In machine code, in the interpreter, and in threads, whoever gets the signal; what a function of the script handles is left alone.
#[test]
fn all_that_compute_say_where_they_are_whoever_is_asked() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn numbers(ready) {
                ready.put(1);
                let x = 0;
                while true { x = (x * 31 + 7) % 1000003; }
            }
            fn texts(ready) {
                ready.put(1);
                let n = 0;
                while true { n += "ab".upper().len(); }
            }
            fn own(ready) {
                signal.signal(signal.SIGQUIT, || print("never"));
                ready.put(1);
                while true { let text = "ab".upper(); }
            }
            fn both(ready) {
                let thread = threading.Thread(texts, [ready]);
                thread.daemon = true;
                thread.start();
                numbers(ready);
            }
            let ready = Queue();
            for f in [numbers, texts, both, own] {
                let p = Process(f, [ready]);
                p.daemon = true;
                p.start();
            }
            for i in range(5) { ready.get(); }
            print(os.getpid(), #{ flush: true });
            ready.get();
            "#,
        )
        .start_method(method)
        .start();
        let pid: i32 = running.wait_for_line("").parse().unwrap();
        let pids = pids(&running);
        // In the order of their starts.
        let each: Vec<i32> = pids.iter().copied().collect();
        for asked in [pid, each[1], each[3]] {
            let before = running.stderr().len();
            kill(Pid::from_raw(asked), Signal::SIGQUIT).unwrap();
            running.wait_until("no report", || {
                running.stderr()[before..].contains("Queue #1: ")
            });
            let text = running.stderr()[before..].to_string();
            let shown = masked(&text, &pids);
            let runs: Vec<&str> = shown
                .lines()
                .filter(|line| line.contains(": runs"))
                .collect();
            let is_at =
                |line: &str, place: &str| line.contains(&format!("runs at main.rhai:{place}"));
            assert_eq!(runs.len(), 5, "{shown}");
            assert!(
                runs[0].ends_with(" in numbers") && is_at(runs[0], ""),
                "{shown}"
            );
            assert!(is_at(runs[1], "9 in texts"), "{shown}");
            assert!(runs[2].ends_with(" in numbers"), "{shown}");
            assert!(is_at(runs[3], "9 in texts"), "{shown}");
            assert!(runs[4].ends_with("MainThread: runs"), "{shown}");
            // Signals so soon one after the other count as one.
            std::thread::sleep(std::time::Duration::from_millis(600));
        }
        assert_eq!(running.stderr().matches("got SIGQUIT").count(), 3);
    });
}

/// The main thread of the child, which answers signals, gets to it only when its native has returned.
#[test]
fn a_signal_of_a_user_is_answered_although_a_report_has_asked_just_before() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn digest(ready) {
                let data = bytes(64000000);
                ready.set();
                while true { hashlib.sha512(data); }
            }
            let ready = Event();
            let p = Process(digest, [ready]);
            p.daemon = true;
            p.start();
            ready.wait();
            faulthandler.dump_traceback(sys.stdout);
            os.kill(p.pid, signal.SIGQUIT);
            p.join();
            "#,
        )
        .start_method(method)
        .start();
        running.wait_for_stderr("child of");
        let report = running.stderr();
        assert!(report.starts_with("procscript: Process-1 "), "{report}");
        assert_eq!(report.matches("got SIGQUIT").count(), 1, "{report}");
    });
}

#[test]
fn a_function_of_the_script_for_sigquit_comes_first() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            let e = Event();
            signal.signal(signal.SIGQUIT, || e.set());
            print("ready");
            e.wait();
            signal.signal(signal.SIGQUIT, signal.SIG_IGN);
            os.kill(os.getpid(), signal.SIGQUIT);
            print("end");
            "#,
        )
        .start_method(method)
        .start();
        running.wait_for_line("ready");
        running.signal(Signal::SIGQUIT);
        running.finish().assert(0, "ready\nend\n", "");
    });
}

#[test]
fn sigquit_that_was_ignored_at_the_start_stays_ignored() {
    let running = Script::text("print(\"ready\"); time.sleep(0.2); print(\"end\");")
        .through_shell("trap '' QUIT; exec \"$@\"")
        .start();
    running.wait_for_line("ready");
    running.signal(Signal::SIGQUIT);
    running.finish().assert(0, "ready\nend\n", "");
}

#[test]
fn a_script_without_a_session_answers_too() {
    let running = Script::text("print(\"ready\");\ntime.sleep(2);\nprint(\"end\");").start();
    running.wait_for_line("ready");
    running.wait_until_asleep();
    running.signal(Signal::SIGQUIT);
    let output = running.finish();
    assert_eq!((output.code(), output.stdout.as_str()), (0, "ready\nend\n"));
    let stderr = &output.stderr;
    assert!(
        stderr.contains("got SIGQUIT\n") && stderr.contains("): 1 process\n"),
        "{stderr}"
    );
    assert!(
        stderr.contains("\n  MainThread: runs at main.rhai:2 in <module>\n"),
        "{stderr}"
    );
}

#[test]
fn dump_traceback_reports_from_inside() {
    let output = Script::text(
        "
        let lock = Lock();
        lock.acquire();
        faulthandler.dump_traceback(sys.stdout);
        let p = Process(|| {
            faulthandler.dump_traceback(sys.stdout, #{all_threads: false});
        }, #{name: \"other\"});
        p.start();
        p.join();
        ",
    )
    .run();
    assert_eq!((output.code(), output.stderr.as_str()), (0, ""));
    let without_command = |line: &&str| !line.ends_with("process");
    let lines: Vec<&str> = output.stdout.lines().filter(without_command).collect();
    let numbers = output.stdout.split(|c: char| !c.is_ascii_digit());
    let pids = numbers
        .filter_map(|number| number.parse().ok())
        .filter(|pid| *pid > 100);
    assert_eq!(
        masked(&lines.join("\n"), &pids.collect()),
        "\
MainProcess (pid <pid>)
  MainThread: runs at main.rhai:3 in <module>
    holds Lock #1 since main.rhai:2 in <module>
other (pid <pid>, child of <pid>)
  MainThread: runs at main.rhai:5 in <lambda>
"
    );
}
