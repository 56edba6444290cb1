//! Children are started from the file of the running program: without `/proc`, and after the file has been removed or replaced.

use std::process::Command;

use crate::support::script::{Script, each_start_method};

/// Covers `/proc` in a mount namespace of the command's own.
const WITHOUT_PROC: &str = r#"exec unshare --mount --map-root-user sh -c 'mount -t tmpfs none /proc && exec "$@"' sh "$@""#;

/// Returns whether this machine lets the tests make mount namespaces.
fn can_hide_proc() -> bool {
    let words = [
        "--mount",
        "--map-root-user",
        "mount",
        "-t",
        "tmpfs",
        "none",
        "/proc",
    ];
    let tried = Command::new("unshare").args(words).output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("skipped: `unshare --mount` is not possible here");
    }
    can
}

#[test]
fn processes_start_and_their_deaths_are_noticed_without_proc() {
    if !can_hide_proc() {
        return;
    }
    each_start_method(|method| {
        Script::text(
            r#"
            fn put(queue, parent) { queue.put(get_start_method()); queue.put(os.getppid() == parent); }
            fn die(lock) { lock.acquire(); os.kill(os.getpid(), 9); }
            print(os.path.exists("/proc/self"));
            let queue = Queue();
            let p = Process(put, [queue, os.getpid()]);
            p.start();
            print(queue.get(), queue.get());
            p.join();
            let lock = Lock();
            let p = Process(die, [lock]);
            p.start();
            p.join();
            print(p.exitcode, lock.acquire(true, 30), p.is_alive());
            let t = Thread(|| { let p = Process(|| print("from a thread")); p.start(); p.join(); });
            t.start();
            t.join();
            // The thread is gone, so that a child can be a copy of the process again.
            let p = Process(|| print(get_start_method()));
            p.start();
            p.join();
            "#,
        )
        .start_method(method)
        .through_shell(WITHOUT_PROC)
        .run()
        .assert(
            0,
            &format!("False\n{method} True\n-9 True False\nfrom a thread\n{method}\n"),
            "procscript: warning: Process-2 (pid <pid 1>) ended while it held a Lock; MainProcess has it now. \
             The data it guards may be inconsistent.\n",
        );
    });
}

/// Runs a copy of the command that the script may replace.
const AS_COPY: &str = r#"cp "$1" ./program; shift; "#;

const REPLACED: &str = r#"
    os.rename("program", "old");
    let file = open("program", "w");
    file.write("not a program\n");
    file.close();
    let p = Process(|| print("started"));
    let failed = error_of(|| { p.start(); p.join(); });
    print(failed.replace(os.getcwd(), "DIR"));
"#;

#[test]
fn a_program_that_has_been_replaced_starts_children_of_its_own_version() {
    each_start_method(|method| {
        let script = Script::text(REPLACED).start_method(method);
        let script = script.through_shell(&format!(r#"{AS_COPY}exec ./program "$@""#));
        script.run().assert(0, "started\nno error\n", "");
    });
}

#[test]
fn without_proc_and_file_the_error_says_what_is_missing() {
    if !can_hide_proc() {
        return;
    }
    let shell = format!(r#"{AS_COPY}set -- ./program "$@"; {WITHOUT_PROC}"#);
    let spawned = Script::text(REPLACED).start_method("spawn");
    spawned.through_shell(&shell).run().assert(
        0,
        "
        OSError: cannot start this program again: DIR/program has been replaced, and /proc is not mounted, which would lead \
        to the file that runs
        ",
        "",
    );
    let forked = Script::text(REPLACED).start_method("fork");
    let output = forked.through_shell(&shell).run();
    output.assert(0, "started\nno error\n", "");
}

#[test]
fn without_proc_restricted_permissions_say_that_they_need_it() {
    if !can_hide_proc() {
        return;
    }
    let script = Script::text(
        r#"
        let needs = "permissions for files need /proc, which is not mounted";
        let looks = [
            |p| os.path.exists(p), |p| os.path.isfile(p), |p| os.path.islink(p), |p| os.path.realpath(p),
            |p| os.path.getsize(p), |p| os.listdir(p), |p| os.walk(p), |p| open(p),
        ];
        for look in looks {
            let says = error_of(|| look.call("data/file"));
            print(says.starts_with("OSError: " + needs + ": '"));
        }
        try { import "lib" as lib; } catch (e) { print(e.type, e.message.contains(needs)); }
        "#,
    )
    .beside("data/file", "")
    .beside("lib.rhai", "");
    let script = script.option("--sandbox").option("--allow-read=data");
    let expected = "True\n".repeat(8) + "ImportError True\n";
    script
        .through_shell(WITHOUT_PROC)
        .run()
        .assert(0, &expected, "");
}
