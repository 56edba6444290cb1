//! Translates a Python expression; `None` if that is uncertain, because a wrong hint is worse than none.

use std::ops::Range;

use super::reading::{PIECES_MAX, Reading};
use super::text::text;
use crate::syntax::Piece;

/// Translates the expression in `range`; Rhai's own expressions stay as they are.
pub(super) fn expression(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    if range.is_empty() || range.len() > PIECES_MAX {
        return None;
    }
    read.inner(|| {
        if read.word(range.start) == "lambda" {
            return lambda(read, range);
        }
        choice(read, range.clone()).or_else(|| either(read, range))
    })
}

/// `lambda x: e` is `|x| e`.
fn lambda(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let colon = read.find(range.clone(), ":")?;
    let names = parameters(read, range.start + 1..colon)?;
    let body = expression(read, colon + 1..range.end)?;
    Some(format!("|{}| {body}", names.join(", ")))
}

/// `a if c else b`, and elsewhere `c ? a : b`, is `if c { a } else { b }`.
fn choice(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let (test, then, other) = match read.find(range.clone(), "?") {
        Some(asks) => {
            let otherwise = read.find(asks..range.end, ":")?;
            (range.start..asks, asks + 1..otherwise, otherwise + 1)
        }
        None => {
            let asks = read.find(range.clone(), "if")?;
            let otherwise = read.find(asks..range.end, "else")?;
            (asks + 1..otherwise, range.start..asks, otherwise + 1)
        }
    };
    let (test, then) = (expression(read, test)?, expression(read, then)?);
    let other = expression(read, other..range.end)?;
    Some(format!("if {test} {{ {then} }} else {{ {other} }}"))
}

fn either(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    joined(read, range, "or", " || ", |read, range| {
        joined(read, range, "and", " && ", negation)
    })
}

fn joined(
    read: &Reading<'_>,
    range: Range<usize>,
    word: &str,
    symbol: &str,
    each: fn(&Reading<'_>, Range<usize>) -> Option<String>,
) -> Option<String> {
    let parts = read.parts(range, word);
    let parts: Option<Vec<String>> = parts.into_iter().map(|part| each(read, part)).collect();
    Some(parts?.join(symbol))
}

/// Python's `not` applies to a whole comparison, Rhai's `!` does not.
fn negation(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    if read.word(range.start) != "not" {
        return comparison(read, range);
    }
    let inner = range.start + 1..range.end;
    let is_simple = read.outside(inner.clone()).into_iter().all(|index| {
        let token = &read.tokens[index];
        token.text == "." || is_word(read, index) || matches!(token.text, "(" | "[")
    });
    let operand = read.inner(|| negation(read, inner))?;
    Some(if is_simple {
        format!("!{operand}")
    } else {
        format!("!({operand})")
    })
}

fn is_word(read: &Reading<'_>, index: usize) -> bool {
    !matches!(read.word(index), "" | "in" | "is" | "not")
}

/// `a < b < c` is `a < b && b < c`.
fn comparison(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let is_operator =
        |index: &usize| matches!(read.symbol(*index), "<" | ">" | "<=" | ">=" | "==" | "!=");
    let operators: Vec<usize> = read.outside(range.clone());
    let operators: Vec<usize> = operators.into_iter().filter(is_operator).collect();
    if operators.len() < 2 {
        return plain(read, range);
    }
    let mut pairs = Vec::new();
    for (nth, at) in operators.iter().enumerate() {
        let start = nth.checked_sub(1).map_or(range.start, |n| operators[n] + 1);
        let end = operators.get(nth + 1).copied().unwrap_or(range.end);
        if start == *at || at + 1 == end {
            return None; // Nothing to compare.
        }
        pairs.push(plain(read, start..end)?);
    }
    Some(pairs.join(" && "))
}

/// Words, numbers, strings and brackets between operators.
fn plain(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    if matches!(read.symbol(range.start), "*" | "**") {
        return None;
    }
    let mut out = String::new();
    let mut skip_to = range.start;
    let mut written: Option<usize> = None;
    for index in read.outside(range.clone()) {
        if index < skip_to {
            continue;
        }
        let (piece, next) = piece(read, index, range.start)?;
        if let Some(last) = written
            && has_space(read, last, index)
        {
            out.push(' ');
        }
        out.push_str(&piece);
        skip_to = next;
        written = Some(next - 1);
    }
    Some(out)
}

/// Whether there is white space or a comment between two pieces.
fn has_space(read: &Reading<'_>, left: usize, right: usize) -> bool {
    read.tokens[left].end() < read.tokens[right].start
}

/// One piece and where the next one begins.
fn piece(read: &Reading<'_>, index: usize, start: usize) -> Option<(String, usize)> {
    let token = &read.tokens[index];
    let follows = |word: &str| read.word(index + 1) == word;
    let as_is = |text: &str| Some((text.to_string(), index + 1));
    if token.is_string() {
        let doubled = index > start && read.tokens[index - 1].is_string();
        return (!doubled)
            .then(|| text("", token))
            .flatten()
            .map(|text| (text, index + 1));
    }
    if let Some(next) = prefixed_text(read, index) {
        return Some((text(token.text, next)?, index + 2));
    }
    match token.text {
        "not" if follows("in") => Some(("!in".into(), index + 2)),
        "is" if follows("not") => Some(("!=".into(), index + 2)),
        "is" => as_is("=="),
        "<>" | "!==" => as_is("!="),
        "===" => as_is("=="),
        "self" => as_is("this"),
        "print" if read.symbol(index + 1) != "(" => as_is("|x| print(x)"),
        "(" | "[" | "{" | "#{" => {
            let end = read.partner(index)?;
            let touches = index > start && read.tokens[index - 1].end() == token.start;
            let group = match token.text {
                "(" if touches && is_callable(&read.tokens[index - 1]) => call(read, index, end),
                "(" => tuple(read, index, end),
                "[" if touches => index_or_slice(read, index, end),
                "[" => list(read, index, end),
                _ => map(read, index, end),
            };
            Some((group?, end + 1))
        }
        "=" | ":" | ":=" | ";" | "," | "++" | "--" | "=>" | "->" | "@" | "?" | "\\" => None,
        "not" | "for" | "while" | "if" | "else" | "lambda" | "yield" | "await" | "def"
        | "class" | "import" | "from" | "as" | "raise" | "with" => None,
        other => as_is(other),
    }
}

/// The string directly after a prefix such as `f`.
pub(super) fn prefixed_text<'r, 't>(read: &'r Reading<'t>, index: usize) -> Option<&'r Piece<'t>> {
    let is_prefix = matches!(
        read.word(index).to_ascii_lowercase().as_str(),
        "f" | "r" | "b" | "u" | "rb" | "br" | "fr" | "rf"
    );
    let next = read.tokens.get(index + 1)?;
    (is_prefix && next.is_string() && next.start == read.tokens[index].end()).then_some(next)
}

fn is_callable(token: &Piece<'_>) -> bool {
    let operators = ["and", "or", "not", "in", "is", "if", "else", "return"];
    !operators.contains(&token.text) && (token.kind == crate::syntax::Kind::Word)
        || matches!(token.text, ")" | "]")
}

/// The expressions between the commas.
pub(super) fn expressions(read: &Reading<'_>, range: Range<usize>) -> Option<Vec<String>> {
    let parts = read.parts(range, ",").into_iter();
    parts.map(|part| expression(read, part)).collect()
}

/// `(a, b)` is `[a, b]`; `(a)` stays.
fn tuple(read: &Reading<'_>, open: usize, close: usize) -> Option<String> {
    let inside = expressions(read, open + 1..close)?.join(", ");
    let is_tuple = close == open + 1 || read.find(open + 1..close, ",").is_some();
    Some(if is_tuple {
        format!("[{inside}]")
    } else {
        format!("({inside})")
    })
}

fn list(read: &Reading<'_>, open: usize, close: usize) -> Option<String> {
    let range = open + 1..close;
    if read.find(range.clone(), "for").is_some() {
        return comprehension(read, range);
    }
    Some(format!("[{}]", expressions(read, range)?.join(", ")))
}

/// `e for x in xs if c` is `xs.filter(|x| c).map(|x| e)`.
fn comprehension(read: &Reading<'_>, range: Range<usize>) -> Option<String> {
    let made = Comprehension::of(read, range)?;
    let mut values = expression(read, made.values.clone())?;
    let is_list = read.outside(made.values.clone()).into_iter().all(|index| {
        index > made.values.start || !read.word(index).is_empty() && read.symbol(index + 1) != "("
    });
    if !is_list || made.values.len() > 1 {
        values = format!("list({values})");
    }
    let name = made.name;
    if let Some(condition) = made.condition {
        values = format!("{values}.filter(|{name}| {})", expression(read, condition)?);
    }
    if read.source(made.item.clone()) != name {
        values = format!("{values}.map(|{name}| {})", expression(read, made.item)?);
    }
    Some(values)
}

/// The parts of `item for name in values if condition`.
pub(super) struct Comprehension<'t> {
    pub item: Range<usize>,
    pub name: &'t str,
    pub values: Range<usize>,
    pub condition: Option<Range<usize>>,
}

impl<'t> Comprehension<'t> {
    pub(super) fn of(read: &Reading<'t>, range: Range<usize>) -> Option<Self> {
        let loop_ = read.find(range.clone(), "for")?;
        let name = read.word(loop_ + 1);
        if name.is_empty() || read.word(loop_ + 2) != "in" {
            return None;
        }
        let rest = loop_ + 3..range.end;
        if read.find(rest.clone(), "for").is_some() {
            return None;
        }
        let condition = read.find(rest.clone(), "if");
        Some(Self {
            item: range.start..loop_,
            name,
            values: rest.start..condition.unwrap_or(rest.end),
            condition: condition.map(|at| at + 1..rest.end),
        })
    }
}

/// `f(a, k=v)` is `f(a, #{k: v})`.
fn call(read: &Reading<'_>, open: usize, close: usize) -> Option<String> {
    let (mut given, mut named) = (Vec::new(), Vec::new());
    for part in read.parts(open + 1..close, ",") {
        let is_named = !read.word(part.start).is_empty() && read.symbol(part.start + 1) == "=";
        if is_named {
            let value = expression(read, part.start + 2..part.end)?;
            named.push((read.word(part.start), value));
        } else if read.find(part.clone(), "for").is_some() {
            given.push(comprehension(read, part)?);
        } else {
            given.push(expression(read, part)?);
        }
    }
    let callee = read.word(open - 1);
    let is_function = open < 2 || read.symbol(open - 2) != ".";
    if !named.is_empty() {
        match own_parameters(read, callee).filter(|_| is_function) {
            Some(parameters) => given = by_position(given, named, &parameters)?,
            None => {
                let fields: Vec<String> = named.iter().map(|(k, v)| format!("{k}: {v}")).collect();
                if callee == "print" && !given.is_empty() {
                    given = vec![format!("[{}]", given.join(", "))];
                }
                given.push(format!("#{{{}}}", fields.join(", ")));
            }
        }
    }
    Some(format!("({})", given.join(", ")))
}

/// The parameters of a function that the script defines.
fn own_parameters<'t>(read: &Reading<'t>, name: &str) -> Option<Vec<&'t str>> {
    let mut names = (1..read.tokens.len()).filter(|at| read.word(*at) == name);
    let at = names.find(|at| matches!(read.word(at - 1), "fn" | "def"))?;
    let close = read.partner(at + 1)?;
    parameters(read, at + 2..close)
}

fn by_position(
    mut given: Vec<String>,
    named: Vec<(&str, String)>,
    parameters: &[&str],
) -> Option<Vec<String>> {
    let rest = parameters.get(given.len()..)?;
    if rest.len() != named.len() {
        return None;
    }
    for parameter in rest {
        let (_, value) = named.iter().find(|(name, _)| name == parameter)?;
        given.push(value.clone());
    }
    Some(given)
}

/// The names of parameters, without defaults and types; `None` for `*args`.
pub(super) fn parameters<'t>(read: &Reading<'t>, range: Range<usize>) -> Option<Vec<&'t str>> {
    let parts = read.parts(range, ",").into_iter();
    parts
        .map(|part| Some(read.word(part.start)).filter(|name| !name.is_empty()))
        .collect()
}

/// `{"a": 1}` is `#{a: 1}`.
fn map(read: &Reading<'_>, open: usize, close: usize) -> Option<String> {
    if read.symbol(open) == "{" && !read.is_map(open) {
        return None;
    }
    let mut fields = Vec::new();
    for part in read.parts(open + 1..close, ",") {
        let colon = read
            .find(part.clone(), ":")
            .filter(|at| *at == part.start + 1)?;
        if read.find(part.clone(), "for").is_some() {
            return None;
        }
        let key = key(read, part.start)?;
        fields.push(format!("{key}: {}", expression(read, colon + 1..part.end)?));
    }
    Some(format!("#{{{}}}", fields.join(", ")))
}

fn key(read: &Reading<'_>, index: usize) -> Option<String> {
    let token = &read.tokens[index];
    if !token.is_string() {
        return Some(read.word(index).to_string()).filter(|key| !key.is_empty());
    }
    let quoted = text("", token)?;
    let inner = quoted.trim_matches('"');
    let is_name = inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !crate::syntax::is_reserved(inner);
    Some(if is_name { inner.to_string() } else { quoted })
}

/// `xs[1:3]` is `xs.extract(1..3)`.
fn index_or_slice(read: &Reading<'_>, open: usize, close: usize) -> Option<String> {
    let range = open + 1..close;
    if read.find(range.clone(), "::").is_some() {
        return None;
    }
    let Some(colon) = read.find(range.clone(), ":") else {
        return Some(format!("[{}]", expressions(read, range)?.join(", ")));
    };
    let start = expression(read, range.start..colon).unwrap_or_else(|| "0".into());
    if colon + 1 == range.end {
        return Some(format!(".extract({start})"));
    }
    if read.symbol(colon + 1) == "-" {
        return None;
    }
    let end = expression(read, colon + 1..range.end)?;
    Some(format!(".extract({start}..{end})"))
}
