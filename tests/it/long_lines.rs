//! Lines of any length: reading one takes time in proportion to its length, and text without a line end is not kept.

use crate::support::script::{Script, each_start_method};

/// The length of the short lines, in bytes; the long ones are [`TIMES`] as long.
const SHORT: usize = 1 << 19;
const TIMES: usize = 32;

/// How much longer a long line may take than a short one; it was about the square of [`TIMES`].
const MOST: usize = 16 * TIMES;

/// Reads short and long things in turn by the function `next_of(size)`, and says whether the long ones take too long.
fn takes_time_in_proportion(read: &str, stdin: &[u8]) {
    let script = format!(
        r#"
        {read}
        fn timed(size) {{
            let start = time.process_time();
            let found = next_of(size);
            if found != size {{ throw "%d instead of %d" % [found, size]; }}
            time.process_time() - start
        }}
        let short = 1e9;
        let long = 1e9;
        for turn in 0..3 {{
            short = min(short, timed({SHORT}));
            long = min(long, timed({SHORT} * {TIMES}));
        }}
        print(if long < short * {MOST} {{ "in proportion" }} else {{ "%f, but %f" % [short, long] }});
        "#
    );
    Script::text(&script)
        .stdin(stdin)
        .run()
        .assert(0, "in proportion\n", "");
}

/// Short and long lines in turn.
fn lines() -> Vec<u8> {
    let line = |length: usize| [vec![b'x'; length - 1], vec![b'\n']].concat();
    [line(SHORT), line(SHORT * TIMES)].concat().repeat(3)
}

#[test]
fn reading_a_line_of_standard_input_takes_time_in_proportion() {
    let lines = lines();
    for read in [
        "fn next_of(size) { len(input()) + 1 }",
        "fn next_of(size) { len(sys.stdin.readline()) }",
        "fn next_of(size) { for line in sys.stdin { return len(line); } }",
    ] {
        takes_time_in_proportion(read, &lines);
    }
}

#[test]
fn reading_a_line_of_a_file_takes_time_in_proportion() {
    let read_file = r#"
        for size in [SHORT, SHORT * TIMES] {
            let file = open(str(size), "w");
            file.write("é" * (size - 1) + "\n");
            file.close();
        }
        fn next_of(size) {
            let file = open(str(size));
            let found = len(READ);
            file.close();
            found
        }
        "#
    .replace("SHORT", &SHORT.to_string())
    .replace("TIMES", &TIMES.to_string());
    for read in ["file.readline()", "file.read(size)", "file.read()"] {
        takes_time_in_proportion(&read_file.replace("READ", read), b"");
    }
}

#[test]
fn reading_a_message_takes_time_in_proportion() {
    takes_time_in_proportion(
        r#"
        fn next_of(size) {
            let ends = Pipe();
            ends[0].send_bytes(bytes(size));
            let found = len(ends[1].recv_bytes());
            ends[0].send("x" * size);
            (found + len(ends[1].recv())) / 2
        }
        "#,
        b"",
    );
}

#[test]
fn text_without_a_line_end_is_written_out() {
    each_start_method(|method| {
        for write in [
            r#"print("x" * 1000, #{ end: "" })"#,
            r#"sys.stdout.write("x" * 1000)"#,
        ] {
            let script = format!(
                r#"
                fn child(event) {{ for i in 0..3000 {{ {write}; }} event.wait(); print("."); }}
                let event = Event();
                let p = Process(child, [event]);
                p.start();
                for i in 0..3000 {{ {write}; }}
                input();
                event.set();
                p.join();
                "#
            );
            let mut running = Script::text(&script)
                .start_method(method)
                .interactive()
                .start();
            // Each keeps a mebibyte at most.
            running.wait_for_output("most of the text", |text| text.len() >= 3_800_000);
            running.type_in("\n");
            let output = running.finish();
            let printed = output.stdout.matches('x').count();
            assert_eq!(
                (output.code(), printed),
                (0, 6_000_000),
                "{}",
                output.stderr
            );
        }
    });
}
