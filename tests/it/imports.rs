//! Imported modules under names of the script's own, with a dot after them as in Python.

use crate::support::script::{Script, each_start_method};

#[test]
fn a_program_without_functions_starts_natives() {
    each_start_method(|method| {
        let script = Script::text(
            r#"
            import "concurrent.futures" as futures;
            let p = Process(os.getpid);
            p.start();
            p.join();
            print(p.exitcode);
            with futures.ProcessPoolExecutor(1) as executor { print(executor.submit(os.getpid).result() > 1); }
            "#,
        );
        script.start_method(method).run().assert(0, "0\nTrue\n", "");
    });
}

#[test]
fn an_imported_module_is_a_value() {
    each_start_method(|method| {
        let script = Script::text(
            r#"
            import "multiprocessing" as mp;
            import "concurrent.futures" as futures;
            import "os" as queue;
            import "tools" as tools;

            fn work(n) { print(tools.twice(n), tools.LIMIT, tools.is_high(n), mp.current_process().name, queue.getpid() > 1); }
            fn main() {
                let p = mp.Process(#{target: work, args: [4]});
                p.start();
                p.join();
                p = mp.Process(|| print("closure", tools.twice(1), mp.cpu_count() > 0));
                p.start();
                p.join();
                with futures.ThreadPoolExecutor(2) as executor { print(executor.submit(tools.twice, 4).result()); }
                with mp.Pool(2) as pool { print(pool.map(tools.twice, [1, 2])); }
            }
            main();
            for f in [|| tools.missing(1), || tools.missing] { for part in error_of(f).split(": ").extract(0, 2) { print(part); } }
            let mp = 5;
            print(mp + 1, queue.getpid() == os.getpid(), mp::cpu_count() > 0);
            "#,
        );
        let tools =
            "export const LIMIT = 3; fn twice(x) { x * 2 } fn is_high(x) { x > global::LIMIT }";
        let run = script
            .beside("tools.rhai", tools)
            .start_method(method)
            .run();
        let expected = "
            8 3 True Process-1 True
            closure 2 True
            8
            [2, 4]
            AttributeError
            module 'tools' has no attribute 'missing'
            AttributeError
            module 'tools' has no attribute 'missing'
            6 True True
            ";
        run.assert(0, expected, "");
    });
}
