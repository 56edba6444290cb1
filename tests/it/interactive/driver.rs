//! The driven program: a command a line on standard input, its answer on standard output behind [`ANSWER`].
//!
//! In a command's text `¶` is the end of a line.

use std::io::BufRead;
use std::process::ExitCode;

use procscript::{Entered, Interactive, Runtime, StartMethod};

/// The first word of the driven program's command line.
pub(crate) const WORD: &str = "--drive";

/// What an answer begins with.
pub(crate) const ANSWER: &str = "=> ";

/// Carries out commands until the program ends or there are none left.
pub(crate) fn drive(method: &str) -> ExitCode {
    let method = match method {
        "fork" => StartMethod::Fork,
        _ => StartMethod::Spawn,
    };
    let runtime = Runtime::builder()
        .owns_process()
        .start_method(method)
        .build();
    let mut program = runtime.interactive();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap_or_default();
        let (command, text) = line.split_once(' ').unwrap_or((&line, ""));
        let text = text.replace('¶', "\n");
        println!(
            "{ANSWER}{}",
            carry_out(&mut program, command, &text).replace('\n', "¶")
        );
    }
    let finished = program.finish();
    println!("{ANSWER}{} {}", finished.code, finished.ended.join(", "));
    ExitCode::from((finished.code & 0xff) as u8)
}

fn carry_out(program: &mut Interactive, command: &str, text: &str) -> String {
    match command {
        "enter" => shown(&program.enter(text)),
        "incomplete" => program.is_incomplete(text).to_string(),
        other => panic!("no command {other}"),
    }
}

fn shown(entered: &Entered) -> String {
    match entered {
        Entered::Nothing => "nothing".into(),
        Entered::Value(text) => format!("value {text}"),
        Entered::Failed(error) => format!("failed {error}"),
        Entered::Interrupted => "interrupted".into(),
        Entered::Exit(code) => format!("exit {code}"),
        other => format!("{other:?}"),
    }
}
