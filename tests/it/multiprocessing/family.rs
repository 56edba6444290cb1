//! Who waits for whom, and who dies with whom.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::process_table::is_running;
use crate::support::script::{Script, each_start_method};
use crate::support::text::unindent;

/// Children of both kinds, then the ending of the main script that `ending` says.
fn family(method: &str, ending: &str) -> Script {
    let code = r#"
        fn slow(go) {
            go.get();
            print("child is done");
        }
        fn daemon() {
            time.sleep(3600);
            print("never");
        }
        let go = Queue();
        Process(slow, [go]).start();
        Process(#{ target: daemon, daemon: true }).start();
        print("main is done");
        go.put("go");
    "#;
    Script::text(&(unindent(code) + ending)).start_method(method)
}

#[test]
fn the_main_process_waits_for_children_and_ends_daemons() {
    each_start_method(|method| {
        family(method, "")
            .run()
            .assert(0, "main is done\nchild is done\n", "")
    });
}

#[test]
fn it_does_so_after_sys_exit() {
    each_start_method(|method| {
        family(method, "sys.exit(3);")
            .run()
            .assert(3, "main is done\nchild is done\n", "")
    });
}

#[test]
fn it_does_so_after_an_uncaught_error() {
    each_start_method(|method| {
        let report = "KeyError: 'k'\n  --> main.rhai:14:1\n     |\n  14 | throw KeyError(\"k\");\n     | ^\n";
        family(method, "throw KeyError(\"k\");").run().assert(
            1,
            "main is done\nchild is done\n",
            report,
        );
    });
}

#[test]
fn the_report_of_an_error_does_not_wait_for_the_children() {
    each_start_method(|method| {
        let script = Script::text(
            r#"
            fn child() { while !os.path.exists("go") { time.sleep(0.005); } }
            Process(child).start();
            [1][9];
            "#,
        )
        .start_method(method);
        let go = script.directory().join("go");
        let running = script.start();
        running.wait_for_stderr("IndexError");
        std::fs::write(go, "").unwrap();
        assert_eq!(running.finish().code(), 1);
    });
}

#[test]
fn a_child_waits_for_its_own_children_and_ends_its_daemons() {
    each_start_method(|method| {
        let code = r#"
            fn leaf(go) { go.get(); print("grandchild is done"); }
            fn guard() { time.sleep(3600); }
            fn child() {
                let go = Queue();
                Process(leaf, [go]).start();
                Process(#{ target: guard, daemon: true }).start();
                print("child is done");
                go.put("go");
                sys.exit(7);
            }
            let p = Process(child);
            p.start();
            p.join();
            print("main is done", p.exitcode);
        "#;
        Script::text(code).start_method(method).run().assert(
            0,
            "child is done\ngrandchild is done\nmain is done 7\n",
            "",
        );
    });
}

#[test]
fn a_daemon_dies_with_a_killed_parent_and_another_child_lives_on() {
    each_start_method(|method| {
        let mut running = Script::text(
            r#"
            fn sleeper(what) {
                print(what, os.getpid());
                time.sleep(3600);
            }
            Process(sleeper, ["child"]).start();
            Process(#{ target: sleeper, args: ["daemon"], daemon: true }).start();
            time.sleep(3600);
            "#,
        )
        .start_method(method)
        .start();
        let child: i32 = running.wait_for_line("child ").parse().unwrap();
        let daemon: i32 = running.wait_for_line("daemon ").parse().unwrap();
        running.signal(Signal::SIGKILL);
        running.wait_for_main();
        running.wait_until("the daemon outlives its parent", || !is_running(daemon));
        assert!(is_running(child));
        kill(Pid::from_raw(child), Signal::SIGKILL).unwrap();
        assert_eq!(running.finish_within(Duration::from_secs(10)).code(), -9);
    });
}

#[test]
fn a_daemon_s_death_by_a_killed_parent_holds_in_the_next_generation() {
    each_start_method(|method| {
        let mut running = Script::text(
            r#"
            fn guard() { print("daemon", os.getpid()); time.sleep(3600); }
            fn child() {
                Process(#{ target: guard, daemon: true }).start();
                time.sleep(3600);
            }
            let p = Process(child);
            p.start();
            input();
            p.kill();
            p.join();
            print("main", p.exitcode);
            "#,
        )
        .start_method(method)
        .interactive()
        .start();
        let daemon: i32 = running.wait_for_line("daemon ").parse().unwrap();
        running.type_in("go on\n");
        running.wait_for_line("main -9");
        running.wait_until("the daemon outlives its parent", || !is_running(daemon));
        running
            .finish_within(Duration::from_secs(10))
            .assert_quiet();
    });
}

#[test]
fn what_a_killed_child_has_printed_is_not_lost() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn child() {
                for i in range(100) { print("line", i); }
                os.kill(os.getpid(), 9);
            }
            let p = Process(child);
            p.start();
            p.join();
            print(p.exitcode);
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            &((0..100).map(|i| format!("line {i}\n")).collect::<String>() + "-9\n"),
            "",
        );
    });
}

#[test]
fn a_child_whose_parent_is_killed_right_after_its_start_lives_on() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn orphan(q) { q.put("alive"); }
            fn parent(q) {
                Process(orphan, [q]).start();
                os.kill(os.getpid(), 9);
            }
            let q = Queue();
            let p = Process(parent, [q]);
            p.start();
            p.join();
            print(p.exitcode, q.get(#{ timeout: 50 }));
            "#,
        )
        .start_method(method)
        .start()
        .finish_within(Duration::from_secs(10))
        .assert(0, "-9 alive\n", "");
    });
}
