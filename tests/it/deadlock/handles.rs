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
        let script = Script::text(&orphan(keep, BY_MESSAGE)).start_method(method);
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
fn a_child_that_has_its_parent_may_terminate_it() {
    let output = Script::text(
        r#"
        fn ends_its_parent(asked) {
            let parent = parent_process();
            asked.set();
            time.sleep(1.5);
            parent.terminate();
        }
        fn parent(lock, asked) {
            lock.acquire();
            Process(ends_its_parent, [asked]).start();
            Event().wait();
        }
        let lock = Lock();
        let asked = Event();
        let p = Process(parent, [lock, asked]);
        p.start();
        asked.wait();
        lock.acquire();
        p.join();
        print("mine", p.exitcode);
        "#,
    )
    .run();
    assert_eq!((output.code(), output.stdout.as_str()), (0, "mine -15\n"));
    assert!(!output.stderr.contains("Deadlock"), "{}", output.stderr);
}
