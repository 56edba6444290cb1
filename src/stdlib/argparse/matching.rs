//! Which words of a command line belong to which argument.

use std::collections::{BTreeMap, HashSet};

use rhai::{Dynamic, Map};

use super::effects::take_effect;
use super::leaving::report;
use super::model::{Action, Argument, Commands, Count, Model};
use super::options::{Found, read};
use super::pattern::{Word, of_option, of_positionals};
use super::trouble::Trouble;
use super::values::{self, Value};
use crate::script::Call;
use crate::stdlib::builtins::compare::equal;

/// The values of a command line, and the words that no argument has taken.
pub(super) struct Parsed {
    pub values: Map,
    pub extras: Vec<String>,
}

/// Parses a command line. `values` are there already.
///
/// # Errors
/// The command line does not fit the parser; help was asked for, and the script ends.
pub(super) fn parse(
    call: &Call<'_>,
    model: &Model,
    words: &[String],
    values: Map,
) -> Result<Parsed, Trouble> {
    let mut parse = Parse::new(call, model, words, values)?;
    parse.run()?;
    parse.finish()?;
    Ok(parse.parsed)
}

struct Parse<'a> {
    call: &'a Call<'a>,
    model: &'a Model,
    words: &'a [String],
    /// What the words look like.
    looks: Vec<Word>,
    options: BTreeMap<usize, Found>,
    /// Arguments by position that have not taken words yet.
    positionals: Vec<usize>,
    seen: HashSet<usize>,
    /// Those that were given, and not by their defaults.
    given: HashSet<usize>,
    parsed: Parsed,
}

impl<'a> Parse<'a> {
    fn new(
        call: &'a Call<'a>,
        model: &'a Model,
        words: &'a [String],
        mut values: Map,
    ) -> Result<Self, Trouble> {
        for argument in &model.arguments {
            if let (Some(dest), Some(default)) = (&argument.dest, &argument.default) {
                let default = || default.clone();
                values.entry(dest.as_str().into()).or_insert_with(default);
            }
        }
        for (name, value) in &model.defaults {
            values.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let (mut looks, mut options) = (Vec::new(), BTreeMap::new());
        for (index, word) in words.iter().enumerate() {
            looks.push(if looks.contains(&Word::Dashes) {
                Word::Value
            } else if word == "--" {
                Word::Dashes
            } else if let Some(found) = read(model, word)? {
                options.insert(index, found);
                Word::Option
            } else {
                Word::Value
            });
        }
        let extras = Vec::new();
        Ok(Self {
            call,
            model,
            words,
            looks,
            options,
            positionals: model.positionals(),
            seen: HashSet::new(),
            given: HashSet::new(),
            parsed: Parsed { values, extras },
        })
    }

    fn run(&mut self) -> Result<(), Trouble> {
        let mut at = 0;
        while let Some(next) = self.options.range(at..).next().map(|(index, _)| *index) {
            if at != next {
                let end = self.take_positionals(at)?;
                if end > at {
                    at = end;
                    continue;
                }
                self.skip(at, next);
            }
            at = self.take_option(next)?;
        }
        let end = self.take_positionals(at)?;
        self.skip(end, self.words.len());
        Ok(())
    }

    /// Leaves words to nobody.
    fn skip(&mut self, from: usize, to: usize) {
        let words = self.words[from..to].iter().cloned();
        self.parsed.extras.extend(words);
    }

    /// Lets arguments by position take the words from `at` on, and returns where they end.
    fn take_positionals(&mut self, mut at: usize) -> Result<usize, Trouble> {
        let arguments = self.positionals.iter();
        let arguments: Vec<_> = arguments
            .map(|place| &self.model.arguments[*place])
            .collect();
        let counts = of_positionals(&arguments, &self.looks[at..]);
        let taking: Vec<_> = self.positionals.drain(..counts.len()).collect();
        for (place, count) in taking.into_iter().zip(counts) {
            let words = self.words[at..at + count].to_vec();
            at += count;
            self.take(place, words, "")?;
        }
        Ok(at)
    }

    /// Lets the option at `at` take its words, and returns where they end. A word may be several short options.
    fn take_option(&mut self, at: usize) -> Result<usize, Trouble> {
        let Found {
            argument,
            mut option,
            mut value,
        } = self.options[&at].clone();
        let Some(mut place) = argument else {
            self.skip(at, at + 1);
            return Ok(at + 1);
        };
        let mut taking = Vec::new();
        let end = loop {
            let argument = &self.model.arguments[place];
            let Some(rest) = value else {
                let count = of_option(argument, &self.looks[at + 1..]);
                let count = count.ok_or_else(|| too_few(argument))?;
                let end = at + 1 + count;
                taking.push((place, self.words[at + 1..end].to_vec(), option));
                break end;
            };
            let ignored = || {
                let shown = self.call.repr(&rest.clone().into());
                Trouble::about(argument, &format!("ignored explicit argument {shown}"))
            };
            let count = of_option(argument, &[Word::Value]);
            match count.ok_or_else(|| too_few(argument))? {
                0 if !option.starts_with("--") && !rest.is_empty() => {
                    let length = rest.chars().next().map_or(0, char::len_utf8);
                    let next = format!("-{}", &rest[..length]);
                    let found = self.model.option(&next).ok_or_else(ignored)?;
                    taking.push((place, Vec::new(), option));
                    value = Some(rest[length..].to_string()).filter(|rest| !rest.is_empty());
                    (place, option) = (found, next);
                }
                1 => {
                    taking.push((place, vec![rest], option));
                    break at + 1;
                }
                _ => return Err(ignored()),
            }
        };
        for (place, words, option) in taking {
            self.take(place, words, &option)?;
        }
        Ok(end)
    }

    fn take(&mut self, place: usize, words: Vec<String>, option: &str) -> Result<(), Trouble> {
        let argument = &self.model.arguments[place];
        self.seen.insert(place);
        let value = match values::read(self.call, argument, words)? {
            Value::Default(value) => value,
            Value::Given(value) => {
                self.note_given(place)?;
                value
            }
        };
        if let Action::Parsers(commands) = &argument.action {
            return self.run_command(argument, commands, value);
        }
        let values = &mut self.parsed.values;
        take_effect(self.call, (self.model, argument), (value, option), values)
    }

    /// Runs the parser of a sub-command on the words behind its name.
    fn run_command(
        &mut self,
        argument: &Argument,
        commands: &Commands,
        words: Dynamic,
    ) -> Result<(), Trouble> {
        let words = words.into_array().unwrap_or_default().into_iter();
        let mut words = words.map(|word| word.to_string());
        let name = words.next().unwrap_or_default();
        if let Some(dest) = &argument.dest {
            let name = Dynamic::from(name.clone());
            self.parsed.values.insert(dest.as_str().into(), name);
        }
        let found = commands.parsers.iter().find(|(known, _)| *known == name);
        let Some((_, parser)) = found else {
            return Ok(());
        };
        let model = parser.model();
        let words: Vec<String> = words.collect();
        let inner = parse(self.call, &model, &words, Map::new())
            .map_err(|trouble| report(self.call, &model, trouble))?;
        self.parsed.values.extend(inner.values);
        self.parsed.extras.extend(inner.extras);
        Ok(())
    }

    /// Notes an argument that was given.
    ///
    /// # Errors
    /// One was given that excludes it.
    fn note_given(&mut self, place: usize) -> Result<(), Trouble> {
        self.given.insert(place);
        let groups = self.model.exclusive.iter();
        let with_it = groups.filter(|group| group.members.contains(&place));
        let mut others = with_it.flat_map(|group| &group.members);
        let other = others.find(|other| **other != place && self.given.contains(other));
        let Some(other) = other.map(|other| &self.model.arguments[*other]) else {
            return Ok(());
        };
        let name = other.name().unwrap_or_default();
        let text = format!("not allowed with argument {name}");
        Err(Trouble::about(&self.model.arguments[place], &text))
    }

    /// Checks that nothing is missing, and converts defaults that are strings.
    fn finish(&mut self) -> Result<(), Trouble> {
        let mut missing = Vec::new();
        for (place, argument) in self.model.arguments.iter().enumerate() {
            if self.seen.contains(&place) {
                continue;
            }
            if argument.is_required {
                missing.extend(argument.name());
            } else {
                self.convert_default(argument)?;
            }
        }
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let text = format!("the following arguments are required: {missing}");
            return Err(Trouble::Usage(text));
        }
        for group in self
            .model
            .exclusive
            .iter()
            .filter(|group| group.is_required)
        {
            if group.members.iter().any(|place| self.given.contains(place)) {
                continue;
            }
            let members = group
                .members
                .iter()
                .map(|place| &self.model.arguments[*place]);
            let names: Vec<_> = members
                .filter(|argument| !argument.is_hidden)
                .filter_map(Argument::name)
                .collect();
            let text = format!("one of the arguments {} is required", names.join(" "));
            return Err(Trouble::Usage(text));
        }
        Ok(())
    }

    fn convert_default(&mut self, argument: &Argument) -> Result<(), Trouble> {
        let (Some(dest), Some(default)) = (&argument.dest, &argument.default) else {
            return Ok(());
        };
        let current = self.parsed.values.get(dest.as_str()).cloned();
        let is_default =
            |current: &Dynamic| default.is_string() && equal(self.call.context, current, default);
        if current.as_ref().is_some_and(is_default) {
            let value = values::convert(self.call, argument, &default.to_string())?;
            self.parsed.values.insert(dest.as_str().into(), value);
        }
        Ok(())
    }
}

fn too_few(argument: &Argument) -> Trouble {
    let text = match argument.count {
        Count::One => "expected one argument".into(),
        Count::Optional => "expected at most one argument".into(),
        Count::Some => "expected at least one argument".into(),
        Count::Exactly(1) => "expected 1 argument".into(),
        Count::Exactly(count) => format!("expected {count} arguments"),
        _ => "expected arguments".to_string(),
    };
    Trouble::about(argument, &text)
}
