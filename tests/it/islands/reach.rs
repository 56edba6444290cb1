//! Modules, threads, children, closures, random numbers.

use super::super::support::script::each_start_method;
use super::{MODES, same, script};

#[test]
fn random_numbers_are_the_same() {
    same("
        fn pi(n) { let k = 0; for i in range(n) { let x = random.random(); let y = random.random(); if x * x + y * y <= 1.0 { k += 1; } } k }
        random.seed(42);
        print(random.random(), pi(1000), random.randint(1, 100), pi(10), random.random());
        let s = 0.0;
        for i in range(500) { s += random.random(); }
        print(s, random.random());
        random.seed(1);
        let k = 1;
        try { for i in range(500) { let r = random.random(); k *= 3; if r > 2.0 { break; } } } catch (e) { print(e, k); }
        print(random.random(), random.choice([1, 2, 3]), random.getrandbits(10));
    ");
}

#[test]
fn closures_are_compiled_too() {
    same("
        let k = 3;
        print([1, 2, 3].map(|x| x * k), [1, 2, 3, 4].filter(|x| x % 2 == 0), sorted([3, 1, 2], |x| -x));
        let add = |a, b| a + b;
        let s = 0;
        for i in 0..50 { s += add.call(i, 1); }
        print(s);
        k = 5;
        print([1, 2].map(|x| x * k));
        let count = 0;
        let bump = |n| { count += n; count };
        for i in 0..30 { bump.call(i); }
        print(count);
    ");
}

#[test]
fn children_threads_and_modules_compute_the_same() {
    let main = "
        import \"numbers\" as numbers;
        fn sum(n) { let s = 0; for i in range(n) { s += i % 7; } s }
        fn work(q, n) { q.put(sum(n)); q.put(numbers::triangle(n)); }
        let q = Queue();
        print(sum(1000), numbers::triangle(1000), numbers::twice(4));
        for n in [100, 20000] { let p = Process(work, [q, n]); p.start(); p.join(); print(q.get(), q.get()); }
        let out = [];
        let threads = [];
        for n in range(4) { threads.append(Thread(work, [q, 5000 + n])); }
        for t in threads { t.start(); }
        for t in threads { t.join(); }
        for n in range(8) { out.append(q.get()); }
        print(sorted(out));
    ";
    let module = "fn triangle(n) { let s = 0; for i in range(n + 1) { s += i; } s }\nfn twice(x) { double(x) }\nprivate fn double(x) { x + x }\n";
    each_start_method(|method| {
        let run = |mode| {
            script(main, mode)
                .beside("numbers.rhai", module)
                .start_method(method)
                .run()
        };
        let plain = run("never");
        plain.assert_quiet();
        for mode in MODES {
            run(mode).assert_exactly(0, &plain.stdout, "");
        }
    });
}

#[test]
fn a_fork_in_the_middle_goes_on_in_both() {
    for mode in MODES {
        let text = "
            fn sum(n) { let s = 0; for i in range(n) { s += i; } s }
            sum(100000);
            let pid = os.fork();
            let total = sum(200000) + [1, 2].map(|x| x + 1)[0];
            if pid == 0 { print(\"child\", total); sys.exit(0); }
            os.waitpid(pid, 0);
            print(\"parent\", total);
        ";
        script(text, mode)
            .run()
            .assert(0, "child 19999900002\nparent 19999900002\n", "");
    }
}

/// Counts the pieces of memory of a process that hold machine code of no file.
const CODE_IN_MEMORY: &str = r#"
fn pieces() {
    let s = 0;
    for i in range(100000) { s += i % 7; }
    let of_no_file = |line| line.contains(" r-xp 00000000 00:00 0") && !line.contains("[");
    open("/proc/self/maps").read().split("\n").filter(of_no_file).len()
}
let q = Queue();
let child = Process(|q| q.put(pieces()), [q]);
child.start();
print(q.get() > 0, pieces() > 0);
child.join();
"#;

#[test]
fn children_compile_if_their_parent_does() {
    for method in ["fork", "spawn"] {
        let run = || script(CODE_IN_MEMORY, "pays").start_method(method);
        run().run().assert(0, "True True\n", "");
        let off = run().option("--no-compile").run();
        off.assert(0, "False False\n", "");
    }
}

/// Runs the rest of the command line in a process that makes no memory executable: `prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN)`.
const WITHOUT_EXECUTABLE_MEMORY: &str = r#"
import ctypes, os, sys
if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0) != 0:
    print("too old a kernel")
    sys.exit(0)
os.execvp(sys.argv[1], sys.argv[1:])
"#;

#[test]
fn where_no_memory_is_made_executable_scripts_are_interpreted() {
    let text = "fn f(n) {\n  let s = 0;\n  for i in range(n) { s += i % 7; }\n  s\n}\nprint(f(100000), f(100000));\n";
    let shell = "exec python3 without.py \"$@\"";
    let run = script(text, "pays").through_shell(shell);
    let run = run.beside("without.py", WITHOUT_EXECUTABLE_MEMORY);
    let output = run.option("--explain-compile").run();
    if output.stdout == "too old a kernel\n" {
        return;
    }
    assert_eq!((output.code(), &*output.stdout), (0, "299995 299995\n"));
    let why = "loop: not compiled: Backend error: unable to make memory readable+executable";
    assert!(output.stderr.contains(why), "{}", output.stderr);
}
