//! `Pool` on a server and `procscript worker`: tasks, their results and errors, and how workers and submitters end.

use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::at;
use crate::support::running::Running;
use crate::support::script::Script;
use crate::support::server::Server;

const PATIENT: &str = "30";

/// Starts workers for a script that exists, and waits until they serve.
pub(super) fn workers(server: &Server, script: &Path, options: &[&str]) -> Running {
    workers_at(&server.url(), script, options)
}

/// The same by a URL.
pub(super) fn workers_at(url: &str, script: &Path, options: &[&str]) -> Running {
    let mut words = vec!["worker", url, script.to_str().unwrap(), "--pool", "p"];
    words.extend(options);
    let running = Script::command(&words).patient().start();
    running.wait_for_stderr("serve the pool p");
    running
}

pub(super) fn main_of(script: &Script) -> PathBuf {
    script.directory().join("main.rhai")
}

/// The processes that do tasks.
pub(super) fn hands(running: &Running) -> Vec<i32> {
    let main = running.pid();
    let is_worker = |pid: &i32| {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        name.starts_with("Worker-")
    };
    let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children"));
    let children = children.unwrap_or_default();
    let children = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    children.filter(is_worker).collect()
}

pub(super) fn end(running: Running) -> String {
    running.signal(Signal::SIGTERM);
    let output = running.finish();
    assert_eq!(output.code(), 0, "{}", output.stderr);
    output.stderr
}

/// Runs a script with workers of the same script: it prints exactly `stdout`.
fn prints(code: &str, stdout: &str) {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    for method in ["fork", "spawn"] {
        let script = Script::text(&at(&server, code)).start_method(method);
        let running = workers(&server, &main_of(&script), &["--processes", "2"]);
        script.run().assert(0, stdout, "");
        end(running);
        left_nothing(&server);
    }
}

/// Nothing of a submitter is left on the server, and no task.
fn left_nothing(server: &Server) {
    for pattern in ["ps:{p/*}:t:*", "ps:{p/*}:r:*"] {
        let keys = server.ask(&["--scan", "--pattern", pattern]);
        assert_eq!(keys, "", "{pattern}");
    }
    let settings = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
    for key in settings.lines() {
        assert_eq!(server.ask(&["HGET", key, "unfinished"]), "0", "{key}");
    }
}

#[test]
fn tasks_are_done_and_results_come_back_as_they_are() {
    prints(
        r#"
        const FACTOR = 3;
        fn triple(x) { x * global::FACTOR }
        fn add(a, b) { a + b }
        fn same(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        print(pool.map(triple, range(10)), pool.map(triple, []));
        print(pool.starmap(add, [[1, 2], [3, 4]]), pool.apply(add, [5, 6]));
        let result = pool.apply_async(triple, [7]);
        print(result.get(30), result.ready(), result.successful(), result);
        print(pool.map_async(triple, [1, 2]).get(), pool.starmap_async(add, [[1, 2]]).get());
        for x in pool.imap(triple, range(3)) { print(x); }
        print(sorted(list(pool.imap_unordered(triple, range(20), #{ chunksize: 3 }))));
        let n = 4;
        print(pool.map(|x| x + n, [1, 2]));
        for value in [1, 2.5, "text", 'c', true, (), [1, [2]], #{ a: 1 }, "raw".to_blob()] {
            print(type(pool.apply(same, [value])), pool.apply(same, [value]) == value);
        }
        let endless = pool.imap(triple, itertools.count(1));
        print(endless.next(), endless.next(), endless.next());
        with pool { print(pool.apply(add, ["a", "b"])); }
        print(error_of(|| pool.apply(add, [1, 2])));
        "#,
        "[0, 3, 6, 9, 12, 15, 18, 21, 24, 27] []\n[3, 7] 11\n21 True True <multiprocessing.pool.AsyncResult ready>\n[3, 6] [3]\n0\n3\n6\n\
         [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48, 51, 54, 57]\n[5, 6]\n\
         <class 'int'> True\n<class 'float'> True\n<class 'str'> True\n<class 'str'> True\n<class 'bool'> True\n<class 'NoneType'> True\n\
         <class 'list'> True\n<class 'dict'> True\n<class 'bytes'> True\n3 6 9\nab\n\
         ValueError: Pool not running\n",
    );
}

#[test]
fn errors_come_back_with_their_types() {
    prints(
        r#"
        fn bad(x) { if x == 2 { throw ValueError("two", 2); } x }
        fn missing(x) { #{}.a.b }
        fn quit(x) { sys.exit(4) }
        fn local(x) { Lock() }
        let pool = Pool(#{ url: "URL", name: "p" });
        try { pool.map(bad, range(4)); } catch (e) { print(e.type, e.args, "bad" in e.traceback); }
        let results = pool.imap(bad, range(4));
        for i in range(4) { print(error_of(|| print(results.next()))); }
        print(error_of(|| results.next()));
        try { pool.apply(quit, [1]); } catch (e) { print(e.type, e.args); }
        try { pool.apply(local, [1]); } catch (e) { print(e.type); }
        print(pool.apply(bad, [1]));
        print(error_of(|| pool.apply(bad, [Lock()])));
        print(error_of(|| pool.map(abs, [1])));
        print(error_of(|| Pool(#{ key_file: "k" })));
        print(error_of(|| Pool(#{ url: "URL", name: "p", key_file: "missing" })));
        print(error_of(|| pool.join()), error_of(|| Queue().put(pool)));
        pool.close();
        print(error_of(|| pool.map(bad, [1])));
        pool.join();
        "#,
        "ValueError ['two', 2] True\n0\nno error\n1\nno error\nValueError: ('two', 2)\n3\nno error\nStopIteration: \nSystemExit [4]\n\
         MaybeEncodingError\n1\n\
         TypeError: args[0] is a Lock, which cannot be sent from here: it belongs to this machine, and the message goes to others\n\
         TypeError: func is the function abs, which cannot be sent to another process: it is not a function of the script, and workers call no others\n\
         ValueError: lease and key_file are for a Pool on a server: url is missing\n\
         FileNotFoundError: [Errno 2] No such file or directory: 'missing'\n\
         ValueError: Pool is still running TypeError: item is a Pool, which cannot be sent from here: pool objects cannot be passed between processes or pickled\n\
         ValueError: Pool not running\n",
    );
}

/// Nobody ends a worker because its task waits for ever, so the task has to.
#[test]
fn a_task_whose_wait_can_never_end_fails_and_its_worker_goes_on() {
    prints(
        r#"
        fn twice(make) {
            let lock = make.call();
            lock.acquire();
            lock.acquire();
        }
        fn empty(n) { Queue().get() }
        fn caught(n) { try { Event().wait(); } catch (e) { return e.type; } }
        let pool = Pool(#{ url: "URL", name: "p" });
        for n in range(3) {
            print(error_of(|| pool.apply(twice, [|| Lock()])).split(":")[0]);
        }
        print(error_of(|| pool.apply(twice, [|| threading.Lock()])).split(":")[0]);
        print(error_of(|| pool.apply(empty, [1])).split(":")[0]);
        print(pool.map(caught, range(3)));
        "#,
        "DeadlockError\nDeadlockError\nDeadlockError\nDeadlockError\nDeadlockError\n\
         ['DeadlockError', 'DeadlockError', 'DeadlockError']\n",
    );
}

#[test]
fn modules_go_along_and_have_to_be_the_same() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let module = "const ADDED = 5; fn add(x) { x + global::ADDED } export const LIMIT = 7;";
    let code = r#"
        import "inner/m" as m;
        fn task(x) { m::add(x) + m::LIMIT }
        let pool = Pool(#{ url: "URL", name: "p" });
        print(error_of(|| print(pool.map(task, [1, 2]))));
    "#;
    let script = |text: &str| Script::text(&at(&server, code)).beside("inner/m.rhai", text);
    // In another directory, as on another machine.
    let elsewhere = script(module);
    let running = workers(&server, &main_of(&elsewhere), &["--processes", "1"]);
    script(module).run().assert(0, "[13, 14]\nno error\n", "");
    let output = script("fn add(x) { x } export const LIMIT = 7;").run();
    assert!(
        output
            .stdout
            .starts_with("PermissionError: the worker does not have "),
        "{}",
        output.stdout
    );
    script(module).run().assert(0, "[13, 14]\nno error\n", "");
    end(running);
    left_nothing(&server);
}

const KILLS: &str = r#"
    fn die(x) { if x == 1 { os.kill(os.getpid(), 9); } x }
    fn once(path) {
        if os.path.exists(path) { return "done"; }
        let f = open(path, "w");
        f.close();
        os.kill(os.getpid(), 9);
    }
    let pool = Pool(#{ url: "URL", name: "p" });
    print(pool.apply(once, [sys.argv[1]]));
    try { pool.apply(die, [1]); } catch (e) { print(e.type, e.message, e.task); }
    print(pool.map(die, [2, 3, 4]));
"#;

#[test]
fn a_task_whose_worker_was_killed_is_done_by_another_one_but_not_for_ever() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = Script::text(&at(&server, KILLS));
    let path = main_of(&script);
    let mark = path.with_file_name("mark");
    let running = workers(&server, &path, &["--processes", "2"]);
    let expected = "done\nWorkerLost 3 workers have died while they ran die(1) die(1)\n[2, 3, 4]\n";
    script.arg(mark).run().assert(0, expected, "");
    let told = end(running);
    assert_eq!(
        told.matches("was killed by SIGKILL; another one").count(),
        4,
        "{told}"
    );
    left_nothing(&server);
    let pool = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
    let name = pool
        .trim_start_matches("ps:{")
        .trim_end_matches("}:c")
        .to_string();
    let url = server.url();
    let listed = Script::command(&["remote", "dead", &url, &name]).run();
    assert!(
        listed
            .stdout
            .contains("<function die>: [1]\n    3 deaths, the last of "),
        "{}",
        listed.stdout
    );
    let back = Script::command(&["remote", "dead", &url, &name, "--back"]).run();
    assert_eq!(back.code(), 2, "{}", back.stdout);
    assert!(
        back.stderr.contains("cannot be put back"),
        "{}",
        back.stderr
    );
    Script::command(&["remote", "dead", &url, &name, "--drop"])
        .run()
        .assert(0, "1 dropped\n", "");
}

const SLOW: &str = r#"
    fn slow(x) {
        print("begun", x, #{ flush: true });
        time.sleep(float(sys.argv[1]));
        print("ended", x, #{ flush: true });
        x
    }
    fn quick(x) { x }
    let pool = Pool(#{ url: "URL", name: "p" });
    if sys.argv.len() > 2 { print(pool.map(quick, [1, 2])); sys.exit(); }
    print(pool.map(slow, range(100), #{ chunksize: 1 }));
"#;

#[test]
fn the_tasks_of_a_submitter_that_was_killed_are_not_begun() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = || Script::text(&at(&server, &SLOW.replace("float(sys.argv[1])", "0.3")));
    let (first, second) = (script(), script());
    let running = workers(&server, &main_of(&second), &["--processes", "1"]);
    let submitter = first.start();
    running.wait_for_line("begun");
    kill(Pid::from_raw(submitter.pid()), Signal::SIGKILL).unwrap();
    running.wait_until("the tasks are dropped", || {
        let key = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
        server.ask(&["HGET", &key, "unfinished"]) == "0"
    });
    second.arg("0").arg("quick").run().assert(0, "[1, 2]\n", "");
    running.signal(Signal::SIGTERM);
    let output = running.finish();
    assert!(
        output.stdout.matches("begun").count() < 5,
        "{}",
        output.stdout
    );
    left_nothing(&server);
    drop(submitter);
}

#[test]
fn sigterm_lets_tasks_in_hand_end_or_gives_them_back() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    // With grace, the task in hand ends; without, it goes back and has cost nothing.
    for (grace, ended) in [(PATIENT, true), ("0", false)] {
        server.ask(&["FLUSHALL"]);
        let wait = if ended { "0.5" } else { "1000" };
        let script = Script::text(&at(&server, &SLOW.replace("float(sys.argv[1])", wait)));
        let options = ["--processes", "2", "--grace", grace];
        let running = workers(&server, &main_of(&script), &options);
        let submitter = script.start();
        running.wait_for_lines(2);
        running.signal(Signal::SIGTERM);
        let output = running.finish();
        assert_eq!(output.code(), 0, "{}", output.stderr);
        let is_ended = output.stdout.contains("ended");
        assert_eq!(is_ended, ended, "{}", output.stdout);
        let begun = output.stdout.matches("begun").count();
        let back = server.ask(&["--scan", "--pattern", "ps:{p/*}:b"]);
        let deaths = server.ask(&["XRANGE", &back, "-", "+"]);
        let expected = if ended { 0 } else { begun };
        assert_eq!(deaths.lines().filter(|line| *line == "n").count(), expected);
        assert!(!deaths.lines().any(|line| line == "1"), "{deaths}");
        submitter.interrupt();
    }
}

#[test]
fn killed_workers_leave_nothing_behind_and_ctrl_c_ends_all() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = Script::text(&at(&server, &SLOW.replace("float(sys.argv[1])", "1000")));
    let path = main_of(&script);
    let running = workers(&server, &path, &["--processes", "2"]);
    let submitter = script.start();
    running.wait_for_lines(2);
    let hands = hands(&running);
    assert_eq!(hands.len(), 2);
    kill(Pid::from_raw(running.pid()), Signal::SIGKILL).unwrap();
    running.wait_until(
        "the workers die with the process that looks after them",
        || {
            let is_gone = |pid: &i32| !crate::support::process_table::is_running(*pid);
            hands.iter().all(is_gone)
        },
    );
    drop(running);
    let running = workers(&server, &path, &["--processes", "2"]);
    running.wait_for_lines(2);
    running.signal_all(Signal::SIGINT);
    let output = running.finish();
    assert_eq!(output.code(), 130, "{}", output.stderr);
    submitter.interrupt();
    left_nothing(&server);
}

#[test]
fn what_is_wrong_is_said_in_time() {
    let spare = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "redis://me:secret@127.0.0.1:{}/0",
        spare.local_addr().unwrap().port()
    );
    drop(spare);
    let script = Script::text("fn f(x) { x }");
    let path = main_of(&script);
    let path = path.to_str().unwrap();
    let start = std::time::Instant::now();
    for (words, code, text) in [
        (
            vec!["worker", &url, path],
            1,
            "ConnectionError: redis://127.0.0.1",
        ),
        (
            vec!["worker", "http://host", path],
            2,
            "url is not the URL of a server",
        ),
        (
            vec!["worker", "nowhere", path],
            2,
            "PROCSCRIPT_REMOTE_NOWHERE",
        ),
        (vec!["worker", &url], 2, "<FILE>"),
        (vec!["worker", &url, "missing.rhai"], 2, "missing.rhai"),
        (vec!["worker", &url, path, "--pool", "a{b}"], 2, "braces"),
        (
            vec!["worker", &url, path, "--key", "missing"],
            2,
            "the key in missing",
        ),
        (vec!["remote", "ls", &url], 2, "redis://127.0.0.1"),
        (
            vec!["remote", "dead", "http://host"],
            2,
            "url is not the URL of a server",
        ),
    ] {
        let output = Script::command(&words).run();
        assert_eq!(output.code(), code, "{words:?}: {}", output.stderr);
        assert!(output.stderr.contains(text), "{words:?}: {}", output.stderr);
        assert!(
            !output.stderr.contains("secret"),
            "{words:?}: {}",
            output.stderr
        );
    }
    let code = r#"fn f() {} print(error_of(|| Pool(#{ url: "URL", name: "p" })).split(":")[0]);"#;
    Script::text(&code.replace("URL", &url))
        .run()
        .assert(0, "ConnectionError\n", "");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    drop(script);
}

#[test]
fn whoever_waits_without_workers_is_told() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        let result = pool.apply_async(f, [1]);
        try { result.get(0.2); } catch (e) { print(e.type); }
        print(result.get());
    "#;
    let script = Script::text(&at(&server, code));
    let path = main_of(&script);
    let submitter = script.start();
    submitter.wait_for_line("TimeoutError");
    submitter.wait_for_stderr("no worker serves the pool p at ");
    let command = format!("procscript worker {} script.rhai --pool p", server.url());
    submitter.wait_for_stderr(&format!(
        "yet: start one with `{command}`, where script.rhai is the same script"
    ));
    // It was taken for dead: the server has forgotten it and its tasks, and it notices.
    let keys = server.ask(&["--scan", "--pattern", "ps:{p/*}:m"]);
    for member in server.ask(&["HKEYS", &keys]).lines() {
        server.ask(&["HDEL", &keys, member]);
        for part in ["t", "r"] {
            server.ask(&["DEL", &keys.replace(":m", &format!(":{part}:{member}"))]);
        }
    }
    let running = workers(&server, &path, &["--processes", "1"]);
    let output = submitter.finish();
    assert_eq!(
        (output.code(), output.stdout.as_str()),
        (0, "TimeoutError\n1\n")
    );
    end(running);
}
