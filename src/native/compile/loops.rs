//! Loops.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder};
use cranelift_frontend::Variable;

use super::emitter::{Emitter, INT, Label};
use crate::native::code::{Block, Expr, ListRef, Place, Stmt, Var};

/// A loop that counts. It has at least one pass. It ends when the next number is `end`, which it cannot be earlier: the numbers of all passes differ.
pub(super) struct Count {
    pub var: Var,
    /// The list whose items the variable gets; none if it gets the numbers.
    pub list: Option<Var>,
    /// A variable that counts the passes, and how many there were before the first.
    pub counter: Option<(Var, ir::Value)>,
    pub from: ir::Value,
    pub step: ir::Value,
    pub end: ir::Value,
    pub place: Place,
}

impl Emitter<'_> {
    /// `is_entry`: it is the loop that is entered.
    pub(super) fn while_loop(
        &mut self,
        condition: Option<&Expr>,
        body: &Block,
        place: Place,
        is_entry: bool,
    ) {
        let (head, inside) = (self.b.create_block(), self.b.create_block());
        let (go_on, after) = (self.b.create_block(), self.b.create_block());
        self.jump(head, &[]);
        self.b.switch_to_block(head);
        if is_entry {
            self.begin_pass(None);
        }
        match condition {
            Some(condition) => self.branch(condition, inside, after),
            None => self.jump(inside, &[]),
        }
        self.begin(inside);
        self.pass(body, go_on, after);
        self.begin(go_on);
        self.poll(place);
        self.jump(head, &[]);
        self.b.seal_block(head);
        self.begin(after);
    }

    fn pass(&mut self, body: &Block, go_on: Label, after: Label) {
        self.loops.push((go_on, after));
        self.block(body);
        self.loops.pop();
        self.jump(go_on, &[]);
    }

    pub(super) fn for_numbers(&mut self, statement: &Stmt) {
        let Stmt::For {
            var,
            counter,
            from,
            until,
            including,
            step,
            body,
            place,
        } = statement
        else {
            return;
        };
        let literal = match step {
            Expr::Int(step) => Some(*step),
            _ => None,
        };
        let from = self.value(from, INT);
        let until = self.value(until, INT);
        let step = self.value(step, INT);
        let skip = self.b.create_block();
        let end = match literal {
            Some(literal) => self.end(from, until, *including, literal, skip),
            None => self.end_of_any(from, until, *including, step, skip),
        };
        let counter = counter.map(|counter| (counter, self.int(0)));
        let count = Count {
            var: *var,
            list: None,
            counter,
            from,
            step,
            end,
            place: *place,
        };
        self.count(&count, body, false);
        self.jump(skip, &[]);
        self.begin(skip);
    }

    pub(super) fn for_items(
        &mut self,
        var: Var,
        counter: Option<Var>,
        list: Var,
        body: &Block,
        place: Place,
    ) {
        let skip = self.b.create_block();
        let end = self.len(&ListRef::Var(list));
        self.skip_if_none(end, skip);
        let zero = self.int(0);
        let count = Count {
            var,
            list: Some(list),
            counter: counter.map(|counter| (counter, zero)),
            from: zero,
            step: self.int(1),
            end,
            place,
        };
        self.count(&count, body, false);
        self.jump(skip, &[]);
        self.begin(skip);
    }

    /// Writes a loop that counts.
    pub(super) fn count(&mut self, count: &Count, body: &Block, is_entry: bool) {
        let (head, go_on) = (self.b.create_block(), self.b.create_block());
        let after = self.b.create_block();
        let next = self.counting(count.from);
        let passes = count
            .counter
            .map(|(var, before)| (var, self.counting(before)));
        self.jump(head, &[]);
        self.b.switch_to_block(head);
        let at = self.b.use_var(next);
        if is_entry {
            self.begin_pass(Some(at));
        }
        let value = count.list.map_or(at, |list| self.item_at(list, at));
        self.set(count.var, value);
        if let Some((var, passes)) = passes {
            let number = self.b.use_var(passes);
            self.set(var, number);
        }
        self.pass(body, go_on, after);
        self.begin(go_on);
        self.poll(count.place);
        if let Some((_, passes)) = passes {
            let number = self.b.use_var(passes);
            let number = self.b.ins().iadd_imm_s(number, 1);
            self.b.def_var(passes, number);
        }
        let at = self.b.ins().iadd(at, count.step);
        self.b.def_var(next, at);
        let is_left = self.b.ins().icmp(IntCC::NotEqual, at, count.end);
        self.b.ins().brif(is_left, head, &[], after, &[]);
        self.b.seal_block(head);
        self.begin(after);
    }

    fn counting(&mut self, from: ir::Value) -> Variable {
        let variable = self.b.declare_var(INT);
        self.b.def_var(variable, from);
        variable
    }

    /// Where a loop ends. Goes to `skip` if it has no pass.
    fn end(
        &mut self,
        from: ir::Value,
        until: ir::Value,
        including: bool,
        step: i64,
        skip: Label,
    ) -> ir::Value {
        if step == 0 {
            self.fail();
            return from;
        }
        let has_pass = match (step > 0, including) {
            (true, true) => IntCC::SignedLessThanOrEqual,
            (true, false) => IntCC::SignedLessThan,
            (false, true) => IntCC::SignedGreaterThanOrEqual,
            (false, false) => IntCC::SignedGreaterThan,
        };
        let has_pass = self.b.ins().icmp(has_pass, from, until);
        self.skip_if_none(has_pass, skip);
        let last = if including {
            until
        } else {
            self.b.ins().iadd_imm_s(until, -step.signum())
        };
        if step.unsigned_abs() == 1 && !including {
            return until;
        }
        if step.unsigned_abs() == 1 {
            let step = self.int(step);
            return self.pinned_sum(until, step);
        }
        let distance = if step > 0 {
            self.b.ins().isub(last, from)
        } else {
            self.b.ins().isub(from, last)
        };
        let size = self.int(step.unsigned_abs().cast_signed());
        let step = self.int(step);
        self.end_after(from, distance, size, step)
    }

    /// As `end`, by a step of which not even the sign is known.
    fn end_of_any(
        &mut self,
        from: ir::Value,
        until: ir::Value,
        including: bool,
        step: ir::Value,
        skip: Label,
    ) -> ir::Value {
        let is_zero = self.b.ins().icmp_imm_s(IntCC::Equal, step, 0);
        self.fail_if(is_zero);
        let is_up = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThan, step, 0);
        let low = self.b.ins().select(is_up, from, until);
        let high = self.b.ins().select(is_up, until, from);
        let has_pass = if including {
            IntCC::SignedLessThanOrEqual
        } else {
            IntCC::SignedLessThan
        };
        let has_pass = self.b.ins().icmp(has_pass, low, high);
        self.skip_if_none(has_pass, skip);
        let distance = self.b.ins().isub(high, low);
        let distance = if including {
            distance
        } else {
            self.b.ins().iadd_imm_s(distance, -1)
        };
        let back = self.b.ins().ineg(step);
        let size = self.b.ins().select(is_up, step, back);
        self.end_after(from, distance, size, step)
    }

    /// Where a loop ends whose last number is at most `distance` away. `size` is that of its step. Both are unsigned.
    fn end_after(
        &mut self,
        from: ir::Value,
        distance: ir::Value,
        size: ir::Value,
        step: ir::Value,
    ) -> ir::Value {
        let before_last = self.b.ins().udiv(distance, size);
        let way = self.b.ins().imul(before_last, step);
        let last = self.b.ins().iadd(from, way);
        self.pinned_sum(last, step)
    }

    /// A sum that is calculated here. Cranelift calculates cheap sums where they are needed, which here is in each pass.
    fn pinned_sum(&mut self, left: ir::Value, right: ir::Value) -> ir::Value {
        self.b.ins().uadd_overflow(left, right).0
    }

    fn skip_if_none(&mut self, passes: ir::Value, skip: Label) {
        let on = self.b.create_block();
        self.b.ins().brif(passes, on, &[], skip, &[]);
        self.begin(on);
    }
}
