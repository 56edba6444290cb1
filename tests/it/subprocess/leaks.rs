//! Many commands leave nothing behind: no descriptor, no process.

use crate::support::script::Script;

#[test]
fn a_thousand_commands_leave_no_descriptor_and_no_process() {
    Script::text(
        r#"
        fn descriptors() { len(os.listdir("/proc/self/fd")) }
        fn children() { open("/proc/self/task/" + os.getpid() + "/children").read().split().len() }
        fn some(count) {
            for i in range(count) {
                subprocess.run(["true"]);
                subprocess.run(["cat"], #{input: "x", text: true, capture_output: true});
                try { subprocess.run(["no-such-program"], #{capture_output: true}); } catch { }
                let p = subprocess.Popen(["true"], #{stdin: subprocess.PIPE, stdout: subprocess.PIPE});
                p.wait();
                let forgotten = subprocess.Popen(["true"], #{start_new_session: i % 2 == 0});
            }
            // What was forgotten is reaped with the next start after its end.
            while children() > 0 { subprocess.run(["true"]); }
        }
        some(2);
        let before = descriptors();
        some(200);
        print(descriptors() - before, children());
        "#,
    )
    .run()
    .assert(0, "0 0\n", "");
}

#[test]
fn a_supervisor_holds_no_stream_open() {
    Script::text(
        r#"
        let p = subprocess.Popen(["sh", "-c", "ls /proc/$PPID/fd | wc -l; cat /proc/$PPID/comm; cat"],
            #{stdin: subprocess.PIPE, stdout: subprocess.PIPE, text: true});
        print(p.communicate());
        "#,
    )
    .run()
    .assert(0, "['0\\nsupervisor\\n', None]\n", "");
}
