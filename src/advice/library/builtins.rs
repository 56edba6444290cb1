//! Names that Python has without an import, and that are not available here.

/// Returns what to use in place of a name.
pub(super) fn instead(name: &str) -> Option<&'static str> {
    let row = TABLE.iter().find(|(names, _)| names.contains(&name));
    row.map(|(_, way)| *way)
}

#[rustfmt::skip]
const TABLE: &[(&[&str], &str)] = &[
    (&["IOError", "EnvironmentError"], "it is called OSError"),
    (&["BaseException", "BaseExceptionGroup", "ExceptionGroup"], "use Exception"),
    (&["Warning", "UserWarning", "DeprecationWarning", "RuntimeWarning", "FutureWarning", "ResourceWarning", "SyntaxWarning"], "write warnings with sys.stderr.write(text)"),
    (&["IndentationError", "TabError"], "use SyntaxError"),
    (&["NotImplemented"], "throw NotImplementedError();"),
    (&["Ellipsis"], "use None"),
    (&["iter"], "use the value itself in a for loop"),
    (&["next"], "take the first item of a list: list(xs)[0]"),
    (&["classmethod", "staticmethod", "property", "object", "issubclass"], "there are no classes, a function makes an object: fn C() { let me = Object(); me }"),
    (&["complex"], "keep the two parts as float"),
    (&["frozenset"], "use set(xs)"),
    (&["hash"], "compare the values themselves"),
    (&["dir", "help"], "`procscript doc NAME` describes what a module or a value has"),
    (&["globals", "locals"], "keep the values in an object map: let all = #{x: 1}"),
    (&["slice"], "write xs[1..3] for strings, xs.extract(1..3) for lists"),
    (&["memoryview"], "use bytes"),
    (&["compile", "exec", "__import__"], "eval(text) runs code"),
    (&["breakpoint"], "print the values: print(repr(x))"),
    (&["aiter", "anext"], "use a for loop"),
];
