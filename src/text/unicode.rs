//! Unicode as Python treats it, where Rust's standard library differs: kinds of characters, digits, title case, case folding.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The zeros of all scripts: nine more digits follow each of them.
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
    0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// First and last of the digits that positional notation does not use: superscripts, circled digits, ….
const OTHER_DIGITS: [(u32, u32); 20] = [
    (0xb2, 0xb3),
    (0xb9, 0xb9),
    (0x1369, 0x1371),
    (0x19da, 0x19da),
    (0x2070, 0x2070),
    (0x2074, 0x2079),
    (0x2080, 0x2089),
    (0x2460, 0x2468),
    (0x2474, 0x247c),
    (0x2488, 0x2490),
    (0x24ea, 0x24ea),
    (0x24f5, 0x24fd),
    (0x24ff, 0x24ff),
    (0x2776, 0x277e),
    (0x2780, 0x2788),
    (0x278a, 0x2792),
    (0x10a40, 0x10a43),
    (0x10e60, 0x10e68),
    (0x11052, 0x1105a),
    (0x1f100, 0x1f10a),
];

/// Ideographs that are numbers.
const NUMERALS: &str = "㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍弎弐\
    拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零\u{f96b}\u{f973}\u{f978}\u{f9b2}\u{f9d1}\u{f9d3}\u{f9fd}𠀁𠁤𠃢𠄡𠤪𠦃𠦌𠦜𠫪𠫽𠬙𢎐𢦘𣬛𦉭\u{2f890}";

/// Returns the value of a digit of positional notation, in any script.
pub(crate) fn decimal(char: char) -> Option<u32> {
    let code = u32::from(char);
    let next = ZEROS.partition_point(|zero| *zero <= code);
    let value = code - ZEROS.get(next.checked_sub(1)?)?;
    (value < 10).then_some(value)
}

/// Returns whether `str.isdigit` accepts a character.
pub(crate) fn is_digit(char: char) -> bool {
    let code = u32::from(char);
    let mut others = OTHER_DIGITS.iter();
    decimal(char).is_some() || others.any(|(first, last)| (*first..=*last).contains(&code))
}

/// Returns whether `str.isnumeric` accepts a character.
pub(crate) fn is_numeric(char: char) -> bool {
    char.is_numeric() || (!char.is_ascii() && NUMERALS.contains(char))
}

/// Returns whether a character is a letter: not a mark, and not a number made of letters.
pub(crate) fn is_letter(char: char) -> bool {
    char.general_category_group() == GeneralCategoryGroup::Letter
}

/// Returns whether Python counts a character as white space: Unicode's, and four separators of ASCII.
pub(crate) fn is_space(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\x1c'..='\x1f')
}

/// Returns whether a character is one of two letters of which the first is large: `ǅ`.
pub(crate) fn is_title_letter(char: char) -> bool {
    matches!(char, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | 'ᾈ'..='ᾏ' | 'ᾘ'..='ᾟ' | 'ᾨ'..='ᾯ' | 'ᾼ' | 'ῌ' | 'ῼ')
}

/// Appends a character as a word begins with it.
pub(crate) fn push_title(out: &mut String, char: char) {
    let code = u32::from(char);
    match char {
        'ა'..='ჿ' => out.push(char),
        'Ǆ' | 'ǅ' | 'ǆ' => out.push('ǅ'),
        'Ǉ' | 'ǈ' | 'ǉ' => out.push('ǈ'),
        'Ǌ' | 'ǋ' | 'ǌ' => out.push('ǋ'),
        'Ǳ' | 'ǲ' | 'ǳ' => out.push('ǲ'),
        'ᾀ'..='ᾯ' => out.extend(char::from_u32(code | 8)),
        'ᾳ' | 'ᾼ' => out.push('ᾼ'),
        'ῃ' | 'ῌ' => out.push('ῌ'),
        'ῳ' | 'ῼ' => out.push('ῼ'),
        'ᾷ' => out.push_str("ᾼ\u{342}"),
        'ῇ' => out.push_str("ῌ\u{342}"),
        'ῷ' => out.push_str("ῼ\u{342}"),
        'ᾲ' | 'ᾴ' | 'ῂ' | 'ῄ' | 'ῲ' | 'ῴ' => {
            out.extend(char.to_uppercase().next());
            out.push('\u{345}');
        }
        // Ligatures: the first of their letters is large.
        'ß' | 'և' | '\u{fb00}'..='\u{fb06}' | '\u{fb13}'..='\u{fb17}' => {
            let mut letters = char.to_uppercase();
            out.extend(letters.next());
            out.extend(letters.flat_map(char::to_lowercase));
        }
        _ => out.extend(char.to_uppercase()),
    }
}

/// Returns the string as `str.casefold` compares it.
pub(crate) fn casefold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            // Cherokee folds to its large letters, which are the older ones.
            'Ꭰ'..='Ᏽ' | 'ᏸ'..='ᏽ' | 'ꭰ'..='ꮿ' => out.extend(char.to_uppercase()),
            'ı' => out.push(char),
            'ẞ' => out.push_str("ss"),
            _ => out.extend(char.to_uppercase().flat_map(char::to_lowercase)),
        }
    }
    out
}

/// Returns each character with its lower case in this string, where a sigma has another form at the end of a word.
pub(crate) fn lower_case(text: &str) -> impl Iterator<Item = (char, String)> {
    let lower = text.to_lowercase();
    let mut at = 0;
    text.chars().map(move |char| {
        let count = char.to_lowercase().count();
        let mut ends = lower[at..].char_indices().map(|(index, _)| index);
        let length = ends.nth(count).unwrap_or(lower.len() - at);
        let piece = lower[at..at + length].to_owned();
        at += length;
        (char, piece)
    })
}
