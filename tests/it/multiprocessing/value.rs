//! `Value` and `RawValue`.

use crate::everywhere::everywhere;
use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_136_a_value_has_a_lock_of_its_own_or_a_given_one_or_none() {
    prints(
        r#"
        let v = Value('i', 3);
        print(v, v.value, v.get_obj(), v.get_lock().acquire(), v.release());
        print(Value('d', 1.5, #{lock: None}), Value('i').value, Value("c"), Value('u', 'x'));
        let lock = Lock();
        let w = Value('i', 1, #{lock: lock});
        print(w.get_lock().acquire(), lock.locked(), w.release(), lock.locked());
        let raw = Value('i', 1, #{lock: false});
        raw.value += 2;
        print(raw, RawValue('d', 2).value, error_of(|| raw.get_lock()), error_of(|| raw.acquire()));
        print(error_of(|| Value('i', 1, #{lock: "x"})));
        "#,
        "
        <Synchronized wrapper for c_int(3)> 3 c_int(3) True None
        <Synchronized wrapper for c_double(1.5)> 0 <Synchronized wrapper for c_char(b'\\x00')> <Synchronized wrapper for c_wchar('x')>
        True True None False
        c_int(3) 2.0 AttributeError: 'RawValue' object has no attribute 'get_lock' AttributeError: 'RawValue' object has no attribute 'acquire'
        AttributeError: 'x' has no method 'acquire'
        ",
    );
}

#[test]
fn case_139_additions_under_the_lock_are_never_lost() {
    prints(
        "
        fn count(v) { for i in 0..3000 { v.get_lock().with(|| v.value += 1); } }
        let v = Value('i', 0);
        let ps = [Process(count, [v]), Process(count, [v])];
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        print(v.value);
        ",
        "6000\n",
    );
}

// Trap 37: Python keeps the lowest bits and says nothing.
#[test]
fn a_number_that_does_not_fit_raises_and_leaves_the_value_alone() {
    everywhere(
        r#"
        for case in [['b', -128, 127], ['B', 0, 255], ['h', -32768, 32767], ['H', 0, 65535],
                     ['i', -2147483648, 2147483647], ['I', 0, 4294967295]] {
            let v = Value(case[0], case[1]);
            v.value = case[2];
            let code = case[0];
            let above = case[2] + 1;
            let below = case[1] - 1;
            print(v.value, error_of(|| v.value = above), error_of(|| Value(code, below)), v.value);
        }
        let v = Value('i', 2147483647);
        print(error_of(|| v.add(1)), v.value, v.add(-1));
        let q = Value('q', 9223372036854775807);
        print(error_of(|| q.add(1)), q.value);
        print(error_of(|| Value('Q', -1)), error_of(|| Value('L', -1)));
        print(error_of(|| Value('f', 1e300)), Value('f', 1.1).value, Value('d', 1e300).value);
        "#,
        "
        127 OverflowError: 128 does not fit in type code 'b' (-128 to 127) OverflowError: -129 does not fit in type code 'b' (-128 to 127) 127
        255 OverflowError: 256 does not fit in type code 'B' (0 to 255) OverflowError: -1 does not fit in type code 'B' (0 to 255) 255
        32767 OverflowError: 32768 does not fit in type code 'h' (-32768 to 32767) OverflowError: -32769 does not fit in type code 'h' (-32768 to 32767) 32767
        65535 OverflowError: 65536 does not fit in type code 'H' (0 to 65535) OverflowError: -1 does not fit in type code 'H' (0 to 65535) 65535
        2147483647 OverflowError: 2147483648 does not fit in type code 'i' (-2147483648 to 2147483647) OverflowError: -2147483649 does not fit in type code 'i' (-2147483648 to 2147483647) 2147483647
        4294967295 OverflowError: 4294967296 does not fit in type code 'I' (0 to 4294967295) OverflowError: -1 does not fit in type code 'I' (0 to 4294967295) 4294967295
        OverflowError: 2147483648 does not fit in type code 'i' (-2147483648 to 2147483647) 2147483647 2147483646
        OverflowError: 9223372036854775808 does not fit in type code 'q' (-9223372036854775808 to 9223372036854775807) 9223372036854775807
        OverflowError: -1 does not fit in type code 'Q' (0 to 9223372036854775807) OverflowError: -1 does not fit in type code 'L' (0 to 9223372036854775807)
        OverflowError: 1e+300 does not fit in type code 'f' (up to about 3.4e+38) 1.100000023841858 1e+300
        ",
    );
}

#[test]
fn a_value_of_another_type_is_refused() {
    everywhere(
        r#"
        for f in [|| Value('z'), || Value("ii"), || Value(5), || Value('i', 1.5), || Value('i', "a"),
                  || Value('d', "a"), || Value('c', "ab"), || Value('c', 256), || Value('u', "ab"), || Value('u', 1)] {
            print(error_of(f));
        }
        print(Value('i', true).value, Value('c', 65).value, Value('c', "A").value, Value('d', 1).value);
        print(error_of(|| Value('c', "a").add(1)), error_of(|| Value('i', 1).add(0.5)));
        "#,
        "
        TypeError: this type has no size
        TypeError: this type has no size
        TypeError: this type has no size
        TypeError: 'float' object cannot be interpreted as an integer
        TypeError: 'str' object cannot be interpreted as an integer
        TypeError: must be real number, not str
        TypeError: one character bytes, bytearray or integer expected
        TypeError: one character bytes, bytearray or integer expected
        TypeError: one character unicode string expected
        TypeError: unicode string expected instead of int instance
        1 b'A' b'A' 1.0
        TypeError: add() needs a numeric type code, not 'c' TypeError: 'float' object cannot be interpreted as an integer
        ",
    );
}

// Trap 36.
#[test]
fn add_and_compare_exchange_are_one_step() {
    everywhere(
        "
        fn add(v, raw) { for i in 0..5000 { v.add(1); raw.add(2); } }
        fn exchange(v) {
            for i in 0..2000 {
                loop { let old = v.value; if v.compare_exchange(old, old + 1) { break; } }
            }
        }
        let v = Value('i', 0);
        let raw = Value('q', 0, #{ lock: false });
        let d = Value('d', 0);
        let ps = [Process(add, [v, raw]), Process(add, [v, raw]), Process(exchange, [d]), Process(exchange, [d])];
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        print(v.value, raw.value, d.value, v.add(5), d.add(0.5), v.compare_exchange(1, 2), v.value);
        ",
        "10000 20000 4000.0 10005 4000.5 False 10005\n",
    );
}

#[test]
fn the_holder_of_the_lock_keeps_others_from_the_value() {
    everywhere(
        r#"
        fn change(v, ready, how) { ready.put(1); if how == "add" { v.add(10); } else { v.value = 7; } }
        for how in ["add", "set"] {
            let v = Value('i', 1);
            let ready = Queue();
            let p = Process(change, [v, ready, how]);
            v.with(|| {
                p.start();
                ready.get();
                print(p.join(0.1), v.value, v.get_lock().acquire(), v.release());
            });
            p.join();
            print(v.value);
        }
        "#,
        "
        False 1 True None
        11
        False 1 True None
        7
        ",
    );
}

// Python hangs here.
#[test]
fn a_plain_lock_held_by_the_same_thread_raises_where_it_would_wait_for_ever() {
    prints(
        r#"
        let v = Value('i', 1, #{ lock: Lock() });
        print(error_of(|| v.with(|| v.value += 1)));
        v.value += 1;
        print(v.value, v.add(1));
        "#,
        "
        RuntimeError: this thread holds the Lock that guards this value, so reading or changing it would wait for ever: \
        give Value and Array an RLock, or no lock
        2 3
        ",
    );
}

#[test]
fn values_cross_by_every_way() {
    prints(
        r#"
        let v = Value('i', 20);
        let w = RawValue('d', 0.5);
        let q = Queue();
        fn child(v, q) {
            let sent = q.get();
            let first = sent[0];
            first.with(|| first.value += v.value);
            sent[1].add(1);
            q.put(sent);
        }
        q.put([v, w]);
        let p = Process(|| child(v, q));
        p.start();
        p.join();
        let back = q.get();
        print(v.value, w.value, back[0].value, back[1], back[0].add(2), v.value);
        "#,
        "40 1.5 40 c_double(1.5) 42 42\n",
    );
}

#[test]
fn a_killed_holder_gives_the_lock_of_a_value_up() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            fn child(v, ready) { v.get_lock().acquire(); v.value = 5; ready.put(1); time.sleep(60); }
            let v = Value('i', 1);
            let ready = Queue();
            let p = Process(#{ target: child, args: [v, ready], name: "holder" });
            p.start();
            ready.get();
            p.kill();
            p.join();
            print(v.value, v.add(1));
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!((run.code(), run.stdout.as_str()), (0, "5 6\n"));
        assert!(run.stderr.contains("holder"), "{}", run.stderr);
    });
}
