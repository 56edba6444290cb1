//! Group L: `Manager`.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_145_what_a_child_changes_is_seen() {
    prints(
        r#"
        fn change(d, l, ns) { d[1] = "1"; d["2"] = 2; d[0.25] = (); l.reverse(); ns.x = 10; ns.y = "hello"; }
        let m = Manager();
        let d = m.dict();
        let l = m.list([0, 1, 2]);
        let ns = m.Namespace();
        let p = Process(change, [d, l, ns]);
        p.start();
        p.join();
        print(d);
        print(l);
        print(ns);
        print(repr(l).startswith("<ListProxy object, typeid 'list' at 0x"), repr(d).startswith("<DictProxy object, typeid 'dict' at 0x"));
        print(m.list([1]) == [1]);
        "#,
        "
        {1: '1', '2': 2, 0.25: None}
        [2, 1, 0]
        Namespace(x=10, y='hello')
        True True
        True
        ",
    );
}

#[test]
fn case_146_nested_containers_change_in_place() {
    prints(
        r#"
        fn change(d) { d["proxy"].append(2); d["plain"].append(2); d["deep"]["a"][0] = 5; d["deep"]["b"] = 6; }
        let m = Manager();
        let d = m.dict();
        let inner = m.list([1]);
        d["proxy"] = inner;
        d["plain"] = [1];
        d["deep"] = #{ a: [1, 2] };
        let p = Process(change, [d]);
        p.start();
        p.join();
        inner.append(3);
        print(d, inner);
        let copy = d["plain"];
        copy.append(9);
        d["plain"] = copy;
        d["plain"] += [10];
        print(d["plain"], d.values().len());
        "#,
        "
        {'proxy': [1, 2, 3], 'plain': [1, 2], 'deep': {'a': [5, 2], 'b': 6}} [1, 2, 3]
        [1, 2, 9, 10] 3
        ",
    );
}

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
        BrokenPipeError: the manager was shut down, and with it all that it made BrokenPipeError: the manager was shut down, and with it all that it made \
        BrokenPipeError: the manager was shut down, and with it all that it made BrokenPipeError: the manager was shut down, and with it all that it made
        True
        1 BrokenPipeError: the manager was shut down, and with it all that it made
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
