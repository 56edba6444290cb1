//! `abs`, `round`, `divmod`, `pow`.

use std::any::TypeId;

use rhai::{Array, Dynamic, EvalAltResult, NativeCallContext};

use super::number::{not_an_integer, too_large, truncate};
use crate::script::{Call, Failure, Outcome, Registry, raise, type_name};
use crate::text;
use crate::text::{as_float, as_int};

pub(super) fn register(registry: &mut Registry) {
    registry.function("abs", &["x"], abs);
    // Rhai's own form has another message for the smallest integer.
    registry.exactly("abs", &[TypeId::of::<i64>()], &["x"], abs);
    registry.function("round", &["number", "ndigits?"], round);
    // Rhai's own form gives a float, and rounds halves away from zero.
    registry.exactly(
        "round",
        &[TypeId::of::<f64>()],
        &["number", "ndigits?"],
        round,
    );
    registry.function("divmod", &["x", "y"], divmod);
    registry.function("pow", &["base", "exp", "mod?"], pow);
}

fn abs(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    if let Some(int) = as_int(&value) {
        let magnitude = int.checked_abs();
        return magnitude
            .map(Dynamic::from_int)
            .ok_or_else(|| too_large(&int.unsigned_abs().to_string()));
    }
    as_float(&value)
        .map(|float| Dynamic::from_float(float.abs()))
        .ok_or_else(|| {
            let found = type_name(&value);
            raise(
                "TypeError",
                format!("bad operand type for abs(): '{found}'"),
            )
        })
}

/// `round(x)` to the nearest integer, halves to the even one; `round(x, n)` to n decimals.
fn round(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let digits = match call.given(1) {
        None => None,
        Some(digits) => Some(as_int(&digits).ok_or_else(|| not_an_integer(&digits))?),
    };
    if let Some(int) = as_int(&value) {
        return round_int(int, digits.unwrap_or(0)).map(Dynamic::from_int);
    }
    let Ok(float) = value.as_float() else {
        let found = type_name(&value);
        let text = format!("type {found} doesn't define __round__ method");
        return Err(raise("TypeError", text));
    };
    match digits {
        None => truncate(float.round_ties_even()).map(Dynamic::from_int),
        Some(digits) => {
            let rounded = round_float(float, digits);
            if rounded.is_infinite() && float.is_finite() {
                let text = "rounded value too large to represent";
                return Err(raise("OverflowError", text));
            }
            Ok(Dynamic::from_float(rounded))
        }
    }
}

/// Every integer is less than half of ten to a higher power.
const MOST_PLACES: u64 = 19;

fn round_int(int: i64, digits: i64) -> Result<i64, Failure> {
    if digits >= 0 {
        return Ok(int);
    }
    let places = digits.unsigned_abs();
    if places > MOST_PLACES {
        return Ok(0);
    }
    let unit = 10_i128.pow(places as u32);
    let int = i128::from(int);
    let (quotient, rest) = (int.div_euclid(unit), int.rem_euclid(unit));
    let other = unit - rest;
    let up = rest > other || (rest == other && quotient % 2 != 0);
    let rounded = (quotient + i128::from(up)) * unit;
    i64::try_from(rounded).map_err(|_| too_large(&rounded.to_string()))
}

/// Correctly rounded: through the decimal digits of the number, as Python does it.
fn round_float(float: f64, digits: i64) -> f64 {
    if !float.is_finite() || digits > 400 {
        return float;
    }
    if let Ok(digits) = usize::try_from(digits) {
        return format!("{float:.digits$}").parse().unwrap_or(float);
    }
    let magnitude = float.abs();
    let whole = format!("{:.0}", magnitude.trunc());
    let cut = usize::try_from(digits.unsigned_abs()).unwrap_or(usize::MAX);
    let rounded = match whole.len().checked_sub(cut) {
        None => 0.0,
        // Less than one unit: it is the half that decides, and zero is the even one.
        Some(0) => {
            let half = format!("5{}", "0".repeat(cut - 1));
            let up = whole > half || (whole == half && magnitude.fract() > 0.0);
            let unit = if up { format!("1e{cut}") } else { "0".into() };
            unit.parse().unwrap_or(0.0)
        }
        Some(kept) => format!("{magnitude:.*e}", kept - 1)
            .parse()
            .unwrap_or(magnitude),
    };
    rounded.copysign(float)
}

/// `divmod(x, y)`: quotient rounded down, and what is left, with the sign of `y`.
fn divmod(call: &mut Call<'_>) -> Outcome {
    let (x, y) = (call.value(0), call.value(1));
    if let (Some(x), Some(y)) = (as_int(&x), as_int(&y)) {
        if y == 0 {
            let text = "integer division or modulo by zero";
            return Err(raise("ZeroDivisionError", text));
        }
        let (wide, by) = (i128::from(x), i128::from(y));
        let mut quotient = wide / by;
        if wide % by != 0 && (wide < 0) != (by < 0) {
            quotient -= 1;
        }
        let quotient64 = i64::try_from(quotient).map_err(|_| too_large(&quotient.to_string()))?;
        let rest = wide - quotient * by;
        let pair = [
            Dynamic::from_int(quotient64),
            Dynamic::from_int(rest as i64),
        ];
        return Ok(Array::from(pair).into());
    }
    let (Some(x), Some(y)) = (as_float(&x), as_float(&y)) else {
        return Err(unsupported("divmod()", &x, &y));
    };
    if y == 0.0 {
        return Err(raise("ZeroDivisionError", "float divmod()"));
    }
    let (quotient, rest) = floor_division(x, y);
    let pair = [Dynamic::from_float(quotient), Dynamic::from_float(rest)];
    Ok(Array::from(pair).into())
}

/// Returns the quotient rounded down, and what is left; CPython's steps, for its signs of zero.
fn floor_division(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(y);
    } else if (rest < 0.0) != (y < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(x / y), rest);
    }
    let down = quotient.floor();
    let up = f64::from(quotient - down > 0.5);
    (down + up, rest)
}

/// `pow(base, exp)`, `pow(base, exp, mod)`.
fn pow(call: &mut Call<'_>) -> Outcome {
    let (base, exp) = (call.value(0), call.value(1));
    let ints = as_int(&base).zip(as_int(&exp));
    if let Some(modulus) = call.given(2) {
        let (Some((base, exp)), Some(modulus)) = (ints, as_int(&modulus)) else {
            let text = "pow() 3rd argument not allowed unless all arguments are integers";
            return Err(raise("TypeError", text));
        };
        return modular_power(base, exp, modulus).map(Dynamic::from_int);
    }
    if let Some((base, exp)) = ints
        && exp >= 0
    {
        let power = u32::try_from(exp)
            .ok()
            .and_then(|exp| base.checked_pow(exp));
        let trivial = match base {
            0 | 1 => Some(base),
            -1 => Some(if exp % 2 == 0 { 1 } else { -1 }),
            _ => None,
        };
        return power
            .or(trivial)
            .map(Dynamic::from_int)
            .ok_or_else(|| too_large(&format!("{base}**{exp}")));
    }
    let (Some(x), Some(y)) = (as_float(&base), as_float(&exp)) else {
        return Err(unsupported("** or pow()", &base, &exp));
    };
    if x == 0.0 && y < 0.0 && y.is_finite() {
        let text = "0.0 cannot be raised to a negative power";
        return Err(raise("ZeroDivisionError", text));
    }
    let power = x.powf(y);
    if power.is_infinite() && x.is_finite() && y.is_finite() {
        let text = "(34, 'Numerical result out of range')";
        return Err(raise("OverflowError", text));
    }
    if power.is_nan() && !x.is_nan() && !y.is_nan() {
        let text = text::repr_of(&base, &|_| None);
        let text =
            format!("{text} to a fractional power is a complex number, which scripts do not have");
        return Err(raise("ValueError", text));
    }
    Ok(Dynamic::from_float(power))
}

fn modular_power(base: i64, exp: i64, modulus: i64) -> Result<i64, Failure> {
    if modulus == 0 {
        return Err(raise("ValueError", "pow() 3rd argument cannot be 0"));
    }
    let Ok(mut exp) = u64::try_from(exp) else {
        let text = "pow() with a negative exponent and a modulus is not supported";
        return Err(raise("ValueError", text));
    };
    let modulus = i128::from(modulus);
    let mut base = i128::from(base).rem_euclid(modulus.abs());
    let mut power = 1 % modulus.abs();
    while exp > 0 {
        if exp & 1 == 1 {
            power = power * base % modulus.abs();
        }
        base = base * base % modulus.abs();
        exp >>= 1;
    }
    // The result has the sign of the modulus.
    let signed = if modulus < 0 && power != 0 {
        power + modulus
    } else {
        power
    };
    Ok(signed as i64)
}

/// Returns the result of an operator as the engine has it; of two integers, which it does without a function, the result itself.
///
/// # Errors
/// Those of the operator; `TypeError` if there is none for these types.
pub(in crate::stdlib) fn by_engine(
    call: &Call<'_>,
    operator: &str,
    a: &Dynamic,
    b: &Dynamic,
) -> Outcome {
    by_engine_in(call.context, operator, a, b)
}

/// As [`by_engine`], when the native has returned.
///
/// # Errors
/// Those of the operator; `TypeError` if there is none for these types.
pub(in crate::stdlib) fn by_engine_in(
    context: &NativeCallContext,
    operator: &str,
    a: &Dynamic,
    b: &Dynamic,
) -> Outcome {
    if let (Some(x), Some(y)) = (as_int(a), as_int(b)) {
        let (x, y) = (i128::from(x), i128::from(y));
        let exact = match operator {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "&" => x & y,
            "|" => x | y,
            "^" => x ^ y,
            _ => return Err(unsupported(operator, a, b)),
        };
        let fits = i64::try_from(exact).map(Dynamic::from_int);
        return fits.map_err(|_| too_large(&exact.to_string()));
    }
    let (mut left, mut right) = (a.clone(), b.clone());
    let result = context.call_native_fn_raw(operator, true, &mut [&mut left, &mut right]);
    result.map_err(|error| match *error {
        EvalAltResult::ErrorFunctionNotFound(..) => unsupported(operator, a, b),
        _ => error,
    })
}

/// Returns the error for an operator that two values do not have.
pub(in crate::stdlib) fn unsupported(operator: &str, a: &Dynamic, b: &Dynamic) -> Failure {
    let (a, b) = (type_name(a), type_name(b));
    let text = format!("unsupported operand type(s) for {operator}: '{a}' and '{b}'");
    raise("TypeError", text)
}
