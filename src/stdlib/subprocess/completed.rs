//! `CompletedProcess`: the result of a command that has ended.

use rhai::{Array, Dynamic};

use super::errors;
use super::popen::Printed;
use crate::script::{Call, Failure, Outcome, Registry};

/// The parameters of the constructor.
pub(super) const PARAMS: &[&str] = &["args", "returncode", "stdout?", "stderr?"];

/// The result of a command that has ended.
#[derive(Debug, Clone)]
pub(super) struct CompletedProcess {
    pub args: Dynamic,
    pub returncode: i64,
    pub printed: Printed,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<CompletedProcess>("CompletedProcess")
        .by_parts(
            "CompletedProcess",
            |_, completed| Ok(parts(completed).into()),
            |_, parts| of_parts(parts).ok_or_else(|| "its parts are missing".into()),
        )
        .getter("args", |call| Ok(call.this::<CompletedProcess>().args))
        .getter("returncode", |call| {
            Ok(Dynamic::from_int(
                call.this::<CompletedProcess>().returncode,
            ))
        })
        .getter("stdout", |call| {
            let [output, _] = call.this::<CompletedProcess>().printed;
            Ok(output)
        })
        .getter("stderr", |call| {
            let [_, errors] = call.this::<CompletedProcess>().printed;
            Ok(errors)
        })
        .method("check_returncode", &[], |call| {
            let completed: CompletedProcess = call.this();
            match completed.returncode {
                0 => Ok(Dynamic::UNIT),
                _ => Err(completed.failed()),
            }
        })
        .repr(repr);
}

impl CompletedProcess {
    /// Returns the error of a command that has failed.
    pub(super) fn failed(self) -> Failure {
        errors::failed(self.args, self.returncode, self.printed)
    }
}

fn parts(completed: &CompletedProcess) -> Array {
    let CompletedProcess {
        args,
        returncode,
        printed: [output, errors],
    } = completed.clone();
    vec![args, Dynamic::from_int(returncode), output, errors]
}

fn of_parts(parts: Dynamic) -> Option<CompletedProcess> {
    let parts = parts.into_array().ok()?;
    let [args, returncode, output, errors] = <[Dynamic; 4]>::try_from(parts).ok()?;
    Some(CompletedProcess {
        args,
        returncode: returncode.as_int().ok()?,
        printed: [output, errors],
    })
}

/// `CompletedProcess(args, returncode, stdout=None, stderr=None)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    Ok(Dynamic::from(CompletedProcess {
        args: call.value(0),
        returncode: call.int(1)?,
        printed: [call.value(2), call.value(3)],
    }))
}

fn repr(call: &mut Call<'_>) -> Outcome {
    let completed: CompletedProcess = call.this();
    let (args, code) = (call.repr(&completed.args), completed.returncode);
    let mut text = format!("CompletedProcess(args={args}, returncode={code}");
    for (name, value) in ["stdout", "stderr"].into_iter().zip(&completed.printed) {
        if !value.is_unit() {
            text.push_str(&format!(", {name}={}", call.repr(value)));
        }
    }
    Ok((text + ")").into())
}
