//! Looking whether something has happened outside: at the end of each pass of each loop, and where a function begins.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, types};

use super::emitter::{Emitter, POINTER};
use crate::native::code::Place;
use crate::native::run::{Context, Helper};
use crate::sys::interrupt;

impl Emitter<'_> {
    /// Looks, and gives up if the code must stop.
    pub(super) fn poll(&mut self, place: Place) {
        let word = interrupt::alerts_word().expose_provenance();
        let word = self.b.ins().iconst(POINTER, word as i64);
        // Atomic: a plain load would be taken out of a loop that writes nothing to memory.
        let now = self
            .b
            .ins()
            .atomic_load(types::I32, MemFlagsData::trusted(), word);
        let seen = self.field(offset_of!(Context, seen), types::I32);
        let is_new = self.b.ins().icmp(IntCC::NotEqual, now, seen);
        let (look, on) = (self.cold(), self.b.create_block());
        self.b.ins().brif(is_new, look, &[], on, &[]);
        self.begin(look);
        let must_stop = self.ask(Helper::Look, &[]);
        self.fail_at(must_stop, place);
        self.jump(on, &[]);
        self.begin(on);
    }
}
