//! Sealed tasks that somebody puts there again who may write to the server: no worker does them twice.

use super::at;
use super::pool::end;
use crate::support::script::Script;
use crate::support::server::Server;

const SCRIPT: &str = r#"
    fn f(x) { print("did", x, #{ flush: true }); x }
    let pool = Pool(#{ url: "URL", name: "p", key_file: "key" });
    print(pool.apply(f, [1]));
    print("next");
    input();
    print(pool.map(f, [2, 3], #{ chunksize: 1 }));
"#;

/// Notes what is added to the tasks, and puts it there again for a member that whoever does this invents.
const AGAIN: &str = r"
    local function part(name) return string.sub(KEYS[1], 1, -2) .. name end
    local client = string.match(ARGV[1], '^(%S+) ')
    redis.call('HSET', part('m'), client, 1)
    redis.call('HSET', part('t:' .. client), ARGV[2], 's0-1')
    redis.call('XADD', KEYS[1], '*', 'v', ARGV[1])
    redis.call('HINCRBY', part('c'), 'unfinished', 1)
";

#[test]
fn a_task_that_was_done_is_not_done_again() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = Script::text(&at(&server, SCRIPT))
        .beside("key", "a key of sixteen bytes")
        .interactive();
    let key = script.directory().join("key");
    // The task is copied before there is a worker.
    let mut submitter = script.start();
    let streams = || server.ask(&["--scan", "--pattern", "ps:{p/*}:s"]);
    submitter.wait_until("the task is on the server", || {
        let stream = streams();
        !stream.is_empty() && server.ask(&["XLEN", &stream]) == "1"
    });
    let stream = streams();
    let copy = "local v = redis.call('XRANGE', KEYS[1], '-', '+')[1][2][2] redis.call('SET', 'copy', v) return 1";
    server.ask(&["EVAL", copy, "1", &stream]);
    let url = server.url();
    let words = ["worker", &url, "--pool", "p", "--processes", "1", "--key"];
    let running = Script::command(&words).option(key).patient().start();
    submitter.wait_for_line("next");
    let again = AGAIN
        .replace("ARGV[1]", "redis.call('GET', 'copy')")
        .replace("ARGV[2]", "'1'");
    for _ in 0..3 {
        server.ask(&["EVAL", &again, "1", &stream]);
        running.wait_until("it is gone", || server.ask(&["XLEN", &stream]) == "0");
    }
    let results = stream.replace("}:s", "}:r:*");
    let results = server.ask(&["--scan", "--pattern", &results]);
    // What the submitter gets to know is that it should seal the task again, if it still wants it.
    assert!(!results.is_empty());
    submitter.type_in("\n");
    submitter.finish().assert(0, "1\nnext\n[2, 3]\n", "");
    running.signal(nix::sys::signal::Signal::SIGTERM);
    let output = running.finish();
    assert_eq!(output.stdout, "did 1\ndid 2\ndid 3\n", "{}", output.stderr);
}

#[test]
fn a_task_of_its_own_that_a_worker_has_had_is_sealed_again_and_done() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    // The result of the first attempt is taken away, so the submitter still waits when the task comes back to the same worker.
    let code = r#"
        fn f(x) { print("did", x, #{ flush: true }); time.sleep(0.5); x }
        let pool = Pool(#{ url: "URL", name: "p", key_file: "key" });
        print(pool.apply(f, [1]));
    "#;
    let script = Script::text(&at(&server, code)).beside("key", "a key of sixteen bytes");
    let key = script.directory().join("key");
    let url = server.url();
    let words = ["worker", &url, "--pool", "p", "--processes", "1", "--key"];
    let running = Script::command(&words).option(key).patient().start();
    running.wait_for_stderr("serve the pool p");
    let submitter = script.start();
    running.wait_for_line("did 1");
    // The worker is taken for dead while it works: its result is for nobody, and the task is handed out again.
    let stream = server.ask(&["--scan", "--pattern", "ps:{p/*}:s"]);
    let bury = r"
        local function part(name) return string.sub(KEYS[1], 1, -2) .. name end
        local x = redis.call('XPENDING', KEYS[1], 'g', '-', '+', 1)[1]
        local v = redis.call('XRANGE', KEYS[1], x[1], x[1])[1][2][2]
        redis.call('HDEL', part('m'), x[2])
        redis.call('XADD', part('b'), '*', 'v', v, 'n', 1)
        redis.call('XDEL', KEYS[1], x[1])
        redis.call('XACK', KEYS[1], 'g', x[1])
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'g', x[2])
        return 1";
    assert_eq!(server.ask(&["EVAL", bury, "1", &stream]), "1");
    submitter.finish().assert(0, "1\n", "");
    let told = end(running);
    assert!(!told.contains("ignored"), "{told}");
}
