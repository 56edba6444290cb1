//! `wait` and `as_completed`.

use crate::support::script::prints;

#[test]
fn futures_come_as_they_are_done() {
    prints(
        r#"
        let p = ProcessPoolExecutor(2);
        let q = ProcessPoolExecutor(1);
        let t = ThreadPoolExecutor(1);
        let go = [Event(), Event(), Event(), Event()];
        fn wait(event, i) { event.wait(); i }
        let fs = [p.submit(wait, go[0], 0), q.submit(wait, go[1], 1), t.submit(wait, go[2], 2), p.submit(wait, go[3], 3)];
        let order = [];
        go[2].set();
        for f in as_completed(fs + fs) {
            order.push(f.result());
            let next = #{ "2": 1, "1": 3, "3": 0 }.get(str(f.result()));
            if next != () { go[next].set(); }
        }
        print(order);
        print(list(as_completed([])), list(as_completed([fs[3], fs[0]])).map(|f| f.result()));
        "#,
        "
        [2, 1, 3, 0]
        [] [3, 0]
        ",
    );
}

#[test]
fn the_first_of_several_is_waited_for() {
    prints(
        r#"
        let p = ProcessPoolExecutor(3);
        let t = ThreadPoolExecutor(3);
        let go = Event();
        let slow = [p.submit(|| go.wait()), t.submit(|| go.wait())];
        let good = t.submit(|| 1);
        let r = concurrent.futures.wait(slow + [good, good], #{ return_when: FIRST_COMPLETED });
        print(len(r.done), r.done[0] == good, len(r.not_done));
        let bad = p.submit(|| throw ValueError("x"));
        let r = concurrent.futures.wait(slow + [bad], #{ return_when: "FIRST_EXCEPTION" });
        print(r.done == [bad], len(r.not_done));
        let r = concurrent.futures.wait(slow, 0.01);
        print(len(r.done), len(r.not_done), r.not_done == slow);
        try {
            for f in as_completed(slow + [good, bad], #{ timeout: 0.01 }) { print(f.done()); }
        } catch (e) {
            print(repr(e));
        }
        go.set();
        let r = concurrent.futures.wait(slow + [bad, good]);
        print(len(r.done), len(r.not_done), concurrent.futures.wait([]));
        print(error_of(|| concurrent.futures.wait(slow, #{ return_when: "X" })));
        print(error_of(|| concurrent.futures.wait([1])), error_of(|| as_completed([slow[0], "x"])));
        "#,
        r#"
        1 True 2
        True 2
        0 2 True
        True
        True
        TimeoutError('2 (of 4) futures unfinished')
        4 0 {'done': [], 'not_done': []}
        ValueError: Invalid return condition: 'X'
        TypeError: wait() argument 'fs' must be a list of futures; item 0 of it is of type int TypeError: as_completed() argument 'fs' must be a list of futures; item 1 of it is of type str
        "#,
    );
}

#[test]
fn a_worker_that_dies_ends_the_wait() {
    prints(
        r#"
        let fs = list(range(3)).map(|i| ProcessPoolExecutor(1).submit(|| os._exit(i + 1)));
        print(sorted(list(as_completed(fs)).map(|f| f.exception().exitcode)));
        "#,
        "[1, 2, 3]\n",
    );
}

#[test]
fn work_makes_more_work() {
    prints(
        r#"
        // Each number below 20 leads to two more.
        let e = ProcessPoolExecutor(2);
        let open = [e.submit(|x| x, 1)];
        let seen = [];
        while open.len() > 0 {
            let r = concurrent.futures.wait(open, #{ return_when: FIRST_COMPLETED });
            open = r.not_done;
            for f in r.done {
                let x = f.result();
                seen.push(x);
                for y in [2 * x, 2 * x + 1] { if y < 20 { open.push(e.submit(|x| x, y)); } }
            }
        }
        print(sorted(seen) == list(range(1, 20)));
        "#,
        "True\n",
    );
}
