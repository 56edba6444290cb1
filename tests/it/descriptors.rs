//! `os.pipe` and what works with its numbers.

use super::support::script::{Script, prints};
use super::support::table::gives;

/// Expressions with what CPython 3.11 gives for the same.
const TABLE: &str = r#"
        os.read(1000, 5) => OSError: [Errno 9] Bad file descriptor
        os.write(1000, bytes(1)) => OSError: [Errno 9] Bad file descriptor
        os.close(1000) => OSError: [Errno 9] Bad file descriptor
        os.write(1, "text") => TypeError: a bytes-like object is required, not 'str'
        os.read(os.pipe()[0], -1) => OSError: [Errno 22] Invalid argument
        os.read(os.pipe()[0], 0) => b''
        os.read(2 ** 40, 1) => OverflowError: signed integer is greater than maximum
"#;

#[test]
fn wrong_numbers_are_errors() {
    gives("", TABLE);
}

#[test]
fn what_is_written_is_read_in_order() {
    prints(
        r#"
        let (r, w) = [0, 0];
        let ends = os.pipe();
        r = ends[0]; w = ends[1];
        print(os.write(w, "hello world".encode()), os.read(r, 5), os.read(r, 100));
        os.close(w);
        print(os.read(r, 10));
        os.close(r);
        try { os.read(r, 1); } catch (e) { print(e); }
        let ends = os.pipe();
        os.close(ends[0]);
        try { os.write(ends[1], bytes(1)); } catch (e) { print(e.type, e); }
        os.write(1, "a line\n".encode());
        "#
        .replace("let (r, w) = [0, 0];", "let r = 0; let w = 0;")
        .as_str(),
        "
        11 b'hello' b' world'
        b''
        [Errno 9] Bad file descriptor
        BrokenPipeError [Errno 32] Broken pipe
        a line
        ",
    );
}

#[test]
fn a_forked_child_has_the_ends_and_a_spawned_one_has_not() {
    prints(
        r#"
        fn child(r, w) {
            try { os.close(r); os.write(w, "from a child".encode()); } catch (e) { print(e.type, e); }
        }
        for method in ["fork", "spawn"] {
            let ends = os.pipe();
            let p = get_context(method).Process(child, ends);
            p.start(); p.join();
            os.close(ends[1]);
            print(method, os.read(ends[0], 100));
        }
        let ends = os.pipe();
        if os.fork() == 0 { os.close(ends[0]); os.write(ends[1], "from a copy".encode()); sys.exit(); }
        os.close(ends[1]);
        print(os.read(ends[0], 100), os.read(ends[0], 100));
        os.wait();
        "#,
        "
        fork b'from a child'
        OSError [Errno 9] Bad file descriptor
        spawn b''
        b'from a copy' b''
        ",
    );
}

#[test]
fn a_full_pipe_waits_for_its_reader_and_loses_nothing() {
    prints(
        r#"
        let ends = os.pipe();
        let size = 1000000;
        let t = Thread(#{ target: |w, size| { print(os.write(w, ("x" * size).encode())); os.close(w); }, args: [ends[1], size] });
        t.start();
        let count = 0;
        loop { let piece = os.read(ends[0], 65536); if len(piece) == 0 { break; } count += len(piece); }
        t.join();
        print(count);
        "#,
        "
        1000000
        1000000
        ",
    );
}

#[test]
fn ends_are_files_and_streams_of_commands() {
    prints(
        r#"
        let ends = os.pipe();
        let command = subprocess.Popen(["echo", "from a command"], #{ stdout: ends[1] });
        command.wait();
        os.close(ends[1]);
        with os.fdopen(ends[0]) as f { for line in f { print(repr(line)); } }
        try { os.read(ends[0], 1); } catch (e) { print(e); }
        try { os.fdopen(os.pipe()[0], "q"); } catch (e) { print(e); }
        "#,
        r"
        'from a command\n'
        [Errno 9] Bad file descriptor
        invalid mode for a pipe: 'q'
        ",
    );
}

#[test]
fn a_wait_for_a_pipe_ends_with_the_script() {
    let output = Script::text(
        r#"
        let ends = os.pipe();
        let t = Thread(#{ target: |r| os.read(r, 1), args: [ends[0]], daemon: true });
        t.start();
        signal.signal(signal.SIGALRM, |n, f| { throw ValueError("alarm"); });
        signal.alarm(1);
        try { os.read(ends[0], 1); } catch (e) { print(e.type, e); }
        "#,
    )
    .run();
    output.assert_quiet();
    assert_eq!(output.stdout, "ValueError alarm\n");
}
