//! The `permissions` of a Process: `Process(#{target: f, permissions: #{read: ["/data"], net: false, processes: 0}})`.

use rhai::{Array, Dynamic, Map};

use crate::permissions::{Count, Permissions, Share, Wanted};
use crate::script::{Failure, raise, type_name};
use crate::text::{as_string, quoted};

/// The permissions that can be narrowed.
const KEYS: [&str; 8] = [
    "read",
    "write",
    "net",
    "env",
    "run",
    "signals",
    "processes",
    "threads",
];

/// Returns the permissions `own` narrowed as a script says it.
///
/// # Errors
/// `PermissionError` for more than these; `TypeError` and `ValueError` for what cannot be understood.
pub(super) fn narrowed(own: &Permissions, wanted: &Map) -> Result<Permissions, Failure> {
    let mut child = Wanted::default();
    for (key, value) in wanted {
        match key.as_str() {
            "env" => child.env = Some(share("env", value, |_| Ok(()))?),
            "net" => child.net = Some(share("net", value, is_host)?),
            "processes" => child.processes = Some(processes(value)?),
            "read" => child.read = Some(share("read", value, is_path)?),
            "run" => child.run = Some(flag("run", value)?),
            "signals" => child.signals = Some(flag("signals", value)?),
            "threads" => child.threads = Some(threads(value)?),
            "write" => child.write = Some(share("write", value, is_path)?),
            other => {
                let keys = KEYS.join(", ");
                let text = format!("permissions have no {} (they have {keys})", quoted(other));
                return Err(raise("ValueError", text));
            }
        }
    }
    Ok(own.narrowed(&child)?)
}

/// Reads a bool, a string, or a list of strings, each of which has to be `valid`.
fn share(
    key: &str,
    value: &Dynamic,
    valid: fn(&str) -> Result<(), Failure>,
) -> Result<Share, Failure> {
    if let Ok(all) = value.as_bool() {
        return Ok(Share::All(all));
    }
    let wrong = |found: &Dynamic| {
        let found = type_name(found);
        let text = format!("permissions.{key} must be a bool or a list of strings, not {found}");
        raise("TypeError", text)
    };
    let items = match as_string(value) {
        Some(_) => vec![value.clone()],
        None => value.clone().into_array().map_err(|_| wrong(value))?,
    };
    let text = |item: &Dynamic| {
        let text = as_string(item).ok_or_else(|| wrong(item))?;
        valid(&text)?;
        Ok(text.to_string())
    };
    let texts = items.iter().map(text).collect::<Result<_, Failure>>();
    texts.map(Share::Listed)
}

fn is_path(text: &str) -> Result<(), Failure> {
    match text.is_empty() {
        false => Ok(()),
        true => {
            let text = "permissions: '' is not a path ('.' is the current directory)";
            Err(raise("ValueError", text))
        }
    }
}

fn is_host(text: &str) -> Result<(), Failure> {
    match Permissions::is_host(text) {
        true => Ok(()),
        false => {
            let text = format!(
                "permissions.net: {} is not a valid address (expected HOST or HOST:PORT)",
                quoted(text)
            );
            Err(raise("ValueError", text))
        }
    }
}

fn flag(key: &str, value: &Dynamic) -> Result<bool, Failure> {
    value.as_bool().map_err(|_| {
        let found = type_name(value);
        let text = format!("permissions.{key} must be a bool, not {found}");
        raise("TypeError", text)
    })
}

/// Returns a bool, how many at once, or that and how many generations below the child.
fn processes(value: &Dynamic) -> Result<Count, Failure> {
    if let Ok(any) = value.as_bool() {
        return Ok(Count::Any(any));
    }
    let numbers = match value.read_lock::<Array>() {
        Some(list) => list.to_vec(),
        None => vec![value.clone()],
    };
    let number = |value: &Dynamic| u32::try_from(value.as_int().ok()?).ok();
    let numbers: Option<Vec<u32>> = numbers.iter().map(number).collect();
    match numbers.as_deref() {
        Some([at_once]) => Ok(Count::AtMost(*at_once, None)),
        Some([at_once, depth]) => Ok(Count::AtMost(*at_once, Some(*depth))),
        _ => {
            let text =
                "permissions.processes must be a bool, a number, or a list [at once, generations]";
            Err(raise("TypeError", text))
        }
    }
}

fn threads(value: &Dynamic) -> Result<usize, Failure> {
    let wanted = value.as_int().ok().and_then(|n| usize::try_from(n).ok());
    wanted.ok_or_else(|| {
        let text = "permissions.threads must be a non-negative integer";
        raise("TypeError", text)
    })
}
