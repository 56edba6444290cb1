//! `pprint`: objects that the random cases beside CPython (`python/cases.py`) do not make, and where the text goes.

use super::support::script::{Script, prints};
use super::support::table::gives;

/// Expressions with what CPython 3.11 gives for the same.
const TABLE: &str = r#"
        pprint.pformat([1, 2]) => '[1, 2]'
        pprint.pformat(#{width: 5}) => "{'width': 5}"
        pprint.pformat(collections.Counter("aabbbc"), 1, 8) => "Counter({'b': 3,\n         'a': 2,\n         'c': 1})"
        pprint.pformat(collections.Counter(), 1, 3) => 'Counter()'
        pprint.pformat(collections.OrderedDict([["b", 1], ["a", 2]]), 1, 30) => "OrderedDict([('b', 1),\n             ('a', 2)])"
        pprint.pformat(collections.OrderedDict([["b", 1]]), 1, 12) => "OrderedDict([('b',\n              1)])"
        pprint.pformat(collections.OrderedDict([["b", 1], ["a", 2]]), #{width: 30, depth: 1}) => 'OrderedDict([...])'
        pprint.pformat(collections.deque([1, 22, 333]), 1, 10) => 'deque([1,\n       22,\n       333])'
        pprint.pformat(collections.deque([1, 22, 333], 4), 1, 10) => 'deque([1,\n       22,\n       333],\n      maxlen=4)'
        pprint.pformat([], 1, 1) => '[]'
        pprint.pformat("", 1, 1) => "''"
        pprint.pformat([1], -1) => ValueError: indent must be >= 0
        pprint.pformat([1], 1, 0) => ValueError: width must be != 0
        pprint.pformat([1], 1, 80, 0) => ValueError: depth must be > 0
        pprint.saferepr([1, "a"]) => "[1, 'a']"
        pprint.pformat(1234567, #{underscore_numbers: true}) => '1_234_567'
        pprint.PrettyPrinter(#{width: 6, indent: 2}).pformat([1, 2, 3]) => '[ 1,\n  2,\n  3]'
        pprint.PrettyPrinter().pformat([[1]]) => '[[1]]'
        pprint.PrettyPrinter(2, 6).pformat([1, 2, 3]) => '[ 1,\n  2,\n  3]'
"#;

#[test]
fn collections_are_laid_out_as_by_python() {
    gives("", TABLE);
}

#[test]
fn entries_of_a_dict_are_sorted_unless_the_order_is_asked_for() {
    prints(
        r#"
        let d = collections.defaultdict(|| 0, [["b", 1], ["a", 2], [3, "x"]]);
        print(pprint.pformat(d, 1, 10).split("\n"));
        print(pprint.pformat(d, #{ width: 10, sort_dicts: false }).split("\n"));
        "#,
        r#"
        ['defaultdict(<function <lambda>>,', "            {3: 'x',", "             'a': 2,", "             'b': 1})"]
        ['defaultdict(<function <lambda>>,', "            {'b': 1,", "             'a': 2,", "             3: 'x'})"]
        "#,
    );
}

#[test]
fn an_object_shows_its_attributes_and_itself_once() {
    prints(
        r#"
        let o = Object(#{ name: "a name", list: [1, 2, 3] });
        pprint(o, #{ width: 20 });
        o.me = o;
        o.inner = Object(#{ outer: o });
        pprint(o, #{ width: 20 });
        let shown = pprint.pformat([o], #{ width: 20 });
        o.__repr__ = || "an object that says what it is";
        pprint([o, o], #{ width: 20 });
        let d = collections.deque([1]);
        d.append(d);
        print(pprint.pformat(d, #{ width: 5 }).split("id=")[0]);
        "#,
        r#"
        Object(list=[1,
                     2,
                     3],
               name='a name')
        Object(inner=Object(outer=...),
               list=[1,
                     2,
                     3],
               me=...,
               name='a name')
        [an object that says what it is,
         an object that says what it is]
        deque([1,
               <Recursion on deque with 
        "#,
    );
}

#[test]
fn the_text_goes_to_a_stream_and_the_printer_to_another_process() {
    prints(
        r#"
        pprint.pprint([1], sys.stdout);
        pprint.pp(#{ b: 1, a: 2 });
        let f = open("out.txt", "w");
        pprint([1, 2, 3], #{ stream: f, width: 4 });
        f.close();
        print(repr(open("out.txt").read()));
        fn work(printer) { printer.pprint([1, 2, 3]); }
        let p = Process(work, [pprint.PrettyPrinter(#{ width: 4 })]);
        p.start(); p.join();
        try { pprint.pprint([1], 5); } catch (e) { print(e.type); }
        print(list(map(pprint.pformat, [[1], "a"])));
        "#,
        r#"
        [1]
        {'a': 2, 'b': 1}
        '[1,\n 2,\n 3]\n'
        [1,
         2,
         3]
        AttributeError
        ['[1]', "'a'"]
        "#,
    );
}

#[test]
fn a_deep_value_and_a_large_indent_do_no_harm() {
    let output = Script::text(
        r#"
        let deep = [];
        for n in 0..3000 { deep = [deep]; }
        print(len(pprint.pformat(deep, #{ width: 10 })) > 100);
        try { pprint.pformat([1, 2], #{ width: 1, indent: 1000000000000 }); } catch (e) { print(e.type); }
        "#,
    )
    .run();
    output.assert_quiet();
    assert_eq!(output.stdout, "True\nMemoryError\n");
}
