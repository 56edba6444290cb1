//! Finds existing names that are similar to a misspelt one.

use std::collections::HashSet;

/// The longest name that is compared with others, in bytes: comparing takes time by its square.
const LONGEST: usize = 100;

/// The most names that are offered.
const OFFERED: usize = 3;

/// The names among `known` that `name` may be a misspelling of, best first: all are equally near.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    if name.len() > LONGEST {
        return Vec::new();
    }
    let mut near: Vec<(usize, &str)> = Vec::new();
    let mut seen = HashSet::from([name]);
    for candidate in known {
        if candidate.len() > LONGEST || !seen.insert(candidate) {
            continue;
        }
        if let Some(distance) = distance(name, candidate) {
            near.push((distance, candidate));
        }
    }
    let Some(best) = near.iter().map(|(distance, _)| *distance).min() else {
        return Vec::new();
    };
    near.retain(|(distance, _)| *distance == best);
    let likeness = |other: &str| strsim::jaro_winkler(name, other);
    near.sort_by(|a, b| likeness(b.1).total_cmp(&likeness(a.1)));
    near.into_iter()
        .map(|(_, name)| name)
        .take(OFFERED)
        .collect()
}

/// The question whether one of these names was meant; nothing if none is similar.
pub(crate) fn did_you_mean<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<String> {
    question(&nearest(name, known))
}

/// `did you mean 'a' or 'b'?`; nothing without names.
pub(super) fn question(names: &[&str]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let (last, others) = quoted.split_last()?;
    Some(match others {
        [] => format!("did you mean {last}?"),
        others => format!("did you mean {} or {last}?", others.join(", ")),
    })
}

/// The number of typing mistakes between two names; `None` if there are too many to suggest the other name.
///
/// Short names are similar to many others: names of two characters have none, and those of up to five must begin alike, or with the
/// first two characters swapped.
fn distance(name: &str, other: &str) -> Option<usize> {
    let (name, other) = (name.to_lowercase(), other.to_lowercase());
    let bare = |text: &str| text.replace('_', "");
    if name.len() > 1 && bare(&name) == bare(&other) {
        return Some(0);
    }
    let allowed = match name.chars().count() {
        0..3 => return None,
        3..=5 if !begin_alike(&name, &other) => return None,
        3..=5 => 1,
        6..=11 => 2,
        _ => 3,
    };
    let distance = strsim::osa_distance(&name, &other);
    (distance <= allowed && distance < other.chars().count().max(2)).then_some(distance)
}

fn begin_alike(name: &str, other: &str) -> bool {
    let (mut name, mut other) = (name.chars(), other.chars());
    let (first, second) = ((name.next(), name.next()), (other.next(), other.next()));
    first.0 == second.0 || first == (second.1, second.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_fingers_are_recognised() {
        for (name, meant) in [
            ("totl", "total"),
            ("tmie", "time"),
            ("oss", "os"),
            ("sleeep", "sleep"),
            ("getpdi", "getpid"),
            ("Valueerror", "ValueError"),
            ("value_error", "ValueError"),
            ("lenght", "length"),
            ("putt", "put"),
            ("ipnut", "input"),
        ] {
            assert_eq!(nearest(name, ["other", meant, "unlike"]), [meant], "{name}");
        }
    }

    #[test]
    fn what_is_not_near_is_not_offered() {
        for (name, known) in [
            ("x", "y"),
            ("x1", "x2"),
            ("ab", "abc"),
            ("foo", "boo"),
            ("glob", "blob"),
            ("pool", "bool"),
            ("subprocess", "Process"),
            ("cat", "dog"),
            ("total", "title"),
            ("get", "exit"),
            ("print", "sprint_planning"),
        ] {
            assert!(nearest(name, [known]).is_empty(), "{name} {known}");
        }
    }

    #[test]
    fn the_best_come_first_and_are_at_most_three() {
        assert_eq!(nearest("valu", ["value", "valve"]), ["value"]);
        let many = ["item1", "item2", "item3", "item4"];
        assert_eq!(nearest("item", many).len(), 3);
        assert_eq!(question(&[]), None);
        assert_eq!(question(&["a"]).unwrap(), "did you mean 'a'?");
        assert_eq!(
            question(&["a", "b", "c"]).unwrap(),
            "did you mean 'a', 'b' or 'c'?"
        );
    }
}
