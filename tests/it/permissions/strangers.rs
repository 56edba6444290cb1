//! Signals to processes that are no children of the one that sends them: of a copy, of a sibling, of the sender itself.

use crate::support::script::{Script, each_start_method};

#[test]
fn a_child_signals_no_sibling_it_was_handed() {
    each_start_method(|method| {
        let code = r#"
            fn attack(victim) {
                let number = "" + victim.pid;
                for attempt in [|| victim.terminate(), || victim.kill()] {
                    print("NUMBER".join(error_of(attempt).split(number)));
                }
            }
            let go = Event();
            let victim = Process(#{ target: |go| { go.wait(); }, args: [go] });
            victim.start();
            let attacker = Process(#{ target: attack, args: [victim], permissions: #{ signals: False } });
            attacker.start();
            attacker.join();
            go.set();
            victim.join();
            print(victim.exitcode);
        "#;
        Script::text(code).start_method(method).run().assert(
            0,
            "
            PermissionError: sending signal 15 to process NUMBER is not allowed
            PermissionError: sending signal 9 to process NUMBER is not allowed
            0
            ",
            "",
        );
    });
}

#[test]
fn a_process_forked_by_os_fork_signals_no_child_of_its_parent() {
    let code = r#"
        let go = Event();
        let victim = Process(|go| { go.wait(); }, [go]);
        victim.start();
        let copy = os.fork();
        if copy == 0 {
            let number = "" + victim.pid;
            print("NUMBER".join(error_of(|| victim.kill()).split(number)));
            os._exit(0);
        }
        os.waitpid(copy, 0);
        go.set();
        victim.join();
        print(victim.exitcode);
    "#;
    Script::text(code).option("--deny-signals").run().assert(
        0,
        "PermissionError: sending signal 9 to process NUMBER is not allowed\n0\n",
        "",
    );
}

#[test]
fn a_process_signals_itself_but_its_copy_does_not_signal_it() {
    let code = r#"
        let p = Process(|| {
            let copy = os.fork();
            if copy == 0 {
                let number = "" + os.getppid();
                print("NUMBER".join(error_of(|| current_process().kill()).split(number)));
                os._exit(0);
            }
            os.waitpid(copy, 0);
            current_process().kill();
        });
        p.start();
        p.join();
        print(p.exitcode);
    "#;
    each_start_method(|method| {
        let script = Script::text(code).option("--deny-signals");
        script.start_method(method).run().assert(
            0,
            "PermissionError: sending signal 9 to process NUMBER is not allowed\n-9\n",
            "",
        );
    });
}
