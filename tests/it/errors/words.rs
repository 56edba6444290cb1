//! Rhai's own errors in Python's words, the same in a report and in a `catch`.

use super::fails;
use crate::support::script::{Script, each_start_method, prints};

#[test]
fn operators_name_the_types_they_do_not_know() {
    prints(
        r#"
        for f in [|| 1 + None, || [1] * "x", || "a" - 1, || 2 ** "x", || -"x", || !5, || Queue() + 1, || 1 in 5] {
            print(error_of(f));
        }
        let x = 5;
        print(error_of(|| { x += None; }));
        "#,
        "
        TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'
        TypeError: unsupported operand type(s) for *: 'list' and 'str'
        TypeError: unsupported operand type(s) for -: 'str' and 'int'
        TypeError: unsupported operand type(s) for **: 'int' and 'str'
        TypeError: bad operand type for unary -: 'str'
        TypeError: bad operand type for unary !: 'int'
        TypeError: unsupported operand type(s) for +: 'Queue' and 'int'
        TypeError: argument of type 'int' is not iterable
        TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'
        ",
    );
}

#[test]
fn values_of_the_wrong_type_are_named() {
    prints(
        r#"
        const K = [1];
        let n = 5;
        let text = "x";
        let d = #{ a: 1 };
        for f in [
            || n.call(), || None[0], || Queue()[0], || [1][text], || d[n], || { for i in n { i } }, || { if Queue() {} },
            || [1].push(), || "a".sub_string("b"), || global::K.push(2), || os::getpdi(), || os::getpid(1),
        ] {
            print(error_of(f));
        }
        "#,
        "
        TypeError: 'int' object is not callable
        TypeError: 'NoneType' object is not subscriptable
        TypeError: 'Queue' object is not subscriptable
        TypeError: must be int, not str
        TypeError: must be str, not int
        TypeError: 'int' object is not iterable
        TypeError: must be True or False, not Queue
        TypeError: list.push() cannot be called with ()
        TypeError: str.sub_string() cannot be called with (str)
        TypeError: push() cannot change a constant
        AttributeError: module 'os' has no function 'getpdi' that takes ()
        AttributeError: module 'os' has no function 'getpid' that takes (int)
        ",
    );
}

#[test]
fn functions_of_the_script_say_which_arguments_are_missing() {
    prints(
        r#"
        fn one(a) { a }
        fn two(a, b) { a + b }
        fn many(a) { a }
        fn many(a, b, c) { a }
        let y = 1;
        for f in [
            || one(), || one(1, 2), || two(1), || two(), || many(1, 2), || (|x| x).call(), || (|x| x).call(1, 2),
            || (|x| x + y).call(), || (|a, b| { y }).call(1), || (|| y || false).call(1),
        ] {
            print(error_of(f));
        }
        "#,
        "
        TypeError: one() missing 1 required positional argument: 'a'
        TypeError: one() takes 1 positional argument but 2 were given
        TypeError: two() missing 1 required positional argument: 'b'
        TypeError: two() missing 2 required positional arguments: 'a' and 'b'
        TypeError: many() takes 1 or 3 positional arguments but 2 were given
        TypeError: <lambda>() missing 1 required positional argument: 'x'
        TypeError: <lambda>() takes 1 positional argument but 2 were given
        TypeError: <lambda>() missing 1 required positional argument: 'x'
        TypeError: <lambda>() missing 1 required positional argument: 'b'
        TypeError: <lambda>() takes 0 positional arguments but 1 was given
        ",
    );
}

#[test]
fn a_task_that_cannot_be_called_is_shown_where_it_is_passed() {
    each_start_method(|method| {
        Script::text("let p = Process(|x| x);\np.start();\np.join();")
            .start_method(method)
            .run()
            .assert(
                1,
                "",
                "
                TypeError: <lambda>() missing 1 required positional argument: 'x'
                  --> main.rhai:1:9
                     |
                   1 | let p = Process(|x| x);
                     |         ^
                help: args needs one item for each parameter: args: [x]
                ",
            );
    });
}

#[test]
fn an_operator_is_pointed_at() {
    fails(
        "
        let x = 1;
        print(x + None);
        ",
        "
        TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'
          --> main.rhai:2:9
             |
           2 | print(x + None);
             |         ^
        ",
    );
}
