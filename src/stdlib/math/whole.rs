//! Functions of integers, which have 64 bits in scripts: a larger result is an `OverflowError`.

use rhai::Dynamic;

use super::real::integer;
use crate::script::{Call, Failure, Namespace, Outcome, raise};
use crate::stdlib::builtins::number::not_an_integer;
use crate::text::as_int;

pub(super) fn register(math: &mut Namespace<'_>) {
    math.function("isqrt", &["n", "/"], |call| {
        let root = integer(call, 0)?.checked_isqrt();
        let text = "isqrt() argument must be nonnegative";
        root.map(Dynamic::from_int)
            .ok_or_else(|| raise("ValueError", text))
    })
    .function("factorial", &["x", "/"], factorial)
    .function("comb", &["n", "k", "/"], comb)
    .function("perm", &["n", "k?", "/"], perm)
    .function("gcd", &["*integers", "/"], |call| {
        folded(call, 0, |a, b| Some(gcd(a, b)))
    })
    .function("lcm", &["*integers", "/"], |call| {
        folded(call, 1, |a, b| match gcd(a, b) {
            0 => Some(0),
            divisor => (a / divisor).checked_mul(b),
        })
    });
}

fn factorial(call: &mut Call<'_>) -> Outcome {
    let number = integer(call, 0)?;
    if number < 0 {
        let text = "factorial() not defined for negative values";
        return Err(raise("ValueError", text));
    }
    let product = (2..=number).try_fold(1_i64, i64::checked_mul);
    fitting(product, || format!("factorial({number})"))
}

/// `comb(n, k)`: the number of ways to choose `k` of `n` things.
fn comb(call: &mut Call<'_>) -> Outcome {
    let (n, k) = (natural(call, 0, "n")?, natural(call, 1, "k")?);
    let few = k.min(n.saturating_sub(k));
    // Each step gives the number of combinations of one thing more, so that a value beyond 64 bits has no way back.
    let step = |ways: i64, taken: i64| {
        let more = i128::from(ways) * i128::from(n - taken) / i128::from(taken + 1);
        i64::try_from(more).ok()
    };
    let ways = match k <= n {
        true => (0..few).try_fold(1, step),
        false => Some(0),
    };
    fitting(ways, || format!("comb({n}, {k})"))
}

/// `perm(n, k=None)`: the number of ways to choose `k` of `n` things in order.
fn perm(call: &mut Call<'_>) -> Outcome {
    if !call.has_value(1) {
        return factorial(call);
    }
    let (n, k) = (natural(call, 0, "n")?, natural(call, 1, "k")?);
    let ways = match k <= n {
        true => (0..k).try_fold(1_i64, |ways, taken| ways.checked_mul(n - taken)),
        false => Some(0),
    };
    fitting(ways, || format!("perm({n}, {k})"))
}

/// Parameter `index`, which is called `name`, as an integer that is not negative.
fn natural(call: &mut Call<'_>, index: usize, name: &str) -> Result<i64, Failure> {
    let number = integer(call, index)?;
    match number {
        0.. => Ok(number),
        _ => {
            let text = format!("{name} must be a non-negative integer");
            Err(raise("ValueError", text))
        }
    }
}

fn fitting(result: Option<i64>, what: impl FnOnce() -> String) -> Outcome {
    result.map(Dynamic::from_int).ok_or_else(|| {
        let text = format!("{} does not fit in a 64-bit integer", what());
        raise("OverflowError", text)
    })
}

/// Joins all arguments by a function of two magnitudes.
fn folded(call: &mut Call<'_>, start: u64, join: fn(u64, u64) -> Option<u64>) -> Outcome {
    let mut result = Some(start);
    for value in call.rest(0) {
        let number = as_int(&value).ok_or_else(|| not_an_integer(&value))?;
        result = result.and_then(|so_far| join(so_far, number.unsigned_abs()));
    }
    let name = call.name();
    let result = result.and_then(|result| i64::try_from(result).ok());
    fitting(result, || format!("the result of {name}()"))
}

/// The greatest common divisor, by Euclid's method.
fn gcd(a: u64, b: u64) -> u64 {
    match b {
        0 => a,
        _ => gcd(b, a % b),
    }
}
