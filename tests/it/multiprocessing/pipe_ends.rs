//! Who holds which end of a pipe: children, siblings, messages.

use crate::support::script::{Script, each_start_method, prints};

/// Sends back what it receives, until `None` comes.
const ECHO: &str = "
fn echo(c) {
    loop {
        let item = c.recv();
        if item == None { break; }
        c.send(item);
    }
}
";

#[test]
fn case_116_after_the_other_end_is_closed_what_was_sent_comes_and_then_the_end() {
    prints(
        r#"
        let ends = Pipe();
        let a = ends[0];
        let b = ends[1];
        b.send("sent before");
        b.close();
        print(a.poll(), a.recv());
        for round in [1, 2] {
            print(a.poll(), a.poll(None));
            print(error_of(|| a.recv()));
            print(error_of(|| a.recv_bytes()));
            print(error_of(|| a.recv_bytes_into(bytes(4))));
            print(error_of(|| a.send("x")));
            print(error_of(|| a.send_bytes(bytes(1))));
        }
        try { a.send(1); } catch (e) { print(e.args, e.errno); }
        "#,
        &("True sent before\n".to_string()
            + &"True True\nEOFError: \nEOFError: \nEOFError: \n\
                BrokenPipeError: [Errno 32] Broken pipe\nBrokenPipeError: [Errno 32] Broken pipe\n"
                .repeat(2)
            + "[32, 'Broken pipe'] 32\n"),
    );
}

#[test]
fn case_118_the_parent_closes_its_copy_right_after_the_start() {
    prints(
        &format!(
            r#"{ECHO}
        for round in range(5) {{
            let ends = Pipe();
            let p = Process(#{{ target: echo, args: [ends[1]], daemon: true }});
            p.start();
            ends[1].close();
            ends[0].send("echo");
            print(ends[0].recv());
            ends[0].send(None);
            p.join();
        }}
        "#
        ),
        &"echo\n".repeat(5),
    );
}

#[test]
fn case_131_a_copy_of_the_other_end_keeps_the_end_from_coming() {
    prints(
        r#"
        fn say(w) { w.send("said"); }
        let ends = Pipe(false);
        let r = ends[0];
        let w = ends[1];
        let p = Process(say, [w]);
        p.start();
        p.join();
        print(r.recv(), r.poll(0.2));
        print(error_of(|| r.recv()));
        print(error_of(|| r.poll(None)));
        w.close();
        print(r.poll(0.2), error_of(|| r.recv()));
        "#,
        &format!(
            "said False\nEOFError: {HINT}\nEOFError: {HINT}\nTrue EOFError: \n",
            HINT = "no more data can arrive: only this process still holds the other end of the pipe; close it here after passing it on"
        ),
    );
}

#[test]
fn a_sibling_does_not_hold_what_it_was_not_given() {
    prints(
        r#"
        fn sleep_on(go) { go.get(); }
        fn say(w) { w.send("said"); }
        let go = Queue();
        let ends = Pipe(false);
        let r = ends[0];
        let w = ends[1];
        let sibling = Process(sleep_on, [go]);
        sibling.start();
        let writer = Process(say, [w]);
        writer.start();
        w.close();
        print(r.recv(), error_of(|| r.recv()));
        go.put(1);
        "#,
        "said EOFError: \n",
    );
}

#[test]
fn an_end_reaches_a_child_on_every_way() {
    prints(
        r#"
        fn nested(items) { items[1].w.send("in an array in a map"); }
        fn HoldsOne(w) { let me = Process(); me.box = [w]; me.run = || this.box[0].send("attribute"); me }
        let ends = Pipe(false);
        let r = ends[0];
        let w = ends[1];
        let children = [
            Process(|c| c.send("argument"), [w]),
            Process(|| w.send("captured")),
            Process(nested, [[1, #{ w: w }]]),
            HoldsOne(w),
        ];
        for p in children { p.start(); p.join(); print(r.recv()); }
        w.close();
        print(error_of(|| r.recv()));
        "#,
        "argument\ncaptured\nin an array in a map\nattribute\nEOFError: \n",
    );
}

#[test]
fn a_constant_end_is_known_to_every_child() {
    prints(
        r#"
        const ENDS = Pipe(false);
        fn say() { global::ENDS[1].send("from a constant"); }
        let p = Process(say);
        p.start();
        print(global::ENDS[0].recv());
        p.join();
        "#,
        "from a constant\n",
    );
}

#[test]
fn an_end_that_was_not_given_is_refused() {
    each_start_method(|method| {
        // What cannot be carried to a child is left behind, and the end with it.
        let output = Script::text(
            r#"
            const MIXED = [open("main.rhai"), Pipe(false)];
            fn use_it() { global::MIXED[1][1].send(1); }
            let p = Process(use_it);
            p.start();
            p.join();
            print(p.exception.type);
            fn send_it() { SimpleQueue().put(global::MIXED[1][1]); }
            let p = Process(send_it);
            p.start();
            p.join();
            print(p.exception.type, p.exception.message.contains("cannot be sent from here"));
            "#,
        )
        .start_method(method)
        .run();
        if method == "fork" {
            assert_eq!(output.stdout, "OSError\nTypeError True\n");
            assert!(
                output.stderr.contains("was not given this end of the pipe"),
                "{}",
                output.stderr
            );
        }
    });
}

#[test]
fn ends_go_through_queues_and_pipes_and_come_back() {
    prints(
        r#"
        fn serve(q) {
            let c = q.get();
            // An end of a pipe, received through a pipe, answered on, and sent back.
            let inner = c.recv();
            inner.send("hello from inside");
            c.send(inner);
        }
        let q = Queue();
        let outer = Pipe();
        let inner = Pipe();
        let p = Process(serve, [q]);
        p.start();
        q.put(outer[1]);
        outer[1].close();
        outer[0].send(inner[1]);
        inner[1].close();
        print(inner[0].recv());
        let back = outer[0].recv();
        p.join();
        back.send("it is here again");
        print(inner[0].recv());
        back.close();
        print(error_of(|| inner[0].recv()), error_of(|| outer[0].recv()));
        "#,
        "hello from inside\nit is here again\nEOFError:  EOFError: \n",
    );
}

#[test]
fn a_forked_child_has_the_ends_of_its_signal_handlers_beside_one_that_cannot_be_sent() {
    prints(
        r#"
        fn child() { os.kill(os.getpid(), signal.SIGUSR1); time.sleep(0.01); }
        set_start_method("fork");
        let pipe = Pipe(false);
        let there = pipe[1];
        let file = open("/dev/null");
        signal.signal(signal.SIGUSR1, |number, frame| there.send("handled"));
        signal.signal(signal.SIGUSR2, |number, frame| print(file));
        let p = Process(child);
        p.start();
        p.join();
        print(p.exitcode, pipe[0].recv());
        "#,
        "0 handled\n",
    );
}

#[test]
fn a_closed_end_crosses_as_what_it_is() {
    prints(
        r#"
        fn look(a, b) { print(a.closed, a.readable, b.closed); print(error_of(|| a.recv()), error_of(|| b.send(1))); }
        let ends = Pipe();
        ends[0].close();
        let p = Process(look, [ends[0], Pipe()[0]]);
        p.start();
        p.join();
        print(p.exitcode);
        "#,
        "True True False\nOSError: handle is closed BrokenPipeError: [Errno 32] Broken pipe\n0\n",
    );
}

#[test]
fn a_send_that_only_the_sender_could_receive_raises() {
    prints(
        r#"
        let ends = Pipe();
        let count = 0;
        print(error_of(|| loop { ends[0].send_bytes(bytes(1000000)); }));
        print(len(ends[1].recv_bytes()));
        "#,
        "BrokenPipeError: the pipe is full, and only this process holds the receiving end\n1000000\n",
    );
}
