//! What scripts read: what the host gives them, else nothing. Its own standard input is left to the host.

use procscript::{Capture, Permissions, Runtime, Script, StartMethod};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_hosts_standard_input_is_left_alone", left_alone).reads("for the host\n"),
    Case::new("a_source_answers_what_a_script_asks", answered).reads("for the host\n"),
    Case::new("a_child_has_no_input_whatever_its_parent_has", child).reads("for the host\n"),
    Case::new("a_source_that_panics_is_an_error_of_input", panicked),
    Case::new(
        "a_program_owned_by_its_script_has_its_standard_input_read",
        owned,
    )
    .reads("Ada\n"),
];

/// What the host can read, itself.
fn own_line() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line
}

fn left_alone() {
    let printed = Capture::new();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .stdout(printed.clone())
        .build()
        .unwrap();
    let script = r#"
        let asked = [|| input("Name? "), || sys.stdin.readline(), || sys.stdin.read(), || sys.stdin.readlines()];
        for ask in asked {
            try { ask.call(); } catch (e) { print(e.type + ": " + e.message); }
        }
        try { for line in sys.stdin { print(line); } } catch (e) { print(e.type + ": " + e.message); }
        os.system("cat");
        print(subprocess.check_output(["cat"], #{text: true}), #{end: ""});
        "#;
    runtime.run_main(Script::from_text("script", script));
    let told = "EOFError: this program does not provide input to scripts\n";
    assert_eq!(printed.text(), told.repeat(5));
    assert_eq!(own_line(), "for the host\n");
}

fn answered() {
    let (printed, asked) = (Capture::new(), Capture::new());
    let mut asks = asked.clone();
    let mut answers = ["Ada", "two\n", "", "four", "five"].into_iter();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .stdout(printed.clone())
        .stdin(move |prompt| {
            use std::io::Write;
            write!(asks, "[{prompt}]").unwrap();
            answers.next().map(String::from)
        })
        .build()
        .unwrap();
    let script = r#"
        print(input("Name? "));
        print(repr(sys.stdin.readline()));
        print(repr(input()));
        print(sys.stdin.readlines());
        try { input(7); } catch (e) { print(e.type + ": " + e.message); }
        print(repr(sys.stdin.read()), repr(sys.stdin.readline()));
        os.system("cat");
        "#;
    runtime.run_main(Script::from_text("script", script));
    assert_eq!(
        printed.text(),
        "Ada\n'two\\n'\n''\n['four\\n', 'five\\n']\nEOFError: EOF when reading a line\n'' ''\n"
    );
    assert_eq!(asked.text(), "[Name? ][][][][][][7][][]");
    assert_eq!(own_line(), "for the host\n");
}

fn child() {
    for method in [StartMethod::Spawn, StartMethod::Fork] {
        let printed = Capture::new();
        let runtime = Runtime::builder()
            .permissions(Permissions::all())
            .start_method(method)
            .stdout(printed.clone())
            .stdin(|_| panic!("a child has asked"))
            .build()
            .unwrap();
        let script = r#"
            fn child() {
                try { input(); } catch (e) { print(e.type + ": " + e.message); }
                print(repr(sys.stdin.read()));
                os.system("cat");
            }
            let p = Process(child); p.start(); p.join();
            "#;
        runtime.run_main(Script::from_text("script", script));
        assert_eq!(printed.text(), "EOFError: EOF when reading a line\n''\n");
    }
    assert_eq!(own_line(), "for the host\n");
}

fn panicked() {
    let printed = Capture::new();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .stdout(printed.clone())
        .stdin(|_| std::panic::resume_unwind(Box::new("nobody is there")))
        .build()
        .unwrap();
    let script = r#"try { input(); } catch (e) { print(e.type + ": " + e.message); }"#;
    runtime.run_main(Script::from_text("script", script));
    assert_eq!(
        printed.text(),
        "OSError: the source of input has failed: nobody is there\n"
    );
}

fn owned() {
    let printed = Capture::new();
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .owns_process()
        .stdout(printed.clone())
        .build()
        .unwrap();
    let script = r#"print(input("Name? "));"#;
    runtime.run_main(Script::from_text("script", script));
    assert_eq!(printed.text(), "Name? Ada\n");
}
