//! One slip: how it is recognised, what is wrong, what to do.

use super::super::Advice;
use super::reading::Reading;
use super::statement::statement;

/// One slip: how it is recognised, what is wrong, what to do.
///
/// What is wrong is empty if Rhai's own message is good enough. `{0}` and so on are replaced by what was found. If what to
/// do ends with an example after a colon, the user's own code replaces it, where the translation is certain.
pub(super) struct Slip(
    pub(super) Seen,
    pub(super) &'static str,
    pub(super) &'static str,
);

/// How a slip is recognised.
pub(super) enum Seen {
    /// The error is at the first piece of a statement, which is this word, or directly after it.
    Begins(&'static str),
    /// The error is at this word or symbol, or directly after it.
    Joins(&'static str),
    /// The error is that one of these names is not defined.
    Unknown(&'static [&'static str]),
    By(fn(&Reading<'_>) -> Option<Found>),
}

/// What a recogniser has found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The position of the slip, if it differs from that of the error.
    pub place: Option<(usize, usize)>,
    /// The user's code in Rhai.
    pub code: Option<String>,
    /// What replaces `{0}`, `{1}` and so on.
    pub names: Vec<String>,
}

impl Found {
    /// The statement around a piece, translated.
    pub(super) fn rewritten(read: &Reading<'_>, index: usize) -> Self {
        Self::code(statement(read, read.statement(index)))
    }

    pub(super) fn code(code: Option<String>) -> Self {
        Self {
            code,
            ..Self::default()
        }
    }

    pub(super) fn names<const N: usize>(names: [&str; N]) -> Self {
        Self {
            names: names.map(str::to_string).into(),
            ..Self::default()
        }
    }

    pub(super) fn with_code(self, code: Option<String>) -> Self {
        Self { code, ..self }
    }

    pub(super) fn at(self, place: (usize, usize)) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }
}

impl Slip {
    /// Advice about this slip, if the script has it.
    pub(super) fn advice(&self, read: &Reading<'_>) -> Option<Advice> {
        let Self(seen, message, help) = self;
        let found = seen.look(read)?;
        let help = fill(help, &found.names);
        let code = found.code.filter(|code| is_short(code));
        let help = match (help.split_once(": "), code) {
            (Some((rule, _)), Some(code)) => format!("{rule}: {code}"),
            (None, Some(code)) => format!("{help}: {code}"),
            (_, None) => help,
        };
        Some(Advice {
            help,
            message: (!message.is_empty()).then(|| fill(message, &found.names)),
            place: found.place,
        })
    }
}

/// Whether code is short enough for a hint.
pub(super) fn is_short(code: &str) -> bool {
    code.chars().count() <= 100 && !code.contains('\n')
}

fn fill(template: &str, names: &[String]) -> String {
    let all = names.iter().enumerate();
    all.fold(template.to_string(), |text, (index, name)| {
        text.replace(&format!("{{{index}}}"), name)
    })
}

impl Seen {
    fn look(&self, read: &Reading<'_>) -> Option<Found> {
        // In `if 2 not in xs` the parser stops at the number already.
        let early = read
            .message
            .starts_with("Expecting a boolean")
            .then_some(read.at + 1);
        let near = [Some(read.at), read.before(), early].into_iter().flatten();
        let mut near = near.filter(|index| *index < read.tokens.len());
        match self {
            Self::By(recogniser) => recogniser(read),
            Self::Unknown(names) => {
                let name = read.unknown()?;
                names.contains(&name).then(Found::default)
            }
            Self::Begins(word) => {
                let found = near.find(|at| read.tokens[*at].text == *word)?;
                let range = read.statement(found);
                (range.start == found).then(|| found_at(read, found))
            }
            Self::Joins(word) => {
                let found = near.find(|at| {
                    let token = &read.tokens[*at];
                    token.text == *word && !token.is_string()
                })?;
                Some(found_at(read, found))
            }
        }
    }
}

/// The word or symbol at `index`, and the translated statement around it.
fn found_at(read: &Reading<'_>, index: usize) -> Found {
    Found::rewritten(read, index).at(read.place_of(index))
}
