//! A Manager's dict and list: their methods, and changes within changes.

use crate::everywhere::everywhere;
use crate::support::script::prints;

#[test]
fn case_145_what_a_child_changes_is_seen() {
    prints(
        r#"
        fn change(d, l, ns) { d[1] = "1"; d["2"] = 2; d[0.25] = (); l.reverse(); ns.x = 10; ns.y = "hello"; }
        let m = Manager();
        let d = m.dict();
        let l = m.list([0, 1, 2]);
        let ns = m.Namespace();
        let p = Process(change, [d, l, ns]);
        p.start();
        p.join();
        print(d);
        print(l);
        print(ns);
        print(repr(l).startswith("<ListProxy object, typeid 'list' at 0x"), repr(d).startswith("<DictProxy object, typeid 'dict' at 0x"));
        print(m.list([1]) == [1]);
        "#,
        "
        {1: '1', '2': 2, 0.25: None}
        [2, 1, 0]
        Namespace(x=10, y='hello')
        True True
        True
        ",
    );
}

#[test]
fn case_146_nested_containers_change_in_place() {
    prints(
        r#"
        fn change(d) { d["proxy"].append(2); d["plain"].append(2); d["deep"]["a"][0] = 5; d["deep"]["b"] = 6; }
        let m = Manager();
        let d = m.dict();
        let inner = m.list([1]);
        d["proxy"] = inner;
        d["plain"] = [1];
        d["deep"] = #{ a: [1, 2] };
        let p = Process(change, [d]);
        p.start();
        p.join();
        inner.append(3);
        print(d, inner);
        let copy = d["plain"];
        copy.append(9);
        d["plain"] = copy;
        d["plain"] += [10];
        print(d["plain"], d.values().len());
        "#,
        "
        {'proxy': [1, 2, 3], 'plain': [1, 2], 'deep': {'a': [5, 2], 'b': 6}} [1, 2, 3]
        [1, 2, 9, 10] 3
        ",
    );
}

#[test]
fn a_managed_dict_has_pythons_methods() {
    everywhere(
        r#"
        let d = Manager().dict(#{ b: 1, a: 2 });
        d["c"] = 3;
        print(d, d.len(), len(d), "a" in d, "z" in d, d["a"], d.get("z"), d.get("z", 5));
        print(error_of(|| d["z"]), error_of(|| d.pop("z")), d.pop("z", 7), d.pop("b"), d.remove("c"));
        print(d.setdefault("a", 9), d.setdefault("l", [1]), d.setdefault("l").len());
        d.update(#{ x: 1, a: 3 });
        d.update([["y", 2], [5, 6]]);
        d.update(d);
        print(d.keys(), d.values(), d.items());
        print(d.popitem(), d.popitem(), d.len());
        let keys = [];
        for key in d { keys.append(key); d[key + "!"] = 1; }
        print(keys, list(d), sorted(d.keys()));
        d.clear();
        print(d, error_of(|| d.popitem()), error_of(|| d[#{}] = 1), error_of(|| d[Queue()]));
        "#,
        "
        {'a': 2, 'b': 1, 'c': 3} 3 3 True False 2 None 5
        KeyError: 'z' KeyError: 'z' 7 1 3
        2 [1] 1
        ['a', 'l', 'x', 'y', 5] [3, [1], 1, 2, 6] [['a', 3], ['l', [1]], ['x', 1], ['y', 2], [5, 6]]
        [5, 6] ['y', 2] 3
        ['a', 'l', 'x'] ['a', 'l', 'x', 'a!', 'l!', 'x!'] ['a', 'a!', 'l', 'l!', 'x', 'x!']
        {} KeyError: 'popitem(): dictionary is empty' TypeError: unhashable type: 'dict' TypeError: unhashable type: 'Queue'
        ",
    );
}

#[test]
fn a_managed_list_has_pythons_methods() {
    everywhere(
        r#"
        let l = Manager().list([3, 1, 2]);
        l.append([4]);
        l.extend(5..7);
        l.insert(0, "first");
        l.insert(-1, "x");
        l.insert(99, "last");
        print(l, l.len(), len(l), 1 in l, 7 in l, [4] in l);
        print(l[0], l[-1], l[1..4], l[7..], l.index(2), l.count(3));
        print(l.pop(), l.pop(0), l.pop(-2));
        l.remove([4]);
        print(error_of(|| l.remove(77)), error_of(|| l.index(77)), error_of(|| l[9]), error_of(|| l[9] = 1), error_of(|| l.pop(9)), error_of(|| l["a"]));
        l[1..3] = [10, 20, 30];
        l[0] = 0;
        l[-1] += 1;
        print(l, error_of(|| Manager().list().pop()));
        l.reverse();
        print(l, l + [1], [1] + l, l * 2);
        l += [8];
        l *= 2;
        l.sort();
        print(l);
        l.sort(#{ key: |x| -x, reverse: false });
        print(l, max(l), sum(l), error_of(|| l.sort(|x| #{})));
        let plain = l.copy();
        plain.append(1);
        l.clear();
        print(l, plain.len(), type(plain));
        "#,
        "
        ['first', 3, 1, 2, [4], 5, 'x', 6, 'last'] 9 9 True False True
        first last [3, 1, 2] [6, 'last'] 3 1
        last first x
        ValueError: list.remove(x): x not in list ValueError: 77 is not in list IndexError: list index out of range IndexError: list assignment index out of range \
        IndexError: pop index out of range TypeError: list indices must be integers or slices, not str
        [0, 10, 20, 30, 5, 7] IndexError: pop from empty list
        [7, 5, 30, 20, 10, 0] [7, 5, 30, 20, 10, 0, 1] [1, 7, 5, 30, 20, 10, 0] [7, 5, 30, 20, 10, 0, 7, 5, 30, 20, 10, 0]
        [0, 0, 5, 5, 7, 7, 8, 8, 10, 10, 20, 20, 30, 30]
        [30, 30, 20, 20, 10, 10, 8, 8, 7, 7, 5, 5, 0, 0] 30 160 TypeError: '<' not supported between instances of 'dict' and 'dict'
        [] 15 <class 'list'>
        ",
    );
}

#[test]
fn containers_are_equal_by_value() {
    everywhere(
        r#"
        let m = Manager();
        let a = m.dict(#{ x: [1, #{ y: 2 }] });
        let b = m.dict([["x", [1, #{ y: 2 }]]]);
        print(a == b, a == #{ x: [1, #{ y: 2 }] }, #{ x: [1, #{ y: 2 }] } == a, a != b, a == #{ x: [1, #{ y: 3 }] }, a == m.dict());
        print(m.list([1, [2]]) == m.list([1, [2]]), m.list() == [], m.list([1]) != [1], m.list([1]) == 1, a["x"] == [1, #{ y: 2 }]);
        print(m.dict([[1, 2]]) == m.dict([[1, 2]]), m.dict([[1, 2]]) == m.dict([["1", 2]]));
        "#,
        "
        True True True False False False
        True True False False True
        True False
        ",
    );
}

#[test]
fn update_loses_no_change_of_two_processes() {
    everywhere(
        r#"
        fn count(d, l, v) {
            for i in 0..400 {
                d.update("n", |n| n + 1);
                d.update("m", |n| n + 1, 0);
                l.update(0, |n| n + 1);
                v.update(|n| n + 1);
            }
        }
        let m = Manager();
        let d = m.dict(#{ n: 0 });
        let l = m.list([0]);
        let v = m.Value('i', 0);
        let ps = [Process(count, [d, l, v]), Process(count, [d, l, v])];
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        print(d, l, v, error_of(|| d.update("n", |n| { throw ValueError("no") })), d["n"]);
        "#,
        "{'n': 800, 'm': 800} [800] Value('i', 800) ValueError: no 800\n",
    );
}

#[test]
fn an_assignment_through_a_container_does_not_undo_a_replacement() {
    // Rhai ends `d["a"]["b"] = f()` with `d["a"] = <what it read>`; meanwhile `f` has put something else there.
    prints(
        r#"
        let m = Manager();
        let d = m.dict();
        d["a"] = #{ old: 1 };
        fn replace(d) { d["a"] = #{ new: 1 }; 2 }
        fn set(inner, d) { inner["b"] = 1; d["a"] = #{ new: 1 }; }
        d["a"]["b"] = replace(d);
        print(d);
        let inner = d["a"];
        d["l"] = [[1], [2]];
        d["l"][0][0] = 5;
        d["l"][-1][0] = 6;
        d["other"] = d["a"];
        d["other"]["shared"] = 1;
        print(d);
        "#,
        "
        {'a': {'new': 1, 'b': 2}}
        {'a': {'new': 1, 'b': 2, 'shared': 1}, 'l': [[5], [6]], 'other': {'new': 1, 'b': 2, 'shared': 1}}
        ",
    );
}

#[test]
fn what_was_assigned_through_can_be_stored_again() {
    prints(
        r#"
        let m = Manager();
        let d = m.dict(#{ a: #{ n: 1 } });
        let e = d["a"];
        e["n"] = 2;
        d.pop("a");
        d["a"] = e;
        print(d);
        e["n"] = 3;
        d.clear();
        d["a"] = e;
        print(d);
        let l = m.list([#{ k: 0 }, #{ k: 5 }]);
        let x = l[0];
        x["k"] = 1;
        l.reverse();
        l[0] = x;
        print(l);
        fn taken_out(d) { let e = d["a"]; e["n"] = 4; d.pop("a"); e }
        d["a"] = taken_out(d);
        print(d);
        let v = m.Value("i", #{ n: 1 });
        let inner = v.value;
        inner["n"] = 2;
        v.set(0);
        v.value = inner;
        print(v.value);
        fn replace(d) { d["a"] = 0; }
        e["n"] = 5;
        let p = Process(replace, [d]);
        p.start();
        p.join();
        d["a"] = e;
        print(d);
        "#,
        "
        {'a': {'n': 2}}
        {'a': {'n': 3}}
        [{'k': 1}, {'k': 1}]
        {'a': {'n': 4}}
        {'n': 2}
        {'a': {'n': 5}}
        ",
    );
}

#[test]
fn what_would_never_end_is_an_error() {
    prints(
        r#"
        let m = Manager();
        let l = m.list([3, 1, 2]);
        print(error_of(|| l * 1_000_000_000_000), error_of(|| l *= 1_000_000_000_000), l * -1);
        print(error_of(|| l.sort(|x| { l.append(x); x })), l);
        let d = m.dict(#{ n: 1 });
        print(error_of(|| d.update("n", |n| { d["n"] = n + 1; n })));
        print(d.update("n", |n| { d["other"] = n; 0 }), d["n"], d.len());
        let a = m.list([1]);
        let b = m.list([1]);
        a.append(a);
        b.append(b);
        print(error_of(|| a == b), error_of(|| a != b), a == a, a == l);
        let x = m.dict();
        let y = m.dict();
        x["me"] = x;
        y["me"] = y;
        print(error_of(|| x == y), x == d);
        let deep = m.list();
        let outer = deep;
        for i in range(1000) { let inner = m.list(); deep.append(inner); deep = inner; }
        print(len(str(outer)), error_of(|| outer.copy()));
        "#,
        "
        MemoryError: not enough memory for a list of 3000000000000 items MemoryError: not enough memory for a list of 3000000000000 items []
        RuntimeError: the container was changed during sort() by the function given to it [3, 1, 2, 3, 1, 2]
        RuntimeError: the container was changed during update() by the function given to it
        0 0 2
        RecursionError: the container is nested more than 64 levels deep, or contains itself RecursionError: the container is nested more than 64 levels deep, or contains itself True False
        RecursionError: the container is nested more than 64 levels deep, or contains itself False
        135 RecursionError: the container is nested more than 64 levels deep, or contains itself
        ",
    );
}

#[test]
fn a_container_inside_itself_is_shown_and_refuses_to_be_copied() {
    prints(
        r#"
        let d = Manager().dict();
        d["self"] = d;
        d["self"]["self"]["x"] = 1;
        print(d, error_of(|| d.copy()));
        "#,
        "{'self': {...}, 'x': 1} RecursionError: the container is nested more than 64 levels deep, or contains itself\n",
    );
}
