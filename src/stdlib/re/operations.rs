//! What patterns do with strings: each for a pattern and a string, as functions of the module and as methods of patterns.

use rhai::{Array, Dynamic, FnPtr};

use super::found::Match;
use super::pattern::{Pattern, Where};
use super::subject::Subject;
use super::template::{self, Piece};
use super::walk::Walk;
use crate::script::{Call, Failure, Outcome, memory, raise, type_name};
use crate::stdlib::builtins::iterator::Iter;
use crate::text::as_string;

/// Returns a match at a certain place; `None` if there is none.
pub(super) fn search(pattern: &Pattern, subject: Subject, place: Where) -> Outcome {
    if subject.is_nothing() {
        return Ok(Dynamic::UNIT);
    }
    let Subject {
        text,
        range,
        searched,
    } = subject;
    let spans = pattern.find(&text, range, place)?;
    Ok(spans.map_or(Dynamic::UNIT, |spans| {
        let near = (range.0, searched.0);
        Dynamic::from(Match::new(pattern.clone(), text, spans, searched, near))
    }))
}

/// Returns all matches as strings, or the groups of each.
pub(super) fn findall(call: &Call<'_>, pattern: &Pattern, subject: Subject) -> Outcome {
    let mut all = Array::new();
    let text = subject.text.clone();
    let mut walk = walk(pattern, subject);
    while let Some(spans) = walk.next_spans()? {
        call.check_interrupts()?;
        let part = |group: usize| {
            let (start, end) = spans[group].unwrap_or((0, 0));
            Dynamic::from(text[start..end].to_string())
        };
        let item = match pattern.groups() {
            0 => part(0),
            1 => part(1),
            groups => (1..=groups).map(part).collect::<Array>().into(),
        };
        memory::for_one_more(call, &all)?;
        all.push(item);
    }
    Ok(all.into())
}

/// Returns an iterator over all matches.
pub(super) fn finditer(call: &Call<'_>, pattern: &Pattern, subject: Subject) -> Outcome {
    let mut walk = walk(pattern, subject);
    let iter = Iter::new(call.interp, "callable_iterator", move || {
        let next = walk.next_match().transpose()?;
        Some(next.map(Dynamic::from))
    });
    Ok(Dynamic::from(iter))
}

/// Returns the string in pieces between matches, with their groups; at most `most` matches, or all of them for 0.
pub(super) fn split(call: &Call<'_>, pattern: &Pattern, subject: Subject, most: i64) -> Outcome {
    let text = subject.text.clone();
    let mut walk = walk(pattern, subject);
    let (mut pieces, mut end, mut count) = (Array::new(), 0, 0);
    while most == 0 || count < most {
        let Some(spans) = walk.next_spans()? else {
            break;
        };
        call.check_interrupts()?;
        memory::for_one_more(call, &pieces)?;
        let (start, stop) = spans[0].unwrap_or((0, 0));
        pieces.push(text[end..start].to_string().into());
        let groups = spans.iter().skip(1).map(|span| match span {
            Some((start, end)) => text[*start..*end].to_string().into(),
            None => Dynamic::UNIT,
        });
        pieces.extend(groups);
        end = stop;
        count += 1;
    }
    pieces.push(text[end..].to_string().into());
    Ok(pieces.into())
}

/// What replaces a match.
enum Replacement {
    Template(Vec<Piece>),
    Function(FnPtr),
}

/// Returns the string with matches replaced, at most `most` of them or all for 0, and how many were.
pub(super) fn sub(
    call: &Call<'_>,
    pattern: &Pattern,
    replacement: &Dynamic,
    subject: Subject,
    most: i64,
) -> Result<(String, i64), Failure> {
    let replacement = match call.callable(replacement) {
        Some(function) => Replacement::Function(function),
        None => {
            let template = as_string(replacement).ok_or_else(|| {
                let found = type_name(replacement);
                let text = format!("repl must be a string or a function, not {found}");
                raise("TypeError", text)
            })?;
            Replacement::Template(template::read(&template, pattern)?)
        }
    };
    let text = subject.text.clone();
    let mut walk = walk(pattern, subject);
    let (mut out, mut end, mut count) = (String::new(), 0, 0);
    while most == 0 || count < most {
        call.check_interrupts()?;
        let span = match &replacement {
            Replacement::Template(pieces) => {
                let Some(spans) = walk.next_spans()? else {
                    break;
                };
                let (start, stop) = spans[0].unwrap_or((0, 0));
                let group = |number: usize| {
                    let (start, end) = spans[number]?;
                    text.get(start..end)
                };
                let length = length_of(pieces, group).saturating_add(start - end);
                memory::for_longer(call, &out, length)?;
                out.push_str(&text[end..start]);
                template::write(pieces, group, &mut out);
                (start, stop)
            }
            Replacement::Function(function) => {
                let Some(found) = walk.next_match()? else {
                    break;
                };
                let (start, stop) = found.spans()[0].unwrap_or((0, 0));
                let result = call.call(function, vec![Dynamic::from(found)])?.flatten();
                let result = replaced_by(&result)?;
                memory::for_longer(call, &out, result.len().saturating_add(start - end))?;
                out.push_str(&text[end..start]);
                out.push_str(&result);
                (start, stop)
            }
        };
        end = span.1;
        count += 1;
    }
    memory::for_longer(call, &out, text.len() - end)?;
    out.push_str(&text[end..]);
    Ok((out, count))
}

fn length_of<'t>(pieces: &[Piece], group: impl Fn(usize) -> Option<&'t str>) -> usize {
    let length = |piece: &Piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Group(number) => group(*number).map_or(0, str::len),
    };
    pieces.iter().map(length).fold(0, usize::saturating_add)
}

/// Returns what a function wants in place of a match; `None` is nothing.
fn replaced_by(result: &Dynamic) -> Result<rhai::ImmutableString, Failure> {
    if result.is_unit() {
        return Ok("".into());
    }
    as_string(result).ok_or_else(|| {
        let found = type_name(result);
        let text = format!("expected str instance, {found} found");
        raise("TypeError", text)
    })
}

/// Returns a template with the groups of a match.
pub(super) fn expand(call: &Call<'_>, found: &Match, template: &rhai::ImmutableString) -> Outcome {
    let pieces = template::read(template, found.pattern())?;
    let mut out = String::new();
    memory::for_longer(call, &out, length_of(&pieces, |number| found.group(number)))?;
    template::write(&pieces, |number| found.group(number), &mut out);
    Ok(out.into())
}

fn walk(pattern: &Pattern, subject: Subject) -> Walk {
    Walk::new(
        pattern.clone(),
        subject.text,
        subject.range,
        subject.searched,
    )
}
