//! The functions of the module.

use rhai::{Dynamic, FnPtr};

use super::cache::{Compiled, pattern_of};
use super::operations::{findall, finditer, search, split, sub};
use super::pattern::{Pattern, Where};
use super::problem::CLASS;
use super::subject::Subject;
use crate::script::exception_class::construct_with;
use crate::script::{Call, Failure, Namespace, Outcome, memory};

pub(super) fn register(re: &mut Namespace<'_>) {
    re.function("compile", &["pattern", "flags?"], |call| {
        let value = call.value(0);
        pattern_of(call, &value, 1).map(Dynamic::from)
    })
    .function("search", &["pattern", "string", "flags?"], |call| {
        one(call, Where::Anywhere)
    })
    .function("match", &["pattern", "string", "flags?"], |call| {
        one(call, Where::AtStart)
    })
    .function("fullmatch", &["pattern", "string", "flags?"], |call| {
        one(call, Where::Whole)
    })
    .function("findall", &["pattern", "string", "flags?"], |call| {
        let (pattern, subject) = both(call)?;
        findall(call, &pattern, subject)
    })
    .function("finditer", &["pattern", "string", "flags?"], |call| {
        let (pattern, subject) = both(call)?;
        finditer(call, &pattern, subject)
    })
    .function(
        "split",
        &["pattern", "string", "maxsplit?", "flags?"],
        |call| {
            let value = call.value(0);
            let pattern = pattern_of(call, &value, 3)?;
            let (subject, most) = (Subject::whole(call, 1)?, call.int_or(2, 0)?);
            split(call, &pattern, subject, most)
        },
    )
    .function(
        "sub",
        &["pattern", "repl", "string", "count?", "flags?"],
        |call| Ok(substituted(call)?.0.into()),
    )
    .function(
        "subn",
        &["pattern", "repl", "string", "count?", "flags?"],
        |call| {
            let (text, count) = substituted(call)?;
            Ok(vec![Dynamic::from(text), Dynamic::from_int(count)].into())
        },
    )
    .function("escape", &["pattern"], escape)
    .function("purge", &[], |call| {
        call.interp.state::<Compiled>().purge();
        Ok(Dynamic::UNIT)
    })
    .unlisted("error", &["msg", "pattern?", "pos?", "/"], |call| {
        let args = call.rest(0);
        construct_with(call, CLASS, args)
    })
    .getter("error", |_| FnPtr::new(CLASS).map(Dynamic::from));
}

fn both(call: &mut Call<'_>) -> Result<(Pattern, Subject), Failure> {
    let value = call.value(0);
    Ok((pattern_of(call, &value, 2)?, Subject::whole(call, 1)?))
}

fn one(call: &mut Call<'_>, place: Where) -> Outcome {
    let (pattern, subject) = both(call)?;
    search(&pattern, subject, place)
}

fn substituted(call: &mut Call<'_>) -> Result<(String, i64), Failure> {
    let value = call.value(0);
    let pattern = pattern_of(call, &value, 4)?;
    let (replacement, subject) = (call.value(1), Subject::whole(call, 2)?);
    let most = call.int_or(3, 0)?;
    sub(call, &pattern, &replacement, subject, most)
}

/// `escape(pattern)`: a string as the pattern that matches it, with as few backslashes as Python's.
fn escape(call: &mut Call<'_>) -> Outcome {
    const SPECIAL: &str = "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c";
    let text = call.string(0)?;
    memory::for_string(call, text.len().saturating_mul(2))?;
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if SPECIAL.contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    Ok(escaped.into())
}
