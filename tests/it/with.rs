//! The statement `with`: what it means inside, and how it ends.
//!
//! Each script runs by the interpreter alone, as usual, and with everything compiled as soon as possible.

use super::support::script::{Script, each_start_method, prints_in_every_mode as prints};

#[test]
fn the_block_holds_the_lock_and_sees_what_is_around_it() {
    prints(
        r#"
        let lock = Lock();
        let n = 0;
        with lock { n += 1; print("in", lock.locked(), n); }
        print("out", lock.locked(), n);
        let value = with lock { n + 41 };
        print(value, lock.locked());
        for i in range(3) { with lock { n += i; let inner = n; } }
        print(n);
        with lock as taken { let f = || taken; print(f.call()); }
        let d = #{ with: 1, lock: lock };
        with d.lock { d.with += 1; }
        print(d.with, lock.with(|| "closure"), lock.locked());
        const HELD = RLock();
        fn in_function(k) { let found = 0; with global::HELD { for i in range(k) { with global::HELD { found += i; } } } found }
        print(in_function(4), HELD.locked());
        "#,
        "
        in True 1
        out False 1
        42 False
        4
        True
        2 closure False
        6 False
        ",
    );
}

#[test]
fn return_break_and_continue_leave_the_block_released() {
    prints(
        r#"
        let lock = Lock();
        fn first(lock, xs) { for x in xs { with lock { if x > 1 { return x; } } } "none" }
        print(first(lock, [1, 2, 3]), first(lock, []), lock.locked());
        for i in range(9) {
            with lock {
                if i == 1 { continue; }
                if i == 3 { break; }
                print(i);
            }
        }
        let n = 0;
        while true { with lock { n += 1; if n == 4 { break; } } }
        let found = loop { with lock { n += 1; if n > 6 { break n; } } };
        print(n, found, lock.locked());
        for i in range(2) { for j in range(5) { with lock { with open("/dev/null") as f { if j == 1 { break; } print(i, j, f.closed); } } } }
        print(lock.locked());
        "#,
        "
        2 none False
        0
        2
        7 7 False
        0 0 False
        1 0 False
        False
        ",
    );
}

#[test]
fn an_error_goes_on_with_its_place_after_the_release() {
    prints(
        r#"
        let lock = Lock();
        try { with lock { throw ValueError("x"); } } catch (e) { print(e.type, e, lock.locked()); }
        fn fails(lock) { with lock { [][1] } }
        try { fails(lock); } catch (e) { print(e.type, lock.locked()); }
        let other = Lock();
        try { with lock, missing { } } catch (e) { print(e, lock.locked()); }
        try { with lock, other as o, 5 { } } catch (e) { print(e, lock.locked(), other.locked()); }
        "#,
        "
        ValueError x False
        IndexError False
        name 'missing' is not defined False
        'int' object does not support the context manager protocol False False
        ",
    );
    let output = Script::text("let lock = Lock();\nfn f(l) {\n    with l {\n        throw ValueError(\"deep\");\n    }\n}\nf(lock);\n").run();
    output.assert(
        1,
        "",
        "
        ValueError: deep
          --> main.rhai:4:9
             |
           4 |         throw ValueError(\"deep\");
             |         ^
        Traceback (most recent call last):
          File \"main.rhai\", line 7, in <module>
            f(lock);
          File \"main.rhai\", line 4, in f
            throw ValueError(\"deep\");
        ",
    );
}

#[test]
fn several_items_are_left_in_the_opposite_order() {
    prints(
        r#"
        fn item(name) { #{ name: name, __enter__: || { print("enter", this.name); this.name }, __exit__: || { print("leave", this.name); } } }
        with item("a") as x, item("b") as y, item("c") { print(x, y); }
        try { with item("a"), item("b") { throw KeyError("k"); } } catch (e) { print(e.type); }
        fn looped() { for i in range(2) { with item(i) as n { if n == 1 { return "end"; } } } }
        print(looped());
        "#,
        "
        enter a
        enter b
        enter c
        a b
        leave c
        leave b
        leave a
        enter a
        enter b
        leave b
        leave a
        KeyError
        enter 0
        leave 0
        enter 1
        leave 1
        end
        ",
    );
}

#[test]
fn a_true_result_of_exit_takes_the_error() {
    prints(
        r#"
        let guard = #{ __enter__: || (), __exit__: |kind, e, traceback| { print(kind, e); kind == "KeyError" } };
        with guard { throw KeyError("k"); }
        print("on");
        try { with guard { throw ValueError("v"); } } catch (e) { print("caught", e); }
        with guard { }
        "#,
        "
        KeyError 'k'
        on
        ValueError v
        caught v
        None None
        ",
    );
}

#[test]
fn a_method_keeps_its_this() {
    prints(
        r#"
        let account = #{ lock: Lock(), n: 0 };
        account.add = |k| { with this.lock { for i in range(3) { this.n += k; } } this.n };
        print(account.add(2), account.n, account.lock.locked());
        fn Worker(lock) {
            let me = Process();
            me.lock = lock;
            me.run = || { with this.lock { print(this.name, this.lock.locked()); } };
            me
        }
        let w = Worker(Lock());
        w.start();
        w.join();
        print(w.lock.locked());
        "#,
        "
        6 6 False
        Worker-1 True
        False
        ",
    );
}

#[test]
fn everything_that_can_be_closed_or_held_takes_part() {
    prints(
        r#"
        with open("t.txt", "w") as f { f.write("two\nlines\n"); }
        with open("t.txt") as f { for line in f { print(line.strip()); } }
        try { f.read(); } catch (e) { print(e.type); }
        let kept = ();
        with open("t.txt") as f { kept = f; }
        print(kept.closed);
        for held in [Lock(), RLock(), Semaphore(1), BoundedSemaphore(1), Condition(), threading.Lock(), threading.RLock()] {
            with held { print(held.locked()); }
        }
        let v = Value("i", 1);
        with v { v.value += 1; }
        with v.get_lock() { v.value += 1; }
        print(v.value, v.get_lock().locked());
        let ends = Pipe();
        with ends[0] as a { a.send("x"); print(ends[1].recv(), a.closed); }
        print(ends[0].closed);
        with Manager() as m { print(m.list([1])); }
        with socket.socket() as s { print(s.fileno() > 0); kept = s; }
        print(kept.fileno());
        "#,
        "
        two
        lines
        NameError
        True
        True
        True
        True
        True
        True
        True
        True
        3 False
        x False
        True
        [1]
        True
        -1
        ",
    );
}

#[test]
fn a_release_inside_is_the_error_that_python_gives() {
    prints(
        r#"
        let lock = Lock();
        try { with lock { lock.release(); } } catch (e) { print(e.type, e); }
        try { lock.with(|| lock.release()); } catch (e) { print(e.type, e); }
        lock = threading.Lock();
        try { with lock { lock.release(); } } catch (e) { print(e.type, e); }
        try { with lock { lock.release(); throw KeyError("first"); } } catch (e) { print(e.type); }
        "#,
        "
        ValueError semaphore or lock released too many times
        ValueError semaphore or lock released too many times
        RuntimeError release unlocked lock
        KeyError
        ",
    );
}

#[test]
fn an_exit_of_the_script_leaves_the_block() {
    prints(
        r#"
        let guard = #{ __enter__: || 1, __exit__: |kind, e, t| { print("left", kind, e); true } };
        let t = Thread(|| { with guard { sys.exit(3); } print("never"); });
        t.start();
        t.join();
        with guard { print("in"); sys.exit(0); }
        print("never");
        "#,
        "
        left SystemExit 3
        in
        left SystemExit 0
        ",
    );
}

#[test]
fn it_works_in_children_threads_modules_and_eval() {
    each_start_method(|method| {
        Script::text(
            r#"
            import "helpers" as helpers;
            let lock = Lock();
            let n = Value("i", 0, #{ lock: false });
            fn work(lock, n) { for i in range(100) { with lock { n.value += 1; } } }
            let all = [];
            for i in range(2) { all.push(Process(work, [lock, n])); all.push(Thread(work, [lock, n])); }
            for p in all { p.start(); }
            for p in all { p.join(); }
            print(n.value, lock.locked());
            print(helpers::held(lock), eval("with lock { lock.locked() }"));
            let p = Process(|| { with lock { helpers::held(RLock()) }; with lock { sys.exit(4); } });
            p.start();
            p.join();
            print(p.exitcode, lock.locked(), lock.abandoned);
            "#,
        )
        .beside("helpers.rhai", "fn held(lock) { with lock { return lock.locked(); } }")
        .start_method(method)
        .run()
        .assert(
            0,
            "
            400 False
            True True
            4 False False
            ",
            "",
        );
    });
}
