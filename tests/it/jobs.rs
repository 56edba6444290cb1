//! The five everyday jobs of `scripts/jobs/`.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use super::support::script::{Output, Script, each_start_method};

fn job(name: &str, args: &[&str], method: &str) -> Script {
    let script = Script::file(&format!("scripts/jobs/{name}"))
        .start_method(method)
        .option("--no-progress")
        .beside("tree/one.txt", "hi\n")
        .beside("tree/below/two.txt", [])
        .beside("commands.txt", "echo one\n# no\n\necho bad >&2; exit 3\n")
        .beside("app.log", "a INFO x\nb ERROR y\nc INFO z\nd CRITICAL\nhalf");
    args.iter().fold(script, |script, arg| script.arg(*arg))
}

fn run(name: &str, args: &[&str], method: &str) -> Output {
    job(name, args, method).run()
}

#[test]
fn each_job_has_fewer_than_sixty_lines() {
    let mut names = Vec::new();
    for entry in fs::read_dir("scripts/jobs").unwrap() {
        let path = entry.unwrap().path();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < 60, "{} has {lines} lines", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    let wanted = [
        "batch.rhai",
        "checksums.rhai",
        "job_server.rhai",
        "many_commands.rhai",
        "watch_log.rhai",
    ];
    assert_eq!(names, wanted);
}

#[test]
fn each_job_explains_itself_and_refuses_what_it_does_not_know() {
    for name in [
        "batch.rhai",
        "checksums.rhai",
        "job_server.rhai",
        "many_commands.rhai",
        "watch_log.rhai",
    ] {
        let help = run(name, &["--help"], "fork");
        let usage = format!("usage: {name} [-h]");
        assert!(help.stdout.starts_with(&usage), "{}", help.stdout);
        let refused = run(name, &["--wrong"], "fork");
        assert_eq!(refused.code(), 2, "{}", refused.stderr);
        assert!(refused.stderr.starts_with(&usage), "{}", refused.stderr);
    }
}

#[test]
fn many_commands_names_the_runs_that_have_failed() {
    each_start_method(|method| {
        let summary = |stderr: &str| stderr.split(',').take(2).collect::<String>();
        let output = run("many_commands.rhai", &["-n", "500"], method);
        assert_eq!((output.code(), output.stdout.as_str()), (0, ""));
        assert_eq!(summary(&output.stderr), "500 runs 0 failed");
        let command = ["-n", "6", "-j", "3", "--", "sh", "-c", "test $0 != 4"];
        let output = run("many_commands.rhai", &command, method);
        let wanted =
            "run 4: Command '['sh', '-c', 'test $0 != 4', '4']' returned non-zero exit status 1.\n";
        assert_eq!((output.code(), output.stdout.as_str()), (1, wanted));
        assert_eq!(summary(&output.stderr), "6 runs 1 failed");
    });
}

#[test]
fn checksums_are_those_of_sha256sum() {
    let sums = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  tree/below/two.txt\n\
        98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4  tree/one.txt\n";
    each_start_method(|method| {
        run("checksums.rhai", &["-j", "2", "tree"], method).assert(0, sums, "");
    });
    let refused = run("checksums.rhai", &["nowhere"], "fork");
    assert!(
        refused
            .stderr
            .ends_with("error: nowhere is not a directory\n"),
        "{}",
        refused.stderr
    );
}

#[test]
fn batch_runs_the_commands_of_a_file_and_writes_a_table() {
    let wanted = "ok     echo one\nfailed echo bad >&2; exit 3\n       bad\n2 commands, 1 failed\n";
    each_start_method(|method| {
        let job = job("batch.rhai", &["-o", "out.csv", "commands.txt"], method);
        let table = job.directory().join("out.csv");
        let running = job.start();
        running.wait_for_line("2 commands");
        let table: Vec<String> = fs::read_to_string(table)
            .unwrap()
            .lines()
            .map(|line| line.rsplit_once(',').unwrap().0.to_string())
            .collect();
        assert_eq!(
            table,
            ["command,code", "echo one,0", "echo bad >&2; exit 3,3"]
        );
        running.finish().assert(1, wanted, "");
        job_from_standard_input(method);
    });
}

fn job_from_standard_input(method: &str) {
    let job = job("batch.rhai", &["-"], method).stdin("true\n");
    job.run()
        .assert(0, "ok     true\n1 commands, 0 failed\n", "");
}

#[test]
fn job_server_outlives_the_jobs_that_fail() {
    each_start_method(|method| {
        let server = job("job_server.rhai", &["-c", "5"], method).start();
        let port: u16 = server
            .wait_for_line("INFO listening on port ")
            .parse()
            .unwrap();
        let ask = |text: &str| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        assert_eq!(
            ask(r#"{"job": "count", "text": "a b a"}"#),
            "{\"result\": {\"a\": 2, \"b\": 1}}\n"
        );
        let died = ask(r#"{"job": "die"}"#);
        assert!(
            died.starts_with("{\"error\": \"WorkerLost: worker "),
            "{died}"
        );
        assert_eq!(
            ask(r#"{"job": "fly"}"#),
            "{\"error\": \"ValueError: there is no job 'fly'\"}\n"
        );
        assert!(ask("nonsense").starts_with("{\"error\": \"JSONDecodeError: "));
        assert_eq!(
            ask(r#"{"job": "primes", "below": 12}"#),
            "{\"result\": [2, 3, 5, 7, 11]}\n"
        );
        let output = server.finish();
        assert_eq!((output.code(), output.stderr.as_str()), (0, ""));
    });
}

#[test]
fn watch_log_reports_what_matters_and_follows_a_rotation() {
    each_start_method(|method| {
        let counts = "b ERROR y\nd CRITICAL\nINFO     2\nERROR    1\nCRITICAL 1\n";
        let args = ["-i", "0.05", "-p", "0.01", "app.log"];
        run("watch_log.rhai", &args, method).assert(0, counts, "");

        let job = job("watch_log.rhai", &["-p", "0.01", "app.log"], method);
        let log = job.directory().join("app.log");
        let running = job.start();
        running.wait_for_lines(2);
        let mut file = fs::OpenOptions::new().append(true).open(&log).unwrap();
        file.write_all(b" an ERROR\n").unwrap();
        running.wait_for_line("half an ERROR");
        file.write_all(b"half a line ").unwrap();
        let length = fs::metadata(&log).unwrap().len();
        running.wait_until("the half line is not read", || {
            is_read_up_to(running.pid(), &log, length)
        });
        fs::rename(&log, log.with_extension("old")).unwrap();
        fs::write(&log, "a new ERROR\n").unwrap();
        running.wait_for_line("a new ERROR");
        // The same file, emptied and written anew.
        fs::write(&log, "ERROR 2\n").unwrap();
        running.wait_for_line("ERROR 2");
        running.interrupt();
    });
}

/// Returns whether a process has the file open and has come so far in it.
fn is_read_up_to(pid: i32, path: &Path, place: u64) -> bool {
    let path = path.canonicalize().unwrap();
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    let mut open = open.flatten();
    open.any(|entry| {
        let number = entry.file_name().to_string_lossy().into_owned();
        let about = fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}"));
        fs::read_link(entry.path()).is_ok_and(|file| file == path)
            && about.is_ok_and(|about| about.starts_with(&format!("pos:\t{place}\n")))
    })
}
