//! `multiprocessing.connection`: `Listener` and `Client`.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::Signal;

use crate::support::script::{Script, prints};

/// Serves one connection by whichever address it is given.
const SERVE: &str = r#"
    fn serve(l) {
        let c = l.accept();
        while true {
            let item = ();
            try { item = c.recv(); } catch (e) { if e.type != "EOFError" { print(e); } break; }
            c.send([item]);
        }
        c.close();
    }
"#;

#[test]
fn values_and_bytes_cross_by_every_kind_of_address() {
    let code = r#"
        fn ask(address) {
            let c = Client(address);
            for item in [1, 2.5, "ä", None, True, [#{ a: [] }], bytes([0, 1])] { c.send(item); print(c.recv()); }
            c.send(ValueError("no", 1));
            print(repr(c.recv()[0]));
            c.close();
            print(c.closed, error_of(|| c.recv()));
        }
        let path = os.getcwd() + "/socket";
        for address in [None, ["127.0.0.1", 0], ["localhost", 0], path, bytes([0]) + ("procscript-" + os.getpid()).encode()] {
            let l = Listener(address);
            let t = Thread(serve, [l]);
            t.start();
            let p = Process(ask, [l.address]);
            p.start();
            p.join();
            t.join();
            l.close();
        }
        print(os.path.exists(path));
    "#;
    let once = "[1]\n[2.5]\n['ä']\n[None]\n[True]\n[[{'a': []}]]\n[b'\\x00\\x01']\nValueError('no', 1)\n\
                True OSError: handle is closed\n";
    prints(&format!("{SERVE}{code}"), &(once.repeat(5) + "False\n"));
}

#[test]
fn bytes_have_their_boundaries_and_any_size() {
    prints(
        r#"
        fn work(address) {
            let c = Client(address);
            for size in [0, 1, 65536, 65537, 3000000] { c.send_bytes(("x" * size).encode()); }
            c.send_bytes("abcdefghij".encode(), 2, 3);
            c.send_bytes("too long".encode());
            c.recv();
        }
        let l = multiprocessing.connection.Listener();
        let p = Process(work, [l.address]);
        p.start();
        let c = l.accept();
        print(error_of(|| c.recv()));
        for i in range(4) { print(len(c.recv_bytes())); }
        print(c.recv_bytes(), c.readable, c.fileno() > 2);
        print(error_of(|| c.recv_bytes(5)), c.readable, c.writable);
        c.send(1);
        p.join();
        print(p.exitcode);
        "#,
        "
        EOFError: Ran out of input
        1
        65536
        65537
        3000000
        b'cde' True True
        OSError: bad message length False True
        0
        ",
    );
}

#[test]
fn case_133_both_sides_learn_that_the_key_is_wrong() {
    prints(
        r#"
        fn connect(address, key) { print("client:", error_of(|| { print("client:", Client(address, #{ authkey: key }).recv()); })); }
        for address in [None, ["localhost", 0]] {
            let l = Listener(#{ address: address, authkey: "right".encode() });
            for key in ["right", "wrong", ""] {
                let p = Process(connect, [l.address, key.encode()]);
                p.start();
                let found = error_of(|| l.accept().send("welcome"));
                p.join();
                print("server:", found);
            }
        }
        print(error_of(|| Listener(#{ authkey: "text" })));
        "#,
        &("client: welcome\nclient: no error\nserver: no error\n\
           client: AuthenticationError: digest sent was rejected\nserver: AuthenticationError: digest received was wrong\n\
           client: AuthenticationError: digest sent was rejected\nserver: AuthenticationError: digest received was wrong\n"
            .repeat(2)
            + "TypeError: authkey should be a byte string\n"),
    );
}

#[test]
fn a_connection_waits_and_ends_as_a_pipe_does() {
    prints(
        r#"
        fn child(address, go, end) {
            let c = Client(address);
            go.wait();
            c.send("first");
            end.wait();
            os.kill(os.getpid(), signal.SIGKILL);
        }
        let go = Event();
        let end = Event();
        let l = Listener();
        let p = Process(child, [l.address, go, end]);
        p.start();
        let c = l.accept();
        let ends = Pipe();
        print(c.poll(), c.poll(0.01), c.poll(-1), wait([c, ends[0]], 0.01));
        ends[1].send(1);
        print(wait([c, ends[0]]) == [ends[0]]);
        go.set();
        print(wait([c], 30) == [c], c.poll(), c.poll(None), c.recv());
        end.set();
        p.join();
        print(wait([c, p]) == [c, p], c.poll(), error_of(|| c.recv()), error_of(|| c.recv_bytes()));
        print(error_of(|| { for i in range(100) { c.send("x" * 100000); } }).starts_with("BrokenPipeError: [Errno 32]"));
        c.close();
        print(error_of(|| wait([c])), c);
        "#,
        "
        False False False []
        True
        True True True first
        True True EOFError:  EOFError: 
        True
        OSError: handle is closed <multiprocessing.connection.Connection closed readable writable>
        ",
    );
}

#[test]
fn a_connection_travels_to_another_process() {
    prints(
        r#"
        fn answer(c) { c.send(c.recv() * 2); c.close(); }
        let l = Listener();
        let client = Client(l.address);
        let server = l.accept();
        let p = Process(answer, [server]);
        p.start();
        server.close();
        client.send(21);
        print(client.recv());
        p.join();
        print(error_of(|| client.recv()));
        let ends = Pipe();
        ends[0].send(client);
        print(ends[1].recv().closed, l.last_accepted == "" || l.last_accepted == None);
        "#,
        "
        42
        EOFError: 
        False True
        ",
    );
}

#[test]
fn only_plain_data_is_sent_and_nothing_else_is_received() {
    prints(
        r#"
        fn f() { 1 }
        let l = Listener();
        let a = Client(l.address);
        let b = l.accept();
        for item in [Lock(), [1, #{ q: Queue() }], || 1, Fn("f"), SharedMemory(#{ create: true, size: 1 }), socket.socket(), a] {
            print(error_of(|| a.send(item)));
        }
        a.send_bytes("text".encode());
        a.send(1);
        a.send_bytes(bytes([128, 4, 75, 1, 46]));
        print(error_of(|| b.recv()), error_of(|| b.recv_bytes()), error_of(|| b.recv()));
        a.send_bytes(bytes([128]) + "procscript value\n".encode() + bytes([199, 10, 5, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]));
        print(error_of(|| b.recv()));
        "#,
        "
        TypeError: obj is a Lock, which cannot be sent from here: a connection of a Listener or a Client carries plain data only
        TypeError: obj[1].q is a Queue, which cannot be sent from here: a connection of a Listener or a Client carries plain data only
        TypeError: obj is a closure, which cannot be sent to another process: a connection of a Listener or a Client carries plain data only
        TypeError: obj is the function f, which cannot be sent to another process: a connection of a Listener or a Client carries plain data only
        TypeError: obj is a SharedMemory, which cannot be sent from here: a connection of a Listener or a Client carries plain data only
        TypeError: obj is a socket, which cannot be sent from here: a connection of a Listener or a Client carries plain data only
        TypeError: obj is a Connection, which cannot be sent from here: a connection of a Listener or a Client carries plain data only
        ValueError: this message was sent by send_bytes(): receive it with recv_bytes() ValueError: this message was sent by send(): receive it with recv() ValueError: this message is a pickle, which only Python can read: let the Python program use send_bytes(), and receive it with recv_bytes()
        ValueError: cannot decode a message: received a value that has no meaning in this process: a connection of a Listener or a Client carries plain data only
        ",
    );
}

#[test]
fn addresses_that_cannot_be_used_are_errors() {
    prints(
        r#"
        let l = Listener(["127.0.0.1", 0]);
        print(error_of(|| Listener(l.address)));
        print(error_of(|| Listener("x", "AF_PIPE")), error_of(|| Client(5)), error_of(|| Client("missing")));
        print(l.with(|l| l.address[0]), error_of(|| l.accept()), error_of(|| Client(l.address)).split(":")[0]);
        l.close();
        let t = Listener();
        Thread(|| { sleep(0.05); t.close(); }).start();
        print(error_of(|| t.accept()), os.path.exists(t.address));
        "#,
        "
        OSError: [Errno 98] Address already in use
        ValueError: Family AF_PIPE is not recognized. ValueError: address type of 5 unrecognized FileNotFoundError: [Errno 2] No such file or directory
        127.0.0.1 OSError: listener is closed ConnectionRefusedError
        OSError: listener is closed False
        ",
    );
}

#[test]
fn ctrl_c_ends_a_listener_and_its_address_disappears() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let running =
            Script::text("let l = Listener(); print(\"at\", l.address); l.accept();").start();
        let address = running.wait_for_line("at ");
        running.wait_until_asleep();
        assert!(Path::new(&address).exists());
        running.signal(signal);
        running.finish();
        assert!(!Path::new(&address).exists());
    }
}

#[test]
fn listening_and_connecting_need_permission() {
    let code = r#"
        print(error_of(|| Listener(["127.0.0.1", 0])));
        print(error_of(|| Client(["127.0.0.1", 9])));
        print(error_of(|| Listener("/tmp/x")));
        print(error_of(|| Listener()).starts_with("PermissionError: writing '/dev/shm/procscript-"));
    "#;
    Script::text(code).option("--sandbox").run().assert(
        0,
        "
        PermissionError: listening on '127.0.0.1:0' is not allowed
        PermissionError: connecting to '127.0.0.1:9' is not allowed
        PermissionError: writing '/tmp/x' is not allowed
        True
        ",
        "",
    );
}

/// A program of Python's of this version, if it is installed.
fn python(version: &str, program: &str, args: &[&str]) -> Option<Child> {
    let home = std::env::var("HOME").unwrap_or_default();
    let installed = std::fs::read_dir(Path::new(&home).join(".pyenv/versions"));
    let found = installed.into_iter().flatten().flatten();
    let found = found
        .map(|entry| entry.path().join("bin/python3"))
        .find(|path| path.to_string_lossy().contains(&format!("/{version}.")) && path.exists());
    let path = found.or_else(|| (version == "3").then(|| "python3".into()));
    let Some(path) = path else {
        eprintln!("skipped: there is no Python {version}");
        return None;
    };
    let child = Command::new("timeout")
        .arg("20")
        .arg(path)
        .args(["-c", program])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    Some(child.unwrap())
}

#[test]
fn python_connects_to_a_script() {
    const PYTHON: &str = r#"
import sys
from multiprocessing.connection import Client
address = sys.argv[1] if len(sys.argv) == 2 else (sys.argv[1], int(sys.argv[2]))
with Client(address, authkey=b"secret") as c:
    c.send_bytes(b"from python")
    print(c.recv_bytes(), len(c.recv_bytes()))
    c.send({"a": 1})
try:
    Client(address, authkey=b"wrong")
except Exception as e:
    print(type(e).__name__, e)
"#;
    for version in ["3", "3.12", "3.13"] {
        for address in ["None", "[\"127.0.0.1\", 0]"] {
            let running = Script::text(&format!(
                r#"
                let l = Listener(#{{ address: {address}, authkey: "secret".encode() }});
                let a = l.address;
                if isinstance(a, list) {{ print("at", a[0], a[1]); }} else {{ print("at", a); }}
                let c = l.accept();
                print(c.recv_bytes());
                c.send_bytes("from a script".encode());
                c.send_bytes(("x" * 1000000).encode());
                print(error_of(|| c.recv()).split(",")[0]);
                print(error_of(|| c.recv()));
                print(error_of(|| l.accept()));
                "#
            ))
            .start();
            let at = running.wait_for_line("at ");
            let words: Vec<&str> = at.split(' ').collect();
            let Some(child) = python(version, PYTHON, &words) else {
                running.signal(Signal::SIGTERM);
                running.finish();
                continue;
            };
            let output = child.wait_with_output().unwrap();
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                "b'from a script' 1000000\nAuthenticationError digest sent was rejected\n",
                "{version}"
            );
            let output = running.finish();
            assert_eq!(
                output.stdout.split_once('\n').unwrap().1,
                "b'from python'\nValueError: this message is a pickle\nEOFError: \n\
                 AuthenticationError: digest received was wrong\n",
                "{version}"
            );
        }
    }
}

#[test]
fn a_script_connects_to_python() {
    const PYTHON: &str = r#"
from multiprocessing.connection import Listener
with Listener(("127.0.0.1", 0), authkey=b"secret") as l:
    print(l.address[1], flush=True)
    with l.accept() as c:
        c.send_bytes(c.recv_bytes()[::-1])
    try:
        l.accept()
    except Exception as e:
        print(type(e).__name__, e)
"#;
    for version in ["3", "3.12", "3.13"] {
        let Some(mut child) = python(version, PYTHON, &[]) else {
            continue;
        };
        let mut output = child.stdout.take().unwrap();
        let mut port = String::new();
        let mut byte = [0];
        while output.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
            port.push(byte[0] as char);
        }
        Script::text(
            r#"
            let address = ["127.0.0.1", int(sys.argv[1])];
            let c = Client(address, #{ authkey: "secret".encode() });
            c.send_bytes("abc".encode());
            print(c.recv_bytes(), error_of(|| c.recv_bytes()));
            print(error_of(|| Client(address, #{ authkey: "wrong".encode() })));
            "#,
        )
        .arg(&port)
        .run()
        .assert(
            0,
            "b'cba' EOFError: \nAuthenticationError: digest sent was rejected\n",
            "",
        );
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "AuthenticationError digest received was wrong\n");
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_stranger_who_sends_nonsense_is_an_error_of_accept() {
    for (nonsense, wanted) in [
        (
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            "OSError: bad message length",
        ),
        (b"\xff\xff\xff\xfe", "OSError: bad message length"),
        (b"\0\0\0\x05ab", "OSError: got end of file during message"),
        (b"", "EOFError: "),
        (
            b"\0\0\0\x02ab",
            "AuthenticationError: digest received was wrong",
        ),
    ] {
        let running = Script::text(
            r#"
            let l = Listener(#{ address: ["127.0.0.1", 0], authkey: "k".encode() });
            print("at", l.address[1]);
            print(error_of(|| l.accept()));
            "#,
        )
        .start();
        let port: u16 = running.wait_for_line("at ").parse().unwrap();
        let mut stranger = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        stranger.write_all(nonsense).unwrap();
        // The listener may have refused it already, and closed the connection.
        let _ = stranger.shutdown(std::net::Shutdown::Write);
        let output = running.finish();
        assert_eq!(
            output
                .stdout
                .split_once('\n')
                .unwrap()
                .1
                .trim_end_matches('\n'),
            wanted
        );
    }
}

#[test]
fn a_listener_stays_in_its_process() {
    prints(
        r#"
        let l = Listener();
        print(error_of(|| Process(|l| l.accept(), [l]).start()));
        print(error_of(|| Queue().put(l)));
        "#,
        "
        TypeError: args[0] is a Listener, which cannot be sent from here: it accepts connections in its own process; send the Connection that accept() returns
        TypeError: item is a Listener, which cannot be sent from here: it accepts connections in its own process; send the Connection that accept() returns
        ",
    );
}
