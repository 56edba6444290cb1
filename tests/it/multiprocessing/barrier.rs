//! `Barrier`.

use crate::support::script::{Script, each_start_method, prints};

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
            True BrokenBarrierError: timed out when 2 of 3 parties had arrived; missing: late (pid N) True
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
        BrokenBarrierError: timed out when 1 of 2 parties had arrived True False
        ",
    );
}

#[test]
fn an_action_cannot_wait_at_its_own_barrier() {
    prints(
        r#"
        let q = Queue();
        let b = Barrier(1, || q.get().wait());
        q.put(b);
        print(error_of(|| b.wait()), b.broken);
        b.reset();
        q.put(Barrier(1));
        print(b.wait());
        "#,
        "
        RuntimeError: the action of a Barrier cannot wait at the same Barrier True
        0
        ",
    );
}

#[test]
fn the_representation_tells_who_waits() {
    prints(
        r#"
        fn shape(b) { let s = repr(b); s.split("0x")[0] + s.split(":")[1] }
        fn come(b) { b.wait(); }
        let b = Barrier(2);
        print(shape(b));
        let p = Process(come, [b]);
        p.start();
        while b.n_waiting < 1 { time.sleep(0.001); }
        print(shape(b), str(b) == repr(b));
        b.wait();
        p.join();
        b.abort();
        print(shape(b));
        "#,
        "
        <multiprocessing.synchronize.Barrier at  waiters=0/2>
        <multiprocessing.synchronize.Barrier at  waiters=1/2> True
        <multiprocessing.synchronize.Barrier at  broken>
        ",
    );
}

#[test]
fn a_barrier_travels_with_its_action_and_its_timeout() {
    prints(
        r#"
        fn child(q) {
            let b = q.get();
            print(b.parties, b.wait());
            let b = q.get();
            print(error_of(|| b.wait()));
        }
        let q = Queue();
        let p = Process(child, [q]);
        p.start();
        q.put(Barrier(1, || print("acting")));
        q.put(Barrier(2, #{ timeout: 0.01 }));
        p.join();
        "#,
        "
        acting
        1 0
        BrokenBarrierError: timed out when 1 of 2 parties had arrived
        ",
    );
}

/// Checks the errors of the main process and a second child if `worker` does not arrive at a barrier for three.
fn missed(barrier: &str, worker: &str, before: &str, stderr: bool, why: &str) {
    let code = format!(
        r#"
        fn worker(b, ready) {{ {worker} }}
        fn other(b, answers) {{ answers.put(error_of(|| b.wait())); }}
        let ready = Queue();
        let answers = Queue();
        let b = {barrier};
        let o = Process(other, [b, answers]);
        o.start();
        let p = Process(#{{ target: worker, args: [b, ready], name: "worker" }});
        p.start();
        {before}
        let text = error_of(|| b.wait());
        print(text.replace(str(p.pid), "N"));
        print(answers.get() == text, b.broken, error_of(|| b.wait()) == text);
        o.join();
        p.join();
        b.reset();
        print(b.broken);
        "#
    );
    each_start_method(|method| {
        let output = Script::text(&code).start_method(method).run();
        let expected = format!("BrokenBarrierError: {why}\nTrue True True\nFalse\n");
        assert_eq!(output.stdout, expected, "{}", output.stderr);
        assert_eq!(output.code(), 0);
        assert_eq!(output.stderr.is_empty(), !stderr, "{}", output.stderr);
    });
}

#[test]
fn a_process_killed_while_it_waits_breaks_the_barrier() {
    missed(
        "Barrier(3)",
        "b.wait();",
        "while b.n_waiting < 2 { time.sleep(0.001); } p.kill(); p.join();",
        false,
        "worker (pid N) ended while waiting at the barrier",
    );
}

#[test]
fn a_process_killed_before_it_comes_breaks_the_barrier() {
    missed(
        "Barrier(3)",
        "ready.put(1); time.sleep(3600);",
        "ready.get(); while b.n_waiting < 1 { time.sleep(0.001); } p.kill(); p.join();",
        false,
        "worker (pid N) ended, and too few parties are left: 1 of 3 had arrived",
    );
}

#[test]
fn a_process_that_fails_before_it_comes_breaks_the_barrier() {
    let why = "worker (pid N) ended, and too few parties are left: 2 of 3 had arrived";
    for (end, says) in [
        ("throw ValueError(\"no\");", true),
        ("sys.exit(3);", false),
        ("os._exit(0);", false),
        ("return;", false),
    ] {
        missed(
            "Barrier(3)",
            &format!("while b.n_waiting < 2 {{ time.sleep(0.001); }} {end}"),
            "",
            says,
            why,
        );
    }
}

#[test]
fn a_process_killed_in_the_action_breaks_the_barrier() {
    missed(
        "Barrier(3, || os._exit(1))",
        "while b.n_waiting < 2 { time.sleep(0.001); } b.wait();",
        "",
        false,
        "worker (pid N) ended while running the action of the barrier",
    );
}

#[test]
fn a_process_killed_at_once_breaks_the_barrier() {
    prints(
        r#"
        fn come(b) { time.sleep(3600); b.wait(); }
        let b = Barrier(2);
        let p = Process(#{ target: come, args: [[#{ inside: b }]], name: "worker" });
        p.start();
        p.kill();
        print(error_of(|| b.wait()).replace(" (pid %d)" % p.pid, ""));
        let q = Process(#{ target: || b.wait(), name: "captured" });
        b.reset();
        q.start();
        q.kill();
        q.join();
        print(b.broken, error_of(|| b.wait()).split(" ")[1]);
        "#,
        "
        BrokenBarrierError: worker ended, and too few parties are left: 1 of 2 had arrived
        True captured
        ",
    );
}

#[test]
fn waves_of_processes_that_do_one_round_each_never_break_it() {
    prints(
        r#"
        fn round(b) { b.wait(); }
        let b = Barrier(3);
        for wave in range(5) {
            let children = [Process(round, [b]), Process(round, [b]), Process(round, [b])];
            for p in children { p.start(); }
            for p in children { p.join(); }
            print(children.map(|p| p.exitcode), b.broken);
        }
        for wave in range(3) {
            let children = [Process(round, [b]), Process(round, [b])];
            for p in children { p.start(); }
            b.wait();
            for p in children { p.join(); }
        }
        print(b.broken);
        "#,
        "
        [0, 0, 0] False
        [0, 0, 0] False
        [0, 0, 0] False
        [0, 0, 0] False
        [0, 0, 0] False
        False
        ",
    );
}

#[test]
fn ctrl_c_ends_the_wait_at_a_barrier() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn come(b) { b.wait(); }
            let b = Barrier(4);
            let children = [Process(come, [b]), Process(come, [b])];
            for p in children { p.start(); }
            while b.n_waiting < 2 { time.sleep(0.001); }
            print("ready");
            b.wait();
            "#,
        )
        .start_method(method)
        .start();
        running.wait_for_lines(1);
        running.wait_until_asleep();
        running.interrupt_at("b.wait();");
    });
}
