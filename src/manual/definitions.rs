//! Definition files for editors, made from the manual: `.d.rhai`, the format of Rhai's language server.
//!
//! The format is that of Rhai's own `Engine::definitions`: a file begins with `module NAME;` or, for global names,
//! `module static;`. `fn`, `fn get` (a property) and `const` follow, each after its documentation. Methods are global
//! functions that take their object first. Each optional argument adds one `fn`.
//!
//! The server's grammar reserves some words that scripts may use here (`with`, `exit`, `default`). A function with such
//! a name is written as a comment, and a parameter gets a `_`.

use std::fmt::Write;

use super::{Entry, EntryKind, Manual, display};

/// The beginning of a file that may be overwritten.
const MARK: &str = "// Written by `procscript definitions`.";

/// The column at which documentation is wrapped.
const COLUMNS: usize = 100;

/// The words that the server's grammar does not accept as names.
pub(super) const RESERVED: &str = "as async await break case catch const continue default do else exit export false fn for go goto \
    if import in let loop match module new nil null package private protected public return spawn static super switch \
    sync thread throw true try until use var void while with yield";

/// A definition file for editors.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Definition {
    /// The name of the file, such as `os.d.rhai`.
    pub file_name: String,
    /// The contents of the file.
    pub text: String,
}

impl Definition {
    /// Returns whether `text` is a file that procscript has written, and may therefore overwrite.
    ///
    /// # Example
    /// ```
    /// let files = procscript::manual::Manual::definitions();
    /// assert!(files.iter().all(|file| procscript::manual::Definition::is_one(&file.text)));
    /// assert!(!procscript::manual::Definition::is_one("let x = 1;"));
    /// ```
    pub fn is_one(text: &str) -> bool {
        text.lines().take(2).any(|line| line == MARK)
    }
}

/// Returns one file per module, and `__static__.d.rhai` for global names.
pub(super) fn files() -> Vec<Definition> {
    let modules = Manual::entries()
        .iter()
        .filter(|entry| entry.kind == EntryKind::Module && entry.owner.is_empty());
    let file = |name: &str, header: &str, body: String| Definition {
        file_name: format!("{name}.d.rhai"),
        text: format!("{header};\n{MARK}\n{body}"),
    };
    let of_module = |module: &Entry| {
        let header = format!("module {}", module.name);
        file(module.name, &header, contents(module))
    };
    let global = file("__static__", "module static", globals());
    std::iter::once(global)
        .chain(modules.map(of_module))
        .collect()
}

/// Everything that scripts use without a module, and the members of all classes.
fn globals() -> String {
    let mut out = String::new();
    for entry in Manual::entries() {
        match entry.kind {
            EntryKind::Module | EntryKind::Page => {}
            EntryKind::Method | EntryKind::Property => member(entry, &mut out),
            _ if entry.owner.is_empty() => plain(entry, &mut out),
            _ => {}
        }
    }
    out
}

/// The contents of a module, including nested modules.
fn contents(module: &Entry) -> String {
    let mut out = String::new();
    for entry in module.members() {
        match entry.kind {
            EntryKind::Module => {
                documentation(entry, &mut out);
                let _ = write!(out, "module {} {{\n{}}}\n", entry.name, contents(entry));
            }
            _ => plain(entry, &mut out),
        }
    }
    out
}

/// A function, a constructor or a constant.
fn plain(entry: &Entry, out: &mut String) {
    if !entry.signature.contains('(') {
        documentation(entry, out);
        let _ = writeln!(out, "const {}: ?;", entry.name);
        return;
    }
    let gives = match entry.kind {
        EntryKind::Class => entry.name,
        EntryKind::Exception => "Exception",
        _ => "?",
    };
    functions(entry, "", gives, out);
}

/// A method or a property: a function of its object.
fn member(entry: &Entry, out: &mut String) {
    let class = entry.owner.rsplit('.').next().unwrap_or(entry.owner);
    if entry.kind == EntryKind::Property {
        documentation(entry, out);
        let _ = writeln!(out, "fn get {}(object: {class}) -> ?;", entry.name);
    } else {
        functions(entry, &format!("object: {class}"), "?", out);
    }
}

/// One `fn` for each number of arguments.
fn functions(entry: &Entry, receiver: &str, gives: &str, out: &mut String) {
    let (required, optional) = parameters(entry.signature);
    for given in 0..=optional.len() {
        let params = required.iter().chain(&optional[..given]);
        let params: Vec<String> = params.map(|name| typed(name)).collect();
        let receiver = (!receiver.is_empty()).then(|| receiver.to_string());
        let params: Vec<String> = receiver.into_iter().chain(params).collect();
        let mut one = String::new();
        documentation(entry, &mut one);
        let (name, params) = (entry.name, params.join(", "));
        let _ = writeln!(one, "fn {name}({params}) -> {gives};");
        out.push_str(&if is_reserved(name) {
            commented(&one)
        } else {
            one
        });
    }
}

/// A definition that the server cannot parse, as a comment, including its documentation.
fn commented(definition: &str) -> String {
    let lines = definition.trim_start().lines();
    let lines = lines.map(|line| format!("// {}\n", line.trim_start_matches("/// ")));
    format!("\n{}", lines.collect::<String>())
}

/// The names of the required and of the optional parameters.
fn parameters(signature: &str) -> (Vec<&str>, Vec<&str>) {
    let (_, inside) = signature.split_once('(').unwrap_or_default();
    let inside = inside.trim_end_matches(')');
    let (required, optional) = inside.split_once('[').unwrap_or((inside, ""));
    let required = split_names(required);
    // The parameters after `*args` are keywords.
    let ends = required.last().is_some_and(|name| name.starts_with('*'));
    (
        required,
        if ends {
            Vec::new()
        } else {
            split_names(optional)
        },
    )
}

fn split_names(text: &str) -> Vec<&str> {
    text.split([',', ']', ' '])
        .filter(|name| !name.is_empty())
        .collect()
}

fn typed(name: &str) -> String {
    match name.strip_prefix('*') {
        Some(many) => format!("...{many}: ?"),
        None if is_reserved(name) => format!("{name}_: ?"),
        None => format!("{name}: ?"),
    }
}

fn is_reserved(name: &str) -> bool {
    RESERVED.split_whitespace().any(|word| word == name)
}

/// The description in the manual, as comments above a definition.
fn documentation(entry: &Entry, out: &mut String) {
    out.push('\n');
    for line in display::wrap(&entry.text, 0, COLUMNS).lines() {
        let _ = writeln!(out, "/// {line}");
    }
}
