//! What is wrong with servers, URLs, names and items: each is a clear error within a short time, and no text has a password in it.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::at;
use crate::support::script::Script;
use crate::support::server::Server;

/// What opens an object of each class.
const OPEN_EACH: [&str; 4] = [
    r#"Event(#{ url: "URL", name: "e" })"#,
    r#"Value("i", #{ url: "URL", name: "v" })"#,
    r#"Manager(#{ url: "URL" }).dict(#{ name: "d" })"#,
    r#"Manager(#{ url: "URL" }).list([1], #{ name: "l" })"#,
];

const OPEN: &str = r#"print(error_of(|| Queue(#{ url: "URL", name: "q" })));"#;

/// What opening a queue raises.
fn refusal(url: &str) -> String {
    let output = Script::text(&OPEN.replace("URL", url)).run();
    assert_eq!(output.code(), 0, "{}", output.stderr);
    assert!(!output.stdout.contains("secret"), "{}", output.stdout);
    assert_eq!(
        output.stderr.replace("procscript: waiting for", ""),
        output.stderr
    );
    output.stdout.trim_end().to_string()
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let spare = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = spare.local_addr().unwrap().port();
    drop(spare);
    let why = refusal(&format!("redis://me:secret@127.0.0.1:{port}/0"));
    let stands = format!(
        "ConnectionError: redis://127.0.0.1:{port}/0 cannot be used for 5 s: Connection refused"
    );
    assert!(why.starts_with(&stands), "{why}");
    // In threads, so that it takes as long as one of them.
    let attempts = OPEN_EACH.map(|open| {
        let open = open.replace("URL", &format!("redis://me:secret@127.0.0.1:{port}/0"));
        format!("threading.Thread(|| print(error_of(|| {open})))")
    });
    let code = format!(
        "let ts = [{}];\nfor t in ts {{ t.start(); }}\nfor t in ts {{ t.join(); }}",
        attempts.join(", ")
    );
    let output = Script::text(&code).run();
    assert!(!output.stdout.contains("secret"), "{}", output.stdout);
    let refused = output
        .stdout
        .lines()
        .filter(|line| line.starts_with(&stands));
    assert_eq!(
        refused.count(),
        OPEN_EACH.len(),
        "{}{}",
        output.stdout,
        output.stderr
    );
}

#[test]
fn what_is_no_url_is_refused_without_repeating_it() {
    for url in ["http://me:secret@host", "redis://", "me:secret@host"] {
        let why = refusal(url);
        assert!(
            why.starts_with("ValueError: url is not the URL of a server"),
            "{why}"
        );
    }
    let why = refusal("rediss://me:secret@host:none");
    assert!(why.starts_with("ValueError: "), "{why}");
    let why = refusal("nobody");
    assert_eq!(
        why,
        "ValueError: no server is called \"nobody\": the environment variable PROCSCRIPT_REMOTE_NOBODY has to hold its URL"
    );
}

#[test]
fn a_server_that_cannot_be_used_is_refused() {
    let Some(locked) = Server::start(&["--requirepass", "right"]) else {
        return;
    };
    let port = locked.port();
    let login = "AuthenticationError: the server does not accept this user and password";
    assert_eq!(
        refusal(&format!("redis://:secret@127.0.0.1:{port}/0")),
        login
    );
    let why = refusal(&locked.url());
    assert!(why.starts_with("AuthenticationError: NOAUTH"), "{why}");
    let forgetful = Server::start(&["--maxmemory-policy", "allkeys-lru"]).unwrap();
    let why = refusal(&forgetful.url());
    assert!(
        why.contains("RuntimeError: the server throws keys away"),
        "{why}"
    );
    assert!(why.contains("noeviction"), "{why}");
}

#[test]
fn a_program_that_speaks_another_protocol_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let why = refusal(&format!("redis://127.0.0.1:{port}/0"));
    assert!(why.starts_with("RuntimeError: "), "{why}");
}

#[test]
fn wrong_names_settings_and_items_are_refused() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    server.ask(&["HSET", "ps:{foreign}:c", "some", "thing"]);
    server.ask(&["SET", "ps:{string}:c", "1"]);
    server.ask(&["HSET", "ps:{newer}:c", "version", "2", "kind", "queue"]);
    server.ask(&["HSET", "ps:{lock}:c", "version", "1", "kind", "lock"]);
    let code = r#"
        let url = "URL";
        let q = Queue(#{ url: url, name: "q", maxsize: 3 });
        for options in [
            #{ url: url }, #{ name: "q" }, #{ url: url, name: "" }, #{ url: url, name: "a{b}" }, #{ url: url, name: 5 },
            #{ url: url, name: "x" * 121 },
            #{ url: url, name: "q", maxsize: 4 }, #{ url: url, name: "q", deaths: 1 }, #{ url: url, name: "q", deaths: 0 },
            #{ url: url, name: "q", lease: 0.1 }, #{ url: url, name: "q", ack: "never" }, #{ lease: 5.0 },
            #{ url: url, name: "foreign" }, #{ url: url, name: "string" }, #{ url: url, name: "newer" }, #{ url: url, name: "lock" },
        ] {
            print(error_of(|| Queue(options)));
        }
        fn f() {}
        let local = Queue();
        for item in [Lock(), [1, #{ lock: Lock() }], local, f, || 1] {
            print(error_of(|| q.put(item)));
        }
        print(error_of(|| q.put_many([1, Lock()])), q.qsize());
        print(error_of(|| q.put("x" * (17 * 1024 * 1024))));
        for other in [|| Event(#{ url: url, name: "q" }), || Pool(2, #{ url: url, name: "l" }), || Value("i", 1, #{ url: url, name: "q" }),
                      || Lock(#{ url: url, name: "q" }), || Lock(#{ url: url })] {
            print(error_of(other));
        }
        print(error_of(|| multiprocessing.connection.wait([q])));
    "#;
    let output = Script::text(&at(&server, code)).run();
    let expected = at(
        &server,
        "ValueError: an object on a server needs a name, by which other processes find it
ValueError: name is for objects on a server: url is missing
ValueError: name is empty
ValueError: name must not contain braces: \"a{b}\"
TypeError: name must be a string, not int
ValueError: name has 121 bytes; at most 120 are allowed
ValueError: the queue exists with maxsize 3, not 4: leave maxsize out, or use another name
ValueError: the queue exists with deaths 5, not 1: leave deaths out, or use another name
ValueError: deaths must be at least 1, not 0
ValueError: lease must be between 1 and 3600 seconds, not 0.1
ValueError: ack must be \"done\" or \"get\", not \"never\"
ValueError: lease, deaths and ack are for queues on a server: url is missing
ValueError: the key ps:{foreign}:c belongs to another program
ValueError: the key ps:{string}:c belongs to another program
ValueError: the object was made by another version of procscript, with protocol 2 where this one has 1
ValueError: the object of this name is a lock, not a queue
TypeError: item is a Lock, which cannot be sent from here: it belongs to this machine, and the message goes to others
TypeError: item[1].lock is a Lock, which cannot be sent from here: it belongs to this machine, and the message goes to others
TypeError: item is a Queue, which cannot be sent from here: it belongs to this machine, and the message goes to others
TypeError: item is the function f, which cannot be sent to another process: the program that gets the message may be another one
TypeError: item is a closure, which cannot be sent to another process: the program that gets the message may be another one
TypeError: items[1] is a Lock, which cannot be sent from here: it belongs to this machine, and the message goes to others 0
ValueError: the item has 17825797 bytes; a message to a server has at most 16777216: put it into a file or another storage, and send its name
ValueError: the object of this name is a queue, not an event
ValueError: processes is for workers of this machine; those of a Pool on a server are started elsewhere: start as many as you want by `procscript worker WHERE script.rhai --processes N`, on any number of machines
ValueError: the object of this name is a queue, not a value
ValueError: the object of this name is a queue, not a lock
ValueError: an object on a server needs a name, by which other processes find it
NotImplementedError: wait() cannot wait for <Queue q at URL> yet, which is on a server
",
    );
    // This one is meant as a word.
    let expected = expected.replace("WHERE", "URL");
    output.assert(0, &expected, "");
}

#[test]
fn a_script_needs_permission_to_reach_a_server() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = at(&server, OPEN);
    let output = Script::text(&code).option("--sandbox").run();
    assert!(
        output.stdout.starts_with("PermissionError: "),
        "{}",
        output.stdout
    );
    let rule = format!("--allow-net=127.0.0.1:{}", server.port());
    let run = Script::text(&code).option("--sandbox").option(rule).run();
    run.assert(0, "no error\n", "");
}

#[test]
fn a_full_server_is_a_memory_error() {
    let Some(server) = Server::start(&["--maxmemory", "4mb"]) else {
        return;
    };
    let list = r#"
        let l = Manager(#{ url: "URL" }).list(#{ name: "l" });
        let error = error_of(|| for i in range(100) { l.append("x" * 100000); });
        print(error.split(":")[0]);
        let last = l.len();
        print(last > 3, l.pop().len(), l.len() == last - 1);
        l.clear();
    "#;
    let run = Script::text(&at(&server, list)).run();
    run.assert(0, "MemoryError\nTrue 100000 True\n", "");
    let code = r#"
        let q = Queue(#{ url: "URL", name: "q" });
        let error = error_of(|| for i in range(100) { q.put("x" * 100000); });
        print(error.split(":")[0]);
        print(q.get().len(), q.qsize() > 3);
    "#;
    Script::text(&at(&server, code))
        .run()
        .assert(0, "MemoryError\n100000 True\n", "");
}

#[test]
fn a_user_of_the_server_needs_what_the_manual_says() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let rules = "on >secret ~ps:{o}:* +@read +@write +@stream +@blocking +@scripting +@connection +info -@dangerous +info";
    let set = |more: &str| {
        let rules = rules.split(' ').chain(more.split_whitespace());
        let command: Vec<&str> = ["ACL", "SETUSER", "worker"]
            .into_iter()
            .chain(rules)
            .collect();
        assert_eq!(server.ask(&command), "OK");
    };
    let url = format!("redis://worker:secret@127.0.0.1:{}/0", server.port());
    let run = |open: &str| {
        server.ask(&["FLUSHALL"]);
        let code = format!("print(error_of(|| {{ {} }}));", open.replace("URL", &url));
        Script::text(&code).run().stdout
    };
    set("");
    for open in [
        r#"let q = JoinableQueue(#{ url: "URL", name: "o" }); q.put(1); q.get(); q.task_done(); q.join(); q.stats();"#,
        r#"let e = Event(#{ url: "URL", name: "o" }); e.set(); e.wait(); e.clear(); e.wait(0.05);"#,
        r#"let v = Value("i", #{ url: "URL", name: "o" }); v.add(1); v.value += 1;"#,
        r#"let d = Manager(#{ url: "URL" }).dict([[1, 2]], #{ name: "o" }); d["a"] = 1; print(d); d.popitem();"#,
        r#"let l = Manager(#{ url: "URL" }).list([1, 2], #{ name: "o" }); l.append(1); l.sort(); l.insert(1, 1); l.clear();"#,
    ] {
        assert!(run(open).ends_with("no error\n"), "{open}: {}", run(open));
    }
    let lock = r#"let l = Lock(#{ url: "URL", name: "o" }); l.acquire(); l.release();"#;
    let refused = run(lock);
    assert!(refused.starts_with("PermissionError: "), "{refused}");
    set("+time");
    assert_eq!(run(lock), "no error\n");
    let elsewhere = run(r#"Event(#{ url: "URL", name: "other" })"#);
    assert!(elsewhere.starts_with("PermissionError: "), "{elsewhere}");
}
