//! Names that are not UTF-8: of files, arguments, variables, modules and sockets.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::support::script::{Script, each_start_method};

/// The names of files in `names/`, in the order of their strings. The last but one is U+10FF80 in UTF-8, whose bytes could be taken
/// for what stands for one byte.
const NAMES: [&[u8]; 5] = [
    b"caf\xc3\xa9",
    b"caf\xe9",
    b"\xed\xb2\x80",
    b"\xf4\x8f\xbe\x80",
    b"\xff",
];

/// A script beside a directory with these names; each file holds its own name in hexadecimal.
fn script(code: &str, method: &str) -> Script {
    let script = Script::text(code)
        .beside("names/x", "")
        .start_method(method);
    let directory = script.directory().join("names");
    std::fs::remove_file(directory.join("x")).unwrap();
    for name in NAMES {
        let hex: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(directory.join(OsStr::from_bytes(name)), hex).unwrap();
    }
    script
}

/// An option and its value, which need not be UTF-8.
fn option(name: &str, value: &[u8]) -> OsString {
    let mut option = name.as_bytes().to_vec();
    option.extend_from_slice(value);
    OsString::from_vec(option)
}

#[test]
fn names_are_listed_and_lead_back_to_their_files() {
    each_start_method(|method| {
        let sandboxed = ["--sandbox", "--allow-read=names", "--allow-write=names"];
        for options in [&[][..], &sandboxed] {
            let mut script = script(
                r#"
                for name in os.listdir("names") {
                    let bytes = os.fsencode(name);
                    let path = os.path.join("names", name);
                    let text = open(path).read();
                    let same = [
                        text == bytes.hex(), open(os.fsencode(path)).read() == text, os.fsdecode(bytes) == name,
                        os.path.basename(os.path.realpath(path)) == name, os.path.exists(path), os.path.getsize(path) > 0,
                    ];
                    print(repr(name), name, same);
                }
                print(os.walk("names")[0][2] == os.listdir("names"), os.listdir(b("names")) == os.listdir("names"));
                let f = open("names/new\U0010ff81", "w");
                f.write("new");
                f.close();
                os.rename("names/new\U0010ff81", b("names/n\xfc"));
                print(f.name, repr(os.listdir("names")[2]), open("names/n\U0010fffc").read());
                for name in os.listdir("names") { os.remove("names/" + name); }
                os.makedirs("names/a\U0010ff80/b");
                print(os.listdir("names"), os.walk("names")[1][0]);
                os.rmdir("names/a\U0010ff80/b");
                os.rmdir(b("names/a\x80"));
                print(os.listdir("names"));
                fn b(text) { text.encode("latin-1") }
                "#,
                method,
            );
            for option in options {
                script = script.option(*option);
            }
            script.run().assert(
                0,
                "
                'café' café [True, True, True, True, True, True]
                'caf\\U0010ffe9' caf\u{fffd} [True, True, True, True, True, True]
                '\\U0010ffed\\U0010ffb2\\U0010ff80' \u{fffd}\u{fffd}\u{fffd} [True, True, True, True, True, True]
                '\\U0010fff4\\U0010ff8f\\U0010ffbe\\U0010ff80' \u{fffd}\u{fffd}\u{fffd}\u{fffd} [True, True, True, True, True, True]
                '\\U0010ffff' \u{fffd} [True, True, True, True, True, True]
                True True
                names/new\u{fffd} 'n\\U0010fffc' new
                ['a\\U0010ff80'] names/a\u{fffd}
                []
                ",
                "",
            );
        }
    });
}

#[test]
fn names_cross_to_children_and_to_other_programs() {
    each_start_method(|method| {
        let script = script(
            r#"
            fn read(argument, names, contents) {
                print(sys.argv.extract(1) == names.get(), open("names/" + argument).read());
                loop {
                    let name = names.get();
                    if name == None { break; }
                    contents.put(open("names/" + name).read() == os.fsencode(name).hex());
                }
            }
            let names = Queue();
            let contents = Queue();
            let p = Process(read, [sys.argv[2], names, contents]);
            p.start();
            names.put(sys.argv.extract(1));
            for name in os.listdir("names") {
                names.put(name);
                print(sys.argv.contains(name), contents.get());
            }
            names.put(None);
            p.join();
            for name in sys.argv.extract(1) {
                os.system("cat 'names/" + name + "' && echo");
                os.system(sys.executable + " eval 'print(repr(sys.argv[1]))' '" + name + "'");
            }
            "#,
            method,
        );
        let script = NAMES
            .iter()
            .fold(script, |script, name| script.arg(OsStr::from_bytes(name)));
        script.run().assert(
            0,
            r"
            True 636166e9
            True True
            True True
            True True
            True True
            True True
            636166c3a9
            'café'
            636166e9
            'caf\U0010ffe9'
            edb280
            '\U0010ffed\U0010ffb2\U0010ff80'
            f48fbe80
            '\U0010fff4\U0010ff8f\U0010ffbe\U0010ff80'
            ff
            '\U0010ffff'
            ",
            "",
        );
    });
}

#[test]
fn a_program_in_a_directory_of_any_name_has_modules_children_and_reports() {
    each_start_method(|method| {
        let script = Script::command(&["run"]);
        let directory = script.directory().join(OsStr::from_bytes(b"d\xff\"\\"));
        std::fs::create_dir(&directory).unwrap();
        let files: [(&[u8], &str); 4] = [
            (
                b"main.rhai",
                r#"import "caf\U0010ffe9" as m;
print(repr(sys.argv[0]), m::said());
let p = Process(m::said, []);
p.start();
p.join();
print(p.exitcode);
os.chdir(os.path.dirname(sys.argv[0]));
print(repr(os.path.basename(os.getcwd())), repr(os.path.basename(os.path.abspath("\U0010ff80"))));
m::fail();
"#,
            ),
            (
                b"caf\xe9.rhai",
                r#"import "in\U0010ff80\"" as inner;
fn said() { print(repr(__name__), inner::twice(21)); 0 }
fn fail() { throw "it"; }
"#,
            ),
            (b"in\x80\".rhai", "fn twice(n) { 2 * n }\n"),
            (b"other", ""),
        ];
        for (name, text) in files {
            std::fs::write(directory.join(OsStr::from_bytes(name)), text).unwrap();
        }
        let run = script
            .start_method(method)
            .arg(OsString::from_vec(b"d\xff\"\\/main.rhai".to_vec()))
            .run();
        assert_eq!(
            run.stdout,
            "'caf\\U0010ffe9' 42\n\
             'd\\U0010ffff\"\\\\/main.rhai' 0\n\
             'caf\\U0010ffe9' 42\n\
             0\n\
             'd\\U0010ffff\"\\\\' '\\U0010ff80'\n",
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("d\u{fffd}\"\\/caf\u{fffd}.rhai:3"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("throw \"it\""), "{}", run.stderr);
    });
}

/// Prints what `f` gives, or what it raises.
const TELL: &str = r#"
fn tell(f) { try { print(repr(f.call())); } catch (e) { print(e.type, e.message); } }
"#;

#[test]
fn permissions_judge_the_bytes_that_are_used() {
    each_start_method(|method| {
        let code = r#"
        for way in ["café", "caf\U0010ffc3\U0010ffa9", "\U0010ffff", "caf\U0010ffe9"] {
            let path = "names/" + way;
            tell(|| open(path).read());
            tell(|| open(os.fsencode(path)).read());
            tell(|| os.rename(path, path));
            tell(|| {
                let p = Process(look, [path], #{permissions: #{read: [path], write: False}});
                p.start();
                p.join();
            });
        }
        fn look(path) { tell(|| open(path).read()); tell(|| open(path, "w")); }
        "#;
        let script = script(&format!("{code}{TELL}"), method)
            .option("--sandbox")
            .option("--allow-processes")
            .option("--allow-read=names")
            .option("--allow-write=names")
            .option(option("--deny-read=names/", NAMES[0]))
            .option(option("--deny-read=names/", NAMES[4]));
        script.run().assert(
            0,
            r"
            PermissionError reading 'names/café' is not allowed
            PermissionError reading 'names/café' is not allowed
            PermissionError moving 'names/café' is not allowed
            PermissionError giving a child more `read` 'names/café' than this process has is not allowed
            PermissionError reading 'names/caf\U0010ffc3\U0010ffa9' is not allowed
            PermissionError reading 'names/café' is not allowed
            PermissionError moving 'names/caf\U0010ffc3\U0010ffa9' is not allowed
            PermissionError giving a child more `read` 'names/caf\U0010ffc3\U0010ffa9' than this process has is not allowed
            PermissionError reading 'names/\U0010ffff' is not allowed
            PermissionError reading 'names/\U0010ffff' is not allowed
            PermissionError moving 'names/\U0010ffff' is not allowed
            PermissionError giving a child more `read` 'names/\U0010ffff' than this process has is not allowed
            '636166e9'
            '636166e9'
            None
            '636166e9'
            PermissionError writing 'names/caf\U0010ffe9' is not allowed
            None
            ",
            "",
        );
    });
}

#[test]
fn variables_of_any_name_have_their_values_and_stay_denied() {
    each_start_method(|method| {
        let code = r#"
        for name in ["é", "\U0010ffc3\U0010ffa9", "K\U0010ffff", "L\U0010ffff"] { tell(|| os.environ[name]); }
        print(repr(os.environ.keys().filter(|name| name.len() == 2 && (name.starts_with("K") || name.starts_with("L")))), repr(os.path.expanduser("~/x")));
        let p = Process(|| tell(|| os.getenv("K\U0010ffff")), [], #{permissions: #{env: ["K\U0010ffff"]}});
        p.start();
        p.join();
        "#;
        let script = Script::text(&format!("{code}{TELL}"))
            .start_method(method)
            .option(option("--deny-env=", b"\xc3\xa9"))
            .option(option("--deny-env=", b"L\xff"))
            .through_shell(
                r#"word() { printf "$1"; }
                exec env "$(word 'K\377')=$(word 'v\351')" "$(word 'L\377')=denied" "$(word '\303\251')=denied" \
                    HOME="$(word '/h\351')" "$@""#,
            );
        script.run().assert(
            0,
            r"
            PermissionError reading the environment variable 'é' is not allowed
            PermissionError reading the environment variable 'é' is not allowed
            'v\U0010ffe9'
            PermissionError reading the environment variable 'L\U0010ffff' is not allowed
            ['K\U0010ffff'] '/h\U0010ffe9/x'
            'v\U0010ffe9'
            ",
            "",
        );
    });
}

#[test]
fn sockets_have_names_of_any_bytes() {
    let code = r#"
    let server = socket.socket(socket.AF_UNIX);
    let client = socket.socket(socket.AF_UNIX);
    server.bind("names/s\U0010ffff");
    server.listen(1);
    client.connect(os.fsencode("names/s\U0010ffff"));
    print(repr(client.getpeername().split("/")[-1]), "s\U0010ffff" in os.listdir("names"));
    "#;
    for options in [
        &[][..],
        &["--sandbox", "--allow-read=names", "--allow-write=names"],
    ] {
        let script = options.iter().fold(script(code, "fork"), |script, option| {
            script.option(*option)
        });
        script.run().assert(0, "'s\\U0010ffff' True\n", "");
    }
}

#[test]
fn code_that_is_not_utf8_is_refused() {
    let run = Script::command(&["eval"])
        .arg(OsStr::from_bytes(b"print(1) // \xff"))
        .run();
    let message = "procscript: error: the code is not UTF-8 text: print(1) // \u{fffd}\n";
    run.assert(2, "", message);
}
