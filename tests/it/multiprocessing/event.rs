//! `Event`.

use crate::support::script::prints;

#[test]
fn it_goes_everywhere_a_value_goes() {
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
fn a_killed_waiter_holds_nobody_up() {
    prints(
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
fn wrong_calls_are_told_what_is_wrong() {
    prints(
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
