//! Functions of floats: which results are errors, and those that are more than one call of a library.

use rhai::Dynamic;

use super::number;
use crate::script::{Call, Failure, Outcome, raise};
use crate::stdlib::builtins::number::{not_an_integer, truncate};
use crate::text::as_int;

/// The meaning of an infinite result for a finite argument.
#[derive(Debug, Clone, Copy)]
pub(super) enum Beyond {
    /// The result is too large for a float.
    Range,
    /// The function has no value there.
    Pole,
}

fn no_value() -> Failure {
    raise("ValueError", "math domain error")
}

fn too_large() -> Failure {
    raise("OverflowError", "math range error")
}

/// Calls a function of one number.
pub(super) fn unary(call: &mut Call<'_>, of: fn(f64) -> f64, beyond: Beyond) -> Outcome {
    let x = number(call, 0)?;
    checked(x, of(x), beyond).map(Dynamic::from_float)
}

fn checked(x: f64, result: f64, beyond: Beyond) -> Result<f64, Failure> {
    match beyond {
        _ if result.is_nan() && !x.is_nan() => Err(no_value()),
        Beyond::Range if result.is_infinite() && x.is_finite() => Err(too_large()),
        Beyond::Pole if result.is_infinite() && x.is_finite() => Err(no_value()),
        _ => Ok(result),
    }
}

/// Calls a function of two numbers.
pub(super) fn binary(call: &mut Call<'_>, of: fn(f64, f64) -> f64) -> Outcome {
    let (x, y) = (number(call, 0)?, number(call, 1)?);
    let result = of(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(no_value());
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        // Only a power of 0 has no value there.
        return Err(if x == 0.0 { no_value() } else { too_large() });
    }
    Ok(result.into())
}

/// `log(x, base=e)`.
pub(super) fn log(call: &mut Call<'_>) -> Outcome {
    let x = number(call, 0)?;
    let logarithm = checked(x, x.ln(), Beyond::Pole)?;
    if !call.has(1) {
        return Ok(logarithm.into());
    }
    let base = number(call, 1)?;
    let divisor = checked(base, base.ln(), Beyond::Pole)?;
    if divisor == 0.0 {
        return Err(raise("ZeroDivisionError", "float division by zero"));
    }
    Ok((logarithm / divisor).into())
}

/// `ldexp(x, i)`: `x * 2 ** i`.
pub(super) fn ldexp(call: &mut Call<'_>) -> Outcome {
    let (x, exponent) = (number(call, 0)?, call.value(1));
    let exponent = as_int(&exponent).ok_or_else(|| {
        let text = "Expected an int as second argument to ldexp.";
        raise("TypeError", text)
    })?;
    // Beyond these every result is 0 or infinite.
    let exponent = exponent.clamp(-10_000, 10_000) as i32;
    checked(x, libm::ldexp(x, exponent), Beyond::Range).map(Dynamic::from_float)
}

/// The gamma function, which has no value at 0 and below it at integers.
pub(super) fn gamma(x: f64) -> f64 {
    match x <= 0.0 && x.fract() == 0.0 || x == f64::NEG_INFINITY {
        true => f64::NAN,
        false => libm::tgamma(x),
    }
}

/// The logarithm of the gamma function's absolute value.
pub(super) fn lgamma(x: f64) -> f64 {
    match x <= 0.0 && x.fract() == 0.0 {
        true => f64::NAN,
        false => libm::lgamma(x),
    }
}

/// The difference between a number and the next larger one.
pub(super) fn ulp(x: f64) -> f64 {
    let x = x.abs();
    match x {
        f64::MAX => x - x.next_down(),
        _ if x.is_finite() => x.next_up() - x,
        _ => x,
    }
}

/// `floor(x)`, `ceil(x)`, `trunc(x)`.
pub(super) fn rounded(call: &mut Call<'_>, round: fn(f64) -> f64) -> Outcome {
    let value = call.value(0);
    if let Some(int) = as_int(&value) {
        return Ok(Dynamic::from_int(int));
    }
    match value.as_float() {
        Ok(float) => truncate(round(float)).map(Dynamic::from_int),
        Err(_) if call.name() == "trunc" => {
            let found = crate::script::type_name(&value);
            let text = format!("type {found} doesn't define __trunc__ method");
            Err(raise("TypeError", text))
        }
        Err(_) => Err(super::not_real(&value)),
    }
}

/// Returns whether something holds of a number.
pub(super) fn is(call: &mut Call<'_>, holds: fn(f64) -> bool) -> Outcome {
    Ok(holds(number(call, 0)?).into())
}

/// `isclose(a, b, rel_tol=1e-09, abs_tol=0.0)`.
pub(super) fn isclose(call: &mut Call<'_>) -> Outcome {
    let (a, b) = (number(call, 0)?, number(call, 1)?);
    let relative = if call.has(2) { number(call, 2)? } else { 1e-9 };
    let absolute = if call.has(3) { number(call, 3)? } else { 0.0 };
    if relative < 0.0 || absolute < 0.0 {
        return Err(raise("ValueError", "tolerances must be non-negative"));
    }
    let distance = (a - b).abs();
    let is_close = distance <= absolute.max(relative * a.abs().max(b.abs()));
    Ok((a == b || a.is_finite() && b.is_finite() && is_close).into())
}

/// Returns the two parts of a number as a list.
pub(super) fn parts(first: f64, second: Dynamic) -> Dynamic {
    vec![Dynamic::from_float(first), second].into()
}

/// Parameter `index` as an integer.
pub(super) fn integer(call: &mut Call<'_>, index: usize) -> Result<i64, Failure> {
    let value = call.value(index);
    as_int(&value).ok_or_else(|| not_an_integer(&value))
}
