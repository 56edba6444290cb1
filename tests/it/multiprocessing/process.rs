//! A Process's identity, attributes and arguments.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_001_the_main_process_knows_itself() {
    prints(
        r#"
        let me = current_process();
        print(me.name, me.pid == os.getpid(), me.exitcode, me.daemon, me.is_alive());
        print(type(me.authkey), len(me.authkey) > 0);
        print(me);
        print(parent_process());
        "#,
        "
        MainProcess True None False True
        <class 'bytes'> True
        <_MainProcess name='MainProcess' parent=None started>
        None
        ",
    );
}

#[test]
fn case_002_a_process_that_is_not_started_has_no_number() {
    prints(
        "
        let p = Process();
        print(p.pid, p.ident, p.exitcode, p.is_alive(), p.exception);
        print(active_children());
        ",
        "
        None None None False None
        []
        ",
    );
}

#[test]
fn case_004_arguments_arrive_unchanged() {
    prints(
        r#"
        fn show(a, b, c, d, e, f, g) {
            print(repr([a, b, c, d, e, f, g]));
        }
        let p = Process(show, [1, "str", [1], 2.5, #{ k: [(), true] }, 'x', -9223372036854775807]);
        p.start();
        p.join();
        "#,
        "
        [1, 'str', [1], 2.5, {'k': [None, True]}, 'x', -9223372036854775807]
        ",
    );
}

#[test]
fn case_005_names_count_every_object_and_hang_together_by_colons() {
    prints(
        r#"
        fn grandchild() {
            print(current_process().name, parent_process().name);
        }
        fn child() {
            let first = Process(grandchild);
            let unused = Process();
            let third = Process(grandchild);
            print(current_process().name, first.name, unused.name, third.name);
            first.start();
            first.join();
            third.start();
            third.join();
        }
        print(Process().name);
        let p = Process(child);
        p.start();
        p.join();
        print(Process().name);
        "#,
        "
        Process-1
        Process-2 Process-2:1 Process-2:2 Process-2:3
        Process-2:1 Process-2
        Process-2:3 Process-2
        Process-3
        ",
    );
}

#[test]
fn case_007_a_name_is_a_string_and_may_be_given() {
    prints(
        r#"
        print(Process(#{ name: "" }).name, Process(#{ name: "x" }).name);
        let p = Process();
        p.name = "worker";
        print(p.name);
        print(error_of(|| { p.name = 3; }));
        let child = Process(|| print(current_process().name));
        child.name = "renamed";
        child.start();
        child.join();
        let self_named = Process(|| { let me = current_process(); me.name = "inner"; print(current_process().name); });
        self_named.start();
        self_named.join();
        print(self_named.name);
        "#,
        "
        Process-1 x
        worker
        AssertionError: name must be a string
        renamed
        inner
        Process-5
        ",
    );
}

#[test]
fn case_008_a_child_knows_its_parent() {
    prints(
        r#"
        fn child(pid) {
            let parent = parent_process();
            print(parent.name, parent.pid == pid, parent.pid == os.getppid(), parent.is_alive());
        }
        let p = Process(child, [os.getpid()]);
        p.start();
        p.join();
        "#,
        "MainProcess True True True\n",
    );
}

#[test]
fn case_010_daemon_is_inherited() {
    prints(
        r#"
        fn inside() {
            print(current_process().daemon, Process().daemon, Process(#{ daemon: false }).daemon);
        }
        print(Process().daemon, Process(#{ daemon: true }).daemon, Process(#{ daemon: false }).daemon);
        let p = Process(#{ target: inside, daemon: true });
        p.start();
        p.join();
        "#,
        "
        False True False
        True True False
        ",
    );
}

#[test]
fn case_011_daemon_is_fixed_at_start() {
    prints(
        r#"
        let q = Queue();
        let p = Process(|q| q.get(), [q]);
        p.daemon = true;
        p.start();
        print(p.daemon, error_of(|| { p.daemon = false; }));
        q.put("end");
        p.join();
        print(p.daemon, error_of(|| { p.daemon = false; }));
        "#,
        "
        True AssertionError: process has already started
        True AssertionError: process has already started
        ",
    );
}

#[test]
fn case_013_a_process_type_holds_a_pipe() {
    prints(
        r#"
        fn UpperCaser() {
            let me = Process();
            let ends = Pipe();
            me.mine = ends[0];
            me.theirs = ends[1];
            me.run = || {
                this.mine.close();
                loop {
                    let text = this.theirs.recv();
                    if text == None { break; }
                    this.theirs.send(text.upper());
                }
            };
            me
        }
        fn submit(p, text) { let end = p.mine; end.send(text); end.recv() }
        let p = UpperCaser();
        p.daemon = true;
        p.start();
        let theirs = p.theirs;
        theirs.close();
        print(submit(p, "hello"), submit(p, "world"));
        let mine = p.mine;
        mine.send(None);
        mine.close();
        p.join();
        print(p.exitcode);
        "#,
        "HELLO WORLD\n0\n",
    );
}

#[test]
fn case_014_the_representation_tells_the_stage_of_life() {
    prints(
        r#"
        let q = Queue();
        let p = Process(#{ target: |q| q.get(), args: [q], name: "worker" });
        print(p);
        p.start();
        print(p);
        q.put("end");
        p.join();
        print(p);
        p.close();
        print(p);
        let d = Process(#{ target: |q| q.get(), args: [q], daemon: true });
        print(d);
        d.start();
        print(d);
        d.terminate();
        d.join();
        print(d);
        let failed = Process(|| sys.exit(3));
        failed.start();
        failed.join();
        print(failed);
        "#,
        "
        <Process name='worker' parent=<main> initial>
        <Process name='worker' pid=<pid 1> parent=<main> started>
        <Process name='worker' pid=<pid 1> parent=<main> stopped exitcode=0>
        <Process name='worker' parent=<main> closed>
        <Process name='Process-2' parent=<main> initial daemon>
        <Process name='Process-2' pid=<pid 2> parent=<main> started daemon>
        <Process name='Process-2' pid=<pid 2> parent=<main> stopped exitcode=-SIGTERM daemon>
        <Process name='Process-3' pid=<pid 3> parent=<main> stopped exitcode=3>
        ",
    );
}

#[test]
fn case_014_another_process_does_not_know_how_a_process_is() {
    prints(
        r#"
        fn look(p) {
            print(p);
            print(error_of(|| p.is_alive()));
            print(error_of(|| p.join()));
            print(error_of(|| p.start()));
            print(p.exitcode, p.name);
            p.terminate();
        }
        let p = Process(#{ target: || time.sleep(3600), name: "sleeper" });
        p.start();
        let other = Process(look, [p]);
        other.start();
        other.join();
        p.join();
        print(p.exitcode);
        "#,
        "
        <Process name='sleeper' pid=<pid 1> parent=<main> unknown>
        AssertionError: can only test a child process
        AssertionError: can only join a child process
        AssertionError: can only start a process object created by current process
        None sleeper
        -15
        ",
    );
}

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
        child 42 ['a', 'b'] Counter-1 True
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
fn a_wrong_number_of_arguments_fails_where_the_process_is_created() {
    prints(
        r#"
        fn task(a, b) {}
        fn several(a) {}
        fn several(a, b) {}
        let seen = 1;
        let closure = |x| x + seen;
        for class in [Process, Thread] {
            print(error_of(|| class.call(task, [1])));
            print(error_of(|| class.call(#{ target: several, args: [1, 2, 3] })));
            print(error_of(|| class.call(closure)));
            print(error_of(|| class.call(#{ target: print_nothing() })));
            print(error_of(|| { class.call(several, [1]); class.call(several, [1, 2]); class.call(closure, [1]); class.call(); }));
        }
        fn print_nothing() { }
        "#,
        "
        TypeError: task() missing 1 required positional argument: 'b'
        TypeError: several() takes 1 or 2 positional arguments but 3 were given
        TypeError: <lambda>() missing 1 required positional argument: 'x'
        TypeError: Process() target must be a function, not NoneType
        no error
        TypeError: task() missing 1 required positional argument: 'b'
        TypeError: several() takes 1 or 2 positional arguments but 3 were given
        TypeError: <lambda>() missing 1 required positional argument: 'x'
        TypeError: Thread() target must be a function, not NoneType
        no error
        ",
    );
}
