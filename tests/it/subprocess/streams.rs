//! Where commands read and write: pipes, files, sockets, other commands, the script's own streams.

use crate::support::script::{Script, prints};

#[test]
fn both_pipes_are_served_at_once_at_any_size() {
    prints(
        r#"
        let big = "0123456789abcdef" * 655360;
        let r = subprocess.run(["sh", "-c", "tee /dev/stderr"], #{input: big, text: true, capture_output: true});
        print(len(big), r.stdout == big, r.stderr == big);
        let r = subprocess.run(["sh", "-c", "cat >&2; echo end"], #{input: big.encode(), capture_output: true});
        print(len(r.stderr), r.stdout);
        "#,
        "10485760 True True\n10485760 b'end\\n'\n",
    );
}

#[test]
fn commands_are_joined_to_pipelines() {
    prints(
        r#"
        let a = subprocess.Popen(["yes"], #{stdout: subprocess.PIPE});
        let b = subprocess.Popen(["head", "-2"], #{stdin: a.stdout, stdout: subprocess.PIPE, text: true});
        a.stdout.close();
        print(b.communicate()[0].split(), b.returncode, a.wait());
        let a = subprocess.Popen(["printf", "b\na\n"], #{stdout: subprocess.PIPE});
        let b = subprocess.Popen(["sort"], #{stdin: a.stdout, stdout: subprocess.PIPE});
        let c = subprocess.Popen(["tr", "a-z", "A-Z"], #{stdin: b.stdout, stdout: subprocess.PIPE, text: true});
        print(c.stdout.read().split(), c.wait(), b.wait(), a.wait());
        "#,
        "['y', 'y'] 0 -13\n['A', 'B'] 0 0 0\n",
    );
}

#[test]
fn a_stream_is_a_file_a_socket_a_descriptor_or_nothing() {
    prints(
        r#"
        let f = open("out", "w");
        f.write("before ");
        subprocess.run("echo during; echo also >&2", #{shell: true, stdout: f, stderr: subprocess.STDOUT});
        f.write("after\n");
        f.close();
        print(open("out").read().split());
        with open("out") as f { print(subprocess.check_output(["wc", "-l"], #{stdin: f, text: true}).strip()); }
        with open("raw", "wb") as f { subprocess.run(["echo", "x"], #{stdout: f.fileno()}); }
        print(open("raw").read());
        let pair = socket.socketpair();
        subprocess.run(["echo", "to a socket"], #{stdout: pair[0]});
        print(pair[1].recv(100));
        print(subprocess.run("cat; echo unseen; echo unseen >&2", #{shell: true, stdin: subprocess.DEVNULL,
            stdout: subprocess.DEVNULL, stderr: subprocess.DEVNULL}));
        let swapped = subprocess.run("echo out; echo err >&2", #{shell: true, stdout: subprocess.PIPE, stderr: subprocess.STDOUT});
        print(swapped.stdout, swapped.stderr);
        let f = open("kept", "w");
        let n = f.fileno();
        subprocess.run("echo kept >&" + n, #{shell: true, pass_fds: [n]});
        print(open("kept").read(), subprocess.run("echo lost 2>/dev/null >&" + n, #{shell: true, stderr: subprocess.DEVNULL}).returncode != 0);
        "#,
        r"
        ['before', 'during', 'also', 'after']
        3
        x

        b'to a socket\n'
        CompletedProcess(args='cat; echo unseen; echo unseen >&2', returncode=0)
        b'out\nerr\n' None
        kept
         True
        ",
    );
}

#[test]
fn what_a_script_prints_keeps_its_place_among_what_its_commands_print() {
    Script::text(
        r#"
        print("a", #{end: ""});
        subprocess.run(["echo", "b"]);
        print("c");
        subprocess.run(["sh", "-c", "read line; echo $line"]);
        subprocess.run(["sh", "-c", "echo e >&2"], #{stderr: sys.stdout});
        subprocess.run(["echo", "f"], #{stdout: 2});
        subprocess.run(["echo", "g"], #{stdout: 2, stderr: 1});
        "#,
    )
    .stdin("d\n")
    .run()
    .assert(0, "ab\nc\nd\ne\n", "f\ng\n");
}
