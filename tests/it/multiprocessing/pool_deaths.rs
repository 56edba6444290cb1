//! Workers of a pool that die, hang or cannot begin: only the task in hand fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::script::{Script, each_start_method, prints};

#[test]
fn case_169_a_task_whose_worker_dies_fails_and_the_pool_goes_on() {
    prints(
        r#"
        fn end(how) {
            if how == "kill" { os.kill(os.getpid(), signal.SIGKILL); }
            if how == "exit" { os._exit(3); }
            if how == "sys.exit" { sys.exit(4); }
            how
        }
        let pool = Pool(2);
        for how in ["kill", "exit", "sys.exit", "fine"] {
            try { print(pool.apply(end, [how])); }
            catch (e) {
                print(e.type, isinstance(e, "RuntimeError"), e.exitcode, e.task);
                print(e.message.split(str(e.pid)));
            }
        }
        print(pool.map(end, ["a", "b", "c"]));
        "#,
        "WorkerLost True -9 end('kill')\n['worker ', \" was killed by SIGKILL while it ran end('kill')\"]\n\
         WorkerLost True 3 end('exit')\n['worker ', \" ended with exit code 3 while it ran end('exit')\"]\n\
         WorkerLost True 4 end('sys.exit')\n['worker ', \" ended with exit code 4 while it ran end('sys.exit')\"]\n\
         fine\n\
         ['a', 'b', 'c']\n",
    );
}

#[test]
fn of_a_batch_only_the_task_in_hand_is_lost() {
    prints(
        r#"
        fn end(pair) {
            pair[1][pair[0]] += 1;
            if pair[0] == 5 { os.kill(os.getpid(), signal.SIGKILL); }
            pair[0]
        }
        let runs = Array("i", 10);
        let items = [];
        for i in range(10) { items.append([i, runs]); }
        let pool = Pool(1);
        for how in ["imap", "imap_unordered"] {
            let results = if how == "imap" { pool.imap(end, items, #{ chunksize: 10 }) } else { pool.imap_unordered(end, items, #{ chunksize: 10 }) };
            let seen = [];
            while true {
                try { seen.append(results.next()); }
                catch (e) { if e.type == "StopIteration" { break; } seen.append(e.type); }
            }
            print(seen.len(), seen.filter(|x| x == "WorkerLost").len());
            if how == "imap" { print(seen); }
        }
        print(runs);
        "#
        .replace("print(runs);", "let all = [];\n        for n in runs { all.append(n); }\n        print(all);")
        .as_str(),
        "10 1\n[0, 1, 2, 3, 4, 'WorkerLost', 6, 7, 8, 9]\n10 1\n[2, 2, 2, 2, 2, 2, 2, 2, 2, 2]\n",
    );
}

#[test]
fn an_initializer_that_fails_is_reported_once_and_starts_no_workers_without_end() {
    prints(
        r#"
        let started = Queue();
        fn begin(started) { started.put(os.getpid()); throw ValueError("bad start"); }
        let pool = Pool(2, begin, [started]);
        print(error_of(|| pool.map(len, ["a"])));
        print(error_of(|| pool.apply_async(len, ["a"])));
        print(started.qsize() <= 2);
        pool.close();
        pool.join();
        fn vanish() { os._exit(1); }
        let pool = Pool(2, vanish);
        print(error_of(|| pool.map(len, ["a"])));
        pool.terminate();
        "#,
        "ValueError: bad start\nValueError: bad start\nTrue\n\
         BrokenProcessPool: 6 workers in a row ended before they took a task; the last ended with exit code 1 in its initializer\n",
    );
}

#[test]
fn a_time_limit_ends_the_task_and_nothing_else() {
    prints(
        r#"
        fn maybe(x) { if x == 1 { time.sleep(3600); } if x == 2 { while true { } } x }
        let pool = Pool(2);
        print(error_of(|| pool.apply(maybe, [1], #{ timeout: 0.1 })));
        let results = pool.imap(maybe, range(4), #{ timeout: 0.1 });
        for i in range(4) {
            try { print(results.next()); } catch (e) { print(`${e.type}: ${e}`); }
        }
        print(error_of(|| pool.apply(maybe, [1], #{ timeout: 0.1, retries: 2 })));
        "#,
        "TimeoutError: maybe(1) took longer than its time limit of 0.1 s\n\
         0\n\
         TimeoutError: maybe(1) took longer than its time limit of 0.1 s\n\
         TimeoutError: maybe(2) took longer than its time limit of 0.1 s\n\
         3\n\
         TimeoutError: maybe(1) took longer than its time limit of 0.1 s\n",
    );
}

#[test]
fn retries_follow_deaths_and_time_limits_but_not_errors() {
    prints(
        r#"
        fn flaky(runs, how) {
            runs.value += 1;
            if how == "throw" { throw ValueError("no"); }
            if runs.value < 3 {
                if how == "die" { os.kill(os.getpid(), signal.SIGKILL); }
                time.sleep(3600);
            }
            runs.value
        }
        let pool = Pool(1);
        let runs = Value("i", 0);
        print(pool.apply(flaky, [runs, "die"], #{ retries: 2 }));
        let runs = Value("i", 0);
        print(pool.apply(flaky, [runs, "hang"], #{ retries: 2, timeout: 0.1 }));
        let runs = Value("i", 0);
        print(error_of(|| pool.apply(flaky, [runs, "throw"], #{ retries: 2 })), runs.value);
        let runs = Value("i", 0);
        try { pool.apply(flaky, [runs, "die"], #{ retries: 1 }); } catch (e) { print(e.type, runs.value); }
        "#,
        "3\n3\nValueError: no 1\nWorkerLost 2\n",
    );
}

#[test]
fn an_error_of_a_task_has_the_lines_of_the_worker() {
    each_start_method(|method| {
        let output = Script::text(
            "fn inner(x) {\n    throw ValueError(`no ${x}`);\n}\nfn outer(x) { inner(x) }\nlet pool = Pool(1);\npool.map(outer, [3]);\n",
        )
        .start_method(method)
        .run();
        assert_eq!(output.code(), 1, "{output:?}");
        assert!(
            output
                .stderr
                .starts_with("ValueError: no 3\n  --> main.rhai:2:5\n"),
            "{}",
            output.stderr
        );
    });
}

#[test]
fn ctrl_c_ends_a_pool_with_one_report() {
    each_start_method(|method| {
        let running = Script::text(
            "fn nap(x) { print(\"ready\"); time.sleep(3600); }\nlet pool = Pool(3);\npool.map(nap, range(10), 1);\n",
        )
        .start_method(method)
        .start();
        running.wait_for_lines(3);
        running.interrupt_at("pool.map(nap, range(10), 1);");
    });
}

#[test]
fn nobody_outlives_a_pool_whose_process_is_killed_or_ends() {
    each_start_method(|method| {
        let running = Script::text(
            "fn nap(x) { print(\"ready\"); time.sleep(3600); }\nlet pool = Pool(2);\npool.map(nap, [1, 2], 1);\n",
        )
        .start_method(method)
        .start();
        running.wait_for_lines(2);
        running.signal(Signal::SIGKILL);
        running.wait_until("the workers are gone", || running.processes().is_empty());
        Script::text(
            "fn nap(x) { time.sleep(3600); }\nlet pool = Pool(2);\npool.map_async(nap, [1, 2]);\nprint(\"end\");\n",
        )
        .start_method(method)
        .run()
        .assert(0, "end\n", "");
    });
}

/// Kills workers while they work, many times: each task has exactly one outcome and is begun at most once. `PROCSCRIPT_POOL_KILLS` sets another
/// number of kills for each start method.
#[test]
fn a_storm_of_kills_costs_no_more_than_the_tasks_in_hand() {
    let kills = std::env::var("PROCSCRIPT_POOL_KILLS");
    let kills = kills.unwrap_or_else(|_| "250".into());
    each_start_method(|method| {
        let output = Script::text(
            r#"
            const KILLS = int(sys.argv[1]);
            let runs = RawArray("i", 200000);
            fn work(pair) {
                pair[1][pair[0]] += 1;
                let sum = 0;
                for k in 0..(pair[0] % 50) { sum += k; }
                pair[0] * 3
            }
            let pool = Pool(4);
            let kills = 0;
            let next = 0;
            let good = 0;
            let lost = 0;
            while kills < KILLS {
                let round = next / 400;
                let items = [];
                for i in range(400) { items.append([next + i, runs]); }
                let chunk = #{ chunksize: [1, 3, 20, 100][round % 4] };
                let results = if round % 3 == 0 { pool.imap_unordered(work, items, chunk) } else { pool.imap(work, items, chunk) };
                let seen = #{};
                let count = 0;
                while true {
                    try {
                        let result = results.next();
                        seen[str(result)] = true;
                        good += 1;
                    } catch (e) {
                        if e.type == "StopIteration" { break; }
                        if e.type != "WorkerLost" { print(`${e.type}: ${e}`); }
                        seen[`lost ${count}`] = true;
                        lost += 1;
                    }
                    count += 1;
                    if count % 25 == 3 {
                        let workers = active_children();
                        if workers.len() > 0 { workers[count % workers.len()].kill(); kills += 1; }
                    }
                }
                if count != 400 || seen.len() != 400 { print(`${count} outcomes, ${seen.len()} different ones`); }
                next += 400;
            }
            let twice = 0;
            for i in range(next) { if runs[i] > 1 { twice += 1; } }
            print(good + lost == next, lost <= kills, twice);
            "#,
        )
        .start_method(method)
        .arg(&kills)
        .start()
        .finish_within(Duration::from_secs(600));
        output.assert(0, "True True 0\n", "");
    });
}

#[test]
fn a_pool_that_is_closed_ends_although_workers_are_killed() {
    prints(
        r#"
        fn slow(pair) { if pair[1] == 0 { pair[0][0] = os.getpid(); time.sleep(3600); } pair[1] }
        let box = RawArray("i", 1);
        for round in range(5) {
            box[0] = 0;
            let pool = Pool(2);
            let results = pool.imap(slow, [[box, 0], [box, 1], [box, 2]], #{ chunksize: 3 });
            while box[0] == 0 { time.sleep(0.001); }
            pool.close();
            // The other worker has left or will; what is left of the batch comes after the messages that let workers leave.
            os.kill(box[0], signal.SIGKILL);
            print(error_of(|| results.next()).split(":")[0], results.next(), results.next());
            for child in active_children() { child.kill(); }
            pool.join();
        }
        "#,
        &"WorkerLost 1 2\n".repeat(5),
    );
}

#[test]
fn a_death_that_is_noticed_late_is_not_taken_for_a_time_limit() {
    prints(
        r#"
        fn die() { os.kill(os.getpid(), signal.SIGKILL); }
        let pool = Pool(1);
        let lost = pool.apply_async(die, #{ timeout: 0.2 });
        time.sleep(0.5);
        print(error_of(|| lost.get()).split(":")[0]);
        print(pool.apply(len, ["abc"]));
        "#,
        "WorkerLost\n3\n",
    );
}

#[test]
fn a_stopped_worker_is_ended_by_the_time_limit_too() {
    prints(
        r#"
        fn stop_oneself() { os.kill(os.getpid(), signal.SIGSTOP); }
        let pool = Pool(1);
        print(error_of(|| pool.apply(stop_oneself, #{ timeout: 0.1 })).split(":")[0]);
        print(pool.apply(len, ["abc"]));
        "#,
        "TimeoutError\n3\n",
    );
}

#[test]
fn a_copy_that_a_task_makes_of_its_worker_is_no_worker() {
    prints(
        r#"
        fn f(x) {
            let copy = os.fork();
            if copy == 0 { return "child"; }
            os.waitpid(copy, 0);
            "parent"
        }
        let pool = Pool(1);
        print(pool.map(f, [1, 2, 3]));
        pool.close();
        pool.join();
        "#,
        "['parent', 'parent', 'parent']\n",
    );
}

#[test]
fn the_objects_of_a_task_live_until_it_has_ended() {
    prints(
        r#"
        fn work(queue, runs) {
            runs.value += 1;
            if runs.value == 2 { return queue.get(); }
            queue.put("kept");
            os.kill(os.getpid(), signal.SIGKILL);
        }
        let pool = Pool(1);
        let runs = Value("i", 0);
        print(pool.apply_async(work, [Queue(), runs], #{ retries: 1 }).get(20));
        try { pool.apply_async(|queue| os._exit(3), [Queue()]).get(20); }
        catch (e) { print(e.task.ends_with("(<Queue>)")); }
        "#,
        "kept\nTrue\n",
    );
}

/// A control group of its own with little memory, which is removed when this is dropped.
struct SmallGroup(PathBuf);

impl SmallGroup {
    /// Creates one, where this process may.
    fn create(bytes: u64) -> Option<Self> {
        let memberships = fs::read_to_string("/proc/self/cgroup").ok()?;
        let parts = memberships.lines().filter_map(|line| {
            let mut parts = line.splitn(3, ':').skip(1);
            Some((parts.next()?, parts.next()?))
        });
        let created = parts.map(|(controllers, path)| {
            let (root, limit) = match controllers {
                "" => ("/sys/fs/cgroup", "memory.max"),
                "memory" => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
                _ => return None,
            };
            let group = format!("procscript-test-{}", std::process::id());
            let group = Path::new(root)
                .join(path.trim_start_matches('/'))
                .join(group);
            fs::create_dir(&group).ok()?;
            let group = Self(group);
            let limit = group.0.join(limit);
            (limit.exists() && fs::write(limit, bytes.to_string()).is_ok()).then_some(group)
        });
        created.flatten().next()
    }
}

impl Drop for SmallGroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn a_worker_that_the_kernel_kills_because_memory_runs_out_is_reported_as_such() {
    each_start_method(|method| {
        let Some(group) = SmallGroup::create(150 << 20) else {
            eprintln!("SKIPPED: this process cannot make a control group with a limit of memory");
            return;
        };
        // Each piece is too small to be refused by itself.
        let script = Script::text(
            r#"
            fn eat(n) {
                let all = [];
                while n == 1 { all.append("%08000d" % all.len()); }
                n
            }
            let pool = Pool(2);
            for n in [1, 2] {
                try { print(pool.apply(eat, [n])); }
                catch (e) { print(e.type, e.exitcode, e.message.split(str(e.pid))[1]); }
            }
            pool.apply_async(|| os.kill(os.getpid(), signal.SIGKILL));
            try { pool.apply(|| os.kill(os.getpid(), signal.SIGKILL)); }
            catch (e) { print(e.message.contains("memory")); }
            "#,
        )
        .start_method(method)
        .through_shell(&format!(
            "echo $$ > {}/cgroup.procs && exec \"$@\"",
            group.0.display()
        ));
        script.run().assert(
            0,
            "WorkerLost -9  was killed by SIGKILL, likely because memory ran out while it ran eat(1)\n2\nFalse\n",
            "",
        );
    });
}
