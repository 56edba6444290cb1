//! Scripts that refer to themselves, run out of things, or look like something else.

use std::os::unix::ffi::OsStrExt;

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn a_task_may_refer_to_its_own_process() {
    prints(
        r#"
        let p = Process();
        p.run = || print(p.name, p.pid == os.getpid(), this.name == p.name);
        p.myself = p;
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        "
        Process-1 True True
        0
        ",
    );
}

#[test]
fn a_signal_at_the_start_of_a_child_is_not_lost() {
    prints(
        r#"
        fn sleeper() { time.sleep(60); }
        let codes = [];
        for i in range(20) {
            let p = Process(sleeper);
            p.start();
            p.terminate();
            p.join();
            codes.append(p.exitcode);
        }
        print(codes.count(-15));
        "#,
        "20\n",
    );
    // Under spawn the kernel's own SIGINT may come before ours is installed: then it is -2.
    each_start_method(|method| {
        let code = r#"
            fn sleeper() { time.sleep(60); }
            for i in range(20) {
                let p = Process(sleeper);
                p.start();
                os.kill(p.pid, 2);
                p.join();
                if p.exitcode != 1 && p.exitcode != -2 { print("it ended with", p.exitcode); }
            }
            print("done");
        "#;
        let output = Script::text(code).start_method(method).run();
        assert_eq!(output.stdout, "done\n", "{}", output.stderr);
    });
}

#[test]
fn a_captured_handle_may_be_reassigned() {
    prints(
        r#"
        let q = Queue();
        let size = || q.qsize();
        q = Queue();
        q.put(1);
        print(q.qsize(), size.call());
        let lock = Lock();
        lock.with(|| print(lock.locked()));
        "#,
        "
        1 0
        True
        ",
    );
}

#[test]
fn a_map_that_looks_like_an_error_is_still_a_map() {
    prints(
        r#"
        let reply = #{ error: "Error 404", message: "not found", lines: [1] };
        print(reply.lines, reply.error);
        try { 1 / 0 } catch (e) { print(e.type, e.message); }
        "#,
        "
        [1] Error 404
        ZeroDivisionError division by zero
        ",
    );
}

#[test]
fn large_frames_and_deep_expressions_end_in_errors() {
    let deep = format!("{}f(n + 1){}", "(1 + ".repeat(60), ")".repeat(60));
    let code = format!("fn f(n) {{ {deep} }}\ntry {{ f(0) }} catch (e) {{ print(e.type) }}");
    prints(&code, "RecursionError\n");
    let code = format!("let x = {}1{};", "(".repeat(50_000), ")".repeat(50_000));
    let output = Script::text(&code).run();
    assert_eq!(output.code(), 1);
    assert!(output.stderr.contains("SyntaxError"), "{}", output.stderr);
}

#[test]
fn running_out_of_descriptors_is_an_error_that_leaves_no_process() {
    each_start_method(|method| {
        let code = r#"
            fn sleeper() { time.sleep(60); }
            let children = [];
            try {
                loop {
                    let p = Process(#{ target: sleeper, daemon: true });
                    p.start();
                    children.append(p);
                }
            } catch (e) {
                print(e.type, e.errno);
            }
            print(len(active_children()) == len(children));
        "#;
        let script = Script::text(code).start_method(method);
        script
            .through_shell("ulimit -n 16; exec \"$@\"")
            .run()
            .assert(0, "OSError 24\nTrue\n", "");
    });
}

#[test]
fn running_out_of_session_memory_is_an_error_that_passes() {
    each_start_method(|method| {
        let code = r#"
            let q = Queue();
            let piece = blob(1048576, 7);
            try { loop { q.put(piece); } } catch (e) { print(e.type); }
            let many = q.qsize();
            while !q.empty() { q.get(); }
            for i in range(many) { q.put(piece); }
            print(many > 10, q.qsize() == many);
        "#;
        let options = [
            "run",
            "--session-memory",
            "32",
            "--start-method",
            method,
            "main.rhai",
        ];
        let script = Script::command(&options).beside("main.rhai", code);
        script.run().assert(0, "MemoryError\nTrue True\n", "");
    });
}

#[test]
fn a_sentinel_stays_what_it_was_after_the_end() {
    prints(
        r#"
        let p = Process(|| 0);
        p.start();
        let fd = p.sentinel;
        p.join();
        print(p.sentinel == fd);
        p.close();
        try { p.sentinel } catch (e) { print(e.type, e.message); }
        "#,
        "
        True
        ValueError process object is closed
        ",
    );
}

#[test]
fn a_path_that_is_not_utf8_is_no_crash() {
    let path = std::ffi::OsStr::from_bytes(b"\xff.rhai");
    let output = Script::command(&["run"]).arg(path).run();
    assert_eq!(output.code(), 2);
    assert!(
        output.stderr.contains("there is no such file"),
        "{}",
        output.stderr
    );
}

#[test]
fn blobs_of_every_size_cross() {
    prints(
        r#"
        fn give_back(from, to) { loop { let item = from.get(); if item == None { break; } to.put(item); } }
        let there = Queue();
        let back = Queue();
        let p = Process(give_back, [there, back]);
        p.start();
        for size in [0, 1, 8192, 8193, 65535, 65536, 65537, 3000000] {
            let sent = blob(size, 7);
            sent.push(9);
            there.put(sent);
            let received = back.get();
            print(len(received), received == sent);
        }
        there.put(None);
        p.join();
        "#,
        "
        1 True
        2 True
        8193 True
        8194 True
        65536 True
        65537 True
        65538 True
        3000001 True
        ",
    );
}

#[test]
fn shared_objects_are_equal_where_they_are_one() {
    prints(
        r#"
        fn child(box, q) { box.answers.put([q == box.q, box.p == current_process()]); }
        let q = Queue();
        let other = Queue();
        let lock = Lock();
        print(q == q, q == other, q != other, q == lock, q == None, lock != Lock());
        print(other in [q, lock], [q, lock] == [q, lock], [q, other, lock].index(lock));
        let v = Value("i", 1);
        print(v == v, v == Value("i", 1), Array("i", 1) == Array("i", 1));
        let c = Condition(lock);
        let barrier = Barrier(1, || 1);
        print(c == c, c == Condition(lock), barrier == barrier, barrier == Barrier(1, || 1));
        q.put([q, v, c]);
        print(q.get() == [q, v, c]);
        let answers = Queue();
        let p = Process();
        p.run = || child(this.box, q);
        p.box = #{ q: q, p: p, answers: answers };
        print(p == p, p == Process(), p != Process());
        p.box = #{ q: q, answers: answers, p: None };
        p.start();
        print(answers.get());
        "#,
        "
        True False True False False True
        False True 2
        True False False
        True False True False
        True
        True False True
        [True, False]
        ",
    );
}

#[test]
fn an_attribute_that_is_not_there_is_an_attribute_error_either_way() {
    prints(
        r#"
        let lock = Lock();
        print(error_of(|| lock.owner));
        print(error_of(|| { lock.owner = 1; }));
        "#,
        "
        AttributeError: 'Lock' object has no attribute 'owner'
        AttributeError: attribute 'owner' of 'Lock' object cannot be set
        ",
    );
}

#[test]
fn a_map_alone_may_hold_every_argument() {
    prints(
        r#"
        print(Barrier(#{ parties: 1 }).wait(), Value(#{ typecode_or_type: "i" }).value);
        print(len(Array(#{ typecode_or_type: "i", size_or_initializer: 3 })), Condition().wait_for(#{ predicate: || 7 }));
        let q = Queue();
        q.put(#{ obj: 1 });
        print(len(wait(#{ object_list: [q], timeout: 0 })), q.get(), Value("i", 1).add(#{ n: 2 }));
        print(error_of(|| Barrier(#{ partis: 3 })), error_of(|| Barrier(#{ timeout: 3 })));
        "#,
        "
        0 0
        3 7
        1 {'obj': 1} 3
        TypeError: Barrier() got an unexpected keyword argument 'partis' (it takes parties, action, timeout) TypeError: Barrier() missing 1 required positional argument: 'parties'
        ",
    );
}
