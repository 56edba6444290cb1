//! Group J: `Pipe`, connections, `wait`.

use crate::support::script::prints;

/// Sends back what it receives, until `None` comes.
const ECHO: &str = "
fn echo(c) {
    loop {
        let item = c.recv();
        if item == None { break; }
        c.send(item);
    }
}
";

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
fn case_116_after_the_other_end_is_closed_what_was_sent_comes_and_then_the_end() {
    prints(
        r#"
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        b.send("sent before");
        b.close();
        print(a.poll(), a.recv());
        for round in [1, 2] {
            print(a.poll(), a.poll(None));
            print(error_of(|| a.recv()));
            print(error_of(|| a.recv_bytes()));
            print(error_of(|| a.recv_bytes_into(bytes(4))));
            print(error_of(|| a.send("x")));
            print(error_of(|| a.send_bytes(bytes(1))));
        }
        try { a.send(1); } catch (e) { print(e.args, e.errno); }
        "#,
        &("True sent before\n".to_string()
            + &"True True\nEOFError: \nEOFError: \nEOFError: \n\
                BrokenPipeError: [Errno 32] Broken pipe\nBrokenPipeError: [Errno 32] Broken pipe\n"
                .repeat(2)
            + "[32, 'Broken pipe'] 32\n"),
    );
}

#[test]
fn case_118_the_parent_closes_its_copy_right_after_the_start() {
    prints(
        &format!(
            r#"{ECHO}
        for round in range(5) {{
            let ends = Pipe();
            let p = Process(#{{ target: echo, args: [ends[1]], daemon: true }});
            p.start();
            ends[1].close();
            ends[0].send("echo");
            print(ends[0].recv());
            ends[0].send(None);
            p.join();
        }}
        "#
        ),
        &"echo\n".repeat(5),
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
fn case_131_a_copy_of_the_other_end_keeps_the_end_from_coming() {
    prints(
        r#"
        fn say(w) { w.send("said"); }
        let ends = Pipe(false);
        let r = ends[0];
        let w = ends[1];
        let p = Process(say, [w]);
        p.start();
        p.join();
        print(r.recv(), r.poll(0.2));
        print(error_of(|| r.recv()));
        print(error_of(|| r.poll(None)));
        w.close();
        print(r.poll(0.2), error_of(|| r.recv()));
        "#,
        &format!(
            "said False\nEOFError: {HINT}\nEOFError: {HINT}\nTrue EOFError: \n",
            HINT = "nothing can come any more: this process itself still holds the other end of the pipe, \
                    and nobody else does; close it here once it has been given away"
        ),
    );
}

#[test]
fn case_127_a_listening_socket_and_its_connections_are_waited_for_together() {
    prints(
        r#"
        fn talk(address, name) {
            let s = socket.create_connection(address);
            for i in range(10) { s.sendall("%s%d " % [name, i]); }
            s.close();
        }
        let server = socket.create_server(["127.0.0.1", 0]);
        let children = ["a", "b", "c", "d"].map(|name| Process(talk, [server.getsockname(), name]));
        for p in children { p.start(); }
        let waited = [server];
        let texts = [];
        while len(waited) > 1 || len(texts) < 4 {
            for ready in wait(waited) {
                if ready == server {
                    waited.push(server.accept()[0]);
                    continue;
                }
                let all = "";
                loop {
                    let data = ready.recv(32);
                    if len(data) == 0 { break; }
                    all += data.decode("utf-8");
                }
                texts.push(all);
                ready.close();
                waited = waited.filter(|s| s != ready);
            }
        }
        for text in sorted(texts) { print(text); }
        for p in children { p.join(); }
        "#,
        "
        a0 a1 a2 a3 a4 a5 a6 a7 a8 a9\u{20}
        b0 b1 b2 b3 b4 b5 b6 b7 b8 b9\u{20}
        c0 c1 c2 c3 c4 c5 c6 c7 c8 c9\u{20}
        d0 d1 d2 d3 d4 d5 d6 d7 d8 d9\u{20}
        ",
    );
}

#[test]
fn case_128_idle_connections_are_not_ready_until_something_comes() {
    prints(
        r#"
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        let start = time.monotonic();
        print(wait([a, b], 0.1), time.monotonic() - start >= 0.1);
        b.send(1);
        print(wait([a, b], 60) == [a], wait([a, b]) == [a]);
        a.send(1);
        print(wait([b, a], 60) == [b, a], multiprocessing.wait([a], 0) == [a]);
        print(multiprocessing.connection.wait([b], #{ timeout: 0 }) == [b]);
        "#,
        "[] True\nTrue True\nTrue True\nTrue\n",
    );
}

#[test]
fn case_130_a_negative_timeout_looks_once_and_an_empty_list_is_never_waited_for() {
    prints(
        "
        let ends = Pipe();
        print(wait(ends, -1), wait(ends, 0), wait([]), wait([], -1), wait([], 60));
        ",
        "[] [] [] [] []\n",
    );
}
