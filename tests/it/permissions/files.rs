//! Files: links, detours, the kernel's own directories, moving, modules.

use std::os::unix::fs::symlink;

use crate::support::script::Script;

/// Prints what a function gives, or the type and the message of what it raises.
const TELL: &str = r#"
fn tell(f) { try { print(f.call()); } catch (e) { print(e.type + ":", e.message); } }
"#;

/// A script in a directory with `open/` (which it may read and write), and `secret` (which it must not).
fn script(code: &str) -> Script {
    let script = Script::text(&format!("{TELL}{code}"))
        .beside("open/file", "open")
        .beside("secret", "SECRET")
        .beside("closed/file", "SECRET");
    let directory = script.directory();
    symlink(directory.join("secret"), directory.join("open/link")).unwrap();
    symlink("../secret", directory.join("open/relative")).unwrap();
    symlink("/", directory.join("open/root")).unwrap();
    symlink("../new", directory.join("open/dangling")).unwrap();
    symlink(directory.join("open/file"), directory.join("open/inside")).unwrap();
    script
        .option("--sandbox")
        .option("--allow-read=open")
        .option("--allow-write=open")
}

#[test]
fn links_and_detours_lead_to_what_they_lead_to() {
    let run = script(
        r#"
        tell(|| open("open/inside").read());
        tell(|| open("open/../open/./file").read());
        tell(|| open("open/link").read());
        tell(|| open("open/relative").read());
        tell(|| open("open/../secret").read());
        tell(|| open("open/root" + os.getcwd() + "/secret").read());
        tell(|| open("open/root" + os.getcwd() + "/open/file").read());
        tell(|| open("open/dangling", "w").write("x"));
        tell(|| os.listdir("open/root"));
        tell(|| os.path.exists("secret"));
        tell(|| os.path.exists("no such file"));
        tell(|| os.path.exists("open/no such file"));
        tell(|| os.path.islink("open/link"));
        tell(|| os.path.realpath("open/link"));
        "#,
    )
    .run();
    let directory = "DIR";
    let found = run.stdout.replace(&cwd_of(&run.stdout), directory);
    assert_eq!(
        found,
        "open\nopen\n\
         PermissionError: reading 'open/link' is not allowed\n\
         PermissionError: reading 'open/relative' is not allowed\n\
         PermissionError: reading 'open/../secret' is not allowed\n\
         PermissionError: reading 'open/rootDIR/secret' is not allowed\n\
         open\n\
         PermissionError: writing 'open/dangling' is not allowed\n\
         PermissionError: reading 'open/root' is not allowed\n\
         PermissionError: reading 'secret' is not allowed\n\
         PermissionError: reading 'no such file' is not allowed\n\
         False\nTrue\n\
         PermissionError: reading 'DIR/open/link' is not allowed\n"
    );
    run.assert_quiet();
}

/// The directory a script ran in, from a line of its output.
fn cwd_of(stdout: &str) -> String {
    let (_, rest) = stdout.split_once("'open/root").unwrap();
    rest.split_once("/secret'").unwrap().0.to_string()
}

#[test]
fn the_kernels_directories_do_not_bypass_a_denial() {
    let run = script(
        r#"
        for path in ["/proc/self/environ", "/proc/self/mem", "/proc/self/maps", "/proc/self/fd/0", "/proc/self/root/etc/passwd",
                     "/proc/thread-self/environ", "/dev/stdin", "/dev/fd/0", "/proc/self/cwd/secret", "/sys/kernel/uevent_helper"] {
            tell(|| open(path).read());
        }
        tell(|| open("/proc/self/cwd/open/file").read());
        tell(|| open("/proc/self/fd/../cwd/open/file").read());
        tell(|| open("/proc/self/mem", "r+"));
        tell(|| os.listdir("/proc/self/fd"));
        "#,
    )
    .run();
    run.assert(
        0,
        "
        PermissionError: reading '/proc/self/environ' is not allowed
        PermissionError: reading '/proc/self/mem' is not allowed
        PermissionError: reading '/proc/self/maps' is not allowed
        PermissionError: reading '/proc/self/fd/0' is not allowed
        PermissionError: reading '/proc/self/root/etc/passwd' is not allowed
        PermissionError: reading '/proc/thread-self/environ' is not allowed
        PermissionError: reading '/dev/stdin' is not allowed
        PermissionError: reading '/dev/fd/0' is not allowed
        PermissionError: reading '/proc/self/cwd/secret' is not allowed
        PermissionError: reading '/sys/kernel/uevent_helper' is not allowed
        PermissionError: reading '/proc/self/cwd/open/file' is not allowed
        PermissionError: reading '/proc/self/fd/../cwd/open/file' is not allowed
        PermissionError: reading '/proc/self/mem' is not allowed
        PermissionError: reading '/proc/self/fd' is not allowed
        ",
        "",
    );
}

#[test]
fn reading_everything_does_not_mean_the_kernels_own() {
    let script = Script::text(&format!(
        r#"{TELL}
        tell(|| open("/etc/passwd").read().len() > 0);
        tell(|| open("/proc/self/environ").read());
        tell(|| open("/dev/null").read());
        tell(|| os.environ.get("PATH") == None);
        "#
    ));
    script.option("--deny-env").run().assert(
        0,
        "
        True
        PermissionError: reading '/proc/self/environ' is not allowed

        PermissionError: reading the environment variable 'PATH' is not allowed
        ",
        "",
    );
}

#[test]
fn moving_needs_both_ends_and_takes_nothing_denied_along() {
    let run = script(
        r#"
        tell(|| os.rename("secret", "open/mine"));
        tell(|| os.rename("open/file", "mine"));
        tell(|| os.rename("closed", "open/closed"));
        tell(|| os.replace("open/link", "open/other"));
        tell(|| open("open/other").read());
        os.makedirs("open/a/hidden");
        tell(|| os.rename("open/a", "open/b"));
        tell(|| os.rename("open/a/hidden", "open/hidden"));
        tell(|| os.remove("secret"));
        tell(|| os.rmdir("closed"));
        tell(|| os.mkdir("new"));
        tell(|| os.makedirs("new/a/b"));
        tell(|| os.remove("open/inside"));
        print(os.path.exists("open/file"));
        "#,
    )
    .option("--deny-read=open/a/hidden")
    .run();
    run.assert(
        0,
        "
        PermissionError: moving 'secret' is not allowed
        PermissionError: writing 'mine' is not allowed
        PermissionError: moving 'closed' is not allowed
        None
        PermissionError: reading 'open/other' is not allowed
        PermissionError: moving 'open/a' is not allowed
        PermissionError: moving 'open/a/hidden' is not allowed
        PermissionError: writing 'secret' is not allowed
        PermissionError: writing 'closed' is not allowed
        PermissionError: writing 'new' is not allowed
        PermissionError: writing 'new/a/b' is not allowed
        None
        True
        ",
        "",
    );
}

#[test]
fn the_script_s_own_modules_are_its_program_and_nothing_else_is() {
    let script = Script::text(&format!(
        r#"{TELL}
        import "lib/module" as module;
        print(module::VALUE);
        tell(|| {{ import "lib/data.txt" as m; }});
        tell(|| {{ import "lib/outside" as m; }});
        tell(|| {{ import "/etc/passwd" as m; }});
        tell(|| {{ import "../main" as m; }});
        tell(|| {{ import "nowhere" as m; }});
        "#
    ));
    let script = script
        .beside("lib/module.rhai", "export const VALUE = 42;")
        .beside("lib/data.txt", "password = hunter2");
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("x.rhai"), "password hunter2").unwrap();
    let link = script.directory().join("lib/outside.rhai");
    symlink(outside.path().join("x.rhai"), link).unwrap();
    let output = script.option("--sandbox").run();
    let directory = output
        .stdout
        .split('\'')
        .find(|text| text.ends_with("/lib/outside.rhai"));
    let directory = directory.unwrap().replace("/lib/outside.rhai", "");
    let parent = directory.rsplit_once('/').unwrap().0.to_string();
    assert_eq!(
        output
            .stdout
            .replace(&directory, "DIR")
            .replace(&parent, "PARENT"),
        "42\n\
         ModuleNotFoundError: No module named 'lib/data.txt'\n\
         PermissionError: reading 'DIR/lib/outside.rhai' is not allowed\n\
         PermissionError: reading '/etc/passwd.rhai' is not allowed\n\
         PermissionError: reading 'DIR/../main.rhai' is not allowed\n\
         ModuleNotFoundError: No module named 'nowhere'\n"
    );
    assert!(!(output.stdout + &output.stderr).contains("hunter2"));
}

#[test]
fn the_script_s_own_modules_are_read_also_when_reading_is_denied() {
    let script = |option: &str| {
        let script = Script::text(&format!(
            r#"{TELL}
            tell(|| {{ import "lib/module" as m; m::VALUE }});
            tell(|| open("lib/module.rhai").read().split("'")[0]);
            "#
        ));
        let script = script.beside("lib/module.rhai", "export const VALUE = 42;");
        script.option(option).run()
    };
    let run = script("--deny-read");
    run.assert(
        0,
        "42\nPermissionError: reading 'lib/module.rhai' is not allowed\n",
        "",
    );
    let run = script("--deny-read=lib/module.rhai");
    let first = run.stdout.lines().next().unwrap();
    assert!(first.starts_with("PermissionError: reading '"), "{first}");
}

#[test]
fn directories_are_walked_as_far_as_they_may_be_read() {
    let script = Script::text(
        r#"
        for row in os.walk("open") { print(row); }
        for row in os.walk("open", False) { print(row[0]); }
        "#,
    )
    .beside("open/a/file", "")
    .beside("open/hidden/file", "")
    .beside("closed/file", "");
    symlink("../closed", script.directory().join("open/link")).unwrap();
    script
        .option("--sandbox")
        .option("--allow-read=open")
        .option("--deny-read=open/hidden")
        .run()
        .assert(
            0,
            "
            ['open', ['a', 'hidden'], ['link']]
            ['open/a', [], ['file']]
            open/a
            open
            ",
            "",
        );
}

#[test]
fn links_of_the_kernel_that_may_lead_elsewhere_are_not_followed() {
    // In `/proc/PID/root` other files may have the names that are judged.
    let script = Script::text(&format!(
        r#"{TELL}
        tell(|| open("/proc/self/root/etc/passwd").read());
        tell(|| open("/proc/" + os.getpid() + "/cwd/main.rhai").read());
        tell(|| os.listdir("/proc/self/root/etc"));
        tell(|| open("/proc/self/status").read().len() > 0);
        "#
    ));
    let output = script
        .option("--deny-net")
        .option("--allow-read=/proc,/etc,.")
        .run();
    let plain: String = output
        .stdout
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect();
    assert_eq!(
        plain,
        "OSError: [Errno ] Too many levels of symbolic links: '/proc/self/root/etc/passwd'\n\
         OSError: [Errno ] Too many levels of symbolic links: '/proc//cwd/main.rhai'\n\
         OSError: [Errno ] Too many levels of symbolic links: '/proc/self/root/etc'\n\
         True\n"
    );
    output.assert_quiet();
}

#[test]
fn a_slash_at_the_end_says_that_a_directory_is_meant() {
    // With and without permissions to look at, it is the same.
    for option in ["--allow-run", "--deny-net"] {
        let script = Script::text(&format!(
            r#"{TELL}
            tell(|| os.remove("link/"));
            tell(|| os.remove("file/"));
            tell(|| os.rmdir("link/"));
            tell(|| os.rename("link/", "moved"));
            tell(|| os.mkdir("new/"));
            tell(|| os.rename("new/", "newer/"));
            tell(|| os.rmdir("newer/"));
            print(os.listdir());
            "#
        ))
        .beside("file", "")
        .beside("directory/file", "");
        symlink("directory", script.directory().join("link")).unwrap();
        script.option(option).run().assert(
            0,
            "
            NotADirectoryError: [Errno 20] Not a directory: 'link/'
            NotADirectoryError: [Errno 20] Not a directory: 'file/'
            NotADirectoryError: [Errno 20] Not a directory: 'link/'
            NotADirectoryError: [Errno 20] Not a directory: 'link/' -> 'moved'
            None
            None
            None
            ['directory', 'file', 'link', 'main.rhai']
            ",
            "",
        );
    }
}
