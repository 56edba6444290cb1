//! A small stack (`ulimit -s`) does not keep scripts from starting processes and threads.

use crate::support::script::{Script, each_start_method};

#[test]
fn processes_and_threads_start_whatever_the_limit_of_the_stack_is() {
    each_start_method(|method| {
        for limit in ["256", "512", "1024", "8192", "unlimited"] {
            let script = Script::text(
                r#"
                fn depth(n) { if n == 0 { 0 } else { 1 + depth(n - 1) } }
                let say = |what| print(what, depth(20));
                let p = Process(say, ["child"]);
                p.start();
                p.join();
                let t = Thread(say, ["thread"]);
                t.start();
                t.join();
                let start = |say| {
                    let p = Process(say, ["grandchild"]);
                    p.start();
                    p.join();
                };
                let t = Thread(start, [say]);
                t.start();
                t.join();
                let p = Process(start, [say]);
                p.start();
                p.join();
                "#,
            );
            let shell = format!(r#"ulimit -s {limit} && exec "$@""#);
            script
                .start_method(method)
                .through_shell(&shell)
                .run()
                .assert(0, "child 20\nthread 20\ngrandchild 20\ngrandchild 20\n", "");
        }
    });
}
