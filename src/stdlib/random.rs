//! `random`: a stream of random numbers for each process, which `seed` makes repeatable.
//!
//! A function cannot change a list it is given, so `random.shuffle(list)` gives a shuffled copy:
//! `list = random.shuffle(list)`. In place there are `list.shuffle()` and `random::shuffle(list)`, to which Rhai
//! gives the variable itself.

use std::hash::{DefaultHasher, Hash, Hasher};

use rand::RngExt;
use rand::seq::SliceRandom;
use rhai::{Array, Dynamic};

use super::builtins::iterate::items;
use super::builtins::number::not_an_integer;
use crate::script::random_stream::{Stream, Words};
use crate::script::{Call, Failure, Outcome, Registry, States, memory, raise, type_name};
use crate::text::{as_float, as_int, as_string};

/// The value of the global constant `random`.
#[derive(Debug, Clone)]
pub(crate) struct Random;

pub(super) fn register(registry: &mut Registry) {
    registry
        .extension::<Array>("list")
        .method("shuffle", &[], shuffle_in_place);
    registry
        .namespace("random", Random)
        .function("random", &[], |call| Ok(Dynamic::from_float(unit(call))))
        .function("uniform", &["a", "b"], |call| {
            let (a, b) = (call.float(0)?, call.float(1)?);
            Ok(Dynamic::from_float(a + (b - a) * unit(call)))
        })
        .function("randint", &["a", "b"], randint)
        .function("randrange", &["start", "stop?", "step?"], randrange)
        .function("getrandbits", &["k"], getrandbits)
        .function("randbytes", &["n"], randbytes)
        .function("choice", &["seq"], choice)
        .function(
            "choices",
            &["population", "weights?", "cum_weights?", "k?"],
            choices,
        )
        .function("sample", &["population", "k"], sample)
        .function("gauss", &["mu?", "sigma?"], gauss)
        .function("normalvariate", &["mu?", "sigma?"], gauss)
        .function("expovariate", &["lambd"], expovariate)
        .function("seed", &["a?"], seed)
        .function_and_place("shuffle", &["x"], shuffle, shuffle_in_place);
}

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Stream>();
}

/// Draws from this process's stream.
fn draw<T>(call: &Call<'_>, draw: impl FnOnce(&mut Words) -> T) -> T {
    let stream: &Stream = call.interp.state();
    stream.draw(draw)
}

/// From 0 up to, not including, 1.
fn unit(call: &Call<'_>) -> f64 {
    draw(call, |rng| rng.random())
}

/// Returns a number below `count`, which is not 0.
fn below(call: &Call<'_>, count: usize) -> usize {
    draw(call, |rng| rng.random_range(0..count))
}

/// `randint(a, b)`: both ends included.
fn randint(call: &mut Call<'_>) -> Outcome {
    let (a, b) = (integer(call, 0)?, integer(call, 1)?);
    if b < a {
        let (stop, width) = (i128::from(b) + 1, i128::from(b) + 1 - i128::from(a));
        let text = format!("empty range for randrange() ({a}, {stop}, {width})");
        return Err(raise("ValueError", text));
    }
    let number = draw(call, |rng| rng.random_range(a..=b));
    Ok(Dynamic::from_int(number))
}

fn integer(call: &mut Call<'_>, index: usize) -> Result<i64, Failure> {
    let value = call.value(index);
    let whole = value.as_float().ok().filter(|float| float.fract() == 0.0);
    if let Some(int) = as_int(&value).or(whole.map(|float| float as i64)) {
        return Ok(int);
    }
    if value.is_float() {
        let text = format!("non-integer arg {} for randrange()", index + 1);
        return Err(raise("ValueError", text));
    }
    Err(not_an_integer(&value))
}

/// `randrange(stop)`, `randrange(start, stop, step=1)`.
fn randrange(call: &mut Call<'_>) -> Outcome {
    let first = integer(call, 0)?;
    if !call.has(1) {
        if first <= 0 {
            return Err(raise("ValueError", "empty range for randrange()"));
        }
        let number = draw(call, |rng| rng.random_range(0..first));
        return Ok(Dynamic::from_int(number));
    }
    let stop = integer(call, 1)?;
    let step = if call.has(2) { integer(call, 2)? } else { 1 };
    if step == 0 {
        return Err(raise("ValueError", "zero step for randrange()"));
    }
    let width = i128::from(stop) - i128::from(first);
    let wide = i128::from(step);
    let count = (width + wide - wide.signum()) / wide;
    if count <= 0 {
        let text = if step == 1 {
            format!("empty range for randrange() ({first}, {stop}, {width})")
        } else {
            "empty range for randrange()".into()
        };
        return Err(raise("ValueError", text));
    }
    let place = draw(call, |rng| rng.random_range(0..count));
    Ok(Dynamic::from_int((i128::from(first) + place * wide) as i64))
}

/// `getrandbits(k)`, for as many bits as a script's integer has.
fn getrandbits(call: &mut Call<'_>) -> Outcome {
    let bits = call.int(0)?;
    match bits {
        ..0 => {
            let text = "number of bits must be non-negative";
            Err(raise("ValueError", text))
        }
        0 => Ok(Dynamic::from_int(0)),
        1..=63 => {
            let number: u64 = draw(call, |rng| rng.random());
            Ok(Dynamic::from_int((number >> (64 - bits)).cast_signed()))
        }
        _ => {
            let text = format!("{bits} random bits do not fit in a 64-bit integer");
            Err(raise("OverflowError", text))
        }
    }
}

fn randbytes(call: &mut Call<'_>) -> Outcome {
    let Ok(count) = usize::try_from(call.int(0)?) else {
        let text = "the number of bytes must not be negative";
        return Err(raise("ValueError", text));
    };
    memory::for_bytes(call, count)?;
    let mut bytes = vec![0; count];
    draw(call, |rng| rng.fill(bytes.as_mut_slice()));
    Ok(Dynamic::from_blob(bytes))
}

fn choice(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let mut items = items(call, value)?;
    if items.is_empty() {
        let text = "Cannot choose from an empty sequence";
        return Err(raise("IndexError", text));
    }
    let place = below(call, items.len());
    Ok(items.swap_remove(place))
}

/// `choices(population, weights=None, cum_weights=None, k=1)`: with repetition.
fn choices(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let items = items(call, value)?;
    let cumulative = cumulative_weights(call, items.len())?;
    let count = usize::try_from(call.int_or(3, 1)?).unwrap_or(0);
    if items.is_empty() && count > 0 {
        return Err(raise("IndexError", "list index out of range"));
    }
    memory::for_items(call, count)?;
    let mut chosen = Array::with_capacity(count);
    for _ in 0..count {
        call.check_interrupts()?;
        let place = match &cumulative {
            None => below(call, items.len()),
            Some(sums) => {
                let total = sums.last().copied().unwrap_or(0.0);
                let mark = unit(call) * total;
                sums.partition_point(|sum| *sum <= mark)
                    .min(items.len() - 1)
            }
        };
        chosen.push(items[place].clone());
    }
    Ok(chosen.into())
}

fn cumulative_weights(call: &mut Call<'_>, count: usize) -> Result<Option<Vec<f64>>, Failure> {
    let (weights, cumulative) = (call.given(1), call.given(2));
    if weights.is_some() && cumulative.is_some() {
        let text = "Cannot specify both weights and cumulative weights";
        return Err(raise("TypeError", text));
    }
    let is_cumulative = cumulative.is_some();
    let Some(given) = weights.or(cumulative) else {
        return Ok(None);
    };
    let numbers: Option<Vec<f64>> = items(call, given)?.iter().map(as_float).collect();
    let Some(mut sums) = numbers else {
        return Err(raise("TypeError", "weights must be numbers"));
    };
    if sums.len() != count {
        let text = "The number of weights does not match the population";
        return Err(raise("ValueError", text));
    }
    if !is_cumulative {
        let mut total = 0.0;
        for weight in &mut sums {
            total += *weight;
            *weight = total;
        }
    }
    match sums.last() {
        Some(total) if *total <= 0.0 => {
            let text = "Total of weights must be greater than zero";
            Err(raise("ValueError", text))
        }
        Some(total) if !total.is_finite() => {
            Err(raise("ValueError", "Total of weights must be finite"))
        }
        _ => Ok(Some(sums)),
    }
}

/// `sample(population, k)`: without repetition.
fn sample(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    if value.is_map() {
        let text = "Population must be a sequence.  For dicts or sets, use sorted(d).";
        return Err(raise("TypeError", text));
    }
    let mut items = items(call, value)?;
    let count = usize::try_from(call.int(1)?)
        .ok()
        .filter(|count| *count <= items.len());
    let Some(count) = count else {
        let text = "Sample larger than population or is negative";
        return Err(raise("ValueError", text));
    };
    let sample = draw(call, |rng| items.partial_shuffle(rng, count).0.to_vec());
    Ok(sample.into())
}

/// `random.shuffle(list)`: the list as it came cannot be reached from here.
fn shuffle(call: &mut Call<'_>) -> Outcome {
    let mut items = call.array(0)?;
    draw(call, |rng| items.shuffle(rng));
    Ok(items.into())
}

/// `list.shuffle()`, `random::shuffle(list)`.
fn shuffle_in_place(call: &mut Call<'_>) -> Outcome {
    let receiver = call.receiver();
    let found = type_name(receiver);
    if receiver.is_read_only() {
        return Err(raise("TypeError", "a constant list cannot be shuffled"));
    }
    let taken = receiver
        .write_lock::<Array>()
        .map(|mut list| std::mem::take(&mut *list));
    let Some(mut items) = taken else {
        let text = format!("shuffle() argument 'x' must be a list, not {found}");
        return Err(raise("TypeError", text));
    };
    draw(call, |rng| items.shuffle(rng));
    if let Some(mut list) = call.receiver().write_lock::<Array>() {
        *list = items;
    }
    Ok(Dynamic::UNIT)
}

/// `gauss(mu=0, sigma=1)`, by the method of Box and Muller.
fn gauss(call: &mut Call<'_>) -> Outcome {
    let mu = if call.has(0) { call.float(0)? } else { 0.0 };
    let sigma = if call.has(1) { call.float(1)? } else { 1.0 };
    let angle = unit(call) * std::f64::consts::TAU;
    let radius = (-2.0 * (1.0 - unit(call)).ln()).sqrt();
    Ok(Dynamic::from_float(mu + angle.cos() * radius * sigma))
}

fn expovariate(call: &mut Call<'_>) -> Outcome {
    let rate = call.float(0)?;
    if rate == 0.0 {
        return Err(raise("ZeroDivisionError", "float division by zero"));
    }
    Ok(Dynamic::from_float(-(1.0 - unit(call)).ln() / rate))
}

/// `seed(a)`: the same number or string begins the same stream; without an argument the stream is unpredictable.
fn seed(call: &mut Call<'_>) -> Outcome {
    let seed = match call.given(0) {
        None => None,
        Some(value) => Some(seed_of(&value)?),
    };
    let stream: &Stream = call.interp.state();
    stream.seed(seed);
    Ok(Dynamic::UNIT)
}

fn seed_of(value: &Dynamic) -> Result<u64, Failure> {
    if let Some(int) = as_int(value) {
        return Ok(int.cast_unsigned());
    }
    if let Ok(float) = value.as_float() {
        return Ok(float.to_bits());
    }
    let mut hasher = DefaultHasher::new();
    if let Some(text) = as_string(value) {
        text.hash(&mut hasher);
    } else if let Some(bytes) = value.read_lock::<rhai::Blob>() {
        bytes.hash(&mut hasher);
    } else {
        let text =
            "The only supported seed types are: None, int, float, str, bytes, and bytearray.";
        return Err(raise("TypeError", text));
    }
    Ok(hasher.finish())
}
