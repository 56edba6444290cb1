//! Whoever reads Rhai reads as Rhai does: our tokens of a text beside those of Rhai's own lexer.

use std::fs;
use std::path::PathBuf;

use rhai::{Engine, Token};

use crate::syntax::{Kind, tokens};

/// Rhai's tokens: what each is, and how it is written where that says more.
fn of_rhai(engine: &Engine, text: &str) -> Vec<(Kind, String)> {
    let texts = [text];
    let (mut lexer, control) = engine.lex(&texts);
    let mut found = Vec::new();
    // The braces that are open in each `${…}`.
    let mut interpolations: Vec<usize> = Vec::new();
    while let Some((token, _)) = lexer.next() {
        match token {
            Token::EOF => break,
            Token::LexError(error) => panic!("{error}: {text}"),
            Token::InterpolatedString(part) => {
                if !part.is_empty() || !is_part(&found) {
                    found.push((Kind::String, String::new()));
                }
                found.push((Kind::Symbol, "${".into()));
                lexer.next();
                interpolations.push(0);
            }
            // What is left of a string behind its last `${…}` may be nothing but the quote.
            Token::StringConstant(_) | Token::CharConstant(_) => {
                found.push((Kind::String, String::new()));
            }
            Token::IntegerConstant(_) | Token::FloatConstant(_) => {
                found.push((Kind::Number, String::new()));
            }
            Token::Identifier(word) | Token::Reserved(word) => found.push(plain(&word)),
            Token::RightBrace if interpolations.last() == Some(&0) => {
                interpolations.pop();
                control.borrow_mut().is_within_text = true;
                found.push((Kind::Symbol, "}".into()));
            }
            other => {
                match (&other, interpolations.last_mut()) {
                    (Token::LeftBrace | Token::MapStart, Some(braces)) => *braces += 1,
                    (Token::RightBrace, Some(braces)) => *braces -= 1,
                    _ => (),
                }
                // Two symbols for us.
                match other.literal_syntax() {
                    "!in" => found.extend([plain("!"), plain("in")]),
                    "()" => found.extend([plain("("), plain(")")]),
                    "?[" => found.extend([plain("?"), plain("[")]),
                    literal => found.push(plain(literal)),
                }
            }
        }
    }
    found
}

/// Whether the last token was the end of a `${…}`.
fn is_part(found: &[(Kind, String)]) -> bool {
    found.last().is_some_and(|(_, text)| text == "}")
}

fn plain(literal: &str) -> (Kind, String) {
    let is_word = literal.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let kind = if is_word { Kind::Word } else { Kind::Symbol };
    (kind, literal.into())
}

/// Our tokens in the same form.
fn ours(text: &str) -> Vec<(Kind, String)> {
    let code = tokens(text).into_iter();
    let code = code.filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
    let code = code.map(|token| match token.kind {
        Kind::String | Kind::Number => (token.kind, String::new()),
        kind => (kind, text[token.range].to_string()),
    });
    code.collect()
}

/// Without the signs before numbers, which Rhai takes for a part of them where it can.
fn without_signs(tokens: Vec<(Kind, String)>) -> Vec<(Kind, String)> {
    let mut left: Vec<(Kind, String)> = Vec::new();
    for token in tokens {
        if token.0 == Kind::Number {
            while left.pop_if(|before| before.1 == "-").is_some() {}
        }
        left.push(token);
    }
    left
}

fn scripts() -> Vec<String> {
    let folders = ["scripts", "tests/scripts", "examples", "benches"];
    let mut folders: Vec<PathBuf> = folders.into_iter().map(PathBuf::from).collect();
    let mut scripts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "rhai")
            {
                scripts.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    scripts
}

#[test]
fn our_tokens_are_those_of_rhai() {
    let engine = Engine::new_raw();
    let scripts = scripts();
    assert!(scripts.len() > 30);
    let texts = [
        "let a = `C:\\`; b",
        "/* a /* b */ c */ d",
        "let s = #\"a \"quoted\" \\\"#; b",
        "let s = ##\"a \"# b\"##; c",
        "`a ${b} c ${#{d: `${e}`}} f`",
        "`a \\${b}` + `${c}${d}`",
        "`a``b` + \"c\"\"d\" + '\\'' + 'e'",
        "\"a \\\n b\" + c",
        "1.5 + 1e-3 + 0xff - 1_000 - -2 + 1. + 1.max() + 1..3 + 1..=3",
        "a?.b ?? c?[0] !in d ** 2 **= e <<= f => g",
        "'\"' + `\"` + \"`\" // `\n + \"// no\"",
        "x -1; x - 1; -x; (-1)",
        "变量 + é",
    ];
    let all = scripts.iter().map(String::as_str).chain(texts);
    for text in all {
        let text = text
            .strip_prefix("#!")
            .map_or(text.to_string(), |rest| format!("//{rest}"));
        let (theirs, own) = (of_rhai(&engine, &text), ours(&text));
        assert_eq!(without_signs(own), without_signs(theirs), "{text}");
    }
}
