//! Random programs: each ends, and those that cannot hang get no error.
//!
//! `programs.txt` has one a line: whether some order of its steps hangs, found by trying all of them, and the program as
//! `family.rhai` reads it. Its objects have kinds and sizes; its threads have steps, such as `["put",0,-1]` for a put into object 0 and
//! `["start",1,["h0"]]` for the start of process 1 with object 0.

use crate::support::script::{Script, each_start_method};

const FAMILY: &str = include_str!("family.rhai");
const PROGRAMS: &str = include_str!("programs.txt");

#[test]
fn every_program_ends_and_those_that_cannot_hang_get_no_error() {
    let mut raised = 0;
    for line in PROGRAMS.lines() {
        let (word, program) = line.split_once(' ').unwrap();
        each_start_method(|method| {
            eprintln!("{line}");
            let script = Script::text(FAMILY).start_method(method).arg(program);
            let output = script.run();
            let has_raised = output.stderr.contains("DeadlockError");
            assert!(!(has_raised && word == "free"), "{line}\n{}", output.stderr);
        });
        raised += usize::from(word == "hangs");
    }
    assert!(raised > 0, "no program can hang");
}
