//! Whoever submits tasks to a pool on a server: threads that share it, waits that end, and what is left on the server.

use nix::sys::signal::Signal;

use super::at;
use super::pool::workers;
use crate::support::running::Running;
use crate::support::script::Script;
use crate::support::server::Server;

/// Workers for a script.
fn workers_of(server: &Server, script: &Script) -> Running {
    let path = script.directory().join("main.rhai");
    workers(server, &path, &["--processes", "2"])
}

/// Ends workers; gives what their tasks have printed.
fn end(running: Running) -> String {
    running.signal(Signal::SIGTERM);
    let output = running.finish();
    assert_eq!(output.code(), 0, "{}", output.stderr);
    output.stdout
}

/// The only key of a part of the pool.
fn key(server: &Server, part: &str) -> String {
    server.ask(&["--scan", "--pattern", &format!("ps:{{p/*}}:{part}")])
}

/// Whether a submitter waits for results.
fn waits(server: &Server) -> bool {
    let clients = server.ask(&["CLIENT", "LIST"]);
    let waits = |client: &str| client.contains("flags=b ") && client.contains("cmd=xread ");
    clients.lines().any(waits)
}

#[test]
fn a_thread_that_waits_lets_the_others_use_the_pool_and_terminate_it() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        let first = Thread(|| print(error_of(|| pool.map(f, [1]))));
        first.start();
        while pool.stats().unfinished < 1 { time.sleep(0.01); }
        let result = pool.apply_async(f, [2]);
        print(result.ready(), error_of(|| result.get(0.1)), pool.stats());
        let second = Thread(|| print(error_of(|| result.get())));
        second.start();
        time.sleep(0.1);
        pool.terminate();
        first.join();
        second.join();
        print(error_of(|| pool.stats()), error_of(|| pool.processes), error_of(|| pool.map(f, [1])));
        print(error_of(|| result.get()));
        input();
    "#;
    let mut run = Script::text(&at(&server, code)).interactive().start();
    run.wait_for_lines(5);
    assert_eq!(server.ask(&["HLEN", &key(&server, "m")]), "0");
    assert_eq!(key(&server, "t:*"), "");
    run.type_in("\n");
    let end = "RuntimeError: the pool was terminated\n";
    let not_running = "ValueError: Pool not running";
    run.finish().assert(
        0,
        &format!(
            "False TimeoutError:  {{'unfinished': 2, 'workers': 0}}\n{end}{end}{not_running} {not_running} {not_running}\n{end}"
        ),
        "",
    );
}

#[test]
fn several_threads_submit_at_once_and_ask_for_the_same_result() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn slow(x) { time.sleep(0.3); x }
        fn f(x) { x * 2 }
        let pool = Pool(#{ url: "URL", name: "p" });
        let wrong = 0;
        let long = pool.apply_async(slow, [1]);
        let waiter = Thread(|| long.get());
        waiter.start();
        for round in range(20) {
            let result = pool.map_async(f, [1, 2, 3], #{ chunksize: 1 });
            let threads = list(range(4)).map(|i| Thread(|| if result.get() != [2, 4, 6] { wrong += 1; }));
            for thread in threads { thread.start(); }
            for thread in threads { thread.join(); }
        }
        waiter.join();
        print(wrong, long.get(), pool.stats().unfinished);
        input();
    "#;
    let script = Script::text(&at(&server, code));
    let running = workers_of(&server, &script);
    let mut run = script.interactive().start();
    run.wait_for_line("0 1 0");
    // What was seen is not left there while nobody asks for more; a single small result may be.
    let left = server.number(&["XLEN", &key(&server, "r:*")]);
    assert!(left <= 1, "{left}");
    run.type_in("\n");
    run.finish().assert(0, "0 1 0\n", "");
    end(running);
}

#[test]
fn results_that_were_seen_are_removed() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        fn large(n) { "x" * n }
        let pool = Pool(#{ url: "URL", name: "p" });
        print(pool.map(f, range(40)).len());
        input();
        print(pool.apply(large, [100000]).len());
        input();
    "#;
    let script = Script::text(&at(&server, code));
    let running = workers_of(&server, &script);
    let mut run = script.interactive().start();
    for line in ["40", "100000"] {
        run.wait_for_line(line);
        let results = key(&server, "r:*");
        assert_eq!(server.number(&["XLEN", &results]), 0, "{line}");
        run.type_in("\n");
    }
    run.finish().assert(0, "40\n100000\n", "");
    end(running);
}

#[test]
fn a_function_for_a_signal_cannot_use_a_pool_that_its_thread_waits_for() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        signal.signal(signal.SIGUSR1, || { print(error_of(|| pool.stats()), #{ flush: true }); });
        signal.signal(signal.SIGUSR2, || { throw ValueError("enough"); });
        let result = pool.apply_async(f, [1]);
        print("submitted", #{ flush: true });
        print(error_of(|| result.get()), #{ flush: true });
        print(result.get());
        signal.signal(signal.SIGUSR1, || pool.terminate());
        print("again", #{ flush: true });
        input();
        print(error_of(|| pool.apply(f, [1])));
    "#;
    let script = Script::text(&at(&server, code));
    let path = script.directory().join("main.rhai");
    let mut run = script.interactive().start();
    run.wait_for_line("submitted");
    run.wait_until("it waits", || waits(&server));
    run.signal(Signal::SIGUSR1);
    run.wait_for_line("RuntimeError: ");
    run.signal(Signal::SIGUSR2);
    // The result can be asked for again.
    run.wait_for_line("ValueError: enough");
    let running = workers(&server, &path, &["--processes", "1"]);
    run.wait_for_line("again");
    end(running);
    run.type_in("\n");
    run.wait_until("it waits", || waits(&server));
    run.signal(Signal::SIGUSR1);
    let url = server.url();
    let output = run.finish();
    let text = format!(
        "submitted\nRuntimeError: <Pool p at {url}> is in use by this thread at this moment: a function for a signal cannot use it\n\
         ValueError: enough\n1\nagain\nRuntimeError: the pool was terminated\n"
    );
    assert_eq!((output.code(), output.stdout), (0, text));
    assert_eq!(server.ask(&["HLEN", &key(&server, "m")]), "0");
}

#[test]
fn no_task_of_a_call_is_done_that_cannot_be_sent() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { print("did", x); x }
        let pool = Pool(#{ url: "URL", name: "p" });
        print(error_of(|| pool.map(f, ["first", Lock()])).split(":")[0]);
        print(error_of(|| pool.map(f, ["second", "x" * 17000000])).split(":")[0]);
        print(pool.map(f, ["third"]), pool.stats().unfinished);
    "#;
    let script = Script::text(&at(&server, code));
    let running = workers_of(&server, &script);
    script
        .run()
        .assert(0, "TypeError\nValueError\n['third'] 0\n", "");
    assert_eq!(end(running), "did third\n");
}

#[test]
fn large_tasks_wait_with_the_submitter() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x.len() }
        let pool = Pool(#{ url: "URL", name: "p" });
        let text = "x" * 5000000;
        let result = pool.map_async(f, list(range(10)).map(|i| text), #{ chunksize: 1 });
        print("sent", #{ flush: true });
        print(sum(result.get()));
    "#;
    let script = Script::text(&at(&server, code));
    let path = script.directory().join("main.rhai");
    let run = script.patient().start();
    run.wait_for_line("sent");
    assert_eq!(server.number(&["XLEN", &key(&server, "s")]), 6);
    let running = workers(&server, &path, &["--processes", "2"]);
    run.finish().assert(0, "sent\n50000000\n", "");
    end(running);
}

#[test]
fn what_nobody_reads_any_more_is_taken_back_while_the_script_goes_on() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        let results = pool.imap(f, itertools.count(1));
        print(error_of(|| results.next(0.1)).split(":")[0], #{ flush: true });
        input();
        results = ();
        while true { time.sleep(0.01); }
    "#;
    let mut run = Script::text(&at(&server, code)).interactive().start();
    run.wait_for_line("TimeoutError");
    let (tasks, wanted) = (key(&server, "s"), key(&server, "t:*"));
    assert!(server.number(&["XLEN", &tasks]) > 0);
    run.type_in("\n");
    run.wait_until("the tasks are still there", || {
        server.number(&["XLEN", &tasks]) == 0 && server.number(&["HLEN", &wanted]) == 0
    });
    let settings = key(&server, "c");
    assert_eq!(server.number(&["HGET", &settings, "unfinished"]), 0);
    drop(run.interrupt());
}

#[test]
fn the_tasks_of_a_submitter_that_has_died_are_dropped_and_no_others() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { x }
        let pool = Pool(#{ url: "URL", name: "p" });
        let result = pool.map_async(f, range(20), #{ chunksize: 1 });
        print("sent", pool.stats().unfinished, #{ flush: true });
        input();
        print(result.get().len());
    "#;
    let script = || Script::text(&at(&server, code)).interactive();
    let (mut lives, dies) = (script().start(), script().start());
    for run in [&lives, &dies] {
        run.wait_for_line("sent 20");
    }
    let tasks = key(&server, "s");
    assert_eq!(server.number(&["XLEN", &tasks]), 40);
    dies.signal(Signal::SIGKILL);
    lives.wait_until("its tasks are still there", || {
        server.number(&["XLEN", &tasks]) == 20
    });
    let settings = key(&server, "c");
    assert_eq!(server.number(&["HGET", &settings, "unfinished"]), 20);
    let same = script();
    let running = workers_of(&server, &same);
    lives.type_in("\n");
    lives.finish().assert(0, "sent 20\n20\n", "");
    assert_eq!(server.number(&["HGET", &settings, "unfinished"]), 0);
    end(running);
    drop(dies.finish());
}
