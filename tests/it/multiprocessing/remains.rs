//! The remains of processes that have ended: no descriptors, and the names of those that held locks.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn ended_processes_hold_no_descriptors() {
    prints(
        r#"
        fn descriptors() { os.listdir("/proc/self/fd").len() }
        fn work() {}
        fn finish(how) {
            let p = Process(work);
            p.start();
            switch how {
                "join" => p.join(),
                "exitcode" => while p.exitcode == None { wait([p]); },
                "is_alive" => while p.is_alive() { wait([p]); },
                "wait" => { wait([p]); p.join(); },
            }
            p
        }
        // The second one makes a seed, which stays.
        for i in range(2) { finish("join"); }
        let before = descriptors();
        let ended = [];
        for how in ["join", "exitcode", "is_alive", "wait"] {
            for i in range(50) { ended.push(finish(how)); }
        }
        print(descriptors() - before);
        // Waiting for many that have ended needs one descriptor, and keeps none.
        print(wait(ended, 0).len(), wait(ended).len(), descriptors() - before);
        let all = active_children();
        print(ended[7].exitcode, ended[7].is_alive(), ended[7].join(), ended[7].join(0), all.len());
        print(descriptors() - before);
        "#,
        "0\n200 200 0\n0 False None True 0\n0\n",
    );
}

#[test]
fn a_sentinel_stays_valid_whenever_it_was_asked_for() {
    prints(
        r#"
        fn descriptors() { os.listdir("/proc/self/fd").len() }
        // The second one makes a seed, which stays.
        for i in range(2) { let other = Process(|| 1); other.start(); other.join(); }
        let start = Event();
        let p = Process(|start| start.wait(), [start]);
        p.start();
        let before = descriptors();
        let early = p.sentinel;
        print(wait([early], 0).len());
        start.set();
        print(wait([early]) == [early]);
        p.join();
        // Known to the script, so it is kept, and stays the same.
        print(wait([early]) == [early], p.sentinel == early, descriptors() - before);
        p.close();
        print(descriptors() - before);

        let q = Process(|| 1);
        q.start();
        q.join();
        let late = q.sentinel;
        print(wait([late, q]) == [late, q], q.sentinel == late, wait([late], 0) == [late]);
        q.close();
        print(error_of(|| q.sentinel), descriptors() - before);
        "#,
        "
        0
        True
        True True 0
        -1
        True True True
        ValueError: process object is closed -1
        ",
    );
}

/// How the holder of a lock ends, and the lock.
const ENDS: [(&str, &str); 4] = [
    ("os.kill(os.getpid(), 9);", "Lock"),
    ("os._exit(0);", "RLock"),
    ("sys.exit(3);", "Lock"),
    // The child has no use for the lock any more when it ends.
    ("", "RLock"),
];

#[test]
fn a_dead_holder_is_named_when_its_place_in_the_session_has_been_used_again() {
    each_start_method(|method| {
        for (end, class) in ENDS {
            let article = if class == "Lock" { "a" } else { "an" };
            let script = Script::text(&format!(
                r#"
                fn hold(lock) {{ lock.acquire(); {end} }}
                fn nothing() {{}}
                let lock = {class}();
                let p = Process(#{{ target: hold, args: [lock], name: "holder" }});
                p.start();
                let holder = p.pid;
                p.join();
                // More than there are places before the table grows.
                for i in range(70) {{ let p = Process(nothing); p.start(); p.join(); }}
                print("holder", holder);
                print(lock.acquire(true, 60));
                "#
            ));
            script.start_method(method).run().assert(
                0,
                "holder <pid 1>\nTrue\n",
                &format!(
                    "procscript: warning: holder (pid <pid 1>) ended while it held {article} {class}; MainProcess has it \
                     now. The data it guards may be inconsistent.\n"
                ),
            );
        }
    });
}
