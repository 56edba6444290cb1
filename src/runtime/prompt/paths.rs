//! Files and directories that complete a path.

use std::fs;

use super::Interactive;
use super::candidate::{Candidate, CandidateKind, Candidates};
use crate::text::from_os;

impl Interactive {
    /// Returns the files and directories that complete a path, as far as scripts may read the directory; a directory ends in `/`.
    /// The start is that of the last part of the path. Hidden files are listed if the part begins with a dot.
    ///
    /// # Example
    /// ```no_run
    /// let program = procscript::Runtime::builder().build().unwrap().interactive();
    /// let found = program.paths("/et");
    /// assert_eq!((found.start, found.names[0].name.as_str()), (1, "etc/"));
    /// ```
    pub fn paths(&self, typed: &str) -> Candidates {
        let start = typed.rfind('/').map_or(0, |slash| slash + 1);
        let (directory, begun) = typed.split_at(start);
        let mut names = self.inside_directory(directory, begun);
        names.sort();
        let names = names
            .iter()
            .map(|name| Candidate::named(name, CandidateKind::Path))
            .collect();
        Candidates { start, names }
    }

    /// The names in a directory that begin so and can be typed as they are.
    fn inside_directory(&self, directory: &str, begun: &str) -> Vec<String> {
        let directory = match directory {
            "" => "./",
            directory => directory,
        };
        let place = self.runtime.interp.permissions().directory(directory);
        let Ok(Ok(place)) = place else {
            return Vec::new();
        };
        let entries = fs::read_dir(place.path()).into_iter().flatten().flatten();
        let is_plain =
            |c: char| !c.is_control() && !matches!(c, '"' | '\\' | char::REPLACEMENT_CHARACTER);
        let fits = |name: &str| {
            let is_hidden = begun.is_empty() && name.starts_with('.');
            name.starts_with(begun) && !is_hidden && name.chars().all(is_plain)
        };
        let names = entries.filter_map(|entry| {
            let name = from_os(entry.file_name());
            // Of a link, what it leads to.
            fits(&name).then(|| name + if entry.path().is_dir() { "/" } else { "" })
        });
        names.collect()
    }
}
