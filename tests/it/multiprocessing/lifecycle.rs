//! `start`, `join`, `close`, and many processes.

use crate::support::script::prints;

#[test]
fn active_children_are_those_that_run() {
    prints(
        r#"
        let q = Queue();
        let p = Process(#{ target: |q| q.get(), args: [q], name: "a" });
        let r = Process(#{ target: |q| q.get(), args: [q], name: "b" });
        Process();
        p.start();
        r.start();
        print(active_children().map(|p| p.name));
        p.kill();
        p.join();
        print(active_children().map(|p| p.name));
        r.terminate();
        r.join();
        print(active_children());
        "#,
        "
        ['a', 'b']
        ['b']
        []
        ",
    );
}

// Its number may be somebody else's by now: nobody sends it a signal any more.
#[test]
fn a_closed_process_is_no_child_any_more() {
    prints(
        r#"
        let p = Process(#{ target: || 1, daemon: true });
        p.start();
        p.join();
        p.close();
        print(active_children());
        "#,
        "[]\n",
    );
}

#[test]
fn children_have_children_and_hand_their_results_up() {
    prints(
        r#"
        fn count(depth, results) {
            if depth > 0 {
                let below = Process(count, [depth - 1, results]);
                below.start();
                below.join();
                results.put([depth, below.exitcode, below.name]);
            }
            sys.exit(depth);
        }
        let results = Queue();
        let p = Process(count, [4, results]);
        p.start();
        p.join();
        print(p.exitcode);
        for i in range(4) { print(results.get()); }
        "#,
        "
        4
        [1, 0, 'Process-1:1:1:1:1']
        [2, 1, 'Process-1:1:1:1']
        [3, 2, 'Process-1:1:1']
        [4, 3, 'Process-1:1']
        ",
    );
}

/// A thousand children one after the other, then what the parent holds compared with what it held early on.
fn a_thousand_leave_nothing(method: &str, rounds: u32) {
    let code = r#"
        // The last `/proc/self` number of a line that begins with `key`.
        fn status(key) {
            let file = open("/proc/self/status");
            let text = file.read();
            file.close();
            for line in text.split("\n") {
                if line.startswith(key) { return int(line.split()[1]); }
            }
            0
        }
        fn zombies() {
            let count = 0;
            for pid in os.listdir("/proc/self/task/%d" % os.getpid()) { count += 0; }
            let file = open("/proc/self/task/%d/children" % os.getpid());
            let text = file.read().strip();
            file.close();
            if text == "" { 0 } else { len(text.split()) }
        }
        fn open_files() { len(os.listdir("/proc/self/fd")) }
        fn round(q, lock) {
            let p = Process(#{ target: |q, lock| lock.with(|| q.put([1, 2, 3])), args: [q, lock] });
            p.start();
            p.join();
            if p.exitcode != 0 { throw RuntimeError("exit code %s" % p.exitcode); }
            q.get();
        }
        let q = Queue();
        let lock = Lock();
        let rounds = int(sys.argv[1]);
        for i in range(rounds / 10) { round(q, lock); }
        let early = [open_files(), zombies()];
        let early_kib = status("VmRSS:");
        for i in range(rounds - rounds / 10) { round(q, lock); }
        print(early == [open_files(), zombies()], zombies());
        let grown = status("VmRSS:") - early_kib;
        print("grown by less than 4 MiB:", grown < 4096);
        if grown >= 4096 { print(grown); }
    "#;
    let output = crate::support::script::Script::text(code)
        .start_method(method)
        .arg(rounds.to_string())
        .run();
    output.assert(0, "True 0\ngrown by less than 4 MiB: True\n", "");
}

#[test]
fn a_thousand_forked_children_in_a_row_leave_nothing_behind() {
    a_thousand_leave_nothing("fork", 1000);
}

// Fewer, because each builds its engine anew.
#[test]
fn three_hundred_spawned_children_in_a_row_leave_nothing_behind() {
    a_thousand_leave_nothing("spawn", 300);
}
