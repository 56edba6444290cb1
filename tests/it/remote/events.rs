//! `Event` on a server.

use std::time::{Duration, Instant};

use super::at;
use crate::support::running::Running;
use crate::support::script::Script;
use crate::support::server::Server;

const WAIT: &str = r#"
    let e = Event(#{ url: "URL", name: "e" });
    print("waits");
    print(e.wait());
"#;

/// A script that waits for the event `e`, when it is asleep on the server.
fn waiter(server: &Server, count: usize) -> Running {
    let waiter = Script::text(&at(server, WAIT)).start();
    waiter.wait_for_line("waits");
    waiter.wait_until("it does not wait on the server", || {
        let clients = server.ask(&["CLIENT", "LIST"]);
        clients.matches("cmd=xread ").count() == count
    });
    waiter
}

fn set(server: &Server) {
    let code = at(server, r#"Event(#{ url: "URL", name: "e" }).set();"#);
    Script::text(&code).run().assert(0, "", "");
}

#[test]
fn the_members_of_an_event_on_a_server() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let e = Event(#{ url: "URL", name: "e" });
        print(e, e.is_set(), e.wait(0.05), e.wait(0));
        print(e.set(), e.is_set(), e.wait(), e.clear(), e.is_set());
        let again = Event(#{ url: "URL", name: "e" });
        again.set();
        let q = Queue();
        q.put(e);
        print(q.get().is_set());
        print(error_of(|| Event(#{ url: "URL" })), error_of(|| Lock(#{ url: "URL", name: "e" })));
        let jobs = Queue(#{ url: "URL", name: "jobs" });
        print(error_of(|| jobs.put([e])));
    "#;
    let stdout = "<Event e at URL> False False False\nNone True True None False\nTrue\n\
         ValueError: an object on a server needs a name, by which other processes find it \
         ValueError: the object of this name is an event, not a lock\n\
         TypeError: item[0] is an Event, which cannot be sent from here: its name can be sent, and whoever gets it opens the object by it\n";
    let run = Script::text(&at(&server, code)).run();
    run.assert(0, &at(&server, stdout), "");
}

#[test]
fn waiters_on_other_machines_are_woken_at_once_even_by_a_flag_that_is_cleared() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let waiters: Vec<Running> = (1..4).map(|count| waiter(&server, count)).collect();
    let code = r#"
        let e = Event(#{ url: "URL", name: "e" });
        let t = time.monotonic();
        e.set();
        e.clear();
    "#;
    let woken = Instant::now();
    Script::text(&at(&server, code)).run().assert(0, "", "");
    for waiter in waiters {
        waiter.finish().assert(0, "waits\nTrue\n", "");
    }
    // One that looks again by itself does so after 5 seconds.
    let took = woken.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn a_waiter_survives_cut_connections_and_a_server_that_is_killed() {
    let Some(mut server) = Server::start(&["--appendfsync", "always"]) else {
        return;
    };
    let waiting = waiter(&server, 1);
    server.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    waiting.wait_until("it does not come back", || {
        server.ask(&["CLIENT", "LIST"]).contains("cmd=xread ")
    });
    server.kill();
    server.run();
    waiting.wait_until("it does not come back", || {
        server.ask(&["CLIENT", "LIST"]).contains("cmd=xread ")
    });
    set(&server);
    waiting.finish().assert(0, "waits\nTrue\n", "");
}

#[test]
fn a_flag_that_was_set_and_cleared_while_the_waiter_was_cut_off_wakes_it() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let waiting = waiter(&server, 1);
    waiting.signal(nix::sys::signal::Signal::SIGSTOP);
    server.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    set(&server);
    let clear = at(&server, r#"Event(#{ url: "URL", name: "e" }).clear();"#);
    Script::text(&clear).run().assert(0, "", "");
    waiting.signal(nix::sys::signal::Signal::SIGCONT);
    waiting.finish().assert(0, "waits\nTrue\n", "");
}

#[test]
fn a_wait_with_a_timeout_ends_where_the_server_has_gone_for_good() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let e = Event(#{ url: "URL", name: "e" });
        print("waits");
        print(error_of(|| e.wait(1)));
    "#;
    let waiting = Script::text(&at(&server, code)).start();
    waiting.wait_for_line("waits");
    server.kill();
    let gone = Instant::now();
    let output = waiting.finish();
    let stands = at(
        &server,
        "waits\nConnectionError: URL cannot be used for 6 s: ",
    );
    assert!(output.stdout.starts_with(&stands), "{}", output.stdout);
    assert!(
        gone.elapsed() < Duration::from_secs(20),
        "{:?}",
        gone.elapsed()
    );
}

#[test]
fn ctrl_c_ends_the_wait_for_an_event() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let started = Instant::now();
    let output = waiter(&server, 1).interrupt();
    assert_eq!(output.stdout, "waits\n", "{}", output.stderr);
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[test]
fn keys_that_are_deleted_are_made_again() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let e = Event(#{ url: "URL", name: "e" });
        e.set();
        let v = Value("i", 7, #{ url: "URL", name: "v" });
        v.add(1);
        let d = Manager(#{ url: "URL" }).dict(#{ a: 1 }, #{ name: "d" });
        print(e.is_set(), v.value, d);
        input();
        print(e.is_set(), v.value, d);
        d["b"] = 2;
        print(e.set(), e.wait(), v.add(1), d);
    "#;
    let mut run = Script::text(&at(&server, code)).interactive().start();
    run.wait_for_line("True 8 {'a': 1}");
    server.ask(&["FLUSHALL"]);
    run.type_in("\n");
    let stdout = "True 8 {'a': 1}\nFalse 7 {}\nNone True 8 {'b': 2}\n";
    run.finish().assert(0, stdout, "");
}
