//! What a value or a constant cannot do.

use super::asked::Asked;
use super::nothing;

pub(super) fn help(asked: &Asked<'_>) -> Vec<String> {
    let found = not_none(asked)
        .or_else(|| nothing::operand(asked))
        .or_else(|| shared_number(asked))
        .or_else(|| operand(asked))
        .or_else(|| compared(asked))
        .or_else(|| context(asked))
        .or_else(|| format_values(asked))
        .or_else(|| constant(asked))
        .or_else(|| condition(asked))
        .or_else(|| index(asked))
        .or_else(|| iteration(asked))
        .or_else(|| crossing(asked))
        .or_else(|| crossing_of_ours(asked));
    found.into_iter().collect()
}

/// The value before the dot or the bracket is None.
pub(super) fn none(asked: &Asked<'_>) -> Option<String> {
    let at = asked.at;
    let end = match asked.outline.piece(at) {
        "." | "?." | "[" => at,
        _ => at.checked_sub(1)?,
    };
    nothing::before(asked, end)
}

fn not_none(asked: &Asked<'_>) -> Option<String> {
    let message = asked.message;
    if message == "object of type 'NoneType' has no len()" {
        return nothing::from(asked, asked.at + 2);
    }
    let is_it = message.starts_with("'NoneType' object is not subscriptable")
        || message.starts_with("NoneType.");
    is_it.then(|| none(asked)).flatten()
}

/// Arithmetic with a Value or an Array itself.
fn shared_number(asked: &Asked<'_>) -> Option<String> {
    let operation = asked
        .message
        .strip_prefix("unsupported operand type(s) for ");
    let operation = operation.or_else(|| {
        asked
            .message
            .split_once("not supported between ")
            .map(|(_, types)| types)
    })?;
    let is_value = operation.contains("'Synchronized'") || operation.contains("'RawValue'");
    let is_array = operation.contains("'SynchronizedArray'") || operation.contains("'RawArray'");
    let outline = &asked.outline;
    let (_, name) = outline.value_before(asked.at)?;
    if is_array {
        return Some(format!("the numbers of an Array are its items: {name}[0]"));
    }
    let rest = outline
        .value_from(asked.at + 1)
        .map_or("1", |(_, text)| text);
    is_value.then(|| match asked.word() {
        "+=" => format!(
            "write {name}.add({rest}); it is one step, which no other process can interrupt"
        ),
        "-=" => format!(
            "write {name}.add(-{rest}); it is one step, which no other process can interrupt"
        ),
        word => format!("the number in a Value is its attribute value: {name}.value {word} {rest}"),
    })
}

fn constant(asked: &Asked<'_>) -> Option<String> {
    if let Some(rest) = asked.message.strip_prefix("cannot change constant '") {
        let name = rest.strip_suffix('\'')?;
        return Some(declare_with_let(name));
    }
    let is_it = asked.message.contains(" a constant") && asked.message.contains("cannot ");
    is_it.then(
        || match asked.outline.path_before(asked.at.wrapping_sub(1)) {
            Some(name) if !name.contains('.') => declare_with_let(name),
            _ => "declare it with let to change it".into(),
        },
    )
}

fn declare_with_let(name: &str) -> String {
    format!("declare '{name}' with let, or change a copy: let copy = {name};")
}

/// How to turn a value into a condition, if its source is not known.
fn condition(asked: &Asked<'_>) -> Option<String> {
    let found = asked.message.strip_prefix("must be True or False, not ")?;
    Some(match found {
        "int" | "float" => "compare it: x != 0".into(),
        "str" | "list" | "dict" | "bytes" => "ask for its length: len(x) > 0".into(),
        "NoneType" => "compare it: x != None".into(),
        _ => "write bool(x)".into(),
    })
}

fn index(asked: &Asked<'_>) -> Option<String> {
    let in_brackets = ["[", "]"].contains(&asked.word())
        || asked
            .at
            .checked_sub(1)
            .is_some_and(|before| asked.outline.piece(before) == "[");
    match asked.message {
        "must be int, not str" if in_brackets => {
            Some("list indices are integers: items[int(i)]".into())
        }
        "must be str, not int" if in_brackets => {
            Some("keys of an object map are strings: d[str(key)]".into())
        }
        _ => None,
    }
}

fn iteration(asked: &Asked<'_>) -> Option<String> {
    let class = asked.message.strip_suffix("' object is not iterable")?;
    let class = class.strip_prefix('\'')?;
    let is_loop = asked
        .at
        .checked_sub(1)
        .is_some_and(|at| asked.outline.piece(at) == "in");
    if !is_loop {
        return mapped(asked, class);
    }
    let (end, value) = asked.outline.value_from(asked.at)?;
    let name = asked.outline.piece(asked.at - 2);
    Some(match class {
        "NoneType" => return nothing::before(asked, end),
        "int" => format!("to repeat {value} times: for {name} in range({value}) {{ … }}"),
        "function" => format!("call it: for {name} in {value}() {{ … }}"),
        "Connection" => format!("receive in a loop: loop {{ let {name} = {value}.recv(); … }}"),
        _ if class.ends_with("Queue") => {
            format!("take items until None arrives: for {name} in {value}.iter_until(None) {{ … }}")
        }
        "Process" | "Thread" => {
            format!("iterate over a list of them: for {name} in [{value}] {{ … }}")
        }
        _ => "lists, strings, dicts, files and ranges can be iterated over".into(),
    })
}

/// `pool.map(xs, f)`, `pool.map(f, 5)`
fn mapped(asked: &Asked<'_>, class: &str) -> Option<String> {
    let outline = &asked.outline;
    let (value, args) = asked.receiver()?;
    let name = asked.word();
    let is_map = name.contains("map") && outline.is_called(asked.at);
    let (_, first) = outline.value_from(asked.at + 2).filter(|_| is_map)?;
    match class {
        "function" => {
            let rest = args.get(first.len()..)?.trim_start_matches([',', ' ']);
            Some(format!(
                "the function comes first: {value}.{name}({rest}, {first})"
            ))
        }
        "int" => {
            // A closure is no value of names and calls: its list is behind the last comma.
            let list = args.rsplit(',').next()?.trim();
            let function = args.strip_suffix(list).unwrap_or(args);
            Some(format!(
                "it needs a list or a range: {value}.{name}({function}range({list}))"
            ))
        }
        _ => None,
    }
}

/// Arithmetic with a function, or with a list and one item.
fn operand(asked: &Asked<'_>) -> Option<String> {
    let types = asked
        .message
        .strip_prefix("unsupported operand type(s) for ")?;
    let (operator, types) = types.split_once(": ")?;
    let outline = &asked.outline;
    let (left, right) = types.split_once(" and ")?;
    let value = match (left, right) {
        ("'function'", _) => outline.value_before(asked.at)?.1,
        (_, "'function'") => outline.value_from(asked.at + 1)?.1,
        ("'list'", _) if operator == "+" && asked.word() == "+" => {
            let (list, item) = (
                outline.value_before(asked.at)?.1,
                outline.value_from(asked.at + 1)?.1,
            );
            return Some(format!("a list is added to a list: {list} + [{item}]"));
        }
        _ => return None,
    };
    Some(format!("'{value}' is a function: call it: {value}()"))
}

/// `1 < x < 10`, `"5" > 3`
fn compared(asked: &Asked<'_>) -> Option<String> {
    let (_, types) = asked
        .message
        .split_once(" not supported between instances of ")?;
    let (symbol, outline) = (asked.word(), &asked.outline);
    let (start, left) = outline.value_before(asked.at)?;
    let (_, right) = outline.value_from(asked.at + 1)?;
    match types.split_once(" and ")? {
        ("'bool'", _) => {
            let before = outline.piece(start.checked_sub(1)?);
            let is_second = matches!(before, "<" | "<=" | ">" | ">=");
            is_second.then(|| format!("compare twice: … {left} && {left} {symbol} {right}"))
        }
        ("'str'", number @ ("'int'" | "'float'")) => {
            let left = format!("{}({left})", number.trim_matches('\''));
            Some(number_of_string(&left, symbol, right))
        }
        (number @ ("'int'" | "'float'"), "'str'") => {
            let right = format!("{}({right})", number.trim_matches('\''));
            Some(number_of_string(left, symbol, &right))
        }
        _ => None,
    }
}

fn number_of_string(left: &str, symbol: &str, right: &str) -> String {
    format!("make a number of the string: {left} {symbol} {right}")
}

/// `with lock.acquire() { … }`, `with 5 { … }`
fn context(asked: &Asked<'_>) -> Option<String> {
    let is_it = asked
        .message
        .ends_with("object does not support the context manager protocol");
    let outline = &asked.outline;
    let mut before = (0..outline.len().min(asked.at)).rev();
    let with = before.find(|at| is_it && outline.piece(*at) == "with")?;
    let (_, item) = outline.value_from(with + 1)?;
    Some(match item.split_once(".acquire(") {
        Some((lock, _)) => format!("`with` acquires the lock itself: with {lock} {{ … }}"),
        None => "`with` takes locks, files, pools, and objects with __enter__ and __exit__".into(),
    })
}

/// `"%s and %s" % a`
fn format_values(asked: &Asked<'_>) -> Option<String> {
    let is_it = asked.message == "not enough arguments for format string";
    let (_, value) = asked.outline.value_from(asked.at + 1).filter(|_| is_it)?;
    Some(format!(
        "the format has more places than there are values: … % [{value}, …]"
    ))
}

/// A value that stays in its process.
fn crossing_of_ours(asked: &Asked<'_>) -> Option<String> {
    let (before, _) = asked.message.split_once(", which cannot be sent ")?;
    Some(match before.rsplit(' ').next()? {
        "File" => "send its path, and open the file where it is used: open(path)".into(),
        "Thread" => {
            "send what the thread has computed, or start the thread where it is used".into()
        }
        "Pool" | "ThreadPool" => "create the pool in the process that uses it".into(),
        class if class.ends_with("Executor") => "create it in the process that uses it".into(),
        "Future" | "AsyncResult" => "send its result".into(),
        _ => return None,
    })
}

/// A value of the embedding program that cannot be sent to another process.
fn crossing(asked: &Asked<'_>) -> Option<String> {
    let (before, _) = asked
        .message
        .split_once(", a type of the embedding program that cannot be sent")?;
    let name = before.rsplit(' ').next()?;
    Some(format!(
        "the program makes it sendable with Setup::sendable::<{name}>(\"{name}\")"
    ))
}
