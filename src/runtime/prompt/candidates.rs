//! What could stand at the cursor.
//!
//! Nothing of the script is run for it: what stands before a dot is followed through variables, modules, dicts and
//! attributes, and where that does not lead to a value there are no candidates.

use super::Interactive;
use super::candidate::{Candidate, CandidateKind, Candidates};
use crate::syntax::{Cursor, Inside};

impl Interactive {
    /// What could stand at byte `cursor` of `text`: variables, functions and modules; behind a dot what the value before
    /// it has; keywords where a call takes some. Nothing inside strings and comments.
    ///
    /// # Example
    /// ```no_run
    /// let program = procscript::Runtime::builder().build().unwrap().interactive();
    /// let found = program.candidates("os.getp", 7);
    /// assert_eq!((found.start, found.names[0].signature.as_str()), (3, "getpid()"));
    /// ```
    pub fn candidates(&self, text: &str, cursor: usize) -> Candidates {
        let cursor = Cursor::behind(text.get(..cursor).unwrap_or(text));
        let word = cursor.word();
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let mut names = match cursor.inside() == Inside::Code && !is_number {
            true => self.fitting(&cursor),
            false => Vec::new(),
        };
        names.retain(|candidate| {
            let hidden = candidate.name == "to_debug"
                || candidate.name.starts_with("__") && !word.starts_with("__");
            candidate.name.starts_with(word) && !hidden
        });
        // What comes first hides others of its name.
        names.sort_by(|a, b| a.name.cmp(&b.name));
        names.dedup_by(|a, b| a.name == b.name);
        let start = cursor.start();
        Candidates { start, names }
    }

    /// Everything that could be at the cursor.
    fn fitting(&self, cursor: &Cursor<'_>) -> Vec<Candidate> {
        if let Some(keywords) = self.keywords(cursor) {
            return keywords;
        }
        let place = self.place_of(&cursor.owner());
        place.map_or_else(Vec::new, |place| self.members(&place))
    }

    /// The keywords that the call takes in whose `#{` the cursor is; `None` where it is not in one.
    fn keywords(&self, cursor: &Cursor<'_>) -> Option<Vec<Candidate>> {
        let call = cursor.call()?;
        let given = call.keywords?;
        let signature = self.signature(&self.place_of(&call.owner)?, call.name)?;
        let keywords = signature
            .keywords()
            .filter(|keyword| !given.contains(keyword));
        let keywords = keywords.map(|keyword| Candidate::named(keyword, CandidateKind::Keyword));
        Some(keywords.collect())
    }

    /// What can still be given to the call that `text` ends in, where its next argument begins: `item, [block, timeout])`.
    ///
    /// # Example
    /// ```no_run
    /// let mut program = procscript::Runtime::builder().build().unwrap().interactive();
    /// program.enter("let q = Queue();");
    /// assert_eq!(program.parameters("q.put(").as_deref(), Some("item, [block, timeout])"));
    /// assert_eq!(program.parameters("q.put(1, ").as_deref(), Some("block, timeout)"));
    /// ```
    pub fn parameters(&self, text: &str) -> Option<String> {
        let cursor = Cursor::behind(text);
        let call = cursor.call().filter(|_| cursor.word().is_empty())?;
        if call.keywords.is_some() {
            return None;
        }
        let signature = self.call_of(&self.place_of(&call.owner)?, call.name)?;
        let parameters = signature.strip_prefix(call.name)?.strip_prefix('(')?;
        Some(without(parameters, call.given))
    }
}

/// `parameters` (`item, [block, timeout])`) without the first `given`.
fn without(parameters: &str, given: usize) -> String {
    if given == 0 {
        return parameters.into();
    }
    let names = parameters.trim_end_matches(')').split(", ");
    let rest = names.skip(given).map(|name| name.trim_matches(['[', ']']));
    format!("{})", rest.collect::<Vec<_>>().join(", "))
}
