//! A proxy that cuts a connection after every byte of a request and of an answer: items are put exactly once, and none is handed out unseen.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::support::running::Running;
use crate::support::script::Script;
use crate::support::server::Server;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Direction {
    Request,
    Answer,
}

/// Where the next cut is: after this many more bytes in a direction. `None` when it was made.
pub(super) type Plan = Arc<Mutex<Option<(Direction, usize)>>>;

/// A proxy before a server; gives its port.
pub(super) fn proxy(server: u16, plan: &Plan) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let plan = plan.clone();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(upstream) = TcpStream::connect(("127.0.0.1", server)) else {
                continue;
            };
            let ends = [
                (Direction::Request, client.try_clone(), upstream.try_clone()),
                (Direction::Answer, Ok(upstream), Ok(client)),
            ];
            for (direction, from, to) in ends {
                let (from, to, plan) = (from.unwrap(), to.unwrap(), plan.clone());
                std::thread::spawn(move || forward(direction, from, to, &plan));
            }
        }
    });
    port
}

fn forward(direction: Direction, mut from: TcpStream, mut to: TcpStream, plan: &Plan) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let mut is_cut = false;
        let mut passed = count;
        if let Some((planned, left)) = &mut *plan.lock().unwrap()
            && *planned == direction
        {
            is_cut = *left < count;
            passed = count.min(*left);
            *left -= passed;
        }
        if is_cut {
            *plan.lock().unwrap() = None;
        }
        if to.write_all(&buffer[..passed]).is_err() || is_cut {
            break;
        }
    }
    for stream in [from, to] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

const SCRIPT: &str = r#"
    let q = JoinableQueue(#{ url: "URL", name: "q", lease: 3600.0 });
    let next = 0;
    print("ready");
    loop {
        let order = input();
        if order == "put" { q.put(next); next += 1; print("put", next - 1); }
        else if order == "get" { print("got", q.get(#{ timeout: 30 })); }
        else if order == "done" { print("done", q.task_done()); }
        else { break; }
    }
    print(q.stats().unfinished, q.stats().waiting);
"#;

/// Does an operation while its connection is cut; gives whether it was.
pub(super) fn with_cut(
    run: &mut Running,
    plan: &Plan,
    at: (Direction, usize),
    order: &str,
    answer: &str,
    lines: &mut usize,
) -> bool {
    *plan.lock().unwrap() = Some(at);
    run.type_in(&format!("{order}\n"));
    *lines += 1;
    run.wait_for_lines(*lines);
    let line = run.line(*lines - 1);
    assert_eq!(line, answer, "{order} cut {at:?}");
    plan.lock().unwrap().take().is_none()
}

/// How a script reaches a server through a proxy that cuts.
pub(super) struct Cuts<'a> {
    pub server: &'a Server,
    /// The port before which the proxy stands.
    pub port: u16,
    /// The URL of the proxy's port.
    pub url: &'a dyn Fn(u16) -> String,
    /// How many bytes there are between two cuts.
    pub step: usize,
}

/// Cuts the connection of a script after each byte of each order and of its answer. `orders` are those of a round, with what the script prints
/// for each; after that many rounds it prints `end` last.
pub(super) fn cut_after_each_byte<const N: usize>(
    script: &str,
    orders: impl Fn(usize) -> [(&'static str, String); N],
    end: impl Fn(usize) -> String,
) {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let cuts = Cuts {
        server: &server,
        port: server.port(),
        url: &|port| format!("redis://127.0.0.1:{port}/0"),
        step: 1,
    };
    cut_after_bytes(&cuts, script, orders, end);
}

/// The same after as many bytes as `cuts` says.
pub(super) fn cut_after_bytes<const N: usize>(
    cuts: &Cuts<'_>,
    script: &str,
    orders: impl Fn(usize) -> [(&'static str, String); N],
    end: impl Fn(usize) -> String,
) {
    for direction in [Direction::Request, Direction::Answer] {
        cuts.server.ask(&["FLUSHALL"]);
        let plan = Plan::default();
        let port = proxy(cuts.port, &plan);
        let code = script.replace("URL", &(cuts.url)(port));
        let mut run = Script::text(&code).interactive().patient().start();
        run.wait_for_line("ready");
        let (mut lines, mut rounds) = (1, 0);
        let mut last = [false; N];
        for at in (0..).step_by(cuts.step) {
            for ((order, answer), was_cut) in orders(rounds).iter().zip(&mut last) {
                *was_cut = with_cut(&mut run, &plan, (direction, at), order, answer, &mut lines);
            }
            rounds += 1;
            if last == [false; N] {
                break;
            }
            assert!(at < 5000, "the cuts have no end");
        }
        assert!(rounds * cuts.step > 20, "{rounds} cuts are too few");
        run.type_in("end\n");
        let output = run.finish();
        assert!(output.stdout.ends_with(&end(rounds)), "{}", output.stdout);
        assert_eq!((output.code(), output.stderr.as_str()), (0, ""));
    }
}

#[test]
fn a_connection_may_be_cut_after_any_byte() {
    let orders = |item| {
        [
            ("put", format!("put {item}")),
            ("get", format!("got {item}")),
            ("done", "done True".to_string()),
        ]
    };
    cut_after_each_byte(SCRIPT, orders, |_| "\n0 0\n".to_string());
}
