//! Quoted forms of strings and bytes, as Python writes literals.

/// `'it'`, `"it's"`, `'\n'`: the literal that means this string.
pub(crate) fn quoted(text: &str) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for char in text.chars() {
        if char == quote {
            out.push('\\');
            out.push(char);
        } else if let Some(escape) = short_escape(char) {
            out.push_str(escape);
        } else if is_printable(char) {
            out.push(char);
        } else {
            push_code(&mut out, char);
        }
    }
    out.push(quote);
    out
}

/// `b'\x00abc'`: the literal that means these bytes.
pub(super) fn quoted_bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote);
    for char in bytes.iter().map(|byte| char::from(*byte)) {
        if char == quote {
            out.push('\\');
            out.push(char);
        } else if let Some(escape) = short_escape(char) {
            out.push_str(escape);
        } else if matches!(char, ' '..='~') {
            out.push(char);
        } else {
            push_code(&mut out, char);
        }
    }
    out.push(quote);
    out
}

/// Returns the string with everything beyond ASCII escaped: what `ascii()` does to a `repr`.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char.is_ascii() {
            true => out.push(char),
            false => push_code(&mut out, char),
        }
    }
    out
}

fn quote_for(single: bool, double: bool) -> char {
    if single && !double { '"' } else { '\'' }
}

fn short_escape(char: char) -> Option<&'static str> {
    match char {
        '\\' => Some("\\\\"),
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\t' => Some("\\t"),
        _ => None,
    }
}

fn push_code(out: &mut String, char: char) {
    let code = u32::from(char);
    out.push_str(&match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    });
}

/// `str.isprintable`. The standard library shows it only by what it escapes. Inside a string (hence the
/// letter in front) it leaves combining marks alone, as Python does.
fn is_printable(char: char) -> bool {
    match char {
        ' '..='~' => true,
        '\0'..='\u{a0}' => false,
        _ => {
            let mut buffer = [b'a'; 5];
            let length = char.encode_utf8(&mut buffer[1..]).len();
            std::str::from_utf8(&buffer[..=length])
                .is_ok_and(|text| text.escape_debug().count() == 2)
        }
    }
}
