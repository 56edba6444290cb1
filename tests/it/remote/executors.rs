//! `ProcessPoolExecutor` on a server: futures, waiting for several, cancelling, and how it ends.

use super::at;
use super::pool::{end, main_of, workers};
use crate::support::script::Script;
use crate::support::server::Server;

/// Runs a script with workers of the same script, under both start methods: it prints exactly `stdout`.
fn prints(code: &str, processes: &str, stdout: &str) {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    for method in ["fork", "spawn"] {
        let script = Script::text(&at(&server, code)).start_method(method);
        let running = workers(&server, &main_of(&script), &["--processes", processes]);
        script.run().assert(0, stdout, "");
        end(running);
        for pattern in ["ps:{p/*}:t:*", "ps:{p/*}:r:*"] {
            assert_eq!(
                server.ask(&["--scan", "--pattern", pattern]),
                "",
                "{pattern}"
            );
        }
        let key = server.ask(&["--scan", "--pattern", "ps:{p/*}:c"]);
        assert_eq!(server.ask(&["HGET", &key, "unfinished"]), "0");
    }
}

#[test]
fn calls_are_done_and_futures_know_their_results() {
    prints(
        r#"
        fn add(a, b) { a + b }
        fn square(x) { x * x }
        fn bad(x) { throw ValueError("bad", x); }
        let e = ProcessPoolExecutor(#{ url: "URL", name: "p" });
        let f = e.submit(add, 1, 2);
        print(f.result(), f.done(), f.running(), f.cancelled(), f.cancel(), f.exception());
        let g = e.submit(bad, 7);
        print(repr(g.exception()), error_of(|| g.result()), g.done());
        print(list(e.map(square, range(5))), list(e.map(add, [1, 2], [10, 20, 30])));
        print(list(e.map(square, range(20), #{ chunksize: 7, buffersize: 7 })).len());
        try { for x in e.map(bad, [1, 2]) { print(x); } } catch (why) { print(why.type, why.args); }
        f.label = "kept";
        print(f.label);
        e.submit(square, 4).add_done_callback(|f| print("done", f.result()));
        e.shutdown();
        print(error_of(|| e.submit(square, 1)), f.result());
        print(error_of(|| e.kill_workers()), error_of(|| Queue().put(e)).split(":")[0]);
        "#,
        "2",
        "3 True False False False None\nValueError('bad', 7) ValueError: ('bad', 7) True\n[0, 1, 4, 9, 16] [11, 22]\n20\n\
         ValueError ['bad', 1]\nkept\ndone 16\nRuntimeError: cannot schedule new futures after shutdown 3\n\
         RuntimeError: the workers of an executor on a server are ended where `procscript worker` was started, by SIGTERM TypeError\n",
    );
}

#[test]
fn several_futures_are_waited_for_also_of_this_machine() {
    prints(
        r#"
        fn slow(x) { time.sleep(x); x }
        fn stay(path) { while !os.path.exists(path) { time.sleep(0.01); } 1 }
        let path = tempfile.mkdtemp() + "/go";
        let e = ProcessPoolExecutor(#{ url: "URL", name: "p" });
        let long = e.submit(stay, path);
        let quick = e.submit(slow, 0);
        let first = concurrent.futures.wait([long, quick], #{ return_when: FIRST_COMPLETED });
        print(first.done[0].result(), first.not_done.len(), long.running());
        let none = concurrent.futures.wait([long], 0.1);
        print(none.done.len(), none.not_done.len(), error_of(|| long.result(0.1)));
        let here = ThreadPoolExecutor(1);
        let mixed = [e.submit(slow, 0.3), here.submit(slow, 0.01)];
        print(list(as_completed(mixed)).map(|f| f.result()));
        print(error_of(|| list(as_completed([long], 0.1))));
        here.shutdown();
        let f = open(path, "w");
        f.close();
        e.shutdown();
        print(long.result());
        "#,
        "2",
        "0 1 True\n0 1 TimeoutError: \n[0.01, 0.3]\nTimeoutError: 1 (of 1) futures unfinished\n1\n",
    );
}

#[test]
fn what_no_worker_has_begun_can_be_cancelled() {
    prints(
        r#"
        fn stay(path) { while !os.path.exists(path) { time.sleep(0.01); } 1 }
        fn f(x) { x }
        let path = tempfile.mkdtemp() + "/go";
        let e = ProcessPoolExecutor(#{ url: "URL", name: "p" });
        let begun = e.submit(stay, path);
        while !begun.running() { time.sleep(0.01); }
        let waiting = list(range(200)).map(|i| e.submit(f, i));
        waiting[3].add_done_callback(|f| print("cancelled", f.cancelled()));
        print(begun.cancel(), waiting[3].cancel(), waiting[199].cancel(), waiting[3].running(), waiting[5].running());
        print(error_of(|| waiting[3].result()), waiting[199].cancelled());
        let t = Thread(|| { time.sleep(0.3); let f = open(path, "w"); f.close(); });
        t.start();
        e.shutdown(#{ cancel_futures: true });
        print(begun.result(), waiting.filter(|f| f.cancelled()).len());
        t.join();
        "#,
        "1",
        "cancelled True\nFalse True True False False\nCancelledError:  True\n1 200\n",
    );
}

#[test]
fn the_end_of_the_program_waits_for_the_calls_of_its_executors() {
    prints(
        r#"
        fn slow(x) { time.sleep(0.3); x }
        ProcessPoolExecutor(#{ url: "URL", name: "p" }).submit(slow, 1).add_done_callback(|f| print("first", f.result()));
        with ProcessPoolExecutor(#{ url: "URL", name: "p" }) as e {
            e.submit(slow, 2).add_done_callback(|f| print("second", f.result()));
        }
        let e = ProcessPoolExecutor(#{ url: "URL", name: "p" });
        e.submit(slow, 3).add_done_callback(|f| print("third", f.result()));
        e.shutdown(#{ wait: false });
        print("end");
        "#,
        "1",
        "first 1\nsecond 2\nend\nthird 3\n",
    );
}
