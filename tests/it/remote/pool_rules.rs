//! What holds for tasks of a pool on a server besides: time limits, attempts, callbacks, bars.

use super::at;
use super::pool::{end, main_of, workers};
use crate::support::script::Script;
use crate::support::server::Server;

/// Runs a script with two workers of the same script: it prints exactly `stdout`. Gives what the workers have told.
fn prints(code: &str, stdout: &str) -> Option<String> {
    let server = Server::start(&[])?;
    let script = Script::text(&at(&server, code)).patient();
    let running = workers(&server, &main_of(&script), &["--processes", "2"]);
    script.run().assert(0, stdout, "");
    let key = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
    assert_eq!(server.ask(&["HGET", &key, "unfinished"]), "0");
    let letters = server.ask(&["--scan", "--pattern", "ps:{p/*}:d"]);
    assert_eq!(letters, "", "a task that took too long has killed nobody");
    Some(end(running))
}

#[test]
fn a_task_that_takes_too_long_is_ended_and_named() {
    let told = prints(
        r#"
        fn slow(x) { time.sleep(x); x }
        fn busy(x) { loop { } }
        let pool = Pool(#{ url: "URL", name: "p" });
        let begun = time.time();
        let limit = #{ timeout: 0.3 };
        print(error_of(|| pool.apply(slow, [1000], limit)), error_of(|| pool.map(busy, [1], limit)));
        print(error_of(|| print(pool.map(slow, [0, 0.01, 1000, 0], limit))), pool.map(slow, [0, 0.01], limit));
        let results = pool.imap(slow, [0, 1000, 0.01], limit);
        for i in range(3) { print(error_of(|| print(results.next()))); }
        let result = pool.map_async(slow, [1000, 0], #{ timeout: 0.2, chunksize: 2 });
        print(error_of(|| result.get()), pool.stats().unfinished, time.time() - begun < 60.0);
        print(error_of(|| pool.apply(slow, [1], #{ timeout: -1 })), error_of(|| pool.apply(slow, [1], #{ retries: -1 })));
        "#,
        "TimeoutError: slow(1000) took longer than its time limit of 0.3 s TimeoutError: busy(1) took longer than its time limit of 0.3 s\n\
         TimeoutError: slow(1000) took longer than its time limit of 0.3 s [0, 0.01]\n0\nno error\n\
         TimeoutError: slow(1000) took longer than its time limit of 0.3 s\n0.01\nno error\n\
         TimeoutError: slow(1000) took longer than its time limit of 0.2 s 0 True\n\
         ValueError: the time limit of a task must be positive, not -1 ValueError: retries must be 0 or more, not -1\n",
    );
    if let Some(told) = told {
        let text = "was ended because its task took too long; another one takes its place";
        assert_eq!(told.matches(text).count(), 5, "{told}");
    }
}

#[test]
fn a_task_is_tried_again_as_often_as_it_may() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    // Each attempt adds a letter to a file.
    let code = r#"
        fn attempt(path) {
            let f = open(path, "a");
            f.write("x");
            f.close();
            open(path).read().len()
        }
        fn late(path, from) { if attempt(path) < from { time.sleep(1000); } attempt(path) }
        fn die(path, from) { if attempt(path) < from { os.kill(os.getpid(), 9); } attempt(path) }
        let pool = Pool(#{ url: "URL", name: "p" });
        let n = 0;
        let tried = |f, from, options| {
            n += 1;
            let path = sys.argv[1] + n;
            let told = error_of(|| print(pool.apply(f, [path, from], options)));
            print(told.replace(path, "PATH"), open(path).read().len());
        };
        tried.call(late, 9, #{ timeout: 0.2 });
        tried.call(late, 9, #{ timeout: 0.2, retries: 2 });
        tried.call(late, 2, #{ timeout: 0.2, retries: 2 });
        tried.call(die, 9, #{ retries: 0 });
        tried.call(die, 9, #{ retries: 3 });
        tried.call(die, 4, #{ retries: 3 });
        tried.call(die, 3, #{});
    "#;
    let script = Script::text(&at(&server, code)).patient();
    let path = main_of(&script);
    let mark = path.with_file_name("mark");
    let running = workers(&server, &path, &["--processes", "1"]);
    let output = script.arg(&mark).run();
    // Long texts are shortened where a task is named.
    let text = output.stdout.replace(mark.to_str().unwrap(), "MARK");
    let lines: Vec<&str> = text.lines().collect();
    let is = |index: usize, begin: &str, end: &str| {
        let line = lines[index];
        assert!(
            line.starts_with(begin) && line.ends_with(end),
            "{text}\n{}",
            output.stderr
        );
    };
    is(0, "TimeoutError: late(", "0.2 s 1");
    is(1, "TimeoutError: late(", "0.2 s 3");
    is(2, "3", "");
    is(3, "no error 3", "");
    is(4, "WorkerLost: a worker has died while it ran die(", " 1");
    is(
        5,
        "WorkerLost: 4 workers have died while they ran die(",
        " 4",
    );
    is(6, "5", "");
    is(7, "no error 5", "");
    is(8, "4", "");
    is(9, "no error 4", "");
    end(running);
}

#[test]
fn whoever_wants_it_is_called_back() {
    let told = prints(
        r#"
        fn f(x) { x * 2 }
        fn bad(x) { throw ValueError("bad " + x); }
        fn slow(x) { time.sleep(0.2); x }
        let pool = Pool(#{ url: "URL", name: "p" });
        let both = #{ callback: |v| print("returned", v), error_callback: |e| print("threw", e.type, e.message) };
        print(pool.apply_async(f, [3], both).get());
        print(error_of(|| pool.apply_async(bad, [3], both).get()));
        print(pool.map_async(f, [1, 2], both).get(), pool.starmap_async(f, [[1], [2]], both).get());
        print(error_of(|| pool.apply_async(slow, [1], both + #{ timeout: 0.05 }).get()));
        // While the script computes, and for a result that nobody holds.
        let seen = [];
        pool.apply_async(f, [4], #{ callback: |v| { seen.push(v); } });
        while seen.len() == 0 { }
        print(seen);
        // A callback may use the pool, and what it throws is its own affair.
        pool.apply_async(f, [5], #{ callback: |v| print("again", pool.apply(f, [v])) }).wait();
        print(error_of(|| pool.apply_async(f, [1], #{ callback: 5 })));
        let result = pool.apply_async(slow, [1], both);
        pool.terminate();
        print(error_of(|| result.get()));
        "#,
        "returned 6\n6\nthrew ValueError bad 3\nValueError: bad 3\nreturned [2, 4]\nreturned [2, 4]\n[2, 4] [2, 4]\n\
         threw TimeoutError slow(1) took longer than its time limit of 0.05 s\nTimeoutError: slow(1) took longer than its time limit of 0.05 s\n\
         [8]\nagain 20\n\
         TypeError: apply_async() argument 'callback' must be a function, not int\n\
         threw RuntimeError the pool was terminated\nRuntimeError: the pool was terminated\n",
    );
    drop(told);
}

#[test]
fn bars_show_how_many_tasks_have_ended() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(x) { time.sleep(0.02); x }
        let pool = Pool(#{ url: "URL", name: "p" });
        let one = |label| #{ chunksize: 1, progress: label };
        print(pool.map(f, range(40), one.call("many")).len());
        print(pool.map_async(f, range(30), one.call("later")).get().len());
        print(list(pool.imap(f, range(20), one.call("lazily"))).len());
        print(list(pool.imap_unordered(f, range(25), one.call(true))).len());
    "#;
    let script = Script::text(&at(&server, code));
    let running = workers(&server, &main_of(&script), &["--processes", "1"]);
    let script = script.through_shell("PROCSCRIPT_PROGRESS_PAUSE=0.1 exec \"$@\"");
    let output = script.run();
    assert_eq!(output.stdout, "40\n30\n20\n25\n", "{}", output.stderr);
    for text in [
        "many: ", "/40 (", "later: ", "/30 (", "lazily: ", "/20 (", "/25 (",
    ] {
        assert!(output.stderr.contains(text), "{text}: {}", output.stderr);
    }
    end(running);
}

#[test]
fn what_workers_elsewhere_decide_is_no_argument() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f() { }
        let at = #{ url: "URL", name: "p" };
        for more in [#{ processes: 2 }, #{ initializer: f }, #{ initargs: [1] }, #{ maxtasksperchild: 3 }] {
            print(error_of(|| Pool(at + more)));
        }
        for more in [#{ max_workers: 2 }, #{ max_tasks_per_child: 3 }, #{ mp_context: get_context("spawn") }] {
            print(error_of(|| ProcessPoolExecutor(at + more)));
        }
        print(error_of(|| ProcessPoolExecutor(#{ name: "p" })), error_of(|| ProcessPoolExecutor(#{ lease: 5 })));
    "#;
    let pool = |argument: &str, advice: &str| {
        format!(
            "ValueError: {argument} is for workers of this machine; those of a Pool on a server are started elsewhere: {advice}\n"
        )
    };
    let executor = |argument: &str, advice: &str| {
        pool(argument, advice).replace("Pool on", "ProcessPoolExecutor on")
    };
    let (many, first) = (
        "start as many as you want by `procscript worker URL script.rhai --processes N`, on any number of machines",
        "call it at the beginning of the task's function",
    );
    let stay = "they stay; one whose task uses up `procscript worker --limit-memory` is replaced";
    let expected = [
        pool("processes", many),
        pool("initializer", first),
        pool("initargs", first),
        pool("maxtasksperchild", stay),
        executor("max_workers", many),
        executor("max_tasks_per_child", stay),
        executor("mp_context", "`procscript worker` starts them"),
        "ValueError: name is for objects on a server: url is missing ValueError: lease and key_file are for a ProcessPoolExecutor on a server: url is missing\n".into(),
    ];
    Script::text(&at(&server, code))
        .run()
        .assert(0, &expected.concat(), "");
}
