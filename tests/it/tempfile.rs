//! `tempfile`, and what is left of it: nothing.

use super::support::script::{Script, each_start_method, prints};

/// The script's own directory is that for temporary files, so that a test sees what is left.
fn in_own_directory(code: &str) -> Script {
    Script::text(code).through_shell("mkdir tmp; export TMPDIR=\"$PWD/tmp\"; exec \"$@\"")
}

/// Runs a script, and prints what is left in its directory for temporary files.
fn leaves(code: &str, stdout: &str) {
    for method in ["fork", "spawn"] {
        let run = Script::text(code)
            .start_method(method)
            .through_shell(
                "mkdir tmp; export TMPDIR=\"$PWD/tmp\"; \"$@\" 2>err; echo code $?; ls -A tmp",
            )
            .run();
        run.assert(0, stdout, "");
    }
}

#[test]
fn files_and_directories_have_names_of_their_own() {
    let run = in_own_directory(
        r#"
        print(tempfile.gettempdir() == os.getcwd() + "/tmp");
        let a = tempfile.mkdtemp();
        let b = tempfile.mkdtemp(".d", "pre-", "tmp");
        print(os.path.isdir(a), a != b, os.path.basename(b).startswith("pre-"), b.endswith(".d"), os.path.isabs(b));
        print("%o" % (os.stat(a).st_mode & 511), len(os.path.basename(a)));
        let made = tempfile.mkstemp(".txt", #{ text: true });
        made[0].write("text");
        made[0].close();
        print(open(made[1]).read(), "%o" % (os.stat(made[1]).st_mode & 511), made[1].endswith(".txt"));
        print(error_of(|| tempfile.mkdtemp("a/b")));
        print(error_of(|| tempfile.mkdtemp(5)));
        print(error_of(|| tempfile.mkdtemp("", "x", "nowhere")).split("'")[0]);
        print(error_of(|| tempfile.NamedTemporaryFile("q")));
        print(len(os.listdir("tmp")));
        "#,
    );
    run.run().assert(
        0,
        "
        True
        True True True True True
        700 11
        text 600 True
        ValueError: a part of a name cannot contain '/' or a null byte
        TypeError: mkdtemp() argument 'suffix' must be a string, not int
        FileNotFoundError: [Errno 2] No such file or directory: 
        ValueError: invalid mode: 'q'
        3
        ",
        "",
    );
}

#[test]
fn what_is_temporary_is_removed_when_it_is_left() {
    let run = in_own_directory(
        r#"
        with tempfile.TemporaryDirectory() as d {
            open(d + "/a", "w").close();
            os.mkdir(d + "/b");
            print(os.listdir(d));
        }
        print(os.listdir("tmp"));
        let d = tempfile.TemporaryDirectory(#{ prefix: "x" });
        let name = d.name;
        print(os.path.isdir(name), repr(d) == "<TemporaryDirectory %r>" % name);
        d.cleanup();
        d.cleanup();
        print(os.path.isdir(name));
        fn made() { let t = tempfile.TemporaryDirectory(); t.name }
        print(os.path.exists(made()));
        let f = tempfile.NamedTemporaryFile();
        f.write("bytes".encode());
        f.flush();
        print(open(f.name).read(), f.seek(0), f.read());
        f.close();
        print(os.path.exists(f.name), os.listdir("tmp"));
        try {
            with tempfile.NamedTemporaryFile("w") as f { f.write("x"); throw ValueError("no"); }
        } catch (e) { print(e.message, os.listdir("tmp")); }
        let kept = tempfile.NamedTemporaryFile("w", #{ delete: false, suffix: ".kept" });
        kept.close();
        print(len(os.listdir("tmp")), os.path.exists(kept.name));
        "#,
    );
    run.run().assert(
        0,
        "
        ['a', 'b']
        []
        True True
        False
        False
        bytes 0 b'bytes'
        False []
        no []
        1 True
        ",
        "",
    );
}

#[test]
fn nothing_is_left_when_the_script_ends() {
    let make = "let d = tempfile.TemporaryDirectory(); let f = tempfile.NamedTemporaryFile(); os.mkdir(d.name + \"/in\");\n";
    leaves(make, "code 0\n");
    leaves(&format!("{make} throw ValueError(\"no\");"), "code 1\n");
    leaves(&format!("{make} sys.exit(3);"), "code 3\n");
    leaves(
        &format!("{make} os.kill(os.getpid(), signal.SIGTERM); time.sleep(60);"),
        "code 143\n",
    );
    leaves(
        &format!("const D = #{{}}; fn go() {{ {make} throw ValueError(d.name); }} go();"),
        "code 1\n",
    );
    leaves(
        &format!(
            "{make} let t = Thread(|| {{ let x = tempfile.TemporaryDirectory(); }}); t.start(); t.join();"
        ),
        "code 0\n",
    );
}

#[test]
fn a_child_removes_its_own_and_nothing_of_its_parent() {
    leaves(
        r#"
        fn work(q, name) {
            let mine = tempfile.TemporaryDirectory();
            open(name + "/from the child", "w").close();
            q.put(mine.name);
        }
        let q = Queue();
        let d = tempfile.TemporaryDirectory();
        let p = Process(work, [q, d.name]);
        p.start();
        let theirs = q.get();
        p.join();
        print(os.listdir(d.name), os.path.exists(theirs));
        let pid = os.fork();
        if pid == 0 { sys.exit(0); }
        os.waitpid(pid, 0);
        print(os.path.exists(d.name));
        try { q.put(d); } catch (e) { print(e.type, e.message); }
        "#,
        "
        ['from the child'] False
        True
        TypeError item is a TemporaryDirectory, which cannot be sent from here: a temporary directory belongs to the process that has made it: send its name
        code 0
        ",
    );
}

#[test]
fn facts_about_files_are_those_of_the_system() {
    prints(
        r#"
        with open("a", "w") as f { f.write("12345"); }
        os.system("ln -s a link; mkdir dir; ln -s dir dirlink; touch -d @1000000000.5 a");
        let about = os.stat("a");
        print(about.st_size, about.st_mtime, about.st_mtime_ns, about.st_nlink, "%o" % (about.st_mode >> 12));
        print(os.stat("link").st_ino == about.st_ino, os.lstat("link").st_size, os.stat("link", #{ follow_symlinks: false }).st_size);
        print(error_of(|| os.stat("nothing")));
        for entry in os.scandir() {
            print(entry, entry.name, entry.path, entry.is_dir(), entry.is_file(), entry.is_symlink(), entry.is_dir(false), entry.stat().st_ino > 0);
        }
        print(os.scandir("dir"), error_of(|| os.scandir("nothing")));
        print(os.isatty(0), os.isatty(1), os.isatty(-5), os.isatty(99), error_of(|| os.get_terminal_size()));
        "#,
        "
        5 1000000000.5 1000000000500000000 1 10
        True 1 1
        FileNotFoundError: [Errno 2] No such file or directory: 'nothing'
        <DirEntry 'a'> a ./a False True False False True
        <DirEntry 'dir'> dir ./dir True False False True True
        <DirEntry 'dirlink'> dirlink ./dirlink True False True False True
        <DirEntry 'link'> link ./link False True True False True
        <DirEntry 'main.rhai'> main.rhai ./main.rhai False True False False True
        [] FileNotFoundError: [Errno 2] No such file or directory: 'nothing'
        False False False False OSError: [Errno 25] Inappropriate ioctl for device
        ",
    );
}

#[test]
fn children_inherit_what_is_changed_in_the_environment() {
    each_start_method(|method| {
        Script::text(
            r#"
            os.environ["COLOUR"] = "blue";
            print(os.environ["COLOUR"], os.getenv("COLOUR"), "COLOUR" in os.environ);
            os.system("echo $COLOUR");
            let q = Queue();
            let p = Process(|| q.put(os.environ["COLOUR"]));
            p.start();
            print(q.get());
            p.join();
            os.environ.remove("COLOUR");
            print(os.getenv("COLOUR"), error_of(|| os.environ.remove("COLOUR")));
            print(error_of(|| { os.environ["A=B"] = "x"; }), error_of(|| { os.environ["A"] = 5; }));
            let e = Event();
            let t = Thread(|| e.wait());
            t.start();
            print(error_of(|| { os.environ["A"] = "x"; }));
            e.set();
            t.join();
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "
            blue blue True
            blue
            blue
            None KeyError: 'COLOUR'
            ValueError: 'A=B' is no name or no value of a variable TypeError: str expected, not int
            RuntimeError: the environment can be changed only while the process has one thread: change it before threads are started
            ",
            "",
        );
    });
}

#[test]
fn a_group_of_processes_gets_a_signal() {
    prints(
        r#"
        print(os.getpgid(0) == os.getpgid(os.getpid()), error_of(|| os.killpg(1, 0)), error_of(|| os.killpg(-5, 0)));
        os.killpg(os.getpgid(0), 0);
        print(error_of(|| os.killpg(2147483646, 0)), error_of(|| os.getpgid(2147483646)));
        "#,
        "
        True ValueError: the ID of a group is 0 or at least 2: 1 would be all processes ValueError: the ID of a group is 0 or at least 2: 1 would be all processes
        ProcessLookupError: [Errno 3] No such process ProcessLookupError: [Errno 3] No such process
        ",
    );
}
