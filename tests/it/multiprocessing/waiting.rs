//! What waits cost: whoever waits long uses little processor time.

use crate::support::script::prints;

/// A child answers each message after a while. Both processes compare the processor time they used with the time that passed.
#[test]
fn slow_answers_cost_little_processor_time() {
    for (seconds, count) in [("0.001", 300), ("0.01", 30)] {
        prints(
            &format!(
                "
            fn answer(c, seconds, count) {{
                c.send(0);
                let used = time.process_time();
                for i in range(count) {{
                    c.recv();
                    time.sleep(seconds);
                    c.send(i);
                }}
                c.send(time.process_time() - used);
            }}
            let ends = Pipe();
            let c = ends[0];
            let p = Process(answer, [ends[1], {seconds}, {count}]);
            p.start();
            c.recv();
            let begin = time.perf_counter();
            let used = time.process_time();
            for i in range({count}) {{
                c.send(i);
                c.recv();
            }}
            used = time.process_time() - used + c.recv();
            let passed = time.perf_counter() - begin;
            if used < 0.25 * passed {{
                print(`little`);
            }} else {{
                print(used, `of`, passed);
            }}
            p.join();
            "
            ),
            "little\n",
        );
    }
}
