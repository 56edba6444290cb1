//! Sums and products of many numbers: `fsum`, `hypot`, `dist`, `prod`.

use rhai::{Array, Dynamic};

use super::not_real;
use crate::script::{Call, Failure, Namespace, Outcome, raise};
use crate::stdlib::builtins::arithmetic::by_engine;
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::number::too_large;
use crate::text::{as_float, as_int};

pub(super) fn register(math: &mut Namespace<'_>) {
    math.function("fsum", &["seq", "/"], fsum)
        .function("hypot", &["*coordinates", "/"], |call| {
            let given = call.rest(0);
            Ok(length(&numbers(&given)?).into())
        })
        .function("dist", &["p", "q", "/"], dist)
        .function("prod", &["iterable", "start?"], prod);
}

fn numbers(values: &[Dynamic]) -> Result<Vec<f64>, Failure> {
    let number = |value| as_float(value).ok_or_else(|| not_real(value));
    values.iter().map(number).collect()
}

/// `fsum(seq)`: the sum without any loss on the way.
fn fsum(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let numbers = numbers(&items_of(call, value)?)?;
    let mut sum = Exact::default();
    for number in numbers {
        call.check_interrupts()?;
        sum.add(number);
    }
    sum.total().map(Dynamic::from_float)
}

/// `dist(p, q)`: the distance of two points.
fn dist(call: &mut Call<'_>) -> Outcome {
    let (p, q) = (call.value(0), call.value(1));
    let (p, q) = (numbers(&items_of(call, p)?)?, numbers(&items_of(call, q)?)?);
    if p.len() != q.len() {
        let text = "both points must have the same number of dimensions";
        return Err(raise("ValueError", text));
    }
    let differences: Vec<f64> = p.iter().zip(&q).map(|(p, q)| p - q).collect();
    Ok(length(&differences).into())
}

/// Returns the length of a vector.
fn length(coordinates: &[f64]) -> f64 {
    match coordinates {
        [x, y] => x.hypot(*y),
        _ => {
            let largest = coordinates.iter().map(|x| x.abs()).fold(0.0, f64::max);
            if largest == 0.0 || coordinates.iter().any(|x| !x.is_finite()) {
                return coordinates.iter().fold(largest, |sum, x| sum.hypot(*x));
            }
            // By a power of two, so that no square overflows and no digit is lost.
            let (_, exponent) = libm::frexp(largest);
            let mut squares = Exact::default();
            for x in coordinates {
                let scaled = libm::ldexp(*x, -exponent);
                let square = scaled * scaled;
                squares.add(square);
                squares.add(scaled.mul_add(scaled, -square));
            }
            libm::ldexp(squares.sum().sqrt(), exponent)
        }
    }
}

/// `prod(iterable, start=1)`.
fn prod(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let items: Array = items_of(call, value)?;
    let mut total = match call.has(1) {
        true => call.value(1),
        false => Dynamic::from_int(1),
    };
    for item in items {
        call.check_interrupts()?;
        total = match (as_int(&total), as_int(&item)) {
            (Some(a), Some(b)) => {
                let exact = i128::from(a) * i128::from(b);
                let fits = i64::try_from(exact).map_err(|_| too_large(&exact.to_string()))?;
                Dynamic::from_int(fits)
            }
            _ => match (as_float(&total), as_float(&item)) {
                (Some(a), Some(b)) => (a * b).into(),
                _ => by_engine(call, "*", &total, &item)?,
            },
        };
    }
    Ok(total)
}

/// An exact sum: floats that do not overlap, the smallest first, as Shewchuk's algorithm keeps them.
#[derive(Debug, Default)]
struct Exact {
    parts: Vec<f64>,
    /// The sum of the infinities, if there was one.
    infinite: Option<f64>,
    has_nan: bool,
    has_overflowed: bool,
}

impl Exact {
    fn add(&mut self, number: f64) {
        if number.is_nan() {
            self.has_nan = true;
            return;
        }
        if number.is_infinite() {
            self.infinite = Some(self.infinite.unwrap_or(0.0) + number);
            return;
        }
        let mut rest = number;
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let (large, small) = match rest.abs() < self.parts[at].abs() {
                true => (self.parts[at], rest),
                false => (rest, self.parts[at]),
            };
            let high = large + small;
            let low = small - (high - large);
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
            rest = high;
        }
        self.parts.truncate(kept);
        self.has_overflowed |= rest.is_infinite();
        if rest != 0.0 {
            self.parts.push(rest);
        }
    }

    /// Returns the sum, rounded once; halves to even.
    fn sum(&self) -> f64 {
        let mut parts = self.parts.iter().rev().copied();
        let mut high = parts.next().unwrap_or(0.0);
        let mut low = 0.0;
        for part in parts.by_ref() {
            let before = high;
            high = before + part;
            low = part - (high - before);
            if low != 0.0 {
                break;
            }
        }
        // What remains decides where the sum is in the middle between two floats.
        let same_sign = |next: f64| low < 0.0 && next < 0.0 || low > 0.0 && next > 0.0;
        if parts.next().is_some_and(same_sign) {
            let twice = low * 2.0;
            let moved = high + twice;
            if twice == moved - high {
                return moved;
            }
        }
        high
    }

    fn total(&self) -> Result<f64, Failure> {
        match self.infinite {
            _ if self.has_overflowed => {
                Err(raise("OverflowError", "intermediate overflow in fsum"))
            }
            Some(sum) if sum.is_nan() => Err(raise("ValueError", "-inf + inf in fsum")),
            _ if self.has_nan => Ok(f64::NAN),
            Some(sum) => Ok(sum),
            None => Ok(self.sum()),
        }
    }
}
