//! What an embedder builds: the crates behind `default-features = false`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// The most crates that an embedder builds.
const MOST: usize = 57;

/// The crates of a build as `name version`, this one included.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}"])
        .args(features)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let named = lines.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().take(2).collect();
        words.join(" ")
    });
    named.filter(|name| !name.is_empty()).collect()
}

#[test]
fn an_embedder_builds_nothing_that_only_the_command_needs() {
    let embedded = crates(&["--no-default-features"]);
    for unwanted in ["anyhow", "clap", "indicatif", "rustyline"] {
        let is_it = |name: &&String| name.starts_with(unwanted);
        assert_eq!(embedded.iter().find(is_it), None);
    }
    let command = crates(&[]);
    assert!(command.iter().any(|name| name.starts_with("clap ")));
    assert!(embedded.is_subset(&command));
    assert!(embedded.len() <= MOST, "{embedded:#?}");
    // Whoever adds one says so where embedders read it.
    let guide = fs::read_to_string("docs/embedding.md").unwrap();
    let said = format!("{} crates in all, itself included", embedded.len());
    assert!(
        guide.contains(&said),
        "docs/embedding.md does not say: {said}"
    );
}
