//! Every tutorial script of `scripts/`, run fast, compared with all it prints.

use crate::support::script::{Output, Script, each_start_method};
use crate::support::text::{assert_mixed, assert_order, count, without};

/// Runs a script of `scripts/` with `args` under each start method, quietly to the end.
fn each_run(name: &str, args: &[&str], check: impl Fn(&str)) {
    each_start_method(|method| {
        let output = run(name, args, method);
        output.assert_quiet();
        check(&output.folded());
    });
}

fn run(name: &str, args: &[&str], method: &str) -> Output {
    let script = Script::file(&format!("scripts/{name}")).start_method(method);
    args.iter()
        .fold(script, |script, arg| script.arg(*arg))
        .run()
}

/// `text` without lines that come as often as time allows.
fn without_reports(text: &str) -> String {
    without(text, "I am still alive")
}

#[test]
fn start_shows_parent_and_child_side_by_side() {
    each_run("start.rhai", &["0.05"], |text| {
        let parent = [
            "parent begins: <main>",
            "parent goes on: <main>",
            "parent of the parent: <tests>",
        ];
        let child = [
            "worker is running",
            "child: <pid 1>",
            "parent of the child: <main>",
            "worker is done",
        ];
        assert_mixed(text, &[&parent, &child]);
        assert_order(text, &["parent begins: <main>", "worker is running"]);
    });
}

#[test]
fn args_gives_the_child_its_arguments() {
    each_run("args.rhai", &["0.01"], |text| {
        let parent = ["parent: <main>", "the parent has run all its lines"];
        let child = [
            "['Monday', 'Tuesday']",
            "child: <pid 1>",
            "parent of the child: <main>",
            "the child is done",
        ];
        assert_mixed(text, &[&parent, &child]);
    });
}

#[test]
fn join_lets_the_parent_wait_for_its_child() {
    each_run("join.rhai", &["0.01"], |text| {
        let parent = [
            "parent: <main>",
            "this line waits for the child",
            "the parent has run all its lines",
        ];
        let child = [
            "['Monday', 'Tuesday']",
            "child: <pid 1>",
            "the child is done",
        ];
        assert_mixed(text, &[&parent, &child]);
        assert_order(
            text,
            &["the child is done", "this line waits for the child"],
        );
    });
}

#[test]
fn join_list_waits_for_all_children() {
    each_run("join_list.rhai", &["0.02"], |text| {
        let (four, ten) = text.split_once("this line waits for all four\n").unwrap();
        let mut stars: Vec<usize> = four
            .lines()
            .filter(|line| line.starts_with('*'))
            .map(str::len)
            .collect();
        stars.sort_unstable();
        assert_eq!(stars, [2, 4, 6, 8, 8, 16, 24, 32]);
        assert_eq!(
            four.lines()
                .filter(|line| line.starts_with("child: <pid "))
                .count(),
            4
        );
        assert_eq!(four.lines().next(), Some("parent: <main>"));
        for name in 0..10 {
            assert_eq!(count(ten, &format!("{name} run")), 10, "in\n{text}");
        }
        assert_eq!(ten.lines().last(), Some("over"));
    });
}

#[test]
fn join_order_says_over_when_both_children_are_done() {
    each_run("join_order.rhai", &["300"], |text| {
        assert_eq!((count(text, "p1 run"), count(text, "p2 run")), (300, 100));
        assert_eq!(text.lines().last(), Some("over"));
        assert_eq!(text.lines().count(), 401);
    });
}

#[test]
fn join_timing_takes_as_long_as_the_longest_sleep() {
    each_run("join_timing.rhai", &["0.1"], |text| {
        let (lines, parent) = text.trim_end().rsplit_once('\n').unwrap();
        for n in 1..=3 {
            assert!(
                lines.contains(&format!("1. {n} is running <pid ")),
                "{text}"
            );
            assert!(lines.contains(&format!("2. {n} is done <pid ")), "{text}");
        }
        assert!(lines.lines().all(|line| line.ends_with("<main>")), "{text}");
        assert_eq!(lines.lines().count(), 6);
        let seconds = parent.strip_prefix("parent: ").unwrap();
        let (seconds, rest) = seconds.split_once(' ').unwrap();
        assert_eq!(rest, "seconds <main> <tests>");
        assert!(seconds.parse::<f64>().unwrap() >= 0.29, "{text}");
    });
}

#[test]
fn join_timeout_goes_on_before_the_child_has_ended() {
    each_run("join_timeout.rhai", &["0.2"], |text| {
        assert_eq!(text, "True\nend main\nhello world\n");
    });
}

#[test]
fn write_files_lists_what_its_children_wrote() {
    each_start_method(|method| {
        let script = Script::file("scripts/write_files.rhai")
            .start_method(method)
            .arg("files");
        let directory = script.directory().join("files");
        let running = script.start();
        running.wait_for_line("['files', []");
        for i in 1..5 {
            let text = std::fs::read_to_string(directory.join(format!("info{i}"))).unwrap();
            assert_eq!(text, "=".repeat(i));
        }
        let output = running.finish();
        output.assert_quiet();
        let mut names: Vec<&str> = output
            .stdout
            .split('\'')
            .filter(|name| name.starts_with("info"))
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["info1", "info2", "info3", "info4"],
            "{}",
            output.stdout
        );
        assert_eq!(output.stdout.lines().count(), 1);
    });
}

#[test]
fn subclass_runs_its_own_run_in_the_child() {
    each_run("subclass.rhai", &[], |text| {
        let parent = ["parent: <main>", "arg2: 4", "parent over <main>"];
        assert_order(text, &parent);
        for (name, arg) in [("MyProcess-1", 1), ("MyProcess-2", 3)] {
            assert_order(text, &[&format!("name: {name}")]);
            assert_order(text, &[&format!("arg1: {arg}")]);
        }
        for number in ["<pid 1>", "<pid 2>"] {
            assert_order(
                text,
                &[&format!("pid: {number}"), &format!("os.getpid(): {number}")],
            );
        }
        assert_eq!(text.lines().count(), 11);
    });
}

#[test]
fn subclass_name_knows_its_name_in_the_child() {
    each_run("subclass_name.rhai", &["0.01"], |text| {
        assert_mixed(
            text,
            &[&["main"], &["process 1 is running", "process 1 is done"]],
        );
    });
}

#[test]
fn isolation_keeps_the_child_s_change_from_the_parent() {
    each_run("isolation.rhai", &["0.2"], |text| {
        assert_eq!(
            text,
            "True\nchild: 0 <pid 1> <main>\nFalse\nparent: 200 <main> <tests>\n"
        );
    });
}

#[test]
fn no_daemon_keeps_its_parent_waiting() {
    each_run("no_daemon.rhai", &["0.02", "30"], |text| {
        let child = ["I am still alive"; 30];
        let parent = [
            "I am a server",
            "I am a server",
            "the parent has run all its lines",
        ];
        assert_mixed(text, &[&parent, &child]);
    });
}

#[test]
fn daemon_ends_with_its_parent() {
    each_run("daemon.rhai", &["0.2"], |text| {
        let parent = "I am a server\nI am a server\nthe parent has run all its lines\n";
        assert_eq!(without_reports(text), parent);
        assert!(count(text, "I am still alive") >= 1);
    });
}

#[test]
fn daemon_mixed_waits_for_the_child_that_is_not_a_daemon() {
    each_run("daemon_mixed.rhai", &["0.1"], |text| {
        let parent = [
            "I am a server",
            "I am a server",
            "the parent has run all its lines",
        ];
        assert_mixed(
            &without_reports(text),
            &[&parent, &["func2 begins", "func2 is done"]],
        );
        assert_eq!(text.lines().last(), Some("func2 is done"));
    });
}

#[test]
fn a_main_process_that_ends_at_once_ends_its_daemon_before_that_prints() {
    each_run("daemon_too_late.rhai", &[], |text| {
        assert_eq!(text, "main\n")
    });
}

#[test]
fn the_daemon_is_ended_while_the_other_child_is_waited_for() {
    each_run("daemon_too_late_mixed.rhai", &[], |text| {
        assert_mixed(text, &[&["main____"], &["456", "end456"]]);
    });
}

#[test]
fn daemon_children_are_refused() {
    each_run("daemon_children.rhai", &["2"], |text| {
        let refusal = "AssertionError: daemonic processes are not allowed to have children";
        assert_eq!(text, format!("{refusal}\ndaemon is running\nmain\n"));
    });
}

#[test]
fn terminate_ends_a_child_for_good() {
    each_run("terminate.rhai", &["0.1"], |text| {
        let text = without(&without_reports(text), "func2 begins");
        let (first, rest) = text.split_once('\n').unwrap();
        // The signal takes its time, or it does not.
        assert!(
            ["True", "False"].contains(&first.strip_prefix("right after terminate(): ").unwrap()),
            "{text}"
        );
        assert_eq!(
            rest,
            "a second later: False\nexit code: -15\nname: process 2\npid: <pid 1>\n"
        );
    });
}

#[test]
fn tickets_are_never_oversold() {
    for round in 0..50 {
        each_start_method(|method| {
            let output = run("tickets.rhai", &["0.001", "."], method);
            output.assert_quiet();
            let bought = output.stdout.matches("has bought a ticket\n").count();
            assert_eq!(bought, 3, "round {round}:\n{}", output.stdout);
            assert_eq!(output.stdout.lines().last(), Some("tickets left: 0"));
            assert_eq!(output.stdout.lines().count(), 10 + 3 + 1);
        });
    }
}

#[test]
fn tickets_race_oversells() {
    const RUNS_MAX: usize = 20;
    each_start_method(|method| {
        let oversold = (0..RUNS_MAX).any(|_| {
            let output = run("tickets_race.rhai", &["0.02", "."], method);
            output.assert_quiet();
            output.stdout.matches("has bought a ticket\n").count() > 3
        });
        assert!(
            oversold,
            "{RUNS_MAX} runs without a lock, and never more than three sold"
        );
    });
}

#[test]
fn queue_raises_full_and_empty() {
    each_run("queue.rhai", &["0.02"], |text| {
        let wanted = "put, no waiting: Full\nput, three seconds: Full\nfirst\n2\n{'count': 3}\n\
                      get, no waiting: Empty\nget, three seconds: Empty\n";
        assert_eq!(text, wanted);
    });
}

#[test]
fn pipe_goes_both_ways_and_one_way_to_its_end() {
    each_run("pipe.rhai", &[], |text| {
        let wanted = "soup is done\nbread is done\nthe worker has no more orders\n\
                      received: 1\nreceived: 2\nreceived: 3\nnobody can send any more: EOFError\n";
        assert_eq!(text, wanted);
    });
}

/// What two cooks make and others eat: each dish once, eaten by somebody after it came into the queue.
fn assert_everything_is_eaten(text: &str) {
    for (cook, food) in [("cook 1", "soup"), ("cook 2", "bread")] {
        let made: Vec<String> = (0..3).map(|i| format!("{cook} makes {food} {i}")).collect();
        assert_order(text, &made.iter().map(String::as_str).collect::<Vec<_>>());
        for i in 0..3 {
            let eaten = text
                .lines()
                .filter(|line| line.ends_with(&format!(" eats {food} {i}")))
                .count();
            assert_eq!(eaten, 1, "{food} {i} in\n{text}");
        }
    }
    assert_eq!(count(text, "main"), 1);
    assert_eq!(text.lines().count(), 13, "{text}");
}

#[test]
fn a_sentinel_ends_the_consumers() {
    each_run(
        "producer_consumer_sentinel.rhai",
        &["0.01"],
        assert_everything_is_eaten,
    );
}

#[test]
fn a_joinable_queue_knows_when_everything_is_eaten() {
    each_run("producer_consumer_joinable.rhai", &["0.01"], |text| {
        assert_everything_is_eaten(text);
        assert_eq!(text.lines().last(), Some("main"));
    });
}

#[test]
fn active_children_lists_those_that_run() {
    each_run("active_children.rhai", &["0.5"], |text| {
        let processors = std::thread::available_parallelism().unwrap();
        let parent = [
            "main start".to_string(),
            format!("this machine has {processors} processors"),
            "process Process-1, pid <pid 1>".into(),
            "process Process-2, pid <pid 2>".into(),
            "process Process-3, pid <pid 3>".into(),
            "main end".into(),
        ];
        let parent: Vec<&str> = parent.iter().map(String::as_str).collect();
        let children: Vec<[String; 2]> = (1..=3)
            .map(|i| {
                [
                    format!("work worker{i} start"),
                    format!("work worker{i} end"),
                ]
            })
            .collect();
        let children: Vec<[&str; 2]> = children
            .iter()
            .map(|[a, b]| [a.as_str(), b.as_str()])
            .collect();
        assert_mixed(text, &[&parent, &children[0], &children[1], &children[2]]);
    });
}

#[test]
fn zombie_stays_until_somebody_asks() {
    each_run("zombie.rhai", &["0.05"], |text| {
        let wanted = "the child ends now\nended, and nobody has asked: Z\n\
                      it stays so for as long as nobody asks: Z\nafter join(): not in the table with exit code 0\n";
        assert_eq!(text, wanted);
    });
}

#[test]
fn orphan_is_given_another_parent() {
    each_start_method(|method| {
        let script = Script::file("scripts/orphan.rhai")
            .start_method(method)
            .arg("0.05");
        // Nobody waits for an orphan but the system.
        let output = script
            .start()
            .finish_within(std::time::Duration::from_secs(10));
        output.assert_quiet();
        let (before, after): (Vec<_>, Vec<_>) = output
            .stdout
            .lines()
            .partition(|line| !line.starts_with("the child lives on"));
        let child: i32 = after[0].rsplit_once(' ').unwrap().1.parse().unwrap();
        assert!(child >= 1 && after.len() == 1, "{}", output.stdout);
        let before: String = before.iter().map(|line| format!("{line}\n")).collect();
        assert!(
            before.starts_with("the parent of the child: ") || before.starts_with("the child sees"),
            "{before}"
        );
        assert_order(
            &before,
            &["the child sees its parent: True", "the parent is dead: -9"],
        );
        assert_eq!(
            before.lines().last(),
            Some("the child has another one: True")
        );
        assert_eq!(before.lines().count(), 4);
    });
}

#[test]
fn threads_run_beside_the_main_thread() {
    for name in ["thread.rhai", "thread_subclass.rhai"] {
        each_run(name, &["0.02"], |text| {
            assert_mixed(text, &[&["lary is eating", "lary eating end"], &["main"]]);
        });
    }
}

#[test]
fn thread_methods_tells_who_is_running() {
    each_run("thread_methods.rhai", &["0.05"], |text| {
        let main = [
            "alive before the start: False",
            "in the main thread: MainThread",
            "alive after the start: True",
            "running: ['MainThread', 'worker']",
            "how many: 2 2",
            "alive after the end: False",
            "running: ['MainThread']",
        ];
        assert_mixed(text, &[&main, &["in the thread: worker"]]);
    });
}

#[test]
fn thread_daemon_does_not_say_hello() {
    each_run("thread_daemon.rhai", &["0.5"], |text| {
        assert_eq!(text, "main thread\nTrue\n");
    });
}

#[test]
fn threads_vs_processes_shows_what_is_shared() {
    each_run("threads_vs_processes.rhai", &[], |text| {
        let all = "in a process n = 99\nafter a process: n = 100\nin a thread n = 99\nafter a thread: n = 99\n";
        assert_eq!(text, all);
    });
}

#[test]
fn bank_account_is_right_with_its_lock() {
    each_run("bank_account.rhai", &["0.5"], |text| {
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert_eq!(lines[0], "with its lock: Ada's account: 100");
        let number = |line: &str, before: &str| -> i64 {
            let number = line.strip_prefix(before);
            number.and_then(|number| number.parse().ok()).expect(line)
        };
        let balance = number(lines[1], "without its lock: Bob's account: ");
        let lost = number(lines[2], "lost deposits: ");
        assert_eq!(balance + lost, 100);
        // Each thread writes all of its own deposits, one after another.
        assert!((1..=100).contains(&balance), "{text}");
    });
}
