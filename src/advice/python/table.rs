//! The slips, one row each. The first row that matches gives the advice.

use super::super::Advice;
use super::reading::Reading;
use super::row::{Seen::*, Slip};
use super::{blocks, brackets, failures, quotes, values, words};

/// Advice for a script that does not parse.
pub(super) fn of_syntax(read: &Reading<'_>) -> Option<Advice> {
    SYNTAX.iter().find_map(|slip| slip.advice(read))
}

/// Advice for a script that failed.
pub(super) fn of_failure(read: &Reading<'_>) -> Option<Advice> {
    FAILURES.iter().find_map(|slip| slip.advice(read))
}

#[rustfmt::skip]
const SYNTAX: &[Slip] = &[
    // Characters, quotes, comments.
    Slip(By(quotes::look_alike), "invalid character '{0}' ({1})", "write {2}"),
    Slip(By(quotes::python_comment), "a comment begins with // here, not with #", "write: // …"),
    Slip(By(quotes::triple), "a string over several lines uses back quotes here", "write: `…`"),
    Slip(By(quotes::formatted_with_form), "there are no f-strings here, and no formats in `${…}`", "write: \"{:.2f}\".format(x)"),
    Slip(By(quotes::formatted), "there are no f-strings here", "a string with values in it uses back quotes: `${x}`"),
    Slip(By(quotes::format_inside), "there are no formats in `${…}` here", "write: \"{:.2f}\".format(x)"),
    Slip(By(quotes::prefixed), "a string has no '{0}' before it here", "write: \"…\""),
    Slip(By(quotes::single), "strings use double quotes; single quotes are for one character", "write: \"text\""),
    Slip(By(quotes::escape), "", "double a backslash in a string, or use a raw string: #\"\\\\\"#"),
    Slip(By(brackets::division), "// begins a comment here", "/ of two int drops the fraction: x / 2"),
    Slip(By(quotes::unterminated), "the string that begins here has no end", "close it with {0} on the same line; a string over several lines uses back quotes: `…`"),
    // Brackets.
    Slip(By(brackets::closed_by_another), "'{0}' does not close the '{1}' of line {2}", "write '{3}' before it"),
    Slip(By(brackets::unmatched), "unmatched '{0}'", "remove it, or open a '{1}' before it"),
    Slip(By(brackets::never_closed), "'{0}' was never closed", "write '{1}' where it ends"),
    // Words that begin a Python statement.
    Slip(Begins("def"), "a function begins with fn here, and its block is in braces", "write: fn f(x) { … }"),
    Slip(Begins("async"), "there are no async functions here", "run it in a Thread or a Process: fn f() { … }"),
    Slip(By(words::process_class), "there are no classes here", "write a function that creates the process and sets its attributes: fn P() { let me = Process(); me.run = || { … }; me }"),
    Slip(By(words::class), "there are no classes here", "write a function that makes an object: fn C(x) { let me = Object(); me.x = x; me }"),
    Slip(Begins("elif"), "'elif' is written 'else if' here", "write: else if x { … }"),
    Slip(Begins("except"), "'except' is written 'catch' here, with a name in brackets", "write: catch (e) { … }"),
    Slip(Begins("finally"), "there is no 'finally' here", "write the code after the try block; a lock or a file is released by: with lock { … }"),
    Slip(Begins("raise"), "'raise' is written 'throw' here", "write: throw ValueError(\"x\");"),
    Slip(By(words::imported_names), "there is no 'from … import' here", "{0}"),
    Slip(By(words::import), "'import' takes the name as a string here", "{0}"),
    Slip(Begins("del"), "there is no 'del' here", "maps and lists have remove, and variables end with their block: d.remove(\"a\");"),
    Slip(By(words::global), "there is no '{0}' here", "a function sees only constants and its arguments: pass {1} as an argument, or return it"),
    Slip(Begins("assert"), "there is no 'assert' here", "write: if !(x) { throw AssertionError(); }"),
    Slip(Begins("yield"), "there are no generators here", "collect the values in a list and return it, or put them into a Queue"),
    Slip(Begins("await"), "there is no 'await' here", "call the function; to run it at the same time, use a Thread or a Process"),
    Slip(By(words::print_statement), "print is a function here", "write: print(x);"),
    Slip(By(words::print_value), "'print' is not a value here", "write |x| print(x)"),
    Slip(Begins("match"), "'match' is written 'switch' here", "write: switch x { 1 => { … } _ => { … } }"),
    Slip(By(words::case), "a case is written 'value => …' here", "write {0} => { … }"),
    // Words of JavaScript and others.
    Slip(Begins("function"), "a function begins with fn here", "write: fn f(x) { … }"),
    Slip(By(words::nameless_function), "a function without a name has its parameters between | | here", "write |{0}| { … }"),
    Slip(By(words::arrow), "a function without a name has its parameters between | | here", "write: |x| x + 1"),
    Slip(Begins("var"), "a variable begins with let here", "write: let x = 1;"),
    Slip(Begins("static"), "a variable begins with let here", "write: let x = 1;"),
    Slip(Begins("foreach"), "'foreach' is written 'for' here", "write: for x in xs { … }"),
    Slip(By(words::new), "there is no 'new' here", "write {0}(…)"),
    Slip(By(words::counting_for), "'for' iterates over values here", "write: for i in 0..10 { … }"),
    // Taking values apart.
    Slip(By(values::unpacking), "values are not unpacked into several names here", "take the values one by one: let a = pair[0]; let b = pair[1];"),
    Slip(By(values::several), "each 'let' takes one name here", "write: let a = 1; let b = 2;"),
    Slip(By(values::chained), "a statement has one '=' here", "write: let a = 1; let b = a;"),
    Slip(By(values::typed), "names have no types here", "write: let x = 1;"),
    Slip(By(values::return_type), "a function does not declare its return type here", "write: fn f(x) { … }"),
    Slip(By(values::default), "parameters have no default values here", "write: fn f(x) { … }"),
    Slip(By(values::star_parameter), "there is no {0}{1} here", "take {2} instead: fn {3}({1}) { … }"),
    Slip(By(values::star_argument), "a list cannot be unpacked into arguments here", "pass the list itself, or its items one by one"),
    // Values, and the contents of brackets.
    Slip(By(values::keyword), "keyword arguments are in a map here", "write: f(#{timeout: 3})"),
    Slip(Joins("lambda"), "a function without a name has its parameters between | | here", "write: |x| x + 1"),
    Slip(By(values::comprehension), "there are no comprehensions here", "write: xs.filter(|x| x > 1).map(|x| x + 1)"),
    Slip(By(values::slice), "there are no slices with ':' here", "lists have extract, strings have [1..3]: xs.extract(1..3)"),
    Slip(By(values::dict), "a dict begins with #{ here", "write: #{a: 1}"),
    Slip(By(values::set), "a set is made from a list here", "write set([{0}])"),
    Slip(By(values::map_key), "the keys of a map are names or strings in double quotes", "write: #{\"1\": x}"),
    Slip(By(values::map_colon), "name and value in a map are separated by ':'", "write: #{a: 1}"),
    Slip(By(values::tuple), "there are no tuples here", "use a list: [1, 2]"),
    Slip(By(values::conditional), "a value with a condition is an 'if' with braces here", "write: if c { a } else { b }"),
    // Operators.
    Slip(Joins("and"), "'and' is written && here", "write: a && b"),
    Slip(Joins("or"), "'or' is written || here", "write: a || b"),
    Slip(Joins("not"), "'not' is written ! here, and 'not in' is written !in", "write: !a"),
    Slip(Joins("is"), "'is' is written == here, and 'is not' is written !=", "write: x == None"),
    Slip(Joins("<>"), "'<>' is written != here", "write: a != b"),
    Slip(Joins("++"), "there is no ++ here", "write: i += 1;"),
    Slip(Joins("--"), "there is no -- here", "write: i -= 1;"),
    Slip(By(values::triple_equals), "'{0}' is written {1} here", "write: a == b"),
    Slip(Joins(":="), "there is no := here", "declare the variable with let first"),
    Slip(Joins("?"), "there is no ?: here", "write: if c { a } else { b }"),
    Slip(Begins("@"), "there are no decorators here", "do the decorator's work in the function"),
    // Blocks.
    Slip(By(blocks::bare_catch), "'catch' takes only a name in brackets", "check its type inside: catch (e) { if e.type == \"ValueError\" { … } else { throw; } }"),
    Slip(By(blocks::colon), "a block is in braces here, not after ':'", "write: if x { … }"),
    Slip(By(blocks::early_end), "this ';' ends the '{0}' before its block", "leave it out: if x { … }"),
    Slip(By(blocks::assignment), "'=' assigns; == compares", "write: if a == b { … }"),
    Slip(By(blocks::no_brace), "a block is in braces here", "write: if x { … }"),
    Slip(Joins("of"), "'of' is written 'in' here", "write: for x in xs { … }"),
    Slip(By(blocks::over_number), "'for' iterates over values, not over a number", "write: for i in range(10) { … }"),
    Slip(By(blocks::lone_else), "'else' has no 'if' before it", "{0}"),
    Slip(By(blocks::nested_function), "a function cannot be defined inside a block or another function", "write a closure, and call it with {0}.call(…)"),
    Slip(By(blocks::not_in_loop), "'{0}' outside of a loop", "'return' ends a function, exit() ends the script"),
    Slip(By(blocks::not_bool), "a condition is true or false here", "write {0}"),
    // Names, commas, semicolons.
    Slip(By(words::defined_twice), "{0}() is defined twice with {1}", "the first one is in line {2}: rename one of them, or leave it out"),
    Slip(By(words::reserved), "'{0}' is a reserved word and cannot be a name", "choose another name, such as {0}_"),
    Slip(By(words::digit), "a name cannot begin with a digit", "begin it with a letter or _"),
    Slip(By(blocks::comma), "a ',' or '{0}' is missing here", "values are separated by ','; strings are joined with +"),
    Slip(By(blocks::semicolon), "a ';' is missing here", "end the statement with it"),
    Slip(By(blocks::two_statements), "two statements or two values follow each other", "write ';' between statements, an operator or ',' between values"),
    Slip(By(blocks::constant), "'{0}' is a constant", "declare it with let to change it"),
];

#[rustfmt::skip]
const FAILURES: &[Slip] = &[
    Slip(Unknown(&["pass"]), "", "an empty block is { }"),
    Slip(Unknown(&["raise"]), "'raise' is written 'throw' here", "write: throw;"),
    Slip(By(failures::import), "'import' takes the name as a string here", "{0}"),
    Slip(By(failures::new_variable), "", "a new variable begins with let"),
    Slip(By(failures::first_sum), "", "declare the variable first: let {0} = 0;"),
    Slip(By(failures::own_object), "", "the object of a method is 'this' here"),
    Slip(Unknown(&["super"]), "", "there are no classes here: write a function that creates the process: let me = Process(); … me"),
    Slip(Unknown(&["null", "nil", "undefined", "none", "NULL"]), "", "the value for nothing is None"),
    Slip(Unknown(&["console"]), "", "print(…) prints"),
    Slip(Unknown(&["Error"]), "", "throw ValueError(…), or another exception of Python's"),
    Slip(Unknown(&["Math"]), "", "abs, min, max, round, sqrt and others are functions of their own"),
    Slip(Unknown(&["JSON"]), "", "json.dumps(…) and json.loads(…)"),
    Slip(Unknown(&["exec"]), "", "eval(text) runs code"),
    Slip(By(failures::range_of_list), "a list has no slices with ..", "a list has extract(1..3)"),
    Slip(By(failures::empty_dict), "{} is an empty block here, an empty dict is #{}", "write: let d = #{};"),
    Slip(By(failures::condition), "", "write {0}"),
    Slip(By(failures::negation), "", "write {0}"),
    Slip(By(failures::format_values), "", "put several values into a list"),
];
