//! The natives that all runtimes of a process with the same script modules share.

use std::sync::{Arc, Mutex};

use crate::script::bind::Registered;
use crate::sys::lock::locked;

/// How many sets are kept, for hosts that turn now these modules off and now those.
const KEPT: usize = 8;

/// The natives, by the modules that are off; those asked for last come last.
static SETS: Mutex<Vec<(Vec<String>, Arc<Registered>)>> = Mutex::new(Vec::new());

/// Returns the natives of runtimes without these modules, made by `make` if there are none yet.
pub(super) fn natives(off: &[String], make: impl FnOnce() -> Registered) -> Arc<Registered> {
    let mut sets = locked(&SETS);
    let (off, natives) = match sets.iter().position(|(other, _)| other == off) {
        Some(known) => sets.remove(known),
        None => (off.to_vec(), make().into()),
    };
    if sets.len() == KEPT {
        sets.remove(0);
    }
    sets.push((off, natives.clone()));
    natives
}
