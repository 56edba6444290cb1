//! Scripts of `tests/scripts/`, each compared with its expected output, which is at its end.
//!
//! `/* out: … */` is the whole standard output, `/* err: … */` the whole standard error (else empty), `/* code: 3 */`
//! the exit code (else 0), `/* in: … */` what can be read from standard input. What Python has too is what CPython
//! 3.11 prints for the same. With `UPDATE=1` in the environment the two outputs in the scripts are rewritten.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::golden;
use crate::support::script::{Script, each_start_method};

macro_rules! scripts {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*

        #[test]
        fn every_script_is_run() {
            let run: BTreeSet<String> = [$(stringify!($name)),*].map(str::to_string).into();
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
            let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
            let found: BTreeSet<String> = names.map(|path| path.file_stem().unwrap().to_str().unwrap().into()).collect();
            assert_eq!(run, found);
        }
    };
}

scripts! {
    bytes closures convert csv_textwrap datetime dicts endings exceptions files_binary files_processes files_text format input json kinds
    lists modules numbers os_files os_path print random ranges sequences string_case string_search string_split
    sys_exit sys_streams time
}

fn run(name: &str) {
    let path = format!("tests/scripts/{name}.rhai");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
    let code = block(&text, "code").map_or(0, |code| code.trim().parse().unwrap());
    let (out, err) = (
        block(&text, "out").unwrap_or_default(),
        block(&text, "err").unwrap_or_default(),
    );
    let start = |method| {
        let script = Script::file(&path).start_method(method);
        let script = match block(&text, "in") {
            Some(input) => script.stdin(input),
            None => script,
        };
        script.run()
    };
    if golden::is_update() {
        let found = start("fork");
        let text = with_block(&text, "out", &found.stdout);
        golden::assert_file(&path, &with_block(&text, "err", &found.stderr));
    } else {
        each_start_method(|method| start(method).assert(code, &literal(&out), &literal(&err)));
    }
}

/// An expected text that is not to be un-indented.
fn literal(text: &str) -> String {
    if text.starts_with('\n') {
        format!("\n{text}")
    } else {
        text.into()
    }
}

/// The contents of the comment `/* name: … */`; a line break after the name does not count.
fn block(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.rsplit_once(&format!("\n/* {name}:"))?;
    let (content, _) = rest.split_once("*/").unwrap();
    Some(content.strip_prefix('\n').unwrap_or(content).to_string())
}

/// `text` with other content in the comment `/* name: … */`, if it has that comment.
fn with_block(text: &str, name: &str, content: &str) -> String {
    let start = format!("\n/* {name}:\n");
    let Some((before, rest)) = text.rsplit_once(&start) else {
        return text.to_string();
    };
    let (_, after) = rest.split_once("*/").unwrap();
    format!("{before}{start}{content}*/{after}")
}

#[test]
fn a_block_is_replaced_and_the_rest_stays() {
    let text = "print(1);\n/* out:\n2\n*/\n/* code: 3 */\n";
    let replaced = with_block(text, "out", "1\n");
    assert_eq!(replaced, "print(1);\n/* out:\n1\n*/\n/* code: 3 */\n");
    assert_eq!(with_block(text, "err", "1\n"), text);
}
