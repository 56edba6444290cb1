//! The end of a member: what it has in hand goes on to others.

use super::fault::Fault;
use super::place::Place;
use super::pool;
use super::queue;
use super::scripts::{LINE, REMOVE};
use super::wire::Talk;

/// Ends a member, unless `beat` is given and it has beaten since. `blamed`: what it has in hand has cost a death.
///
/// # Errors
/// Those of the server.
pub(super) fn remove(
    kind: &str,
    place: &Place,
    member: &str,
    beat: &str,
    blamed: bool,
    talk: &mut Talk<'_>,
) -> Result<(), Fault> {
    let blamed = u8::from(blamed);
    if kind != queue::KIND && kind != pool::KIND {
        let mut line = LINE.prepare_invoke();
        for part in ["c", "m", "i", "q", "h", &format!("p:{member}")] {
            line.key(place.key(part));
        }
        line.arg("remove").arg(member).arg(beat).arg(blamed);
        let _: i64 = line.invoke(talk)?;
        return Ok(());
    }
    remove_holder(place, member, (beat, blamed), None, talk)
}

/// Ends a member that may have items or tasks in hand. `late`: only this task of it has cost an attempt, because it takes too long; it comes
/// with the task's result when it has no other attempt.
///
/// # Errors
/// Those of the server.
pub(super) fn remove_holder(
    place: &Place,
    member: &str,
    (beat, blamed): (&str, u8),
    late: Option<(&str, &[u8])>,
    talk: &mut Talk<'_>,
) -> Result<(), Fault> {
    loop {
        let mut remove = REMOVE.prepare_invoke();
        for part in ["c", "m", "i", "s", "b", "d", "e"] {
            remove.key(place.key(part));
        }
        remove.arg(member).arg(beat).arg(blamed);
        if let Some((id, result)) = late {
            remove.arg(id).arg(result);
        }
        let (state, _, _): (i64, u64, u64) = remove.invoke(talk)?;
        if state != 1 {
            return Ok(());
        }
    }
}
