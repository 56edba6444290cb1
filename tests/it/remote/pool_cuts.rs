//! A proxy that cuts the connection of a submitter or of a worker after many bytes of a request and of an answer: each task has its result.

use nix::sys::signal::Signal;

use super::cuts::{Direction, Plan, proxy, with_cut};
use super::pool::workers_at;
use crate::support::script::Script;
use crate::support::server::Server;

const SCRIPT: &str = r#"
    fn square(x) { x * x }
    let pool = Pool(#{ url: sys.argv[1], name: "p", lease: 3600.0 });
    print("ready");
    loop {
        let order = input();
        if order == "end" { break; }
        print(order, pool.apply(square, [int(order)]));
    }
    print(pool.stats().unfinished);
"#;

/// How many bytes are between two cuts.
const STEP: usize = 13;

#[test]
fn the_connections_of_a_pool_may_be_cut_anywhere() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    for (of_worker, direction) in [
        (false, Direction::Request),
        (false, Direction::Answer),
        (true, Direction::Request),
        (true, Direction::Answer),
    ] {
        server.ask(&["FLUSHALL"]);
        let plan = Plan::default();
        let through = format!("redis://127.0.0.1:{}/0", proxy(server.port(), &plan));
        let (submits, works) = match of_worker {
            true => (server.url(), through),
            false => (through, server.url()),
        };
        let script = Script::text(SCRIPT).arg(submits).interactive().patient();
        let path = script.directory().join("main.rhai");
        let workers = workers_at(&works, &path, &["--processes", "1", "--lease", "3600"]);
        let mut run = script.start();
        run.wait_for_line("ready");
        let (mut lines, mut number, mut misses) = (1, 0, 0);
        // What a worker waits with is cut at the next task only.
        while misses < 3 {
            let answer = format!("{number} {}", number * number);
            let at = (direction, number * STEP);
            let was_cut = with_cut(
                &mut run,
                &plan,
                at,
                &number.to_string(),
                &answer,
                &mut lines,
            );
            misses = if was_cut { 0 } else { misses + 1 };
            number += 1;
            assert!(number < 1000, "the cuts have no end");
        }
        assert!(number > 5, "{number} cuts are too few");
        run.type_in("end\n");
        let output = run.finish();
        assert!(output.stdout.ends_with("\n0\n"), "{}", output.stdout);
        workers.signal(Signal::SIGTERM);
        assert_eq!(workers.finish().code(), 0);
        let key = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
        assert_eq!(server.ask(&["HGET", &key, "unfinished"]), "0");
    }
}
