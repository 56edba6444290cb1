//! `multiprocessing.shared_memory`: `SharedMemory` and `ShareableList`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::script::{Running, Script, each_start_method, prints};

fn exists(name: &str) -> bool {
    Path::new("/dev/shm").join(name).exists()
}

/// Runs a program of Python's under a watchdog, and returns what it prints.
fn python(program: &str, args: &[&str]) -> String {
    let output = Command::new("timeout")
        .args(["20", "python3", "-c", program])
        .args(args)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn case_142_memory_is_opened_by_its_name_and_sent_as_an_object() {
    prints(
        r#"
        fn by_name(name) {
            let m = shared_memory.SharedMemory(name);
            m.buf[0..5] = "howdy".encode();
            m.close();
        }
        fn by_object(m) { m.buf[5] = 33; }
        let m = SharedMemory(#{ create: true, size: 6 });
        for pair in [[by_name, m.name], [by_object, m]] {
            let p = Process(pair[0], [pair[1]]);
            p.start();
            p.join();
        }
        print(m.buf[0..], m.size, len(m.buf));
        let q = Queue();
        q.put([m, m.name]);
        let sent = q.get();
        sent[0].buf[0] = 72;
        print(bytes(m.buf), sent[0] == m, sent[1] == m.name);
        m.close();
        m.unlink();
        "#,
        "
        b'howdy!' 6 6
        b'Howdy!' True True
        ",
    );
}

#[test]
fn the_bytes_are_read_and_written_as_those_of_a_memoryview() {
    prints(
        r#"
        let m = SharedMemory(#{ create: true, size: 8 });
        let b = m.buf;
        b[0] = 1;
        b[-1] = 255;
        b[1..4] = bytes([2, 3, 4]);
        b[4..6] = [5, 6];
        m.buf[6] += 7;
        print(b[0], b[-1], b[1..3], b.tolist(), b.tobytes() == bytes(b), 255 in b, 9 in b, b.nbytes);
        let sum = 0;
        for x in b { sum += x; }
        print(sum, b[0..] == m.buf[..], b[20..30]);
        b[0..8] = SharedMemory(m.name).buf;
        for f in [
            || b[8], || { b[8] = 1; }, || { b[0] = 256; }, || { b[0] = "x"; }, || { b[0..2] = [1]; },
            || { b[0..1] = 1.5; }, || b.size, || b["x"],
            || SharedMemory(), || SharedMemory("a", true, -1), || SharedMemory("a", true), || SharedMemory("a/b"),
            || SharedMemory("procscript-test-missing"), || SharedMemory(m.name, true, 5),
        ] {
            print(error_of(f).replace(m.name, "NAME"));
        }
        m.close();
        m.close();
        print(m.buf, error_of(|| b[0]));
        m.unlink();
        print(error_of(|| m.unlink()).replace(m.name, "NAME"));
        "#,
        "
        1 255 b'\\x02\\x03' [1, 2, 3, 4, 5, 6, 7, 255] True True False 8
        283 True b''
        IndexError: index out of bounds on dimension 1
        IndexError: index out of bounds on dimension 1
        ValueError: memoryview: invalid value for format 'B'
        TypeError: memoryview: invalid type for format 'B'
        ValueError: memoryview assignment: lvalue and rvalue have different structures
        TypeError: a bytes-like object is required, not 'float'
        AttributeError: 'memoryview' object has no attribute 'size'
        AttributeError: 'memoryview' object has no attribute 'x'
        ValueError: 'name' can only be None if create=True
        ValueError: 'size' must be a positive integer
        ValueError: 'size' must be a positive number different from zero
        OSError: [Errno 22] Invalid argument: '/a/b'
        FileNotFoundError: [Errno 2] No such file or directory: '/procscript-test-missing'
        FileExistsError: [Errno 17] File exists: '/NAME'
        None ValueError: operation forbidden on released memoryview object
        FileNotFoundError: [Errno 2] No such file or directory: '/NAME'
        ",
    );
}

#[test]
fn memory_that_another_program_cuts_off_is_an_error() {
    prints(
        r#"
        let m = SharedMemory(#{ create: true, size: 10000 });
        open("/dev/shm/" + m.name, "w").close();
        print(error_of(|| m.buf[0]));
        print(error_of(|| bytes(m.buf)));
        print(error_of(|| { for x in m.buf { print(x); } }));
        print(error_of(|| SharedMemory(m.name)));
        "#,
        "
        OSError: another program has made this shared memory shorter
        OSError: another program has made this shared memory shorter
        OSError: another program has made this shared memory shorter
        ValueError: cannot mmap an empty file
        ",
    );
}

#[test]
fn a_list_holds_items_of_changing_types() {
    prints(
        r#"
        fn change(l) { l[0] = "seven ch"; l[3] = "wörld"; l[4] = -1; }
        let l = ShareableList([1, 2.5, true, "héllo", b(1, 2), None, -5]);
        fn b(x, y) { bytes([x, y]) }
        print(str(l).split(", name=")[0], len(l), l[-1], l.format);
        let p = Process(change, [l]);
        p.start();
        p.join();
        print(list(l), l.count(-1), l.index("wörld"), 2.5 in l, 9 in l);
        print(list(ShareableList(#{ name: l.shm.name })) == list(l), list(ShareableList()), ShareableList(l)[3]);
        for f in [
            || l[7], || { l[7] = 1; }, || { l[3] = "much too long"; }, || { l[0] = [1]; }, || l.index(99),
            || { l[3] = "x\x00"; }, || ShareableList(#{ name: SharedMemory("", true, 9).name }), || l.x, || l[0..2],
        ] {
            print(error_of(f));
        }
        let bad = SharedMemory(#{ create: true, size: 30 });
        bad.buf[0] = 9;
        print(error_of(|| ShareableList(#{ name: bad.name })).replace(bad.name, "NAME"));
        "#,
        "
        ShareableList([1, 2.5, True, 'héllo', b'\\x01\\x02', None, -5] 7 -5 qdxxxxxxx?8s8sxxxxxx?xq
        ['seven ch', 2.5, True, 'wörld', -1, None, -5] 1 3 True False
        True [] wörld
        IndexError: index out of range
        IndexError: assignment index out of range
        ValueError: bytes/str item exceeds available storage
        TypeError: a ShareableList holds int, float, bool, str, bytes and None, not list
        ValueError: 99 not in this container
        ValueError: a ShareableList does not keep zero bytes at the end of a string or of bytes
        OSError: [Errno 22] Invalid argument: '/'
        AttributeError: 'ShareableList' object has no attribute 'x'
        TypeError: indices of a ShareableList are integers
        ValueError: the shared memory 'NAME' does not contain a ShareableList
        ",
    );
}

/// Waits until the creator has printed the name of its memory.
fn started(code: &str, method: &str) -> (Running, String) {
    let running = Script::text(code).start_method(method).start();
    let name = running.wait_for_line("name ");
    assert!(exists(&name));
    (running, name)
}

const CREATE_AND_WAIT: &str = r#"
    let m = SharedMemory(#{ create: true, size: 100 });
    print("name", m.name);
    while true { sleep(60); }
"#;

#[test]
fn case_143_memory_disappears_with_a_creator_that_is_terminated() {
    each_start_method(|method| {
        let (running, name) = started(CREATE_AND_WAIT, method);
        running.signal(Signal::SIGTERM);
        running.finish();
        assert!(!exists(&name));
    });
}

#[test]
fn memory_of_a_family_that_was_killed_disappears_with_the_next() {
    let (running, name) = started(CREATE_AND_WAIT, "fork");
    running.signal_all(Signal::SIGKILL);
    running.finish();
    let script = "let lock = Lock(); print(os.path.exists(\"/dev/shm/\" + sys.argv[1]));";
    Script::text(script)
        .arg(&name)
        .run()
        .assert(0, "False\n", "");
    let left = std::fs::read_dir("/dev/shm").unwrap().flatten();
    let left = left.filter(|entry| entry.path().join(format!("@{name}")).exists());
    assert_eq!(left.count(), 0);
}

#[test]
fn memory_lasts_as_long_as_the_family_however_its_processes_end() {
    for end in ["", "throw 1;", "sys.exit(3);", "os._exit(0);"] {
        let code = r#"
            fn create(q) {
                let m = SharedMemory(#{ create: true, size: 4 });
                m.buf[0] = 9;
                q.put(m.name);
                os.kill(os.getpid(), signal.SIGKILL);
            }
            let q = Queue();
            let p = Process(create, [q]);
            p.start();
            let name = q.get();
            p.join();
            print("name", name);
            print(p.exitcode, SharedMemory(name).buf[0]);
        "#;
        each_start_method(|method| {
            let output = Script::text(&format!("{code}\n{end}"))
                .start_method(method)
                .run();
            let name = output.stdout.lines().next().unwrap();
            let name = name.strip_prefix("name ").unwrap();
            assert!(output.stdout.ends_with("\n-9 9\n"), "{}", output.stdout);
            assert!(!exists(name), "{end}");
        });
    }
}

#[test]
fn the_last_process_of_a_family_removes_its_memory() {
    each_start_method(|method| {
        let running = Script::text(
            r#"
            fn outlive(name) {
                while os.getppid() == global::PARENT { sleep(0.01); }
                print("last", SharedMemory(name).buf[0]);
            }
            const PARENT = os.getpid();
            let m = SharedMemory(#{ create: true, size: 4 });
            m.buf[0] = 5;
            Process(outlive, [m.name]).start();
            print("name", m.name);
            os._exit(0);
            "#,
        )
        .start_method(method)
        .start();
        let name = running.wait_for_line("name ");
        let output = running.finish_within(Duration::from_secs(20));
        assert!(output.stdout.ends_with("last 5\n"), "{}", output.stdout);
        assert!(!exists(&name));
    });
}

#[test]
fn memory_without_track_outlasts_the_family() {
    let output = Script::text(
        r#"
        let m = SharedMemory(#{ create: true, size: 4, track: false });
        m.buf[0..4] = bytes([1, 2, 3, 4]);
        print(m.name);
        "#,
    );
    let output = output.run();
    let name = output.stdout.trim();
    assert_eq!(
        std::fs::read(Path::new("/dev/shm").join(name)).unwrap(),
        [1, 2, 3, 4]
    );
    let other = "let m = SharedMemory(sys.argv[1]); print(m.buf[0..]); m.unlink();";
    Script::text(other)
        .arg(name)
        .run()
        .assert(0, "b'\\x01\\x02\\x03\\x04'\n", "");
    assert!(!exists(name));
}

#[test]
fn python_and_scripts_share_memory_and_lists() {
    const PYTHON: &str = r#"
import sys
from multiprocessing import shared_memory as s
m = s.SharedMemory(sys.argv[1])
print(bytes(m.buf[:5]), m.size)
m.buf[0] = 74
l = s.ShareableList(name=sys.argv[2])
print(list(l), l.format)
l[0] = "from py"
l[3] = 2**40
k = s.ShareableList([1, "zwölf", b"ab", None, False, 0.5], name=sys.argv[1] + "x")
print("ready", flush=True)
sys.stdin.readline()
k.shm.unlink()
"#;
    let mut running = Script::text(
        r#"
        let m = SharedMemory(#{ create: true, size: 5 });
        m.buf[0..5] = "Hello".encode();
        let l = ShareableList([7, "größer", None, 1.5, bytes([1, 0, 2])]);
        print("names", m.name, l.shm.name);
        input();
        print(m.buf[0..], list(l));
        let k = ShareableList(#{ name: m.name + "x" });
        print(list(k), k.format, len(k));
        k[1] = "drei";
        k[4] = -1;
        print(list(k));
        "#,
    )
    .interactive()
    .start();
    let names = running.wait_for_line("names ");
    let (memory, list) = names.split_once(' ').unwrap();
    let check = "
import sys
from multiprocessing import resource_tracker
resource_tracker.register = lambda *a: None
resource_tracker.unregister = lambda *a: None
";
    let quick = format!("{check}{PYTHON}").replace("sys.stdin.readline()\nk.shm.unlink()\n", "");
    assert_eq!(
        python(&quick, &[memory, list]),
        "b'Hello' 5\n[7, 'größer', None, 1.5, b'\\x01\\x00\\x02'] q16sxxxxxx?xd8s\nready\n"
    );
    running.type_in("\n");
    running.wait_for_lines(4);
    let second = format!(
        "{check}
from multiprocessing import shared_memory as s
k = s.ShareableList(name=sys.argv[1])
print(list(k))
k.shm.unlink()
"
    );
    let name = format!("{memory}x");
    assert_eq!(
        python(&second, &[&name]),
        "[1, 'drei', b'ab', None, -1, 0.5]\n"
    );
    let output = running.finish();
    assert!(
        output.stdout.ends_with(
            "b'Jello' ['from py', 'größer', None, 1099511627776, b'\\x01\\x00\\x02']\n\
             [1, 'zwölf', b'ab', None, False, 0.5] q8s8sxxxxxx?xxxxxxxx?d 6\n\
             [1, 'drei', b'ab', None, -1, 0.5]\n"
        ),
        "{}",
        output.stdout
    );
}

#[test]
fn memory_needs_permission_for_its_file() {
    let refused = Script::text(r#"SharedMemory("x", true, 5);"#)
        .option("--sandbox")
        .run();
    assert!(
        refused
            .stderr
            .contains("PermissionError: reading '/dev/shm/x' is not allowed"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("--allow-read=/dev/shm"),
        "{}",
        refused.stderr
    );
    Script::text(
        r#"
        let m = SharedMemory(#{ create: true, size: 5 });
        m.buf[0] = 3;
        print(SharedMemory(m.name).buf[0]);
        fn unlink(m) {
            m.buf[0] += 1;
            print(error_of(|| m.unlink()).replace(m.name, "NAME"));
        }
        let p = Process(#{ target: unlink, args: [m], permissions: #{ write: false } });
        p.start();
        p.join();
        print(m.buf[0]);
        "#,
    )
    .option("--sandbox")
    .option("--allow-processes=1")
    .option("--allow-read=/dev/shm")
    .option("--allow-write=/dev/shm")
    .run()
    .assert(
        0,
        "3\nPermissionError: writing '/dev/shm/NAME' is not allowed\n4\n",
        "",
    );
}

#[test]
fn a_manager_removes_the_memory_that_it_has_made() {
    prints(
        r#"
        fn write(m, l) { m.buf[0] = 7; l[1] = 8; }
        let manager = SharedMemoryManager();
        print(error_of(|| manager.SharedMemory(8)));
        let names = [];
        with manager as made {
            let m = made.SharedMemory(100);
            let l = made.ShareableList(range(3));
            names = [m.name, l.shm.name];
            let p = Process(write, [m, l]);
            p.start();
            p.join();
            print(m.size, m.buf[0], list(l));
            m.unlink();
        }
        for name in names { print(error_of(|| SharedMemory(name)).split(":")[0]); }
        print(error_of(|| manager.ShareableList([])), error_of(|| manager.start()));
        let other = multiprocessing.managers.SharedMemoryManager();
        other.start();
        let name = other.SharedMemory(1).name;
        print(error_of(|| other.start()), error_of(|| other.SharedMemory(0)), error_of(|| other.SharedMemory("a")));
        print(error_of(|| Process(|x| x, [other]).start()));
        fn use_copy(manager) { print(error_of(|| manager.SharedMemory(1))); manager.shutdown(); }
        if os.fork() == 0 { use_copy(other); os._exit(0); }
        os.wait();
        print(SharedMemory(name).size);
        other.shutdown();
        print(error_of(|| SharedMemory(name)).split(":")[0]);
        "#,
        "
        AssertionError: server not yet started
        100 7 [0, 8, 2]
        FileNotFoundError
        FileNotFoundError
        AssertionError: server not yet started ProcessError: SharedMemoryManager has shut down
        ProcessError: Already started SharedMemoryServer ValueError: 'size' must be a positive integer TypeError: SharedMemory() argument 'size' must be an integer, not str
        TypeError: args[0] is a SharedMemoryManager, which cannot be sent from here: the process that made it removes the memory; send the memory itself
        RuntimeError: a SharedMemoryManager can only be used in the process that created it
        1
        FileNotFoundError
        ",
    );
}
