//! Group A: a Process's identity and attributes.

use crate::support::script::prints;

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
