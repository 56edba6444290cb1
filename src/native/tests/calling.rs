//! Entering functions and loops.

use super::support::{
    World, add, call, compiled, for_range, function, int, item, looping, machine, op, passes,
    result, var, when,
};
use crate::native::code::{Expr, Item, ListRef, Op, Over, Stmt, Ty};
use crate::native::{Exit, List, Value};

#[test]
fn a_function_returns_its_value() {
    let code = function(&[Ty::Int; 2], 2, vec![], op(Op::Sub, var(0), var(1)));
    let entry = compiled(&code);
    assert_eq!(
        result(&entry, &[Value::Int(5), Value::Int(7)]),
        Exit::Done(Value::Int(-2))
    );
}

#[test]
fn a_function_calls_itself() {
    let sum = add(
        call(0, vec![op(Op::Sub, var(0), int(1))]),
        call(0, vec![op(Op::Sub, var(0), int(2))]),
    );
    let small = when(op(Op::Lt, var(0), int(2)), vec![Stmt::Return(var(0))]);
    let entry = compiled(&function(&[Ty::Int], 1, vec![small], sum));
    assert_eq!(
        result(&entry, &[Value::Int(20)]),
        Exit::Done(Value::Int(6765))
    );
}

#[test]
fn a_loop_changes_its_variables() {
    let over = Over::Numbers {
        var: 1,
        counter: None,
    };
    let body = vec![Stmt::Set(0, add(var(0), var(1)))];
    let entry = machine()
        .looping(&looping(&[Ty::Int; 2], 1, over, body))
        .unwrap();
    let mut values = [Value::Int(10)];
    let exit = entry.loop_on(&mut World::default(), 0, &mut passes(0, 5), &mut values);
    assert_eq!((exit, values), (Exit::Done(Value::Unit), [Value::Int(20)]));
}

#[test]
fn a_sieve_writes_truth_values() {
    // for i in range(2, n) { if prime[i] { for j in range(i * i, n, i) { prime[j] = false; } } }
    let vars = [Ty::List(Item::Bool), Ty::Int, Ty::Int, Ty::Int];
    let strike = Stmt::Store(ListRef::Var(0), var(3), Expr::Bool(false));
    let inner = for_range(3, op(Op::Mul, var(2), var(2)), var(1), var(2), vec![strike]);
    let body = vec![when(item(0, var(2), Item::Bool), vec![inner])];
    let over = Over::Numbers {
        var: 2,
        counter: None,
    };
    let entry = machine().looping(&looping(&vars, 2, over, body)).unwrap();
    let mut values = [Value::List(List::Bools(vec![true; 100])), Value::Int(100)];
    let exit = entry.loop_on(&mut World::default(), 0, &mut passes(2, 98), &mut values);
    assert_eq!(exit, Exit::Done(Value::Unit));
    let Value::List(List::Bools(prime)) = &values[0] else {
        panic!("the list is still one");
    };
    assert_eq!(prime[2..].iter().filter(|prime| **prime).count(), 25);
}

#[test]
fn a_function_runs_for_one_number_after_the_other() {
    let grow = vec![Stmt::Set(0, add(var(0), int(1)))];
    let entry = compiled(&function(&[Ty::Int; 2], 2, grow, add(var(0), var(1))));
    let mut world = World::default();
    let mut row = entry.row(&mut world, 10).unwrap();
    assert_eq!((row.types(), row.result()), (&[Ty::Int; 2][..], Ty::Int));
    assert!(!row.set(0, &Value::Float(5.0)) && !row.set(2, &Value::Int(5)));
    for (number, exit) in [
        (1, Exit::Done(Value::Int(7))),
        (1, Exit::Done(Value::Int(7))),
        (i64::MAX, Exit::GaveUp),
    ] {
        assert!(row.set(0, &Value::Int(5)) && row.set(1, &Value::Int(number)));
        assert_eq!(row.call(), exit);
    }
}

#[test]
fn a_function_of_lists_has_no_row() {
    let entry = compiled(&function(&[Ty::List(Item::Int)], 1, vec![], int(1)));
    assert!(entry.row(&mut World::default(), 10).is_none());
}
