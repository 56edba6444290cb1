//! Pools whose tasks and results are numbers, which travel together: nothing about them is different for the script.

use crate::support::script::{prints, prints_in_every_mode};

#[test]
fn numbers_of_each_type_come_back_as_they_are() {
    prints(
        r#"
        fn same(x) { x }
        let pool = Pool(2);
        let least = -9223372036854775807 - 1;
        print(pool.map(same, [0, -1, 9223372036854775807, least]));
        print(pool.map(same, [0.5, -0.0, float("inf"), float("nan")]));
        print(pool.map(same, [true, false, true]));
        print(pool.map(same, [1, 1.0, true, "1", None, [1]]));
        print(list(pool.imap(same, [1, 2.5, false])));
        "#,
        "[0, -1, 9223372036854775807, -9223372036854775808]\n\
         [0.5, -0.0, inf, nan]\n\
         [True, False, True]\n\
         [1, 1.0, True, '1', None, [1]]\n\
         [1, 2.5, False]\n",
    );
}

#[test]
fn results_of_several_types_keep_their_order() {
    prints(
        r#"
        fn of_many_types(n) {
            switch n % 6 {
                0 => n,
                1 => n + 0.5,
                2 => n > 10,
                3 => str(n),
                4 => None,
                _ => throw ValueError(n),
            }
        }
        let pool = Pool(2);
        let seen = [];
        let results = pool.imap(of_many_types, range(18), #{ chunksize: 18 });
        while true {
            try { seen.append(results.next()); }
            catch (e) { if e.type == "StopIteration" { break; } seen.append(repr(e)); }
        }
        print(seen);
        print(error_of(|| pool.map(of_many_types, range(100), #{ chunksize: 50 })));
        "#,
        "[0, 1.5, False, '3', None, 'ValueError(5)', \
         6, 7.5, False, '9', None, 'ValueError(11)', \
         12, 13.5, True, '15', None, 'ValueError(17)']\n\
         ValueError: 5\n",
    );
}

#[test]
fn a_compiled_function_that_gives_up_at_a_task_gives_the_interpreters_answer() {
    prints_in_every_mode(
        r#"
        fn grow(n) { if n % 1000 == 999 { 9223372036854775807 + n } else { n * 2 } }
        fn quotient(n) { 1000 / (n - 500) }
        let pool = Pool(2);
        for f in [grow, quotient] {
            let results = pool.imap(f, range(3000), #{ chunksize: 600 });
            let sum = 0;
            let failed = 0;
            while true {
                try { sum += results.next(); }
                catch (e) { if e.type == "StopIteration" { break; } failed += 1; }
            }
            print(sum, failed);
        }
        print(sum(pool.map(|n| n + 1, range(100000))));
        print(pool.map(|x| x / 4.0, [1.0, 2.0, 3.0]));
        print(sum(pool.map(|n| n % 3 == 0, range(30000)).map(|is_so| if is_so { 1 } else { 0 })));
        "#,
        "8985006 3\n500 1\n5000050000\n[0.25, 0.5, 0.75]\n10000\n",
    );
}

#[test]
fn of_numbers_only_the_one_in_hand_is_lost() {
    prints(
        r#"
        fn end(n) {
            if n % 1000 == 500 { os.kill(os.getpid(), signal.SIGKILL); }
            n
        }
        let pool = Pool(2);
        let seen = 0;
        let lost = [];
        let results = pool.imap(end, range(3000), #{ chunksize: 1000 });
        while true {
            try { seen += results.next(); }
            catch (e) { if e.type == "StopIteration" { break; } lost.append(e.task); }
        }
        print(seen + 500 + 1500 + 2500 == sum(range(3000)), lost);
        "#,
        "True ['end(500)', 'end(1500)', 'end(2500)']\n",
    );
}
