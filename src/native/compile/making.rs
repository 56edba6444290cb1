//! Lists that code makes for itself.

use std::mem::offset_of;

use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData};

use super::emitter::{Emitter, FLOAT, INT, POINTER, machine_type};
use super::lists::type_of;
use crate::native::code::{Expr, Item, Make, Ty, Var};
use crate::native::run::{BITS, Context, Header, Helper, number_of};

impl Emitter<'_> {
    /// Begins the lists of this call.
    pub(super) fn begin_lists(&mut self) {
        if self.own.is_empty() {
            return;
        }
        let own = self.own.clone();
        let in_one = (u64::BITS / BITS) as usize;
        let mut numbers = [0; 2];
        for (place, var) in own.iter().enumerate() {
            let shift = (place % in_one) as u32 * BITS;
            numbers[place / in_one] |= number_of(self.types[*var]) << shift;
        }
        let numbers = numbers.map(|numbers| self.int(numbers.cast_signed()));
        let first = self.help(Helper::Frame, &[self.context, numbers[0], numbers[1]]);
        for (place, var) in own.into_iter().enumerate() {
            let offset = place * size_of::<Header>();
            let header = self.b.ins().iadd_imm_s(first, offset as i64);
            self.set(var, header);
            self.refresh(var);
        }
    }

    /// Ends them, where a function returns. What a loop has made goes with its context.
    pub(super) fn end_lists(&mut self) {
        if !self.own.is_empty() {
            let context = self.context;
            self.help_all(Helper::Unframe, &[context]);
        }
    }

    /// Gives a parameter its value. A list that the routine writes to is copied.
    pub(super) fn take_param(&mut self, var: Var, value: ir::Value) {
        if self.own.contains(&var) {
            let own = self.get(var);
            self.ask_for(Helper::Copy, &[own, value]);
        } else {
            self.set(var, value);
        }
        self.refresh(var);
    }

    /// The value that the routine gives. A list is put where the caller takes it from.
    pub(super) fn given_value(&mut self, e: &Expr) -> Option<ir::Value> {
        let value = self.expr(e);
        if !matches!(e.ty(), Ty::List(_) | Ty::Rows(_)) || self.b.is_unreachable() {
            return value;
        }
        let result = offset_of!(Context, result) as i64;
        let result = self.b.ins().iadd_imm_s(self.context, result);
        // Nobody uses it afterwards.
        let is_own = matches!(e, Expr::Var(var, _) if self.own.contains(var));
        let helper = if is_own || e.is_fresh() {
            Helper::Move
        } else {
            Helper::Copy
        };
        self.ask_for(helper, &[result, value?]);
        Some(result)
    }

    pub(super) fn set_list(&mut self, var: Var, e: &Expr) {
        let from = self.value(e, POINTER);
        if self.b.is_unreachable() {
            return;
        }
        let to = self.get(var);
        let helper = if e.is_fresh() {
            Helper::Move
        } else {
            Helper::Copy
        };
        self.ask_for(helper, &[to, from]);
        self.refresh(var);
    }

    pub(super) fn push_row(&mut self, rows: Var, e: &Expr) {
        let row = self.value(e, POINTER);
        if self.b.is_unreachable() {
            return;
        }
        // Headers may move, and the journal follows.
        if let Some(journal) = self.journal() {
            self.end_journal(journal);
        }
        let header = self.get(rows);
        self.ask_for(pushing(e), &[header, row]);
        self.refresh(rows);
    }

    /// Makes a list in a variable. Its value is the address of its header.
    pub(super) fn make(&mut self, var: Var, make: &Make) -> ir::Value {
        let header = self.get(var);
        match make {
            Make::Items(all) => self.make_items(var, all),
            Make::Rows(all) => {
                self.ask_for(Helper::Clear, &[header]);
                for e in all {
                    let row = self.value(e, POINTER);
                    self.ask_for(pushing(e), &[header, row]);
                }
            }
            Make::Fill(item, count) => {
                let ty = self.item_type(var);
                let item = self.value(item, ty);
                let count = self.value(count, INT);
                let bits = match ty {
                    FLOAT => self.b.ins().bitcast(INT, MemFlagsData::new(), item),
                    INT => item,
                    _ => self.b.ins().uextend(INT, item),
                };
                self.ask_for(Helper::Fill, &[header, bits, count]);
            }
            Make::Copies(list, count) => {
                let from = self.value(list, POINTER);
                let count = self.value(count, INT);
                self.start_with(header, list, from);
                self.ask_for(Helper::Repeat, &[header, count]);
            }
            Make::Join(one, other) => {
                let from = self.value(one, POINTER);
                let more = self.value(other, POINTER);
                self.start_with(header, one, from);
                self.ask_for(Helper::Extend, &[header, more]);
            }
        }
        header
    }

    fn start_with(&mut self, header: ir::Value, e: &Expr, from: ir::Value) {
        let helper = if e.is_fresh() {
            Helper::Move
        } else {
            Helper::Copy
        };
        self.ask_for(helper, &[header, from]);
    }

    fn make_items(&mut self, var: Var, all: &[Expr]) {
        let ty = self.item_type(var);
        let values: Vec<_> = all.iter().map(|e| self.value(e, ty)).collect();
        let header = self.get(var);
        let count = self.int(all.len() as i64);
        self.ask_for(Helper::Reserve, &[header, count]);
        let data = self.load(POINTER, header, offset_of!(Header, data));
        for (place, value) in values.into_iter().enumerate() {
            self.store(value, data, place * ty.bytes() as usize);
        }
        self.store(count, header, offset_of!(Header, len));
    }

    fn item_type(&self, list: Var) -> ir::Type {
        match self.types[list] {
            Ty::List(item) | Ty::Rows(item) => type_of(item),
            ty => machine_type(ty).unwrap_or(type_of(Item::Int)),
        }
    }
}

/// What appends a list.
fn pushing(e: &Expr) -> Helper {
    if e.is_fresh() {
        Helper::PushRow
    } else {
        Helper::PushCopy
    }
}
