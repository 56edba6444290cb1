//! `itertools`, `functools`, `operator`, `string`: each result beside CPython's, and what is not made before it is asked for.

use super::support::script::{Script, each_start_method, prints};
use super::support::table::gives;

/// Expressions with what CPython 3.11 gives for the same.
const TABLE: &str = r###"
        list(itertools.chain([1], "ab", range(2))) => [1, 'a', 'b', 0, 1]
        list(itertools.chain.from_iterable(["ab", [1, 2]])) => ['a', 'b', 1, 2]
        list(itertools.islice(itertools.count(), 3)) => [0, 1, 2]
        list(itertools.islice(itertools.count(5, -2), 3)) => [5, 3, 1]
        list(itertools.islice(itertools.count(0.5, 0.25), 3)) => [0.5, 0.75, 1.0]
        list(itertools.islice("abcdefg", 2)) => ['a', 'b']
        list(itertools.islice("abcdefg", 2, 4)) => ['c', 'd']
        list(itertools.islice("abcdefg", 2, ())) => ['c', 'd', 'e', 'f', 'g']
        list(itertools.islice("abcdefg", 0, (), 2)) => ['a', 'c', 'e', 'g']
        list(itertools.islice("abc", -1)) => ValueError: Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.
        list(itertools.islice("abc", 1, 2, 0)) => ValueError: Step for islice() must be a positive integer or None.
        list(itertools.islice(itertools.cycle("ab"), 5)) => ['a', 'b', 'a', 'b', 'a']
        list(itertools.cycle([])) => []
        list(itertools.repeat(7, 3)) => [7, 7, 7]
        list(itertools.repeat(7, -1)) => []
        list(itertools.zip_longest("abc", [1], #{fillvalue: "-"})) => [['a', 1], ['b', '-'], ['c', '-']]
        list(itertools.zip_longest("abc", [1])) => [['a', 1], ['b', None], ['c', None]]
        list(itertools.zip_longest()) => []
        list(itertools.pairwise("abc")) => [['a', 'b'], ['b', 'c']]
        list(itertools.pairwise("a")) => []
        list(itertools.takewhile(|n| n < 3, [1, 2, 3, 1])) => [1, 2]
        list(itertools.dropwhile(|n| n < 3, [1, 2, 3, 1])) => [3, 1]
        list(itertools.filterfalse(|n| n % 2, [1, 2, 3, 4])) => [2, 4]
        list(itertools.filterfalse((), [0, 1, ""])) => [0, '']
        list(itertools.compress("abcd", [1, 0, 1])) => ['a', 'c']
        list(itertools.starmap(pow, [[2, 3], [2, 4]])) => [8, 16]
        list(itertools.accumulate([1, 2, 3])) => [1, 3, 6]
        list(itertools.accumulate([1, 2, 3], |a, b| a * b)) => [1, 2, 6]
        list(itertools.accumulate([1, 2], #{initial: 10})) => [10, 11, 13]
        list(itertools.accumulate(["a", "b"])) => ['a', 'ab']
        list(itertools.accumulate([])) => []
        list(itertools.product([1, 2], "ab")) => [[1, 'a'], [1, 'b'], [2, 'a'], [2, 'b']]
        list(itertools.product([0, 1], #{repeat: 2})) => [[0, 0], [0, 1], [1, 0], [1, 1]]
        list(itertools.product()) => [[]]
        list(itertools.product([1], [])) => []
        list(itertools.product([1], #{repeat: -1})) => ValueError: repeat argument cannot be negative
        list(itertools.permutations("abc", 2)) => [['a', 'b'], ['a', 'c'], ['b', 'a'], ['b', 'c'], ['c', 'a'], ['c', 'b']]
        list(itertools.permutations([1, 2])) => [[1, 2], [2, 1]]
        list(itertools.permutations([1], 2)) => []
        list(itertools.permutations([1], -1)) => ValueError: r must be non-negative
        list(itertools.combinations("abc", 2)) => [['a', 'b'], ['a', 'c'], ['b', 'c']]
        list(itertools.combinations("abc", 4)) => []
        list(itertools.combinations("abc", 0)) => [[]]
        list(itertools.combinations_with_replacement("ab", 2)) => [['a', 'a'], ['a', 'b'], ['b', 'b']]
        list(itertools.groupby("aab")).map(|n| n[0]) => ['a', 'b']
        itertools.tee([1, 2, 3]).map(|t| list(t)) => [[1, 2, 3], [1, 2, 3]]
        itertools.tee([1], 0) => []
        itertools.tee([1], -1) => ValueError: n must be >= 0
        list(zip(itertools.count(), "ab")) => [[0, 'a'], [1, 'b']]
        list(enumerate(itertools.repeat("x", 2))) => [[0, 'x'], [1, 'x']]
        sum(itertools.repeat(2, 3)) => 6
        any(itertools.count()) => True
        dict(zip("ab", itertools.count(1))) => {'a': 1, 'b': 2}
        next(iter([1, 2])) => 1
        next(iter([]), "end") => 'end'
        next([1]) => TypeError: 'list' object is not an iterator
        functools.reduce(|a, b| a + b, [1, 2, 3]) => 6
        functools.reduce(|a, b| a + b, [], 5) => 5
        functools.reduce(|a, b| a + b, []) => TypeError: reduce() of empty iterable with no initial value
        functools.partial(pow, 2).call(5) => 32
        functools.partial(5) => TypeError: the first argument must be callable
        list(map(functools.partial(pow, 2), [1, 2])) => [2, 4]
        sorted([3, 1, 2], #{key: functools.cmp_to_key(|a, b| b - a)}) => [3, 2, 1]
        functools.reduce(operator.add, ["a", "b"]) => 'ab'
        operator.add(9, 1.5) => 10.5
        operator.add(1, "a") => TypeError: unsupported operand type(s) for +: 'int' and 'str'
        operator.sub("a", "b") => TypeError: unsupported operand type(s) for -: 'str' and 'str'
        operator.mul(3, 4) => 12
        operator.truediv(1, 2) => 0.5
        operator.truediv(1, 0) => ZeroDivisionError: division by zero
        operator.neg(5) => -5
        operator.itemgetter(1).call([5, 6]) => 6
        operator.itemgetter(1, 0).call([5, 6]) => [6, 5]
        operator.itemgetter("a").call(#{"a": 1}) => 1
        operator.itemgetter("b").call(#{"a": 1}) => KeyError: 'b'
        operator.itemgetter(5).call([1]) => IndexError: list index out of range
        operator.itemgetter(0).call(5) => TypeError: 'int' object is not subscriptable
        operator.getitem("abc", 1) => 'b'
        operator.lt(1, 2) => True
        operator.ge([1], [2]) => False
        operator.eq("a", "a") => True
        operator.not_([]) => True
        operator.truth([0]) => True
        operator.xor(6, 3) => 5
        operator.or_(True, False) => True
        string.ascii_letters => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
        string.punctuation => '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
        string.printable => '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c'
        string.whitespace => ' \t\n\r\x0b\x0c'
        string.hexdigits => '0123456789abcdefABCDEF'
        string.octdigits => '01234567'
        string.capwords("hello  wORLD foo") => 'Hello World Foo'
        string.capwords("a-bC-d", "-") => 'A-Bc-D'
        "###;

#[test]
fn functions_give_what_python_gives() {
    gives("", TABLE);
}

#[test]
fn items_are_made_when_they_are_asked_for() {
    prints(
        r#"
        let asked = [];
        let noted = itertools.starmap(|n| { asked.push(n); n * 10 }, itertools.zip_longest(itertools.count(1)));
        print(next(noted), next(noted), asked);
        for x in noted { if x > 30 { break; } }
        print(asked, repr(noted), type(noted));
        let twice = itertools.tee(itertools.count());
        print(next(twice[0]), next(twice[0]), next(twice[1]), next(twice[0]));
        print(error_of(|| next(itertools.starmap(|n| { throw KeyError("k") }, [[1]]))));
        for pair in itertools.pairwise(open("main.rhai")) { print(len(pair)); break; }
        print(list(itertools.islice(|| 7, 2)), sum(itertools.islice(itertools.repeat(2), 1000000)));
        let it = iter([1, 2]);
        print(it.next(), next(it), next(it, ()), error_of(|| it.next()));
        let own = ();
        own = itertools.starmap(|n| next(own), [[1], [2]]);
        print(error_of(|| next(own)));
        print(error_of(|| next(itertools.islice(itertools.count(9223372036854775807), 1, ()))));
        "#,
        "
        10 20 [1, 2]
        [1, 2, 3, 4] <itertools.starmap object> <class 'iterator'>
        0 1 0 2
        KeyError: 'k'
        2
        [7, 7] 2000000
        1 2 None StopIteration: 
        ValueError: generator already executing
        OverflowError: the integer 9223372036854775808 does not fit in 64 bits
        ",
    );
}

#[test]
fn what_is_endless_is_ended_by_limits() {
    let endless = "list(itertools.count());";
    let run = Script::text(endless).option("--limit-memory=64").run();
    assert!(run.stderr.starts_with("MemoryError"), "{}", run.stderr);
    let run = Script::text("sum(itertools.cycle([0]));")
        .option("--limit-memory=64")
        .run();
    assert!(run.stderr.starts_with("MemoryError"), "{}", run.stderr);
    prints(
        r#"
        print(error_of(|| list(itertools.permutations("ab", 9223372036854775807))).split(":")[0]);
        print(error_of(|| list(itertools.product([1], #{ repeat: 9223372036854775807 }))).split(":")[0]);
        print(error_of(|| itertools.tee([1], 9223372036854775807)).split(":")[0]);
        "#,
        "
        MemoryError
        MemoryError
        MemoryError
        ",
    );
}

#[test]
fn ctrl_c_ends_what_takes_items_for_ever() {
    for code in [
        "next(itertools.islice(itertools.count(), 1, (), 9223372036854775807)); next(itertools.islice(itertools.count(), 9000000000000, ()));",
        "next(itertools.islice(range(9000000000000000), 9000000000000, ()));",
        "next(itertools.filterfalse((), itertools.repeat(1)));",
        "next(itertools.compress(itertools.count(), itertools.repeat(0)));",
        "any(itertools.repeat(0));",
    ] {
        let code = format!("print(\"begun\"); {code}");
        let run = Script::text(&code).start();
        run.wait_for_line("begun");
        run.interrupt();
    }
}

#[test]
fn an_iterator_inside_too_many_others_is_an_error() {
    prints(
        r#"
        let it = itertools.chain([1]);
        let failed = "";
        try {
            for i in range(100000) { it = itertools.chain(it, [1]); }
            next(it);
        } catch (e) { failed = e.type; }
        print(failed);
        it = ();
        "#,
        "
        RecursionError
        ",
    );
}

#[test]
fn threads_share_an_iterator() {
    prints(
        r#"
        let numbers = itertools.count();
        let q = queue.Queue();
        fn work(numbers, q) { for i in range(500) { q.put(next(numbers)); } }
        let threads = list(range(4)).map(|n| Thread(work, [numbers, q]));
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        let all = list(range(2000)).map(|n| q.get());
        print(sorted(all) == list(range(2000)));
        "#,
        "
        True
        ",
    );
}

#[test]
fn functions_of_functions_are_functions() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn add(a, b, c) { a + b * 10 + c * 100 }
            fn work(q, f, g, key) { q.put([f.call(3), g.call(4), g.cache_info().misses, sorted([1, 3, 2], #{ key: key })]); }
            let f = functools.partial(add, 1, 2);
            let calls = [];
            let square = functools.lru_cache(|n| n * n, 2);
            for n in [1, 2, 1, 3, 2] { square.call(n); }
            print(f.call(3), square.cache_info());
            square.cache_clear();
            print(square.cache_info(), error_of(|| f.cache_info()), error_of(|| square.call(#{})));
            let decorated = functools.lru_cache(1).call(|n| n + 1);
            print(decorated.call(1), decorated.call(1), decorated.cache_info().hits);
            let fails = functools.cache(|n| { throw ValueError("no") });
            print(error_of(|| fails.call(1)), fails.cache_info().currsize);
            let q = Queue();
            let p = Process(work, [q, f, square, functools.cmp_to_key(|a, b| b - a)]);
            p.start();
            print(q.get());
            p.join();
            with Pool(2) as pool { print(pool.map(functools.partial(pow, 2), [1, 2, 3])); }
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "
            321 {'currsize': 2, 'hits': 1, 'maxsize': 2, 'misses': 4}
            {'currsize': 0, 'hits': 0, 'maxsize': 2, 'misses': 0} AttributeError: 'function' object has no attribute 'cache_info' TypeError: unhashable type: 'dict'
            2 2 1
            ValueError: no 0
            [321, 16, 1, [3, 2, 1]]
            [2, 4, 8]
            ",
            "",
        );
    });
}
