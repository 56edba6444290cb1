//! Messages under full load, with stops and deaths at random: nobody is called hopeless.

use crate::support::script::{Script, each_start_method};

/// Seconds that the load lasts; more by this environment variable.
const SECONDS: u64 = 3;
const LONGER: &str = "PROCSCRIPT_TEST_LOAD_SECONDS";

/// More workers than processors pass tokens around a ring, while the main process stops, continues, kills and replaces some of them.
#[test]
fn workers_that_are_stopped_killed_and_replaced_are_never_hopeless() {
    let seconds = std::env::var(LONGER).ok();
    let seconds = seconds
        .and_then(|text| text.parse().ok())
        .unwrap_or(SECONDS);
    each_start_method(|method| {
        let code = format!(
            "
            fn work(from, to, lock, counted) {{
                loop {{
                    let item = from.get();
                    if item == -1 {{ break; }}
                    with lock {{ counted.value += 1; }}
                    to.put(item);
                }}
            }}
            let size = 8;
            let queues = [];
            for n in range(size) {{ queues.push(Queue()); }}
            let counted = Value(\"i\", 0);
            let lock = RLock();
            let start = |n| {{
                let p = Process(work, [queues[n], queues[(n + 1) % size], lock, counted]);
                p.start();
                p
            }};
            let workers = [];
            for n in range(size) {{ workers.push(start.call(n)); }}
            for n in range(40) {{ queues[n % size].put(n); }}
            let end = time.monotonic() + {seconds};
            while time.monotonic() < end {{
                let victim = random.randrange(size);
                let p = workers[victim];
                os.kill(p.pid, signal.SIGSTOP);
                time.sleep(random.random() * 0.3);
                os.kill(p.pid, signal.SIGCONT);
                if random.random() < 0.3 {{
                    p.kill();
                    p.join();
                    workers[victim] = start.call(victim);
                    queues[victim].put(1);
                }}
            }}
            for q in queues {{ q.put(-1); }}
            for p in workers {{ p.join(20); }}
            for p in workers {{ p.terminate(); p.join(); }}
            print(counted.value > 100);
            "
        );
        let output = Script::text(&code).start_method(method).run();
        assert_eq!(
            (output.code(), output.stdout.as_str()),
            (0, "True\n"),
            "{}",
            output.stderr
        );
        assert!(!output.stderr.contains("Deadlock"), "{}", output.stderr);
    });
}
