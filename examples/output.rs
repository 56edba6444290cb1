//! Redirects the output of a script and its children, and answers their requests for input.
//!
//! `cargo run --example output`

#![allow(clippy::print_stdout)]

use procscript::{Capture, Permissions, Runtime, Script, Sink};

const SCRIPT: &str = r#"
fn count(name, parts) {
    print(name, "has", parts.len(), "parts");
    if parts.is_empty() { throw ValueError("%s is empty" % name); }
}

let owner = input("Whose orders? ");
for order in [["first", ["nut", "bolt"]], ["second", []]] {
    let worker = Process(#{ target: count, args: order, name: order[0] });
    worker.start();
    worker.join();
    print("checked the", worker.name, "order of", owner);
}
"#;

fn main() -> Result<(), procscript::Error> {
    // Child processes are fresh runs of this program and start here.
    procscript::init();

    // All output in one string: the lines of children are whole, and in order with those of the script.
    let printed = Capture::new();
    // Line by line, as for a logger.
    let errors = Capture::new();
    let mut log = errors.clone();
    let log = Sink::lines(move |line| {
        use std::io::Write;
        let _ = writeln!(log, "script: {line}");
    });
    let runtime = Runtime::builder()
        .permissions(Permissions::none().allow_processes(8, 1))
        .stdout(printed.clone())
        .stderr(log)
        .stdin(|prompt| (prompt == "Whose orders? ").then(|| "Ada".into()))
        .build()?;
    let code = runtime.run_main(Script::from_text("orders", SCRIPT));

    println!("exit code {code}\n\nprinted:\n{}", printed.text());
    println!("errors:\n{}", errors.text().trim_end());
    Ok(())
}
