//! How many words of a command line arguments take, decided by what the words look like alone.

use std::collections::HashSet;

use super::model::{Argument, Count};

/// What a word looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A value.
    Value,
    Option,
    /// `--`, behind which everything is a value.
    Dashes,
}

/// Words that may be taken one after another.
#[derive(Debug, Clone, Copy)]
struct Step {
    takes: &'static [Word],
    least: usize,
    most: usize,
    /// The place of the argument among those that are matched.
    of: usize,
}

const DASHES: &[Word] = &[Word::Dashes];
const VALUES: &[Word] = &[Word::Value];
const NO_OPTIONS: &[Word] = &[Word::Value, Word::Dashes];
const ALL: &[Word] = &[Word::Value, Word::Dashes, Word::Option];

/// Returns the steps of an argument. Those by position may have `--` among their values.
fn steps(argument: &Argument, of: usize) -> Vec<Step> {
    let is_option = argument.is_option();
    let step = |takes, least, most| Step {
        takes,
        least,
        most,
        of,
    };
    let many = usize::MAX;
    let any = if is_option { VALUES } else { NO_OPTIONS };
    let values = match argument.count {
        Count::One => vec![step(VALUES, 1, 1)],
        Count::Optional => vec![step(VALUES, 0, 1)],
        Count::Any => vec![step(any, 0, many)],
        Count::Some => vec![step(VALUES, 1, 1), step(any, 0, many)],
        Count::Remainder => vec![step(ALL, 0, many)],
        Count::Parser => vec![step(VALUES, 1, 1), step(ALL, 0, many)],
        Count::Exactly(count) => {
            let mut all = vec![step(VALUES, 1, 1); count];
            if !is_option {
                // Between the values, too.
                all = all
                    .into_iter()
                    .flat_map(|value| [value, step(DASHES, 0, many)])
                    .collect();
            }
            all
        }
    };
    if is_option || argument.count == Count::Remainder {
        return values;
    }
    let dashes = step(DASHES, 0, many);
    std::iter::once(dashes)
        .chain(values)
        .chain([dashes])
        .collect()
}

/// Returns how many of the first words each argument takes; `None` if they do not match. As many as possible are taken by those that come
/// first.
fn matched(arguments: &[&Argument], words: &[Word]) -> Option<Vec<usize>> {
    let all = arguments.iter().enumerate();
    let steps: Vec<Step> = all.flat_map(|(of, argument)| steps(argument, of)).collect();
    let mut taken = vec![0; steps.len()];
    if !take(&steps, words, (0, 0), &mut taken, &mut HashSet::new()) {
        return None;
    }
    let mut counts = vec![0; arguments.len()];
    for (step, taken) in steps.iter().zip(taken) {
        counts[step.of] += taken;
    }
    Some(counts)
}

/// Matches the steps from one on with the words from one on. Pairs that have failed are not tried again.
fn take(
    steps: &[Step],
    words: &[Word],
    (step, word): (usize, usize),
    taken: &mut [usize],
    failed: &mut HashSet<(usize, usize)>,
) -> bool {
    let Some(now) = steps.get(step) else {
        return true;
    };
    if failed.contains(&(step, word)) {
        return false;
    }
    let fitting = words[word..]
        .iter()
        .take(now.most)
        .take_while(|word| now.takes.contains(word));
    let most = fitting.count();
    for count in (now.least..=most).rev() {
        taken[step] = count;
        if take(steps, words, (step + 1, word + count), taken, failed) {
            return true;
        }
    }
    failed.insert((step, word));
    false
}

/// Returns how many words an option takes of those behind it; `None` if there are too few.
pub(super) fn of_option(argument: &Argument, words: &[Word]) -> Option<usize> {
    Some(matched(&[argument], words)?[0])
}

/// Returns how many words each of the first arguments takes: of as many arguments as possible.
pub(super) fn of_positionals(arguments: &[&Argument], words: &[Word]) -> Vec<usize> {
    let mut lengths = (1..=arguments.len()).rev();
    let found = lengths.find_map(|length| matched(&arguments[..length], words));
    found.unwrap_or_default()
}
