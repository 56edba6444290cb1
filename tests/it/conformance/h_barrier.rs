//! Group H: `Barrier`.

use crate::support::script::prints;

/// Four children do `fn party(barrier, index, answers)` and so does the main process; `answers` are collected in a list `all`.
fn five(setup: &str, party: &str, after: &str) -> String {
    format!(
        r#"
        fn party(b, extra, answers) {{ {party} }}
        let answers = Queue();
        {setup}
        let children = [];
        for i in range(4) {{ children.append(Process(party, [b, extra, answers])); }}
        for p in children {{ p.start(); }}
        party(b, extra, answers);
        for p in children {{ p.join(); }}
        let all = [];
        while !answers.empty() {{ all.append(answers.get()); }}
        {after}
        "#
    )
}

#[test]
fn case_082_every_party_gets_another_index() {
    prints(
        &five(
            "let b = Barrier(5); let extra = None;",
            "for i in range(3) { answers.put(b.wait()); }",
            "print(sorted(all), b.n_waiting, b.broken);",
        ),
        "[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4] 0 False\n",
    );
}

#[test]
fn case_083_the_action_is_done_once_before_anybody_passes() {
    prints(
        &five(
            "let extra = Queue(); let b = Barrier(5, || extra.put(1));",
            "for i in range(3) { b.wait(); answers.put(extra.qsize() > i); }",
            "print(all.len(), all.all(|seen| seen), extra.qsize());",
        ),
        "15 True 3\n",
    );
}

#[test]
fn case_085_reset_wakes_those_who_wait_and_then_all_pass() {
    prints(
        &five(
            "let b = Barrier(5); let extra = [Barrier(5), Barrier(5)];",
            r#"
            let index = extra[0].wait();
            if index == 2 {
                while b.n_waiting < 4 { time.sleep(0.001); }
                b.reset();
                answers.put("reset");
            } else {
                try { b.wait(); answers.put("passed"); } catch (e) { answers.put(e.type + e.message); }
            }
            extra[1].wait();
            answers.put(b.wait() < 5);
            "#,
            "print(sorted(all, #{ key: |x| str(x) }));",
        ),
        "['BrokenBarrierError', 'BrokenBarrierError', 'BrokenBarrierError', 'BrokenBarrierError', True, True, True, True, True, 'reset']\n",
    );
}

#[test]
fn case_086_an_aborted_barrier_is_broken_until_it_is_reset() {
    prints(
        &five(
            "let b = Barrier(5); let extra = [Barrier(5), Barrier(5)];",
            r#"
            let index = extra[0].wait();
            if index == 2 {
                b.abort();
            } else {
                try { b.wait(); answers.put("passed"); } catch (e) { answers.put(e.type + e.message); }
            }
            try { b.wait(); } catch (e) { answers.put("still"); }
            if extra[1].wait() == 2 { answers.put(b.broken); b.reset(); }
            extra[0].wait();
            answers.put(b.wait() < 5);
            "#,
            "print(all.len(), sorted(all, #{ key: |x| str(x) }), b.broken);",
        ),
        "15 ['BrokenBarrierError', 'BrokenBarrierError', 'BrokenBarrierError', 'BrokenBarrierError', True, True, True, True, True, True, \
         'still', 'still', 'still', 'still', 'still'] False\n",
    );
}

#[test]
fn case_088_a_time_out_breaks_the_barrier_and_tells_who_is_missing() {
    for (make, wait) in [
        ("Barrier(3)", "b.wait(0.05)"),
        ("Barrier(3, #{ timeout: 0.05 })", "b.wait()"),
    ] {
        prints(
            &r#"
            fn late(go, ready) { ready.put(1); go.get(); }
            fn early(b, answers) { answers.put(error_of(|| b.wait(60))); }
            let b = MAKE;
            let go = Queue();
            let ready = Queue();
            let answers = Queue();
            let missing = Process(#{ target: |b| late(go, ready), args: [b], name: "late" });
            missing.start();
            ready.get();
            let p = Process(early, [b, answers]);
            p.start();
            while b.n_waiting < 1 { time.sleep(0.001); }
            let start = time.monotonic();
            let text = error_of(|| WAIT);
            print(time.monotonic() - start >= 0.05, text.replace(str(missing.pid), "N"), text == answers.get());
            print(b.broken, error_of(|| b.wait()) == text, b.n_waiting);
            go.put(1);
            missing.join();
            b.reset();
            print(b.broken);
            "#
            .replace("MAKE", make)
            .replace("WAIT", wait),
            "
            True BrokenBarrierError: the time ran out when 2 of 3 parties had come; missing: late (pid N) True
            True True 0
            False
            ",
        );
    }
}

#[test]
fn case_089_a_barrier_for_one_lets_it_pass_at_once() {
    prints(
        "
        let b = Barrier(1);
        print(b.wait(), b.wait(), b.wait(0), b.wait(-1));
        ",
        "0 0 0 0\n",
    );
}

#[test]
fn case_091_an_action_that_raises_breaks_the_barrier() {
    prints(
        &five(
            r#"let b = Barrier(5, || { throw KeyError("k"); }); let extra = None;"#,
            r#"answers.put(error_of(|| b.wait()));"#,
            "print(sorted(all), b.broken);",
        ),
        "['BrokenBarrierError: ', 'BrokenBarrierError: ', 'BrokenBarrierError: ', 'BrokenBarrierError: ', \"KeyError: 'k'\"] True\n",
    );
}

#[test]
fn case_092_a_fresh_barrier() {
    prints(
        r#"
        let b = Barrier(2);
        print(b.parties, b.n_waiting, b.broken, b.reset(), b.abort(), b.broken);
        print("[" + error_of(|| b.wait()) + "]");
        print(error_of(|| Barrier(0)), "|", error_of(|| Barrier(2, 3)), "|", error_of(|| Barrier("2")));
        let b = Barrier(2);
        print(error_of(|| b.wait(0)), b == b, b == Barrier(2));
        "#,
        "
        2 0 False None None True
        [BrokenBarrierError: ]
        ValueError: parties must be > 0 | TypeError: Barrier() action must be a function, not int | TypeError: Barrier() argument 'parties' must be an integer, not str
        BrokenBarrierError: the time ran out when 1 of 2 parties had come True False
        ",
    );
}
