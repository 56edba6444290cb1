//! Group G: `Event`.

use crate::harness::prints;

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
        "
        let e = Event();
        fn set_later(e) { time.sleep(0.1); e.set(); }
        Process(set_later, [e]).start();
        print(e.wait());
        ",
        "True\n",
    );
}

#[test]
fn case_079_the_representation_tells_the_flag() {
    prints(
        r#"
        let e = Event();
        let unset = str(e);
        e.set();
        let set = repr(e);
        print(unset[0..12], unset[-7..], set == unset.replace("unset", "set"));
        "#,
        "<Event at 0x  unset> True\n",
    );
}

#[test]
fn case_080_a_set_and_a_clear_at_once_wake_who_waits() {
    prints(
        r#"
        fn wait(e, ready, done) {
            ready.put(1);
            done.put(e.wait(60));
        }
        let e = Event();
        let ready = Queue();
        let done = Queue();
        for i in range(3) { Process(wait, [e, ready, done]).start(); }
        for i in range(3) { ready.get(); }
        // Who is ready begins to wait at once; if that takes long, the next set is for it.
        let woken = [];
        while len(woken) < 3 {
            time.sleep(0.05);
            e.set();
            e.clear();
            try { while true { woken.append(done.get(#{ timeout: 0.05 })); } } catch (e) {}
        }
        print(woken);
        "#,
        "[True, True, True]\n",
    );
}
