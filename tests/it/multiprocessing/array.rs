//! `Array` and `RawArray`.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_136_an_array_has_a_lock_of_its_own_or_a_given_one_or_none() {
    prints(
        r#"
        let a = Array('i', 3);
        let lock = Lock();
        let b = Array('i', 3, #{lock: lock});
        let raw = Array('i', 3, #{lock: false});
        print(a.with(|| a.get_lock().acquire()), a.get_obj()[0..], b.acquire(), lock.locked(), b.release());
        print(error_of(|| raw.get_lock()));
        let text = str(a);
        print(text.startswith("<SynchronizedArray wrapper for <multiprocessing.sharedctypes.c_int_Array_3 object at 0x"));
        print(str(raw).startswith("<multiprocessing.sharedctypes.c_int_Array_3 object at 0x"));
        "#,
        "
        True [0, 0, 0] True True None
        AttributeError: 'RawArray' object has no attribute 'get_lock'
        True
        True
        ",
    );
}

#[test]
fn case_137_an_array_is_read_and_written_as_a_list_is() {
    prints(
        r#"
        let list = [680, 626, 934, 821, 150, 233, 548, 982, 714, 831];
        let a = Array('i', list);
        print(len(a), a.len(), a[3] == list[3], a[-1], a[2..7] == [934, 821, 150, 233, 548]);
        print(a[7..], a[..2], a[-3..-1], a[2..=3], a[0..=-1] == list, a[5..2], a[20..30]);
        a[4..8] = [1, 2, 3, 4];
        a[-1] = 0;
        a[0] += 20;
        print(a[0..]);
        let sum = 0;
        for x in a { sum += x; }
        print(sum, sum(a), 934 in a, 5 in a, "x" in a, max(a), sorted(a)[1]);
        "#,
        "
        10 10 True 831 True
        [982, 714, 831] [680, 626] [982, 714] [934, 821] True [] []
        [700, 626, 934, 821, 1, 2, 3, 4, 714, 0]
        3805 3805 True False False 934 1
        ",
    );
}

#[test]
fn case_137_what_a_child_writes_into_an_array_is_seen() {
    prints(
        r#"
        fn sums(a) { for i in 1..len(a) { a[i] += a[i - 1]; } }
        let a = Array('i', [1, 2, 3, 4, 5]);
        let raw = RawArray('d', 3);
        let p = Process(|| { sums(a); raw[1] = 2.5; });
        p.start();
        p.join();
        print(a[0..], raw[0..]);
        "#,
        "[1, 3, 6, 10, 15] [0.0, 2.5, 0.0]\n",
    );
}

#[test]
fn case_140_a_place_outside_and_a_slice_of_another_length_raise() {
    prints(
        r#"
        let a = Array('i', 3);
        print(a[0..], error_of(|| a[3]), error_of(|| a[-4]), error_of(|| a[3] = 1));
        print(error_of(|| a[0..2] = [1, 2, 3]), error_of(|| a[0..2] = [1]), a[0..]);
        print(error_of(|| Array('i', -1)), error_of(|| Array('i', ["a"])), error_of(|| Array('z', 1)));
        print(error_of(|| a["x"]), error_of(|| a[0.5]), error_of(|| a.value));
        print(error_of(|| a[1] = 2147483648), error_of(|| a[0..2] = [7, 1.5]), a[0..]);
        print(error_of(|| Array('i', 2, #{lock: 5})));
        "#,
        "
        [0, 0, 0] IndexError: invalid index IndexError: invalid index IndexError: invalid index
        ValueError: Can only assign sequence of same size ValueError: Can only assign sequence of same size [0, 0, 0]
        ValueError: Array length must be >= 0, not -1 TypeError: 'str' object cannot be interpreted as an integer TypeError: this type has no size
        AttributeError: 'SynchronizedArray' object has no attribute 'x' TypeError: indices must be integers AttributeError: 'SynchronizedArray' object has no attribute 'value'
        OverflowError: 2147483648 does not fit in type code 'i' (-2147483648 to 2147483647) TypeError: 'float' object cannot be interpreted as an integer [0, 0, 0]
        AttributeError: 5 has no method 'acquire'
        ",
    );
}

#[test]
fn an_array_of_bytes_has_them_all_in_one() {
    prints(
        r#"
        let a = Array('c', 8);
        a.value = b("hello");
        print(a.value, a.raw, a[1], a[1..3], len(a));
        a.value = b("ab");
        print(a.value, a.raw);
        a.raw = b("12345678");
        print(a.value, error_of(|| a.value = b("123456789")), error_of(|| a.raw = "x"));
        a[0..2] = b("xy");
        print(a.value, "x" in a, Array('u', "abc")[0..2], Array('c', b("z")).value);
        fn b(text) { text.encode() }
        "#,
        "
        b'hello' b'hello\\x00\\x00\\x00' b'e' b'el' 8
        b'ab' b'ab\\x00lo\\x00\\x00\\x00'
        b'12345678' ValueError: byte string too long TypeError: bytes expected instead of str instance
        b'xy345678' True ab b'z'
        ",
    );
}

#[test]
fn elements_are_added_to_and_exchanged_in_one_step() {
    prints(
        r#"
        fn add(a) { for i in 0..3000 { a.add(i % 3, 1); a.add(-1, 2); } }
        let a = Array('i', 5);
        let ps = [Process(add, [a]), Process(add, [a])];
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        print(a[0..], a.add(0, 5), a.compare_exchange(0, 2005, 1), a.compare_exchange(0, 2005, 2), a[0]);
        print(error_of(|| a.add(9, 1)), error_of(|| a.add(0..2, 1)), error_of(|| a.add(0, 2147483647)), a[0]);
        "#,
        "
        [2000, 2000, 2000, 0, 12000] 2005 True False 1
        IndexError: invalid index TypeError: indices must be integers OverflowError: 2147483648 does not fit in type code 'i' (-2147483648 to 2147483647) 1
        ",
    );
}

#[test]
fn writers_killed_at_any_moment_leave_whole_elements() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            fn write(a, ready) {
                ready.put(1);
                loop { for i in 0..4 { a[i] = 72340172838076673; a[i] = -1; } }
            }
            let a = RawArray('q', 4);
            let ready = Queue();
            let torn = 0;
            for round in 0..20 {
                let p = Process(write, [a, ready]);
                p.start();
                ready.get();
                for i in 0..50 { for x in a { if !(x in [0, -1, 72340172838076673]) { torn += 1; } } }
                p.kill();
                p.join();
            }
            print(torn);
            "#,
        )
        .start_method(method)
        .run();
        run.assert(0, "0\n", "");
    });
}

#[test]
fn a_large_array_and_one_that_no_memory_holds() {
    prints(
        r#"
        let a = Array('d', 100000);
        a[99999] = 1.5;
        print(len(a), a[-1], sum(a));
        try { Array('i', 9000000000000000000) } catch (e) { print(e.type) }
        "#,
        "
        100000 1.5 1.5
        MemoryError
        ",
    );
}

#[test]
fn an_array_that_does_not_fit_is_refused_at_once() {
    prints(
        r#"
        for length in [1_000_000_000_000, 9_223_372_036_854_775_807] {
            try { Array("i", length) } catch (e) { print(e.type); }
        }
        let a = Array("i", 100_000);
        print(a.len(), a[0], a[99_999], sum(list(a)));
        "#,
        "
        MemoryError
        MemoryError
        100000 0 0 0
        ",
    );
}
