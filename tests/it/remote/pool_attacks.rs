//! Whoever may write to the server runs nothing in a worker but functions of its own files: programs are changed on the way here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use super::at;
use super::pool::workers;
use crate::support::output::Output;
use crate::support::script::Script;
use crate::support::server::Server;

/// The answer to a command whose words may be any bytes.
fn ask(server: &Server, words: &[&[u8]]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n", word.len()).into_bytes());
        bytes.extend(*word);
        bytes.extend(b"\r\n");
    }
    stream.write_all(&bytes).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let line = line.trim_end();
    let Some(length) = line.strip_prefix('$') else {
        assert!(!line.starts_with('-'), "{line}");
        return line.into();
    };
    let mut answer = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut answer).unwrap();
    answer
}

fn hash(bytes: &[u8]) -> String {
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_string()
}

/// Replaces each `from` in `bytes` by `to`, which is as long.
fn replace(bytes: &mut [u8], from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let mut count = 0;
    for start in 0..=bytes.len() - from.len() {
        let part = &mut bytes[start..start + from.len()];
        if part == from.as_bytes() {
            part.copy_from_slice(to.as_bytes());
            count += 1;
        }
    }
    assert!(count > 0, "the program does not have {from}");
}

/// Lets a script submit a task, and a worker of `elsewhere` do it, whose program is changed meanwhile: its head, between texts and values.
fn changed(server: &Server, script: Script, elsewhere: &Path, from: &str, to: &str) -> Output {
    let submitter = script.start();
    let streams = || server.ask(&["--scan", "--pattern", "ps:{p/*}:s"]);
    submitter.wait_until("the task is on the server", || {
        let stream = streams();
        !stream.is_empty() && server.ask(&["XLEN", &stream]) == "1"
    });
    let stream = streams();
    let first = "return redis.call('XRANGE', KEYS[1], '-', '+')[1][2][2]";
    let task = ask(
        server,
        &[b"EVAL", first.as_bytes(), b"1", stream.as_bytes()],
    );
    let end = task.iter().position(|byte| *byte == b'\n').unwrap();
    let line = String::from_utf8(task[..end].to_vec()).unwrap();
    let old = line.split(' ').nth(2).unwrap();
    let key = |hash: &str| format!("{}g:{hash}", stream.strip_suffix('s').unwrap());
    let mut program = ask(server, &[b"GET", key(old).as_bytes()]);
    let texts = u32::from_le_bytes(program[..4].try_into().unwrap()) as usize;
    let (length, head) = program[4 + texts..].split_at_mut(4);
    let length = u32::from_le_bytes(length.try_into().unwrap()) as usize;
    replace(&mut head[..length], from, to);
    let new = hash(&program);
    ask(server, &[b"SET", key(&new).as_bytes(), &program]);
    let mut task = task.clone();
    replace(&mut task[..end], old, &new);
    let instead = "redis.call('XTRIM', KEYS[1], 'MAXLEN', 0) return redis.call('XADD', KEYS[1], '*', 'v', ARGV[1])";
    ask(
        server,
        &[b"EVAL", instead.as_bytes(), b"1", stream.as_bytes(), &task],
    );
    let running = workers(server, elsewhere, &["--processes", "1"]);
    let output = submitter.finish();
    running.signal(Signal::SIGTERM);
    let ended = running.finish();
    assert_eq!(ended.code(), 0, "{}", ended.stderr);
    output
}

fn main_of(script: &Script) -> PathBuf {
    script.directory().join("main.rhai")
}

/// A text of a script that makes the file `mark`.
fn marks(mark: &Path) -> String {
    format!("os.system(\"touch {}\");", mark.display())
}

const SUBMITS: &str = r#"
    import "inner/m" as m;
    fn f(x) { m::g(x) }
    let pool = Pool(#{ url: "URL", name: "p" });
    print(error_of(|| print(pool.apply(f, [1]))));
"#;

#[test]
fn what_is_no_name_is_not_run() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let [alias, constant, export] = ["a", "b", "c"].map(|letter| letter.repeat(300));
    let module = format!(
        "import \"os\" as {alias}; const {constant} = 1; export const {export} = 2; fn g(x) {{ x }}"
    );
    let script = || Script::text(&at(&server, SUBMITS)).beside("inner/m.rhai", &module);
    let elsewhere = script();
    let mark = elsewhere.directory().join("mark");
    for (name, begin) in [
        (&alias, "x; "),
        (&constant, "x = 1; "),
        (&export, "x = 1; "),
    ] {
        let attack = format!("{begin}{} //", marks(&mark));
        let attack = format!("{attack:300}");
        let output = changed(&server, script(), &main_of(&elsewhere), name, &attack);
        assert!(!mark.exists(), "{}", output.stdout);
        assert!(
            output
                .stdout
                .starts_with("ValueError: the program of the task: \"x")
                && output.stdout.ends_with("is not a name\n"),
            "{}",
            output.stdout
        );
        server.ask(&["FLUSHALL"]);
    }
}

#[test]
fn a_program_imports_nothing_that_it_does_not_bring_along() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let module = "fn g(x) { x }";
    let script = || Script::text(&at(&server, SUBMITS)).beside("inner/m.rhai", module);
    let (first, elsewhere) = (script(), script());
    let mark = elsewhere.directory().join("mark");
    let text = format!("{} {module}", marks(&mark));
    let first = first.beside("inner/n.rhai", text);
    let main = main_of(&elsewhere);
    let output = changed(&server, first, &main, "inner/m.rhai", "inner/n.rhai");
    assert!(!mark.exists(), "{}", output.stdout);
    let (begin, end) = (
        "PermissionError: the program imports ",
        "inner/n.rhai, and does not bring it along\n",
    );
    let is_refused = output.stdout.starts_with(begin) && output.stdout.ends_with(end);
    assert!(is_refused, "{}", output.stdout);
}

#[test]
fn a_worker_loads_its_own_files_only() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        fn f(path) { import path as m; m::g(1) }
        let pool = Pool(#{ url: "URL", name: "p" });
        print(error_of(|| print(pool.apply(f, [sys.argv[1]]))));
    "#;
    let script = || Script::text(&at(&server, code));
    let (stranger, elsewhere) = (script(), script());
    let mark = elsewhere.directory().join("mark");
    let text = format!("{} fn g(x) {{ x }}", marks(&mark));
    let file = stranger.directory().join("stranger.rhai");
    std::fs::write(&file, text).unwrap();
    let elsewhere = elsewhere.beside("own.rhai", "fn g(x) { x + 1 }");
    let running = workers(&server, &main_of(&elsewhere), &["--processes", "1"]);
    script().arg("own").run().assert(0, "2\nno error\n", "");
    let output = script().arg(&file).run();
    assert!(!mark.exists(), "{}", output.stdout);
    let begin = "PermissionError: the worker does not have ";
    assert!(output.stdout.starts_with(begin), "{}", output.stdout);
    running.signal(Signal::SIGTERM);
    running.finish();
}

#[test]
fn files_of_others_and_those_that_the_script_does_not_import_are_not_its_own() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let path = sys.argv[1];
        import path as m;
        fn f(x) { m::g(x) }
        let pool = Pool(#{ url: "URL", name: "p" });
        print(error_of(|| print(pool.apply(f, [1]))));
    "#;
    let script = || {
        Script::text(&at(&server, code))
            .beside("near.rhai", "fn g(x) { x + 1 }")
            .beside("deep/far.rhai", "fn g(x) { x + 2 }")
            .beside("theirs.rhai", "fn g(x) { x + 3 }")
    };
    let elsewhere = script();
    // Only root can give files away.
    let is_root = nix::unistd::geteuid().is_root();
    if is_root {
        let theirs = elsewhere.directory().join("theirs.rhai");
        std::os::unix::fs::chown(theirs, Some(4711), None).unwrap();
    }
    let running = workers(&server, &main_of(&elsewhere), &["--processes", "1"]);
    script().arg("near").run().assert(0, "2\nno error\n", "");
    let is_refused = |path: &str| {
        let output = script().arg(path).run();
        let begin = "PermissionError: the worker does not have ";
        assert!(output.stdout.starts_with(begin), "{}", output.stdout);
    };
    is_refused("deep/far");
    if is_root {
        is_refused("theirs");
    }
    running.signal(Signal::SIGTERM);
    running.finish();
}
