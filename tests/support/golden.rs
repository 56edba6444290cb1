//! Files that hold what a test found when it was last right.

use std::fs;
use std::path::Path;

/// Whether the test is to write what it finds, in place of comparing it.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Compares `found` with a file of the repository. With `UPDATE=1` in the environment it rewrites the file instead.
#[track_caller]
pub(crate) fn assert_file(path: &str, found: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if is_update() {
        fs::write(&file, found).unwrap();
        return;
    }
    let wanted = fs::read_to_string(&file).unwrap();
    if let Some(difference) = first_difference(&wanted, found) {
        panic!(
            "{path}{difference}\nIf what was found is right, run the test with UPDATE=1 to rewrite {path}."
        );
    }
}

/// The number of the first line that differs, and a few lines from there on of both texts.
fn first_difference(wanted: &str, found: &str) -> Option<String> {
    if wanted == found {
        return None;
    }
    let pairs = wanted.lines().zip(found.lines());
    let same = pairs.take_while(|(wanted, found)| wanted == found).count();
    let excerpt = |text: &str| -> String {
        let lines = text.lines().skip(same.saturating_sub(2)).take(12);
        lines.map(|line| format!("    {line}\n")).collect()
    };
    let (line, wanted, found) = (same + 1, excerpt(wanted), excerpt(found));
    Some(format!(
        ":{line} differs\n--- wanted\n{wanted}--- found\n{found}---"
    ))
}

#[test]
fn the_first_line_that_differs_is_named() {
    assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    let difference = first_difference("a\nb\n", "a\nc\n").unwrap();
    assert!(difference.starts_with(":2 differs\n"), "{difference}");
    let difference = first_difference("a\n", "a\nb\n").unwrap();
    assert!(difference.starts_with(":2 differs\n"), "{difference}");
}
