//! Commands end with the process that has started them, whichever way it ends, and those that take too long end with all they have started.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::commands::{COMMAND, PATIENCE, end_with_the_child, end_with_the_main_process};
use crate::support::process_table::is_running;
use crate::support::pty::{CTRL_C, Setting};
use crate::support::script::{Script, prints};

#[test]
fn a_command_ends_with_the_main_process_however_that_ends() {
    end_with_the_main_process(&[
        "subprocess.run(sys.argv[1], #{shell: true});",
        "let p = subprocess.Popen([\"sh\", \"-c\", sys.argv[1]]); time.sleep(1000);",
        "let t = Thread(|| subprocess.call([\"sh\", \"-c\", sys.argv[1]])); t.start();",
        "subprocess.run(sys.argv[1] + \" >&2\", #{shell: true, stderr: 1, capture_output: false});",
    ]);
}

#[test]
fn a_command_that_runs_on_ends_with_a_script_that_ends_by_itself() {
    for end in ["", "sys.exit(0);", "os._exit(0);"] {
        let code = format!(
            r#"
            let p = subprocess.Popen(["sh", "-c", sys.argv[1]], #{{stdout: subprocess.PIPE, text: true}});
            print(p.stdout.readline().strip());
            {end}
            "#
        );
        let run = Script::text(&code).arg(COMMAND).start();
        run.finish_within(PATIENCE).assert(0, "started\n", "");
    }
}

#[test]
fn a_command_ends_with_the_child_that_has_started_it() {
    end_with_the_child("subprocess.run(command, #{shell: true})");
}

#[test]
fn a_thread_that_ends_does_not_take_its_commands_along() {
    prints(
        r#"
        let q = queue.Queue();
        let t = Thread(|| q.put(subprocess.Popen(["cat"], #{stdin: subprocess.PIPE, stdout: subprocess.PIPE, text: true})));
        t.start();
        t.join();
        print(q.get().communicate("alive"));
        "#,
        "['alive', None]\n",
    );
}

#[test]
fn a_command_with_a_session_of_its_own_lives_on() {
    let code = r#"
        let p = subprocess.Popen(["sleep", "1000"], #{start_new_session: true, stdout: subprocess.DEVNULL,
            stderr: subprocess.DEVNULL});
        print("apart", p.pid);
    "#;
    let run = Script::text(code).start();
    let apart: i32 = run.wait_for_line("apart ").trim().parse().unwrap();
    let output = run.finish_within(PATIENCE);
    assert_eq!(output.code(), 0);
    assert!(is_running(apart));
    kill(Pid::from_raw(apart), Signal::SIGKILL).unwrap();
}

#[test]
fn a_time_out_kills_everything_that_the_command_has_started() {
    for options in ["", ", start_new_session: true"] {
        let code = format!(
            r#"
            let command = "trap '' TERM; sleep 1000 & echo $!; (sh -c 'echo $$; exec sleep 1000' &) ; echo $$; while :; do sleep 1000; done";
            let pids = [];
            try {{
                subprocess.run(command, #{{shell: true, stdout: subprocess.PIPE, timeout: 1{options}}});
            }} catch (e) {{
                print(e.type);
                pids = e.output.decode().split();
            }}
            print(len(pids));
            for pid in pids {{
                while os.path.exists("/proc/" + pid) && "\tZ" !in open("/proc/" + pid + "/status").read() {{ time.sleep(0.01); }}
            }}
            try {{ subprocess.call(["sleep", "1000"], #{{timeout: 0.05{options}}}); }} catch (e) {{ print(e.type); }}
            "#
        );
        let run = Script::text(&code).start();
        let output = run.finish_within(PATIENCE);
        output.assert(0, "TimeoutExpired\n3\nTimeoutExpired\n", "");
    }
}

#[test]
fn ctrl_c_reaches_the_script_and_its_command() {
    let code = "
        signal.signal(signal.SIGINT, || print(\"noticed\"));
        let r = subprocess.run([\"sh\", \"-c\", \"trap 'echo reached; exit 3' INT; echo ready; read line\"]);
        print(r.returncode);
    ";
    let terminal = Setting::new(&["eval", code]).start();
    terminal.wait_for("ready");
    terminal.keys(CTRL_C);
    terminal.wait_for("reached");
    terminal.wait_for("noticed");
    terminal.wait_for("3");
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn ctrl_c_ends_a_command_that_ignores_it() {
    for (start, streams) in [
        ("run", "#{}"),
        ("run", "#{stdin: subprocess.PIPE}"),
        ("call", "#{}"),
    ] {
        let code = format!(
            "subprocess.{start}([\"sh\", \"-c\", \"trap '' INT; echo ready; sleep 1000; echo ne$((1))ver\"], {streams})"
        );
        let terminal = Setting::new(&["eval", &code]).start();
        terminal.wait_for("ready");
        terminal.keys(CTRL_C);
        let (code, output) = terminal.finish();
        assert_eq!((code, output.contains("ne1ver")), (130, false));
    }
}

#[test]
fn a_handler_that_throws_ends_the_wait_and_the_command() {
    prints(
        r#"
        signal.signal(signal.SIGUSR1, || { throw ValueError("enough"); });
        let command = "kill -USR1 " + os.getpid() + "; exec sleep 1000";
        try { subprocess.run(command, #{shell: true, stdout: subprocess.PIPE}); } catch (e) { print(e.type, e.message); }
        let p = subprocess.Popen(command, #{shell: true, stdout: subprocess.PIPE});
        try { for line in p.stdout { print(line); } } catch (e) { print(e.type, e.message); }
        p.kill();
        print(p.wait());
        "#,
        "ValueError enough\nValueError enough\n-9\n",
    );
}

#[test]
fn a_command_whose_supervisor_is_killed_is_killed() {
    prints(
        r#"
        let p = subprocess.Popen(["sh", "-c", "echo $PPID; exec sleep 1000"], #{stdout: subprocess.PIPE, text: true});
        os.kill(int(p.stdout.readline()), signal.SIGKILL);
        print(p.stdout.read() == "", p.wait());
        "#,
        "True -9\n",
    );
}
