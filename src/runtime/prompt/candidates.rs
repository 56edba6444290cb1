//! What could stand at the cursor.
//!
//! Nothing of the script is run for it: what stands before a dot is followed through variables, modules, dicts and
//! attributes, and where that does not lead to a value there are no candidates.

use super::Interactive;
use super::candidate::{Candidate, CandidateKind, Candidates};
use super::place::{Place, path_before};
use super::scan::{Inside, scan};

impl Interactive {
    /// What could stand at byte `cursor` of `text`: variables, functions and modules; behind a dot what the value before
    /// it has; keywords where a call takes some. Nothing inside texts and comments.
    ///
    /// # Example
    /// ```no_run
    /// let program = procscript::Runtime::builder().build().unwrap().interactive();
    /// let found = program.candidates("os.getp", 7);
    /// assert_eq!((found.start, found.names[0].signature.as_str()), (3, "getpid()"));
    /// ```
    pub fn candidates(&self, text: &str, cursor: usize) -> Candidates {
        let before = text.get(..cursor).unwrap_or(text);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_part(*c))
            .last()
            .map_or(before.len(), |(at, _)| at);
        let (inside, brackets) = scan(before);
        let (head, word) = before.split_at(start);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let mut names = match inside == Inside::Code && !is_number {
            true => self.fitting(head, &brackets),
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
        Candidates { start, names }
    }

    /// Everything that could follow `head`, in which `brackets` are open.
    fn fitting(&self, head: &str, brackets: &[usize]) -> Vec<Candidate> {
        if let Some(keywords) = self.keywords(head, brackets) {
            return keywords;
        }
        let is_member = head.ends_with("::") || head.ends_with('.') && !head.ends_with("..");
        if !is_member {
            return self.global_names();
        }
        match path_before(head).and_then(|path| self.resolve(&path)) {
            Some(place) => self.members(&place),
            None => Vec::new(),
        }
    }

    /// The keywords that the call takes in whose `#{` the end of `head` lies; `None` when it lies elsewhere.
    fn keywords(&self, head: &str, brackets: &[usize]) -> Option<Vec<Candidate>> {
        let [.., call, map] = brackets else {
            return None;
        };
        let is_keywords = head[*call..].starts_with('(') && head[..*map].ends_with('#');
        let given = head[map + 1..].trim_end();
        if !is_keywords || !(given.is_empty() || given.ends_with(',')) {
            return None;
        }
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let callee = head[..*call].trim_end_matches(is_part);
        let name = &head[callee.len()..*call];
        let place = match callee.ends_with(['.', ':']) {
            true => self.resolve(&path_before(callee)?)?,
            false => Place::Global,
        };
        let signature = self.signature(&place, name)?;
        let is_given = |keyword: &str| {
            given.split(',').any(|pair| {
                pair.split(':')
                    .next()
                    .is_some_and(|key| key.trim() == keyword)
            })
        };
        let keywords = signature.keywords().filter(|keyword| !is_given(keyword));
        let keywords = keywords.map(|keyword| Candidate::named(keyword, CandidateKind::Keyword));
        Some(keywords.collect())
    }
}
