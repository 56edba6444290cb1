//! What Python's classes define by methods with two underscores: operators, items, iteration; functions that are objects.

use super::support::script::prints;

#[test]
fn an_object_has_the_operators_that_it_has_methods_for() {
    prints(
        r#"
        fn Vec(x, y) {
            let me = Object();
            me.x = x; me.y = y;
            me.__add__ = |o| Vec(this.x + o.x, this.y + o.y);
            me.__mul__ = |k| Vec(this.x * k, this.y * k);
            me.__rmul__ = |k| this * k;
            me.__lt__ = |o| this.x < o.x;
            me.__eq__ = |o| this.x == o.x && this.y == o.y;
            me.__repr__ = || `Vec(${this.x}, ${this.y})`;
            me
        }
        let a = Vec(1, 2); let b = Vec(3, 4);
        print(a + b, a * 3, 2 * a, a == Vec(1, 2), a < b, b > a);
        print(sorted([b, a]), max([a, b]), min(a, b));
        let sum = a;
        sum += b;
        print(sum, a);
        for code in [|| a / 2, || 2 - a, || a <= b, || a + 1] {
            try { code.call(); } catch (e) { print(e.type, e); }
        }
        "#,
        "
        Vec(4, 6) Vec(3, 6) Vec(2, 4) True True True
        [Vec(1, 2), Vec(3, 4)] Vec(3, 4) Vec(1, 2)
        Vec(4, 6) Vec(1, 2)
        TypeError unsupported operand type(s) for /: 'Object' and 'int'
        TypeError unsupported operand type(s) for -: 'int' and 'Object'
        TypeError '<=' not supported between instances of 'Object' and 'Object'
        AttributeError 'int' object has no attribute 'x'
        ",
    );
}

#[test]
fn an_object_has_items_if_it_has_methods_for_them() {
    prints(
        r#"
        let grid = Object();
        grid.cells = #{};
        grid.__getitem__ = |k| this.cells[str(k)];
        grid.__setitem__ = |k, v| { this.cells[str(k)] = v; };
        grid.__contains__ = |k| str(k) in this.cells;
        grid[[1, 2]] = "x";
        grid[5] = "y";
        grid[5] += "z";
        print(grid[[1, 2]], grid[5], 5 in grid, 6 in grid, grid.cells);
        grid["cells"] = "w";
        grid["a"] = 1;
        print(grid["cells"], grid["a"], hasattr(grid, "a"), getattr(grid, "a", "none"), [grid].map(operator.itemgetter("a")), len(grid.cells));
        print(eval("grid[\"a\"]"), grid?["cells"]);
        grid.more = 2;
        print("more" in vars(grid), "a" in vars(grid));
        let fixed = Object();
        fixed.__getitem__ = |k| `item ${k}`;
        print(fixed[1].upper(), fixed["x"].upper(), hasattr(fixed, "x"));
        let plain = Object(#{ a: 1 });
        print(plain["a"]);
        plain["b"] = 2;
        let listed = Object();
        listed.__iter__ = || [1, 2];
        print(plain.b, 1 in listed, 3 in listed);
        for code in [|| plain[0], || { plain[0] = 1; }, || 1 in plain, || grid.misssing, || { fixed["x"] = 1; }, || { fixed[1] = []; }] {
            try { code.call(); } catch (e) { print(e.type, e); }
        }
        "#,
        "
        x yz True False {'5': 'yz', '[1, 2]': 'x'}
        w 1 False none [1] 4
        1 w
        True False
        ITEM 1 ITEM X False
        1
        2 True False
        TypeError 'Object' object is not subscriptable: it has no __getitem__
        TypeError 'Object' object does not support item assignment: it has no __setitem__
        TypeError argument of type 'Object' has neither __contains__ nor __iter__
        AttributeError 'Object' object has no attribute 'misssing'
        TypeError 'Object' object does not support item assignment: it has no __setitem__
        TypeError 'Object' object does not support item assignment: it has no __setitem__
        ",
    );
}

#[test]
fn iter_may_return_whatever_can_be_iterated_over() {
    prints(
        r#"
        let o = Object();
        for made in [|| [1, 2], || range(2), || iter([3, 4]), || "ab", || reversed([5, 6]), || #{ k: 1 }, || 5] {
            o.__iter__ = made;
            try { print(list(o)); } catch (e) { print(e.type, e); }
        }
        "#,
        "
        [1, 2]
        [0, 1]
        [3, 4]
        ['a', 'b']
        [6, 5]
        ['k']
        TypeError 'int' object is not iterable
        ",
    );
}

#[test]
fn methods_of_lists_and_dicts_take_objects_that_are_functions() {
    prints(
        r#"
        let big = Object();
        big.__call__ = |x| x > 1;
        let list = [1, 2, 3];
        print(list.retain(big), list, list.drain(big), list);
        let order = Object();
        order.__call__ = |a, b| b - a;
        list = [1, 3, 2];
        list.sort(order);
        print(list);
        let show = Object();
        show.__call__ = |x| print("item", x);
        list.for_each(show);
        let same = Object();
        same.__call__ = |a, b| a == b;
        list = [1, 1, 2];
        list.dedup(same);
        let wanted = Object();
        wanted.__call__ = |k, v| v > 1;
        let dict = #{ a: 1, b: 2 };
        print(list, dict.filter(wanted), dict.drain(wanted), dict);
        try { [1].retain(Object()); } catch (e) { print(e.type, e); }
        "#,
        "
        [1] [2, 3] [2, 3] []
        [3, 2, 1]
        item 3
        item 2
        item 1
        [1, 2] {'b': 2} {'b': 2} {'a': 1}
        TypeError 'Object' object is not callable
        ",
    );
}

#[test]
fn for_each_passes_the_item_unless_the_function_uses_this() {
    prints(
        r#"
        fn show(x) { print("show", x); }
        const FIXED = [7, 8];
        FIXED.for_each(|x| print(x));
        [5].for_each(show);
        ["a", "b"].for_each(|x, i| print(x, i));
        let list = [1, 2];
        list.for_each(|| { this += 1; });
        list.for_each(|i| { this += i * 10; });
        print(list);
        range(2).for_each(|i| print(i));
        print(range(3).map(|i| i * 2), range(0, 10, 3).filter(|i| i > 2), (0..3).some(|x| x == 2), range(3).find(|x| x > 0));
        "#,
        "
        7
        8
        show 5
        a 0
        b 1
        [2, 13]
        0
        1
        [0, 2, 4] [3, 6, 9] True 1
        ",
    );
}

/// Whoever stops early needs no list of all items.
#[test]
fn methods_of_ranges_make_items_as_they_are_needed() {
    prints(
        r#"
        let long = range(10000000000);
        print(long.find(|x| x > 5), long.find(|x| x > 100000), long.find(|x, i| i > 5000 && i == x));
        print(long.some(|x| x == 9000), long.all(|x| x < 9000), range(0, 10000000000, 3).find(|x| x > 30000));
        print((-10000000000..0).find(|x| x % 7 == 0), (0..=10000000000).some(|x| str(x) == "70"));
        let seen = 0;
        try { long.for_each(|x| { seen += 1; if x == 5000 { throw "enough"; } }); } catch { print(seen); }
        print(range(10000).map(|x| x * 2)[9999], range(10000).filter(|x| x > 9990).len());
        let total = 0;
        range(5000).for_each(|i| { total += this + i; });
        print(total);
        for f in [|| long.map(|x| x), || range(2 ** 60).filter(|x| x == 3 && never())] {
            try { f.call(); } catch (e) { print(e.type); }
        }
        "#,
        "
        6 100001 5001
        True False 30003
        -9999999996 True
        5001
        19998 9
        24995000
        MemoryError
        NameError
        ",
    );
}

#[test]
fn methods_of_classes_are_values() {
    prints(
        r#"
        print(map(str.upper, ["a", "b"]), sorted(["b", "A"], #{ key: str.lower }));
        let lower = str.lower;
        print(lower("AB"), os.path.relpath("/a/b", "/a/c"), os.path.commonpath(["/a/b/c", "/a/b/d"]));
        "#,
        "
        ['A', 'B'] ['A', 'b']
        ab ../b /a/b
        ",
    );
}

#[test]
fn a_function_of_the_script_is_no_method_of_a_class() {
    prints(
        r#"
        fn lower(x) { "mine" }
        print(map(str.lower, ["A"]), ["B"].map(str.lower), str.lower.__name__, map(list.len, [[1], []]));
        let p = Pool(1);
        print(p.map(str.lower, ["C"]));
        p.terminate();
        for code in [|| str.nosuch, || [1].map(str.lower), || { let f = str.lower; f.call() }] {
            try { code.call(); } catch (e) { print(e.type, e); }
        }
        "#,
        "
        ['a'] ['b'] lower [1, 0]
        ['c']
        AttributeError type object 'str' has no attribute 'nosuch'
        TypeError descriptor 'lower' for 'str' objects doesn't apply to a 'int' object
        TypeError unbound method str.lower() needs an argument
        ",
    );
}

#[test]
fn a_comparison_takes_the_truth_of_what_the_method_returns() {
    prints(
        r#"
        let n = Object();
        n.__lt__ = |o| { print("asked"); [] };
        print(n < 3, n < n);
        n.__lt__ = |o| "yes";
        print(n < 3, 3 > n);
        try { n >= 3; } catch (e) { print(e.type, e); }
        "#,
        "
        asked
        asked
        False False
        True True
        TypeError '>=' not supported between instances of 'Object' and 'int'
        ",
    );
}

#[test]
fn a_function_has_the_comment_before_it() {
    prints(
        r#"
        /// Adds two numbers.
        ///
        /// Returns the sum.
        fn add(a, b) { a + b }
        fn plain() { 1 }
        print(add.__doc__);
        print(plain.__doc__, len.__doc__, (|x| x).__doc__);
        "#,
        "
        Adds two numbers.

        Returns the sum.
        None None None
        ",
    );
}

#[test]
fn classes_of_dates_are_called_by_variables_and_dates_have_formats() {
    prints(
        r#"
        let date = datetime.date;
        let timedelta = datetime.timedelta;
        let day = date(2024, 2, 28) + timedelta(1);
        print(day, date(#{ year: 2024, month: 3, day: 1 }), map(date.fromisoformat, ["2024-01-01"]));
        print("{:%d/%m/%Y} {:>5} {:%H:%M}".format(day, 3, datetime.datetime(2024, 1, 1, 2, 3)), format(day, "%A"));
        print(isinstance(day, datetime.date), isinstance(datetime.datetime(2024, 1, 1), date), isinstance(day, [int, datetime.datetime]));
        print(type(day), type(day).__name__, dict(Manager().dict(#{ a: 1 })));
        for code in [|| date(1), || date(), || "{:5}".format(timedelta(1)), || "{:5}".format(Queue())] {
            try { code.call(); } catch (e) { print(e.type, e); }
        }
        "#,
        "
        2024-02-29 2024-03-01 [datetime.date(2024, 1, 1)]
        29/02/2024     3 02:03 Thursday
        True True False
        <class 'datetime.date'> date {'a': 1}
        TypeError date() missing 2 required positional arguments: 'month' and 'day'
        TypeError datetime.date() cannot be called with 0 arguments
        TypeError unsupported format string passed to datetime.timedelta.__format__
        TypeError unsupported format string passed to Queue.__format__
        ",
    );
}
