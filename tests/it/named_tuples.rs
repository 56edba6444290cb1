//! `collections.namedtuple`: each result beside CPython's, what else takes a tuple, threads and processes.

use super::support::script::prints;
use super::support::table::gives;

const PRELUDE: &str = r#"
fn T(name, fields) { collections.namedtuple(name, fields) }
const P = collections.namedtuple("P", "x y z", #{ defaults: [3] });
const Q = collections.namedtuple("Q", "a, b, c, d");
fn set(act) { act.call(); "set" }
"#;

/// Expressions with what CPython 3.11 gives for the same.
const TABLE: &str = r#"
        P(1, "a") => P(x=1, y='a', z=3)
        P(1, 2, 4) => P(x=1, y=2, z=4)
        P(1, #{y: 5}) => P(x=1, y=5, z=3)
        P(#{x: 1, y: 5, z: 6}) => P(x=1, y=5, z=6)
        P(1) => TypeError: P.__new__() missing 1 required positional argument: 'y'
        P() => TypeError: P.__new__() missing 2 required positional arguments: 'x' and 'y'
        P(1, 2, 3, 4) => TypeError: P.__new__() takes from 3 to 4 positional arguments but 5 were given
        P(1, #{x: 2}) => TypeError: P.__new__() got multiple values for argument 'x'
        Q() => TypeError: Q.__new__() missing 4 required positional arguments: 'a', 'b', 'c', and 'd'
        Q(1, 2) => TypeError: Q.__new__() missing 2 required positional arguments: 'c' and 'd'
        Q(1, 2, 3, 4, 5) => TypeError: Q.__new__() takes 5 positional arguments but 6 were given
        T("X", "").call() => X()
        T("X", "").call(1) => TypeError: X.__new__() takes 1 positional argument but 2 were given
        T("X", "a").call(1, 2) => TypeError: X.__new__() takes 2 positional arguments but 3 were given
        T("1x", "a") => ValueError: Type names and field names must be valid identifiers: '1x'
        T("X", [1]) => ValueError: Type names and field names must be valid identifiers: '1'
        T("X", "a a") => ValueError: Encountered duplicate field name: 'a'
        T("X", "_a") => ValueError: Field names cannot start with an underscore: '_a'
        T("X", "def") => ValueError: Type names and field names cannot be a keyword: 'def'
        collections.namedtuple("X", "a", #{defaults: [1, 2]}) => TypeError: Got more default values than field names
        collections.namedtuple("X", ["a", "def", "_b", "a"], #{rename: true})._fields => ['a', '_1', '_2', '_3']
        P._fields => ['x', 'y', 'z']
        P._field_defaults => {'z': 3}
        P._make([1, 2, 3]) => P(x=1, y=2, z=3)
        P._make([1]) => TypeError: Expected 3 arguments, got 1
        P(1, 2)._make(range(3)) => P(x=0, y=1, z=2)
        P(1, 2).y => 2
        P(1, 2).q => AttributeError: 'P' object has no attribute 'q'
        P(1, 2)[0] => 1
        P(1, 2)[-1] => 3
        P(1, 2)[5] => IndexError: tuple index out of range
        P(1, 2)[1.5] => TypeError: tuple indices must be integers or slices, not float
        P(1, 2)._replace(#{x: 9}) => P(x=9, y=2, z=3)
        P(1, 2)._replace(#{q: 9}) => ValueError: Got unexpected field names: ['q']
        P(1, 2)._asdict() => {'x': 1, 'y': 2, 'z': 3}
        P(1, 2).count(2) => 1
        P(1, 2).index(3) => 2
        P(1, 2).index(9) => ValueError: tuple.index(x): x not in tuple
        len(P(1, 2)) => 3
        list(P(1, 2)) => [1, 2, 3]
        sum(P(1, 2)) => 6
        2 in P(1, 2) => True
        7 in P(1, 2) => False
        P(1, 2) == P(1, 2) => True
        P(1, 2) != P(1, 2) => False
        P(1, 2) == [1, 2, 3] => True
        [1, 2, 3] == P(1, 2) => True
        P(1, 2) == 5 => False
        P(1, 2) < P(1, 3) => True
        P(1, 2) >= [1, 2] => True
        P(1, 2) + [5] => [1, 2, 3, 5]
        sorted([P(2, 1), P(1, 2)]) => [P(x=1, y=2, z=3), P(x=2, y=1, z=3)]
        max([P(2, 1), P(1, 2)], #{key: |p| p.y}) => P(x=1, y=2, z=3)
        collections.Counter([P(1, 2), P(1, 2)])[P(1, 2)] => 2
        collections.Counter([P(1, 2)])[[1, 2, 3]] => 1
        json.dumps([P(1, "b")]) => '[[1, "b", 3]]'
        isinstance(P(1, 2), P) => True
        isinstance(P(1, 2), Q) => False
        isinstance(P(1, 2), "tuple") => True
        type(P(1, 2)).name => 'P'
        P.__name__ => 'P'
        hasattr(P(1, 2), "x") => True
        hasattr(P(1, 2), "w") => False
        getattr(P(1, 2), "y") => 2
        "{0.x} {0.z}".format(P(1, 2)) => '1 3'
        set(|| { let p = P(1, 2); p.x = 4; }) => AttributeError: can't set attribute
        set(|| { let p = P(1, 2); p.w = 4; }) => AttributeError: 'P' object has no attribute 'w'
        set(|| { let p = P(1, 2); p[0] = 4; }) => TypeError: 'P' object does not support item assignment
        [[1, 2], [3, 4]].map(|row| P._make(row + [0])) => [P(x=1, y=2, z=0), P(x=3, y=4, z=0)]
        list(map(P, [1, 2], [3, 4])) => [P(x=1, y=3, z=3), P(x=2, y=4, z=3)]
        pprint.pformat(P(1, 2)) => 'P(x=1, y=2, z=3)'
        [].map(P).len() => 0
        (|x| x)._fields => AttributeError: 'function' object has no attribute '_fields'
"#;

#[test]
fn the_tuples_are_those_of_python() {
    gives(PRELUDE, TABLE);
}

#[test]
fn tuples_and_their_classes_cross_to_processes_and_threads() {
    prints(
        r#"
        const Job = collections.namedtuple("Job", "name size", #{ defaults: [1] });
        fn work(q, job, Make) { q.put(job._replace(#{ size: job.size + 1 })); q.put(Make.call("made", 5)); q.put(global::Job.call("here")); }
        let q = Queue();
        let p = Process(work, [q, Job("a", 10), Job]);
        p.start();
        for i in 0..3 { let job = q.get(); print(job, job.name, isinstance(job, Job)); }
        p.join();
        let t = Thread(#{ target: work, args: [q, Job("t"), Job] });
        t.start(); t.join();
        for i in 0..3 { print(q.get()); }
        with Pool(2) as pool { print(pool.map(|job| job.size, [Job("x", 3), Job("y", 4)])); }
        "#,
        "
        Job(name='a', size=11) a True
        Job(name='made', size=5) made True
        Job(name='here', size=1) here True
        Job(name='t', size=2)
        Job(name='made', size=5)
        Job(name='here', size=1)
        [3, 4]
        ",
    );
}

#[test]
fn a_long_chain_of_tuples_does_no_harm() {
    prints(
        r#"
        const Node = collections.namedtuple("Node", "value next", #{ defaults: [None] });
        let chain = Node(0);
        for n in 1..100000 { chain = Node(n, chain); }
        let at = chain;
        let sum = 0;
        while at != None { sum += at.value; at = at.next; if sum > 1000000 { break; } }
        print(chain.value, sum > 1000000, len(repr(chain)) < 10000);
        "#,
        "
        99999 True True
        ",
    );
}
