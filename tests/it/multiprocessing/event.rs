//! `Event`.

use crate::everywhere::everywhere;
use crate::support::script::prints;

#[test]
fn case_076_an_event_is_set_and_cleared() {
    everywhere(
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
    everywhere(
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

#[test]
fn it_can_be_sent_wherever_a_value_can() {
    prints(
        r#"
        let q = Queue();
        let events = [Event(), Event(), Event()];
        fn from_queue(q) { q.get().set(); }
        let queued = Process(from_queue, [q]);
        queued.start();
        q.put(events[0]);
        let e = events[1];
        let captured = Process(|| e.set());
        captured.start();
        let attribute = Process();
        attribute.e = events[2];
        attribute.run = || this.e.set();
        attribute.start();
        for e in events { print(e.wait(60), e.is_set()); }
        "#,
        &"True True\n".repeat(3),
    );
}

#[test]
fn a_killed_waiter_blocks_no_process() {
    everywhere(
        r#"
        fn wait(event, ready) {
            ready.put(1);
            event.wait();
        }
        let event = Event();
        let ready = Queue();
        for round in range(5) {
            let waiters = [];
            for i in range(3) { waiters.append(Process(wait, [event, ready])); }
            for p in waiters { p.start(); }
            for p in waiters { ready.get(); }
            waiters[0].kill();
            print(event.is_set());
            waiters[1].kill();
            event.set();
            waiters[2].join();
            print(waiters[2].exitcode, event.is_set());
            event.clear();
        }
        "#,
        &"False\n0 True\n".repeat(5),
    );
}

#[test]
fn errors_of_wrong_calls_say_what_is_wrong() {
    everywhere(
        r#"
        let event = Event();
        print(error_of(|| event.wait("1")), error_of(|| event.wait(#{ time: 1 })));
        print(event.wait(-1), event.wait(#{ timeout: 0 }));
        "#,
        "
        TypeError: wait() argument 'timeout' must be a number of seconds or None, not str \
        TypeError: wait() got an unexpected keyword argument 'time' (it takes timeout)
        False False
        ",
    );
}
