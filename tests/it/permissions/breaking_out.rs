//! Scripts that try to get past their permissions.

use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::script::{Script, each_start_method};

#[test]
fn a_link_that_is_swapped_while_it_is_judged_leads_nowhere_new() {
    // Somebody outside swaps a file for a link to a secret, and a directory for a link to a closed one, as fast as can be.
    let script = Script::text(
        r#"
        let opened = 0;
        for _ in range(3000) {
            for path in ["open/file", "open/sub/file"] {
                try {
                    let text = open(path).read();
                    if "SECRET" in text { print("READ", text); }
                    opened += 1;
                } catch (e) { }
                try { open(path, "a").with(|f| f.write("x")); } catch (e) { }
                try {
                    if "other" in os.listdir("open/sub") { print("LISTED"); }
                } catch (e) { }
            }
        }
        print(opened > 0);
        "#,
    )
    .beside("open/file", "open")
    .beside("open/sub/file", "open");
    let kept = tempfile::tempdir().unwrap();
    let closed = kept.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    for name in ["file", "other"] {
        std::fs::write(closed.join(name), "SECRET").unwrap();
    }
    let directory = script.directory();
    symlink(closed.join("file"), directory.join("open/link")).unwrap();
    symlink(&closed, directory.join("open/sublink")).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let swapper = std::thread::spawn({
        let (over, directory) = (over.clone(), directory.clone());
        move || {
            let path = |name: &str| directory.join("open").join(name);
            while !over.load(Ordering::Relaxed) {
                for (name, link) in [("file", "link"), ("sub", "sublink")] {
                    let _ = std::fs::rename(path(name), path("aside"));
                    let _ = std::fs::rename(path(link), path(name));
                    let _ = std::fs::rename(path(name), path(link));
                    let _ = std::fs::rename(path("aside"), path(name));
                }
            }
        }
    });
    let running = script
        .option("--sandbox")
        .option("--allow-read=open")
        .option("--allow-write=open")
        .start();
    let output = running.finish();
    over.store(true, Ordering::Relaxed);
    swapper.join().unwrap();
    output.assert(0, "True\n", "");
    for name in ["file", "other"] {
        let text = std::fs::read_to_string(kept.path().join("closed").join(name)).unwrap();
        assert_eq!(text, "SECRET");
    }
}

#[test]
fn only_the_hosts_that_are_allowed_are_reached() {
    let (allowed, other) = (
        TcpListener::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = |address: std::net::SocketAddr| address.port().to_string();
    let script = Script::text(
        r#"
        let allowed = int(sys.argv[1]);
        let other = int(sys.argv[2]);
        let datagrams = int(sys.argv[3]);
        print(error_of(|| socket.create_connection(["127.0.0.1", allowed])));
        print(error_of(|| socket.create_connection(["localhost", allowed])));
        // The same address in other clothes, and the same port of another.
        print(error_of(|| socket.socket(socket.AF_INET6).connect(["::ffff:127.0.0.1", allowed])));
        print(error_of(|| socket.socket().connect(["0.0.0.0", allowed])));
        for host in ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "0.0.0.0", ""] {
            print(error_of(|| socket.socket().connect([host, other])).replace(str(other), "OTHER"));
        }
        print(error_of(|| socket.socket(socket.AF_INET6).connect(["::ffff:7f00:1", other])).replace(str(other), "OTHER"));
        let s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);
        print(error_of(|| s.sendto("x", ["127.0.0.1", datagrams])).replace(str(datagrams), "UDP"));
        print(error_of(|| socket.create_connection(["secret-in-a-name.example.com", 80])));
        print(error_of(|| socket.gethostbyname("secret-in-a-name.example.com")));
        print(socket.gethostbyname("localhost"));
        print(error_of(|| socket.create_server(["", 0])));
        print(error_of(|| socket.socket().listen()));
        print(error_of(|| socket.socket(socket.AF_INET, 3, 1)));
        print(error_of(|| socket.socket(16, 3)));
        "#,
    );
    let address = allowed.local_addr().unwrap();
    script
        .option("--sandbox")
        .option(format!("--allow-net={address}"))
        .arg(port(address))
        .arg(port(other.local_addr().unwrap()))
        .arg(port(datagrams.local_addr().unwrap()))
        .run()
        .assert(
            0,
            "
            no error
            no error
            no error
            no error
            PermissionError: connecting to '127.0.0.1:OTHER' is not allowed
            PermissionError: connecting to 'localhost:OTHER' is not allowed
            PermissionError: connecting to '127.1:OTHER' is not allowed
            PermissionError: connecting to '0x7f.1:OTHER' is not allowed
            PermissionError: connecting to '2130706433:OTHER' is not allowed
            PermissionError: connecting to '0.0.0.0:OTHER' is not allowed
            PermissionError: connecting to '0.0.0.0:OTHER' is not allowed
            PermissionError: connecting to '[::ffff:127.0.0.1]:OTHER' is not allowed
            PermissionError: connecting to '127.0.0.1:UDP' is not allowed
            PermissionError: connecting to 'secret-in-a-name.example.com:80' is not allowed
            PermissionError: looking up 'secret-in-a-name.example.com' is not allowed
            127.0.0.1
            PermissionError: listening on '0.0.0.0:0' is not allowed
            PermissionError: listening on '0.0.0.0:0' is not allowed
            PermissionError: opening a socket of family 2 and type 3 is not allowed
            PermissionError: opening a socket of family 16 and type 3 is not allowed
            ",
            "",
        );
}

#[test]
fn a_denial_wins_in_every_form_of_a_path() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    Script::text(
        r#"
        let port = int(sys.argv[1]);
        for host in ["127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433"] {
            print(error_of(|| socket.socket().connect([host, port])).split(":")[0]);
        }
        print(error_of(|| socket.socket(socket.AF_INET6).connect(["::ffff:127.0.0.1", port])).split(":")[0]);
        print(socket.socket().connect_ex(["127.0.0.2", port]) != 0);
        "#,
    )
    .option("--deny-net=127.0.0.1")
    .arg(port.to_string())
    .run()
    .assert(0, &format!("{}True\n", "PermissionError\n".repeat(6)), "");
}

#[test]
fn unix_sockets_are_files() {
    let script = Script::text(
        r#"
        print(error_of(|| socket.socket(socket.AF_UNIX).connect("open/socket")));
        print(error_of(|| socket.socket(socket.AF_UNIX).connect("secret")));
        print(error_of(|| socket.socket(socket.AF_UNIX).connect("open/link")));
        print(error_of(|| socket.socket(socket.AF_UNIX).bind("open/new")));
        print(error_of(|| socket.socket(socket.AF_UNIX).bind("new")));
        print(error_of(|| socket.socket(socket.AF_UNIX).bind(bytes([0, 65]))));
        print(os.path.exists("open/new"));
        "#,
    )
    .beside("open/file", "");
    let directory = script.directory();
    let _inside = UnixListener::bind(directory.join("open/socket")).unwrap();
    let _outside = UnixListener::bind(directory.join("secret")).unwrap();
    symlink("../secret", directory.join("open/link")).unwrap();
    script
        .option("--sandbox")
        .option("--allow-read=open")
        .option("--allow-write=open")
        .run()
        .assert(
            0,
            "
            no error
            PermissionError: reading 'secret' is not allowed
            PermissionError: reading 'open/link' is not allowed
            no error
            PermissionError: writing 'new' is not allowed
            PermissionError: using a Unix socket that is not a file is not allowed
            True
            ",
            "",
        );
}

#[test]
fn the_environment_shows_what_may_be_read_and_no_more() {
    Script::text(
        r#"
        print(os.environ.keys(), os.environ.items(), os.environ.copy(), os.environ.len(), os.environ);
        for name in os.environ { print(name); }
        print(error_of(|| os.environ["HOME"]));
        print(error_of(|| os.environ.get("HOME", "x")));
        print(error_of(|| "HOME" in os.environ));
        print(os.environ["TZ"], os.getenv("TZ"), "TZ" in os.environ);
        "#,
    )
    .option("--sandbox")
    .option("--allow-env=TZ")
    .run()
    .assert(
        0,
        "
        ['TZ'] [['TZ', 'UTC']] {'TZ': 'UTC'} 1 environ({'TZ': 'UTC'})
        TZ
        PermissionError: reading the environment variable 'HOME' is not allowed
        PermissionError: reading the environment variable 'HOME' is not allowed
        PermissionError: reading the environment variable 'HOME' is not allowed
        UTC UTC True
        ",
        "",
    );
}

#[test]
fn a_child_lends_nothing_to_what_it_is_sent_and_keeps_what_it_has() {
    each_start_method(|method| {
        Script::text(
            r#"
            // A child that may less sends a function to its parent's loyal child: who calls it lends its own permissions.
            let functions = Queue();
            let inbox = Queue();
            let outbox = Queue();
            let narrow = Process(#{ target: |functions, inbox, outbox| {
                let peek = || open("/etc/passwd").read().len() > 0;
                try { peek.call(); } catch (e) { outbox.put(e.type); }
                functions.put(peek);
                // A Process object from elsewhere gives no power over the process.
                let friend = inbox.get();
                try { friend.kill(); } catch (e) { outbox.put(e.message.split(" to ")[0]); }
                try { friend.start(); } catch (e) { outbox.put(e.type); }
                // Nor does asking for the parent by its number.
                try { os.kill(parent_process().pid, 9); } catch (e) { outbox.put(e.message.split(" to ")[0]); }
                // What the parent has opened can be used.
                try { Process(#{ target: || 1, permissions: #{ read: True } }); } catch (e) { outbox.put(e.type); }
                try { Process(#{ target: || 1, permissions: #{ processes: 9 } }); } catch (e) { outbox.put(e.type); }
            }, args: [functions, inbox, outbox], permissions: #{ read: False, signals: False, processes: [2, 1] } });
            narrow.start();
            print(outbox.get());
            let peek = functions.get();
            print(peek.call());
            let friend = Process(|| time.sleep(600));
            friend.start();
            inbox.put(friend);
            for _ in range(5) { print(outbox.get()); }
            narrow.join();
            friend.terminate();
            friend.join();
            print(friend.exitcode);
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "
            PermissionError
            True
            sending signal 9
            AssertionError
            sending signal 9
            PermissionError
            PermissionError
            -15
            ",
            "",
        );
    });
}

#[test]
fn many_requests_for_processes_at_once_end_in_refusals() {
    each_start_method(|method| {
        Script::text(
            r#"
            let orders = Queue();
            for n in range(40) { orders.put(n); }
            fn worker(orders, told) {
                try {
                    while True {
                        orders.get_nowait();
                        let p = Process(#{ target: worker, args: [orders, told], daemon: False });
                        try { p.start(); told.put("started"); } catch (e) { told.put(e.type); }
                    }
                } catch (e) { if e.type != "Empty" { throw; } }
            }
            let told = Queue();
            worker(orders, told);
            for p in active_children() { p.join(); }
            let counts = #{};
            for _ in range(40) {
                let what = told.get();
                counts[what] = counts.get(what, 0) + 1;
            }
            print(counts.keys());
            print(active_children());
            "#,
        )
        .option("--allow-processes=2,2")
        .start_method(method)
        .run()
        .assert(
            0,
            "
            ['PermissionError', 'started']
            []
            ",
            "",
        );
    });
}

#[test]
fn threads_and_session_memory_have_bounds_in_a_sandbox() {
    Script::text(
        r#"
        let go = Event();
        let threads = [];
        let refused = ();
        try {
            for _ in range(100) {
                let t = Thread(|| { go.wait(); });
                t.start();
                threads.append(t);
            }
        } catch (e) { refused = e; }
        print(threads.len(), refused.type, refused.message);
        go.set();
        for t in threads { t.join(); }
        let t = Thread(|| print("a place is free again"));
        t.start();
        t.join();
        print(error_of(|| RawArray("q", 100000000)).split(":")[0]);
        "#,
    )
    .option("--sandbox")
    .run()
    .assert(
        0,
        "
        64 PermissionError starting a thread while 64 others are running is not allowed
        a place is free again
        MemoryError
        ",
        "",
    );
}

#[test]
fn a_process_forked_by_os_fork_has_what_a_child_has() {
    Script::text(
        r#"
        let pid = os.fork();
        if pid == 0 {
            print(error_of(|| os.fork()));
            print(error_of(|| Process(|| 1).start()));
            print(error_of(|| open("/etc/passwd")));
            os._exit(0);
        }
        os.waitpid(pid, 0);
        print("its parent goes on");
        "#,
    )
    .option("--sandbox")
    .option("--allow-processes=2,1")
    .run()
    .assert(
        0,
        "
        PermissionError: starting another generation of processes is not allowed
        PermissionError: starting another generation of processes is not allowed
        PermissionError: reading '/etc/passwd' is not allowed
        its parent goes on
        ",
        "",
    );
}
