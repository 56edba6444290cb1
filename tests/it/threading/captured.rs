//! Variables that threads share.

use crate::support::script::{Script, prints};

#[test]
fn an_integer_guarded_by_a_lock_is_exact() {
    prints(
        "
        let n = 0;
        let lock = Lock();
        let threads = [];
        for i in range(4) {
            threads.push(Thread(|| {
                for k in range(100000) { lock.acquire(); n += 1; lock.release(); }
            }));
        }
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        print(n);
        ",
        "400000\n",
    );
}

#[test]
fn a_list_guarded_by_a_lock_is_whole() {
    prints(
        "
        let items = [];
        let lock = threading.RLock();
        let threads = [];
        for i in range(4) {
            threads.push(Thread(|| {
                for k in range(2000) { lock.with(|| items.push(k)); }
            }));
        }
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        print(len(items), sum(items) == 4 * 1999 * 1000);
        ",
        "8000 True\n",
    );
}

#[test]
fn reading_needs_no_lock() {
    prints(
        "
        let table = [];
        for i in range(100) { table.push(i); }
        let sums = queue.Queue();
        let threads = [];
        for i in range(4) {
            threads.push(Thread(|| {
                let sum = 0;
                for k in range(3000) { sum += table[k % 100]; }
                sums.put(sum);
            }));
        }
        for t in threads { t.start(); }
        for t in threads { print(sums.get()); }
        for t in threads { t.join(); }
        ",
        "148500\n148500\n148500\n148500\n",
    );
}

#[test]
fn without_a_lock_nothing_breaks() {
    prints(
        "
        let n = 0;
        let threads = [];
        for i in range(4) {
            threads.push(Thread(|| { for k in range(3000) { n += 1; } }));
        }
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        print(n > 0 && n <= 12000);
        ",
        "True\n",
    );
}

#[test]
fn a_variable_that_is_kept_busy_is_named() {
    let output = Script::text(
        "
        let box = #{ q: queue.Queue() };
        let t = Thread(|| box.q.get());
        t.start();
        let error = ();
        while error == () {
            try { box.x = 1; } catch (e) { error = e; }
        }
        print(error.type, error.message);
        sys.stdout.flush();
        os._exit(0);
        ",
    )
    .run();
    output.assert(
        0,
        "DataRaceError captured variable 'box' is in use by another thread: use it only while holding a Lock, or share the value with a Queue or a Value\n",
        "",
    );
}

#[test]
fn captured_handles_serve_any_number_of_threads() {
    prints(
        "
        let q = Queue();
        let done = JoinableQueue();
        let threads = [];
        for i in range(8) {
            threads.push(Thread(|| { loop { let x = q.get(); if x == None { break; } done.put(x * 2); } }));
        }
        for t in threads { t.start(); }
        for i in range(200) { q.put(i); }
        for t in threads { q.put(None); }
        for t in threads { t.join(); }
        let sum = 0;
        for i in range(200) { sum += done.get(); done.task_done(); }
        done.join();
        print(sum);
        ",
        "39800\n",
    );
}

#[test]
fn threads_compute_at_the_same_time() {
    if std::thread::available_parallelism().map_or(1, |n| n.get()) < 2 {
        return;
    }
    // On a machine that others use too, most rounds may be disturbed: one of thirty has to show it.
    Script::text(
        "
        fn work() { let x = 0; for i in range(300000) { x += i; } x }
        fn seconds(f) { let begin = time.monotonic(); f.call(); time.monotonic() - begin }
        let faster = false;
        for round in range(30) {
            let one_after_the_other = seconds(|| { work(); work(); });
            let at_once = seconds(|| {
                let a = Thread(work);
                let b = Thread(work);
                a.start(); b.start(); a.join(); b.join();
            });
            if at_once < one_after_the_other * 0.8 { faster = true; break; }
        }
        print(faster);
        ",
    )
    // As machine code, it would be over before the second thread begins.
    .option("--no-compile")
    .run()
    .assert(0, "True\n", "");
}
