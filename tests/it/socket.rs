//! The module `socket`, against itself and against clients and servers that are not ours.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::support::script::{Running, Script, each_start_method, prints};

/// How long a plain client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

fn connect(port: &str) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn serving(script: &str, args: &[&str], method: &str) -> (Running, String) {
    let script = Script::file(script).start_method(method);
    let run = args
        .iter()
        .fold(script, |script, arg| script.arg(*arg))
        .start();
    let port = run.wait_for_line("serving on port ");
    (run, port)
}

#[test]
fn tcp_over_both_protocols_and_unix_sockets() {
    prints(
        r#"
        fn echo(server) {
            let conn = server.accept()[0];
            loop {
                let data = conn.recv(5);
                if len(data) == 0 { break; }
                conn.sendall(data);
            }
            conn.close();
        }
        for kind in [[socket.AF_INET, ["127.0.0.1", 0]], [socket.AF_INET6, ["::1", 0]], [socket.AF_UNIX, "s.sock"]] {
            let server = socket.socket(kind[0], socket.SOCK_STREAM);
            server.bind(kind[1]);
            server.listen();
            let t = Thread(echo, [server]);
            t.start();
            let client = socket.socket(kind[0]);
            client.connect(server.getsockname());
            client.sendall("hello world");
            client.shutdown(socket.SHUT_WR);
            let all = "";
            loop {
                let data = client.recv(100);
                if len(data) == 0 { break; }
                all += data.decode("utf-8");
            }
            print(all);
            t.join();
            client.close();
            server.close();
        }
        "#,
        "hello world\nhello world\nhello world\n",
    );
}

#[test]
fn datagrams_keep_their_boundaries() {
    prints(
        r#"
        let a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);
        a.bind(["127.0.0.1", 0]);
        let b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);
        b.bind(["127.0.0.1", 0]);
        b.sendto("one", a.getsockname());
        b.sendto("two", a.getsockname());
        let got = a.recvfrom(100);
        print(got[0], got[1] == b.getsockname(), a.recv(2), error_of(|| { a.settimeout(0.01); a.recv(10) }));
        "#,
        "b'one' True b'tw' TimeoutError: timed out\n",
    );
}

#[test]
fn errors_are_pythons() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    each_start_method(|method| {
        Script::text(&format!(
            r#"
            print(error_of(|| socket.socket().connect(["127.0.0.1", {closed}])));
            print(socket.socket().connect_ex(["127.0.0.1", {closed}]) == 111);
            let s = socket.socket();
            print(error_of(|| s.recv(1)), error_of(|| s.getpeername()));
            s.bind(["127.0.0.1", 0]);
            s.listen(1);
            print(error_of(|| socket.socket().bind(s.getsockname())));
            s.settimeout(0.01);
            print(error_of(|| s.accept()), s.gettimeout());
            s.setblocking(false);
            print(error_of(|| s.accept()));
            print(error_of(|| s.settimeout(-1)), error_of(|| s.bind("x")), error_of(|| s.bind(["localhost", 70000])));
            print(error_of(|| s.bind(["localhost", "80"])), type(s));
            print(error_of(|| s.send(5)), error_of(|| s.recv(-1)));
            s.close();
            s.close();
            print(error_of(|| s.accept()), s.fileno(), s);
            let pair = socket.socketpair();
            pair[1].close();
            print(pair[0].recv(1), error_of(|| {{ for i in range(3) {{ pair[0].send("x"); }} }}));
            "#
        ))
        .start_method(method)
        .run()
        .assert(
            0,
            "
            ConnectionRefusedError: [Errno 111] Connection refused
            True
            OSError: [Errno 107] Transport endpoint is not connected OSError: [Errno 107] Transport endpoint is not connected
            OSError: [Errno 98] Address already in use
            TimeoutError: timed out 0.01
            BlockingIOError: [Errno 11] Resource temporarily unavailable
            ValueError: Timeout value out of range TypeError: bind(): an internet address is a list [host, port], not str OverflowError: bind(): port must be 0-65535.
            TypeError: bind(): the port must be an int, not str <class 'socket'>
            TypeError: a bytes-like object or a string is required, not 'int' ValueError: negative buffersize in recv
            OSError: [Errno 9] Bad file descriptor -1 <socket.socket [closed] fd=-1, family=2, type=1, proto=0>
            b'' BrokenPipeError: [Errno 32] Broken pipe
            ",
            "",
        );
    });
}

#[test]
fn sockets_travel_to_other_processes() {
    prints(
        r#"
        fn child(given, q, c) {
            given.sendall("argument");
            q.get().sendall("queue");
            let conn = c.recv();
            conn.sendall("pipe");
            print(conn.gettimeout());
        }
        let pairs = [socket.socketpair(), socket.socketpair(), socket.socketpair()];
        let q = Queue();
        let ends = Pipe();
        let p = Process(child, [pairs[0][1], q, ends[1]]);
        p.start();
        pairs[2][1].settimeout(7);
        q.put(pairs[1][1]);
        ends[0].send(pairs[2][1]);
        for pair in pairs { pair[1].close(); }
        for pair in pairs { print(pair[0].recv(100), pair[0].recv(100)); }
        p.join();
        "#,
        "7.0\nb'argument' b''\nb'queue' b''\nb'pipe' b''\n",
    );
}

#[test]
fn a_socket_may_be_sent_twice_and_a_closed_one_arrives_closed() {
    prints(
        r#"
        fn child(given) { print(given.fileno(), given.family == socket.AF_UNIX); }
        let pair = socket.socketpair();
        let q = Queue();
        q.put([pair[1], pair[1]]);
        for copy in q.get() { copy.sendall("x"); copy.close(); print(pair[0].recv(10)); }
        pair[1].close();
        print(pair[0].recv(10));
        q.put(pair[1]);
        print(q.get().fileno());
        let p = Process(child, [pair[1]]);
        p.start();
        p.join();
        "#,
        "b'x'\nb'x'\nb''\n-1\n-1 True\n",
    );
}

#[test]
fn a_socket_that_cannot_be_sent_says_why() {
    prints(
        r#"
        let d = Manager().dict();
        let s = socket.socket();
        print(error_of(|| d["a"] = s), error_of(|| d["b"] = [s]), d);
        let q = Queue();
        let full = error_of(|| loop { q.put(s); });
        print(full.replace(str(q.qsize()), "N"), q.qsize() > 50);
        while !q.empty() { q.get().close(); }
        q.put(s);
        print(q.get().fileno() > 0);
        "#,
        "
        TypeError: a socket cannot be kept in a managed object, only sent: through a queue or a pipe \
        TypeError: a socket cannot be kept in a managed object, only sent: through a queue or a pipe {}
        OSError: item is a socket, which could not be sent: N sent sockets have not been received yet True
        True
        ",
    );
}

#[test]
fn a_socket_in_a_message_nobody_takes_is_closed_in_the_end() {
    prints(
        r#"
        let pair = socket.socketpair();
        let other = socket.socketpair();
        let q = Queue();
        q.put(pair[1]);
        pair[1].close();
        q = ();
        let next = Queue();
        next.put(other[1]);
        next.get().close();
        print(pair[0].recv(10));
        "#,
        "b''\n",
    );
}

#[test]
fn closing_a_socket_in_another_thread_ends_a_wait_for_it() {
    prints(
        r#"
        let pair = socket.socketpair();
        let waits = [[socket.create_server(["127.0.0.1", 0]), |s| s.accept()], [pair[0], |s| s.recv(1)]];
        for wait in waits {
            let s = wait[0];
            let f = wait[1];
            let begun = threading.Event();
            let t = Thread(|| { begun.set(); print(error_of(|| f.call(s))); });
            t.start();
            begun.wait();
            s.close();
            t.join();
        }
        "#,
        "OSError: [Errno 9] Bad file descriptor\nOSError: [Errno 9] Bad file descriptor\n",
    );
}

#[test]
fn ctrl_c_ends_accept_and_recv() {
    each_start_method(|method| {
        for wait in ["s.accept()", "socket.socketpair()[0].recv(1)"] {
            let text = format!(
                "let s = socket.create_server([\"127.0.0.1\", 0]); print(\"ready\");\n{wait};"
            );
            let run = Script::text(&text).start_method(method).start();
            run.wait_for_line("ready");
            run.wait_until_asleep();
            run.interrupt_at(&format!("{wait};"));
        }
    });
}

#[test]
fn the_process_server_serves_clients_that_are_not_ours() {
    each_start_method(|method| {
        let (run, port) = serving("scripts/socket_server.rhai", &["0", "4"], method);
        let mut vanishes = connect(&port);
        let mut silent = connect(&port);
        let mut greeting = [0; 100];
        let count = silent.read(&mut greeting).unwrap();
        assert_eq!(&greeting[..count], "你好。。".as_bytes());
        let _ = vanishes.read(&mut greeting).unwrap();
        drop(vanishes);
        let python = format!(
            "import socket; s = socket.create_connection(('127.0.0.1', {port})); s.recv(100); s.sendall(b'from python'); s.close()"
        );
        let status = Command::new("python3")
            .args(["-c", &python])
            .status()
            .unwrap();
        assert!(status.success());
        let client = Script::file("scripts/socket_client.rhai")
            .arg(port)
            .stdin("from a script\n")
            .run();
        client.assert(0, "你好。。\n>>>>", "");
        drop(silent);
        let output = run.finish();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        for line in ["from python\n", "from a script\n"] {
            assert!(output.stdout.contains(line), "{}", output.stdout);
        }
    });
}

#[test]
fn the_process_server_goes_on_when_a_client_breaks_off() {
    each_start_method(|method| {
        let (run, port) = serving("scripts/socket_server.rhai", &["0", "3"], method);
        let mut silent = connect(&port);
        let mut breaks_off = connect(&port);
        let mut greeting = [0; 100];
        let _ = breaks_off.read(&mut greeting).unwrap();
        reset(breaks_off);
        run.wait_for_stderr("ConnectionResetError: [Errno 104] Connection reset by peer");
        let mut speaks = connect(&port);
        let _ = speaks.read(&mut greeting).unwrap();
        speaks.write_all("still there".as_bytes()).unwrap();
        run.wait_for_line("still there");
        let _ = silent.read(&mut greeting).unwrap();
        drop(silent);
        let output = run.finish();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(output.stderr.matches("Traceback").count(), 1);
    });
}

#[test]
fn the_thread_server_goes_on_when_a_client_breaks_off() {
    let (run, port) = serving("scripts/thread_server.rhai", &["0", "4"], "fork");
    let silent = connect(&port);
    let mut waits = connect(&port);
    waits.write_all(b"be").unwrap();
    let mut answer = [0; 100];
    assert_eq!(waits.read(&mut answer).unwrap(), 2);
    let mut breaks_off = connect(&port);
    breaks_off.write_all(&[b'x'; 100_000]).unwrap();
    reset(breaks_off);
    let mut speaks = connect(&port);
    speaks.write_all(b"abc").unwrap();
    let count = speaks.read(&mut answer).unwrap();
    assert_eq!(&answer[..count], b"ABC");
    waits.write_all(b"fore").unwrap();
    let count = waits.read(&mut answer).unwrap();
    assert_eq!(&answer[..count], b"FORE");
    drop((silent, waits, speaks));
    let output = run.finish();
    assert_eq!(
        (output.status.code(), output.stderr.as_str()),
        (Some(0), "")
    );
}

/// Closes a connection the hard way: the other side's next operation fails.
fn reset(stream: TcpStream) {
    let socket = socket2::SockRef::from(&stream);
    socket.set_linger(Some(Duration::ZERO)).unwrap();
}

/// An external program that is connected to a server: it sends what the test asks for, and prints what it receives.
struct Client {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Client {
    /// `None` when there is no such program on this machine.
    fn start(words: &[&str], port: &str) -> Option<Client> {
        let child = Command::new(words[0])
            .args(&words[1..])
            .arg(port)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match child {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!("skipped: there is no {} on this machine", words[0]);
                return None;
            }
            child => child.unwrap(),
        };
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Some(Client {
            child,
            input,
            output,
        })
    }

    fn says(&mut self, text: &str) {
        let mut bytes = vec![0; text.len()];
        self.output.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, text.as_bytes());
    }

    fn send(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).unwrap();
    }

    /// Programs differ in when they end by themselves.
    fn end(mut self) {
        killpg(
            Pid::from_raw(self.child.id().cast_signed()),
            Signal::SIGKILL,
        )
        .unwrap();
        self.child.wait().unwrap();
    }
}

fn both_servers_serve(client: &[&str]) {
    let (process_server, port) = serving("scripts/socket_server.rhai", &["0", "1"], "fork");
    let Some(mut first) = Client::start(client, &port) else {
        process_server.signal_all(Signal::SIGINT);
        process_server.finish();
        return;
    };
    first.says("你好。。");
    first.send("from another program\n");
    process_server.wait_for_line("from another program");
    first.end();
    assert_eq!(process_server.finish().status.code(), Some(0));

    let (thread_server, port) = serving("scripts/thread_server.rhai", &["0", "1"], "fork");
    let mut second = Client::start(client, &port).unwrap();
    for (question, answer) in [
        ("from another program\n", "FROM ANOTHER PROGRAM\n"),
        ("é\n", "É\n"),
    ] {
        second.send(question);
        second.says(answer);
    }
    second.end();
    let output = thread_server.finish();
    assert_eq!(
        (output.status.code(), output.stderr.as_str()),
        (Some(0), "")
    );
}

#[test]
fn the_servers_serve_netcat() {
    both_servers_serve(&["nc", "127.0.0.1"]);
}

#[test]
fn the_servers_serve_bash() {
    let talk = "exec 3<>/dev/tcp/127.0.0.1/$0; cat <&3 & exec cat >&3";
    both_servers_serve(&["bash", "-c", talk]);
}

#[test]
fn the_thread_server_serves_two_hundred_at_once() {
    let (run, port) = serving("scripts/thread_server.rhai", &["0", "202"], "fork");
    let mut clients = Vec::new();
    for count in 1..=200 {
        clients.push(connect(&port));
        // It listens with room for five: who comes while that is taken has to try again a second later.
        if count % 5 == 0 {
            run.wait_for_lines(2 + 2 * count);
        }
    }
    for (index, client) in clients.iter_mut().enumerate() {
        client
            .write_all(format!("hello {index}").as_bytes())
            .unwrap();
    }
    for (index, client) in clients.iter_mut().enumerate() {
        let mut answer = [0; 100];
        let count = client.read(&mut answer).unwrap();
        assert_eq!(&answer[..count], format!("HELLO {index}").as_bytes());
    }
    let silent = connect(&port);
    drop(silent);
    let lines = "abc\n\n  def \n";
    let client = Script::file("scripts/thread_client.rhai")
        .arg(port)
        .stdin(lines)
        .run();
    client.assert(0, ">>:ABC\n>>:>>:DEF\n>>:", "");
    drop(clients);
    let output = run.finish();
    assert_eq!(
        (output.status.code(), output.stderr.as_str()),
        (Some(0), "")
    );
    assert_eq!(output.stdout.matches("child thread: Thread-").count(), 202);
}
