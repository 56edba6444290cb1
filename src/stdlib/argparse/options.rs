//! Which option a word of the command line is.

use super::model::Model;
use super::trouble::Trouble;

/// A word that is an option.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The argument; `None` for an option that the parser does not have.
    pub argument: Option<usize>,
    /// The option as the parser knows it.
    pub option: String,
    /// What follows `=`, or a short option in the same word.
    pub value: Option<String>,
}

impl Found {
    fn new(argument: Option<usize>, option: &str, value: Option<&str>) -> Self {
        Self {
            argument,
            option: option.into(),
            value: value.map(Into::into),
        }
    }
}

/// Returns the option that a word is; `None` for any other word.
///
/// # Errors
/// It may be the beginning of several options.
pub(super) fn read(model: &Model, word: &str) -> Result<Option<Found>, Trouble> {
    if !word.starts_with('-') {
        return Ok(None);
    }
    if let Some(argument) = model.option(word) {
        return Ok(Some(Found::new(Some(argument), word, None)));
    }
    if word == "-" {
        return Ok(None);
    }
    if let Some((option, value)) = word.split_once('=')
        && let Some(argument) = model.option(option)
    {
        return Ok(Some(Found::new(Some(argument), option, Some(value))));
    }
    let mut meant = meant(model, word);
    if meant.len() > 1 {
        let options: Vec<_> = meant.iter().map(|found| found.option.as_str()).collect();
        let options = options.join(", ");
        let text = format!("ambiguous option: {word} could match {options}");
        return Err(Trouble::Usage(text));
    }
    if let Some(found) = meant.pop() {
        return Ok(Some(found));
    }
    let has_numbers = || {
        let all = model
            .arguments
            .iter()
            .flat_map(|argument| &argument.options);
        all.into_iter().any(|option| is_negative_number(option))
    };
    if is_negative_number(word) && !has_numbers() || word.contains(' ') {
        return Ok(None);
    }
    Ok(Some(Found::new(None, word, None)))
}

/// Returns the options that a word may be the beginning of, or a short option with its value.
fn meant(model: &Model, word: &str) -> Vec<Found> {
    let is_long = word.starts_with("--");
    if is_long && !model.abbreviates {
        return Vec::new();
    }
    let (beginning, value) = match word.split_once('=').filter(|_| is_long) {
        Some((beginning, value)) => (beginning, Some(value)),
        None => (word, None),
    };
    let short = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
    let (short, rest) = word.split_at(short);
    let mut found = Vec::new();
    for (place, argument) in model.arguments.iter().enumerate() {
        for option in &argument.options {
            if !is_long && option == short {
                found.push(Found::new(Some(place), option, Some(rest)));
            } else if option.starts_with(beginning) {
                found.push(Found::new(Some(place), option, value));
            }
        }
    }
    found
}

/// `-1`, `-.5`
fn is_negative_number(word: &str) -> bool {
    let Some(number) = word.strip_prefix('-') else {
        return false;
    };
    let are_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    match number.split_once('.') {
        None => !number.is_empty() && are_digits(number),
        Some((whole, fraction)) => {
            are_digits(whole) && !fraction.is_empty() && are_digits(fraction)
        }
    }
}
