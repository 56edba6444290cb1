//! Lists that code reads, writes and appends to.

use super::support::{
    World, add, compiled, float, for_range, function, int, item, looping, machine, op, passes,
    result, var, when,
};
use crate::native::code::{Expr, Item, ListRef, Loop, Op, Over, Stmt, Ty};
use crate::native::{Exit, List, Value};

const INTS: Ty = Ty::List(Item::Int);

fn ints(items: impl IntoIterator<Item = i64>) -> Value {
    Value::List(List::Ints(items.into_iter().collect()))
}

fn numbers(var: usize) -> Over {
    Over::Numbers { var, counter: None }
}

/// Runs a loop over 0 to `count`.
fn run(code: &Loop, count: u64, values: &mut [Value]) -> (Exit, i64) {
    let mut progress = passes(0, count);
    let entry = machine().looping(code).unwrap();
    let exit = entry.loop_on(&mut World::default(), 0, &mut progress, values);
    (exit, progress.next)
}

#[test]
fn items_are_read_from_both_ends() {
    let entry = compiled(&function(
        &[INTS, Ty::Int],
        2,
        vec![],
        item(0, var(1), Item::Int),
    ));
    let at = |index| result(&entry, &[ints([10, 20, 30]), Value::Int(index)]);
    for (index, expected) in [(0, 10), (2, 30), (-1, 30), (-3, 10)] {
        assert_eq!(at(index), Exit::Done(Value::Int(expected)));
    }
    for outside in [3, 4, -4, i64::MAX, i64::MIN] {
        assert_eq!(at(outside), Exit::GaveUp, "{outside}");
    }
    let empty = result(&entry, &[ints([]), Value::Int(0)]);
    assert_eq!(empty, Exit::GaveUp);
}

#[test]
fn each_kind_of_item_is_read_and_written() {
    let lists = [
        (
            Item::Int,
            Value::Int(7),
            List::Ints(vec![1, 2, 3]),
            List::Ints(vec![1, 7, 3]),
        ),
        (
            Item::Float,
            Value::Float(0.5),
            List::Floats(vec![1.0; 3]),
            List::Floats(vec![1.0, 0.5, 1.0]),
        ),
        (
            Item::Bool,
            Value::Bool(true),
            List::Bools(vec![false; 3]),
            List::Bools(vec![false, true, false]),
        ),
    ];
    for (kind, value, before, after) in lists {
        // for i in 1..2 { xs[i] = x; y = xs[-2]; }
        let body = vec![
            Stmt::Store(ListRef::Var(0), var(3), Expr::Var(1, kind.ty())),
            Stmt::Set(2, item(0, int(-2), kind)),
        ];
        let code = looping(
            &[Ty::List(kind), kind.ty(), kind.ty(), Ty::Int],
            3,
            numbers(3),
            body,
        );
        let other = match kind {
            Item::Int => Value::Int(0),
            Item::Float => Value::Float(0.0),
            Item::Bool => Value::Bool(false),
        };
        let mut values = [Value::List(before), value.clone(), other];
        let entry = machine().looping(&code).unwrap();
        let exit = entry.loop_on(&mut World::default(), 0, &mut passes(1, 1), &mut values);
        assert_eq!(exit, Exit::Done(Value::Unit));
        assert_eq!(values, [Value::List(after), value.clone(), value]);
    }
}

/// A loop whose pass `i` writes to all items of `xs` `times` times, adds one to `done`, and gives up in pass `last`.
fn overwriting(times: i64, last: i64) -> Loop {
    let increased = add(item(0, var(4), Item::Int), add(var(2), int(1)));
    let each = Stmt::Store(ListRef::Var(0), var(4), increased);
    let all = for_range(4, int(0), Expr::Len(ListRef::Var(0)), int(1), vec![each]);
    let body = vec![
        for_range(3, int(0), int(times), int(1), vec![all]),
        Stmt::Set(1, add(var(1), int(1))),
        when(op(Op::Eq, var(2), int(last)), vec![Stmt::Do(Expr::GiveUp)]),
    ];
    looping(
        &[INTS, Ty::Int, Ty::Int, Ty::Int, Ty::Int],
        2,
        numbers(2),
        body,
    )
}

#[test]
fn giving_up_restores_the_items_of_the_last_pass() {
    // The journal begins with space for four changes: it grows, and then the list is copied.
    for len in [0, 1, 2, 4, 5, 8, 9, 100, 1000] {
        for times in [0, 1, 2, 3, 50] {
            for last in [0, 1, 2] {
                let mut values = [ints(0..len), Value::Int(0)];
                let exit = run(&overwriting(times, last), 10, &mut values);
                assert_eq!(exit, (Exit::GaveUp, last));
                let added: i64 = (0..last).map(|pass| (pass + 1) * times).sum();
                let expected = [ints((0..len).map(|item| item + added)), Value::Int(last)];
                assert_eq!(values, expected, "{len} items, {times} times, pass {last}");
            }
        }
    }
}

#[test]
fn restored_lists_may_be_several_and_of_rows() {
    // Pass i: grid[i % 3][j] += 1 and flags[j] = i == 1 for all j, several times; gives up in pass 2.
    let row = || ListRef::Row(0, op(Op::Sub, var(2), int(3)).into());
    let cell = Expr::Item(row(), var(3).into(), Item::Float);
    let cell = Expr::Binary(Op::Add, Ty::Float, cell.into(), float(1.0).into());
    let is_one = op(Op::Eq, var(2), int(1));
    let inner = vec![
        Stmt::Store(row(), var(3), cell),
        Stmt::Store(ListRef::Var(1), var(3), is_one),
    ];
    let all = for_range(3, int(0), Expr::Len(row()), int(1), inner);
    for times in [1, 2, 30] {
        let body = vec![
            for_range(4, int(0), int(times), int(1), vec![all.clone()]),
            when(op(Op::Eq, var(2), int(2)), vec![Stmt::Do(Expr::GiveUp)]),
        ];
        let vars = [
            Ty::Rows(Item::Float),
            Ty::List(Item::Bool),
            Ty::Int,
            Ty::Int,
            Ty::Int,
        ];
        let code = looping(&vars, 2, numbers(2), body);
        let rows = |items: [f64; 3]| {
            let row = |(index, item)| List::Floats(vec![item; 2 + 7 * index]);
            Value::Rows(
                Item::Float,
                items.into_iter().enumerate().map(row).collect(),
            )
        };
        let flags = |len, truth| (0..16).map(move |index| truth && index < len);
        let mut values = [
            rows([0.0; 3]),
            Value::List(List::Bools(flags(0, false).collect())),
        ];
        assert_eq!(run(&code, 3, &mut values), (Exit::GaveUp, 2));
        let added = times as f64;
        let written = List::Bools(flags(9, true).collect());
        assert_eq!(values, [rows([added, added, 0.0]), Value::List(written)]);
    }
}

#[test]
fn lists_grow_and_shrink_back() {
    // Pass i: append i * 10 to xs, and overwrite all of it, i times; gives up at 9.
    let each = Stmt::Store(
        ListRef::Var(0),
        var(3),
        add(item(0, var(3), Item::Int), int(1)),
    );
    let append = Stmt::Push(0, op(Op::Mul, var(1), int(10)));
    let all = for_range(3, int(0), Expr::Len(ListRef::Var(0)), int(1), vec![each]);
    let body = vec![
        for_range(2, int(0), var(1), int(1), vec![append, all]),
        when(op(Op::Eq, var(1), int(9)), vec![Stmt::Do(Expr::GiveUp)]),
    ];
    let code = looping(&[INTS, Ty::Int, Ty::Int, Ty::Int], 1, numbers(1), body);
    let mut expected = vec![5];
    for pass in 0..9 {
        for _ in 0..pass {
            expected.push(pass * 10);
            expected.iter_mut().for_each(|item| *item += 1);
        }
    }
    let mut values = [ints([5])];
    assert_eq!(run(&code, 10, &mut values), (Exit::GaveUp, 9));
    assert_eq!(values, [ints(expected)]);
}

#[test]
fn a_list_grows_as_far_as_it_may() {
    let over = Over::While(Some(op(Op::Lt, Expr::Len(ListRef::Var(0)), var(1))));
    let code = looping(&[INTS, Ty::Int], 2, over, vec![Stmt::Push(0, var(1))]);
    let entry = machine().looping(&code).unwrap();
    for (wanted, max, expected) in [
        (100, None, 100),
        (100, Some(100), 100),
        (101, Some(100), 100),
    ] {
        let mut world = World {
            items_max: max,
            ..World::default()
        };
        let mut values = [ints([]), Value::Int(wanted)];
        let exit = entry.call(&mut world, 0, &mut values);
        let is_done = expected == wanted;
        assert_eq!(exit == Exit::Done(Value::Unit), is_done);
        assert_eq!(values[0], ints(vec![wanted; expected as usize]));
    }
}

#[test]
fn the_capacity_of_a_list_is_not_taken_without_asking() {
    let code = looping(&[INTS, Ty::Int], 1, numbers(1), vec![Stmt::Push(0, var(1))]);
    let entry = machine().looping(&code).unwrap();
    let mut world = World {
        items_max: Some(2),
        ..World::default()
    };
    let mut list = Vec::with_capacity(100);
    list.push(7);
    let mut values = [Value::List(List::Ints(list))];
    let exit = entry.loop_on(&mut world, 0, &mut passes(0, 5), &mut values);
    assert_eq!((exit, values), (Exit::GaveUp, [ints([7, 0])]));
}

#[test]
fn rows_are_found_from_both_ends() {
    let row = ListRef::Row(0, var(1).into());
    let vars = [Ty::Rows(Item::Int), Ty::Int, Ty::Int];
    let code = Expr::Item(row.clone(), var(2).into(), Item::Int);
    let entry = compiled(&function(&vars, 3, vec![], code));
    let len = compiled(&function(&vars, 3, vec![], Expr::Len(row)));
    let count = compiled(&function(&vars, 3, vec![], Expr::RowCount(0)));
    let rows = |rows: &[&[i64]]| {
        let rows = rows.iter().map(|row| List::Ints(row.to_vec()));
        Value::Rows(Item::Int, rows.collect())
    };
    let grid = rows(&[&[1, 2], &[], &[3]]);
    let at = |a, b| [grid.clone(), Value::Int(a), Value::Int(b)];
    for (a, b, expected) in [(0, 0, 1), (0, -1, 2), (2, 0, 3), (-1, 0, 3), (-3, 1, 2)] {
        assert_eq!(result(&entry, &at(a, b)), Exit::Done(Value::Int(expected)));
    }
    for (a, b) in [
        (0, 2),
        (1, 0),
        (1, -1),
        (3, 0),
        (-4, 0),
        (i64::MIN, 0),
        (i64::MAX, 0),
    ] {
        assert_eq!(result(&entry, &at(a, b)), Exit::GaveUp, "{a} {b}");
    }
    assert_eq!(result(&len, &at(0, 0)), Exit::Done(Value::Int(2)));
    assert_eq!(result(&len, &at(1, 0)), Exit::Done(Value::Int(0)));
    assert_eq!(result(&len, &at(3, 0)), Exit::GaveUp);
    assert_eq!(result(&count, &at(9, 9)), Exit::Done(Value::Int(3)));
    let none = [rows(&[]), Value::Int(0), Value::Int(0)];
    assert_eq!(result(&entry, &none), Exit::GaveUp);
    assert_eq!(result(&count, &none), Exit::Done(Value::Int(0)));
    let mixed = vec![List::Ints(vec![1]), List::Bools(vec![true])];
    let mixed = [Value::Rows(Item::Int, mixed), Value::Int(0), Value::Int(0)];
    assert_eq!(result(&entry, &mixed), Exit::GaveUp);
}

#[test]
fn a_function_writes_to_its_list() {
    // for i in 0..len { xs[i] = xs[i] + xs[i - 1]; } xs[-1]
    let sum = add(
        item(0, var(1), Item::Int),
        item(0, op(Op::Sub, var(1), int(1)), Item::Int),
    );
    let store = Stmt::Store(ListRef::Var(0), var(1), sum);
    let all = for_range(1, int(1), Expr::Len(ListRef::Var(0)), int(1), vec![store]);
    let code = function(&[INTS, Ty::Int], 1, vec![all], item(0, int(-1), Item::Int));
    assert_eq!(
        result(&compiled(&code), &[ints(1..=10)]),
        Exit::Done(Value::Int(55))
    );
}

#[test]
fn what_lists_cannot_do_is_refused() {
    let refused = [
        (vec![INTS, INTS], Stmt::Set(0, Expr::Var(1, INTS))),
        (vec![Ty::Rows(Item::Int)], Stmt::Push(0, int(1))),
        (vec![INTS, INTS], Stmt::PushRow(0, Expr::Var(1, INTS))),
        (vec![Ty::Int], Stmt::Push(0, int(1))),
        (vec![Ty::Int], Stmt::Store(ListRef::Var(0), int(1), int(1))),
    ];
    for (vars, statement) in refused {
        let code = looping(&vars, vars.len(), Over::While(None), vec![statement]);
        assert!(machine().looping(&code).is_err(), "{vars:?}");
    }
}
