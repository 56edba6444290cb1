//! `argparse`: each command line with the values, the help or the error that Python 3.11 prints for the same parser.
//!
//! `NAME.py` and `NAME.rhai` are the same parser. `expected.txt` is what Python has printed: a line with the width of the terminal, the name and the
//! words, then the exit code, then both outputs.

use std::fs;

use super::support::script::{Script, prints};

#[test]
fn values_help_and_errors_are_those_of_python() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/argparse");
    let expected = fs::read_to_string(format!("{folder}/expected.txt")).unwrap();
    let mut count = 0;
    for case in expected
        .split_inclusive('\n')
        .collect::<Vec<_>>()
        .chunk_by(|_, next| !next.starts_with(">\t"))
    {
        let [line, code, output @ ..] = case else {
            panic!("a case without an exit code: {case:?}");
        };
        let words: Vec<&str> = line.trim_end_matches('\n').split('\t').collect();
        let [_, width, name, args @ ..] = words.as_slice() else {
            panic!("a case without a name: {line}");
        };
        let code_of = fs::read_to_string(format!("{folder}/{name}.rhai")).unwrap();
        let mut script =
            Script::text(&code_of).through_shell(&format!("COLUMNS={width} exec \"$@\""));
        for arg in args {
            script = script.arg(*arg);
        }
        let run = script.run();
        let found = (run.code(), run.stdout.clone() + &run.stderr);
        assert_eq!(
            found,
            (code.trim().parse().unwrap(), output.concat()),
            "{line}"
        );
        count += 1;
    }
    assert!(count > 70, "{count}");
}

#[test]
fn parsers_return_what_scripts_ask_for() {
    prints(
        r#"
        let p = argparse.ArgumentParser(#{ prog: "p" });
        p.add_argument("-n", #{ type: int, default: "3" });
        p.add_argument("x", #{ nargs: "?" });
        let args = p.parse_args(["-n", "5"]);
        print(args, args.n + 1, vars(args), type(args));
        print(p.parse_args([]).n + 1, p.parse_known_args(["a", "--zz", "b"]));
        let before = argparse.Namespace(#{ n: 9, other: 1 });
        print(p.parse_args([], before), before, p.get_default("n"), p.prog, p);
        print(p.format_usage().strip());
        let q = Queue();
        let child = Process(|q, args| q.put([args, args.n]), [q, args]);
        child.start();
        print(q.get());
        child.join();
        let common = argparse.ArgumentParser(#{ add_help: false });
        common.add_argument("--user", #{ default: "me" });
        let kid = argparse.ArgumentParser(#{ prog: "kid", parents: [common], argument_default: argparse.SUPPRESS });
        kid.add_argument("--unset");
        kid.set_defaults(#{ run: |args| "runs " + args.user });
        let parsed = kid.parse_args([]);
        print(parsed.user, hasattr(parsed, "unset"), parsed.run.call(parsed));
        let calm = argparse.ArgumentParser(#{ prog: "calm", exit_on_error: false });
        calm.add_argument("-n", #{ type: int });
        for wrong in [
            || calm.parse_args(["-n", "x"]), || p.add_argument("-n"), || p.add_argument("a", "-b"), || p.add_argument("y", #{ required: true }),
            || p.add_argument("--z", #{ nargs: 0 }), || p.add_argument("--z", #{ nargs: "x" }), || p.add_argument("--z", #{ action: "no" }),
            || p.add_argument("--z", #{ typ: int }), || p.add_argument("--z", #{ type: "int" }), || p.add_argument(), || p.add_argument("--"),
            || args.nothing, || p.parse_args(["-n"], 3),
        ] {
            print(error_of(wrong));
        }
        "#,
        r#"
        Namespace(n=5, x=None) 6 {'n': 5, 'x': None} <class 'Object'>
        4 [Namespace(n=3, x='a'), ['--zz', 'b']]
        Namespace(n=9, other=1, x=None) Namespace(n=9, other=1, x=None) 3 p ArgumentParser(prog='p')
        usage: p [-h] [-n N] [x]
        [Namespace(n=5, x=None), 5]
        me False runs me
        ArgumentError: argument -n: invalid int value: 'x'
        ArgumentError: argument -n: conflicting option string: -n
        ValueError: invalid option string 'a': must start with a character '-'
        TypeError: 'required' is an invalid argument for positionals
        ValueError: nargs for store actions must be != 0; if you have nothing to store, actions such as store true or store const may be more appropriate
        ValueError: invalid nargs value
        ValueError: unknown action "no"
        TypeError: add_argument() got an unexpected keyword argument 'typ'
        ValueError: 'int' is not callable
        TypeError: add_argument() needs a name, or options that begin with '-'
        ValueError: dest= is required for options like '--'
        AttributeError: 'Namespace' object has no attribute 'nothing'
        TypeError: namespace must be a Namespace, not int
        "#,
    );
}

#[test]
fn a_parser_ends_the_script_as_it_is_told() {
    for (code, exit, stdout, stderr) in [
        (
            r#"p.error("no such thing");"#,
            2,
            "",
            "usage: p [-h]\np: error: no such thing\n",
        ),
        (r#"p.exit(3, "bye\n");"#, 3, "", "bye\n"),
        ("p.exit();", 0, "", ""),
        (
            "p.print_usage(); p.print_usage(sys.stderr);",
            0,
            "usage: p [-h]\n",
            "usage: p [-h]\n",
        ),
        (
            r#"try { p.parse_args(["--no"]); } catch { print("caught"); }"#,
            2,
            "",
            "usage: p [-h]\np: error: unrecognized arguments: --no\n",
        ),
    ] {
        let script = format!("let p = argparse.ArgumentParser(#{{ prog: \"p\" }});\n{code}");
        Script::text(&script)
            .run()
            .assert_exactly(exit, stdout, stderr);
    }
}

#[test]
fn a_file_type_opens_files_and_takes_standard_streams() {
    prints(
        r#"
        with open("in.txt", "w") as f { f.write("some text\n"); }
        let p = argparse.ArgumentParser();
        p.add_argument("source", #{ type: argparse.FileType("r", #{ encoding: "utf-8" }) });
        p.add_argument("-o", "--out", #{ type: argparse.FileType("w"), default: "-" });
        let args = p.parse_args(["in.txt", "-o", "out.txt"]);
        args.out.write(args.source.read().upper());
        args.out.close();
        print(open("out.txt").read().strip(), args.source.mode);
        let args = p.parse_args(["in.txt"]);
        print("to standard output", #{ file: args.out });
        try { argparse.FileType("w").call("none/x"); } catch (e) { print(e.type, e.message); }
        try { argparse.FileType("rb").call("-"); } catch (e) { print(e.type); }
        "#,
        "
        SOME TEXT r
        to standard output
        ArgumentTypeError can't open 'none/x': [Errno 2] No such file or directory: 'none/x'
        ArgumentTypeError
        ",
    );
}
