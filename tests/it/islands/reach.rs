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
