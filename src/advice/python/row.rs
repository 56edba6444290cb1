//! One slip: how it is seen, what is wrong, how it is written here.

use super::super::Advice;
use super::reading::Reading;
use super::statement;

/// One slip.
pub(super) struct Slip {
    seen: Seen,
    /// What is wrong; empty where Rhai's words will do. `{0}` and so on are what was found.
    message: &'static str,
    /// What to do. Behind its colon stands an example, in whose place comes the code as the writer's own is
    /// written here, where that is sure.
    help: &'static str,
}

/// How a slip is seen.
enum Seen {
    /// The error stands at the first piece of a statement, which is this, or right behind it.
    Begins(&'static str),
    /// The error stands at this word or symbol, or right behind it.
    Joins(&'static str),
    By(fn(&Reading<'_>) -> Option<Found>),
}

/// What a recogniser has found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Where the slip is, if not where the error was found.
    pub place: Option<(usize, usize)>,
    /// The code as it is written here.
    pub code: Option<String>,
    /// What `{0}`, `{1}` and so on stand for.
    pub names: Vec<String>,
}

impl Found {
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
    /// What is said of this slip, when the text has it.
    pub(super) fn advice(&self, read: &Reading<'_>) -> Option<Advice> {
        let found = self.seen.look(read)?;
        let help = fill(self.help, &found.names);
        let code = found.code.filter(|code| is_short(code));
        let help = match (help.split_once(": "), code) {
            (Some((rule, _)), Some(code)) => format!("{rule}: {code}"),
            (None, Some(code)) => format!("{help}: {code}"),
            (_, None) => help,
        };
        Some(Advice {
            help,
            message: (!self.message.is_empty()).then(|| fill(self.message, &found.names)),
            place: found.place,
        })
    }
}

/// Longer code would hide what is to be seen in it.
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

/// The word or symbol at `index`, and the statement around it as it is written here.
fn found_at(read: &Reading<'_>, index: usize) -> Found {
    let token = &read.tokens[index];
    let code = statement::statement(read, read.statement(index));
    Found::code(code).at((token.line, token.column))
}

pub(super) const fn by(
    recogniser: fn(&Reading<'_>) -> Option<Found>,
    message: &'static str,
    help: &'static str,
) -> Slip {
    Slip {
        seen: Seen::By(recogniser),
        message,
        help,
    }
}

pub(super) const fn begins(word: &'static str, message: &'static str, help: &'static str) -> Slip {
    Slip {
        seen: Seen::Begins(word),
        message,
        help,
    }
}

pub(super) const fn joins(word: &'static str, message: &'static str, help: &'static str) -> Slip {
    Slip {
        seen: Seen::Joins(word),
        message,
        help,
    }
}
