//! `Value` on a server.

use super::prints_at;

#[test]
fn whoever_opens_a_value_first_sets_it() {
    prints_at(
        r#"
        let v = Value("i", 5, #{ url: "URL", name: "v" });
        let again = Value("i", 9, #{ url: "URL", name: "v" });
        let raw = Value("i", #{ url: "URL", name: "v", lock: false });
        again.value += 1;
        print(v, raw, v.value, again.value, raw.value, v.get_obj().value, v.get_lock());
        let q = Queue();
        q.put([v, raw]);
        for one in q.get() { print(one.add(1)); }
        let jobs = Queue(#{ url: "URL", name: "jobs" });
        print(type(v), type(raw), type(v.get_lock()), error_of(|| jobs.put(v)));
        for wrong in [
            || Value("d", #{ url: "URL", name: "v" }), || Value("i", #{ url: "URL" }), || Value("x", #{ url: "URL", name: "v" }),
            || Value("i", 1, #{ url: "URL", name: "v", lock: Lock() }), || Value("i", #{ lease: 5 }), || Event(#{ url: "URL", name: "v" }),
            || Value("b", 200, #{ url: "URL", name: "b" }), || v > 3, || raw.get_lock(),
        ] {
            print(error_of(wrong));
        }
        "#,
        "<Value v at URL> <RawValue v at URL> 6 6 6 6 <RLock v at URL>\n7\n8\n\
         <class 'Value'> <class 'RawValue'> <class 'RLock'> TypeError: item is a Value, which cannot be sent from here: \
         its name can be sent, and whoever gets it opens the object by it\n\
         ValueError: the value exists with type code 'i', not 'd': use another name\n\
         ValueError: an object on a server needs a name, by which other processes find it\n\
         TypeError: this type has no size\n\
         TypeError: a Value on a server has a lock of its own: lock must be true or false\n\
         ValueError: lease is for a Value on a server: url is missing\n\
         ValueError: the object of this name is a value, not an event\n\
         OverflowError: 200 does not fit in type code 'b' (-128 to 127)\n\
         TypeError: '>' not supported between instances of 'Synchronized' and 'int'\n\
         AttributeError: 'RawValue' object has no attribute 'get_lock'\n",
    );
}

#[test]
fn numbers_of_64_bits_and_floats_keep_every_bit() {
    prints_at(
        r#"
        let q = Value("q", 9223372036854775806, #{ url: "URL", name: "q" });
        print(q.add(1), error_of(|| q.add(1)), q.value, q.compare_exchange(9223372036854775807, -9223372036854775807), q.add(-1));
        let u = Value("Q", 3, #{ url: "URL", name: "u" });
        print(u.add(-3), error_of(|| u.add(-1)), u.value);
        let d = Value("d", 0.1, #{ url: "URL", name: "d" });
        print(d.add(0.2), d.value == 0.1 + 0.2, d.add(1e300), d.compare_exchange(1e300, -0.5), d.value);
        d.value = float("inf");
        print(d.value, d.add(-float("inf")), d.compare_exchange(float("nan"), 1.0));
        let f = Value("f", 1.1, #{ url: "URL", name: "f" });
        print(f.value, f.add(1), error_of(|| f.add(1e300)), f.value);
        let c = Value("c", "a", #{ url: "URL", name: "c" });
        let s = Value("u", "ü", #{ url: "URL", name: "s" });
        c.value = "b";
        print(c.value, s.value, s.compare_exchange("ü", "x"), s.value, error_of(|| c.add(1)));
        "#,
        "9223372036854775807 OverflowError: 9223372036854775808 does not fit in type code 'q' \
         (-9223372036854775808 to 9223372036854775807) 9223372036854775807 True -9223372036854775808\n\
         0 OverflowError: -1 does not fit in type code 'Q' (0 to 9223372036854775807) 0\n\
         0.30000000000000004 True 1e+300 True -0.5\ninf nan False\n\
         1.100000023841858 2.0999999046325684 OverflowError: 1e+300 does not fit in type code 'f' (up to about 3.4e+38) 2.0999999046325684\n\
         b'b' ü True x TypeError: add() needs a numeric type code, not 'c'\n",
    );
}

#[test]
fn processes_and_threads_add_without_losing_one() {
    prints_at(
        r#"
        let v = Value("i", 0, #{ url: "URL", name: "v" });
        fn add(v) {
            for i in range(30) { v.add(1); }
            for i in range(10) { with v { let seen = v.value; time.sleep(0.0005); v.value = seen + 1; } }
        }
        let ps = [Process(add, [v]), Process(add, [v]), threading.Thread(add, [v])];
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        print(v.value);
        "#,
        "120\n",
    );
}

#[test]
fn who_holds_the_lock_keeps_others_from_the_value_until_it_dies() {
    prints_at(
        r#"
        let v = Value("i", 1, #{ url: "URL", name: "v" });
        fn hold(v, held) { v.acquire(); v.value = 2; held.put(1); time.sleep(1000); }
        let held = Queue();
        let p = Process(hold, [v, held]);
        p.start();
        held.get();
        print(v.acquire(false), v.get_lock().locked(), v.get_obj().value);
        let late = threading.Thread(|| { time.sleep(0.1); p.kill(); });
        late.start();
        print(v.add(40), v.get_lock().abandoned, v.get_lock().locked());
        late.join();
        "#,
        "False True 2\n42 True False\n",
    );
}
