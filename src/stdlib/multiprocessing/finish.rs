//! The end of a process's part of the program: its threads, then its children.

use std::sync::Arc;

use super::family::Family;
use crate::script::interp::Interp;
use crate::script::report::Reports;
use crate::script::stop::Stop;
use crate::stdlib::threading::roster::Roster;

/// Waits for the threads and the children of this process, or ends them. Returns the exit code, `code` if nothing changes it now,
/// and the request that made an orderly end one where everybody is told to end.
pub(crate) fn finish(interp: &Arc<Interp>, code: i32, told_to_end: bool) -> (i32, Option<Stop>) {
    let request = Roster::of(interp).finish(interp, told_to_end);
    let told_to_end = told_to_end || request.is_some();
    let request = Family::of(interp).finish(interp, told_to_end).or(request);
    (Reports::of(interp).late_code().unwrap_or(code), request)
}
