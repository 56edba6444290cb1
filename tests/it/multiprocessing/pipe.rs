//! `Pipe`: what its two ends send and receive.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_112_whatever_is_sent_comes_back_equal() {
    prints(
        r#"
        fn echo(c) {
            loop {
                let message = c.recv();
                if message == None { break; }
                c.send(message);
            }
            c.send_bytes(c.recv_bytes());
        }
        let ends = Pipe();
        let a = ends[0];
        let p = Process(echo, [ends[1]]);
        p.start();
        a.send([1, 2.25, None]);
        print(a.recv());
        a.send(bytes("hello world", "utf-8"));
        print(a.recv());
        let large = blob(16777216, 7);
        a.send(large);
        print(a.recv() == large);
        a.send(None);
        a.send_bytes(large);
        print(a.recv_bytes() == large);
        p.join();
        print(p.exitcode);
        "#,
        "
        [1, 2.25, None]
        b'hello world'
        True
        True
        0
        ",
    );
}

#[test]
fn case_113_a_message_too_long_for_a_buffer_is_in_the_error() {
    prints(
        r#"
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        a.send_bytes("hello".encode());
        print(b.recv_bytes_into(bytes(8)));
        a.send_bytes("hello".encode());
        print(b.recv_bytes_into(bytes(8), 3));
        a.send_bytes(bytes(110));
        try { b.recv_bytes_into(bytes(40)); } catch (e) {
            print(e.type, e.args[0] == bytes(110), isinstance(e, "ProcessError"));
        }
        print(b.poll());
        print(error_of(|| b.recv_bytes_into(bytes(4), -1)));
        print(error_of(|| b.recv_bytes_into(bytes(4), 5)));
        print(error_of(|| b.recv_bytes_into("text")));
        "#,
        r"
        b'hello\x00\x00\x00'
        b'\x00\x00\x00hello'
        BufferTooShort True True
        False
        ValueError: negative offset
        ValueError: offset too large
        TypeError: a bytes-like object is required, not 'str'
        ",
    );
}

#[test]
fn case_115_poll_tells_whether_a_message_is_there() {
    prints(
        r#"
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        print(a.poll(), a.poll(-1), a.poll(0));
        let start = time.monotonic();
        print(a.poll(0.1), time.monotonic() - start >= 0.1);
        b.send("one");
        print(a.poll(), a.poll(0), a.poll(1), a.poll(None), a.poll(#{ timeout: 1 }));
        print(a.recv(), a.poll());
        "#,
        "False False False\nFalse True\nTrue True True True True\none False\n",
    );
}

#[test]
fn case_119_a_part_of_bytes_can_be_sent() {
    prints(
        r#"
        let letters = "abcdefghijklmnopqrstuvwxyz".encode();
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        a.send_bytes(letters); print(b.recv_bytes());
        a.send_bytes(letters, 5); print(b.recv_bytes());
        a.send_bytes(letters, 7, 8); print(b.recv_bytes());
        a.send_bytes(letters, #{ offset: 7, size: 8 }); print(b.recv_bytes());
        a.send_bytes(letters, 26); print(b.recv_bytes());
        a.send_bytes(letters, 26, 0); print(b.recv_bytes());
        print(error_of(|| a.send_bytes(letters, 27)));
        print(error_of(|| a.send_bytes(letters, 22, 5)));
        print(error_of(|| a.send_bytes(letters, 26, 1)));
        print(error_of(|| a.send_bytes(letters, -1)));
        print(error_of(|| a.send_bytes(letters, 4, -1)));
        print(error_of(|| a.send_bytes("text")));
        print(b.poll());
        "#,
        "
        b'abcdefghijklmnopqrstuvwxyz'
        b'fghijklmnopqrstuvwxyz'
        b'hijklmno'
        b'hijklmno'
        b''
        b''
        ValueError: buffer length < offset
        ValueError: buffer length < offset + size
        ValueError: buffer length < offset + size
        ValueError: offset is negative
        ValueError: size is negative
        TypeError: a bytes-like object is required, not 'str'
        False
        ",
    );
}

#[test]
fn case_121_polling_takes_nothing_away() {
    prints(
        r#"
        fn look(r) { r.poll(60); r.poll(); }
        let ends = Pipe(false);
        let p = Process(look, [ends[0]]);
        p.start();
        ends[1].send_bytes("first".encode());
        ends[1].send_bytes("second".encode());
        ends[1].close();
        p.join();
        print(ends[0].recv_bytes(), ends[0].recv_bytes(), error_of(|| ends[0].recv_bytes()));
        "#,
        "b'first' b'second' EOFError: \n",
    );
}

#[test]
fn case_122_with_closes() {
    prints(
        r#"
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        print(a.with(|| { a.send(1); a.closed }), a.closed, b.closed);
        print(error_of(|| b.with(|| throw ValueError("inside"))), b.closed);
        for attempt in [
            || a.recv(), || a.send(1), || a.poll(), || a.recv_bytes(), || a.send_bytes(bytes(1)), || a.fileno(),
            || a.with(|| 1),
        ] {
            print(error_of(attempt));
        }
        a.close();
        print(a);
        "#,
        &("False True False\nValueError: inside True\n".to_string()
            + &"OSError: handle is closed\n".repeat(7)
            + "<multiprocessing.connection.Connection closed readable writable>\n"),
    );
}

#[test]
fn case_124_a_message_beyond_the_limit_ends_the_reading() {
    prints(
        r#"
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        b.send_bytes(bytes(10));
        print(error_of(|| a.recv_bytes(-1)));
        print(error_of(|| a.recv_bytes(4)));
        print(a.readable, a.writable, a.closed, error_of(|| a.recv_bytes()));
        a.send("still writable");
        print(b.recv());
        let ends = Pipe(false);
        ends[1].send_bytes(bytes(10));
        print(error_of(|| ends[0].recv_bytes(#{ maxlength: 4 })), ends[0].closed);
        print(error_of(|| ends[1].send(1)));
        "#,
        "
        ValueError: negative maxlength
        OSError: bad message length
        False True False OSError: connection is write-only
        still writable
        OSError: bad message length True
        BrokenPipeError: [Errno 32] Broken pipe
        ",
    );
}

// A message that its sender did not live to send is no message.
#[test]
fn case_125_a_writer_killed_while_it_sends_leaves_whole_messages_and_the_end() {
    prints(
        r#"
        fn write(w) {
            w.send("ready");
            loop { w.send_bytes(bytes(3000000)); }
        }
        for round in range(4) {
            let ends = Pipe(false);
            let r = ends[0];
            let p = Process(write, [ends[1]]);
            p.start();
            ends[1].close();
            r.recv();
            time.sleep(0.005 * round);
            p.kill();
            let lengths = [];
            let end = error_of(|| loop { if len(r.recv_bytes()) != 3000000 { print("cut short"); } });
            print(end);
            p.join();
        }
        "#,
        &"EOFError: \n".repeat(4),
    );
}

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
                 let p = Process(idle, [ends[1]]);\np.start();\nends[1].close();\nprint(\"ready\");\n{wait}\n"
            );
            let running = Script::text(&code).start_method(method).start();
            running.wait_for_lines(2);
            running.wait_until_asleep();
            // The child ends too, which can end the wait before the signal does.
            running.interrupt();
        }
    });
}
