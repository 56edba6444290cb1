//! `Manager`: its life, its other objects, and what they survive.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_148_a_managers_queue_is_a_queue() {
    prints(
        "
        let q = Manager().Queue(2);
        q.put(5);
        q.put(6);
        print(q.qsize(), q.full());
        let p = Process(|q| print(q.get(), q.get(), q.empty()), [q]);
        p.start();
        p.join();
        print(q.empty());
        ",
        "
        2 True
        5 6 True
        True
        ",
    );
}

#[test]
fn case_149_a_managers_lock_follows_threadings_rules() {
    prints(
        r#"
        let m = Manager();
        let lock = m.Lock();
        let acquired = Event();
        let done = Event();
        let p = Process(|lock, acquired, done| { lock.acquire(); acquired.set(); done.wait(); }, [lock, acquired, done]);
        p.start();
        acquired.wait();
        print(lock.acquire(false), lock.release(), error_of(|| lock.release()));
        done.set();
        p.join();
        let rlock = m.RLock();
        print(rlock.acquire(), rlock.acquire(), rlock.release(), rlock.release(), error_of(|| rlock.release()));
        print(error_of(|| m.Semaphore(-1)), m.BoundedSemaphore(2).acquire(), m.Event().is_set());
        let c = m.Condition();
        print(c.with(|| c.wait(0.01)), m.Barrier(1).wait(), error_of(|| m.Queue(1).get(#{ timeout: -1 })));
        "#,
        "
        False None RuntimeError: release unlocked lock
        True True None None RuntimeError: cannot release un-acquired lock
        ValueError: semaphore initial value must be >= 0 True False
        False 0 ValueError: 'timeout' must be a non-negative number
        ",
    );
}

#[test]
fn case_151_a_manager_starts_once_and_stops_once() {
    prints(
        r#"
        let m = Manager();
        let d = m.dict(#{ a: [1] });
        let inner = d["a"];
        print(error_of(|| m.start()), m.address);
        print(m.shutdown(), m.shutdown(), m.join());
        print(error_of(|| m.start()));
        print(error_of(|| m.dict()), error_of(|| m.Lock()), error_of(|| m.Value('i', 1)));
        print(error_of(|| d["a"]), error_of(|| d.len()), error_of(|| inner.append(1)), error_of(|| inner == [1]));
        print(str(d).endswith("; '__str__()' failed>"));
        let n = Manager();
        let l = n.list([1]);
        print(n.with(|| l.len()), error_of(|| l.len()));
        "#,
        "
        ProcessError: Already started server None
        None None None
        ProcessError: Manager has shut down
        AssertionError: server not yet started AssertionError: server not yet started AssertionError: server not yet started
        BrokenPipeError: the manager of this object has been shut down BrokenPipeError: the manager of this object has been shut down \
        BrokenPipeError: the manager of this object has been shut down BrokenPipeError: the manager of this object has been shut down
        True
        1 BrokenPipeError: the manager of this object has been shut down
        ",
    );
}

// There is no server that could be interrupted.
#[test]
fn case_152_ctrl_c_in_a_child_does_not_stop_what_a_manager_holds() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn child(d, q) {
                d["child"] = 1;
                q.put("ready");
                time.sleep(3600);
            }
            let d = Manager().dict();
            let q = Queue();
            let p = Process(child, [d, q]);
            p.start();
            q.get();
            os.kill(p.pid, 2);
            p.join();
            d["parent"] = 2;
            print(p.exitcode, d);
            "#,
        )
        .start_method(method)
        .run();
        let ended = (output.code(), output.stdout.as_str());
        assert_eq!(
            ended,
            (0, "1 {'child': 1, 'parent': 2}\n"),
            "{}",
            output.stderr
        );
    });
}

#[test]
fn a_namespace_and_a_value_hold_anything() {
    prints(
        r#"
        let m = Manager();
        let ns = m.Namespace(#{ b: 1 });
        ns.a = [1];
        ns.a.append(2);
        ns.b += 1;
        ns.d = #{ k: 1 };
        ns.d["k"] = 2;
        print(ns, ns.b);
        print(ns.update("b", |b| b + 1), error_of(|| ns.nothing));
        let v = m.Value('i', 1);
        v.value += 1;
        print(v, v.value, v.get());
        print(v.set("text"), v.value, v.update(|text| text + "!"));
        v.value = #{ a: [1] };
        v.value.a = 5;
        v.value["b"] = 6;
        print(v.value, repr(v).startswith("<ValueProxy object, typeid 'Value' at 0x"));
        let a = m.Array('i', [1, 2, 3]);
        a[1] = 5;
        print(len(a), a[1], a[0..]);
        "#,
        "
        Namespace(a=[1, 2], b=2, d={'k': 2}) 2
        3 AttributeError: 'Namespace' object has no attribute 'nothing'
        Value('i', 2) 2 2
        None text text!
        {'a': 5, 'b': 6} True
        3 5 [1, 5, 3]
        ",
    );
}

#[test]
fn handles_travel_through_containers() {
    prints(
        r#"
        fn child(d) {
            d["lock"].with(|| d["n"] += 1);
            d["queue"].put(d["inner"]);
            d["value"].add(1);
        }
        let m = Manager();
        let d = m.dict();
        d["lock"] = Lock();
        d["queue"] = Queue();
        d["inner"] = m.list([1]);
        d["value"] = Value('i', 1);
        d["n"] = 0;
        let ps = [Process(child, [d]), Process(child, [d])];
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        d["queue"].get().append(2);
        print(d["n"], d["value"].value, d["inner"], d["queue"].qsize());
        let q = Queue();
        q.put([d, m]);
        let got = q.get();
        got[0]["x"] = got[1].list([7]);
        print(d["x"], d == got[0]);
        "#,
        "
        2 3 [1, 2] 1
        [7] True
        ",
    );
}

#[test]
fn large_containers_grow_and_shrink() {
    prints(
        r#"
        let m = Manager();
        let l = m.list(0..100000);
        let d = m.dict();
        for i in 0..20000 { d[i] = i; }
        d.update(zip(20000..100000, 0..80000));
        print(len(l), l[99999], len(d), d[99999], sum(l), d[19999], 100000 in d);
        for i in 0..1000 { d.pop(i); l.pop(0); }
        l.sort(#{ reverse: true });
        print(len(l), l[0], len(d), d.keys()[0], d.popitem());
        l.clear();
        d.clear();
        print(l, d);
        "#,
        "
        100000 99999 100000 79999 4999950000 19999 False
        99000 99999 99000 1000 [99999, 79999]
        [] {}
        ",
    );
}

#[test]
fn a_killed_process_leaves_containers_as_before_or_as_after() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            fn work(d, l, ready) {
                ready.put(1);
                loop {
                    d.update(#{ a: 1, b: 1, c: 1 });
                    l.extend([1, 1, 1]);
                    l.sort();
                    l[0..2] = [2, 2];
                    l.clear();
                    d.update(#{ a: 2, b: 2, c: 2 });
                    d["k"] = [1];
                    d.pop("k");
                }
            }
            let m = Manager();
            let d = m.dict(#{ a: 1, b: 1, c: 1 });
            let l = m.list();
            let ready = Queue();
            let wrong = [];
            for round in 0..30 {
                let p = Process(work, [d, l, ready]);
                p.start();
                ready.get();
                for i in 0..round { d.get("a"); }
                p.kill();
                p.join();
                let all = d.copy();
                if all.a != all.b || all.b != all.c { wrong.append(all); }
                if !(l == [] || l == [1, 1, 1] || l == [2, 2, 1]) { wrong.append(l.copy()); }
                d.pop("k", 0);
                d["a"] = 1; d["b"] = 1; d["c"] = 1;
                l.clear();
            }
            print(wrong, d, l);
            "#,
        )
        .start_method(method)
        .run();
        run.assert(0, "[] {'a': 1, 'b': 1, 'c': 1} []\n", "");
    });
}

#[test]
fn what_cannot_be_shared_is_refused_and_changes_nothing() {
    prints(
        r#"
        let d = Manager().dict(#{ a: 1 });
        let f = open("file", "w");
        let deep = [];
        for i in 0..2000 { deep = [deep]; }
        print(error_of(|| d["a"] = f), error_of(|| d["a"] = [1, f]).startswith("TypeError"), error_of(|| d["b"] = deep).startswith("TypeError"), d);
        "#,
        "TypeError: value is a File, which cannot be sent to another process True True {'a': 1}\n",
    );
}
