//! Who may terminate a child: its parent, and whoever has an object that stands for it, as long as it has it.

use crate::support::script::{Script, each_start_method};

/// A child that waits for ever, whose parent ends its script, and another process that works for a while with what it has of it.
fn orphan(keep: &str, give: &str) -> String {
    format!(
        r#"
        fn stuck() {{ Event().wait(); }}
        fn keeper(box, p) {{
            if p == None {{ p = box.get(); }}
            let pid = p.pid;
            let begin = time.monotonic();
            {keep}
        }}
        fn in_between(box) {{ Process(keeper, [box, None]).start(); }}
        // Until the process is gone.
        fn works_on(pid, begin) {{
            while time.monotonic() - begin < 20 {{
                try {{ os.kill(pid, 0); }} catch {{ print("it is gone"); return; }}
            }}
            print("it is still there");
        }}
        // Longer than it takes to find a hopeless wait.
        fn works(begin) {{ while time.monotonic() - begin < 1.5 {{ }} }}
        let box = Queue();
        let p = Process(stuck);
        p.start();
        {give}
        "#
    )
}

const BY_MESSAGE: &str = "Process(keeper, [box, None]).start(); box.put(p);";
/// The children of a parent may end it, and its other children with it; its grandchildren may not.
const TO_A_GRANDCHILD: &str = "Process(in_between, [box]).start(); box.put(p);";
const BY_ARGUMENT: &str = "Process(keeper, [box, p]).start();";
const BY_COPY: &str = "if os.fork() == 0 { keeper(box, p); os._exit(0); }";

#[test]
fn whoever_has_the_object_of_a_process_may_terminate_it() {
    each_start_method(|method| {
        for give in [BY_MESSAGE, BY_ARGUMENT, BY_COPY] {
            let keep = "works(begin); print(\"ends it\", #{ flush: true }); p.terminate();";
            let output = Script::text(&orphan(keep, give)).start_method(method).run();
            output.assert(0, "ends it\n", "");
        }
    });
}

#[test]
fn an_object_that_lies_in_a_queue_is_had_by_whoever_has_the_queue() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            fn stuck() { Event().wait(); }
            fn keeper(box) {
                let begin = time.monotonic();
                while time.monotonic() - begin < 1.5 { }
                print("ends it");
                box.get().terminate();
            }
            let box = Queue();
            let p = Process(stuck);
            p.start();
            box.put(p);
            Process(keeper, [box]).start();
            "#,
        )
        .start_method(method)
        .run();
        output.assert(0, "ends it\n", "");
    });
}

#[test]
fn a_process_whose_object_was_dropped_cannot_be_terminated_any_more() {
    each_start_method(|method| {
        // A process keeps its own arguments, which its run() would use again.
        let keep = "p = 0; works_on(pid, begin);";
        let script = Script::text(&orphan(keep, TO_A_GRANDCHILD)).start_method(method);
        let output = script.run();
        assert_eq!((output.code(), output.stdout.as_str()), (3, "it is gone\n"));
        let stderr = &output.stderr;
        assert!(
            stderr.contains("DeadlockError: wait() waits for an Event"),
            "{stderr}"
        );
    });
}

/// The lock of the parent goes on when its child ends it.
#[test]
fn a_child_may_terminate_its_parent_although_it_has_not_asked_for_it_yet() {
    each_start_method(|method| {
        let code = r#"
        fn ends_its_parent(runs) {
            runs.set();
            time.sleep(1.5);
            parent_process().terminate();
        }
        fn parent(lock, runs) {
            lock.acquire();
            Process(ends_its_parent, [runs]).start();
            Event().wait();
        }
        let lock = Lock();
        let runs = Event();
        let p = Process(parent, [lock, runs]);
        p.start();
        runs.wait();
        lock.acquire();
        p.join();
        print("mine", p.exitcode);
        "#;
        let output = Script::text(code).start_method(method).run();
        assert_eq!((output.code(), output.stdout.as_str()), (0, "mine -15\n"));
        assert!(!output.stderr.contains("Deadlock"), "{}", output.stderr);
    });
}

#[test]
fn a_child_may_end_the_main_process_that_waits_for_its_own_lock() {
    each_start_method(|method| {
        let code = "
            fn ends_main() {
                time.sleep(1.5);
                parent_process().terminate();
            }
            let p = Process(#{ target: ends_main });
            p.start();
            let lock = Lock();
            lock.acquire();
            lock.acquire();
            ";
        let output = Script::text(code).start_method(method).run();
        assert_eq!(output.code(), -15, "{}", output.stderr);
        assert!(!output.stderr.contains("Deadlock"), "{}", output.stderr);
    });
}
