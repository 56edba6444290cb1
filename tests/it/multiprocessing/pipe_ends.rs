//! Who holds which end of a pipe: children, siblings, messages.

use crate::support::script::{Script, each_start_method, prints};

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
fn a_sender_that_only_it_could_hear_is_told() {
    prints(
        r#"
        let ends = Pipe();
        let count = 0;
        print(error_of(|| loop { ends[0].send_bytes(bytes(1000000)); }));
        print(len(ends[1].recv_bytes()));
        "#,
        "BrokenPipeError: the pipe is full, and this process itself holds the only end that could receive: \
         nobody else makes room\n1000000\n",
    );
}
