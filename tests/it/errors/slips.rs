//! Slips of people who come from Python: scripts with their whole reports are in `slips.txt` next to this file.

use super::compare;
use crate::support::script::Script;

/// The cases of `slips.txt`.
fn cases() -> Vec<(String, String)> {
    super::cases(include_str!("slips.txt"))
}

#[test]
fn each_slip_is_reported_when_it_runs() {
    compare("tests/it/errors/slips.txt", |script| script);
}

#[test]
fn each_slip_that_does_not_parse_is_all_that_check_reports() {
    for (code, told) in cases() {
        if told.starts_with("SyntaxError") {
            eprintln!("{code}");
            Script::command(&["check", "main.rhai"])
                .beside("main.rhai", &code)
                .run()
                .assert_exactly(2, "", &told);
        }
    }
}

#[test]
fn there_are_many_of_them() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    for (code, told) in cases {
        assert!(told.contains("\nhelp: "), "{code}");
    }
}

#[test]
fn a_program_in_python_is_reported_once_as_python() {
    let twins = std::fs::read_dir("benches/twins").unwrap();
    let paths = twins.map(|file| file.unwrap().path());
    let in_python: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "py"))
        .collect();
    assert!(!in_python.is_empty());
    for path in in_python {
        let program = std::fs::read_to_string(path).unwrap();
        eprintln!("{program}");
        let run = Script::command(&["check", "main.rhai"])
            .beside("main.rhai", &program)
            .run();
        assert_eq!(
            run.stderr.matches("SyntaxError: ").count(),
            1,
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("this looks like Python"),
            "{}",
            run.stderr
        );
    }
}
