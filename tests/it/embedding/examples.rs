//! Every program in `examples/`, by its whole output.

use std::process::{Command, Stdio};
use std::sync::Once;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a program may take before it is killed.
const WATCHDOG: Duration = Duration::from_secs(60);

/// Runs `examples/NAME.rs` and gives what it printed; it ends with 0 and says nothing on standard error.
fn output_of(name: &str) -> String {
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
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = reader(program.stdout.take().unwrap());
    let stderr = reader(program.stderr.take().unwrap());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = program.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > WATCHDOG {
            let _ = program.kill();
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    assert!(
        status.success() && stderr.is_empty(),
        "{name}: {status}\n{stdout}{stderr}"
    );
    stdout
}

fn reader(mut pipe: impl std::io::Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
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
