//! `d.setdefault(key, []).append(x)`: the list in the dict is changed, or it is an error.

use super::support::script::{Script, prints_in_every_mode as prints};

#[test]
fn what_is_appended_reaches_the_dict() {
    prints(
        r#"
        let d = #{};
        d.setdefault("a", []).append(1);
        d.setdefault("a", []).append(2);
        let k = "b";
        d.setdefault(k, #{}).setdefault("x", []).push(3);
        d.setdefault(`c${1}`, []).extend([1, 2]);
        print(d);
        fn group(xs) { let m = #{}; for x in xs { m.setdefault(str(x % 2), []).append(x); } m }
        print(group([1, 2, 3]));
        let o = Object();
        o.items = #{};
        o.add = |k, v| { this.items.setdefault(k, []).append(v); this.items };
        o.add("q", 1);
        print(o.add("q", 2));
        let in_closure = |d| { d.setdefault("w", []).append(1); d };
        print(in_closure(#{}));
        let nested = #{ inner: [#{}] };
        nested.inner[0].setdefault("l", [1]).append(2);
        print(nested);
        "#,
        "
        {'a': [1, 2], 'b': {'x': [3]}, 'c1': [1, 2]}
        {'0': [2], '1': [1, 3]}
        {'q': [1, 2]}
        {'w': [1]}
        {'inner': [{'l': [1, 2]}]}
        ",
    );
}

#[test]
fn what_only_reads_is_left_as_it_is() {
    prints(
        r#"
        let calls = 0;
        fn dict(made) { made.n += 1; #{ a: [1] } }
        let made = Object(#{ n: 0 });
        print(dict(made).setdefault("a", []).len(), made.n);
        let d = #{};
        print(d.setdefault("n", 5), d.setdefault("s", "text").upper(), d.setdefault("q", Queue()).empty(), d.n);
        "#,
        "
        1 1
        5 TEXT True 5
        ",
    );
}

#[test]
fn what_cannot_be_read_twice_is_an_error() {
    let script = "fn key() { \"a\" }\nlet d = #{};\nd.setdefault(key(), []).append(1);\n";
    Script::text(script).run().assert(
        1,
        "",
        "
        SyntaxError: this changes a copy of what setdefault() returns: write d.setdefault(key, value); and then d[key] on its own
          --> main.rhai:3:3
             |
           3 | d.setdefault(key(), []).append(1);
             |   ^
        ",
    );
}
