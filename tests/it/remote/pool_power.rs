//! The power of the server fails at any moment of a pool's life: its append-only file is cut at many points. Every result comes.

use tempfile::TempDir;

use super::pool::{end, main_of, workers};
use crate::support::script::Script;
use crate::support::server::Server;

const SUBMIT: &str = r#"
    const LOG = sys.argv[2];
    fn square(x) {
        let log = open(global::LOG, "a");
        log.write(x + "\n");
        log.close();
        x * x
    }
    let pool = Pool(#{ url: sys.argv[1], name: "p", lease: 3600.0 });
    print("ready");
    loop {
        let order = input();
        if order == "end" { break; }
        let n = int(order);
        let xs = range(n, n + 4);
        print(n, pool.map(square, xs, #{ chunksize: 1 }) == list(xs).map(|x| x * x));
    }
    print(pool.stats().unfinished);
"#;

/// How often the power fails.
const FAILURES: u64 = 30;

#[test]
fn every_task_has_its_result_wherever_the_file_ends() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let script = Script::text(SUBMIT).interactive().patient();
    let path = main_of(&script);
    // The directory of a run vanishes with it.
    let directory = TempDir::with_prefix("procscript-power-").unwrap();
    let log = directory.path().join("log");
    let running = workers(&server, &path, &["--processes", "2", "--lease", "3600"]);
    let mut run = script.arg(server.url()).arg(&log).start();
    run.wait_for_line("ready");
    for failure in 0..FAILURES {
        let before = server.written();
        run.type_in(&format!("{}\n", 8 * failure));
        run.wait_for_line(&format!("{} True", 8 * failure));
        // What the four tasks have written is lost from somewhere on: within them, or some of what was before.
        let written = server.written() - before;
        let kept = match failure % 3 {
            0 => before.saturating_sub(written * (failure % 5) / 4),
            _ => before + written * failure / FAILURES,
        };
        server.lose_all_but(kept);
        run.type_in(&format!("{}\n", 8 * failure + 4));
        run.wait_for_line(&format!("{} True", 8 * failure + 4));
    }
    run.type_in("end\n");
    let output = run.finish();
    assert!(output.stdout.ends_with("\n0\n"), "{}", output.stdout);
    let log = std::fs::read_to_string(&log).unwrap();
    let count = log.lines().count() as u64;
    eprintln!(
        "{FAILURES} power failures: {} tasks, 0 lost, {} begun again",
        8 * FAILURES,
        count - 8 * FAILURES
    );
    end(running);
    let key = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
    assert_eq!(server.ask(&["HGET", &key, "unfinished"]), "0");
}
