//! Every program in `examples/`, by its whole output.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::Once;
use std::time::Duration;

use crate::support::capture::Capture;
use crate::support::watchdog::Watchdog;

/// How long a program may take before it is killed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs `examples/NAME.rs` and gives what it printed; it ends with 0 and says nothing on standard error.
fn output_of(name: &str) -> String {
    output_of_words(name, &[])
}

/// As [`output_of`], with these words on its command line.
fn output_of_words(name: &str, words: &[&str]) -> String {
    static BUILT: Once = Once::new();
    // `cargo test --test it` does not build them by itself.
    BUILT.call_once(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        let built = cargo
            .args(["build", "--quiet", "--locked", "--examples"])
            .status();
        assert!(built.unwrap().success(), "the examples do not build");
    });
    let tests = std::env::current_exe().unwrap();
    let directory = tests.parent().and_then(|deps| deps.parent()).unwrap();
    let mut program = Command::new(directory.join("examples").join(name))
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let stdout = Capture::begin(program.stdout.take().unwrap());
    let stderr = Capture::begin(program.stderr.take().unwrap());
    let mut watchdog = Watchdog::of_group(program, PATIENCE);
    let status = watchdog.wait().expect("it takes too long");
    let end = |pipe: &Capture| {
        assert!(pipe.wait_for_end(watchdog.deadline()), "a child is left");
        pipe.text()
    };
    let (stdout, stderr) = (end(&stdout), end(&stderr));
    assert!(
        status.success() && stderr.is_empty(),
        "{name}: {status}\n{stdout}{stderr}"
    );
    stdout
}

#[test]
fn scripts_and_their_children_call_functions_of_the_program_and_send_its_types() {
    assert_eq!(
        output_of("own_functions"),
        "tea 3.00 EUR token 7 <class 'Money'>\n\
         bread 5.00 EUR token 7 <class 'Money'>\n\
         exit code 0\n"
    );
}

#[test]
fn a_script_is_stopped_by_time_by_operations_and_by_hand() {
    assert_eq!(
        output_of("stopping"),
        "by time: the script has used up its time limit of 100ms\n\
         by operations: the script has used up its limit of 100000 operations\n\
         by hand: the script was stopped\n"
    );
}

#[test]
fn a_program_outlives_what_isolated_scripts_do() {
    let lost = "its functions and variables are lost, and the next evaluation starts afresh";
    assert_eq!(
        output_of("isolated"),
        format!(
            "6 * 7\n    42\n\
             os.kill(os.getpid(), 9)\n    the isolated script was killed by SIGKILL: \
             it killed itself, or the system had no memory left; {lost}\n\
             os._exit(3)\n    the isolated script's process ended with exit code 3: \
             it called `os._exit`, or could not go on; {lost}\n\
             loop {{ }}\n    the script has used up its time limit of 1s\n\
             open(\"/etc/passwd\").read()\n    PermissionError\n\
             visits += 1; visits\n    2\n"
        )
    );
}

#[test]
fn what_scripts_print_and_ask_goes_through_the_program() {
    assert_eq!(
        output_of("output"),
        r#"exit code 0

printed:
first has 2 parts
checked the first order of Ada
second has 0 parts
checked the second order of Ada

errors:
script: Process second:
script: ValueError: second is empty
script:   --> orders:4:27
script:      |
script:    4 |     if parts.is_empty() { throw ValueError("%s is empty" % name); }
script:      |                           ^
script: Traceback (most recent call last):
script:   File "orders", line 4, in count
script:     if parts.is_empty() { throw ValueError("%s is empty" % name); }
"#
    );
}

#[test]
fn structs_go_to_script_processes_and_come_back_through_queues() {
    assert_eq!(
        output_of("shared_queue"),
        "Invoice { order: 1, text: \"cup for 11.40\", total: 11.4 }\n\
         Invoice { order: 2, text: \"lamp for 48.00, a gift for a friend\", total: 48.0 }\n\
         Invoice { order: 3, text: \"pen for 1.50\", total: 1.5 }\n\
         first desk ended with 0\n\
         second desk ended with 0\n"
    );
}

#[test]
fn a_killed_worker_of_a_pool_is_replaced_and_its_task_repeated() {
    assert_eq!(
        output_of("worker_pool"),
        "1 comes to 1 in 0 steps\n\
         7 comes to 1 in 16 steps\n\
         27 comes to 1 in 111 steps\n\
         97 comes to 1 in 118 steps\n\
         871 comes to 1 in 178 steps\n\
         6171 comes to 1 in 261 steps\n\
         77031 comes to 1 in 350 steps\n\
         837799 comes to 1 in 524 steps\n\
         1 of the workers had to be replaced\n"
    );
}

#[test]
fn a_server_awaits_tasks_of_a_pool() {
    assert_eq!(
        output_of_words("pool_server", &["--self-test"]),
        "3 tea: 200 OK, 7.50\n\
         2 cake: 200 OK, 6.00 with cream\n\
         1 bomb: 500 Internal Server Error, a worker died, and another has been started\n\
         1 coffee: 400 Bad Request, there is no coffee\n\
         tea: 400 Bad Request, write: 3 tea\n\
         4 tea: 200 OK, 10.00\n"
    );
}

#[test]
fn a_web_server_runs_a_script_for_each_request_at_the_same_time() {
    assert_eq!(
        output_of_words("web_server", &["--self-test"]),
        r#"200 OK
hello 42

400 Bad Request
ZeroDivisionError: division by zero
  --> <eval 1>:1:16
     |
   1 | fn half(n) { n / 0 }
     |                ^
Traceback (most recent call last):
  File "<eval 1>", line 3, in <module>
    half(4);
  File "<eval 1>", line 1, in half
    fn half(n) { n / 0 }

400 Bad Request
SyntaxError: Unexpected ';'
  --> <eval 1>:1:9
     |
   1 | let x = ;
     |         ^

400 Bad Request
the script exited with code 3

meanwhile the first two were running: true

408 Request Timeout
the script has used up its time limit of 2s

408 Request Timeout
the script has used up its time limit of 2s

"#
    );
}

#[test]
fn scripts_are_kept_to_what_the_program_allows() {
    assert_eq!(
        output_of("permissions"),
        r#"orders: two of tea
passwords: PermissionError: reading '/etc/passwd' is not allowed
writing: PermissionError: writing 'the orders' is not allowed
network: PermissionError: connecting to '10.0.0.1:80' is not allowed
environment: PermissionError: reading the environment variable 'HOME' is not allowed
a program: PermissionError: running 'id' is not allowed
this program: PermissionError: os._exit() would change the program that this script is embedded in
orders in a child: PermissionError: reading 'the orders' is not allowed
a grandchild: PermissionError: starting another generation of processes is not allowed
PermissionError: reading '/etc/passwd' is not allowed
help: allow it with `--allow-read=/etc` on the command line, or with `Permissions::allow_read("/etc")` in the program that runs the script
"#
    );
}

#[test]
fn hello_is_said_by_a_child() {
    assert_eq!(output_of("hello"), "hello, world\n");
}

#[test]
fn an_engine_that_the_host_owns_starts_processes_and_threads() {
    assert_eq!(
        output_of("package"),
        "script: HELLO, WORLD\n\
         script: from a thread\n\
         exit code 0\n\
         true\n\
         Empty in line 2\n"
    );
}
