//! Groups of patterns: `(…)`, `(?P<name>…)`, `(?i:…)`, and what else begins with `(?`.

use super::flags::{self, ASCII, LOCALE, UNICODE};
use super::problem::Problem;
use super::translate::{Last, Open, Reader, is_identifier};

impl Reader {
    pub(super) fn group(&mut self, from: usize) -> Result<(), Problem> {
        if !self.source.take("?") {
            self.open_captured(from);
            return Ok(());
        }
        if self.source.take("P<") {
            let at = self.source.at;
            let name = self.name(at)?;
            let number = self.found.closed.len() + 1;
            if let Some((_, first)) = self.found.names.iter().find(|(known, _)| *known == name) {
                let text = format!(
                    "redefinition of group name '{name}' as group {number}; was group {first}"
                );
                return Err(Problem::at(at, text));
            }
            self.found.names.push((name, number));
            self.open_captured(from);
            return Ok(());
        }
        if self.source.take(":") {
            self.open_group(from, None, "(?:");
            return Ok(());
        }
        if self.source.take("#") {
            let comment = self.source.take_until(')');
            let text = "missing ), unterminated comment";
            return comment.map(drop).ok_or_else(|| Problem::at(from, text));
        }
        let around = ["=", "!", "<=", "<!"];
        if around.iter().any(|mark| self.source.take(mark)) {
            return Err(Problem::unsupported(from, "look-ahead and look-behind"));
        }
        if self.source.take("P=") {
            return Err(Problem::unsupported(from, "back references"));
        }
        if self.source.take(">") {
            return Err(Problem::unsupported(from, "atomic groups"));
        }
        if self.source.take("(") {
            return Err(Problem::unsupported(from, "conditional groups"));
        }
        self.flags_of_group(from)
    }

    fn name(&mut self, at: usize) -> Result<String, Problem> {
        let Some(name) = self.source.take_until('>') else {
            let text = "missing >, unterminated name";
            return Err(Problem::at(at, text));
        };
        if name.is_empty() {
            return Err(Problem::at(at, "missing group name"));
        }
        if !is_identifier(&name) {
            let text = format!("bad character in group name {}", crate::text::quoted(&name));
            return Err(Problem::at(at, text));
        }
        Ok(name)
    }

    fn open_captured(&mut self, from: usize) {
        self.found.closed.push(0);
        let number = self.found.closed.len();
        self.open_group(from, Some(number), "(");
    }

    fn open_group(&mut self, from: usize, number: Option<usize>, piece: &str) {
        self.source.write(from, piece);
        let flags = self.source.flags;
        self.open.push(Open {
            from,
            number,
            flags,
        });
        self.last = Last::Nothing;
    }

    pub(super) fn close(&mut self, from: usize) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else {
            return Err(Problem::at(from, "unbalanced parenthesis"));
        };
        if let Some(number) = open.number {
            self.found.closed[number - 1] = self.closed;
            self.closed += 1;
        }
        self.source.flags = open.flags;
        self.source.write(from, ")");
        self.last = Last::Item;
        Ok(())
    }

    /// `(?i)` at the beginning, for the whole pattern.
    pub(super) fn global_flags(&mut self) -> Result<(), Problem> {
        while self.source.take("(?") {
            let start = self.source.at;
            let letters = self
                .source
                .take_while(usize::MAX, char::is_ascii_alphabetic);
            let known =
                !letters.is_empty() && letters.chars().all(|c| flags::of_letter(c).is_some());
            if !known || !self.source.take(")") {
                self.source.at = start - 2;
                return Ok(());
            }
            self.source.flags |= flags_of(&letters, start)?;
        }
        Ok(())
    }

    /// `(?i:…)`, `(?i-s:…)`, whose mark has been taken.
    fn flags_of_group(&mut self, from: usize) -> Result<(), Problem> {
        let start = self.source.at;
        let on = self.source.take_while(usize::MAX, is_flag);
        let off = match self.source.take("-") {
            true => self.source.take_while(usize::MAX, is_flag),
            false => String::new(),
        };
        let is_known = self.source.at > start;
        if is_known && self.source.take(")") {
            let text = "global flags not at the start of the expression";
            return Err(Problem::at(from, text));
        }
        if !is_known || !self.source.take(":") {
            return Err(self.no_flags(from, is_known));
        }
        let (added, removed) = (flags_of(&on, start)?, flags_of(&off, start)?);
        if added & removed != 0 {
            let text = "bad inline flags: flag turned on and off";
            return Err(Problem::at(self.source.at - 1, text));
        }
        let letters =
            |text: &str| -> String { text.chars().filter(|char| "ims".contains(*char)).collect() };
        let piece = match letters(&off) {
            off if off.is_empty() => format!("(?{}:", letters(&on)),
            off => format!("(?{}-{off}:", letters(&on)),
        };
        self.open_group(from, None, &piece);
        self.source.flags = self.source.flags & !removed | added;
        if added & UNICODE != 0 {
            self.source.flags &= !ASCII;
        }
        Ok(())
    }

    /// Returns the error for what follows `(?` and is not flags, or not only.
    fn no_flags(&mut self, from: usize, are_some: bool) -> Problem {
        let at = self.source.at;
        match self.source.peek() {
            None if are_some => Problem::at(at, "missing -, : or )"),
            None => Problem::at(at, "unexpected end of pattern"),
            Some(next) if are_some && next.is_alphabetic() => Problem::at(at, "unknown flag"),
            Some(_) if are_some => Problem::at(at, "missing -, : or )"),
            Some(next) => {
                let length = if matches!(next, '<' | 'P') { 2 } else { 1 };
                let shown = self.source.take_while(length, |_| true);
                match shown.chars().count() < length {
                    true => Problem::at(self.source.at, "unexpected end of pattern"),
                    false => Problem::at(from + 1, format!("unknown extension ?{shown}")),
                }
            }
        }
    }
}

fn is_flag(char: &char) -> bool {
    flags::of_letter(*char).is_some()
}

fn flags_of(letters: &str, at: usize) -> Result<i64, Problem> {
    let flags = letters.chars().filter_map(flags::of_letter);
    let flags = flags.fold(0, |all, flag| all | flag);
    match flags & LOCALE {
        0 => Ok(flags),
        _ => {
            let text = "bad inline flags: cannot use 'L' flag with a str pattern";
            Err(Problem::at(
                at + letters.find('L').map_or(0, |place| place + 1),
                text,
            ))
        }
    }
}
