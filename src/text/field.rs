//! Pads a formatted string or number: sign, prefix, thousands separators, fill and alignment.

/// The alignment in a field that is wider than its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Center,
    /// The fill goes between a number's sign and its digits.
    AfterSign,
}

/// A field: its width in characters, and its fill character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) fill: char,
    pub(super) align: Align,
}

impl Field {
    /// Pads the string to the width.
    pub(super) fn place(&self, text: &str) -> String {
        self.place_after("", text)
    }

    /// Pads the string, where `head` is the part that stays before an [`Align::AfterSign`] fill.
    fn place_after(&self, head: &str, text: &str) -> String {
        let missing = self
            .width
            .saturating_sub(head.chars().count() + text.chars().count());
        let (before, between, after) = match self.align {
            Align::Left => (0, 0, missing),
            Align::Right => (missing, 0, 0),
            Align::Center => (missing / 2, 0, missing - missing / 2),
            Align::AfterSign => (0, missing, 0),
        };
        let fill = |count| std::iter::repeat_n(self.fill, count);
        let mut out =
            String::with_capacity(head.len() + text.len() + missing * self.fill.len_utf8());
        out.extend(fill(before));
        out.push_str(head);
        out.extend(fill(between));
        out.push_str(text);
        out.extend(fill(after));
        out
    }
}

/// The parts of a number that fields treat differently.
#[derive(Clone, Debug, Default)]
pub(super) struct Number {
    /// `-`, `+`, a space or nothing.
    pub(super) sign: &'static str,
    /// `0x` and the like.
    pub(super) prefix: &'static str,
    /// The digits that thousands separators go between; none in `inf`.
    pub(super) whole: String,
    /// The rest: decimals, exponent, percent sign.
    pub(super) tail: String,
}

impl Number {
    /// Splits a formatted magnitude after its leading digits.
    pub(super) fn new(sign: &'static str, magnitude: &str) -> Self {
        let digits = magnitude.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, tail) = magnitude.split_at(digits);
        Number {
            sign,
            prefix: "",
            whole: whole.into(),
            tail: tail.into(),
        }
    }

    /// Pads the number. With a separator (and the number of digits between two of them), zeros that fill the field
    /// after the sign are separated too, as in `00,001,234`.
    pub(super) fn place(self, field: Field, separator: Option<(char, usize)>) -> String {
        let head = format!("{}{}", self.sign, self.prefix);
        let mut body = match separator {
            Some((mark, group)) if !self.whole.is_empty() => {
                let taken = head.len() + self.tail.chars().count();
                let zeros_count = field.fill == '0' && field.align == Align::AfterSign;
                let least = if zeros_count {
                    field.width.saturating_sub(taken)
                } else {
                    0
                };
                grouped(&self.whole, mark, group, least)
            }
            _ => self.whole,
        };
        body.push_str(&self.tail);
        field.place_after(&head, &body)
    }
}

/// Inserts a mark before every `group` digits, counted from the end, and zeros in front until the result is `least`
/// wide. It is one wider if it would otherwise begin with the mark.
fn grouped(digits: &str, mark: char, group: usize, least: usize) -> String {
    let mut reversed = String::with_capacity(least.max(2 * digits.len()));
    let mut rest = digits.bytes().rev();
    let mut placed = 0;
    loop {
        let next = match rest.next() {
            Some(digit) => char::from(digit),
            None if reversed.len() < least => '0',
            None => break,
        };
        if placed > 0 && placed % group == 0 {
            reversed.push(mark);
        }
        reversed.push(next);
        placed += 1;
    }
    reversed.chars().rev().collect()
}
