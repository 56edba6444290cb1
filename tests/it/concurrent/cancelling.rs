//! Futures that are cancelled.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_176_a_shutdown_cancels_what_has_not_begun() {
    prints(
        r#"
        fn wait(go) { go.wait(); 1 }
        for (kind, i) in [ProcessPoolExecutor, ThreadPoolExecutor] {
            let go = Event();
            let begun = Queue();
            let e = kind.call(5);
            let fs = list(range(50)).map(|i| e.submit(|| { begun.put(1); wait(go) }));
            for i in range(5) { begun.get(); }
            let t = Thread(|| { time.sleep(0.1); go.set(); });
            t.start();
            e.shutdown(#{ cancel_futures: true });
            t.join();
            let cancelled = fs.filter(|f| f.cancelled());
            print(len(cancelled), fs.filter(|f| !f.cancelled()).map(|f| f.result()));
        }
        "#,
        &"45 [1, 1, 1, 1, 1]\n".repeat(2),
    );
}

#[test]
fn case_179_only_what_has_not_begun_is_cancelled() {
    prints(
        r#"
        for (kind, i) in [ProcessPoolExecutor, ThreadPoolExecutor] {
            let go = Event();
            let begun = Event();
            let e = kind.call(1);
            let running = e.submit(|| { begun.set(); go.wait(); 1 });
            let pending = e.submit(|| print("never"));
            begun.wait();
            print(running.running(), running.cancel(), running.done());
            print(pending.running(), pending.cancel(), pending.cancel(), pending.cancelled(), pending.done());
            print(error_of(|| pending.result()), error_of(|| pending.exception()));
            go.set();
            print(running.result(), running.cancel(), running.cancelled(), running.running());
            print(error_of(|| running.set_result(2)).split(" at ")[0], error_of(|| pending.set_result(2)).split(" at ")[0]);
            print(e.submit(|| "goes on").result());
        }
        "#,
        &"
        True False False
        False True True True True
        CancelledError:  CancelledError: \n        1 False False False
        InvalidStateError: FINISHED: <Future InvalidStateError: CANCELLED: <Future
        goes on
        "
        .repeat(2)
        .replace("\n        \n", "\n"),
    );
}

#[test]
fn more_are_submitted_and_cancelled_than_the_queue_of_the_workers_has_room_for() {
    each_start_method(|method| {
        Script::text(
            r#"
            let go = Event();
            let begun = Queue();
            let e = ProcessPoolExecutor(2);
            let held = [e.submit(|| { begun.put(1); go.wait(); }), e.submit(|| { begun.put(1); go.wait(); })];
            begun.get();
            begun.get();
            let first = e.submit(|| "first");
            let all = list(range(9000)).map(|i| e.submit(|| 1));
            let last = e.submit(|| "last");
            print(all.filter(|f| f.cancel()).len());
            go.set();
            print(first.result(), last.result());
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, "9000\nfirst last\n", "");
    });
}

#[test]
fn more_than_the_queue_has_room_for_are_done_while_the_script_computes() {
    prints(
        r#"
        let e = ProcessPoolExecutor(2);
        let count = Value("i", 0);
        for i in range(6000) { e.submit(|| count.get_lock().with(|| { count.value += 1; })); }
        while count.value < 6000 { }
        print(count.value);
        "#,
        "6000\n",
    );
}
