//! `timeit`: how long a function takes.

use rhai::{Array, Dynamic, FnPtr};

use crate::script::{Call, Failure, Outcome, Registry, raise, type_name};
use crate::sys::clock::now_ns;

/// The value of the global constant `timeit`.
#[derive(Debug, Clone)]
struct Timeit;

/// How often Python calls the function.
const NUMBER: i64 = 1_000_000;

/// How often Python measures.
const REPEAT: i64 = 5;

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("timeit", Timeit)
        .function("timeit", &["stmt", "setup?", "number?"], |call| {
            let (statement, setup) = functions(call)?;
            let number = call.int_or(2, NUMBER)?;
            measured(call, &statement, setup.as_ref(), number).map(Dynamic::from)
        })
        .function(
            "repeat",
            &["stmt", "setup?", "repeat?", "number?"],
            |call| {
                let (statement, setup) = functions(call)?;
                let (repeat, number) = (call.int_or(2, REPEAT)?, call.int_or(3, NUMBER)?);
                let mut all = Array::new();
                for _ in 0..repeat {
                    all.push(measured(call, &statement, setup.as_ref(), number)?.into());
                }
                Ok(all.into())
            },
        )
        .function("default_timer", &[], |_| -> Outcome {
            Ok((now_ns() as f64 / 1e9).into())
        });
}

/// Returns the function to be measured, and the one that prepares it.
fn functions(call: &mut Call<'_>) -> Result<(FnPtr, Option<FnPtr>), Failure> {
    let statement = call.value(0);
    let setup = call.given(1);
    let function = |value: Dynamic| {
        let found = type_name(&value);
        let text =
            format!("timeit measures functions, not {found}: write `timeit.timeit(|| f(x))`");
        call.callable(&value)
            .ok_or_else(|| raise("TypeError", text))
    };
    Ok((function(statement)?, setup.map(function).transpose()?))
}

/// Returns the seconds that a number of calls take.
fn measured(
    call: &Call<'_>,
    statement: &FnPtr,
    setup: Option<&FnPtr>,
    number: i64,
) -> Result<f64, Failure> {
    if let Some(setup) = setup {
        let _ = call.call(setup, vec![])?;
    }
    let begin = now_ns();
    for _ in 0..number {
        call.check_interrupts()?;
        let _ = call.call(statement, vec![])?;
    }
    Ok((now_ns() - begin) as f64 / 1e9)
}
