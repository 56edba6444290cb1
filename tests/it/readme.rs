//! The README's script does what the README says.

use std::fs;

use crate::harness::Script;

/// The content of the first block fenced as `language`.
fn block(text: &str, language: &str) -> String {
    let fence = format!("```{language}\n");
    let start = text.find(&fence).expect("the README has such a block") + fence.len();
    let end = text[start..].find("```").expect("the block is closed");
    text[start..start + end].to_string()
}

#[test]
fn the_script_of_the_readme_prints_what_it_says() {
    let readme = fs::read_to_string("README.md").unwrap();
    let (code, expected) = (block(&readme, "rhai"), block(&readme, "text"));
    for method in ["fork", "spawn"] {
        Script::text(&code)
            .start_method(method)
            .run()
            .assert(0, &expected, "");
    }
}
