//! `Popen`: a command while it runs.

use crate::support::script::{Script, prints};

#[test]
fn lines_come_while_the_command_runs() {
    prints(
        r#"
        let p = subprocess.Popen(["sh", "-c", "while read line; do echo got $line; done; exit 7"],
            #{stdin: subprocess.PIPE, stdout: subprocess.PIPE, text: true, bufsize: 1});
        print(p, p.poll(), p.returncode, p.pid > 0, p.stderr);
        for word in ["a", "b"] {
            p.stdin.write(word + "\n");
            print(p.stdout.readline().strip());
        }
        p.stdin.close();
        for line in p.stdout { print("more", line); }
        print(p.wait(), p.returncode, p.poll());
        print(p);
        print(subprocess.Popen(["true", "x" * 100]).with(|p| repr(p)));
        print(isinstance(p, subprocess.Popen), type(p), p.args);
        "#,
        r"
        <Popen: returncode: None args: ['sh', '-c', 'while read line; do echo got $l...> None None True None
        got a
        got b
        7 7 7
        <Popen: returncode: 7 args: ['sh', '-c', 'while read line; do echo got $line...>
        <Popen: returncode: None args: ['true', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...>
        True <class 'Popen'> ['sh', '-c', 'while read line; do echo got $line; done; exit 7']
        ",
    );
}

#[test]
fn with_closes_the_streams_and_waits() {
    prints(
        r#"
        let left = ();
        with subprocess.Popen(["cat"], #{stdin: subprocess.PIPE, stdout: subprocess.PIPE}) as p {
            p.stdin.write("x".encode());
            p.stdin.close();
            print(p.stdout.read(), p.stdout.closed);
            left = p;
        }
        print(left.returncode, left.stdin.closed, left.stdout.closed);
        "#,
        "b'x' False\n0 True True\n",
    );
}

#[test]
fn signals_reach_the_command() {
    prints(
        r#"
        fn end(f) { let p = subprocess.Popen(["sleep", "1000"]); f.call(p); let code = p.wait(); f.call(p); code }
        print(end(|p| p.terminate()), end(|p| p.kill()), end(|p| p.send_signal(signal.SIGINT)));
        let p = subprocess.Popen(["sleep", "1000"]);
        try { p.wait(0.05); } catch (e) { print(e.type, e.message, e.timeout); }
        try { p.wait(#{timeout: 0}); } catch (e) { print(e.type); }
        try { p.send_signal(999); } catch (e) { print(e.type, e.message); }
        p.kill();
        print(p.wait(5));
        "#,
        r"
        -15 -9 -2
        TimeoutExpired Command '['sleep', '1000']' timed out after 0.05 seconds 0.05
        TimeoutExpired
        OSError [Errno 22] Invalid argument
        -9
        ",
    );
}

#[test]
fn communicate_goes_on_after_a_time_out() {
    prints(
        r#"
        os.system("mkfifo fifo begun");
        let p = subprocess.Popen(["sh", "-c", "echo one; echo > begun; read line < fifo; cat; echo two >&2"],
            #{stdin: subprocess.PIPE, stdout: subprocess.PIPE, stderr: subprocess.PIPE, text: true});
        open("begun").read();
        try { p.communicate("in", #{timeout: 0.5}); } catch (e) { print(e.type, e.output, e.stderr); }
        try { p.communicate("more"); } catch (e) { print(e.type, e.message); }
        os.system("echo > fifo");
        print(p.communicate(), p.returncode);
        print(p.communicate(), p.stdout.closed);
        "#,
        r"
        TimeoutExpired b'one\n' None
        ValueError Cannot send input after starting communication
        ['one\nin', 'two\n'] 0
        ['one\nin', 'two\n'] True
        ",
    );
}

#[test]
fn a_command_that_does_not_read_is_no_error_of_communicate() {
    prints(
        r#"
        print(subprocess.run(["true"], #{input: "x" * 1000000, text: true}).returncode);
        let p = subprocess.Popen(["true"], #{stdin: subprocess.PIPE});
        p.wait();
        p.stdin.write("x".encode());
        try { p.stdin.flush(); } catch (e) { print(e.type, e.message); }
        print(p.communicate());
        "#,
        "0\nBrokenPipeError [Errno 32] Broken pipe\n[None, None]\n",
    );
}

#[test]
fn a_copy_made_by_fork_has_the_streams_and_knows_no_status() {
    Script::text(
        r#"
        let p = subprocess.Popen(["cat"], #{stdin: subprocess.PIPE, stdout: subprocess.PIPE, text: true});
        let pid = os.fork();
        if pid == 0 {
            p.stdin.write("from the copy\n");
            p.stdin.close();
            print(p.poll());
            sys.exit(0);
        }
        os.waitpid(pid, 0);
        print(p.communicate(), p.returncode);
        "#,
    )
    .run()
    .assert(0, "0\n['from the copy\\n', None] 0\n", "");
}
