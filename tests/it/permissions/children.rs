//! Children: they have at most what their parent has, and there are as many as may be.

use crate::support::script::{Script, each_start_method};

/// Runs under both start methods with these options.
fn prints(options: &[&str], code: &str, stdout: &str) {
    each_start_method(|method| {
        let script = options.iter().fold(Script::text(code), |s, o| s.option(o));
        script.start_method(method).run().assert(0, stdout, "");
    });
}

#[test]
fn a_child_has_the_permissions_of_its_parent() {
    prints(
        &["--sandbox", "--allow-processes=2,1", "--allow-env=LANGUAGE"],
        r#"
        let p = Process(|| {
            print(error_of(|| open("/etc/passwd")));
            print(error_of(|| os.getenv("HOME")));
            print(error_of(|| os.getenv("LANGUAGE")));
            print(error_of(|| Process(|| 1).start()));
            print(error_of(|| os.system("true")));
        });
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        "
        PermissionError: reading '/etc/passwd' is not allowed
        PermissionError: reading the environment variable 'HOME' is not allowed
        no error
        PermissionError: starting another generation of processes is not allowed
        PermissionError: running 'true' is not allowed
        0
        ",
    );
}

#[test]
fn a_child_is_narrowed_with_all_below_it() {
    prints(
        &[],
        r#"
        fn look() {
            print(error_of(|| open("/etc/passwd")));
            print(error_of(|| open("/usr")));
            print(error_of(|| socket.create_connection(["127.0.0.1", 1])));
            print(error_of(|| os.system("true")));
        }
        let p = Process(#{ target: || {
            look();
            let q = Process(look);
            q.start();
            q.join();
            print(error_of(|| Process(#{ target: look, permissions: #{ read: ["/usr", "/etc"] } })));
            print(error_of(|| Process(#{ target: look, permissions: #{ net: True } })));
            print(error_of(|| Process(#{ target: look, permissions: #{ run: True } })));
        }, permissions: #{ read: ["/usr"], net: False } });
        p.start();
        p.join();
        print(error_of(|| open("/etc/passwd")));
        "#,
        "
        PermissionError: reading '/etc/passwd' is not allowed
        IsADirectoryError: [Errno 21] Is a directory: '/usr'
        PermissionError: connecting to '127.0.0.1:1' is not allowed
        PermissionError: running 'true' is not allowed
        PermissionError: reading '/etc/passwd' is not allowed
        IsADirectoryError: [Errno 21] Is a directory: '/usr'
        PermissionError: connecting to '127.0.0.1:1' is not allowed
        PermissionError: running 'true' is not allowed
        PermissionError: giving a child more `read` '/etc' than this process has is not allowed
        PermissionError: giving a child more `net` than this process has is not allowed
        PermissionError: giving a child more `run` than this process has is not allowed
        no error
        ",
    );
}

#[test]
fn the_limit_of_processes_holds_when_all_start_at_once() {
    prints(
        &["--allow-processes=3,2"],
        r#"
        // Two children and eight threads of each start as many as they can, at the same moment.
        fn storm(go, counts, hold) {
            let started = Queue();
            let threads = [];
            for _ in range(8) {
                threads.append(Thread(|| {
                    go.wait();
                    try {
                        Process(|hold| { hold.wait(); }, [hold]).start();
                        started.put(1);
                    } catch (e) {
                        if e.type != "PermissionError" { throw e; }
                    }
                }));
            }
            for t in threads { t.start(); }
            for t in threads { t.join(); }
            counts.put(started.qsize());
            hold.wait();
        }
        let go = Event();
        let hold = Event();
        let counts = Queue();
        let parents = [];
        for _ in range(2) {
            parents.append(Process(#{ target: storm, args: [go, counts, hold], daemon: False }));
        }
        for p in parents { p.start(); }
        go.set();
        print(counts.get() + counts.get());
        hold.set();
        for p in parents { p.join(); }
        // The places are free again.
        let p = Process(|| 1);
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        "
        1
        0
        ",
    );
}

#[test]
fn a_child_that_is_given_less_runs_no_programs_unless_that_is_said() {
    prints(
        &["--deny-env=SECRET", "--allow-run"],
        r#"
        fn look() { print(error_of(|| os.system("true"))); }
        for permissions in [#{ }, #{ net: True }, #{ threads: 4 }, #{ net: False }, #{ read: ["/usr"] },
                            #{ net: False, run: True }, #{ run: False }] {
            let p = Process(#{ target: look, permissions: permissions });
            p.start();
            p.join();
        }
        "#,
        "
        no error
        no error
        no error
        PermissionError: running 'true' is not allowed
        PermissionError: running 'true' is not allowed
        no error
        PermissionError: running 'true' is not allowed
        ",
    );
}

#[test]
fn an_empty_path_is_no_path_for_a_child() {
    prints(
        &[],
        r#"print(error_of(|| Process(#{ target: || 1, permissions: #{ read: [""] } })));"#,
        "ValueError: permissions: '' is not a path ('.' is the current directory)\n",
    );
}

#[test]
fn a_child_is_not_given_the_kernels_own_files_by_a_parent_that_has_all_others() {
    prints(
        &["--deny-env"],
        r#"
        let give = |path| Process(#{ target: || 1, permissions: #{ read: [path] } });
        print(error_of(|| open("/proc/self/environ")));
        print(error_of(|| give.call("/proc")));
        print(error_of(|| give.call("/proc/self/environ")));
        print(error_of(|| give.call("/usr")));
        // All of the files, and still not those.
        let p = Process(#{ target: || print(error_of(|| open("/proc/self/environ"))), permissions: #{ read: ["/"] } });
        p.start();
        p.join();
        "#,
        "
        PermissionError: reading '/proc/self/environ' is not allowed
        PermissionError: giving a child more `read` '/proc' than this process has is not allowed
        PermissionError: giving a child more `read` '/proc/self/environ' than this process has is not allowed
        no error
        PermissionError: reading '/proc/self/environ' is not allowed
        ",
    );
}

#[test]
fn the_key_says_what_is_wrong_with_it() {
    prints(
        &[],
        r#"
        let give = |permissions| Process(#{ target: || 1, permissions: permissions });
        for wrong in [#{ reed: [] }, #{ read: 1 }, #{ read: [1] }, #{ net: ["http://x"] }, #{ run: 1 }, #{ processes: "all" },
                      #{ processes: [1, 2, 3] }, #{ threads: -1 }, "none"] {
            print(error_of(|| give.call(wrong)));
        }
        "#,
        "
        ValueError: permissions have no 'reed' (they have read, write, net, env, run, signals, processes, threads)
        TypeError: permissions.read must be a bool or a list of strings, not int
        TypeError: permissions.read must be a bool or a list of strings, not int
        ValueError: permissions.net: 'http://x' is not a valid address (expected HOST or HOST:PORT)
        TypeError: permissions.run must be a bool, not int
        TypeError: permissions.processes must be a bool, a number, or a list [at once, generations]
        TypeError: permissions.processes must be a bool, a number, or a list [at once, generations]
        TypeError: permissions.threads must be a non-negative integer
        TypeError: Process() argument 'permissions' must be a map, not str
        ",
    );
}

#[test]
fn a_child_works_with_no_file_that_its_parent_has_opened() {
    let code = r#"
        const F = open("secret.txt");
        const LOG = open("log.txt", "w");
        fn child() {
            // Under spawn there is nothing of that name.
            for attempt in [|| global::F.read(), || global::F.readline(), || global::F.fileno(), || global::LOG.write("x")] {
                try { print("works: " + attempt.call()); }
                catch (e) { if e.type == "OSError" { print(e.message); } else { print(global::NOT_OPENED_HERE); } }
            }
        }
        const NOT_OPENED_HERE = "the file was opened by another process: open it in this process";
        LOG.write("before, ");
        let p = Process(#{ target: child, permissions: #{ read: False, write: False } });
        p.start();
        p.join();
        if os.fork() == 0 { print(F.read()); LOG.write("by a copy, "); LOG.close(); os._exit(0); }
        os.wait();
        LOG.write("after");
        LOG.close();
        print(open("log.txt").read());
    "#;
    each_start_method(|method| {
        let script = Script::text(code).beside("secret.txt", "the secret");
        let told = "the file was opened by another process: open it in this process\n";
        let stdout = told.repeat(4) + "the secret\nbefore, by a copy, after\n";
        script.start_method(method).run().assert(0, &stdout, "");
    });
}
