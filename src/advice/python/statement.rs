//! Translates a Python statement; `None` if that is uncertain.

use std::ops::Range;

use super::expression::{Comprehension, expression, expressions, parameters};
use super::reading::{HEADERS, PIECES_MAX, Reading};

/// Translates the statement in `range`.
pub(super) fn statement(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    if range.is_empty() || range.len() > PIECES_MAX {
        return None;
    }
    read.inner(|| translated(read, range))
}

fn translated(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let rest = range.start + 1..range.end;
    let first = read.word(range.start);
    match first {
        _ if HEADERS.contains(&first) => header(read, range),
        "async" => statement(read, rest),
        "pass" => None,
        "import" => imports(read, rest),
        "from" => Some(from(read, rest)?),
        "raise" => raise(read, rest),
        "return" if rest.is_empty() => Some("return;".into()),
        "return" => Some(format!("return {};", value(read, rest)?)),
        "throw" => Some(format!("throw {};", expression(read, rest)?)),
        "print" if read.symbol(rest.start) != "(" => {
            let values = expressions(read, rest)?;
            Some(format!("print({});", values.join(", ")))
        }
        "del" => delete(read, rest),
        "assert" => assertion(read, rest),
        "function" => function(read, range),
        "let" | "const" | "var" | "static" => {
            let word = if first == "const" { "const" } else { "let" };
            assignment(read, rest, Some(word))
        }
        _ => unnamed(read, range),
    }
}

fn unnamed(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    if read.find(range.clone(), "=").is_some() {
        return assignment(read, range, None);
    }
    let last = range.end - 1;
    for (at, name) in [
        (range.start, range.start + 1..range.end),
        (last, range.start..last),
    ] {
        if matches!(read.symbol(at), "++" | "--") {
            return Some(format!(
                "{} {}= 1;",
                expression(read, name)?,
                &read.symbol(at)[..1]
            ));
        }
    }
    if read.symbol(range.start) == "["
        && let Some(close) = read.partner(range.start).filter(|close| *close == last)
        && let Some(made) = Comprehension::of(read, range.start + 1..close)
        && made.condition.is_none()
    {
        let (values, item) = (expression(read, made.values)?, expression(read, made.item)?);
        return Some(format!("for {} in {values} {{ {item}; }}", made.name));
    }
    Some(format!("{};", expression(read, range)?))
}

/// A statement with a block: what Python ends with `:`, and what follows it on the same line.
fn header(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let colon = header_colon(read, range.clone());
    let head = range.start..colon.unwrap_or(range.end);
    let body = colon.map(|colon| colon + 1..range.end);
    let body = body.filter(|body| !body.is_empty() && !read.begins_line(body.start));
    let body = match body {
        Some(body) if read.word(body.start) == "pass" => String::new(),
        Some(body) => statement(read, body)?,
        None => "…".into(),
    };
    let rest = head.start + 1..head.end;
    match read.word(head.start) {
        "if" | "while" | "switch" => block(read, read.word(head.start), rest, &body),
        "elif" => block(read, "else if", rest, &body),
        "match" => block(read, "switch", rest, &body),
        "else" if rest.is_empty() => Some(format!("else {{ {body} }}")),
        "else" if read.word(rest.start) == "if" => {
            block(read, "else if", rest.start + 1..rest.end, &body)
        }
        "try" if rest.is_empty() => Some(format!("try {{ {body} }}")),
        "except" | "catch" => handler(read, rest, &body),
        "for" => loop_over(read, rest, &body),
        "def" | "fn" => function(read, head),
        "with" => context(read, rest, &body),
        _ => None,
    }
}

/// The `:` that ends a header: not one of a `lambda` in it.
pub(super) fn header_colon(read: &Reading<'_>, range: Range<usize>) -> Option<usize> {
    let lambdas = read.parts(range.clone(), "lambda").len() - 1;
    let outside = read.outside(range).into_iter();
    outside.filter(|at| read.symbol(*at) == ":").nth(lambdas)
}

fn block(read: &Reading<'_>, word: &str, test: Range<usize>, body: &str) -> Option<String> {
    let body = if body.is_empty() {
        "{ }".into()
    } else {
        format!("{{ {body} }}")
    };
    Some(format!("{word} {} {body}", expression(read, test)?))
}

/// `except E as e` is a `catch` that looks at the type.
fn handler(read: &Reading<'_>, range: Range<usize>, body: &str) -> Option<String> {
    let name_at = read.find(range.clone(), "as");
    let name = name_at.map_or("e", |at| read.word(at + 1));
    let kinds = range.start..name_at.unwrap_or(range.end);
    if kinds.is_empty() || name.is_empty() || read.source(kinds.clone()) == "Exception" {
        return Some(format!("catch (e) {{ {body} }}"));
    }
    let names = kinds
        .clone()
        .filter(|at| !read.word(*at).is_empty() && read.symbol(at + 1) != ".");
    let body = Some(body).filter(|body| !body.is_empty()).unwrap_or("…");
    let names: Vec<String> = names.map(|at| format!("\"{}\"", read.word(at))).collect();
    let test = match &names[..] {
        [] => return None,
        [one] => format!("{name}.type == {one}"),
        all => format!("{name}.type in [{}]", all.join(", ")),
    };
    Some(format!(
        "catch ({name}) {{ if {test} {{ {body} }} else {{ throw; }} }}"
    ))
}

fn loop_over(read: &Reading<'_>, range: Range<usize>, body: &str) -> Option<String> {
    let in_ = read
        .find(range.clone(), "in")
        .or_else(|| read.find(range.clone(), "of"))?;
    let (mut names, values) = (range.start..in_, in_ + 1..range.end);
    if read.symbol(names.start) == "(" {
        names = names.start + 1..names.end - 1;
    }
    let names = words(read, names)?;
    match &names[..] {
        [one] => Some(format!(
            "for {one} in {} {{ {body} }}",
            expression(read, values)?
        )),
        [count, item] if is_call_of(read, values.clone(), "enumerate") => {
            let inner = expression(read, values.start + 2..values.end - 1)?;
            Some(format!("for ({item}, {count}) in {inner} {{ {body} }}"))
        }
        all => {
            let values = expression(read, values)?;
            let taken = taken_apart("pair", all);
            Some(format!("for pair in {values} {{ {taken} {body} }}"))
        }
    }
}

fn is_call_of(read: &Reading<'_>, range: Range<usize>, name: &str) -> bool {
    read.word(range.start) == name && read.partner(range.start + 1) == Some(range.end - 1)
}

/// The words of `a, b`; `None` if there is anything else.
fn words<'t>(read: &Reading<'t>, range: Range<usize>) -> Option<Vec<&'t str>> {
    let parts = read.parts(range, ",").into_iter();
    let word = |part: Range<usize>| {
        Some(read.word(part.start)).filter(|word| !word.is_empty() && part.len() == 1)
    };
    parts.map(word).collect()
}

fn taken_apart(from: &str, names: &[&str]) -> String {
    let each = names.iter().enumerate();
    let each: Vec<String> = each
        .map(|(at, name)| format!("let {name} = {from}[{at}];"))
        .collect();
    each.join(" ")
}

/// `def f(a, b=1)` and JavaScript's `function f(a, b)` are `fn f(a, b)`.
fn function(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let name = read.word(range.start + 1);
    let close = read.partner(range.start + 2).filter(|_| !name.is_empty())?;
    let names = parameters(read, range.start + 3..close)?;
    let names: Vec<&str> = names.into_iter().filter(|name| *name != "self").collect();
    Some(format!("fn {name}({}) {{ … }}", names.join(", ")))
}

/// `with open(p) as f, lock:`, of which only the block is written in another way.
fn context(read: &Reading<'_>, range: Range<usize>, body: &str) -> Option<String> {
    let item = |range: Range<usize>| match read.find(range.clone(), "as") {
        Some(as_) => {
            let value = expression(read, range.start..as_)?;
            Some(format!("{value} as {}", read.word(as_ + 1)))
        }
        None => expression(read, range),
    };
    let items: Option<Vec<String>> = read.parts(range, ",").into_iter().map(item).collect();
    Some(format!("with {} {{ {body} }}", items?.join(", ")))
}

fn imports(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let mut all = Vec::new();
    for part in read.parts(range, ",") {
        let name = read.word(part.start);
        let alias = match part.len() {
            1 => name,
            3 if read.word(part.start + 1) == "as" => read.word(part.start + 2),
            _ => return None,
        };
        all.push(format!("import \"{name}\" as {alias};"));
    }
    Some(all.join(" ")).filter(|all| !all.contains("\"\""))
}

/// `from m import a` of a script's own module: its names are then written `m::a`.
fn from(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let module = read.word(range.start);
    let fits = read.word(range.start + 1) == "import"
        && !module.is_empty()
        && !read.names.is_module(module);
    fits.then(|| format!("import \"{module}\" as {module};"))
}

fn raise(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let value = range.start..read.find(range.clone(), "from").unwrap_or(range.end);
    if value.is_empty() {
        return Some("throw;".into());
    }
    let is_class = value.len() == 1 && read.word(value.start).starts_with(char::is_uppercase);
    let call = if is_class { "()" } else { "" };
    Some(format!("throw {}{call};", expression(read, value)?))
}

fn delete(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let close = range
        .end
        .checked_sub(1)
        .filter(|at| read.symbol(*at) == "]")?;
    let open = read.partner(close).filter(|open| *open > range.start)?;
    let (map, key) = (
        expression(read, range.start..open)?,
        expression(read, open + 1..close)?,
    );
    key.starts_with('"')
        .then(|| format!("{map}.remove({key});"))
}

fn assertion(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let mut parts = expressions(read, range)?.into_iter();
    let (test, message) = (parts.next()?, parts.next().unwrap_or_default());
    Some(format!(
        "if !({test}) {{ throw AssertionError({message}); }}"
    ))
}

/// `a = 1`; `word` is the `let` or `const` before it.
fn assignment(read: &Reading<'_>, range: Range<usize>, word: Option<&str>) -> Option<String> {
    let equals = read.find(range.clone(), "=")?;
    let (mut target, value) = (range.start..equals, equals + 1..range.end);
    if matches!(read.symbol(target.start), "(" | "[")
        && read.partner(target.start) == Some(target.end - 1)
    {
        target = target.start + 1..target.end - 1;
    }
    if read.find(value.clone(), "=").is_some() {
        return None;
    }
    if read.find(target.clone(), ",").is_some() {
        return unpacking(read, target, value, word);
    }
    // A type after the name is left out.
    let name = target.start..read.find(target.clone(), ":").unwrap_or(target.end);
    let value = self::value(read, value)?;
    let is_new = name.len() == 1 && !is_known(read, name.start);
    let word = word.or(is_new.then_some("let"));
    let word = word.map_or(String::new(), |word| format!("{word} "));
    let name = expression(read, name).filter(|name| !name.ends_with(')'))?;
    Some(format!("{word}{name} = {value};"))
}

/// One value, or a list of several.
fn value(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let mut values = expressions(read, range)?;
    match values.len() {
        1 => values.pop(),
        _ => Some(format!("[{}]", values.join(", "))),
    }
}

/// Whether the variable at `index` was created earlier.
fn is_known(read: &Reading<'_>, index: usize) -> bool {
    let name = read.word(index);
    (1..index).any(|at| {
        read.word(at) == name
            && (matches!(read.word(at - 1), "let" | "const" | "for")
                || read.symbol(at + 1) == "=" && read.begins_line(at))
    })
}

/// `a, b = 1, 2`.
fn unpacking(
    read: &Reading<'_>,
    target: Range<usize>,
    value: Range<usize>,
    word: Option<&str>,
) -> Option<String> {
    let names = words(read, target)?;
    let values = expressions(read, value)?;
    match &values[..] {
        [one] => {
            let taken = taken_apart("both", &names);
            Some(format!("let both = {one}; {taken}"))
        }
        all if all.len() == names.len() => {
            let uses_names = all.iter().any(|value| names.contains(&value.as_str()));
            if uses_names && word.is_none() {
                let taken = taken_apart("both", &names).replace("let ", "");
                return Some(format!("let both = [{}]; {taken}", all.join(", ")));
            }
            let each = names.iter().zip(all);
            let each: Vec<String> = each.map(|(n, v)| format!("let {n} = {v};")).collect();
            Some(each.join(" "))
        }
        _ => None,
    }
}
