//! Parsing, searching and showing pages.

use crate::manual::{EntryKind, Manual, reader};

const PAGE: &str = "\
# tool

What it is for:
two lines.

| function of tool | default | |
| --- | --- | --- |
| `make(x, [y])` | 3 | makes `x \\| y` |
| `A B` | | two **values** |
| other things | | not entries |

## Saw

`Saw([teeth])`: cuts, see [wood](wood.md).
A second line.

`x` is not an entry.

| member of Saw, Knife | |
| --- | --- |
| `cut(a)`, `rip(a)` | in pieces |
| `sharp` | whether |

| error | when |
| --- | --- |
| `Bad` | never |

```rhai
Saw().cut(1);
```
```text
done
```
```text stderr
dust
```
";

#[test]
fn tables_and_paragraphs_are_read_by_their_beginnings() {
    let page = reader::read("tool", PAGE);
    let found: Vec<(String, EntryKind, &str, &str)> = page
        .entries
        .iter()
        .map(|e| (e.path(), e.kind, e.signature, e.text.as_str()))
        .collect();
    let expected = [
        (
            "tool.make",
            EntryKind::Function,
            "make(x, [y])",
            "makes x | y (default: 3)",
        ),
        ("tool.A", EntryKind::Function, "A", "two values"),
        ("tool.B", EntryKind::Function, "B", "two values"),
        (
            "Saw",
            EntryKind::Class,
            "Saw([teeth])",
            "cuts, see wood. A second line.",
        ),
        ("Saw.cut", EntryKind::Method, "cut(a)", "in pieces"),
        ("Knife.cut", EntryKind::Method, "cut(a)", "in pieces"),
        ("Saw.rip", EntryKind::Method, "rip(a)", "in pieces"),
        ("Knife.rip", EntryKind::Method, "rip(a)", "in pieces"),
        ("Saw.sharp", EntryKind::Property, "sharp", "whether"),
        ("Knife.sharp", EntryKind::Property, "sharp", "whether"),
        (
            "tool",
            EntryKind::Module,
            "tool",
            "What it is for: two lines.",
        ),
    ];
    let expected: Vec<_> = expected
        .map(|(path, kind, signature, text)| (path.to_string(), kind, signature, text))
        .into();
    assert_eq!(found, expected);
    let [example] = &page.examples[..] else {
        panic!("{:?}", page.examples);
    };
    assert_eq!(
        (example.section, example.code, example.output.as_str()),
        (1, "Saw().cut(1);\n", "done\ndust\n")
    );
}

#[test]
fn names_are_found_as_scripts_write_them() {
    for (asked, found) in [
        ("Queue.get", "Queue.get"),
        ("os.getpid", "os.getpid"),
        ("os::getpid()", "os.getpid"),
        ("Queue", "Queue"),
        ("queue", "queue"),
        ("multiprocessing.Queue", "Queue"),
        ("threading.Thread.start", "Thread.start"),
        ("os.path.join", "os.path.join"),
        ("getpid", "os.getpid"),
        ("exceptions", "exceptions"),
        ("socket.bind", "socket.socket.bind"),
        ("Timer.cancel", "threading.Timer.cancel"),
        (" JoinableQueue.put ", "JoinableQueue.put"),
    ] {
        let entry = Manual::find(asked).map(|entry| entry.path());
        assert_eq!(entry.as_deref(), Some(found), "{asked}");
    }
    for asked in [
        "",
        ".",
        "nothing",
        "os.nothing",
        "nothing.get",
        "Queue.",
        "get",
    ] {
        assert!(Manual::find(asked).is_none(), "{asked}");
    }
}

#[test]
fn what_was_meant_is_among_the_nearest() {
    for (typed, meant) in [
        ("os.getpit", "os.getpid"),
        ("Que", "Queue"),
        ("queue.get", "Queue.get"),
        ("is_alife", "Process.is_alive"),
    ] {
        let nearest = Manual::nearest(typed);
        assert!(nearest.contains(&meant.to_string()), "{typed}: {nearest:?}");
        assert!(nearest.len() <= 5);
    }
    assert!(Manual::nearest("qwertyuiop").is_empty());
}

#[test]
fn a_module_has_its_functions_and_its_global_names() {
    let names = |owner: &str| -> Vec<String> {
        Manual::entries_of(owner)
            .iter()
            .map(|entry| entry.path())
            .collect()
    };
    assert!(names("os").contains(&"os.getpid".into()));
    assert!(names("multiprocessing").contains(&"Lock".into()));
    assert!(names("Lock").contains(&"Lock.acquire".into()));
    assert!(!names("os").contains(&"os".into()));
    assert!(names("print").is_empty() && names("nothing").is_empty());
}
