//! Scripts cannot find out what exists outside the permissions: every native gives the same answer for a path whether it exists or not.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::script::Script;

/// Every native that looks at a path, called with `path`.
const NATIVES: [&str; 28] = [
    "os.path.exists(path)",
    "os.path.isfile(path)",
    "os.path.isdir(path)",
    "os.path.islink(path)",
    "os.path.getsize(path)",
    "os.path.getmtime(path)",
    "os.path.realpath(path)",
    "os.path.abspath(path)",
    "os.listdir(path)",
    "os.walk(path)",
    "os.chdir(path)",
    "os.mkdir(path)",
    "os.makedirs(path)",
    "os.makedirs(path, 0o777, true)",
    "os.makedirs(path + \"/deeper\")",
    "os.rmdir(path + \"/deeper\")",
    "os.remove(path + \"/deeper\")",
    "os.unlink(path + \"/deeper\")",
    "os.rename(path + \"/deeper\", \"open/new\")",
    "os.rename(\"open/file\", path + \"/deeper\")",
    "os.replace(\"open/file\", path + \"/deeper\")",
    "open(path)",
    "open(path, \"w\")",
    "open(path, \"a\")",
    "open(path, \"x\")",
    "open(path, \"r+\")",
    "socket.socket(socket.AF_UNIX).connect(path)",
    "socket.socket(socket.AF_UNIX).bind(path)",
];

/// Ways out of `open/`: what leads to `outside/target`, which is there or not.
const WAYS: [&str; 18] = [
    "open/link",
    "open/link/",
    "open/link/.",
    "open/link/x",
    "open/link/..",
    "open/link/../x",
    "open/link/../../open/file",
    "open/relative",
    "open/relative/",
    "open/chain",
    "open/chain/x",
    "open/into/target",
    "open/into/target/",
    "open/into/target/../../open/file",
    "open/../outside/target",
    "open/../outside/target/",
    "open/../outside/target/../../open/file",
    "outside/target/../../open",
];

/// The forms that the target may have.
fn make(outside: &Path, what: &str) {
    let target = outside.join("target");
    match what {
        "missing" => Ok(()),
        "file" => fs::write(target, "SECRET"),
        "directory" => fs::create_dir(&target).and_then(|()| fs::write(target.join("x"), "SECRET")),
        "link" => symlink("elsewhere", target),
        "loop" => symlink("target", target),
        other => panic!("{other}"),
    }
    .unwrap();
}

#[test]
fn a_path_that_leads_outside_is_answered_the_same_whatever_is_there() {
    let calls: String = NATIVES
        .iter()
        .map(|call| {
            let shown = call.replace('"', "'");
            format!("tell(path, \"{shown}\", || {call});\n")
        })
        .collect();
    let code = format!(
        r#"
        fn tell(path, what, f) {{
            try {{
                let found = f.call();
                print(path, what, if type_of(found).contains("File") {{ "opened" }} else {{ found }});
            }} catch (e) {{
                print(path, what, e.type + ":", e.message);
            }}
        }}
        for path in {WAYS:?} {{
            {calls}
        }}
        print(os.path.getsize("open/file"), os.listdir("open"));
        "#
    );
    let answers = |what: &str| {
        let script = Script::text(&code)
            .beside("open/file", "open")
            .beside("outside/other", "");
        let directory = script.directory();
        make(&directory.join("outside"), what);
        let target = directory.join("outside/target");
        symlink(&target, directory.join("open/link")).unwrap();
        symlink("../outside/target", directory.join("open/relative")).unwrap();
        symlink("link", directory.join("open/chain")).unwrap();
        symlink("../outside", directory.join("open/into")).unwrap();
        let script = script.option("--sandbox");
        let run = script
            .option("--allow-read=open")
            .option("--allow-write=open")
            .run();
        run.assert_quiet();
        run.stdout.replace(&directory.display().to_string(), "DIR")
    };
    let expected = answers("missing");
    assert!(
        expected.ends_with("4 ['chain', 'file', 'into', 'link', 'relative']\n"),
        "{expected}"
    );
    // What concerns a link itself or its name alone is answered; the rest is refused.
    let refused = expected
        .lines()
        .filter(|line| line.contains(" is not allowed"));
    assert!(
        refused.count() > WAYS.len() * (NATIVES.len() - 8),
        "{expected}"
    );
    for what in ["file", "directory", "link", "loop"] {
        let found = answers(what);
        let differs = expected.lines().zip(found.lines()).filter(|(a, b)| a != b);
        let differs: Vec<_> = differs.collect();
        assert!(differs.is_empty(), "{what}: {differs:#?}");
    }
}
