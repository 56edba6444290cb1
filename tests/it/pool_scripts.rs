//! The scripts of `scripts/` that use pools and futures, run fast, compared with all they print.

use crate::support::script::{Output, Script, each_start_method};

/// A text of which the words are counted, longer than one piece.
fn poem() -> String {
    "The cat, the dog and THE bird.\n(a cat)\n".repeat(5000)
}

fn run(name: &str, args: &[&str], method: &str) -> Output {
    let script = Script::file(&format!("scripts/{name}"))
        .start_method(method)
        .beside("tree/one.txt", "Wikipedia")
        .beside("tree/below/two.txt", [])
        .beside("tree/below/three.bin", [0xff; 200_000])
        .beside("poem.txt", poem());
    args.iter()
        .fold(script, |script, arg| script.arg(*arg))
        .run()
}

/// Each of the scripts refuses `args` with one line, which ends with `refusal`.
fn refuses(name: &str, args: &[&str], refusal: &str) {
    each_start_method(|method| {
        run(name, args, method).assert(1, "", &format!("{name}: {refusal}\n"))
    });
}

#[test]
fn hash_tree_prints_the_checksum_of_each_file() {
    // As zlib.adler32 of Python computes them.
    let sums =
        "14d06057  tree/below/three.bin\n00000001  tree/below/two.txt\n11e60398  tree/one.txt\n";
    for workers in ["1", "3"] {
        each_start_method(|method| {
            run("hash_tree.rhai", &["tree", workers], method).assert(0, sums, "")
        });
    }
}

#[test]
fn hash_tree_refuses_what_it_does_not_understand() {
    refuses(
        "hash_tree.rhai",
        &["nowhere"],
        "'nowhere' is not a directory",
    );
    let expected = "expected [DIRECTORY [WORKERS]], got";
    refuses(
        "hash_tree.rhai",
        &["tree", "0"],
        &format!("{expected} ['tree', '0']"),
    );
    refuses(
        "hash_tree.rhai",
        &["tree", "1", "2"],
        &format!("{expected} ['tree', '1', '2']"),
    );
}

#[test]
fn word_count_adds_up_what_its_workers_count() {
    let counts = "15000 the\n10000 cat\n5000 a\n5000 and\n5000 bird\n5000 dog\n";
    for workers in ["1", "3"] {
        each_start_method(|method| {
            run("word_count.rhai", &["poem.txt", workers], method).assert(0, counts, "")
        });
    }
}

#[test]
fn word_count_refuses_what_it_does_not_understand() {
    refuses(
        "word_count.rhai",
        &["nothing.txt"],
        "'nothing.txt' is not a file",
    );
    let expected = "expected [FILE [WORKERS]], got";
    refuses(
        "word_count.rhai",
        &["poem.txt", "two"],
        &format!("{expected} ['poem.txt', 'two']"),
    );
}

#[test]
fn commands_says_how_each_of_its_commands_has_ended() {
    let line = |n: u32| match n % 7 {
        0 => format!("command {n}: seven does not like this, exit code 7\n"),
        _ => format!("command {n}: {}, exit code 0\n", n * n),
    };
    for (count, failed) in [(20, 2), (3, 0)] {
        let lines: String = (1..=count).map(line).collect();
        let wanted = format!("{lines}{count} commands, {failed} of them failed\n");
        let count = count.to_string();
        each_start_method(|method| {
            run("commands.rhai", &["0.01", &count, "4"], method).assert(0, &wanted, "")
        });
    }
}

#[test]
fn commands_refuses_what_it_does_not_understand() {
    let expected = "expected [PACE [COMMANDS [AT_ONCE]]], got";
    refuses("commands.rhai", &["fast"], &format!("{expected} ['fast']"));
    refuses(
        "commands.rhai",
        &["1", "0"],
        &format!("{expected} ['1', '0']"),
    );
    refuses(
        "commands.rhai",
        &["1", "2", "3", "4"],
        &format!("{expected} ['1', '2', '3', '4']"),
    );
}

#[test]
fn crawl_fetches_each_page_once() {
    each_start_method(|method| {
        let output = run("crawl.rhai", &["0.01", "40"], method);
        output.assert_quiet();
        let (missing, total) = output.stdout.trim_end().rsplit_once('\n').unwrap();
        let mut missing: Vec<&str> = missing.lines().collect();
        missing.sort_unstable();
        let gone = [13, 20, 34, 6].map(|page| format!("page {page} has gone"));
        assert_eq!(missing, gone);
        assert_eq!(total, "35 pages, 4 of them missing");
    });
}

#[test]
fn crawl_refuses_what_it_does_not_understand() {
    let expected = "expected [PACE [PAGES]], got";
    refuses("crawl.rhai", &["fast"], &format!("{expected} ['fast']"));
    refuses("crawl.rhai", &["1", "0"], &format!("{expected} ['1', '0']"));
    refuses(
        "crawl.rhai",
        &["1", "2", "3"],
        &format!("{expected} ['1', '2', '3']"),
    );
}
