//! The arguments of the scripts of `scripts/`.

use crate::support::script::Script;

/// The scripts that are tested elsewhere with arguments that they do not understand.
const OF_POOLS: [&str; 3] = ["crawl.rhai", "hash_tree.rhai", "word_count.rhai"];

#[test]
fn each_script_refuses_what_it_does_not_understand_with_one_line() {
    let entries = std::fs::read_dir("scripts").unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let scripts: Vec<String> = names
        .filter(|name| name.ends_with(".rhai") && name != "arguments.rhai")
        .filter(|name| !OF_POOLS.contains(&name.as_str()))
        .collect();
    assert!(scripts.len() > 30, "{}", scripts.len());
    for name in scripts {
        for args in [&["--wrong"][..], &["1", "2", "3", "4"]] {
            let script = Script::file(&format!("scripts/{name}"));
            let script = args.iter().fold(script, |script, arg| script.arg(*arg));
            let output = script.run();
            let said = &output.stderr;
            let is_refusal = said.starts_with(&format!("{name}: expected "));
            assert!(
                is_refusal && said.lines().count() == 1,
                "{name} {args:?}: {said}"
            );
        }
    }
}
