//! What scripts of a host may do: nothing unless it is said, and never what is the host's own affair.

use procscript::{Error, Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("nothing_is_allowed_unless_the_host_says_so", nothing),
    Case::new("changes_to_the_whole_process_are_always_refused", own),
    Case::new("permissions_are_resolved_when_they_are_given", decided),
];

/// The type and the message of what a text fails with.
fn refused(runtime: &mut Runtime, text: &str) -> String {
    match runtime.eval::<()>(text) {
        Err(Error::Failed(failure)) => {
            let told = failure.diagnostic();
            format!("{}: {}", told.kind, told.message)
        }
        other => format!("{other:?}"),
    }
}

fn nothing() {
    let mut runtime = Runtime::builder().build().unwrap();
    for (text, doing) in [
        (r#"open("/etc/passwd")"#, "reading '/etc/passwd'"),
        ("Process(|| 1).start()", "starting a process"),
        (
            r#"os.getenv("HOME")"#,
            "reading the environment variable 'HOME'",
        ),
        (r#"os.system("true")"#, "running 'true'"),
        (r#"subprocess.run(["echo", "x"])"#, "running 'echo x'"),
        (r#"import "/etc/passwd" as m"#, "reading '/etc/passwd.rhai'"),
    ] {
        let wanted = format!("PermissionError: {doing} is not allowed");
        assert_eq!(refused(&mut runtime, text), wanted);
    }
    let text = "let n = 0; let t = Thread(|| { n += 1; }); t.start(); t.join(); n";
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 1);
}

fn own() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let before = std::env::current_dir().unwrap();
    for (text, doing) in [
        (r#"os.chdir("/")"#, "os.chdir()"),
        ("os._exit(3)", "os._exit()"),
        (
            "os.kill(os.getpid(), signal.SIGTERM)",
            "os.kill() of this process",
        ),
        ("os.kill(0, signal.SIGTERM)", "os.kill() of this process"),
        (
            "signal.raise_signal(signal.SIGTERM)",
            "signal.raise_signal()",
        ),
        ("signal.alarm(1)", "signal.alarm()"),
    ] {
        let wanted = format!(
            "PermissionError: {doing} would change the program that this script is embedded in"
        );
        assert_eq!(refused(&mut runtime, text), wanted);
    }
    // The kernel takes the number of a thread for that of its process.
    let text = r#"
        let why = "";
        let kill = || { try { os.kill(threading.get_native_id(), 0); } catch (e) { why = e.message; } };
        let t = Thread(kill);
        t.start();
        t.join();
        why
    "#;
    let why = runtime.eval::<String>(text).unwrap();
    assert!(
        why.starts_with("os.kill() of this process would change the program"),
        "{why}"
    );
    for text in ["os.fork()", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"] {
        assert!(runtime.eval::<()>(text).is_err(), "{text}");
    }
    assert_eq!(std::env::current_dir().unwrap(), before);
    // A child is a process of its own.
    let text = r#"
        let q = Queue();
        let p = Process(|| { os.chdir("/"); q.put(os.getcwd()); os._exit(3); });
        p.start();
        p.join();
        q.get() + " " + str(p.exitcode)
    "#;
    assert_eq!(runtime.eval::<String>(text).unwrap(), "/ 3");
}

fn decided() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::create_dir(path("open")).unwrap();
    std::fs::create_dir(path("closed")).unwrap();
    std::fs::write(path("closed/file"), "secret").unwrap();
    std::os::unix::fs::symlink(path("open"), path("link")).unwrap();
    let permissions = Permissions::none().allow_read(path("link"));
    // The link leads elsewhere later: that was not meant.
    std::fs::remove_file(path("link")).unwrap();
    std::os::unix::fs::symlink(path("closed"), path("link")).unwrap();
    let mut runtime = Runtime::builder().permissions(permissions).build().unwrap();
    let file = path("link/file").display().to_string();
    assert_eq!(
        refused(&mut runtime, &format!("open({file:?})")),
        format!("PermissionError: reading '{file}' is not allowed")
    );
}
