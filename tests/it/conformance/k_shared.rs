//! Group K: `Value`, `Array`.

use crate::support::script::prints;

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
