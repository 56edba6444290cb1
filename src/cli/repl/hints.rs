//! Shows the parameters of the call around the cursor.

use procscript::prompt::Interactive;

use super::lexer::{Kind, Token, tokens};

/// What can still be given to the call that `text` ends in, where its next argument begins.
pub(crate) fn of_call(session: &Interactive, text: &str) -> Option<String> {
    let tokens = tokens(text);
    let (open, given) = open_call(&tokens)?;
    let name = tokens[..open].last()?;
    let bracket = &tokens[open];
    let is_call = name.kind == Kind::Name && name.range.end == bracket.range.start;
    if !is_call || &text[bracket.range.clone()] != "(" {
        return None;
    }
    let word = &text[name.range.clone()];
    let candidates = session.candidates(text, name.range.end).names;
    let signature = candidates
        .into_iter()
        .find(|found| found.name == word)?
        .signature;
    let parameters = signature.strip_prefix(word)?.strip_prefix('(')?;
    Some(rest_of(parameters, given))
}

/// The bracket that is open at the end, and how many arguments stand in it; the next one has not begun.
fn open_call(tokens: &[Token]) -> Option<(usize, usize)> {
    let last = tokens.last()?;
    if !matches!(last.kind, Kind::Open | Kind::Comma) {
        return None;
    }
    let mut depth = 0_usize;
    let mut given = 0;
    for (at, token) in tokens.iter().enumerate().rev() {
        match token.kind {
            Kind::Close => depth += 1,
            Kind::Open if depth == 0 => return Some((at, given)),
            Kind::Open => depth -= 1,
            Kind::Comma if depth == 0 => given += 1,
            _ => {}
        }
    }
    None
}

/// `parameters` (`item, [block, timeout])`) without the first `given`.
fn rest_of(parameters: &str, given: usize) -> String {
    if given == 0 {
        return parameters.into();
    }
    let inside = parameters.trim_end_matches(')');
    let names = inside
        .split(", ")
        .map(|name| name.trim_matches(['[', ']']))
        .skip(given);
    let mut rest = String::from(" ");
    rest.push_str(&names.collect::<Vec<_>>().join(", "));
    rest.push(')');
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_call_and_its_arguments_are_found() {
        let call = |text| open_call(&tokens(text));
        assert_eq!(call("q.put("), Some((3, 0)));
        assert_eq!(call("q.put(f(1, 2), "), Some((3, 1)));
        assert_eq!(call("q.put(1"), None);
        assert_eq!(call("q.put(1)"), None);
    }

    #[test]
    fn given_parameters_are_left_out() {
        assert_eq!(
            rest_of("item, [block, timeout])", 0),
            "item, [block, timeout])"
        );
        assert_eq!(rest_of("item, [block, timeout])", 1), " block, timeout)");
    }
}
