//! `math`: functions of numbers, with CPython's results and messages.
//!
//! - [`real`]: functions of floats; [`whole`]: functions of integers; [`sums`]: sums and products of many numbers.

mod real;
mod sums;
mod whole;

use std::f64::consts;

use rhai::Dynamic;

use self::real::{Beyond, binary, is, parts, unary};
use crate::script::{Call, Failure, Namespace, Registry, raise, type_name};
use crate::text::as_float;

/// The value of the global constant `math`.
#[derive(Debug, Clone)]
struct Math;

/// The parameters of functions of one number.
const ONE: &[&str] = &["x", "/"];

/// The parameters of functions of two numbers.
const TWO: &[&str] = &["x", "y", "/"];

pub(super) fn register(registry: &mut Registry) {
    let mut math = registry.namespace("math", Math);
    constants(&mut math);
    powers(&mut math);
    angles(&mut math);
    others(&mut math);
    whole::register(&mut math);
    sums::register(&mut math);
}

fn constants(math: &mut Namespace<'_>) {
    math.constant("pi", consts::PI, |_| Ok(consts::PI.into()))
        .constant("e", consts::E, |_| Ok(consts::E.into()))
        .constant("tau", consts::TAU, |_| Ok(consts::TAU.into()))
        .constant("inf", f64::INFINITY, |_| Ok(f64::INFINITY.into()))
        .constant("nan", f64::NAN, |_| Ok(f64::NAN.into()));
}

fn powers(math: &mut Namespace<'_>) {
    use Beyond::{Pole, Range};
    math.function("sqrt", ONE, |c| unary(c, f64::sqrt, Pole))
        .function("cbrt", ONE, |c| unary(c, f64::cbrt, Pole))
        .function("exp", ONE, |c| unary(c, f64::exp, Range))
        .function("exp2", ONE, |c| unary(c, f64::exp2, Range))
        .function("expm1", ONE, |c| unary(c, f64::exp_m1, Range))
        .function("log", &["x", "base?", "/"], real::log)
        .function("log2", ONE, |c| unary(c, f64::log2, Pole))
        .function("log10", ONE, |c| unary(c, f64::log10, Pole))
        .function("log1p", ONE, |c| unary(c, f64::ln_1p, Pole))
        .function("pow", TWO, |c| binary(c, f64::powf))
        .function("ldexp", &["x", "i", "/"], real::ldexp)
        .function("gamma", ONE, |c| unary(c, real::gamma, Range))
        .function("lgamma", ONE, |c| unary(c, real::lgamma, Range))
        .function("erf", ONE, |c| unary(c, libm::erf, Pole))
        .function("erfc", ONE, |c| unary(c, libm::erfc, Pole));
}

fn angles(math: &mut Namespace<'_>) {
    use Beyond::{Pole, Range};
    math.function("sin", ONE, |c| unary(c, f64::sin, Pole))
        .function("cos", ONE, |c| unary(c, f64::cos, Pole))
        .function("tan", ONE, |c| unary(c, f64::tan, Pole))
        .function("asin", ONE, |c| unary(c, f64::asin, Pole))
        .function("acos", ONE, |c| unary(c, f64::acos, Pole))
        .function("atan", ONE, |c| unary(c, f64::atan, Pole))
        .function("atan2", &["y", "x", "/"], |c| binary(c, f64::atan2))
        .function("sinh", ONE, |c| unary(c, f64::sinh, Range))
        .function("cosh", ONE, |c| unary(c, f64::cosh, Range))
        .function("tanh", ONE, |c| unary(c, f64::tanh, Pole))
        // The standard library has formulas of its own for these three, which lose digits.
        .function("asinh", ONE, |c| unary(c, libm::asinh, Pole))
        .function("acosh", ONE, |c| unary(c, libm::acosh, Pole))
        .function("atanh", ONE, |c| unary(c, libm::atanh, Pole))
        .function("degrees", ONE, |c| Ok(number(c, 0)?.to_degrees().into()))
        .function("radians", ONE, |c| Ok(number(c, 0)?.to_radians().into()));
}

fn others(math: &mut Namespace<'_>) {
    math.function("floor", ONE, |c| real::rounded(c, f64::floor))
        .function("ceil", ONE, |c| real::rounded(c, f64::ceil))
        .function("trunc", ONE, |c| real::rounded(c, f64::trunc))
        .function("fabs", ONE, |c| unary(c, f64::abs, Beyond::Pole))
        .function("fmod", TWO, |c| binary(c, |x, y| x % y))
        .function("remainder", TWO, |c| binary(c, libm::remainder))
        .function("copysign", TWO, |c| binary(c, f64::copysign))
        .function("nextafter", TWO, |c| {
            Ok(libm::nextafter(number(c, 0)?, number(c, 1)?).into())
        })
        .function("ulp", ONE, |c| Ok(real::ulp(number(c, 0)?).into()))
        .function("modf", ONE, |c| {
            let x = number(c, 0)?;
            let (fraction, whole) = libm::modf(x);
            Ok(parts(fraction.copysign(x), whole.into()))
        })
        .function("frexp", ONE, |c| {
            let (mantissa, exponent) = libm::frexp(number(c, 0)?);
            Ok(parts(mantissa, Dynamic::from_int(exponent.into())))
        })
        .function("isnan", ONE, |c| is(c, f64::is_nan))
        .function("isinf", ONE, |c| is(c, f64::is_infinite))
        .function("isfinite", ONE, |c| is(c, f64::is_finite))
        .function(
            "isclose",
            &["a", "b", "rel_tol?", "abs_tol?"],
            real::isclose,
        );
}

/// Parameter `index` as a real number.
fn number(call: &mut Call<'_>, index: usize) -> Result<f64, Failure> {
    let value = call.value(index);
    as_float(&value).ok_or_else(|| not_real(&value))
}

/// Returns the error for a value that is not a number.
fn not_real(value: &Dynamic) -> Failure {
    let text = format!("must be real number, not {}", type_name(value));
    raise("TypeError", text)
}
