//! What the command says of itself and of scripts: `doc`, `definitions`, `completions`, `man`.

use std::fs;
use std::path::Path;

use crate::cli::refused;
use crate::support::script::Script;

#[test]
fn doc_shows_the_manual_or_suggests_a_name() {
    let output = Script::command(&["doc", "Queue.get"]).run();
    assert_eq!(output.code(), 0, "{}", output.stderr);
    let beginning = "Queue.get([block, timeout])\n\n    removes and returns the first item";
    assert!(output.stdout.starts_with(beginning), "{}", output.stdout);
    assert!(output.stdout.contains("Example:"), "{}", output.stdout);

    let output = Script::command(&["doc", "os"]).run();
    assert!(
        output.stdout.contains("\n    getpid() "),
        "{}",
        output.stdout
    );
    let output = Script::command(&["doc"]).run();
    assert!(output.stdout.contains("\n  os.path "), "{}", output.stdout);

    refused(
        Script::command(&["doc", "os.getpit"]),
        &[
            "procscript: error: ",
            "'os.getpit'",
            "did you mean os.getpid",
        ],
    );
    refused(
        Script::command(&["doc", "qwertyuiop"]),
        &["'qwertyuiop'", "procscript doc"],
    );
}

const DEFINITIONS: [&str; 38] = [
    "__static__.d.rhai",
    "argparse.d.rhai",
    "atexit.d.rhai",
    "collections.d.rhai",
    "concurrent.d.rhai",
    "csv.d.rhai",
    "datetime.d.rhai",
    "faulthandler.d.rhai",
    "functools.d.rhai",
    "getpass.d.rhai",
    "glob.d.rhai",
    "hashlib.d.rhai",
    "itertools.d.rhai",
    "json.d.rhai",
    "logging.d.rhai",
    "math.d.rhai",
    "multiprocessing.d.rhai",
    "operator.d.rhai",
    "os.d.rhai",
    "platform.d.rhai",
    "pprint.d.rhai",
    "queue.d.rhai",
    "random.d.rhai",
    "re.d.rhai",
    "shutil.d.rhai",
    "signal.d.rhai",
    "socket.d.rhai",
    "string.d.rhai",
    "subprocess.d.rhai",
    "sys.d.rhai",
    "tempfile.d.rhai",
    "textwrap.d.rhai",
    "threading.d.rhai",
    "time.d.rhai",
    "timeit.d.rhai",
    "timeline.d.rhai",
    "traceback.d.rhai",
    "types.d.rhai",
];

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn definitions_fill_a_directory_and_replace_what_an_earlier_run_wrote() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("made/for/it");
    let write = || {
        let told = format!("wrote 38 definition files to {}\n", directory.display());
        let command = Script::command(&["definitions"]).arg(&directory);
        command.run().assert(0, &told, "");
        assert_eq!(names_in(&directory), DEFINITIONS);
    };
    write();
    let os = fs::read_to_string(directory.join("os.d.rhai")).unwrap();
    assert!(os.starts_with("module os;\n"), "{os}");
    let getpid = "/// returns the process ID\nfn getpid() -> ?;\n";
    assert!(os.contains(getpid), "{os}");

    fs::write(directory.join("os.d.rhai"), &os[..200]).unwrap();
    write();
    assert_eq!(fs::read_to_string(directory.join("os.d.rhai")).unwrap(), os);
}

#[test]
fn definitions_leave_files_alone_that_are_not_theirs() {
    let place = tempfile::tempdir().unwrap();
    let mine = place.path().join("os.d.rhai");
    let write = |path: &Path| Script::command(&["definitions"]).arg(path);
    for text in ["module os;\nfn mine() -> ?;\n".as_bytes(), b"\xff\xfe"] {
        fs::write(&mine, text).unwrap();
        refused(
            write(place.path()),
            &[
                "procscript: error: ",
                "os.d.rhai was not written by procscript",
            ],
        );
        assert_eq!(names_in(place.path()), ["os.d.rhai"]);
        assert_eq!(fs::read(&mine).unwrap(), text);
    }
    refused(
        write(&mine),
        &["procscript: error: ", "os.d.rhai is not a directory"],
    );
    let nowhere = Path::new("/proc/none");
    refused(write(nowhere), &["cannot create the directory /proc/none"]);
}

#[test]
fn every_shell_gets_a_script_that_knows_the_subcommands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = Script::command(&["completions", shell]).run();
        assert_eq!((output.code(), output.stderr.as_str()), (0, ""), "{shell}");
        for word in ["definitions", "start-method", "check"] {
            assert!(output.stdout.contains(word), "no {word} for {shell}");
        }
    }
    refused(
        Script::command(&["completions", "sh"]),
        &["sh", "bash", "powershell"],
    );
}

#[test]
fn the_manual_page_names_every_subcommand_and_its_options() {
    let page = Script::command(&["man"]).run();
    assert_eq!((page.code(), page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH procscript 1"), "{}", page.stdout);
    for part in [
        "PROCSCRIPT RUN",
        "PROCSCRIPT DOC",
        "start\\-method",
        "EXIT STATUS",
    ] {
        assert!(page.stdout.contains(part), "no {part} in:\n{}", page.stdout);
    }
}

#[test]
fn subcommands_are_not_taken_for_files() {
    for words in [
        &["help", "man"][..],
        &["man", "--help"],
        &["completions", "-h"],
        &["definitions", "--help"],
    ] {
        let output = Script::command(words).run();
        assert_eq!(output.code(), 0, "{words:?}: {}", output.stderr);
        assert!(
            output.stdout.contains("Usage: procscript"),
            "{words:?}: {}",
            output.stdout
        );
    }
}

#[test]
fn a_reader_that_closes_its_end_is_not_a_failure() {
    for words in [&["doc", "os"][..], &["man"], &["completions", "bash"]] {
        let shell = "{ \"$@\"; echo code $? >&2; } | true";
        let output = Script::command(words).through_shell(shell).run();
        assert_eq!(output.stderr, "code 0\n", "{words:?}");
    }
}
