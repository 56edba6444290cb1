//! How far calls with `progress:` have come.

use std::sync::Arc;

use super::state::{Pool, State};
use crate::script::progress::Bar;

impl Pool {
    /// Shows how many tasks have ended since this was last called.
    pub(super) fn show_progress(&self) {
        let steps = {
            let mut state = self.lock();
            if state.bars.is_empty() {
                return;
            }
            state.take_steps()
        };
        // Whoever draws them is not kept from asking the pool.
        for (bar, steps, is_over) in steps {
            bar.advance(steps);
            if is_over {
                bar.finish();
            }
        }
    }
}

impl State {
    fn take_steps(&mut self) -> Vec<(Arc<Bar>, u64, bool)> {
        let mut steps = Vec::new();
        let table = &self.table;
        self.bars.retain(|(id, bar)| {
            let job = table.job(*id);
            let settled = job.map(|job| job.settled() as u64);
            // The outcomes of a call that is not in the table any more have been passed on.
            let settled = settled.or(bar.total()).unwrap_or_else(|| bar.done());
            let is_over = job.is_none_or(|job| job.is_done());
            steps.push((bar.clone(), settled.saturating_sub(bar.done()), is_over));
            !is_over
        });
        steps
    }
}
