//! Where a text ends that is still being written: in code, or inside a text or a comment.

/// What the end of a text is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Code,
    /// A text that goes on over the end of the line: in backquotes, raw, or `"…\` at the end of a line.
    LongText,
    /// A text that must end in its line.
    ShortText,
    LineComment,
    BlockComment,
}

/// What a text's end is part of.
pub(super) fn end_of(text: &str) -> Inside {
    scan(text).0
}

/// What a text's end is part of, and where the brackets stand that are open there, outermost first.
pub(super) fn scan(text: &str) -> (Inside, Vec<usize>) {
    let mut scan = Scan {
        rest: text,
        whole: text.len(),
        brackets: Vec::new(),
        open: Vec::new(),
    };
    loop {
        if let Some(inside) = scan.step() {
            return (inside, scan.brackets);
        }
    }
}

struct Scan<'t> {
    rest: &'t str,
    /// The length of the whole text.
    whole: usize,
    /// Where the brackets stand that are open.
    brackets: Vec<usize>,
    /// The backquoted texts around this place, each with the number of braces open in its `${…}`.
    open: Vec<usize>,
}

impl Scan<'_> {
    /// Steps over one piece of code; at the end says where that was.
    fn step(&mut self) -> Option<Inside> {
        let Some(next) = self.rest.chars().next() else {
            // The end lies in the `${…}` of a text.
            return Some(Inside::Code);
        };
        if self.rest.starts_with("//") {
            return self.skip_to(2, "\n", Inside::LineComment);
        }
        if self.rest.starts_with("/*") {
            return self.block_comment();
        }
        let hashes = self.rest.len() - self.rest.trim_start_matches('#').len();
        if hashes > 0 && self.rest[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            return self.skip_to(hashes + 1, &end, Inside::LongText);
        }
        match next {
            '(' | '[' | '{' => self.brackets.push(self.whole - self.rest.len()),
            ')' | ']' | '}' => drop(self.brackets.pop()),
            _ => (),
        }
        match next {
            '"' => return self.short_text(),
            '`' => return self.long_text(1),
            '\'' => self.skip(character(self.rest)),
            '{' => {
                if let Some(braces) = self.open.last_mut() {
                    *braces += 1;
                }
                self.skip(1);
            }
            '}' => {
                self.skip(1);
                match self.open.last_mut() {
                    Some(0) => {
                        self.open.pop();
                        return self.long_text(0);
                    }
                    Some(braces) => *braces -= 1,
                    None => (),
                }
            }
            _ => self.skip(next.len_utf8()),
        }
        None
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// Goes on behind `end`, looked for from `start` on; `inside` if it is not there.
    fn skip_to(&mut self, start: usize, end: &str, inside: Inside) -> Option<Inside> {
        match self.rest[start..].find(end) {
            Some(at) => {
                self.skip(start + at + end.len());
                None
            }
            None => Some(inside),
        }
    }

    /// Comments nest.
    fn block_comment(&mut self) -> Option<Inside> {
        let mut depth = 0;
        loop {
            let (open, close) = (self.rest.find("/*"), self.rest.find("*/"));
            let opens = open.is_some_and(|open| close.is_none_or(|close| open < close));
            let Some(at) = (if opens { open } else { close }) else {
                return Some(Inside::BlockComment);
            };
            self.skip(at + 2);
            depth = if opens { depth + 1 } else { depth - 1 };
            if depth == 0 {
                return None;
            }
        }
    }

    /// A text in double quotes.
    fn short_text(&mut self) -> Option<Inside> {
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, next)) = chars.next() {
            match next {
                '"' | '\n' => {
                    self.skip(at + 1);
                    return None;
                }
                '\\' => match chars.next() {
                    None | Some((_, '\n')) if chars.clone().next().is_none() => {
                        return Some(Inside::LongText);
                    }
                    _ => (),
                },
                _ => (),
            }
        }
        Some(Inside::ShortText)
    }

    /// The rest of a backquoted text, `from` bytes on.
    fn long_text(&mut self, from: usize) -> Option<Inside> {
        self.skip(from);
        loop {
            let Some(at) = self.rest.find(['`', '$']) else {
                return Some(Inside::LongText);
            };
            self.skip(at);
            if self.rest.starts_with("``") {
                self.skip(2);
            } else if self.rest.starts_with('`') {
                self.skip(1);
                return None;
            } else if self.rest.starts_with("${") {
                self.skip(2);
                self.open.push(0);
                return None;
            } else {
                self.skip(1);
            }
        }
    }
}

/// The bytes of a character in quotes, or of the quote alone.
fn character(text: &str) -> usize {
    let mut escaped = false;
    for (at, next) in text.char_indices().skip(1).take(12) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => return at + 1,
            _ => (),
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::{Inside, end_of};

    #[test]
    fn the_end_of_a_text_is_inside_what_it_does_not_close() {
        for (text, inside) in [
            ("", Inside::Code),
            ("f(1) // x\n+ 1", Inside::Code),
            ("f(1) // x", Inside::LineComment),
            ("1 /* 2 */ + 3", Inside::Code),
            ("1 /* 2 /* 3 */", Inside::BlockComment),
            ("\"a // b\" + 1", Inside::Code),
            ("\"a\\\" b", Inside::ShortText),
            ("\"a\\", Inside::LongText),
            ("\"a\\\n", Inside::LongText),
            ("\"a\n b", Inside::Code),
            ("`a\nb", Inside::LongText),
            ("`a ${b", Inside::Code),
            ("`a ${ #{b: 1}.b } c", Inside::LongText),
            ("`a ${\"}\"} c` + d", Inside::Code),
            ("`a``b", Inside::LongText),
            ("#\"a\" b", Inside::LongText),
            ("#\"a\"# b", Inside::Code),
            ("'\"' + b", Inside::Code),
            ("'\\'' + \"", Inside::ShortText),
            ("#{a: 1", Inside::Code),
        ] {
            assert_eq!(end_of(text), inside, "{text:?}");
        }
    }
}
