//! Completions at the cursor.
//!
//! No code of the script runs for them: what is before a dot is followed through variables, modules, dicts, attributes and
//! what natives are known to return, and has no candidates where that does not lead to a type.

use super::Interactive;
use super::candidate::{Candidate, CandidateKind, Candidates};
use crate::syntax::{Cursor, Inside, Quoted};

impl Interactive {
    /// Returns the names that fit at byte `cursor` of `text`: variables, functions, modules and words of the language; after a dot,
    /// the members of the value before it; inside the `#{` of a call, its keyword arguments; in a string, the keys of the dict whose
    /// item it names, or else files. Comments have none. Of a word that begins an argument, a keyword argument is a candidate with the
    /// bracket that it needs: `#{timeout: `.
    ///
    /// # Example
    /// ```no_run
    /// let program = procscript::Runtime::builder().build().unwrap().interactive();
    /// let found = program.candidates("os.getp", 7);
    /// assert_eq!((found.start, found.names[0].signature.as_str()), (3, "getpid()"));
    /// ```
    pub fn candidates(&self, text: &str, cursor: usize) -> Candidates {
        let text = text.get(..cursor).unwrap_or(text);
        let cursor = Cursor::behind(text);
        if let Some(quoted) = cursor.quoted() {
            return self.in_string(text, &quoted);
        }
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
        names.extend(self.first_keywords(&cursor));
        // The first candidate hides others of the same name.
        names.sort_by(|a, b| a.name.cmp(&b.name));
        names.dedup_by(|a, b| a.name == b.name);
        let start = cursor.start();
        Candidates { start, names }
    }

    /// What completes a string at its end: keys, or files.
    fn in_string(&self, text: &str, quoted: &Quoted<'_>) -> Candidates {
        let typed = &text[quoted.start..];
        let Some(steps) = &quoted.of else {
            let mut found = self.paths(typed);
            found.start += quoted.start;
            return found;
        };
        let mut keys = self.keys(steps);
        // Others would have to be written with escapes.
        keys.retain(|key| key.starts_with(typed) && !key.contains(['"', '\\', '\n', '\r']));
        let names = keys.iter();
        Candidates {
            start: quoted.start,
            names: names
                .map(|key| Candidate::named(key, CandidateKind::Key))
                .collect(),
        }
    }

    /// All names that are valid at the cursor, whatever the word there.
    fn fitting(&self, cursor: &Cursor<'_>) -> Vec<Candidate> {
        if let Some(keywords) = self.keywords(cursor) {
            return keywords;
        }
        let place = self.place_of(&cursor.owner());
        place.map_or_else(Vec::new, |place| self.members(&place))
    }

    /// The keyword arguments of the call in whose `#{` the cursor is; `None` if it is not in one.
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

    /// The keyword arguments that the word at the cursor begins, where an argument begins: `#{timeout: ` for `q.get(ti`.
    fn first_keywords(&self, cursor: &Cursor<'_>) -> Vec<Candidate> {
        let word = cursor.word();
        let call = cursor
            .call()
            .filter(|call| call.keywords.is_none() && !word.is_empty());
        let signature =
            call.and_then(|call| self.signature(&self.place_of(&call.owner)?, call.name));
        let keywords = signature
            .into_iter()
            .flat_map(|signature| signature.keywords());
        let begun = keywords.filter(|keyword| keyword.starts_with(word));
        begun.map(Candidate::first_keyword).collect()
    }

    /// The parameters that are left of the call in which `text` ends, if its next argument begins there: `item, [block, timeout])`.
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
