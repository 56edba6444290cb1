//! Why a value is None: a missing key, a function without a result, a method that changes its list.

use super::asked::Asked;

/// Methods that change a list and return nothing.
const IN_PLACE: [&str; 12] = [
    "append", "clear", "extend", "for_each", "insert", "pad", "push", "reverse", "set", "shuffle",
    "sort", "truncate",
];

/// Explains the value whose source ends before the piece at `end`.
pub(super) fn before(asked: &Asked<'_>, end: usize) -> Option<String> {
    let (start, _) = asked.outline.value_before(end)?;
    explain(asked, start, end).or_else(|| {
        let text = asked.outline.text_of(start..end);
        (text != "None").then(|| format!("'{text}' is None here"))
    })
}

/// Explains the value that begins with the piece at `start`.
pub(super) fn from(asked: &Asked<'_>, start: usize) -> Option<String> {
    let (end, _) = asked.outline.value_from(start)?;
    before(asked, end)
}

/// Explains the operand of an operator that is None; the message names the types of both.
pub(super) fn operand(asked: &Asked<'_>) -> Option<String> {
    let types = asked
        .message
        .strip_prefix("unsupported operand type(s) for ")?;
    let (_, types) = types.split_once(": ")?;
    match types.split_once(" and ")? {
        ("'NoneType'", _) => {
            let start = count_up(asked);
            start.or_else(|| before(asked, asked.at))
        }
        (_, "'NoneType'") => from(asked, asked.at + 1),
        _ => None,
    }
}

/// `counts[word] += 1`: how the first value gets there.
fn count_up(asked: &Asked<'_>) -> Option<String> {
    let outline = &asked.outline;
    let operator = asked.word().strip_suffix('=')?;
    let (start, path) = outline.value_before(asked.at)?;
    let (map, key) = map_and_key(asked, start, asked.at)?;
    let (_, more) = outline.value_from(asked.at + 1)?;
    let first = if more.starts_with(['"', '`']) {
        "\"\""
    } else {
        "0"
    };
    Some(format!(
        "a missing key reads as None; write: {path} = {map}.get({key}, {first}) {operator} {more};"
    ))
}

/// `d` and `"a"` for `d.a` and `d["a"]`.
fn map_and_key(asked: &Asked<'_>, start: usize, end: usize) -> Option<(String, String)> {
    let outline = &asked.outline;
    let last = end.checked_sub(1)?;
    if outline.piece(last) == "]" {
        let open = outline.opening(last).filter(|open| *open >= start)?;
        let key = outline.text_of(open + 1..last);
        // Of a list.
        if key.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return None;
        }
        return Some((outline.text_of(start..open).into(), key.into()));
    }
    let is_member = last >= start + 2 && outline.piece(last - 1) == "." && outline.is_word(last);
    is_member.then(|| {
        let key = format!("\"{}\"", outline.piece(last));
        (outline.text_of(start..last - 1).into(), key)
    })
}

fn explain(asked: &Asked<'_>, start: usize, end: usize) -> Option<String> {
    let outline = &asked.outline;
    let text = outline.text_of(start..end);
    if let Some(call) = of_call(asked, start, end) {
        return Some(call);
    }
    if let Some((map, key)) = map_and_key(asked, start, end) {
        let instead = match asked.message.starts_with("unsupported operand") {
            true => format!("; write {map}.get({key}, 0)"),
            false => String::new(),
        };
        return Some(format!(
            "'{text}' is None here: a missing key reads as None{instead}"
        ));
    }
    let is_name = end == start + 1 && outline.is_word(start);
    let made = (1..start)
        .rev()
        .filter(|_| is_name)
        .find(|at| outline.piece(*at) == "=" && outline.piece(at - 1) == text)?;
    let (end, _) = outline.value_from(made + 1)?;
    let why = of_call(asked, made + 1, end)?;
    Some(format!(
        "'{text}' is None since line {}: {why}",
        outline.line(made)
    ))
}

/// A call that returns nothing.
fn of_call(asked: &Asked<'_>, start: usize, end: usize) -> Option<String> {
    let outline = &asked.outline;
    let close = end.checked_sub(1).filter(|at| outline.piece(*at) == ")")?;
    let open = outline.opening(close).filter(|open| *open >= start)?;
    let name = open.checked_sub(1).filter(|at| outline.is_word(*at))?;
    let word = outline.piece(name);
    if name > start && outline.piece(name - 1) == "." {
        let list = outline.text_of(start..name - 1);
        let instead = match word {
            "sort" => format!(", or write sorted({list})"),
            _ => String::new(),
        };
        return IN_PLACE.contains(&word).then(|| {
            format!("{word}() changes the list and returns None; go on with {list}{instead}")
        });
    }
    let (defined, _) = outline.functions().find(|(_, name)| *name == word)?;
    let body = outline.closing(defined + 1)? + 1;
    let last = outline.closing(body)?;
    let end = if outline.piece(last - 1) == ";" {
        last - 1
    } else {
        last
    };
    let is_end = |at: &usize| matches!(outline.piece(*at), ";" | "{" | "}");
    let start = (body..end).rev().find(is_end)? + 1;
    let line = outline.line(defined);
    Some(match (outline.piece(start), outline.piece(start + 2)) {
        ("let" | "const", "=") => {
            let value = outline.piece(start + 1);
            format!("{word}() of line {line} returns None: end it with the value: return {value};")
        }
        _ => format!("{word}() of line {line} returned None: end it with a value, or with return"),
    })
}
