//! Operators and functions of numbers at their edges, beside the same in Rust.

use super::support::{compiled, function, result};
use crate::native::code::{Expr, Math, Op, Ty};
use crate::native::{Entry, Exit, Value};

const INTS: [i64; 26] = [
    0,
    1,
    -1,
    2,
    -2,
    3,
    -3,
    7,
    10,
    -10,
    31,
    62,
    63,
    64,
    65,
    -63,
    -64,
    -65,
    i32::MAX as i64,
    u32::MAX as i64,
    u32::MAX as i64 + 1,
    3_037_000_499,
    3_037_000_500,
    i64::MAX - 1,
    i64::MAX,
    i64::MIN,
];

const FLOATS: [f64; 31] = [
    0.0,
    -0.0,
    0.5,
    0.499_999_999_999_999_94,
    -0.5,
    1.0,
    1.0 + f64::EPSILON,
    1.0 + 2.0 * f64::EPSILON,
    1.0 + 3.0 * f64::EPSILON,
    1.0 - f64::EPSILON,
    1.0 - f64::EPSILON / 2.0,
    -1.0,
    -1.0 - f64::EPSILON,
    1.5,
    -2.5,
    2.0,
    3.0,
    1e-16,
    2e-16,
    3e-16,
    1e-200,
    2e-200,
    1e15,
    1e15 + 0.25,
    -9_223_372_036_854_775_808.0,
    9_223_372_036_854_775_808.0,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// An operator whose right side is a parameter, and the same with each right side in the code.
fn operators(op: Op, ty: Ty, rights: Vec<Expr>) -> (Entry, Vec<Entry>) {
    let [left, right] = [0, 1].map(|var| Expr::Var(var, ty));
    let of = |right| Expr::Binary(op, ty, left.clone().into(), Box::new(right));
    let both = compiled(&function(&[ty; 2], 2, vec![], of(right)));
    let code = |right| compiled(&function(&[ty; 2], 2, vec![], of(right)));
    (both, rights.into_iter().map(code).collect())
}

/// Whether two results are the same to the last bit; any two that are not numbers are.
fn same(a: &Exit, b: &Exit) -> bool {
    match (a, b) {
        (Exit::Done(Value::Float(a)), Exit::Done(Value::Float(b))) => {
            a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
        }
        _ => a == b,
    }
}

fn check_ints(op: Op, expected: impl Fn(i64, i64) -> Exit) {
    let (both, singles) = operators(op, Ty::Int, INTS.map(Expr::Int).to_vec());
    for a in INTS {
        for (b, single) in INTS.iter().zip(&singles) {
            let values = [Value::Int(a), Value::Int(*b)];
            for entry in [&both, single] {
                assert_eq!(result(entry, &values), expected(a, *b), "{a} {op:?} {b}");
            }
        }
    }
}

fn number(number: Option<i64>) -> Exit {
    number.map_or(Exit::GaveUp, |number| Exit::Done(Value::Int(number)))
}

fn truth(truth: bool) -> Exit {
    Exit::Done(Value::Bool(truth))
}

#[test]
fn integers_are_added_subtracted_and_multiplied_or_given_up() {
    check_ints(Op::Add, |a, b| number(a.checked_add(b)));
    check_ints(Op::Sub, |a, b| number(a.checked_sub(b)));
    check_ints(Op::Mul, |a, b| number(a.checked_mul(b)));
}

#[test]
fn integers_are_divided_but_not_by_0_and_minus_1() {
    let is_odd = |b| b == 0 || b == -1;
    check_ints(Op::Div, |a, b| number((!is_odd(b)).then(|| a / b)));
    check_ints(Op::Rem, |a, b| number((!is_odd(b)).then(|| a % b)));
}

#[test]
fn integers_have_powers_where_they_fit() {
    check_ints(Op::Pow, |a, b| {
        number(u32::try_from(b).ok().and_then(|b| a.checked_pow(b)))
    });
}

#[test]
fn integers_are_shifted_as_rhai_shifts_them() {
    fn left(a: i64, b: i64) -> i64 {
        match b {
            ..0 => right(a, b.checked_abs().unwrap_or(i64::MAX)),
            0..64 => a << b,
            _ => 0,
        }
    }
    fn right(a: i64, b: i64) -> i64 {
        match b {
            ..0 => left(a, b.checked_abs().unwrap_or(i64::MAX)),
            0..64 => a >> b,
            _ => a >> 63,
        }
    }
    check_ints(Op::Shl, |a, b| number(Some(left(a, b))));
    check_ints(Op::Shr, |a, b| number(Some(right(a, b))));
}

#[test]
fn integers_have_bits_and_an_order() {
    check_ints(Op::And, |a, b| number(Some(a & b)));
    check_ints(Op::Or, |a, b| number(Some(a | b)));
    check_ints(Op::Xor, |a, b| number(Some(a ^ b)));
    check_ints(Op::Lt, |a, b| truth(a < b));
    check_ints(Op::Le, |a, b| truth(a <= b));
    check_ints(Op::Gt, |a, b| truth(a > b));
    check_ints(Op::Ge, |a, b| truth(a >= b));
    check_ints(Op::Eq, |a, b| truth(a == b));
    check_ints(Op::Ne, |a, b| truth(a != b));
}

fn check_floats(op: Op, expected: impl Fn(f64, f64) -> Value) {
    let (both, singles) = operators(op, Ty::Float, FLOATS.map(Expr::Float).to_vec());
    for a in FLOATS {
        for (b, single) in FLOATS.iter().zip(&singles) {
            let expected = Exit::Done(expected(a, *b));
            for entry in [&both, single] {
                let result = result(entry, &[Value::Float(a), Value::Float(*b)]);
                assert!(same(&result, &expected), "{a:?} {op:?} {b:?}: {result:?}");
            }
        }
    }
}

#[test]
fn floats_are_calculated_with_as_in_rust() {
    check_floats(Op::Add, |a, b| Value::Float(a + b));
    check_floats(Op::Sub, |a, b| Value::Float(a - b));
    check_floats(Op::Mul, |a, b| Value::Float(a * b));
    check_floats(Op::Div, |a, b| Value::Float(a / b));
    check_floats(Op::Rem, |a, b| Value::Float(a % b));
    check_floats(Op::Pow, |a, b| Value::Float(a.powf(b)));
    check_floats(Op::Min, |a, b| Value::Float(if a <= b { a } else { b }));
    check_floats(Op::Max, |a, b| Value::Float(if a >= b { a } else { b }));
}

#[test]
fn floats_compare_by_a_relative_epsilon() {
    fn is_near(a: f64, b: f64) -> bool {
        let larger = if a * b == 0.0 {
            1.0
        } else {
            a.abs().max(b.abs())
        };
        (a - b).abs() / larger <= f64::EPSILON
    }
    check_floats(Op::Lt, |a, b| Value::Bool(a < b && !is_near(a, b)));
    check_floats(Op::Le, |a, b| Value::Bool(a <= b || is_near(a, b)));
    check_floats(Op::Gt, |a, b| Value::Bool(a > b && !is_near(a, b)));
    check_floats(Op::Ge, |a, b| Value::Bool(a >= b || is_near(a, b)));
    check_floats(Op::Eq, |a, b| Value::Bool(a == b || is_near(a, b)));
    check_floats(Op::Ne, |a, b| Value::Bool(a != b && !is_near(a, b)));
}

/// Checks an expression of one parameter.
fn check_one(ty: Ty, of: impl Fn(Box<Expr>) -> Expr, expected: impl Fn(&Value) -> Exit) {
    let code = of(Expr::Var(0, ty).into());
    let entry = compiled(&function(&[ty], 1, vec![], code.clone()));
    let values = match ty {
        Ty::Int => INTS.map(Value::Int).to_vec(),
        Ty::Float => FLOATS.map(Value::Float).to_vec(),
        _ => [false, true].map(Value::Bool).to_vec(),
    };
    for value in values {
        let result = result(&entry, std::slice::from_ref(&value));
        assert!(
            same(&result, &expected(&value)),
            "{code:?} of {value:?}: {result:?}"
        );
    }
}

fn check_int(of: impl Fn(Box<Expr>) -> Expr, expected: impl Fn(i64) -> Exit) {
    check_one(Ty::Int, of, |value| match value {
        Value::Int(value) => expected(*value),
        _ => Exit::GaveUp,
    });
}

fn check_float(of: impl Fn(Box<Expr>) -> Expr, expected: impl Fn(f64) -> Exit) {
    check_one(Ty::Float, of, |value| match value {
        Value::Float(value) => expected(*value),
        _ => Exit::GaveUp,
    });
}

fn real(number: f64) -> Exit {
    Exit::Done(Value::Float(number))
}

#[test]
fn numbers_are_negated_and_have_sizes() {
    check_int(|e| Expr::Neg(Ty::Int, e), |a| number(a.checked_neg()));
    check_int(
        |e| Expr::Math(Math::Abs, Ty::Int, e),
        |a| number(a.checked_abs()),
    );
    check_float(|e| Expr::Neg(Ty::Float, e), |a| real(-a));
    check_float(|e| Expr::Math(Math::Abs, Ty::Float, e), |a| real(a.abs()));
}

#[test]
fn numbers_become_others() {
    check_int(Expr::ToFloat, |a| real(a as f64));
    check_float(Expr::ToInt, |a| {
        number((a.abs() < 9_223_372_036_854_775_808.0).then_some(a as i64))
    });
}

#[test]
fn functions_of_floats_are_those_of_rust() {
    let check = |function: Math, expected: fn(f64) -> f64| {
        check_float(
            |e| Expr::Math(function, Ty::Float, e),
            |a| real(expected(a)),
        );
    };
    check(Math::Floor, f64::floor);
    check(Math::Ceiling, f64::ceil);
    check(Math::Nearest, f64::round_ties_even);
    check(Math::Sin, f64::sin);
    check(Math::Cos, f64::cos);
    check(Math::Tan, f64::tan);
    check(Math::Exp, f64::exp);
    let check = |function: Math, expected: fn(f64) -> f64, fits: fn(f64) -> bool| {
        let expected = |a| {
            if fits(a) {
                real(expected(a))
            } else {
                Exit::GaveUp
            }
        };
        check_float(|e| Expr::Math(function, Ty::Float, e), expected);
    };
    check(Math::Sqrt, f64::sqrt, |a| a >= 0.0 || a.is_nan());
    check(Math::Ln, f64::ln, |a| a > 0.0 || a.is_nan());
    check(Math::Log10, f64::log10, |a| a > 0.0 || a.is_nan());
}

#[test]
fn truth_values_have_operators() {
    let all = [false, true];
    let check = |op: Op, expected: fn(bool, bool) -> bool| {
        let (both, singles) = operators(op, Ty::Bool, all.map(Expr::Bool).to_vec());
        for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
            for entry in [&both, &singles[usize::from(b)]] {
                let result = result(entry, &[Value::Bool(a), Value::Bool(b)]);
                assert_eq!(result, truth(expected(a, b)), "{a} {op:?} {b}");
            }
        }
    };
    check(Op::And, |a, b| a & b);
    check(Op::Or, |a, b| a | b);
    check(Op::Xor, |a, b| a ^ b);
    check(Op::Eq, |a, b| a == b);
    check(Op::Ne, |a, b| a != b);
    check(Op::Lt, |a, b| !a & b);
    check(Op::Ge, |a, b| a | !b);
    check_one(Ty::Bool, Expr::Not, |value| {
        truth(*value == Value::Bool(false))
    });
}

#[test]
fn nothing_equals_nothing() {
    for op in [Op::Eq, Op::Ne, Op::Lt, Op::Ge] {
        let code = Expr::Binary(
            op,
            Ty::Unit,
            Expr::Unit.into(),
            Expr::Var(0, Ty::Unit).into(),
        );
        let entry = compiled(&function(&[Ty::Unit], 1, vec![], code));
        assert_eq!(result(&entry, &[Value::Unit]), truth(op == Op::Eq));
    }
}
