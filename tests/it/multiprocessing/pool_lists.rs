//! Lists in variables as arguments of `map` and `map_async`, which read them where they are: nothing about that is different for the script.

use crate::support::script::{Script, prints, prints_in_every_mode};

#[test]
fn the_variable_has_its_list_after_the_call_however_it_ends() {
    prints_in_every_mode(
        r#"
        fn half(n) { if n == 7 { throw ValueError("seven"); } n / 2.0 }
        fn tried(pool, xs) { try { return pool.map(half, xs); } catch (e) { return `${e.type} ${xs.len()}`; } }
        let pool = Pool(2);
        let xs = [1, 2, 3];
        print(pool.map(half, xs), xs, pool.map(half, xs).len(), pool.map_async(half, xs).get());
        xs.append(7);
        print(tried(pool, xs), error_of(|| pool.map(half, xs)), xs);
        let seen = "";
        try { pool.map(half, xs); } catch (e) { seen = e.type; }
        print(seen, xs);
        try { pool.map(half, xs, 0); } catch (e) { seen = e.type; }
        print(seen, xs, pool.map(|x| x, xs, #{ chunksize: 1 }));
        for i in range(3) { xs.append(i); print(pool.map(|x| x + 1, xs)); }
        pool.terminate();
        try { pool.map(half, xs); } catch (e) { seen = e.type; }
        print(seen, xs);
        try { pool.map(half, xs, 1, 2, 3, 4, 5, 6, 7); } catch (e) { print(`${e.type}: ${e}`); }
        print(xs);
        "#,
        "
        [0.5, 1.0, 1.5] [1, 2, 3] 3 [0.5, 1.0, 1.5]
        ValueError 4 ValueError: seven [1, 2, 3, 7]
        ValueError [1, 2, 3, 7]
        ValueError [1, 2, 3, 7] [1, 2, 3, 7]
        [2, 3, 4, 8, 1]
        [2, 3, 4, 8, 1, 2]
        [2, 3, 4, 8, 1, 2, 3]
        ValueError [1, 2, 3, 7, 0, 1, 2]
        TypeError: map() takes from 2 to 6 positional arguments but 9 were given
        [1, 2, 3, 7, 0, 1, 2]
        ",
    );
}

#[test]
fn what_else_the_call_does_with_the_variable_sees_its_list() {
    prints_in_every_mode(
        r#"
        fn same(x) { x }
        let pool = Pool(2);
        let xs = [1, 2];
        print(pool.map(same, xs, xs.len()), pool.map(same, xs).filter(|x| x == xs[0]));
        print(pool.map(same, xs, eval("xs.len()")), pool.map(same, xs)[xs.len() - 1]);
        print(pool.map(same, xs, if xs.pop() == 2 { 1 } else { 2 }), xs);
        print(pool.map(|x| [x, xs], xs), xs);
        let kept = || xs;
        print(pool.map(same, xs), kept.call(), xs);
        const FIXED = [3, 4];
        print(pool.map(same, FIXED), FIXED);
        "#,
        "
        [1, 2] [1]
        [1, 2] 2
        [1, 2] [1]
        [[1, [1]]] [1]
        [1] [1] [1]
        [3, 4] [3, 4]
        ",
    );
}

#[test]
fn methods_of_the_script_with_the_same_names_get_lists() {
    prints_in_every_mode(
        r#"
        fn map(f, xs) { `${type(xs).__name__} ${len(xs)}` }
        fn same(x) { x }
        let xs = [1, 2];
        let thing = Object();
        thing.map = |f, xs| { xs.append(3); xs };
        print(thing.map(same, xs), xs);
        let entries = #{ map: |f, xs| xs.len() };
        print(entries.map.call(same, xs));
        print("text".map(same, xs), map(same, xs));
        let pool = Pool(1);
        print(pool.map(same, xs));
        print(ThreadPool(2).map(same, xs), [5].map(|x| x + 1));
        let threads = ThreadPool(2);
        print(threads.map(|x| x * 2, xs), threads.map_async(same, xs).get(), xs);
        "#,
        "
        [1, 2, 3] [1, 2]
        2
        list 2 list 2
        [1, 2]
        [1, 2] [6]
        [2, 4] [1, 2] [1, 2]
        ",
    );
}

#[test]
fn a_list_that_is_changed_after_map_async_was_sent_as_it_was() {
    prints(
        r#"
        fn length(x) { len(x) }
        fn nap(x) { time.sleep(0.2); x }
        for pool in [Pool(1), ThreadPool(1)] {
            let xs = list(range(5000));
            let first = pool.map_async(nap, [1]);
            let second = pool.map_async(|x| x, xs);
            xs.clear();
            print(sum(second.get()), xs);
            let blobs = [];
            for i in range(20) { blobs.append(blob(100000 + i, i)); }
            let first = pool.map_async(nap, [1]);
            let third = pool.map_async(length, blobs, #{ retries: 1 });
            blobs[0] = blob(1);
            blobs.pop();
            print(sum(third.get()), blobs.len(), blobs[0].len());
            print(sum(pool.map(length, blobs)), sum(pool.map(length, blobs, #{ chunksize: 3 })));
        }
        "#,
        "
        12497500 []
        2000190 19 1
        1800172 1800172
        12497500 []
        2000190 19 1
        1800172 1800172
        ",
    );
}

#[test]
fn values_of_all_kinds_are_read_where_they_are() {
    prints(
        r#"
        fn work(x) { if type(x) == type(blob()) { len(x) } else if type(x).__name__ == "Queue" { x.put(1); "put" } else { x } }
        let pool = Pool(2);
        let queue = Queue();
        let mixed = [1, 2.5, "a", None, [1, [2]], #{ k: [blob(3)] }, blob(200000), queue, blob(70000), True];
        for i in range(2) { print(pool.map(work, mixed)); }
        print(queue.get(), queue.get(), mixed.len(), mixed[6].len(), mixed[7] == queue);
        let bad = [1, 2, open("/dev/null"), 3];
        print(error_of(|| pool.map(work, bad)).split(":")[0]);
        let seen = "";
        try { pool.map(work, bad); } catch (e) { seen = e.type; }
        print(seen, bad.len());
        "#,
        "
        [1, 2.5, 'a', None, [1, [2]], {'k': [b'\\x00\\x00\\x00']}, 200000, 'put', 70000, True]
        [1, 2.5, 'a', None, [1, [2]], {'k': [b'\\x00\\x00\\x00']}, 200000, 'put', 70000, True]
        1 1 10 200000 True
        TypeError
        TypeError 4
        ",
    );
}

#[test]
fn tasks_of_a_worker_that_is_killed_are_sent_again_from_the_list() {
    let directory = tempfile::tempdir().unwrap();
    let mark = directory.path().join("mark");
    Script::text(
        r#"
        fn fragile(bytes) {
            if len(bytes) == 100003 && !os.path.exists(sys.argv[1]) {
                open(sys.argv[1], "w").close();
                os.kill(os.getpid(), signal.SIGKILL);
            }
            len(bytes)
        }
        let blobs = [];
        for i in range(6) { blobs.append(blob(100000 + i)); }
        let pool = Pool(2);
        print(pool.map(fragile, blobs, #{ retries: 1 }), blobs.len());
        "#,
    )
    .arg(mark)
    .run()
    .assert(
        0,
        "[100000, 100001, 100002, 100003, 100004, 100005] 6\n",
        "",
    );
}

#[test]
fn a_function_for_a_signal_that_throws_leaves_the_list_in_its_place() {
    prints_in_every_mode(
        r#"
        let done = Event();
        let main = os.getpid();
        signal.signal(signal.SIGALRM, |number, frame| { done.set(); throw RuntimeError("alarm"); });
        let pool = Pool(2);
        let xs = list(range(1000));
        let seen = "";
        try {
            pool.map(|x| { if x == 0 { os.kill(main, signal.SIGALRM); done.wait(); } x }, xs);
        } catch (e) { seen = str(e); }
        print(seen, xs.len(), sum(pool.map(|x| x, xs)));
        "#,
        "alarm 1000 499500\n",
    );
}
