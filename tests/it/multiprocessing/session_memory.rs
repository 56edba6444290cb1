//! Freed session memory: it can be used again for objects of any size, whatever was there before.

use crate::support::script::{Script, each_start_method};

/// Runs a script in a session of 16 MiB, under both start methods; it prints `stdout`.
///
/// It may use `space_for_queues()` and `space_for_items(size)`: how many can be made before a `MemoryError`.
fn prints_in_little_memory(code: &str, stdout: &str) {
    const SPACE: &str = r#"
        fn space_for_queues() {
            let queues = [];
            try { loop { queues.push(Queue()); } } catch (e) { if e.type != "MemoryError" { throw e; } }
            len(queues)
        }
        fn space_for_items(size) {
            let queue = Queue();
            let item = "x" * size;
            let count = 0;
            try { loop { queue.put(item); count += 1; } } catch (e) { if e.type != "MemoryError" { throw e; } }
            count
        }
        fn is_as_before(before, now) {
            if now * 50 >= before * 49 - 100 { "as before" } else { "%d, but %d" % [before, now] }
        }
        "#;
    each_start_method(|method| {
        Script::text(&format!("{SPACE}{code}"))
            .option("--session-memory=16")
            .start_method(method)
            .run()
            .assert(0, stdout, "")
    });
}

#[test]
fn space_of_any_kind_is_as_it_was() {
    prints_in_little_memory(
        r#"
        let large = space_for_items(10000);
        let small = space_for_items(100);
        let queues = space_for_queues();
        print(is_as_before(small, space_for_items(100)), is_as_before(queues, space_for_queues()));
        print(is_as_before(large, space_for_items(10000)), is_as_before(queues, space_for_queues()));
        "#,
        "as before as before\nas before as before\n",
    );
}

#[test]
fn queues_made_and_dropped_by_many_leave_space() {
    prints_in_little_memory(
        r#"
        fn busy(count) {
            for i in 0..count {
                let q = Queue();
                q.put(Lock());
            }
        }
        fn asleep(ready, event) {
            let q = Queue();
            q.put(Lock());
            ready.set();
            event.wait();
        }
        let items = space_for_items(10000);
        let queues = space_for_queues();
        let ready = Event();
        let event = Event();
        let sleeper = Process(asleep, [ready, event]);
        sleeper.start();
        ready.wait();
        os.kill(sleeper.pid, signal.SIGSTOP);
        let all = [];
        for i in 0..4 {
            let p = Process(busy, [4000]);
            p.start();
            all.push(p);
        }
        for p in all { p.join(); print(p.exitcode); }
        os.kill(sleeper.pid, signal.SIGCONT);
        event.set();
        sleeper.join();
        print(is_as_before(queues, space_for_queues()), is_as_before(items, space_for_items(10000)));
        "#,
        "0\n0\n0\n0\nas before as before\n",
    );
}

#[test]
fn a_pool_sends_its_tasks_as_there_is_memory_for_them() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn size(x) { len(x) }
            let pool = Pool(2);
            let blobs = [blob(1000000, 1)] * 30;
            let texts = ["x" * 1000000] * 30;
            print(sum(pool.map(size, blobs)), sum(pool.map(size, texts)));
            print(sum(pool.map_async(size, blobs).get(30)), sum(pool.map_async(size, texts, 20).get(30)));
            let results = [];
            for i in range(30) { results.append(pool.apply_async(size, [blobs[0]])); }
            print(sum(results.map(|result| result.get(30))));
            print(error_of(|| pool.map(size, ["x" * 100000000])).split(":")[0]);
            let it = pool.imap(size, [blobs[0], blob(100000000, 1), blob(5, 1)]);
            print(it.next(30), error_of(|| it.next(30)).split(":")[0], it.next(30));
            "#,
        )
        .option("--session-memory=8")
        .start_method(method)
        .run();
        output.assert(
            0,
            "30000000 30000000\n30000000 30000000\n30000000\nMemoryError\n1000000 MemoryError 5\n",
            "",
        );
    });
}
