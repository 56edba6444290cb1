//! Files that make their readers wait: FIFOs and the terminal.

use nix::sys::signal::Signal;

use crate::support::pty::{CTRL_C, Setting};
use crate::support::script::{Script, each_start_method, prints};

/// Scripts that wait in `open`, in a read or in a write for ever, once they have printed `ready`.
const WAITS: [&str; 10] = [
    "print(\"ready\"); open(\"fifo\");",
    "print(\"ready\"); open(\"fifo\", \"w\");",
    "let both = open(\"fifo\", \"r+\"); let f = open(\"fifo\"); print(\"ready\"); f.read();",
    "let both = open(\"fifo\", \"r+\"); let f = open(\"fifo\"); print(\"ready\"); f.readline();",
    "let both = open(\"fifo\", \"r+\"); let f = open(\"fifo\"); print(\"ready\"); for line in f { }",
    "let both = open(\"fifo\", \"r+\"); let f = open(\"fifo\", \"rb\"); print(\"ready\"); f.read(1);",
    "let f = open(\"fifo\", \"r+\"); print(\"ready\"); f.write(\"x\" * 200000);",
    "let f = open(\"fifo\", \"r+\"); print(\"ready\"); loop { f.write(\"x\"); }",
    "let f = open(\"fifo\", \"r+\"); f.write(\"x\" * 65536); f.write(\"y\"); print(\"ready\"); f.close();",
    "let f = open(\"fifo\", \"r+\"); f.write(\"x\" * 65536); f.write(\"y\"); print(\"ready\"); time.sleep(1000);",
];

#[test]
fn a_signal_ends_every_wait_for_a_fifo() {
    for code in WAITS {
        for text in [
            code.to_string(),
            format!("let t = Thread(|| {{ {code} }}); t.start(); t.join();"),
        ] {
            let script = Script::text(&text).through_shell("mkfifo fifo; exec \"$@\"");
            let run = script.start();
            run.wait_for_line("ready");
            run.signal(Signal::SIGINT);
            assert_eq!(run.finish().code(), 130, "{text}");
        }
    }
}

#[test]
fn a_function_for_a_signal_runs_while_a_fifo_is_waited_for() {
    // A script that exits still writes what it has written, as in Python.
    for code in &WAITS[..6] {
        let text = format!("signal.signal(signal.SIGUSR1, || sys.exit(7));\n{code}");
        let run = Script::text(&text)
            .through_shell("mkfifo fifo; exec \"$@\"")
            .start();
        run.wait_for_line("ready");
        run.signal(Signal::SIGUSR1);
        assert_eq!(run.finish().code(), 7, "{text}");
    }
}

#[test]
fn both_ends_of_a_fifo_meet() {
    each_start_method(|method| {
        let text = r#"
            fn send(gate) { let f = open("fifo", "w"); gate.wait(); f.write("one\ntwo\n"); f.write("x" * 200000 + "\nlast"); f.close(); }
            for late in [false, true] {
                let gate = Event();
                let p = Process(send, [gate]);
                p.start();
                if !late { gate.set(); }
                let f = open("fifo");
                gate.set();
                print(f.readline().strip(), f.read(3), len(f.read()));
                p.join();
            }
        "#;
        let script = Script::text(text).start_method(method);
        let output = script.through_shell("mkfifo fifo; exec \"$@\"").run();
        output.assert(0, "one two 200006\none two 200006\n", "");
    });
}

#[test]
fn devices_and_pipes_are_read_as_before() {
    prints(
        r#"
        print(len(open("/dev/zero", "rb").read(10)), open("/dev/null").read() == "");
        "#,
        "10 True\n",
    );
    let script =
        Script::text("let f = open(\"/dev/stdin\"); print(f.readline().strip(), f.read());");
    script.stdin("a\nb").run().assert(0, "a b\n", "");
    let script = Script::text("print(open(\"/dev/stdin\").read() == \"\");");
    script.stdin("").run().assert(0, "True\n", "");
}

#[test]
fn what_comes_piece_by_piece_is_read_as_one() {
    let text = r#"
        fn send() {
            let f = open("fifo", "wb");
            for piece in ["a", "\xc3", "\xa4", "b\nno", " end", "\n", "\xe2\x82", "\xacuro"] {
                f.write(piece.encode("latin-1"));
                f.flush();
                time.sleep(0.002);
            }
            f.close();
        }
        let p = Process(send);
        p.start();
        let f = open("fifo");
        print(repr(f.read(2)), repr(f.readline()), repr(f.readline()), repr(f.read(9)));
        p.join();
    "#;
    let script = Script::text(text).through_shell("mkfifo fifo; exec \"$@\"");
    script
        .run()
        .assert(0, "'aä' 'b\\n' 'no end\\n' '€uro'\n", "");
}

#[test]
fn ctrl_c_ends_reading_the_terminal() {
    let terminal = Setting::new(&[
        "eval",
        "let f = open(\"/dev/tty\"); print(f.readline()); f.readline();",
    ])
    .start();
    terminal.keys("one\r");
    terminal.wait_for("one\none");
    terminal.keys(CTRL_C);
    assert_eq!(terminal.finish().0, 130);
}
