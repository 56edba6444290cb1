//! Descriptors of children that are copies of a seed.

use super::seed::script;

#[test]
fn descriptors_that_the_process_has_inherited_arrive() {
    let code = r#"
        fn numbers(none) { sorted(os.listdir("/proc/self/fd")) }
        let seen = [];
        for i in range(3) { seen.push([in_child(|none| is_copy(), []), in_child(numbers, []) == in_child(numbers, [])]); }
        print(seen, in_child(|none| open("/dev/fd/9").read(), []));
    "#;
    script(code)
        .through_shell("echo nine > nine; exec 9< nine; exec \"$@\"")
        .run()
        .assert(
            0,
            "[[False, True], [True, True], [True, True]] nine\n\n",
            "",
        );
}

#[test]
fn inherited_descriptors_may_have_any_numbers() {
    let code = r#"
        fn read(fd) { open("/dev/fd/%d" % fd).read().strip() }
        let fds = sys.argv.extract(1).map(|fd| int(fd));
        for i in range(4) { print(in_child(|none| is_copy(), []), fds.map(|fd| in_child(read, [fd]))); }
    "#;
    let copies = |values: &str| {
        let lines: Vec<_> = ["False", "True", "True", "True"]
            .map(|copy| format!("{copy} {values}"))
            .into();
        lines.join("\n") + "\n"
    };
    let files = "for i in 3 4 5 6 251; do echo $i > f$i; done; ulimit -n 252;";
    let shell = |opened: &str| format!("{files} exec bash -c '{opened} exec \"$@\"' bash \"$@\"");
    let cases = [
        (
            &["3", "4", "5", "6"][..],
            "exec 3<f3 4<f4 5<f5 6<f6;",
            copies("['3', '4', '5', '6']"),
        ),
        (&["4"], "exec 4<f4;", copies("['4']")),
        (&["251"], "exec 251<f251;", copies("['251']")),
        // One that no copy could have: there is none.
        (
            &["251"],
            "exec 251<f251; ulimit -n 200;",
            "False ['251']\n".repeat(4),
        ),
    ];
    for (numbers, opened, printed) in cases {
        let script = numbers
            .iter()
            .fold(script(code), |script, fd| script.arg(fd));
        let run = script.through_shell(&shell(opened)).run();
        run.assert(0, &printed, "");
    }
}
