//! What the end of an unfinished text is part of: a string, a call, a path of names.

use super::brackets::Brackets;
use super::lexer::{Kind, Token, tokens};
use super::words::is_keyword;

/// What a place in a text is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    Code,
    /// A string that may go on in the next line: in back quotes, raw, or `"…\` at the end of a line.
    LongString,
    /// A string that must end in its line.
    ShortString,
    LineComment,
    BlockComment,
}

/// What is before a name, to which it belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner<'t> {
    /// The name stands alone.
    Nobody,
    /// A value, by the steps that lead to it: `os`, `path` in `os.path.join`.
    Path(Vec<Step<'t>>),
    /// A value that the text does not tell: the `.` of `(a + b).x`.
    Unknown,
}

/// A step on the way to a value. The first is a name or a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'t> {
    Name(&'t str),
    /// Literals.
    String,
    List,
    Map,
    /// What the function before it returns.
    Call,
    /// An item: `[…]`. The index, if it is a single token.
    Item(Option<&'t str>),
}

/// A string that the cursor is in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Quoted<'t> {
    /// The byte at which its contents begin.
    pub start: usize,
    /// The value whose item it names: `d` in `d["`.
    pub of: Option<Vec<Step<'t>>>,
}

/// A call whose next argument begins at the cursor, or with the word there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call<'t> {
    pub owner: Owner<'t>,
    pub name: &'t str,
    /// How many arguments there are before the cursor.
    pub given: usize,
    /// In the object map of the keywords: those that are there.
    pub keywords: Option<Vec<&'t str>>,
}

/// A place in a text: the end of what is before it.
#[derive(Debug)]
pub(crate) struct Cursor<'t> {
    text: &'t str,
    inside: Inside,
    /// Where the word begins that is typed here; the end of the text where none is.
    start: usize,
    /// The tokens before that word that are neither space nor comments.
    code: Vec<Token>,
    brackets: Brackets,
}

impl<'t> Cursor<'t> {
    /// The cursor behind `text`.
    pub(crate) fn behind(text: &'t str) -> Self {
        let mut code = tokens(text);
        let inside = end_of(text, &code);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let is_word = |token: &mut Token| matches!(token.kind, Kind::Word | Kind::Number);
        let word = code.pop_if(is_word);
        code.retain(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
        let symbols = code.iter().map(|token| match token.kind {
            Kind::Symbol => &text[token.range.clone()],
            _ => "",
        });
        let brackets = Brackets::of(symbols);
        let inside = match code.last() {
            // The `${…}` of a string has ended.
            Some(last) if inside == Inside::Code && word.is_none() && last.depth > 0 => {
                let partner = brackets.partner(code.len() - 1);
                let opens = partner.map(|at| &text[code[at].range.clone()]);
                match opens == Some("${") && last.range.end == text.len() {
                    true => Inside::LongString,
                    false => inside,
                }
            }
            _ => inside,
        };
        Self {
            text,
            inside,
            start: text.trim_end_matches(is_part).len(),
            code,
            brackets,
        }
    }

    /// What the cursor is inside of.
    pub(crate) fn inside(&self) -> Inside {
        self.inside
    }

    /// The byte at which the word begins that is typed here.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// The part of the word before the cursor.
    pub(crate) fn word(&self) -> &'t str {
        &self.text[self.start..]
    }

    /// How many brackets are open.
    pub(crate) fn depth(&self) -> usize {
        self.brackets.open().len()
    }

    /// What the word at the cursor belongs to.
    pub(crate) fn owner(&self) -> Owner<'t> {
        self.owner_at(self.code.len())
    }

    /// The call that the cursor is in, where its next argument or keyword begins or is a word so far.
    pub(crate) fn call(&self) -> Option<Call<'t>> {
        let last = self.code.len().checked_sub(1)?;
        let inner = *self.brackets.open().last()?;
        if !matches!(self.piece(last), "(" | "," | "#{") {
            return None;
        }
        let (open, keywords) = match self.piece(inner) {
            "#{" => (self.brackets.around(inner)?, Some(self.keys(inner))),
            _ => (inner, None),
        };
        let name = open.checked_sub(1)?;
        let is_name = self.code[name].kind == Kind::Word && !is_keyword(self.piece(name));
        if self.piece(open) != "(" || !is_name {
            return None;
        }
        let commas = (open..=last).filter(|at| self.separates(*at, open));
        Some(Call {
            owner: self.owner_at(name),
            name: self.piece(name),
            given: commas.count(),
            keywords,
        })
    }

    /// The names before the `:` of an object map.
    fn keys(&self, open: usize) -> Vec<&'t str> {
        let begins = |at: &usize| *at == open + 1 || self.separates(at - 1, open);
        let fields = (open + 1..self.code.len()).filter(begins);
        fields.map(|at| self.piece(at)).collect()
    }

    /// Whether a comma is directly in this bracket.
    fn separates(&self, at: usize, open: usize) -> bool {
        self.piece(at) == "," && self.brackets.around(at) == Some(open)
    }

    /// The string in double quotes that the cursor is in.
    pub(crate) fn quoted(&self) -> Option<Quoted<'t>> {
        let last = self.code.len().checked_sub(1)?;
        let token = &self.code[last];
        if self.inside != Inside::ShortString || !self.piece(last).starts_with('"') {
            return None;
        }
        let bracket = last.checked_sub(1).filter(|at| self.piece(*at) == "[");
        Some(Quoted {
            start: token.range.start + 1,
            of: bracket
                .filter(|at| self.continues(*at))
                .and_then(|at| self.steps_to(at)),
        })
    }

    /// What the token at `end` belongs to.
    fn owner_at(&self, end: usize) -> Owner<'t> {
        match end.checked_sub(1) {
            Some(dot) if self.is_dot(dot) => self.steps_to(dot).map_or(Owner::Unknown, Owner::Path),
            _ => Owner::Nobody,
        }
    }

    /// The steps to the value that ends before the token at `end`.
    fn steps_to(&self, mut end: usize) -> Option<Vec<Step<'t>>> {
        let mut steps = Vec::new();
        loop {
            let last = end.checked_sub(1)?;
            let (step, begin) = match (self.code[last].kind, self.piece(last)) {
                (Kind::Word, name) => (Step::Name(name), last),
                (Kind::String, _) => (Step::String, last),
                (Kind::Symbol, _) => {
                    let open = self.brackets.partner(last)?;
                    let step = match (self.piece(open), self.continues(open)) {
                        ("(", true) => Step::Call,
                        ("[", true) => Step::Item((open + 2 == last).then(|| self.piece(open + 1))),
                        ("[", false) => Step::List,
                        ("#{", _) => Step::Map,
                        _ => return None,
                    };
                    (step, open)
                }
                _ => return None,
            };
            steps.push(step);
            let follows_dot = begin.checked_sub(1).is_some_and(|at| self.is_dot(at));
            end = match step {
                Step::Call | Step::Item(_) => begin,
                Step::Name(_) if follows_dot => begin - 1,
                _ => break,
            };
        }
        steps.reverse();
        Some(steps)
    }

    /// Whether the bracket at `open` belongs to the value before it.
    fn continues(&self, open: usize) -> bool {
        let Some(before) = open.checked_sub(1) else {
            return false;
        };
        match self.code[before].kind {
            Kind::Word => !is_keyword(self.piece(before)),
            Kind::String => true,
            _ => matches!(self.piece(before), ")" | "]"),
        }
    }

    fn is_dot(&self, at: usize) -> bool {
        matches!(self.piece(at), "." | "::" | "?.")
    }

    fn piece(&self, at: usize) -> &'t str {
        &self.text[self.code[at].range.clone()]
    }
}

/// What the last of the tokens leaves open.
fn end_of(text: &str, tokens: &[Token]) -> Inside {
    let Some(last) = tokens.last() else {
        return Inside::Code;
    };
    let piece = &text[last.range.clone()];
    match last.kind {
        Kind::Comment if !last.is_closed => Inside::BlockComment,
        Kind::Comment if !piece.starts_with("/*") => Inside::LineComment,
        Kind::String if last.is_closed => Inside::Code,
        Kind::String if piece.starts_with('\'') => Inside::ShortString,
        Kind::String if piece.starts_with('"') => {
            let line = piece.strip_suffix('\n').unwrap_or(piece);
            let line = line.strip_suffix('\r').unwrap_or(line);
            let backslashes = line.len() - line.trim_end_matches('\\').len();
            match backslashes % 2 {
                0 => Inside::ShortString,
                _ => Inside::LongString,
            }
        }
        Kind::String => Inside::LongString,
        _ => Inside::Code,
    }
}
