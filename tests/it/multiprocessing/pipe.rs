//! `Pipe` and its two ends.

use crate::support::script::{Script, each_start_method, prints};
use nix::sys::signal::Signal;

#[test]
fn large_bytes_arrive_as_they_were() {
    prints(
        r#"
        fn back(c) { c.send_bytes(c.recv_bytes()); }
        let ends = Pipe();
        let a = ends[0];
        let p = Process(back, [ends[1]]);
        p.start();
        ends[1].close();
        let large = os.urandom(16 * 1024 * 1024);
        a.send_bytes(large);
        print(a.recv_bytes() == large);
        p.join();
        "#,
        "True\n",
    );
}

#[test]
fn a_killed_reader_breaks_the_pipe() {
    prints(
        r#"
        fn read(r) { r.recv(); time.sleep(3600); }
        let ends = Pipe(false);
        let w = ends[1];
        let p = Process(read, [ends[0]]);
        p.start();
        ends[0].close();
        w.send("taken");
        w.send("not taken");
        p.kill();
        // Waits for room when the pipe is full, until the death is noticed.
        print(error_of(|| loop { w.send_bytes(bytes(1000000)); }));
        "#,
        "BrokenPipeError: [Errno 32] Broken pipe\n",
    );
}

#[test]
fn the_wrong_direction_is_an_error() {
    prints(
        r#"
        let ends = Pipe(#{ duplex: false });
        let r = ends[0];
        let w = ends[1];
        print(r, w);
        print(r.readable, r.writable, w.readable, w.writable);
        for attempt in [|| r.send(1), || r.send_bytes(bytes(1))] { print(error_of(attempt)); }
        for attempt in [|| w.recv(), || w.recv_bytes(), || w.poll(), || w.recv_bytes_into(bytes(1))] {
            print(error_of(attempt));
        }
        print(type(r), w.fileno() > 2, len(multiprocessing.Pipe()), len(multiprocessing.connection.Pipe(false)));
        "#,
        &("<multiprocessing.connection.Connection readable> <multiprocessing.connection.Connection writable>\n\
           True False False True\n"
            .to_string()
            + &"OSError: connection is read-only\n".repeat(2)
            + &"OSError: connection is write-only\n".repeat(4)
            + "<class 'Connection'> True 2 2\n"),
    );
}

#[test]
fn what_cannot_cross_is_refused_in_the_sender() {
    prints(
        r#"
        let ends = Pipe();
        print(error_of(|| ends[0].send([1, open("main.rhai")])));
        print(ends[1].poll());
        ends[0].send_bytes(bytes(0));
        print(error_of(|| ends[1].recv()));
        ends[0].send_bytes("no item".encode());
        print(error_of(|| ends[1].recv()).split(":")[0]);
        ends[0].send(|x| x + 1);
        let f = ends[1].recv();
        print(f.call(1));
        "#,
        "
        TypeError: obj[1] is a File, which cannot be sent to another process
        False
        EOFError: Ran out of input
        ValueError
        2
        ",
    );
}

#[test]
fn both_ends_may_send_much_at_once() {
    prints(
        r#"
        fn both(c) { c.send_bytes(bytes(8000000)); print(len(c.recv_bytes())); }
        let ends = Pipe();
        let p = Process(both, [ends[1]]);
        p.start();
        ends[1].close();
        ends[0].send_bytes(bytes(8000000));
        p.join();
        print(len(ends[0].recv_bytes()));
        "#,
        "8000000\n8000000\n",
    );
}

#[test]
fn a_fast_writer_waits_for_the_reader() {
    prints(
        r#"
        fn write(w) { for i in range(100) { w.send_bytes(bytes(1000000)); } w.send("all"); }
        let ends = Pipe(false);
        let p = Process(write, [ends[1]]);
        p.start();
        ends[1].close();
        print(p.join(0.2));
        for i in range(100) { ends[0].recv_bytes(); }
        print(ends[0].recv());
        p.join();
        "#,
        "False\nall\n",
    );
}

#[test]
fn ctrl_c_ends_every_wait_on_a_pipe() {
    each_start_method(|method| {
        for wait in [
            "mine.recv();",
            "mine.recv_bytes();",
            "mine.poll(None);",
            "mine.poll(3600);",
            "loop { mine.send_bytes(bytes(1000000)); }",
        ] {
            let code = format!(
                "fn idle(c) {{ print(\"ready\"); time.sleep(3600); }}\nlet ends = Pipe();\nlet mine = ends[0];\n\
                 let p = Process(idle, [ends[1]]);\np.start();\nends[1].close();\n{wait}\n"
            );
            let running = Script::text(&code).start_method(method).start();
            running.wait_for_line("ready");
            running.signal_all(Signal::SIGINT);
            let output = running.finish();
            assert_eq!(output.code(), 130, "{wait}: {}", output.stderr);
            assert!(
                output.stderr.starts_with("KeyboardInterrupt\n"),
                "{wait}: {}",
                output.stderr
            );
        }
    });
}
