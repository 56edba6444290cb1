//! The same expressions evaluated by procscript and by CPython, whose values and errors must be the same.
//!
//! `cases.py` writes random cases in both languages. `PROCSCRIPT_SEED` repeats a run, `PROCSCRIPT_CASES` sets the number
//! of cases. `known.txt` has the cases that were wrong once. Without Python 3.11 the random cases are skipped.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::script::Script;

/// How many random cases there are in a usual run.
const CASES: usize = 4000;

/// The version that procscript follows: others have other messages.
const VERSION: &str = "Python 3.11.";

/// Prints the type and the `repr` of a value, or of what it raises.
const SHOW: &str = r#"
fn show(value) { print(type(value).name + " " + repr(value)); }
fn raised(e) { print("raises " + e.type + " " + repr(e.message)); }
"#;

/// An expression in both languages, and its result.
struct Case {
    script: String,
    python: String,
    result: String,
}

/// Returns what the generator prints, or `None` when there is no Python of that version.
fn generator(args: &[&str]) -> Option<String> {
    let version = Command::new("python3").arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    if !version
        .as_ref()
        .is_ok_and(|version| version.starts_with(VERSION))
    {
        eprintln!("skipped: this needs {VERSION}x as python3, found {version:?}");
        return None;
    }
    let output = Command::new("python3")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/python/cases.py"
        ))
        .args(args)
        .env("PYTHONIOENCODING", "utf-8")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn cases(lines: &str) -> Vec<Case> {
    let case = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [script, python, result, ..] = cells[..] else {
            panic!("a case has three cells: {line:?}");
        };
        Case {
            script: script.into(),
            python: python.into(),
            result: result.into(),
        }
    };
    let is_case = |line: &&str| !line.is_empty() && !line.starts_with('#');
    lines.split('\n').filter(is_case).map(case).collect()
}

/// Evaluates all cases in one process, and fails with those whose result is another.
fn compare(cases: &[Case], origin: &str) {
    let line = |case: &Case| {
        format!(
            "try {{ show({}); }} catch (e) {{ raised(e); }}\n",
            case.script
        )
    };
    let code: String = cases.iter().map(line).collect();
    let output = Script::text(&format!("{SHOW}{code}")).run();
    let found: Vec<&str> = output.stdout.lines().collect();
    let count = found.len();
    assert_eq!(
        (count, output.stderr.as_str()),
        (cases.len(), ""),
        "{origin}: the last case was {:?}",
        cases.get(count).map(|case| &case.script)
    );
    let differ = |(case, found): (&Case, &&str)| {
        (case.result != **found).then(|| {
            format!(
                "\nscript: {}\npython: {}\nexpected: {}\nfound:    {found}",
                case.script, case.python, case.result
            )
        })
    };
    let all: Vec<String> = cases.iter().zip(&found).filter_map(differ).collect();
    let shown = all.iter().take(20).cloned().collect::<String>();
    assert!(all.is_empty(), "{origin}: {} differ:{shown}", all.len());
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[test]
fn random_expressions_have_the_values_and_errors_of_python() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = variable("PROCSCRIPT_SEED").unwrap_or_else(|| now.as_nanos().to_string());
    let count = variable("PROCSCRIPT_CASES").unwrap_or_else(|| CASES.to_string());
    eprintln!("PROCSCRIPT_SEED={seed} PROCSCRIPT_CASES={count}");
    if let Some(lines) = generator(&[&seed, &count]) {
        compare(&cases(&lines), &format!("PROCSCRIPT_SEED={seed}"));
    }
}

#[test]
fn cases_that_were_wrong_once_are_right() {
    compare(&cases(include_str!("known.txt")), "known.txt");
}

#[test]
fn known_cases_are_what_python_says() {
    let known = cases(include_str!("known.txt"));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/python/known.txt");
    let Some(lines) = generator(&["--known", file]) else {
        return;
    };
    for (known, python) in known.iter().zip(lines.lines()) {
        assert_eq!(known.result, python, "{}", known.python);
    }
}

#[test]
fn each_difference_that_cases_follow_is_a_documented_one() {
    let Some(names) = generator(&["--differences"]) else {
        return;
    };
    let page = std::fs::read_to_string("docs/differences.md").unwrap();
    for name in names.lines() {
        let row = format!("\n| {name} | ");
        assert!(
            page.contains(&row),
            "docs/differences.md has no row `{name}`"
        );
    }
}
