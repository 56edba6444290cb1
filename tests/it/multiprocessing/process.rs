//! A Process's identity, attributes and arguments.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn target_and_args_are_positional_or_keywords() {
    prints(
        r#"
        fn show(a, b) { print(a, b); }
        for p in [
            Process(show, [1, 2]),
            Process(#{ target: show, args: [3, 4] }),
            Process(show, #{ args: [5, 6] }),
            Process(|| print(7, 8)),
            multiprocessing.Process(show, [9, 10]),
        ] {
            p.start();
            p.join();
        }
        import "multiprocessing" as mp;
        let p = mp::Process(show, [11, 12]);
        p.start();
        p.join();
        "#,
        "1 2\n3 4\n5 6\n7 8\n9 10\n11 12\n",
    );
}

#[test]
fn attributes_cross_into_the_child_and_stay_apart_afterwards() {
    prints(
        r#"
        fn Counter(start) {
            let me = Process();
            me.count = start;
            me.words = ["a"];
            me.run = || {
                this.count += 1;
                print("child", this.count, this.words, this.name, this.pid == os.getpid());
            };
            me
        }
        let p = Counter(41);
        p.words += "b";
        p.start();
        p.join();
        print("parent", p.count, p.words);
        print(error_of(|| p.missing));
        "#,
        "
        child 42 ['a', 'b'] Process-1 True
        parent 41 ['a', 'b']
        AttributeError: 'Process' object has no attribute 'missing'
        ",
    );
}

#[test]
fn run_may_be_called_like_any_function() {
    prints(
        r#"
        fn task(x) { print(x, os.getpid() == global::MAIN); }
        const MAIN = os.getpid();
        let p = Process(task, ["here"]);
        p.run();
        print(p.pid);
        p.start();
        p.join();
        Process().run();
        "#,
        "
        here True
        None
        here False
        ",
    );
}

#[test]
fn what_cannot_be_a_process_is_refused_in_words() {
    each_start_method(|method| {
        let output = Script::text(
            r#"
            print(error_of(|| Process(#{ target: || 1, name: "x", nice: 3 })));
            print(error_of(|| Process("task")));
            print(error_of(|| Process(|x| x, 5)));
            print(error_of(|| Process(|x| x, "ab")));
            print(error_of(|| Process(1, 2, 3, 4, 5, 6, 7)));
            "#,
        )
        .start_method(method)
        .run();
        output.assert_quiet();
        let lines: Vec<&str> = output.stdout.lines().collect();
        assert_eq!(lines.len(), 5, "{}", output.stdout);
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with("TypeError: Process() ")),
            "{}",
            output.stdout
        );
        assert!(lines[0].contains("'nice'"), "{}", lines[0]);
        assert!(lines[1].contains("a function"), "{}", lines[1]);
        assert!(
            lines[2].contains("args must be a list, not int"),
            "{}",
            lines[2]
        );
        assert!(
            lines[3].contains("args must be a list, not str"),
            "{}",
            lines[3]
        );
    });
}

#[test]
fn an_argument_that_cannot_cross_is_refused_with_its_place() {
    prints(
        r#"
        fn task(x) {}
        let file = open("notes.txt", "w");
        print(error_of(|| Process(task, [file]).start()));
        print(error_of(|| Process(task, [[1, #{ log: file }]]).start()));
        let p = Process(task, [1]);
        p.log = file;
        print(error_of(|| p.start()));
        print(p, active_children());
        p.log = None;
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        "
        TypeError: args[0] is a File, which cannot be sent to another process
        TypeError: args[0][1].log is a File, which cannot be sent to another process
        TypeError: log is a File, which cannot be sent to another process
        <Process name='Process-3' parent=<main> initial> []
        0
        ",
    );
}

#[test]
fn a_wrong_number_of_arguments_fails_in_the_child() {
    each_start_method(|method| {
        let output = Script::text(
            "
            fn task(a, b) {}
            let p = Process(task, [1]);
            p.start();
            p.join();
            print(p.exitcode, p.exception.type);
            ",
        )
        .start_method(method)
        .run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, "1 TypeError\n"),
            "{}",
            output.stderr
        );
        assert!(
            output.stderr.starts_with("Process Process-1:\n"),
            "{}",
            output.stderr
        );
        assert!(
            output
                .stderr
                .contains("TypeError: task() missing 1 required positional argument: 'b'\n"),
            "{}",
            output.stderr
        );
    });
}
