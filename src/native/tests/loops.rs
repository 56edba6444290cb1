//! Loops: how often they go, how they end, and what giving up leaves.

use super::support::{
    World, add, block, compiled, float, function, fvar, int, looping, machine, op, passes, result,
    var, when,
};
use crate::native::code::{Block, Expr, Item, Loop, Op, Over, Stmt, Ty};
use crate::native::{Entry, Exit, List, Progress, Value};

/// The numbers that a range goes over, as a sum of `number * 31 + passes so far`, the same by Rust, and how many there are.
fn range_sum(numbers: impl Iterator<Item = i64>) -> (i64, i64) {
    let (mut sum, mut count) = (0_i64, 0);
    for number in numbers.take(1000) {
        sum = sum.wrapping_mul(31).wrapping_add(number) & 0xff_ffff;
        count += 1;
    }
    (sum, count)
}

/// A function of from, until and step that goes over a range and gives what `range_sum` does, in one number.
fn range(including: bool, step: Option<i64>) -> Entry {
    // 3 is the sum, 4 the variable, 5 the counter, 6 the passes.
    let mixed = add(
        op(Op::Mul, var(3), int(31)),
        op(Op::And, var(4), int(0xff_ffff)),
    );
    let body = vec![
        Stmt::Set(3, op(Op::And, mixed, int(0xff_ffff))),
        Stmt::Set(4, int(-5)),
        Stmt::Set(6, add(var(5), int(1))),
        when(op(Op::Eq, var(6), int(1000)), vec![Stmt::Break]),
    ];
    let looping = Stmt::For {
        var: 4,
        counter: Some(5),
        from: var(0),
        until: var(1),
        including,
        step: step.map_or(var(2), int),
        body: block(body),
        place: 0,
    };
    let begin = [3, 6].map(|index| Stmt::Set(index, int(0)));
    let body = begin.into_iter().chain([looping]).collect();
    let value = add(op(Op::Mul, var(3), int(10_000)), var(6));
    compiled(&function(&[Ty::Int; 7], 3, body, value))
}

#[test]
fn ranges_have_the_numbers_that_rust_counts() {
    let edges = [
        0,
        1,
        -1,
        2,
        5,
        -7,
        100,
        i64::MAX,
        i64::MAX - 1,
        i64::MIN,
        i64::MIN + 1,
    ];
    let steps = [1, -1, 2, -2, 3, 7, -100, i64::MAX, i64::MIN, i64::MIN + 1];
    for including in [false, true] {
        let any = range(including, None);
        for step in steps {
            let single = range(including, Some(step));
            for (from, until) in edges.iter().flat_map(|a| edges.map(|b| (*a, b))) {
                let is_inside = |number: &i64| match (step > 0, including) {
                    (true, true) => *number <= until,
                    (true, false) => *number < until,
                    (false, true) => *number >= until,
                    (false, false) => *number > until,
                };
                let next = |number: &i64| number.checked_add(step).filter(is_inside);
                let numbers = std::iter::successors(Some(from).filter(is_inside), next);
                let numbers = numbers.map(|number| number & 0xff_ffff);
                let (sum, count) = range_sum(numbers);
                let expected = Exit::Done(Value::Int(sum * 10_000 + count));
                for entry in [&any, &single] {
                    let values = [from, until, step].map(Value::Int);
                    let what = format!("{from} {until} {step} {including}");
                    assert_eq!(result(entry, &values), expected, "{what}");
                }
            }
        }
        let values = [0, 5, 0].map(Value::Int);
        assert_eq!(result(&any, &values), Exit::GaveUp);
        assert_eq!(result(&range(including, Some(0)), &values), Exit::GaveUp);
    }
}

/// A loop over numbers that adds them to variable 0, up to a sum of 100, and gives up beyond.
fn adding(counter: bool) -> Loop {
    let counter = counter.then_some(2);
    let body = vec![
        Stmt::Set(0, add(var(0), counter.map_or(var(1), var))),
        when(op(Op::Gt, var(0), int(100)), vec![Stmt::Do(Expr::GiveUp)]),
    ];
    looping(&[Ty::Int; 3], 1, Over::Numbers { var: 1, counter }, body)
}

#[test]
fn giving_up_goes_back_to_the_beginning_of_the_pass() {
    let entry = machine().looping(&adding(false)).unwrap();
    for (next, step) in [(0, 1), (3, 3), (50, -1), (i64::MAX, i64::MIN)] {
        let (mut sum, mut progress) = (
            0_i64,
            Progress {
                next,
                step,
                left: 1000,
                done: 7,
            },
        );
        while let Some(more) = sum.checked_add(progress.next).filter(|sum| *sum <= 100) {
            sum = more;
            progress.next = progress.next.wrapping_add(step);
            progress.left -= 1;
            progress.done += 1;
        }
        let mut values = [Value::Int(0)];
        let mut moved = Progress {
            next,
            step,
            left: 1000,
            done: 7,
        };
        let exit = entry.loop_on(&mut World::default(), 0, &mut moved, &mut values);
        assert_eq!((exit, &values), (Exit::GaveUp, &[Value::Int(sum)]));
        assert_eq!(moved, progress);
    }
}

#[test]
fn a_loop_goes_on_where_it_gave_up() {
    let entry = machine().looping(&adding(true)).unwrap();
    let (mut values, mut progress) = ([Value::Int(0)], passes(40, 20));
    let exit = entry.loop_on(&mut World::default(), 0, &mut progress, &mut values);
    assert_eq!(exit, Exit::GaveUp);
    // 0 to 13 have been added, and 14 would be too much.
    let expected = Progress {
        next: 54,
        step: 1,
        left: 6,
        done: 14,
    };
    assert_eq!((&values, &progress), (&[Value::Int(91)], &expected));
    values = [Value::Int(0)];
    progress.left = 5;
    let exit = entry.loop_on(&mut World::default(), 0, &mut progress, &mut values);
    assert_eq!((exit, values), (Exit::Done(Value::Unit), [Value::Int(80)]));
}

#[test]
fn a_loop_without_passes_changes_nothing() {
    let entry = machine().looping(&adding(false)).unwrap();
    let mut values = [Value::Int(3)];
    let exit = entry.loop_on(&mut World::default(), 0, &mut passes(500, 0), &mut values);
    assert_eq!((exit, values), (Exit::Done(Value::Unit), [Value::Int(3)]));
}

#[test]
fn a_loop_with_a_condition_ends_in_each_way() {
    // while a != 10 { if a == b { return c; } if a == d { break; } a += 1; }
    let code = || Loop {
        ret: Ty::Float,
        ..looping(
            &[Ty::Int, Ty::Int, Ty::Float, Ty::Int],
            4,
            Over::While(Some(op(Op::Ne, var(0), int(10)))),
            vec![
                when(op(Op::Eq, var(0), var(1)), vec![Stmt::Return(fvar(2))]),
                when(op(Op::Eq, var(0), var(3)), vec![Stmt::Break]),
                Stmt::Set(0, add(var(0), int(1))),
                Stmt::Continue,
                Stmt::Set(0, int(-100)),
            ],
        )
    };
    let entry = machine().looping(&code()).unwrap();
    let run = |a, b, d| {
        let mut values = [
            Value::Int(a),
            Value::Int(b),
            Value::Float(2.5),
            Value::Int(d),
        ];
        let exit = entry.call(&mut World::default(), 0, &mut values);
        (exit, values[0].clone())
    };
    assert_eq!(run(0, -1, -1), (Exit::Done(Value::Unit), Value::Int(10)));
    assert_eq!(
        run(0, 4, -1),
        (Exit::Returned(Value::Float(2.5)), Value::Int(4))
    );
    assert_eq!(run(0, -1, 6), (Exit::Done(Value::Unit), Value::Int(6)));
    let last = i64::MAX;
    assert_eq!(run(last, 0, 0), (Exit::GaveUp, Value::Int(last)));
}

#[test]
fn a_condition_that_gives_up_restores_what_it_has_changed() {
    // while { a += 1; a * 2 > 0 } {}
    let condition = Block {
        body: vec![Stmt::Set(0, add(var(0), int(1)))],
        value: Some(op(Op::Gt, op(Op::Mul, var(0), int(2)), int(0)).into()),
    };
    let over = Over::While(Some(Expr::Block(condition, Ty::Bool)));
    let entry = machine()
        .looping(&looping(&[Ty::Int], 1, over, vec![]))
        .unwrap();
    let mut values = [Value::Int(i64::MAX / 2 - 10)];
    let exit = entry.call(&mut World::default(), 0, &mut values);
    assert_eq!((exit, values), (Exit::GaveUp, [Value::Int(i64::MAX / 2)]));
}

#[test]
fn items_are_gone_over_with_a_counter() {
    // for (x, i) in xs { sum += x; count += i; }
    let over = Over::Items {
        var: 3,
        counter: Some(4),
        list: 0,
    };
    let sum = Expr::Binary(Op::Add, Ty::Float, fvar(1).into(), fvar(3).into());
    let body = vec![Stmt::Set(1, sum), Stmt::Set(2, add(var(2), var(4)))];
    let vars = [
        Ty::List(Item::Float),
        Ty::Float,
        Ty::Int,
        Ty::Float,
        Ty::Int,
    ];
    let entry = machine().looping(&looping(&vars, 3, over, body)).unwrap();
    let list = Value::List(List::Floats(vec![0.5, 1.5, 2.5, 100.0]));
    let mut values = [list.clone(), Value::Float(0.0), Value::Int(0)];
    let mut progress = Progress {
        next: 1,
        step: 1,
        left: 2,
        done: 1,
    };
    let exit = entry.loop_on(&mut World::default(), 0, &mut progress, &mut values);
    assert_eq!(exit, Exit::Done(Value::Unit));
    assert_eq!(values, [list, Value::Float(4.0), Value::Int(3)]);
    for (next, left) in [(-1, 2), (0, 5), (4, 1), (i64::MAX, u64::MAX)] {
        let mut progress = Progress {
            next,
            step: 1,
            left,
            done: 0,
        };
        let exit = entry.loop_on(&mut World::default(), 0, &mut progress, &mut values);
        assert_eq!(exit, Exit::GaveUp, "{next} {left}");
    }
}

#[test]
fn inner_loops_go_over_items_too() {
    // for (x, i) in xs { if x == 2 { continue; } sum += x * i; }, twice
    let inner = Stmt::ForItems {
        var: 2,
        counter: Some(3),
        list: 0,
        body: block(vec![
            when(op(Op::Eq, var(2), int(2)), vec![Stmt::Continue]),
            Stmt::Set(1, add(var(1), op(Op::Mul, var(2), var(3)))),
        ]),
        place: 0,
    };
    let vars = [Ty::List(Item::Int), Ty::Int, Ty::Int, Ty::Int];
    let body = vec![Stmt::Set(1, int(0)), inner.clone(), inner];
    let entry = compiled(&function(&vars, 1, body, var(1)));
    let sum = |items: Vec<i64>| result(&entry, &[Value::List(List::Ints(items))]);
    assert_eq!(sum(vec![5, 2, 7]), Exit::Done(Value::Int(28)));
    assert_eq!(sum(vec![]), Exit::Done(Value::Int(0)));
}

#[test]
fn values_of_other_types_are_refused() {
    let entry = machine().looping(&adding(false)).unwrap();
    let world = &mut World::default();
    let refused: [&mut [Value]; 4] = [
        &mut [],
        &mut [Value::Float(1.0)],
        &mut [Value::Int(1), Value::Int(1)],
        &mut [Value::List(List::Ints(vec![]))],
    ];
    for values in refused {
        assert_eq!(
            entry.loop_on(world, 0, &mut passes(0, 1), values),
            Exit::GaveUp
        );
    }
    assert_eq!(entry.call(world, 0, &mut [Value::Int(0)]), Exit::GaveUp);
    let mut progress = Progress {
        next: 0,
        step: 0,
        left: 1,
        done: 0,
    };
    assert_eq!(
        entry.loop_on(world, 0, &mut progress, &mut [Value::Int(0)]),
        Exit::GaveUp
    );
    let whole = compiled(&function(&[Ty::Float], 1, vec![], float(1.0)));
    assert_eq!(
        whole.loop_on(world, 0, &mut passes(0, 1), &mut [Value::Float(0.0)]),
        Exit::GaveUp
    );
}
