//! Programs of other users and other versions, and programs that end while they are looked at.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{known, procscript, seen, waits};
use crate::support::script::{Script, each_start_method};

/// Ends a process when it is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A process with an anonymous file that has the name of a session's, begins with these bytes, and is there when this returns.
fn with_file(first: &str, size: usize) -> Ended {
    let code = format!(
        "import fcntl, os, time\n\
         fd = os.memfd_create('procscript-session-1', os.MFD_ALLOW_SEALING)\n\
         os.ftruncate(fd, {size})\n\
         os.pwrite(fd, b'{first}', 0)\n\
         fcntl.fcntl(fd, 1033, 2)\n\
         print('ready', flush=True)\n\
         time.sleep(100)\n"
    );
    let mut child = Command::new("python3")
        .args(["-c", &code])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    Ended(child)
}

#[test]
fn a_session_of_another_version_is_refused_and_does_not_hide_the_others() {
    let running = known("fork");
    let other = with_file("procscr9", 4 << 20);
    let pid = other.0.id().to_string();
    let wanted = format!("process {pid} runs another version of procscript");
    for words in [["ps", &pid], ["dump", &pid]] {
        let (code, stdout, stderr) = procscript(&words);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(
            stderr.starts_with(&format!("procscript: error: {wanted}")),
            "{stderr}"
        );
    }
    let (code, stdout, stderr) = procscript(&["ps"]);
    assert_eq!(code, 0);
    assert!(
        stderr.contains(&format!("procscript: note: {wanted}")),
        "{stderr}"
    );
    assert!(
        stdout.contains(&format!("  {}  ", running.pid())),
        "{stdout}"
    );
}

#[test]
fn a_file_that_only_has_the_name_of_a_session_is_none() {
    for (first, size) in [("", 4 << 20), ("procscr4", 100), ("something", 4 << 20)] {
        let other = with_file(first, size);
        let (code, _, stderr) = procscript(&["ps", &other.0.id().to_string()]);
        assert_eq!(code, 2);
        assert!(
            stderr.contains("does not run a procscript program"),
            "{stderr}"
        );
    }
}

#[test]
fn a_process_that_is_none_of_ours_is_refused_with_the_reason() {
    let (code, stdout, stderr) = procscript(&["ps", "999999999"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(stderr, "procscript: error: there is no process 999999999\n");
    let me = std::process::id().to_string();
    let (code, _, stderr) = procscript(&["dump", &me]);
    assert_eq!(code, 2);
    let wanted = format!(
        "procscript: error: process {me} does not run a procscript program, or one that has started and shared nothing yet\n"
    );
    assert_eq!(stderr, wanted);
    assert_eq!(procscript(&["ps", "x"]).0, 2);
    assert_eq!(procscript(&["dump"]).0, 2);
    assert_eq!(procscript(&["ps", "--watch", "--json"]).0, 2);
}

/// The command as another user, if this is the administrator and there is a way to become one.
fn as_another_user(words: &[&str]) -> Option<(i32, String, String)> {
    let program = env!("CARGO_BIN_EXE_procscript");
    let run = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", program])
        .args(words)
        .output()
        .ok()?;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(run.stdout), text(run.stderr));
    let could = !stderr.starts_with("setpriv:");
    could.then(|| (run.status.code().unwrap(), stdout, stderr))
}

#[test]
fn another_user_sees_nothing_and_is_not_seen() {
    let running = known("fork");
    let pid = running.pid().to_string();
    let Some((code, stdout, stderr)) = as_another_user(&["ps"]) else {
        eprintln!("SKIPPED: only the administrator can try this as another user, with setpriv");
        return;
    };
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(!stdout.contains("MainProcess"), "{stdout}");
    let (code, stdout, stderr) = as_another_user(&["ps", &pid]).unwrap();
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        format!("procscript: error: process {pid} belongs to another user\n")
    );

    let mut theirs = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .args([env!("CARGO_BIN_EXE_procscript"), "eval"])
        .arg("let e = Event(); print(\"ready\"); e.wait(100);")
        .stdout(Stdio::piped())
        .spawn()
        .map(Ended)
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(theirs.0.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let their_pid = theirs.0.id().to_string();
    let (code, _, stderr) = procscript(&["ps", &their_pid]);
    assert_eq!(code, 2);
    assert!(stderr.contains("belongs to another user"), "{stderr}");
    assert!(!procscript(&["ps"]).1.contains(&format!("  {their_pid}  ")));
}

#[test]
fn a_member_that_was_killed_is_gone_and_the_others_are_shown() {
    each_start_method(|method| {
        let running = known(method);
        let family = seen(running.pid()).unwrap();
        let getter = family["processes"][3]["pid"].as_i64().unwrap();
        kill(Pid::from_raw(getter as i32), Signal::SIGKILL).unwrap();
        running.wait_until("the killed one is still shown", || {
            let family = seen(running.pid()).unwrap();
            waits(&family)
                == [
                    "MainProcess/MainThread: Event.wait",
                    "Process-1/MainThread: Event.wait",
                    "taker/MainThread: Lock.acquire",
                ]
        });
    });
}

#[test]
fn members_that_come_and_go_all_the_time_are_no_problem() {
    let running = Script::text(
        r#"
        fn brief(lock, q) { with lock { q.put(1); } }
        let lock = Lock();
        let q = Queue();
        print("ready");
        while true {
            let ps = [];
            for i in range(4) { let p = Process(brief, [lock, q]); p.start(); ps.push(p); }
            ps[0].kill();
            for p in ps { p.join(); }
            while !q.empty() { q.get(); }
        }
        "#,
    )
    .start();
    running.wait_for_line("ready");
    let end = Instant::now() + Duration::from_secs(3);
    let mut looks = 0;
    while Instant::now() < end {
        let (code, stdout, stderr) = procscript(&["ps", &running.pid().to_string()]);
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert!(stdout.contains("\nMainProcess  "), "{stdout}");
        looks += 1;
    }
    assert!(looks > 3, "{looks}");
}

#[test]
fn looking_changes_nothing_in_the_memory_of_a_program() {
    let running = known("fork");
    for pid in running.processes() {
        kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
    }
    let is_stopped = |pid: &i32| crate::support::process_table::is_stopped(*pid);
    running.wait_until("not all are stopped", || {
        running.processes().iter().all(is_stopped)
    });
    let memory = memory_of(running.pid());
    let family = seen(running.pid()).unwrap();
    assert_eq!(family["processes"][0]["state"], "stopped");
    let pid = running.pid().to_string();
    assert_eq!(procscript(&["ps", &pid]).0, 0);
    assert_eq!(procscript(&["dump", &pid]).0, 0);
    assert!(memory == memory_of(running.pid()));
}

/// The contents of the session's memory.
fn memory_of(pid: i32) -> Vec<u8> {
    let links = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let path = links
        .map(|link| link.unwrap().path())
        .find(|path| {
            let target = fs::read_link(path).unwrap_or_default();
            target
                .to_string_lossy()
                .starts_with("/memfd:procscript-session")
        })
        .unwrap();
    let file = fs::File::open(path).unwrap();
    let mut bytes = vec![0; file.metadata().unwrap().len() as usize];
    file.read_exact_at(&mut bytes, 0).unwrap();
    bytes
}
