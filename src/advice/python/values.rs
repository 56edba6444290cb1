//! Recognises Python's values, arguments and parameters.

use super::reading::Reading;
use super::row::Found;
use super::statement::statement;

/// `let a, b = 1, 2`, `let (a, b) = t`, `for i, x in enumerate(xs)`.
pub(super) fn unpacking(read: &Reading<'_>) -> Option<Found> {
    let range = read.statement(read.at.min(read.tokens.len().saturating_sub(1)));
    let declares = matches!(read.word(range.start), "let" | "const" | "var");
    let names = match read.word(range.start) {
        "for" => range.start + 1..read.find(range.clone(), "in")?,
        _ => range.start + usize::from(declares)..read.find(range.clone(), "=")?,
    };
    let is_pattern = declares && matches!(read.symbol(names.start), "(" | "[" | "{");
    let is_it = match read.symbol(read.at) {
        "," => {
            names.contains(&read.at) && read.bracket_around(read.at).is_none_or(|b| b < range.start)
        }
        "(" | "[" | "{" => is_pattern && read.at == names.start,
        _ => false,
    };
    is_it.then(|| Found::code(statement(read, range)))
}

/// `let a = 1, b = 2;`
pub(super) fn several(read: &Reading<'_>) -> Option<Found> {
    let range = read.statement(read.before()?);
    let is_it = read.symbol(read.at) == "," && read.word(range.start) == "let";
    if !is_it || !read.outside(range.clone()).contains(&read.at) {
        return None;
    }
    let parts = read.parts(range.start + 1..range.end, ",").into_iter();
    let each: Option<Vec<String>> = parts
        .map(|part| match read.word(part.start) {
            "let" => part.start + 1..part.end,
            _ => part,
        })
        .map(|part| Some(format!("let {};", read.source(part.clone()))).filter(|_| part.len() > 2))
        .collect();
    Some(Found::code(each.map(|each| each.join(" "))))
}

/// `a = b = 1`
pub(super) fn chained(read: &Reading<'_>) -> Option<Found> {
    let range = read.statement(read.before()?);
    let words = range.start + usize::from(read.word(range.start) == "let");
    let (first, second) = (read.word(words), read.word(words + 2));
    let is_it = read.symbol(words + 1) == "="
        && read.symbol(words + 3) == "="
        && read.at == words + 3
        && !first.is_empty()
        && !second.is_empty();
    let value = read.source(words + 4..range.end);
    let code = format!("let {second} = {value}; let {first} = {second};");
    is_it.then(|| Found::code(Some(code)))
}

/// The parameters of a function, if the error is among them.
fn parameter_list(read: &Reading<'_>) -> Option<usize> {
    let open = match read.symbol(read.at) {
        "(" => read.at,
        _ => read.bracket_around(read.at)?,
    };
    let name = open.checked_sub(1)?;
    let is_function = name > 0 && matches!(read.word(name - 1), "fn" | "def");
    (is_function && read.symbol(open) == "(").then_some(open)
}

/// `let x: int = 1`, `fn f(x: int)`.
pub(super) fn typed(read: &Reading<'_>) -> Option<Found> {
    if read.symbol(read.at) != ":" {
        return None;
    }
    let range = read.statement(read.at);
    let name = match read.word(range.start) {
        "let" | "const" | "var" => range.start + 1,
        _ => range.start,
    };
    let is_variable = read.at == name + 1
        && !read.word(name).is_empty()
        && !super::reading::HEADERS.contains(&read.word(name))
        && read.word(name) != "default"
        && read.find(range.clone(), "=").is_some();
    (is_variable || parameter_list(read).is_some()).then(|| Found::code(statement(read, range)))
}

/// `fn f(x) -> int { … }`
pub(super) fn return_type(read: &Reading<'_>) -> Option<Found> {
    let before = read.before().filter(|_| read.symbol(read.at) == "->")?;
    let range = read.statement(before);
    let head = range.start..read.at;
    (read.word(range.start) == "fn").then(|| Found::code(statement(read, head)))
}

/// `fn f(x=1)`.
pub(super) fn default(read: &Reading<'_>) -> Option<Found> {
    let open = parameter_list(read).filter(|_| read.symbol(read.at) == "=")?;
    Some(Found::rewritten(read, open))
}

/// `fn f(*args)`.
pub(super) fn star_parameter(read: &Reading<'_>) -> Option<Found> {
    let open = parameter_list(read)?;
    let mut star = open + 1..(read.at + 2).min(read.tokens.len());
    let star = star.find(|at| matches!(read.symbol(*at), "*" | "**"))?;
    let name = Some(read.word(star + 1)).filter(|name| !name.is_empty())?;
    let function = read.word(open - 1);
    let instead = if read.symbol(star) == "*" {
        "a list"
    } else {
        "a map"
    };
    Some(Found::names([read.symbol(star), name, instead, function]).at(read.place_of(star)))
}

/// `f(*xs)`.
pub(super) fn star_argument(read: &Reading<'_>) -> Option<Found> {
    let near = [
        Some(read.at),
        read.before(),
        Some(read.at + 1),
        Some(read.at + 2),
    ];
    let mut near = near.into_iter().flatten().filter(|at| *at > 1);
    let star = near.find(|at| {
        matches!(read.symbol(*at), "*" | "**") && matches!(read.symbol(at - 1), "(" | ",")
    })?;
    let open = read
        .bracket_around(star)
        .filter(|open| read.symbol(*open) == "(" && *open > 0)?;
    let is_call = !read.word(open - 1).is_empty();
    is_call.then(|| Found::default().at(read.place_of(star)))
}

/// `f(x, timeout=3)`.
pub(super) fn keyword(read: &Reading<'_>) -> Option<Found> {
    let is_it = read.symbol(read.at) == "=" && !read.word_before().is_empty();
    let open = read.bracket_around(read.at).filter(|_| is_it)?;
    let begins = read.before()?.checked_sub(1)?;
    let is_call = open > 0 && !super::reading::HEADERS.contains(&read.word(open - 1));
    let is_argument =
        is_call && read.symbol(open) == "(" && matches!(read.symbol(begins), "(" | ",");
    let place = read.place_of(read.before()?);
    is_argument.then(|| Found::rewritten(read, open).at(place))
}

/// `[x for x in xs]`, `sum(x for x in xs)`.
pub(super) fn comprehension(read: &Reading<'_>) -> Option<Found> {
    let open = read
        .bracket_around(read.at)
        .filter(|_| read.word(read.at) == "for")?;
    let is_it = matches!(read.symbol(open), "(" | "[") || read.is_map(open);
    is_it.then(|| Found::rewritten(read, open))
}

/// `xs[1:3]`.
pub(super) fn slice(read: &Reading<'_>) -> Option<Found> {
    let is_colon = matches!(read.symbol(read.at), ":" | "::");
    let open = read.bracket_around(read.at).filter(|_| is_colon)?;
    (read.symbol(open) == "[").then(|| Found::rewritten(read, open))
}

/// `{"a": 1}`.
pub(super) fn dict(read: &Reading<'_>) -> Option<Found> {
    let open = read
        .bracket_around(read.at)
        .filter(|_| read.symbol(read.at) == ":")?;
    let is_dict = read.symbol(open) == "{" && read.is_map(open) && read.before()? == open + 1;
    is_dict.then(|| Found::rewritten(read, open).at(read.place_of(open)))
}

/// `{1, 2}`.
pub(super) fn set(read: &Reading<'_>) -> Option<Found> {
    let open = read
        .bracket_around(read.at)
        .filter(|_| read.symbol(read.at) == ",")?;
    let close = read.partner(open)?;
    let is_set = read.symbol(open) == "{" && read.is_map(open);
    is_set.then(|| Found::names([read.source(open + 1..close)]).at(read.place_of(open)))
}

/// `#{'a': 1}`, `#{1: 2}`.
pub(super) fn map_key(read: &Reading<'_>) -> Option<Found> {
    let open = read.bracket_around(read.at)?;
    let is_key = read.symbol(open) == "#{" && read.symbol(read.at + 1) == ":";
    let token = read.tokens.get(read.at).filter(|_| is_key)?;
    let key = token.text.trim_matches('\'');
    let code = (!key.is_empty() && !key.contains('"')).then(|| format!("#{{\"{key}\": …}}"));
    let code = statement(read, read.statement(open)).or(code);
    (token.is_string() || token.text.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| Found::code(code))
}

/// `#{a = 1}`.
pub(super) fn map_colon(read: &Reading<'_>) -> Option<Found> {
    let is_it = read
        .message
        .starts_with("Expecting ':' to follow the property");
    let open = read.bracket_around(read.at).filter(|_| is_it)?;
    (read.symbol(open) == "#{").then(Found::default)
}

/// `(1, 2)`, `return a, b`.
pub(super) fn tuple(read: &Reading<'_>) -> Option<Found> {
    let range = read.statement(read.before()?);
    if read.symbol(read.at) == ","
        && read.word(range.start) == "return"
        && range.contains(&read.at)
        && read.outside(range.clone()).contains(&read.at)
    {
        return Some(Found::code(statement(read, range)));
    }
    let open = read
        .bracket_around(read.at)
        .filter(|_| read.symbol(read.at) == ",")?;
    let is_arrow = read
        .partner(open)
        .is_some_and(|close| read.symbol(close + 1) == "=>");
    let is_tuple =
        read.symbol(open) == "(" && read.message.contains("for a matching (") && !is_arrow;
    is_tuple.then(|| Found::rewritten(read, open).at(read.place_of(open)))
}

/// `x if c else y`.
pub(super) fn conditional(read: &Reading<'_>) -> Option<Found> {
    if read.word(read.at) != "if" {
        return None;
    }
    let range = read.statement(read.at);
    let has_else = (read.at..range.end).any(|at| read.word(at) == "else");
    (range.start < read.at && has_else).then(|| Found::code(statement(read, range)))
}

/// `x === y`.
pub(super) fn triple_equals(read: &Reading<'_>) -> Option<Found> {
    let symbol = read.symbol(read.at);
    let is_it = matches!(symbol, "===" | "!==");
    is_it.then(|| Found {
        names: vec![symbol.into(), symbol[..2].into()],
        ..Found::rewritten(read, read.at)
    })
}
