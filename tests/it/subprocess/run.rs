//! `run`, `call`, `check_output` and the others: results, errors and their texts, as in CPython.

use crate::support::script::{Script, prints};

#[test]
fn a_result_has_what_was_captured() {
    prints(
        r#"
        let r = subprocess.run(["echo", "two words"], #{capture_output: true, text: true});
        print(r);
        print(r.args, r.returncode, repr(r.stdout), repr(r.stderr), r.check_returncode());
        print(subprocess.run(["true"]), subprocess.run("exit 3", #{shell: true}).returncode);
        print(subprocess.run("kill -9 $$", #{shell: true}).returncode, subprocess.run(["sh", "-c", "kill $$"]).returncode);
        print(subprocess.run(["printf", "a\r\nb"], #{stdout: subprocess.PIPE}).stdout);
        print(repr(subprocess.run(["printf", "a\r\nb\rc"], #{stdout: subprocess.PIPE, encoding: "ascii"}).stdout));
        print(subprocess.run(["sh", "-c", "echo a >&2"], #{stderr: subprocess.PIPE}).stderr);
        print(subprocess.run(["cat"], #{input: "ä", text: true, capture_output: true}).stdout);
        print(subprocess.run(["cat"], #{input: "ä".encode(), capture_output: true}).stdout);
        print(isinstance(r, subprocess.CompletedProcess), type(r));
        print(subprocess.CompletedProcess(["a"], 2, "out"));
        "#,
        r#"
        CompletedProcess(args=['echo', 'two words'], returncode=0, stdout='two words\n', stderr='')
        ['echo', 'two words'] 0 'two words\n' '' None
        CompletedProcess(args=['true'], returncode=0) 3
        -9 -15
        b'a\r\nb'
        'a\nb\nc'
        b'a\n'
        ä
        b'\xc3\xa4'
        True <class 'CompletedProcess'>
        CompletedProcess(args=['a'], returncode=2, stdout='out')
        "#,
    );
}

#[test]
fn the_short_forms_return_codes_and_output() {
    prints(
        r#"
        print(subprocess.call(["true"]), subprocess.call("exit 5", #{shell: true}), subprocess.check_call(["true"]));
        print(subprocess.check_output(["echo", "x"]), subprocess.check_output(["cat"], #{input: (), text: true}) == "");
        print(subprocess.getoutput("echo a; echo b >&2"), subprocess.getstatusoutput("printf 'a\n\n'; exit 4"));
        print(subprocess.getstatusoutput("kill $$"));
        import "subprocess" as sp;
        let f = sp.call;
        fn inside() { sp.call("exit 3", #{shell: true}) }
        print(sp.call("exit 6", #{shell: true}), sp::call("exit 7", #{shell: true}), f.call(["true"]), inside());
        try { subprocess.call(["true"], #{tiemout: 1}); } catch (e) { print(e.message.split(" (")[0]); }
        "#,
        r"
        0 5 0
        b'x\n' True
        a
        b [4, 'a\n']
        [-15, '']
        6 7 0 3
        call() got an unexpected keyword argument 'tiemout'
        ",
    );
}

#[test]
fn failures_are_exceptions_with_what_is_known() {
    prints(
        r#"
        fn of(f) { try { f.call(); } catch (e) { return e; } }
        let e = of(|| subprocess.run(["sh", "-c", "echo out; echo err >&2; exit 3"], #{capture_output: true, check: true}));
        print(repr(e), e);
        print(e.returncode, e.cmd, e.output, e.stdout, e.stderr, e.args);
        print(isinstance(e, subprocess.CalledProcessError), isinstance(e, subprocess.SubprocessError), isinstance(e, OSError));
        print(of(|| subprocess.check_call(["sh", "-c", "kill -9 $$"])));
        print(of(|| subprocess.check_output("exit 2", #{shell: true})));
        let e = of(|| subprocess.run("echo part; exec sleep 1000", #{shell: true, timeout: 0.3, stdout: subprocess.PIPE, text: true}));
        print(repr(e), e);
        print([e.cmd, e.timeout, e.output, e.stdout, e.stderr, isinstance(e, subprocess.TimeoutExpired)]);
        print(of(|| subprocess.call(["sleep", "1000"], #{timeout: 0})));
        print(subprocess.CalledProcessError(2, "x", #{stderr: "bad"}).stderr, subprocess.TimeoutExpired("x", 1));
        print(of(|| subprocess.CompletedProcess("x", -99).check_returncode()));
        "#,
        r#"
        CalledProcessError(3, ['sh', '-c', 'echo out; echo err >&2; exit 3']) Command '['sh', '-c', 'echo out; echo err >&2; exit 3']' returned non-zero exit status 3.
        3 ['sh', '-c', 'echo out; echo err >&2; exit 3'] b'out\n' b'out\n' b'err\n' [3, ['sh', '-c', 'echo out; echo err >&2; exit 3']]
        True True False
        Command '['sh', '-c', 'kill -9 $$']' died with <Signals.SIGKILL: 9>.
        Command 'exit 2' returned non-zero exit status 2.
        TimeoutExpired('echo part; exec sleep 1000', 0.3) Command 'echo part; exec sleep 1000' timed out after 0.3 seconds
        ['echo part; exec sleep 1000', 0.3, b'part\n', b'part\n', None, True]
        Command '['sleep', '1000']' timed out after 0 seconds
        bad Command 'x' timed out after 1 seconds
        Command 'x' died with unknown signal 99.
        "#,
    );
}

#[test]
fn what_cannot_be_started_is_an_error_of_the_system() {
    let script = Script::text(
        r#"
        for f in [
            || subprocess.run(["no-such-program"]),
            || subprocess.run("no-such-program -x"),
            || subprocess.run(["./text"]),
            || subprocess.run(["./text/x"]),
            || subprocess.run(["./script"]),
            || subprocess.run(["/"]),
            || subprocess.run(["true"], #{cwd: "nowhere"}),
            || subprocess.run(["true"], #{cwd: "text"}),
            || subprocess.run(["true"], #{executable: "nothing"}),
            || subprocess.run(["true"], #{env: #{PATH: "/nowhere"}}),
            || subprocess.run(["true"], #{stdin: 99}),
        ] { print(error_of(f)); }
        "#,
    );
    let script = script.beside("text", "no program\n");
    let script = script.beside("script", "");
    std::process::Command::new("chmod")
        .args(["+x", "script"])
        .current_dir(script.directory())
        .status()
        .unwrap();
    script.run().assert(
        0,
        r"
        FileNotFoundError: [Errno 2] No such file or directory: 'no-such-program'
        FileNotFoundError: [Errno 2] No such file or directory: 'no-such-program -x'
        PermissionError: [Errno 13] Permission denied: './text'
        NotADirectoryError: [Errno 20] Not a directory: './text/x'
        OSError: [Errno 8] Exec format error: './script'
        PermissionError: [Errno 13] Permission denied: '/'
        FileNotFoundError: [Errno 2] No such file or directory: 'nowhere'
        NotADirectoryError: [Errno 20] Not a directory: 'text'
        FileNotFoundError: [Errno 2] No such file or directory: 'nothing'
        FileNotFoundError: [Errno 2] No such file or directory: 'true'
        OSError: [Errno 9] Bad file descriptor
        ",
        "",
    );
}

#[test]
fn wrong_arguments_are_refused_as_in_python() {
    prints(
        r#"
        let pipe = subprocess.PIPE;
        for f in [
            || subprocess.run([]),
            || subprocess.run([1]),
            || subprocess.run(5),
            || subprocess.run(["a\x00b"]),
            || subprocess.run(["true"], #{env: #{"a=b": "c"}}),
            || subprocess.run(["true"], #{env: #{a: 1}}),
            || subprocess.run(["true"], #{env: 3}),
            || subprocess.run(["true"], #{bufsize: "x"}),
            || subprocess.run(["true"], #{stdout: "x"}),
            || subprocess.run(["true"], #{input: "x", stdin: pipe}),
            || subprocess.run(["true"], #{capture_output: true, stdout: pipe}),
            || subprocess.run(["true"], #{text: true, universal_newlines: false}),
            || subprocess.run(["true"], #{encoding: "klingon"}),
            || subprocess.run(["true"], #{preexec_fn: || 1}),
            || subprocess.run(["true"], #{startupinfo: 1}),
            || subprocess.run(["true"], #{creationflags: 1}),
            || subprocess.run(["cat"], #{input: "x"}),
            || subprocess.run(["cat"], #{input: "x".encode(), text: true}),
            || subprocess.run(["cat"], #{input: "x", capture_output: true}),
            || subprocess.run(["cat"], #{input: "x".encode(), text: true, timeout: 9}),
            || subprocess.run(["true"], #{pass_fds: [-1]}),
            || subprocess.run(["true"], #{process_group: "x"}),
            || subprocess.run(["true"], #{process_group: 1}),
            || subprocess.run(["printf", "\\377"], #{capture_output: true, text: true}),
            || subprocess.check_output(["true"], #{stdout: pipe}),
            || subprocess.check_output(["true"], #{check: true}),
            || subprocess.run(["true"], #{timeout: "x"}),
        ] { print(error_of(f)); }
        "#,
        r#"
        IndexError: list index out of range
        TypeError: expected str, bytes or os.PathLike object, not int
        TypeError: 'int' object is not iterable
        ValueError: embedded null byte
        ValueError: illegal environment variable name
        TypeError: expected str, bytes or os.PathLike object, not int
        AttributeError: 'int' object has no attribute 'items'
        TypeError: bufsize must be an integer
        AttributeError: 'str' object has no attribute 'fileno'
        ValueError: stdin and input arguments may not both be used.
        ValueError: stdout and stderr arguments may not be used with capture_output.
        SubprocessError: Cannot disambiguate when both text and universal_newlines are supplied but different. Pass one or the other.
        LookupError: unknown encoding: klingon
        ValueError: preexec_fn is not supported: a script cannot run in the process of a command
        ValueError: startupinfo is only supported on Windows platforms
        ValueError: creationflags is only supported on Windows platforms
        TypeError: a bytes-like object is required, not 'str'
        TypeError: write() argument must be str, not bytes
        TypeError: memoryview: a bytes-like object is required, not 'str'
        AttributeError: 'bytes' object has no attribute 'encode'
        ValueError: bad value(s) in fds_to_keep
        TypeError: 'str' object cannot be interpreted as an integer
        PermissionError: [Errno 1] Operation not permitted
        UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte
        ValueError: stdout argument not allowed, it will be overridden.
        ValueError: check argument not allowed, it will be overridden.
        TypeError: run() argument 'timeout' must be a number of seconds or None, not str
        "#,
    );
}

#[test]
fn a_command_has_the_directory_environment_and_numbers_that_it_was_given() {
    prints(
        r#"
        fn out(args, more) { more.text = true; subprocess.check_output(args, more).strip() }
        os.mkdir("inside");
        print(out(["pwd"], #{cwd: "inside"}) == os.path.join(os.getcwd(), "inside"));
        print(out(["/usr/bin/env"], #{env: #{A: "1", B: "two"}}));
        print(out(["sh", "-c", "echo $HOME"], #{env: os.environ}) == os.environ["HOME"]);
        print(out("echo $0 $1", #{shell: true, executable: "/bin/sh"}), out(["echo $0 $1", "a", "b"], #{shell: true}));
        print(out(["name", "-c", "echo $0"], #{executable: "sh"}));
        print(out("umask", #{shell: true, umask: 0o027}));
        print(out(["sh", "-c", "ps -o pgid= -p $$; echo $$"], #{process_group: 0}).split().len());
        print(out(["sh", "-c", "read a < /proc/$$/stat; set -- $a; [ $1 = $6 ] && echo leads"], #{start_new_session: true}));
        let masks = out(["grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"], #{}).split("\n").map(|l| int(l.split()[1], 16));
        let ignored = |mask, number| (mask >> (number - 1)) & 1;
        print(masks[0], ignored.call(masks[1], signal.SIGPIPE), ignored.call(masks[1], signal.SIGXFSZ));
        "#,
        r"
        True
        A=1
        B=two
        True
        /bin/sh a b
        name
        0027
        2
        leads
        0 0 0
        ",
    );
}

#[test]
fn results_and_errors_reach_other_processes_but_commands_do_not() {
    prints(
        r#"
        fn work(n) { subprocess.run(["sh", "-c", "echo " + n + "; exit " + n], #{stdout: subprocess.PIPE}) }
        fn fail(n) { subprocess.run(["sh", "-c", "exit " + n], #{check: true}) }
        with Pool(2) as pool {
            for r in pool.map(work, [1, 2, 3]) { print(r); }
            try { pool.map(fail, [4]); } catch (e) { print(e.type, e.returncode, e.cmd, isinstance(e, subprocess.CalledProcessError)); }
        }
        let p = subprocess.Popen(["true"]);
        try { Queue().put(p); } catch (e) { print(e.type, e.message); }
        p.wait();
        with ThreadPool(3) as pool { print(pool.map(|n| subprocess.run(["sh", "-c", "exit " + n]).returncode, [1, 2, 3, 4])); }
        "#,
        r"
        CompletedProcess(args=['sh', '-c', 'echo 1; exit 1'], returncode=1, stdout=b'1\n')
        CompletedProcess(args=['sh', '-c', 'echo 2; exit 2'], returncode=2, stdout=b'2\n')
        CompletedProcess(args=['sh', '-c', 'echo 3; exit 3'], returncode=3, stdout=b'3\n')
        CalledProcessError 4 ['sh', '-c', 'exit 4'] True
        TypeError item is a Popen, which cannot be sent to another process
        [1, 2, 3, 4]
        ",
    );
}
