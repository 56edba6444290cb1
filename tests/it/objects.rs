//! `Object`, methods as values, and classes of exceptions as values.

use super::support::script::prints;

#[test]
fn an_object_has_attributes_and_methods_and_is_shared_by_reference() {
    prints(
        r#"
        fn Counter(start) {
            let me = Object();
            me.n = start;
            me.add = |k| { this.n += k; this.n };
            me.twice = |k| { this.add(k); this.add(k) };
            me
        }
        fn add(x) { "the function" }
        fn change(c) { c.n = 100; }
        let c = Counter(1);
        let same = c;
        let list = [c];
        print(c.add(2), c.twice(1), same.n, list[0].n, add(1));
        change(c);
        print(same.n, c == same, c == Counter(100), c != same);
        c.items = [];
        c.items.append(1);
        c.map = #{};
        c.map.x = 5;
        print(c.items, c.map, c);
        print(hasattr(c, "n"), hasattr(c, "add"), hasattr(c, "zz"), getattr(c, "zz", 7), vars(Object(#{ a: 1 })));
        setattr(c, "zz", 5);
        delattr(c, "items");
        delattr(c, "map");
        print(c, Object(), [types.SimpleNamespace(#{ b: "x" })]);
        for code in [|| c.nothing, || delattr(c, "nothing"), || c.nothing(1), || len(c), || vars(1)] {
            try { code.call(); } catch (e) { print(e.type, e); }
        }
        c.me = c;
        print(c);
        "#,
        "
        3 5 5 5 the function
        100 True False False
        [1] {'x': 5} Object(items=[1], map={'x': 5}, n=100)
        True True False 7 {'a': 1}
        Object(n=100, zz=5) Object() [Object(b='x')]
        AttributeError 'Object' object has no attribute 'nothing'
        AttributeError 'Object' object has no attribute 'nothing'
        AttributeError 'Object' object has no attribute 'nothing'
        TypeError object of type 'Object' has no len()
        TypeError vars() argument must have __dict__ attribute
        Object(me=Object(...), n=100, zz=5)
        ",
    );
}

#[test]
fn attributes_with_underlines_are_what_python_makes_of_them() {
    prints(
        r#"
        let o = Object(#{ n: 2 });
        o.__repr__ = || `<o ${this.n}>`;
        print(o, [o], str(o), `${o}`, "a" + o);
        o.__str__ = || "own str";
        print(o, [o], repr(o));
        o.__len__ = || this.n;
        o.__eq__ = |other| this.n == other.n;
        o.__iter__ = || [this.n, this.n * 2];
        let all = [];
        for x in o { all.push(x); }
        print(len(o), all, o == Object(#{ n: 2 }), o != Object(#{ n: 3 }));
        o.__enter__ = || { print("in"); this };
        o.__exit__ = |kind, e, traceback| { print("out", kind, e); kind == "KeyError" };
        with o as x { print(x.n); throw KeyError("k"); }
        try { with o { throw ValueError("v"); } } catch (e) { print(e.type); }
        try { with Object() { } } catch (e) { print(e); }
        try { for x in Object() { print(x); } } catch (e) { print(e); }
        "#,
        "
        <o 2> [<o 2>] <o 2> <o 2> a<o 2>
        own str [<o 2>] <o 2>
        2 [2, 4] True True
        in
        2
        out KeyError 'k'
        in
        out ValueError v
        ValueError
        'Object' object does not support the context manager protocol
        'Object' object is not iterable
        ",
    );
}

#[test]
fn threads_share_an_object_and_processes_copy_it() {
    prints(
        r#"
        fn work(o, lock) { for i in range(500) { with lock { o.n += 1; } o.last = i; o.last; } }
        let o = Object(#{ n: 0, last: 0, inner: Object(#{ k: 1 }) });
        o.show = || `n=${this.n} k=${this.inner.k}`;
        let lock = Lock();
        let threads = [];
        for i in range(4) { threads.push(Thread(work, [o, lock])); }
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        print(o.n, o.last);
        let q = Queue();
        fn child(o, q) { o.n = 1; o.inner.k = 2; q.put(o); print(o.show()); }
        let p = Process(child, [o, q]);
        p.start();
        let back = q.get();
        p.join();
        print(o.show(), back.show());
        let t = Thread();
        t.hi = |x| `hi ${x} from ${this.name}`;
        print(t.hi("you"));
        "#,
        "
        2000 499
        n=1 k=2
        n=2000 k=1 n=1 k=2
        hi you from Thread-5
        ",
    );
}

#[test]
fn a_chain_of_objects_of_any_length_is_dropped() {
    prints(
        r#"
        let head = Object();
        for i in range(200_000) { head = Object(#{ next: [head] }); }
        head = 0;
        print("done");
        "#,
        "done\n",
    );
}

#[test]
fn a_method_without_brackets_is_a_value_bound_to_its_object() {
    prints(
        r#"
        let q = Queue();
        let put = q.put;
        put.call(1);
        print(q.get(), put.__name__, (|x| x).__name__, put);
        let o = Object(#{ n: 1 });
        o.add = |k| { this.n += k; this.n };
        let add = o.add;
        print(add.call(2), o.n, [1, 2].map(o.add), ["/a/b", "c"].map(os.path.basename));
        let tasks = [Thread(#{ target: o.add, args: [10] }), Thread(#{ target: time.sleep, args: [0] }), Process(#{ target: q.put, args: [5] })];
        for t in tasks { t.start(); }
        for t in tasks { t.join(); }
        print(o.n, q.get(), tasks[0].name, tasks[1].name, tasks[2].exitcode);
        let done = Event();
        threading.Timer(0, done.set).start();
        print(done.wait(10));
        fn Worker(n) {
            let me = Process();
            me.n = n;
            me.work = || { print("working", this.n); };
            me
        }
        let p = Process(#{ target: Worker(3).work });
        p.start();
        p.join();
        o.put = q.put;
        o.put(8);
        print(q.get(), hasattr(time, "sleep"), hasattr(time, "nothing"), isinstance(Thread(print_it), threading.Thread));
        fn print_it() { }
        try { q.putt } catch (e) { print(e.type, e); }
        try { time.nothing } catch (e) { print(e.type, e); }
        "#,
        "
        1 put <lambda> <function put>
        3 3 [4, 6] ['b', 'c']
        16 5 Thread-1 (add) Thread-2 (sleep) 0
        True
        working 3
        8 True False True
        AttributeError 'Queue' object has no attribute 'putt'
        AttributeError 'time' object has no attribute 'nothing'
        ",
    );
}

#[test]
fn a_class_of_exceptions_can_be_thrown_and_asked_for_without_brackets() {
    prints(
        r#"
        try { throw ValueError; } catch (e) { print(e.type, e.args, isinstance(e, ValueError)); }
        try { throw queue.Empty; } catch (e) { print(e.type, isinstance(e, queue.Empty), isinstance(e, [queue.Full, OSError])); }
        try { throw queue.Full("x") } catch (e) { print(e.type, e.args); }
        fn fails() { throw KeyError }
        try { fails(); } catch (e) { print(e.type, isinstance(e, LookupError)); }
        print(queue.Empty().args, type(queue.Empty()) == queue.Empty, multiprocessing.TimeoutError("t").type, threading.BrokenBarrierError().type);
        let q = Queue();
        try { q.get(false); } catch (e) { if isinstance(e, queue.Empty) { print("empty"); } else { throw; } }
        try { threading.Queue(); } catch (e) { print(e.type, e); }
        try { os.str(); } catch (e) { print(e.type, e); }
        try { os.path.len(); } catch (e) { print(e.type, e); }
        print(str(os) == repr(os), hasattr(os, "getpid"));
        "#,
        "
        ValueError [] True
        Empty True False
        Full ['x']
        KeyError True
        [] True TimeoutError BrokenBarrierError
        empty
        AttributeError module 'threading' has no attribute 'Queue'
        AttributeError module 'os' has no attribute 'str'
        AttributeError module 'os.path' has no attribute 'len'
        True True
        ",
    );
}

#[test]
fn processes_are_named_after_the_type_that_makes_them() {
    prints(
        r#"
        fn Consumer(n) { let me = Process(); me.n = n; me.run = || print(current_process().name, this.n); me }
        fn helper() { Process(#{ target: || print(current_process().name) }) }
        fn Named() { Process(#{ name: "own" }) }
        let all = [Consumer(1), Consumer(2), helper(), Process(|| print(current_process().name))];
        for p in all { p.start(); p.join(); }
        print(Named().name);
        let Upper = |x| Process();
        print(Upper(1).name);
        "#,
        "
        Consumer-1 1
        Consumer-2 2
        Process-3
        Process-4
        own
        Process-6
        ",
    );
}

#[test]
fn fields_of_a_format_read_attributes_and_items() {
    prints(
        r#"
        let o = Object(#{ n: 1, items: #{ q: [1, 2] } });
        print("{0.n} {0.items[q][1]} {x.name:>12} {1[0].n}".format(o, [o], #{ x: current_process() }));
        try { print("{0.nothing}".format(o)); } catch (e) { print(e.type, e); }
        "#,
        "
        1 2  MainProcess 1
        AttributeError 'Object' object has no attribute 'nothing'
        ",
    );
}

#[test]
fn a_function_without_this_is_no_method_of_the_object_that_has_it() {
    prints(
        r#"
        fn double(n) { n * 2 }
        fn Mapper(pool) {
            let me = Object(#{ pool: pool, double: double, plus: |n| n + 1, scale: 10 });
            me.scaled = |n| n * this.scale;
            me.run = |xs| this.pool.map(this.double, xs) + this.pool.map(this.plus, xs);
            me
        }
        with Pool(2) as pool { print(Mapper(pool).run([1, 2])); }
        let f = Mapper(None).scaled;
        print(f(2));
        "#,
        "
        [2, 4, 2, 3]
        20
        ",
    );
}

#[test]
fn an_object_that_can_be_called_is_taken_for_a_function() {
    prints(
        r#"
        let o = Object(#{ n: 10 });
        o.__call__ = |x| this.n + x;
        let odd = Object();
        odd.__call__ = |x| x % 2 == 1;
        let add = Object();
        add.__call__ = |a, b| a + b;
        let xs = [3, 1, 2];
        print(xs.map(o), xs.filter(odd), xs.some(odd), xs.all(odd), xs.find(odd));
        print(xs.reduce(add, 0), xs.reduce(add, 100), functools.reduce(add, xs), functools.partial(add, 1).call(2));
        print(list(map(o, xs)), list(filter(odd, xs)), sorted(xs, #{ key: o }), max(xs, #{ key: o }));
        print(list(itertools.accumulate(xs, add)), list(itertools.takewhile(odd, xs)), list(itertools.starmap(add, [[1, 2]])));
        print(functools.lru_cache(o).call(5), functools.cache(o).call(6));
        let zero = Object(); zero.__call__ = || 7;
        print(collections.defaultdict(zero)["a"]);
        let word = Object(); word.__call__ = |m| m.group().upper();
        print(re.sub("b+", word, "abbc"));
        let parser = argparse.ArgumentParser();
        let number = Object(); number.__call__ = |text| int(text) * 2;
        parser.add_argument("n", #{ type: number });
        print(parser.parse_args(["4"]).n);
        try { xs.map(Object()); } catch (e) { print(e.type, e.message); }
        try { functools.reduce(Object(), xs); } catch (e) { print(e.type, e.message); }
        "#,
        "
        [13, 11, 12] [3, 1] True False 3
        6 106 6 3
        [13, 11, 12] [3, 1] [1, 2, 3] 3
        [3, 4, 6] [3, 1] [3]
        15 16
        7
        aBBc
        8
        TypeError 'Object' object is not callable
        TypeError 'Object' object is not callable
        ",
    );
}

#[test]
fn an_object_handles_a_signal() {
    prints(
        r#"
        let handler = Object(#{ seen: [] });
        handler.__call__ = |number, frame| this.seen.append(number);
        signal.signal(signal.SIGUSR1, handler);
        os.kill(os.getpid(), signal.SIGUSR1);
        time.sleep(0.01);
        print(handler.seen == [signal.SIGUSR1]);
        "#,
        "
        True
        ",
    );
}
