//! Lists that code makes, assigns, gives and gets.

use super::support::{
    World, add, compiled, float, for_range, function, int, item, looping, machine, op, passes,
    result, var, when,
};
use crate::native::code::{Expr, Item, ListRef, Make, Op, Over, Stmt, Ty};
use crate::native::{Exit, List, Value};

const INTS: Ty = Ty::List(Item::Int);
const GRID: Ty = Ty::Rows(Item::Int);

fn ints(items: impl IntoIterator<Item = i64>) -> Value {
    Value::List(List::Ints(items.into_iter().collect()))
}

fn grid(rows: &[&[i64]]) -> Value {
    let rows = rows.iter().map(|row| List::Ints(row.to_vec()));
    Value::Rows(Item::Int, rows.collect())
}

fn list(index: usize) -> Expr {
    Expr::Var(index, INTS)
}

fn rows(index: usize) -> Expr {
    Expr::Var(index, GRID)
}

fn items(index: usize, items: Vec<Expr>) -> Expr {
    Expr::Make(index, Make::Items(items), INTS)
}

fn fill(index: usize, value: Expr, count: Expr) -> Expr {
    Expr::Make(index, Make::Fill(value.into(), count.into()), INTS)
}

#[test]
fn lists_are_made_of_items_and_of_lists() {
    let n = || var(0);
    let copies = |list: Expr| Make::Copies(list.into(), n().into());
    let programs = [
        (items(1, vec![]), ints([])),
        (items(1, vec![n(), add(n(), int(1))]), ints([3, 4])),
        (fill(1, int(7), n()), ints([7; 3])),
        (fill(1, int(7), op(Op::Sub, n(), int(4))), ints([])),
        (
            Expr::Make(2, copies(items(1, vec![n(), int(1)])), INTS),
            ints([3, 1, 3, 1, 3, 1]),
        ),
        (
            Expr::Make(
                2,
                Make::Rows(vec![items(1, vec![n()]), fill(1, int(0), n())]),
                GRID,
            ),
            grid(&[&[3], &[0, 0, 0]]),
        ),
        (
            Expr::Make(
                3,
                copies(Expr::Make(2, Make::Rows(vec![items(1, vec![n()])]), GRID)),
                GRID,
            ),
            grid(&[&[3], &[3], &[3]]),
        ),
        (
            Expr::Make(
                2,
                Make::Join(items(1, vec![n()]).into(), fill(3, int(2), n()).into()),
                INTS,
            ),
            ints([3, 2, 2, 2]),
        ),
    ];
    for (value, expected) in programs {
        let mut vars = vec![Ty::Int, INTS, INTS, INTS];
        if let Expr::Make(index, _, GRID) = value {
            vars[2] = GRID;
            vars[index] = GRID;
        }
        let code = function(&vars, 1, vec![], value);
        let exit = result(&compiled(&code), &[Value::Int(3)]);
        assert_eq!(exit, Exit::Done(expected), "{code:?}");
    }
}

#[test]
fn each_kind_of_item_fills_a_list() {
    let kinds = [
        (Item::Float, float(0.5), List::Floats(vec![0.5; 2])),
        (Item::Bool, Expr::Bool(true), List::Bools(vec![true; 2])),
        (Item::Int, int(-1), List::Ints(vec![-1; 2])),
    ];
    for (kind, value, expected) in kinds {
        let ty = Ty::List(kind);
        let two = Make::Items(vec![value.clone(), value.clone()]);
        for make in [Make::Fill(value.into(), int(2).into()), two] {
            let code = function(&[ty], 0, vec![], Expr::Make(0, make, ty));
            let exit = result(&compiled(&code), &[]);
            assert_eq!(exit, Exit::Done(Value::List(expected.clone())));
        }
    }
}

#[test]
fn a_list_that_is_assigned_is_a_copy() {
    // ys = xs; xs[0] = 9; ys.append(1); zs = ys; ys[0] = 8; zs
    let body = vec![
        Stmt::Set(1, list(0)),
        Stmt::Store(ListRef::Var(0), int(0), int(9)),
        Stmt::Push(1, int(1)),
        Stmt::Set(2, list(1)),
        Stmt::Store(ListRef::Var(1), int(0), int(8)),
    ];
    for (given, expected) in [(2, [5, 6, 1]), (0, [9, 6, 0]), (1, [8, 6, 1])] {
        let code = function(&[INTS, INTS, INTS], 1, body.clone(), list(given));
        let mut values = [ints([5, 6])];
        let exit = compiled(&code).call(&mut World::default(), 9, &mut values);
        let expected: Vec<_> = expected.into_iter().filter(|item| *item > 0).collect();
        assert_eq!(exit, Exit::Done(ints(expected)));
        // It was given a copy.
        assert_eq!(values, [ints([5, 6])]);
    }
}

#[test]
fn a_list_that_is_made_in_a_loop_is_new_each_time() {
    // for i in 0..n { row = [i]; for j in 0..i { row.append(j); } all.append(row); } all
    let body = vec![
        Stmt::Set(2, items(3, vec![var(1)])),
        for_range(4, int(0), var(1), int(1), vec![Stmt::Push(2, var(4))]),
        Stmt::PushRow(5, list(2)),
    ];
    let vars = [Ty::Int, Ty::Int, INTS, INTS, Ty::Int, GRID, GRID];
    let body = vec![
        Stmt::Set(5, Expr::Make(6, Make::Rows(vec![]), GRID)),
        for_range(1, int(0), var(0), int(1), body),
    ];
    let code = function(&vars, 1, body, rows(5));
    let exit = result(&compiled(&code), &[Value::Int(40)]);
    let row = |i: i64| List::Ints([i].into_iter().chain(0..i).collect());
    let expected = Value::Rows(Item::Int, (0..40).map(row).collect());
    assert_eq!(exit, Exit::Done(expected));
}

#[test]
fn rows_are_read_while_others_are_appended() {
    // while count(all) < n { all.append(all[-1]); all[-1][0] = all[0][0] + count(all); s += all[-2][0]; } s
    let all = || Expr::RowCount(0);
    let last = |index| Expr::Item(ListRef::Row(0, int(index).into()), int(0).into(), Item::Int);
    let body = vec![
        Stmt::PushRow(0, Expr::Row(0, int(-1).into(), Item::Int)),
        Stmt::Store(ListRef::Row(0, int(-1).into()), int(0), add(last(0), all())),
        Stmt::Set(2, add(var(2), last(-2))),
    ];
    let condition = op(Op::Lt, all(), var(1));
    let code = looping(
        &[GRID, Ty::Int, Ty::Int],
        3,
        Over::While(Some(condition)),
        body,
    );
    let mut values = [grid(&[&[7, 1]]), Value::Int(20), Value::Int(0)];
    let entry = machine().looping(&code).unwrap();
    let exit = entry.call(&mut World::default(), 0, &mut values);
    assert_eq!(exit, Exit::Done(Value::Unit));
    let firsts = [7].into_iter().chain((2..=20).map(|count| 7 + count));
    let sum = firsts.clone().take(19).sum();
    let made: Vec<_> = firsts.map(|first| List::Ints(vec![first, 1])).collect();
    assert_eq!(
        values,
        [
            Value::Rows(Item::Int, made),
            Value::Int(20),
            Value::Int(sum)
        ]
    );
}

#[test]
fn giving_up_takes_appended_rows_back() {
    // Pass i: all[0][0] += 1; all.append([i]) i times, writing to old and new rows between; gives up in pass `last`.
    let first = |index: Expr| ListRef::Row(0, index.into());
    let item = |index: Expr| Expr::Item(first(index), int(0).into(), Item::Int);
    let increase =
        |index: Expr| Stmt::Store(first(index.clone()), int(0), add(item(index), int(1)));
    for last in 0..12 {
        let body = vec![
            for_range(
                2,
                int(0),
                var(1),
                int(1),
                vec![
                    increase(int(0)),
                    Stmt::PushRow(0, items(3, vec![var(1)])),
                    increase(int(-1)),
                    increase(int(0)),
                ],
            ),
            when(op(Op::Eq, var(1), int(last)), vec![Stmt::Do(Expr::GiveUp)]),
        ];
        let over = Over::Numbers {
            var: 1,
            counter: None,
        };
        let code = looping(&[GRID, Ty::Int, Ty::Int, INTS], 1, over, body);
        let mut values = [grid(&[&[0]])];
        let entry = machine().looping(&code).unwrap();
        let exit = entry.loop_on(&mut World::default(), 0, &mut passes(0, 99), &mut values);
        assert_eq!(exit, Exit::GaveUp);
        let rows = (0..last).flat_map(|pass| (0..pass).map(move |_| vec![pass + 1]));
        let sum: i64 = (0..last).map(|pass| 2 * pass).sum();
        let all = [vec![sum]]
            .into_iter()
            .chain(rows)
            .map(List::Ints)
            .collect();
        assert_eq!(values, [Value::Rows(Item::Int, all)], "{last}");
    }
}

#[test]
fn functions_give_lists_to_each_other() {
    // fn made(n) { if n < 1 { return [0]; } xs = made(n - 1); xs.append(n); xs }
    let mut machine = machine();
    let id = machine.declare(&[Ty::Int], INTS);
    let call = Expr::Call {
        function: id,
        args: vec![op(Op::Sub, var(0), int(1))],
        ty: INTS,
        place: 3,
    };
    let body = vec![
        when(
            op(Op::Lt, var(0), int(1)),
            vec![Stmt::Return(items(2, vec![int(0)]))],
        ),
        Stmt::Set(1, call),
        Stmt::Push(1, var(0)),
    ];
    let code = function(&[Ty::Int, INTS, INTS], 1, body, list(1));
    machine.define(id, &code).unwrap();
    let entry = machine.entry(id).unwrap();
    assert_eq!(result(&entry, &[Value::Int(50)]), Exit::Done(ints(0..=50)));
    // Too deep: everything that was made is gone.
    assert_eq!(result(&entry, &[Value::Int(101)]), Exit::GaveUp);
}

#[test]
fn a_list_is_made_as_long_as_it_may_be() {
    let code = function(&[Ty::Int, INTS], 1, vec![], fill(1, int(1), var(0)));
    let entry = compiled(&code);
    for (count, is_made) in [(100, true), (101, false), (i64::MAX, false), (-1, true)] {
        let mut world = World {
            items_max: Some(100),
            ..World::default()
        };
        let exit = entry.call(&mut world, 0, &mut [Value::Int(count)]);
        assert_eq!(exit != Exit::GaveUp, is_made, "{count}");
    }
    let huge = function(&[Ty::Int, INTS], 1, vec![], fill(1, int(1), var(0)));
    let exit = result(&compiled(&huge), &[Value::Int(i64::MAX / 8)]);
    assert_eq!(exit, Exit::GaveUp, "there is no memory");
}

#[test]
fn given_lists_of_a_loop_are_not_assigned() {
    let vars = [INTS, INTS];
    for statement in [
        Stmt::Set(0, list(1)),
        Stmt::Do(items(0, vec![])),
        Stmt::Set(0, item(1, int(0), Item::Int)),
    ] {
        let code = looping(&vars, 2, Over::While(None), vec![statement]);
        assert!(machine().looping(&code).is_err());
    }
}
