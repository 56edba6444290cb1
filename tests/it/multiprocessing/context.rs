//! `get_context` and `multiprocessing.dummy`.

use crate::support::script::{Script, prints};

#[test]
fn contexts_exist_beside_each_other() {
    prints(
        r#"
        fn say(text) { print(text, current_process().name); }
        let usual = get_start_method();
        let contexts = [];
        for method in ["fork", "spawn", "forkserver", "fork", "spawn"] { contexts.push(get_context(method)); }
        for ctx in contexts {
            print(ctx, ctx.get_start_method());
            let q = ctx.Queue();
            let p = ctx.Process(|q| q.put(1), [q]);
            p.start();
            print(q.get(), p.name);
            p.join();
        }
        print(get_start_method() == usual, get_context().get_start_method() == usual);
        let ctx = multiprocessing.get_context("spawn").get_context();
        print(ctx.get_start_method(), error_of(|| ctx.set_start_method("fork")), error_of(|| get_context("x")));
        let p = ctx.Process(#{ target: say, args: ["hello from"], name: "named" });
        p.start();
        p.join();
        multiprocessing.set_start_method("forkserver");
        print(get_start_method(), get_context("fork").get_start_method());
        "#,
        "
        <multiprocessing.context.ForkContext object> fork
        1 ForkProcess-1
        <multiprocessing.context.SpawnContext object> spawn
        1 SpawnProcess-2
        <multiprocessing.context.ForkServerContext object> forkserver
        1 ForkServerProcess-3
        <multiprocessing.context.ForkContext object> fork
        1 ForkProcess-4
        <multiprocessing.context.SpawnContext object> spawn
        1 SpawnProcess-5
        True True
        spawn ValueError: cannot set start method of concrete context ValueError: cannot find context for 'x'
        hello from named
        spawn fork
        ",
    );
}

#[test]
fn a_context_decides_how_its_processes_start() {
    let code = r#"
        fn child(q) { q.put(open("/proc/self/stat").read().split(" ")[21]); }
        fn started(ctx) {
            let q = SimpleQueue();
            let p = ctx.Process(child, [q]);
            p.start();
            p.join();
            q.get()
        }
        fn worker(ctx) {
            let q = SimpleQueue();
            ctx.Process(|q| q.put(open("/proc/self/cmdline").read().contains("main.rhai")), [q]).start();
            print(q.get(), ctx.get_start_method());
        }
        for method in ["fork", "spawn"] {
            let ctx = get_context(method);
            worker(ctx);
            let p = Process(worker, [ctx]);
            p.start();
            p.join();
        }
    "#;
    // A forked child has the command line of its parent, a spawned one has that of a worker.
    Script::text(code).start_method("fork").run().assert(
        0,
        "True fork\nTrue fork\nFalse spawn\nFalse spawn\n",
        "",
    );
    Script::text(code).start_method("spawn").run().assert(
        0,
        "True fork\nFalse fork\nFalse spawn\nFalse spawn\n",
        "",
    );
}

#[test]
fn dummy_has_threads_behind_the_names_of_processes() {
    prints(
        r#"
        import "multiprocessing.dummy" as dummy;
        let log = [];
        let mp = multiprocessing.dummy;
        fn work(q, lock, v) {
            lock.acquire();
            v.value += 1;
            lock.release();
            q.put([os.getpid(), type(mp_current()).name]);
        }
        fn mp_current() { multiprocessing.dummy.current_process() }
        let q = mp.Queue();
        let lock = mp.Lock();
        let v = mp.Value('i', 0);
        let ps = [];
        for i in range(3) { ps.push(mp.Process(work, [q, lock, v])); }
        print(ps[0].exitcode, ps[0].is_alive());
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        for i in range(3) { print(q.get() == [os.getpid(), "Thread"]); }
        print(v.value, ps[0].exitcode, mp.active_children(), type(q) == type(queue.Queue()), mp.current_process().name);
        print(error_of(|| lock.release()), dummy::cpu_count() == cpu_count());
        let ends = dummy::Pipe();
        ends[0].send([1]);
        print(ends[1].recv(), mp.Manager().list([1]), mp.Event().is_set(), mp.JoinableQueue(3).maxsize);
        print(error_of(|| { ps[0].exitcode = 1; }));
        "#,
        "
        None False
        True
        True
        True
        3 0 [] True MainThread
        RuntimeError: release unlocked lock True
        [1] [1] False 3
        AttributeError: property 'exitcode' of 'Thread' object has no setter
        ",
    );
}
