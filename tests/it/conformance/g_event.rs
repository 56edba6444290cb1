//! Group G: `Event`.

use crate::support::script::prints;

#[test]
fn case_076_an_event_is_set_and_cleared() {
    prints(
        "
        let e = Event();
        print(e.is_set(), e.wait(0));
        let start = time.monotonic();
        print(e.wait(0.1), time.monotonic() - start >= 0.1);
        print(e.set(), e.is_set(), e.wait(), e.wait(0.1), e.wait(#{ timeout: 0 }));
        print(e.clear(), e.is_set(), e.wait(0));
        e.set();
        e.set();
        e.clear();
        e.clear();
        print(e.is_set());
        ",
        "
        False False
        False True
        None True True True True
        None False False
        False
        ",
    );
}

#[test]
fn case_077_a_child_sets_what_its_parent_waits_for() {
    prints(
        r#"
        fn child(e, go) {
            go.wait();
            e.set();
        }
        let e = Event();
        let go = Event();
        let p = Process(child, [e, go]);
        p.start();
        print(e.is_set());
        go.set();
        print(e.wait(), e.is_set());
        p.join();
        "#,
        "False\nTrue True\n",
    );
}

#[test]
fn case_079_the_representation_tells_whether_it_is_set() {
    prints(
        "
        let e = Event();
        print(e);
        e.set();
        print(e);
        ",
        "<Event at 0x… unset>\n<Event at 0x… set>\n",
    );
}

// CPython holds this for threads only.
#[test]
fn case_080_set_and_clear_at_once_wake_everybody_who_waits() {
    prints(
        r#"
        fn waiter(e, woken) { woken.put(e.wait()); }
        // Until the thread has been asleep for a while: in its wait, since it does nothing else.
        fn asleep(pid, tid) {
            let calm = 0;
            while calm < 3 {
                time.sleep(0.002);
                let file = open("/proc/%d/task/%d/stat" % [pid, tid]);
                calm = if file.read().split(") ")[-1].startswith("S") { calm + 1 } else { 0 };
                file.close();
            }
        }
        let e = Event();
        let woken = Queue();
        let waiters = [];
        for i in range(5) { waiters.append(Process(waiter, [e, woken])); }
        for p in waiters { p.start(); }
        for p in waiters { asleep(p.pid, p.pid); }
        e.set();
        e.clear();
        print(list(range(5)).map(|i| woken.get()), e.is_set());
        for e in [e, threading.Event()] {
            let threads = [];
            for i in range(5) { threads.append(Thread(waiter, [e, woken])); }
            for t in threads { t.start(); }
            for t in threads { asleep(os.getpid(), t.ident); }
            e.set();
            e.clear();
            print(list(range(5)).map(|i| woken.get()), e.is_set());
            for t in threads { t.join(); }
        }
        "#,
        &"[True, True, True, True, True] False\n".repeat(3),
    );
}
