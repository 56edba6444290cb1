//! Tables of expressions, each with what CPython 3.11 gives for the same.

use super::script::Script;

/// How a script shows a value, or the error in its place.
const SHOW: &str = r#"
fn show(f) { try { print(repr(f.call())); } catch (e) { print("%s: %s" % [e.type, e.message]); } }
"#;

/// Runs the expressions of a table by one script, after `prelude`. A row is `expression => what repr prints of its value, or the error`; an error
/// without a message ends with a colon.
#[track_caller]
pub(crate) fn gives(prelude: &str, table: &str) {
    let rows = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let rows: Vec<(&str, &str)> = rows.map(|row| row.rsplit_once(" => ").unwrap()).collect();
    let shown = rows
        .iter()
        .map(|(expression, _)| format!("show(|| {expression});\n"));
    let code = format!("{prelude}\n{}{SHOW}", shown.collect::<String>());
    let output = Script::text(&code).run();
    let found: Vec<&str> = output.stdout.lines().map(str::trim_end).collect();
    let wanted: Vec<&str> = rows.iter().map(|(_, value)| *value).collect();
    let wrong = rows
        .iter()
        .zip(&found)
        .filter(|((_, wanted), found)| wanted != *found);
    let wrong: Vec<_> = wrong
        .map(|((expression, wanted), found)| {
            format!("{expression}\n  wanted {wanted}\n  found  {found}")
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found, wanted);
    output.assert_quiet();
}
