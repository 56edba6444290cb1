//! Holds documents, comments and strings to the word list of `docs/style.md`.

use std::fs;
use std::path::{Path, PathBuf};

use super::files;

/// Places whose English has not been revised yet. Take a line out once its place is clean.
const NOT_YET: &[&str] = &[];

/// A word or phrase that is out, and what to write instead.
struct Entry {
    phrase: Vec<String>,
    instead: String,
}

/// A word of a text.
struct Word {
    text: String,
    line: usize,
    /// Whether punctuation separates it from the next word.
    is_last: bool,
}

#[test]
fn words_that_are_out_are_not_used() {
    let entries = entries();
    assert!(entries.len() > 20, "{}", entries.len());
    let mut found = Vec::new();
    let is_revised = |path: &PathBuf| !NOT_YET.iter().any(|place| path.starts_with(place));
    for path in documents().chain(programs()).filter(is_revised) {
        let words = words(&prose(&path));
        for (at, word) in words.iter().enumerate() {
            for entry in entries.iter().filter(|entry| entry.is_at(&words[at..])) {
                let (phrase, instead) = (entry.phrase.join(" "), &entry.instead);
                let place = format!("{}:{}", path.display(), word.line);
                found.push(format!("{place}: '{phrase}' (write: {instead})"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn places_that_are_not_revised_yet_exist() {
    for place in NOT_YET {
        assert!(Path::new(place).exists(), "{place} is gone");
    }
}

impl Entry {
    fn is_at(&self, words: &[Word]) -> bool {
        let n = self.phrase.len();
        let is_broken = words.iter().take(n - 1).any(|word| word.is_last);
        let continues_well = words.get(n).is_some_and(|word| {
            self.phrase[n - 1] == "no" && ["longer", "more", "reason"].contains(&word.text.as_str())
        });
        let mut pairs = self.phrase.iter().zip(words);
        words.len() >= n
            && !is_broken
            && !continues_well
            && pairs.all(|(wanted, word)| match wanted.strip_suffix('*') {
                Some(beginning) => word.text.starts_with(beginning),
                None => word.text == *wanted,
            })
    }
}

/// The rows of the table "not | but".
fn entries() -> Vec<Entry> {
    let style = fs::read_to_string("docs/style.md").unwrap();
    let (_, table) = style.split_once("| not | but |\n| --- | --- |\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| {
        let (not, but) = row.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        let phrases = not.split('`').skip(1).step_by(2);
        phrases.map(move |phrase| Entry {
            phrase: phrase.split(' ').map(str::to_string).collect(),
            instead: but.to_string(),
        })
    })
    .collect()
}

fn documents() -> impl Iterator<Item = PathBuf> {
    let top = ["README.md", "CHANGELOG.md"].map(PathBuf::from);
    let folders = ["docs", "scripts"].map(|folder| files(folder, "md"));
    let documents = top.into_iter().chain(folders.into_iter().flatten());
    documents.filter(|path| path != Path::new("docs/style.md"))
}

fn programs() -> impl Iterator<Item = PathBuf> {
    let rust = ["src", "tests", "benches", "examples"].map(|folder| files(folder, "rs"));
    let scripts = ["scripts", "benches", "tests"].map(|folder| files(folder, "rhai"));
    rust.into_iter().chain(scripts).flatten()
}

/// The file with everything blanked out that is not written for people: in a program, all but comments and strings.
fn prose(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    match path.extension().is_some_and(|found| found == "md") {
        true => text,
        false => comments_and_strings(&text),
    }
}

/// Blanks the code of a program. A string that runs over several lines keeps them.
fn comments_and_strings(code: &str) -> String {
    let mut prose = String::new();
    let mut in_string = false;
    for line in code.lines() {
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if in_string => {
                    chars.next();
                    prose.push(' ');
                }
                // A quote, or an escape, as a character of Rust.
                '\'' if !in_string && chars.peek() == Some(&'"') => {
                    chars.next();
                }
                '\'' if !in_string && chars.peek() == Some(&'\\') => {
                    chars.nth(1);
                }
                '"' => {
                    in_string = !in_string;
                    prose.push_str(". ");
                }
                '/' if !in_string && chars.peek() == Some(&'/') => {
                    let comment: String = chars.by_ref().collect();
                    prose.push_str(comment.trim_start_matches(['/', '!']));
                }
                _ if in_string => prose.push(c),
                _ => {}
            }
        }
        prose.push('\n');
    }
    prose
}

fn words(prose: &str) -> Vec<Word> {
    let lines = prose.lines().zip(1..);
    let words = lines.flat_map(|(text, line)| {
        text.split_whitespace().map(move |word| Word {
            text: word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase(),
            line,
            is_last: word.ends_with(['.', ',', ';', ':', '!', '?', ')', '|']),
        })
    });
    words.collect()
}

#[test]
fn a_phrase_is_found_over_the_end_of_a_line_and_not_in_code() {
    let code = "/// What a child was\n/// here.\nlet was_here = was + here; // was, here\nlet s = \"it was here\";\n";
    let words = words(&comments_and_strings(code));
    let phrase = ["was", "here"].map(str::to_string).to_vec();
    let instead = String::new();
    let entry = Entry { phrase, instead };
    let found = (0..words.len()).filter(|at| entry.is_at(&words[*at..]));
    let lines: Vec<usize> = found.map(|at| words[at].line).collect();
    assert_eq!(lines, [1, 4]);
}
