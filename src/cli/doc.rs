//! `procscript doc`: shows the manual entry of a name.

use anyhow::{Result, bail};
use procscript::manual::{EntryKind, Manual};

use super::output;

/// The width if the terminal does not report one.
const COLUMNS: usize = 80;

/// Prints the entry of `name`; without a name, lists all modules.
pub(crate) fn doc(name: Option<&str>) -> Result<u8> {
    match name {
        Some(name) => entry(name),
        None => contents(),
    }
}

fn entry(name: &str) -> Result<u8> {
    if let Some(entry) = Manual::find(name) {
        return output::print(&entry.to_text(columns()));
    }
    let nearest = Manual::nearest(name);
    if nearest.is_empty() {
        bail!("the manual has no '{name}' (`procscript doc` lists the modules)");
    }
    bail!(
        "the manual has no '{name}'; did you mean {}?",
        nearest.join(", ")
    );
}

fn contents() -> Result<u8> {
    let mut text = String::from(
        "`procscript doc NAME` describes a module, a class, a function or a method.\n",
    );
    list("Modules", EntryKind::Module, &mut text);
    list("Without a module", EntryKind::Page, &mut text);
    output::print(&text)
}

fn list(heading: &str, kind: EntryKind, text: &mut String) {
    text.push_str(&format!("\n{heading}:\n"));
    for entry in Manual::entries().iter().filter(|entry| entry.kind == kind) {
        let about = entry.text.split(". ").next().unwrap_or_default();
        text.push_str(&format!(
            "  {:28}{}\n",
            entry.path(),
            about.trim_end_matches('.')
        ));
    }
}

/// The requested width, or else that of the terminal.
fn columns() -> usize {
    let said = std::env::var("COLUMNS").ok();
    let said = said.and_then(|text| text.parse().ok());
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    let wide = size.map(|size| usize::from(size.ws_col));
    said.or(wide.filter(|columns| *columns > 0))
        .unwrap_or(COLUMNS)
}
