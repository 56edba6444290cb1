//! The slips, a row each. The first row that fits speaks.

use super::super::Advice;
use super::reading::Reading;
use super::row::{Slip, begins, by, joins};
use super::{blocks, brackets, failures, quotes, values, words};

/// What is said about a text that does not parse.
pub(super) fn of_syntax(read: &Reading<'_>) -> Option<Advice> {
    SYNTAX.iter().find_map(|slip| slip.advice(read))
}

/// What is said about a script that failed when it was run.
pub(super) fn of_failure(read: &Reading<'_>) -> Option<Advice> {
    FAILURES.iter().find_map(|slip| slip.advice(read))
}

#[rustfmt::skip]
const SYNTAX: &[Slip] = &[
    // Characters, quotes, comments.
    by(quotes::look_alike, "invalid character '{0}' ({1})", "write {2}"),
    by(quotes::python_comment, "a comment begins with // here, not with #", "write: // …"),
    by(quotes::triple, "text over several lines stands in back quotes here", "write: `…`"),
    by(quotes::formatted, "there are no f-strings here", "text with values in it stands in back quotes: `${x}`"),
    by(quotes::prefixed, "a text has no '{0}' before it here", "write: \"…\""),
    by(quotes::single, "text stands in double quotes; single quotes hold one character", "write: \"text\""),
    by(quotes::escape, "", "a backslash in a text is written twice; in a raw text it is itself: #\"\\\\\"#"),
    by(brackets::division, "// begins a comment here", "/ divides two int and drops the rest: x / 2"),
    by(quotes::unterminated, "the text that begins here has no end", "close it with {0} on the same line; text over several lines stands in back quotes: `…`"),
    // Brackets.
    by(brackets::closed_by_another, "'{0}' does not close the '{1}' of line {2}", "write '{3}' before it"),
    by(brackets::unmatched, "unmatched '{0}'", "take it away, or open a '{1}' before it"),
    by(brackets::never_closed, "'{0}' was never closed", "write '{1}' where it ends"),
    // Words that begin a Python statement.
    begins("def", "a function begins with fn here, and its block stands in braces", "write: fn f(x) { … }"),
    begins("async", "there are no async functions here", "run it in a Thread or a Process: fn f() { … }"),
    by(words::process_class, "there are no classes here", "a function makes the process and gives it its attributes: fn P() { let me = Process(); me.run = || { … }; me }"),
    by(words::class, "there are no classes here", "a function that makes a map takes the place of one: fn C(x) { #{x: x} }"),
    begins("elif", "'elif' is written 'else if' here", "write: else if x { … }"),
    begins("except", "'except' is written 'catch' here, with a name in brackets", "write: catch (e) { … }"),
    begins("finally", "there is no 'finally' here", "write what comes last behind the try block; a lock or a file has the method with(|x| …)"),
    begins("raise", "'raise' is written 'throw' here", "write: throw ValueError(\"x\");"),
    begins("with", "there is no 'with' statement here", "write: let f = open(p); … f.close();"),
    by(words::imported_names, "there is no 'from … import' here", "{0}"),
    by(words::import, "'import' takes the name as a text here", "{0}"),
    begins("del", "there is no 'del' here", "a map and a list have remove, a variable ends with its block: d.remove(\"a\");"),
    by(words::global, "there is no '{0}' here", "a function sees constants and what it is given: hand {1} over as an argument, or return it"),
    begins("assert", "there is no 'assert' here", "write: if !(x) { throw AssertionError(); }"),
    begins("yield", "there are no generators here", "collect in a list and return it, or put into a Queue"),
    begins("await", "there is no 'await' here", "call the function; a Thread or a Process runs it at the side"),
    by(words::print_statement, "print is a function here", "write: print(x);"),
    by(words::print_value, "'print' is not a value here", "write |x| print(x)"),
    begins("match", "'match' is written 'switch' here", "write: switch x { 1 => { … } _ => { … } }"),
    by(words::case, "a case is written 'value => …' here", "write {0} => { … }"),
    // Words of JavaScript and others.
    begins("function", "a function begins with fn here", "write: fn f(x) { … }"),
    by(words::nameless_function, "a function without a name has its parameters between | | here", "write |{0}| { … }"),
    by(words::arrow, "a function without a name has its parameters between | | here", "write: |x| x + 1"),
    begins("var", "a variable begins with let here", "write: let x = 1;"),
    begins("static", "a variable begins with let here", "write: let x = 1;"),
    begins("foreach", "'foreach' is written 'for' here", "write: for x in xs { … }"),
    by(words::new, "there is no 'new' here", "write {0}(…)"),
    by(words::counting_for, "'for' goes over values here", "write: for i in 0..10 { … }"),
    // Taking values apart.
    by(values::unpacking, "values are not unpacked into several names here", "take them one by one: let a = pair[0]; let b = pair[1];"),
    by(values::several, "one name stands behind each 'let' here", "write: let a = 1; let b = 2;"),
    by(values::chained, "one '=' stands in a statement here", "write: let a = 1; let b = a;"),
    by(values::typed, "names have no types here", "write: let x = 1;"),
    by(values::return_type, "a function does not name the type of what it returns here", "write: fn f(x) { … }"),
    by(values::default, "parameters have no default values here", "write: fn f(x) { … }"),
    by(values::star_parameter, "there is no {0}{1} here", "take {2} in its place: fn {3}({1}) { … }"),
    by(values::star_argument, "a list is not spread over the arguments here", "hand over the list itself, or its items one by one"),
    // Values and what stands in brackets.
    by(values::keyword, "keyword arguments stand in a map here", "write: f(#{timeout: 3})"),
    joins("lambda", "a function without a name has its parameters between | | here", "write: |x| x + 1"),
    by(values::comprehension, "there are no comprehensions here", "write: xs.filter(|x| x > 1).map(|x| x + 1)"),
    by(values::slice, "there are no slices with ':' here", "a list has extract, a text [1..3]: xs.extract(1..3)"),
    by(values::dict, "a dict begins with #{ here", "write: #{a: 1}"),
    by(values::set, "a set is made of a list here", "write set([{0}])"),
    by(values::map_key, "the keys of a map are names or texts in double quotes", "write: #{\"1\": x}"),
    by(values::map_colon, "a ':' stands between name and value in a map", "write: #{a: 1}"),
    by(values::tuple, "there are no tuples here", "a list takes the place of one: [1, 2]"),
    by(values::conditional, "a value with a condition is an 'if' with braces here", "write: if c { a } else { b }"),
    // Operators.
    joins("and", "'and' is written && here", "write: a && b"),
    joins("or", "'or' is written || here", "write: a || b"),
    joins("not", "'not' is written ! here, and 'not in' is written !in", "write: !a"),
    joins("is", "'is' is written == here, and 'is not' is written !=", "write: x == None"),
    joins("<>", "'<>' is written != here", "write: a != b"),
    joins("++", "there is no ++ here", "write: i += 1;"),
    joins("--", "there is no -- here", "write: i -= 1;"),
    by(values::triple_equals, "'{0}' is written {1} here", "write: a == b"),
    joins(":=", "there is no := here", "make the variable with let before"),
    joins("?", "there is no ?: here", "write: if c { a } else { b }"),
    begins("@", "there are no decorators here", "do in the function what the decorator did"),
    // Blocks.
    by(blocks::bare_catch, "'catch' takes a name alone in brackets", "look at its type inside: catch (e) { if e.type == \"ValueError\" { … } else { throw; } }"),
    by(blocks::colon, "a block stands in braces here, not behind ':'", "write: if x { … }"),
    by(blocks::early_end, "this ';' ends the '{0}' before its block", "leave it out: if x { … }"),
    by(blocks::assignment, "'=' assigns; == compares", "write: if a == b { … }"),
    by(blocks::no_brace, "a block stands in braces here", "write: if x { … }"),
    joins("of", "'of' is written 'in' here", "write: for x in xs { … }"),
    by(blocks::over_number, "'for' goes over values, not over a number", "write: for i in range(10) { … }"),
    by(blocks::lone_else, "'else' has no 'if' before it", "{0}"),
    by(blocks::nested_function, "a function cannot be defined inside a block or another function", "write a closure, which is called by {0}.call(…)"),
    by(blocks::not_in_loop, "'{0}' outside of a loop", "'return' ends a function, exit() the script"),
    by(blocks::not_bool, "a condition is true or false here", "write {0}"),
    // Names, commas, semicolons.
    by(words::reserved, "'{0}' is a reserved word and cannot be a name", "choose another, such as {0}_"),
    by(words::digit, "a name cannot begin with a digit", "begin it with a letter or _"),
    by(blocks::comma, "a ',' or '{0}' is missing here", "values are separated by ','; texts are joined by +"),
    by(blocks::semicolon, "a ';' is missing here", "end the statement with it"),
    by(blocks::two_statements, "two statements or two values stand side by side", "write ';' between statements, an operator or ',' between values"),
    by(blocks::constant, "'{0}' is a constant", "make it with let, to change it"),
];

#[rustfmt::skip]
const FAILURES: &[Slip] = &[
    by(failures::pass, "", "an empty block is { }"),
    by(failures::raise, "'raise' is written 'throw' here", "write: throw;"),
    by(failures::import, "'import' takes the name as a text here", "{0}"),
    by(failures::new_variable, "", "a new variable begins with let"),
    by(failures::first_sum, "", "make the variable first: let {0} = 0;"),
    by(failures::own_object, "", "the object of a method is 'this' here"),
    by(failures::parent_class, "", "there are no classes here: a function makes the process: let me = Process(); … me"),
    by(failures::nothing, "", "the value for nothing is None"),
    by(failures::javascript, "", "{0}"),
    by(failures::exec, "", "eval(text) runs code"),
    by(failures::range_of_list, "a list has no slices with ..", "a list has extract(1..3)"),
    by(failures::empty_dict, "{} is an empty block here, an empty dict is #{}", "write: let d = #{};"),
    by(failures::condition, "", "write {0}"),
    by(failures::negation, "", "write {0}"),
    by(failures::format_values, "", "several values stand in a list"),
];
