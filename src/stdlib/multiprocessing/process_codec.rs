//! `Process` objects on the way to other processes.

use rhai::{Array, Dynamic, Map};

use super::identity::Identity;
use super::process::{Process, Stage, State};

/// The parts that a Process is sent as: its name and number, and what the script has set on it.
pub(super) fn parts_of(process: &Process) -> Dynamic {
    process.with(|state| {
        let mut parts = Map::new();
        parts.insert("name".into(), state.identity.name.clone().into());
        parts.insert("daemon".into(), state.identity.daemon.into());
        let pid = state
            .stage
            .pid()
            .map_or(Dynamic::UNIT, |pid| Dynamic::from_int(pid.into()));
        parts.insert("pid".into(), pid);
        let numbers = state
            .identity
            .numbers
            .iter()
            .map(|n| Dynamic::from_int((*n).into()));
        parts.insert("numbers".into(), numbers.collect::<Array>().into());
        parts.insert("creator".into(), Dynamic::from_int(state.creator.into()));
        let own = state
            .attributes
            .iter()
            // Functions are left out, and a process may be its own attribute.
            .filter(|(_, value)| !value.is_fnptr() && !value.is::<Process>());
        let own: Map = own
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        parts.insert("attributes".into(), own.into());
        parts.into()
    })
}

/// The Process made of these parts.
///
/// # Errors
/// They are not those of a Process.
pub(crate) fn of_parts(plain: Dynamic) -> Result<Process, String> {
    let mut parts = plain.try_cast::<Map>().ok_or("a process without parts")?;
    let mut take = |name: &str| parts.remove(name).unwrap_or(Dynamic::UNIT);
    let number = |value: Dynamic| value.as_int().ok().and_then(|n| i32::try_from(n).ok());
    // Signals to zero and negative numbers go to whole groups.
    let number_of_process = |value| number(value).filter(|pid| *pid > 0);
    let pid = match take("pid") {
        pid if pid.is_unit() => None,
        pid => Some(number_of_process(pid).ok_or("a process whose number is none")?),
    };
    let creator = number_of_process(take("creator")).ok_or("a process without a creator")?;
    let numbers = take("numbers").into_array().unwrap_or_default();
    let daemon = take("daemon").as_bool().unwrap_or(false);
    Ok(Process::from_state(State {
        identity: Identity {
            numbers: numbers
                .iter()
                .filter_map(|n| u32::try_from(n.as_int().ok()?).ok())
                .collect(),
            name: take("name").to_string(),
            daemon,
        },
        target: None,
        args: Array::new(),
        attributes: take("attributes").try_cast().unwrap_or_default(),
        creator,
        stage: pid.map_or(Stage::Initial, |pid| Stage::Elsewhere { pid }),
        closed: false,
        starting: false,
        permissions: None,
        exception: None,
    }))
}
