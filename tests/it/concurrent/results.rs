//! `executor.map`.

use crate::support::script::prints;

#[test]
fn case_172_an_error_ends_the_results() {
    prints(
        r#"
        for e in [ProcessPoolExecutor(2), ThreadPoolExecutor(2)] {
            let results = e.map(|x| { if x == 2 { throw ValueError("two"); } x }, range(6));
            let found = [];
            try {
                for x in results { found.push(x); }
            } catch (error) {
                found.push(repr(error));
            }
            for x in results { found.push(x); }
            print(found, list(e.map(|x| x, [7])));
        }
        "#,
        &"[0, 1, \"ValueError('two')\"] [7]\n".repeat(2),
    );
}

#[test]
fn case_173_results_that_take_too_long_time_out() {
    prints(
        r#"
        for e in [ProcessPoolExecutor(2), ThreadPoolExecutor(2)] {
            let found = [];
            // The first are there when the time begins.
            e.submit(|| 1).result();
            try {
                for x in e.map(|x| { if x == 2 { time.sleep(3); } x }, [0, 1, 2], #{ timeout: 1 }) { found.push(x); }
            } catch (error) {
                found.push(error.type);
            }
            print(found);
            e.shutdown(#{ wait: false });
        }
        "#,
        &"[0, 1, 'TimeoutError']\n".repeat(2),
    );
}

#[test]
fn several_inputs_end_with_the_shortest() {
    prints(
        r#"
        for e in [ProcessPoolExecutor(2), ThreadPoolExecutor(2)] {
            print(list(e.map(|a, b| a + b, [1, 2, 3], [10, 20])));
            print(list(e.map(|a, b, c| a + b + c, [1, 2], range(5), ["x", ""].map(|c| len(c)))));
            print(sum(list(e.map(|x| x, range(1000), #{ chunksize: 100 }))), list(e.map(|x| x, [])));
            print(error_of(|| e.map(|x| x, [1], #{ chunksize: 0 })), error_of(|| e.map(|x| x)));
        }
        "#,
        &"
        [11, 22]
        [2, 3]
        499500 []
        ValueError: chunksize must be >= 1. TypeError: map() must have at least two arguments: a function and what to go through
        "
        .repeat(2)
        .replace("\n        \n", "\n"),
    );
}

#[test]
fn tasks_are_done_even_if_nobody_reads_the_results() {
    prints(
        r#"
        let seen = Queue();
        ProcessPoolExecutor(2).with(|e| { e.map(|x| seen.put(x), range(10)); });
        print(sorted(list(range(10)).map(|i| seen.get())), seen.empty());
        let seen = queue.Queue();
        ThreadPoolExecutor(2).with(|e| { e.map(|x| seen.put(x), range(10)); });
        print(seen.qsize());
        "#,
        "
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] True
        10
        ",
    );
}

#[test]
fn a_buffer_bounds_what_is_taken_from_the_input() {
    prints(
        r#"
        for e in [ProcessPoolExecutor(2), ThreadPoolExecutor(2)] {
            let taken = 0;
            let endless = || { taken += 1; taken };
            let count = 0;
            for x in e.map(|x| x, endless, #{ buffersize: 5 }) {
                count += 1;
                if count == 20 { break; }
            }
            print(count, taken <= 26);
        }
        "#,
        &"20 True\n".repeat(2),
    );
}

#[test]
fn a_future_keeps_what_a_script_notes_on_it() {
    prints(
        r#"
        with ThreadPoolExecutor(2) as e {
            let all = [3, 1, 2].map(|n| { let f = e.submit(|| n * n); f.n = n; f });
            let squares = list(as_completed(all)).map(|f| [f.n, f.result()]);
            print(sorted(squares), hasattr(all[0], "n"), hasattr(all[0], "m"));
            all[0].add_done_callback(|f| print("done", f.n));
            try { all[0].m } catch (err) { print(err.type, err); }
        }
        "#,
        "
        [[1, 1], [2, 4], [3, 9]] True False
        done 3
        AttributeError 'Future' object has no attribute 'm'
        ",
    );
}
