//! `collections`: each result beside CPython's, sharing, threads and processes.

use super::support::script::{Script, each_start_method, prints};
use super::support::table::gives;

/// Short names for the constructors.
const PRELUDE: &str = "
fn C() { collections.Counter() }
fn C(x) { collections.Counter(x) }
fn D() { collections.deque() }
fn D(x) { collections.deque(x) }
fn D(x, y) { collections.deque(x, y) }
fn O() { collections.OrderedDict() }
fn O(x) { collections.OrderedDict(x) }
";

/// Expressions with what CPython 3.11 gives for the same.
const TABLE: &str = r#"
        C("abracadabra").most_common(3) => [['a', 5], ['b', 2], ['r', 2]]
        C("abracadabra") => Counter({'a': 5, 'b': 2, 'r': 2, 'c': 1, 'd': 1})
        C() => Counter()
        C(#{"b": 2, "a": 5}) => Counter({'a': 5, 'b': 2})
        C([1, 1, 2, 1.0]) => Counter({1: 3, 2: 1})
        C("aab")["a"] => 2
        C("aab")["z"] => 0
        C("aab").total() => 3
        list(C("aab").elements()) => ['a', 'a', 'b']
        list(C(#{"a": 2, "b": -1}).elements()) => ['a', 'a']
        C("aab") + C("abc") => Counter({'a': 3, 'b': 2, 'c': 1})
        C("aab") - C("abc") => Counter({'a': 1})
        C("aab") | C("abb") => Counter({'a': 2, 'b': 2})
        C("aab") & C("abb") => Counter({'a': 1, 'b': 1})
        +C(#{"a": -1, "b": 1}) => Counter({'b': 1})
        -C(#{"a": -1, "b": 1}) => Counter({'a': 1})
        C("aab") == C("aba") => True
        C("aab") == C("ab") => False
        C(#{"a": 1, "b": 0}) == C(#{"a": 1}) => True
        C("ab") <= C("aab") => True
        C("ab") < C("ab") => False
        C("aab") > C("ab") => True
        C("ab") >= C("ac") => False
        len(C("aab")) => 2
        "a" in C("aab") => True
        sorted(C("hello")) => ['e', 'h', 'l', 'o']
        C("aab").most_common(0) => []
        C("aab").most_common() => [['a', 2], ['b', 1]]
        sum(C("aab").values()) => 3
        max(C("aab").values()) => 2
        D([1, 2, 3]) => deque([1, 2, 3])
        D([1, 2, 3], 2) => deque([2, 3], maxlen=2)
        D("abc", #{maxlen: 2}) => deque(['b', 'c'], maxlen=2)
        D([1, 2, 3])[0] => 1
        D([1, 2, 3])[-1] => 3
        D([1, 2, 3])[3] => IndexError: deque index out of range
        D([1, 2, 3])[1.5] => TypeError: sequence index must be integer, not 'float'
        D().pop() => IndexError: pop from an empty deque
        D().popleft() => IndexError: pop from an empty deque
        D([1, 2]).maxlen => None
        D([1, 2], 5).maxlen => 5
        D([1], -1) => ValueError: maxlen must be non-negative
        D([1], "a") => TypeError: an integer is required
        D(5) => TypeError: 'int' object is not iterable
        D([1, 2, 2]).count(2) => 2
        D([1, 2, 3]).index(2) => 1
        D([1, 2, 3]).index(9) => ValueError: 9 is not in deque
        D([1, 2, 3]).remove(9) => ValueError: 9 is not in deque
        D([1, 2]) + D([3]) => deque([1, 2, 3])
        D([1, 2]) * 2 => deque([1, 2, 1, 2])
        D([1, 2]) == D([1, 2]) => True
        D([1, 2]) == D([2, 1]) => False
        D([1, 2]) < D([1, 3]) => True
        len(D([1, 2])) => 2
        2 in D([1, 2]) => True
        list(D("ab")) => ['a', 'b']
        O([["a", 1], ["b", 2]]) => OrderedDict([('a', 1), ('b', 2)])
        O() => OrderedDict()
        O([["a", 1], ["b", 2]]) == O([["b", 2], ["a", 1]]) => False
        O([["a", 1]])["a"] => 1
        O([["a", 1]])["b"] => KeyError: 'b'
        O().popitem() => KeyError: 'dictionary is empty'
        O([["a", 1], ["b", 2]]).popitem() => ['b', 2]
        O([["a", 1], ["b", 2]]).popitem(#{last: false}) => ['a', 1]
        O([["a", 1]]).move_to_end("z") => KeyError: 'z'
        O([["a", 1]]).pop("z") => KeyError: 'z'
        O([["a", 1]]).pop("z", 5) => 5
        O([["a", 1]]).get("z") => None
        O([["a", 1]]).setdefault("a", 5) => 1
        collections.defaultdict(5) => TypeError: first argument must be callable or None
        collections.defaultdict(())["a"] => KeyError: 'a'
        collections.defaultdict(int)["a"] => 0
        collections.defaultdict(list)["a"] => []
        "#;

#[test]
fn classes_give_what_python_gives() {
    gives(PRELUDE, TABLE);
}

#[test]
fn what_has_a_counter_shares_it() {
    prints(
        r#"
        fn count(c, words) { for w in words { c[w] += 1; } c.update(["end"]); }
        let c = collections.Counter();
        count(c, ["a", "b", "a"]);
        let same = c;
        same.subtract(#{ b: 3 });
        print(c, c["missing"], "missing" in c, c.a);
        c["z"] = 5;
        print(c.pop("z"), c.remove("end"), c.get("q"), c.get("q", 7), error_of(|| c.pop("q")));
        for key in c { print(key); }
        print(c.items(), c.keys(), c.values(), dict(c), c.copy() == c, c != same);
        c.clear();
        print(len(c), c);
        c[1] = 2;
        c["1"] = 3;
        c[[1, 2]] = 4;
        print(c, error_of(|| c[#{}]));
        "#,
        "
        Counter({'a': 2, 'end': 1, 'b': -2}) 0 False 2
        5 1 None 7 KeyError: 'q'
        a
        b
        [['a', 2], ['b', -2]] ['a', 'b'] [2, -2] {'a': 2, 'b': -2} True False
        0 Counter()
        Counter({[1, 2]: 4, '1': 3, 1: 2}) TypeError: unhashable type: 'dict'
        ",
    );
}

#[test]
fn a_defaultdict_makes_what_is_missing() {
    prints(
        r#"
        let d = collections.defaultdict(list);
        for (word, i) in ["one", "two", "three"] { d[len(word)].append(word); }
        print(d.items(), d.get(9), 9 in d);
        let n = collections.defaultdict(int);
        n["a"] += 1;
        n["a"] += 1;
        print(n["a"], n["b"], n.keys());
        let deep = collections.defaultdict(|| collections.defaultdict(int));
        deep["x"]["y"] += 1;
        print(deep["x"]["y"], len(deep));
        let maps = collections.defaultdict(dict);
        maps["a"]["b"] = 1;
        print(maps["a"]);
        let failing = collections.defaultdict(|| { throw ValueError("no") });
        print(error_of(|| failing["a"]), len(failing));
        print(n.setdefault("c", 3), n.popitem(), n == n.copy(), n.default_factory == ());
        "#,
        "
        [[3, ['one', 'two']], [5, ['three']]] None False
        2 0 ['a', 'b']
        1 1
        {'b': 1}
        ValueError: no 0
        3 ['c', 3] True False
        ",
    );
}

#[test]
fn a_deque_has_two_ends() {
    prints(
        r#"
        let d = collections.deque([1, 2, 3]);
        d.append(4);
        d.appendleft(0);
        d.extend("ab");
        d.extendleft([8, 9]);
        print(d, d.pop(), d.popleft(), len(d));
        d.rotate();
        print(d);
        d.rotate(-2);
        print(d);
        d.rotate(9223372036854775807);
        d.reverse();
        d.insert(1, "x");
        d.remove(3);
        d[0] = "first";
        d[-1] = "last";
        print(d, d.index("x"), d.count(1));
        let last = collections.deque(range(10), 3);
        last.appendleft(0);
        print(last, error_of(|| last.insert(0, 1)), last.copy());
        last.clear();
        print(last, error_of(|| last.pop()));
        for x in collections.deque("ab") { print(x); }
        let inside = collections.deque();
        inside.append(inside);
        print(inside, inside == inside);
        "#,
        "
        deque([8, 0, 1, 2, 3, 4, 'a']) b 9 7
        deque(['a', 8, 0, 1, 2, 3, 4])
        deque([0, 1, 2, 3, 4, 'a', 8])
        deque(['first', 'x', 'a', 4, 2, 1, 'last']) 1 1
        deque([0, 7, 8], maxlen=3) IndexError: deque already at its maximum size deque([0, 7, 8], maxlen=3)
        deque([], maxlen=3) IndexError: pop from an empty deque
        a
        b
        deque([[...]]) True
        ",
    );
}

#[test]
fn a_chain_of_any_length_is_dropped() {
    prints(
        r#"
        let d = collections.deque();
        for i in range(200000) {
            let outer = collections.deque();
            outer.append(d);
            d = outer;
        }
        d = ();
        let c = collections.defaultdict(int);
        for i in range(100000) {
            let outer = collections.defaultdict(int);
            outer["in"] = collections.OrderedDict([["c", c]]);
            c = outer;
        }
        c = ();
        print("dropped");
        "#,
        "
        dropped
        ",
    );
}

#[test]
fn they_are_shared_by_threads_and_copied_to_processes() {
    each_start_method(|method| {
        Script::text(
            r#"
            const WORDS = collections.Counter("aab");
            fn work(q, c, d, m, o) {
                c["a"] += 1;
                d.append(4);
                q.put([c, d, m["new"], o, global::WORDS["a"]]);
            }
            let q = Queue();
            let c = collections.Counter("aab");
            let d = collections.deque([1, 2, 3], 3);
            let m = collections.defaultdict(list);
            let o = collections.OrderedDict([["x", 1]]);
            let p = Process(work, [q, c, d, m, o]);
            p.start();
            print(q.get());
            p.join();
            print(c, d, len(m));
            let threads = list(range(4)).map(|n| Thread(|| { for i in range(100) { d.append(i); } }, []));
            for t in threads { t.start(); }
            for t in threads { t.join(); }
            let t = Thread(work, [q, c, d, m, o]);
            t.start();
            t.join();
            print(q.get()[0] == c, c["a"], len(d), len(m));
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "
            [Counter({'a': 3, 'b': 1}), deque([2, 3, 4], maxlen=3), [], OrderedDict([('x', 1)]), 2]
            Counter({'a': 2, 'b': 1}) deque([1, 2, 3], maxlen=3) 0
            True 3 3 1
            ",
            "",
        );
    });
}
