//! What could stand at the cursor.

use super::driver::Prompt;
use super::support::cases::Case;

pub(crate) const CASES: &[Case] = &[Case::new(
    "names_that_could_stand_at_the_cursor_are_found",
    names_are_found,
)];

fn names_are_found() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("words.rhai"),
        "const WORD = 1; export const SEEN = 2; fn shout(text, times) { text } private fn hidden() { 1 }",
    )
    .unwrap();
    std::fs::write(directory.path().join("main.rhai"), "import \"words\" as w;").unwrap();
    let mut prompt = Prompt::start("fork");
    let main = directory.path().join("main.rhai").display().to_string();
    assert_eq!(prompt.command("load", &main), "nothing");
    prompt.enter_all(&[
        "let queue_one = Queue(); let quiet = \"text\"; const QUITE = [1]; let d = #{alpha: #{beta: \"b\"}, al: 1, \"no name\": 2};",
        "fn quick(a, b) { a + b }",
        "let p = Process(quick, [1, 2]); p.mine = #{inner: 1};",
        "let reading = open(\"/dev/null\");",
        "import \"os\" as o; let number = 5; let half = 0.5; let f = quick; let c = || quiet;",
    ]);
    let mut wrong = Vec::new();
    for (text, found) in FOUND {
        let answer = prompt.command("complete", text);
        let names: Vec<&str> = answer.split(": ").last().unwrap().split("; ").collect();
        let right = match found.strip_prefix("among: ") {
            Some(some) => some.split("; ").all(|name| names.contains(&name)),
            None => answer == *found,
        };
        if !right {
            wrong.push(format!("{text}: {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is typed, with the cursor at `|` or the end, and what is found: where the word begins, and the signatures.
const FOUND: &[(&str, &str)] = &[
    ("qui", "0: quick(a, b); quiet; quit([code])"),
    ("1 + qui", "4: quick(a, b); quiet; quit([code])"),
    ("QU", "0: QUITE"),
    (
        "ge|tpid",
        "0: get_all_start_methods(); get_context([method]); get_start_method([allow_none]); getattr(object, name, [default]); getpass",
    ),
    (
        "queue_one.pu",
        "10: put(obj, [block, timeout]); put_many(items, [block, timeout]); put_nowait(obj)",
    ),
    (
        "queue_one.|put",
        "among: get([block, timeout]); qsize(); put_nowait(obj)",
    ),
    ("os.getp", "3: getpgid(pid); getpid(); getppid()"),
    ("os::getpi", "4: getpid()"),
    ("o::getpi", "3: getpid()"),
    ("os.pa", "3: pardir; path; pathsep"),
    ("os.path.ba", "8: basename(path)"),
    ("os.se", "3: sep"),
    (
        "quiet.start",
        "6: starts_with(text); startswith(prefix, [start, end])",
    ),
    (
        "`a`.start",
        "4: starts_with(text); startswith(prefix, [start, end])",
    ),
    ("QUITE.ap", "6: append(object)"),
    ("QUITE.pu", "6: push(item)"),
    ("d.al", "2: al; alpha"),
    ("d.alpha.b", "8: beta"),
    (
        "d.alpha.beta.start",
        "13: starts_with(text); startswith(prefix, [start, end])",
    ),
    ("d.nothing.b", "10: "),
    ("p.exi", "2: exitcode"),
    ("p.mine.i", "7: inner; is_empty(); items()"),
    ("p.name.s", "7: "),
    ("number.is_e", "7: is_even()"),
    ("half.flo", "5: floor()"),
    ("f.cal", "2: call([*args])"),
    ("quick(1).x", "9: "),
    (
        "quiet.upper().start",
        "14: starts_with(text); startswith(prefix, [start, end])",
    ),
    (
        "os.getcwd().start",
        "12: starts_with(text); startswith(prefix, [start, end])",
    ),
    (
        "os.path.join(\"a\", \"b\").start",
        "23: starts_with(text); startswith(prefix, [start, end])",
    ),
    ("Pipe()[0].x", "10: "),
    ("QUITE[0].is_e", "9: is_even()"),
    ("QUITE[5].is_e", "9: "),
    ("d[\"alpha\"].b", "11: beta"),
    ("Queue().task", "8: "),
    ("JoinableQueue().task", "16: task_done()"),
    ("queue.SimpleQueue().task", "20: "),
    ("queue.LifoQueue().task", "18: task_done()"),
    ("threading.Timer(1, quick).canc", "26: cancel()"),
    (
        "Manager().dict().upd",
        "17: update(other, [function, default])",
    ),
    ("Pool().apply_async(quick).succ", "26: successful()"),
    ("queue_one.task", "10: "),
    ("open(\"/dev/null\").wr", "among: writable(); write(text)"),
    ("reading.wr", "8: writable()"),
    ("[1].app", "4: append(object)"),
    ("d[\"a", "3: al; alpha"),
    ("d[\"no", "3: no name"),
    ("d.alpha[\"", "9: beta"),
    ("d[\"none", "3: "),
    ("QUITE[\"", "7: "),
    ("[\"/etc/pass", "among: passwd"),
    ("whi", "0: while"),
    ("1 + tr", "among: true; try"),
    ("x.whi", "2: "),
    ("w::whi", "3: "),
    ("1.x", "2: "),
    ("0..qu", "among: quick(a, b)"),
    ("w::s", "3: shout(text, times)"),
    ("w::S", "3: SEEN"),
    ("w::h", "3: "),
    ("global::QU", "8: QUITE"),
    ("undefined.x", "10: "),
    ("\"/dev/nul", "6: null"),
    ("\"/none/", "7: "),
    ("'/dev/nul", "6: "),
    ("// qu", "3: "),
    ("/* qu", "3: "),
    ("`a ${qui", "5: quick(a, b); quiet; quit([code])"),
    ("`a qui", "3: "),
    ("queue_one.get(#{", "16: block; timeout"),
    ("queue_one.get(#{bl", "16: block"),
    ("queue_one.get(bl", "14: #{block: …}"),
    (
        "queue_one.get(ti",
        "14: #{timeout: …}; time; timeit; timeline",
    ),
    (
        "queue_one.get(1, tim",
        "17: #{timeout: …}; time; timeit; timeline",
    ),
    ("queue_one.get(1 + bl", "18: "),
    ("queue_one.get(#{block: true, ", "29: timeout"),
    (
        "queue_one.get(#{block: qui",
        "23: quick(a, b); quiet; quit([code])",
    ),
    ("Process(#{dae", "10: daemon"),
    ("os.kill(#{", "10: pid; sig"),
    ("nothing(#{qui", "10: quick(a, b); quiet; quit([code])"),
    ("[#{qui", "3: quick(a, b); quiet; quit([code])"),
    ("#{a:qui", "4: quick(a, b); quiet; quit([code])"),
    ("数", "0: "),
];
