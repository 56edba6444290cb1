//! The passes of a loop that is entered: what they begin with is kept, so that giving up goes back to there.

use cranelift_codegen::ir::{self, InstBuilder};
use cranelift_frontend::Variable;

use super::emitter::{Emitter, Ending, Passes, machine_type};
use crate::native::code::Var;
use crate::native::run::{DONE, GAVE_UP, RETURNED};

impl Emitter<'_> {
    fn passes(&self) -> Option<&Passes<'_>> {
        match &self.ending {
            Ending::Loop(passes) => Some(passes),
            Ending::Function(_) => None,
        }
    }

    pub(super) fn journal(&self) -> Option<Variable> {
        self.passes()?.journal
    }

    /// Reads the variables of a loop from their slots.
    pub(super) fn load_params(&mut self, slots: ir::Value, params: &[Var]) {
        for (index, var) in params.iter().enumerate() {
            if let Some(ty) = machine_type(self.types[*var]) {
                let value = self.load(ty, slots, index * 8);
                self.take_param(*var, value);
            }
        }
    }

    /// Keeps what a pass begins with. `next` is the number that it begins with, if the loop counts.
    pub(super) fn begin_pass(&mut self, next: Option<ir::Value>) {
        let Some(passes) = self.passes() else {
            return;
        };
        let (kept, pushed) = (passes.kept.clone(), passes.pushed.clone());
        let (count, journal) = (passes.next, passes.journal);
        for (_, var, start) in kept {
            let value = self.get(var);
            self.b.def_var(start, value);
        }
        if let Some((next, count)) = next.zip(count) {
            self.b.def_var(count, next);
        }
        for list in pushed {
            self.mark_len(list);
        }
        if let Some(journal) = journal {
            self.begin_journal(journal);
        }
        if self.survey.is_random || !self.survey.calls.is_empty() {
            self.mark_random();
        }
    }

    /// Ends the routine with a value: a function with its result, a loop at its end or by `return`.
    pub(super) fn give(&mut self, value: Option<ir::Value>, is_return: bool) {
        if self.b.is_unreachable() {
            return self.jump(self.fail, &[]);
        }
        let ret = match &self.ending {
            Ending::Function(ret) => *ret,
            Ending::Loop(passes) => passes.ret,
        };
        let value = machine_type(ret).map(|ty| match value {
            Some(value) if self.b.func.dfg.value_type(value) == ty => value,
            _ => self.zero(ty),
        });
        match self.passes() {
            None => {
                self.end_lists();
                let gave_up = self.bool(false);
                let results: Vec<_> = value.into_iter().chain([gave_up]).collect();
                self.b.ins().return_(&results);
            }
            Some(passes) => {
                let (slots, result) = (passes.slots, passes.result_slot());
                if let Some(value) = value.filter(|_| is_return) {
                    self.store(value, slots, result);
                }
                for (slot, var, _) in passes_kept(self) {
                    let value = self.get(var);
                    self.store(value, slots, slot * 8);
                }
                self.leave(if is_return { RETURNED } else { DONE });
            }
        }
    }

    /// Writes what giving up does.
    pub(super) fn write_fail(&mut self) {
        self.b.set_cold_block(self.fail);
        self.begin(self.fail);
        let Some(passes) = self.passes() else {
            let Ending::Function(ret) = self.ending else {
                return;
            };
            let value = machine_type(ret).map(|ty| self.zero(ty));
            let gave_up = self.bool(true);
            let results: Vec<_> = value.into_iter().chain([gave_up]).collect();
            self.b.ins().return_(&results);
            return;
        };
        let (slots, count, journal) = (passes.slots, passes.next, passes.journal);
        let count_slot = passes.count_slot(0);
        for (slot, _, start) in passes_kept(self) {
            let value = self.b.use_var(start);
            self.store(value, slots, slot * 8);
        }
        if let Some(count) = count {
            let next = self.b.use_var(count);
            self.store(next, slots, count_slot);
        }
        if let Some(journal) = journal {
            self.end_journal(journal);
        }
        self.leave(GAVE_UP);
    }

    fn leave(&mut self, exit: i64) {
        let exit = self.int(exit);
        self.b.ins().return_(&[exit]);
    }
}

fn passes_kept(emitter: &Emitter<'_>) -> Vec<(usize, Var, Variable)> {
    emitter
        .passes()
        .map(|passes| passes.kept.clone())
        .unwrap_or_default()
}
