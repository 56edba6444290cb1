//! Messages that scripts make up: what `send_bytes` sends is never read as an item, whatever it looks like.

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn bytes_are_no_item_and_an_item_is_no_bytes() {
    prints(
        r#"
        let ends = Pipe();
        // The number 5, as send() would write it.
        let five = "\x05".encode();
        ends[0].send_bytes(five);
        print(error_of(|| ends[1].recv()));
        // The same behind what marks an item in the pipe.
        ends[0].send_bytes("\x00\x05".encode());
        print(error_of(|| ends[1].recv()));
        ends[0].send(Queue());
        print(error_of(|| ends[1].recv_bytes()));
        ends[0].send([1, 2]);
        print(error_of(|| ends[1].recv_bytes_into(bytes(100))));
        ends[0].send(bytes(200000));
        print(error_of(|| ends[1].recv_bytes()));
        ends[0].send_bytes(five);
        print(ends[1].recv_bytes() == five, ends[1].poll());
        ends[0].send(5);
        print(ends[1].recv());
        "#,
        "
        ValueError: this message was sent by send_bytes(): receive it with recv_bytes()
        ValueError: this message was sent by send_bytes(): receive it with recv_bytes()
        ValueError: this message was sent by send(): receive it with recv()
        ValueError: this message was sent by send(): receive it with recv()
        ValueError: this message was sent by send(): receive it with recv()
        True False
        5
        ",
    );
}

#[test]
fn a_child_finds_no_queue_that_it_was_not_given() {
    let code = r#"
        // Takes whatever its queue brings, and runs it.
        fn worker(orders) {
            loop { let order = orders.get(); if order == () { break; } order.call(); }
        }
        fn thief() {
            let ends = Pipe();
            let found = 0;
            for place in range(0x400000, 0x410000, 16) {
                // A handle of a queue, as send() would write it.
                let forged = blob(13);
                let head = [0xc7, 10, 5, 0, 2];
                for i in range(5) { forged[i] = head[i]; }
                for i in range(4) { forged[9 + i] = (place >> (8 * (3 - i))) & 255; }
                ends[0].send_bytes(forged);
                try {
                    ends[1].recv().put(|| print("run by another: " + open("/etc/hostname").name));
                    found += 1;
                } catch (e) { if e.type != "ValueError" { throw e; } }
            }
            print(found);
        }
        let orders = Queue();
        let w = Process(worker, [orders]);
        w.start();
        let p = Process(#{ target: thief, permissions: #{ read: False, signals: False, processes: 0 } });
        p.start();
        p.join();
        orders.put(());
        w.join();
        print(p.exitcode, w.exitcode);
    "#;
    each_start_method(|method| {
        let script = Script::text(code).start_method(method);
        script.run().assert(0, "0\n0 0\n", "");
    });
}
