//! `wait`: which of several connections, queues and processes are ready.

use crate::support::script::{Script, each_start_method, prints};

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

#[test]
fn the_end_of_a_pipe_is_something_to_learn() {
    prints(
        r#"
        let ends = Pipe(false);
        let r = ends[0];
        let w = ends[1];
        print(wait([r, w], 0));
        w.close();
        print(wait([r]) == [r], error_of(|| r.recv()));
        let ends = Pipe(false);
        let w = ends[1];
        w.send(1);
        print(wait([w], 0));
        ends[0].close();
        print(wait([w]) == [w], error_of(|| wait([ends[0]])));
        "#,
        "[]\nTrue EOFError: \n[]\nTrue OSError: handle is closed\n",
    );
}

#[test]
fn a_wait_that_only_the_waiting_process_could_end_is_refused() {
    prints(
        r#"
        let ends = [Pipe(false), Pipe()];
        print(error_of(|| wait([ends[0][0], ends[1][1]])));
        ends[1][0].send(1);
        print(len(wait([ends[0][0], ends[1][1]])));
        "#,
        "EOFError: no more data can arrive: only this process still holds the other end of the pipe; close it here after passing it on\n1\n",
    );
}

#[test]
fn messages_from_many_children_come_as_they_are_sent() {
    prints(
        r#"
        fn say(w, name, go) { go.get(); w.send(name); w.close(); }
        let readers = [];
        let signals = [];
        for name in ["one", "two", "three"] {
            let ends = Pipe(false);
            let go = Queue();
            let p = Process(say, [ends[1], name, go]);
            p.start();
            ends[1].close();
            readers.push(ends[0]);
            signals.push(go);
        }
        for i in [2, 0, 1] {
            signals[i].put("go");
            let ready = wait(readers);
            print(len(ready), ready[0].recv());
            // And its end.
            let ready = wait(readers);
            print(error_of(|| ready[0].recv()));
            let ended = ready[0];
            readers = readers.filter(|r| r != ended);
        }
        "#,
        "1 three\nEOFError: \n1 one\nEOFError: \n1 two\nEOFError: \n",
    );
}

#[test]
fn queues_connections_and_processes_are_waited_for_together() {
    prints(
        r#"
        fn work(q, s, c, go) { go.get(); q.put(1); go.get(); s.put(2); go.get(); c.send(3); go.get(); }
        let go = Queue();
        let q = Queue();
        let s = SimpleQueue();
        let ends = Pipe();
        let p = Process(work, [q, s, ends[1], go]);
        p.start();
        ends[1].close();
        let all = [p, ends[0], s, q];
        print(wait(all, 0.05));
        go.put(1);
        print(wait(all) == [q], q.get());
        go.put(1);
        print(wait(all) == [s], s.get());
        go.put(1);
        print(wait(all) == [ends[0]], ends[0].recv());
        go.put(1);
        // The pipe ends when its writer does.
        while len(wait(all)) < 2 { }
        print(wait(all) == [p, ends[0]], p.exitcode);
        // The thread that helped is gone: this process forks as before.
        let child = Process(|| print("started", "again"));
        child.start();
        child.join();
        "#,
        "[]\nTrue 1\nTrue 2\nTrue 3\nTrue 0\nstarted again\n",
    );
}

#[test]
fn sockets_are_waited_for_among_the_others() {
    prints(
        r#"
        fn work(address, go, q, c) {
            go.get();
            let s = socket.create_connection(address);
            go.get(); s.sendall("data");
            go.get(); q.put("item");
            go.get(); c.send("message");
            go.get(); s.close();
            go.get();
        }
        let server = socket.create_server(["127.0.0.1", 0]);
        let udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);
        udp.bind(["127.0.0.1", 0]);
        let go = Queue();
        let q = Queue();
        let ends = Pipe();
        let p = Process(work, [server.getsockname(), go, q, ends[1]]);
        p.start();
        ends[1].close();
        let all = [p, server, udp, q, ends[0]];
        print(wait(all, 0.05));
        go.put(1);
        print(wait(all) == [server], wait(all) == [server]);
        let conn = server.accept()[0];
        all.push(conn);
        print(wait(all, 0));
        go.put(1);
        print(wait(all) == [conn], wait([conn.fileno(), q]) == [conn.fileno()], conn.recv(100));
        go.put(1);
        print(wait(all) == [q], q.get());
        go.put(1);
        print(wait(all) == [ends[0]], ends[0].recv());
        udp.sendto("datagram", udp.getsockname());
        print(wait(all) == [udp], udp.recv(100));
        go.put(1);
        // The end of a connection is something to read.
        print(wait(all) == [conn], conn.recv(100));
        conn.close();
        print(error_of(|| wait(all)));
        all.pop();
        go.put(1);
        while len(wait(all)) < 2 { }
        print(wait(all) == [p, ends[0]]);
        p.join();
        "#,
        "
        []
        True True
        []
        True True b'data'
        True item
        True message
        True b'datagram'
        True b''
        ValueError: Invalid file descriptor: -1 (item 5 of the list is a closed socket)
        True
        ",
    );
}

#[test]
fn a_killed_child_is_ready_and_so_is_its_pipe() {
    prints(
        r#"
        fn idle(c) { c.send("ready"); time.sleep(3600); }
        let ends = Pipe();
        let p = Process(idle, [ends[1]]);
        p.start();
        ends[1].close();
        ends[0].recv();
        p.kill();
        print(wait([p]) == [p], p.exitcode);
        print(wait([ends[0]]) == [ends[0]], error_of(|| ends[0].recv()));
        "#,
        "True -9\nTrue EOFError: \n",
    );
}

#[test]
fn what_cannot_be_waited_for_is_named() {
    prints(
        r#"
        let ends = Pipe();
        let q = Queue();
        for attempt in [
            || wait([ends[0], "text"]), || wait([-1]), || wait([ends[0].fileno()]), || wait([999999]), || wait(5),
        ] {
            print(error_of(attempt));
        }
        q.close();
        print(error_of(|| wait([q])).startswith("ValueError: Queue <"));
        "#,
        "
        TypeError: wait() waits for connections, sockets, queues, processes and their sentinels; item 1 of its list is of type str
        ValueError: Invalid file descriptor: -1
        ValueError: a pipe has no descriptor to wait for: give wait() the connection itself, not its fileno()
        OSError: [Errno 9] Bad file descriptor
        TypeError: 'int' object is not iterable
        True
        ",
    );
}

#[test]
fn ctrl_c_ends_the_wait() {
    each_start_method(|method| {
        for wait in [
            "wait([ends[0]]);",
            "wait([p, ends[0]]);",
            "wait([p], 3600);",
            "wait([q, p.sentinel]);",
            "wait([socket.create_server([\"127.0.0.1\", 0]), q]);",
            "wait([socket.socketpair()[0]]);",
        ] {
            let code = format!(
                "fn idle(c) {{ print(\"ready\"); time.sleep(3600); }}\nlet ends = Pipe();\nlet q = Queue();\n\
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
