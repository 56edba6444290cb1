//! `Process` objects on the way to other processes.

use rhai::{Array, Dynamic, Map};
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::process::{Process, Stage};
use crate::script::codecs::{record_and_value, with_record};
use crate::wire::Unsendable;

/// A Process as another process knows it.
#[derive(Serialize, Deserialize)]
struct Known {
    identity: Identity,
    pid: Option<i32>,
    creator: i32,
}

/// Returns what another process gets of a Process: a record of its name and numbers, and what the script has set on it.
///
/// # Errors
/// The record is too long.
pub(super) fn parts_of(process: &Process) -> Result<Dynamic, Unsendable> {
    let (known, attributes) = process.with(|state| {
        let known = Known {
            identity: state.identity.clone(),
            pid: state.stage.pid(),
            creator: state.creator,
        };
        (known, state.attributes.clone())
    });
    // Functions are left out, and a process may be its own attribute.
    let sent = attributes
        .into_iter()
        .filter(|(_, value)| !value.is_fnptr() && !value.is::<Process>());
    with_record(&known, sent.collect::<Map>().into())
}

/// Returns the Process made of these parts.
///
/// # Errors
/// They are not those of a Process.
pub(crate) fn of_parts(parts: Dynamic) -> Result<Process, String> {
    let (known, attributes) = record_and_value::<Known>(parts)?;
    // Signals to other numbers than these are for whole groups.
    if known.creator <= 0 || known.pid.is_some_and(|pid| pid <= 0) {
        return Err("no process has such a number".into());
    }
    let attributes = attributes.try_cast::<Map>();
    let attributes = attributes.ok_or("its attributes are not a map")?;
    let process = Process::new(known.identity, None, Array::new());
    process.with(|state| {
        state.attributes = attributes;
        state.creator = known.creator;
        state.stage = known
            .pid
            .map_or(Stage::Initial, |pid| Stage::Elsewhere { pid });
    });
    Ok(process)
}
