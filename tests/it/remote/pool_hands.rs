//! Workers of a pool and their tasks: what would end one after the other, copies, faults of the server, and keys.

use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::at;
use super::pool::{end, hands, main_of, workers};
use crate::support::script::Script;
use crate::support::server::Server;

#[test]
fn a_task_that_would_end_every_worker_has_an_error_as_its_result() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn hungry(x) { let all = []; loop { all.push(`item ${len(all)}`); } }
        fn interrupts(x) { throw KeyboardInterrupt(); }
        fn well(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        try { pool.apply(hungry, [1]); } catch (e) { print(e.type); }
        let result = pool.apply_async(interrupts, [1]);
        result.wait();
        print(result.successful(), pool.map(well, [1, 2]), pool.stats()["unfinished"]);
    "#;
    let script = Script::text(&at(&server, code)).patient();
    let path = main_of(&script);
    let running = workers(
        &server,
        &path,
        &["--processes", "1", "--limit-memory", "32"],
    );
    script.run().assert(0, "MemoryError\nFalse [1, 2] 0\n", "");
    end(running);
}

#[test]
fn a_copy_that_a_task_made_is_no_worker() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) {
            print("begun", #{ flush: true });
            let codes = [];
            for how in ["interrupt", "throw", "exit", "return"] {
                let pid = os.fork();
                if pid == 0 {
                    if how == "interrupt" { throw KeyboardInterrupt(); }
                    if how == "throw" { throw ValueError("of the copy"); }
                    if how == "exit" { sys.exit(3); }
                    return 0;
                }
                codes.push(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]));
            }
            codes
        }
        let pool = Pool(#{ url: "URL", name: "p" });
        print(pool.map(f, [1, 2], #{ chunksize: 2 }));
    "#;
    let script = Script::text(&at(&server, code));
    let path = main_of(&script);
    let running = workers(&server, &path, &["--processes", "1"]);
    script.run().assert(0, "[[1, 1, 3, 0], [1, 1, 3, 0]]\n", "");
    running.signal(Signal::SIGTERM);
    let output = running.finish();
    assert_eq!(output.stdout, "begun\nbegun\n", "{}", output.stderr);
    assert!(output.stderr.contains("of the copy"), "{}", output.stderr);
}

#[test]
fn a_fault_of_the_server_is_no_result() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = "
        fn f(x) { x }
        print(Pool(#{ url: \"URL\", name: \"p\" }).apply(f, [1]));
    ";
    let script = Script::text(&at(&server, code));
    let path = main_of(&script);
    // All keys but those of programs.
    let user = [
        "ACL",
        "SETUSER",
        "w",
        "on",
        ">w",
        "+@all",
        "~ps:{p/*}:?",
        "~ps:{p/*}:t:*",
        "~ps:{p/*}:r:*",
    ];
    assert_eq!(server.ask(&user), "OK");
    let url = server.url().replace("redis://", "redis://w:w@");
    let words = ["worker", &url, path.to_str().unwrap(), "--pool", "p"];
    let running = Script::command(&words)
        .option("--processes")
        .option("1")
        .patient()
        .start();
    running.wait_for_stderr("serve the pool p");
    let submitter = script.start();
    running.wait_for_stderr("a worker goes on trying: NOPERM");
    assert_eq!(server.ask(&["ACL", "SETUSER", "w", "~*"]), "OK");
    let output = submitter.finish();
    assert_eq!((output.code(), output.stdout.as_str()), (0, "1\n"));
    end(running);
}

#[test]
fn a_worker_that_cannot_be_started_is_started_later() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = "
        fn f(x) { x }
        print(Pool(#{ url: \"URL\", name: \"p\" }).apply(f, [1]));
    ";
    let script = || Script::text(&at(&server, code));
    let first = script();
    let running = workers(&server, &main_of(&first), &["--processes", "2"]);
    running.wait_until("there are two", || hands(&running).len() == 2);
    let main = running.pid().to_string();
    let limit = |soft: &str| {
        let limit = format!("--nofile={soft}:");
        let done = Command::new("prlimit")
            .args(["--pid", &main, &limit])
            .status();
        assert!(done.unwrap().success());
    };
    limit("3");
    kill(Pid::from_raw(hands(&running)[0]), Signal::SIGKILL).unwrap();
    running.wait_for_stderr("a worker cannot be started, and is tried again: ");
    first.run().assert(0, "1\n", "");
    assert_eq!(hands(&running).len(), 1);
    limit("256");
    running.wait_until("there are two again", || hands(&running).len() == 2);
    script().run().assert(0, "1\n", "");
    end(running);
}

#[test]
fn programs_that_workers_do_not_know_need_the_key() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x * 2 }
        fn g(x) { os.system("true") }
        let pool = Pool(#{ url: "URL", name: "p", key_file: "key" });
        print(error_of(|| print(pool.map(f, [1, 2]), pool.map(abs, [-1]))));
        print(error_of(|| pool.apply(g, [1])).split(":")[0]);
    "#;
    let with = |key: &str| Script::text(&at(&server, code)).beside("key", key);
    let start = |script: &Script| {
        let url = server.url();
        let words = ["worker", &url, "--pool", "p", "--processes", "1", "--key"];
        let key = script.directory().join("key");
        let running = Script::command(&words).option(key).patient().start();
        running.wait_for_stderr("serve the pool p");
        running
    };
    let done = "[2, 4] [1]\nno error\nPermissionError\n";
    let (one, other) = (with("a key of sixteen bytes"), with("another key of bytes"));
    let first = start(&one);
    // Tasks of another key wait for workers of theirs.
    let waiting = other.start();
    waiting.wait_for_stderr("yet: start one with `procscript worker redis://127.0.0.1:");
    one.run().assert(0, done, "");
    let other = with("another key of bytes");
    let second = start(&other);
    assert_eq!(waiting.finish().stdout, done);
    other.run().assert(0, done, "");
    // What is put into the streams of a pool without its key is ended, and does not fill the log.
    let streams = server.ask(&["--scan", "--pattern", "ps:{p/*}:s"]);
    let streams: Vec<_> = streams.lines().collect();
    assert_eq!(streams.len(), 2);
    for stream in &streams {
        let many = "local function part(name) return string.sub(KEYS[1], 1, -2) .. name end
            redis.call('HSET', part('m'), 'x', 1)
            for i = 1, 20 do
              redis.call('HSET', part('t:x'), i, 1)
              redis.call('XADD', KEYS[1], '*', 'v', 'x ' .. i .. ' y z\\n')
            end";
        server.ask(&["EVAL", many, "1", stream]);
    }
    for running in [first, second] {
        running.wait_until("they are gone", || {
            streams
                .iter()
                .all(|stream| server.ask(&["XLEN", stream]) == "0")
        });
        let told = end(running);
        let count = told.matches("a task is ignored that nobody").count();
        assert!((1..=5).contains(&count), "{told}");
    }
    let output = with("short").run();
    let text = "ValueError: the key in key is too short: it needs 16 bytes or more\n";
    assert!(output.stderr.contains(text), "{}", output.stderr);
    assert_eq!(output.code(), 1);
}

#[test]
fn a_result_without_the_seal_is_none() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        let pool = Pool(#{ url: "URL", name: "p", key_file: "key" });
        print(error_of(|| pool.apply(f, [1])));
    "#;
    let script = Script::text(&at(&server, code)).beside("key", "a key of sixteen bytes");
    let submitter = script.start();
    let wanted = || server.ask(&["--scan", "--pattern", "ps:{p/*}:t:*"]);
    submitter.wait_until("the task is on the server", || !wanted().is_empty());
    let wanted = wanted();
    let number = server.ask(&["HKEYS", &wanted]);
    let results = wanted.replace("}:t:", "}:r:");
    server.ask(&["XADD", &results, "*", "n", &number, "v", "-\nanything"]);
    let output = submitter.finish();
    assert_eq!(
        output.stdout,
        "AuthenticationError: the result of f(1) is not of a worker that knows the key\n"
    );
}

#[test]
fn chunks_of_any_size_are_possible() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        let size = #{ chunksize: 9223372036854775807 };
        print(list(pool.imap(f, range(3), size)), pool.map(f, range(3), size));
    "#;
    let script = Script::text(&at(&server, code));
    let path = main_of(&script);
    let running = workers(&server, &path, &["--processes", "1"]);
    script.run().assert(0, "[0, 1, 2] [0, 1, 2]\n", "");
    end(running);
}
