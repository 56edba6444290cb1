//! The next random number, from words that have been drawn ahead.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder};

use super::emitter::{Emitter, FLOAT, INT, POINTER};
use crate::native::run::{Context, Helper, Words};

const WORDS: usize = offset_of!(Context, words);
const NEXT: usize = WORDS + offset_of!(Words, next);
const END: usize = WORDS + offset_of!(Words, end);
const PASS: usize = WORDS + offset_of!(Words, pass);

impl Emitter<'_> {
    pub(super) fn random(&mut self) -> ir::Value {
        let next = self.field(NEXT, POINTER);
        let end = self.field(END, POINTER);
        let is_empty = self.b.ins().icmp(IntCC::Equal, next, end);
        let (draw, take) = (self.cold(), self.b.create_block());
        let word = self.b.append_block_param(take, POINTER);
        self.b.ins().brif(is_empty, draw, &[], take, &[next.into()]);
        self.begin(draw);
        let is_over = self.ask(Helper::Draw, &[]);
        self.fail_if(is_over);
        let next = self.field(NEXT, POINTER);
        self.jump(take, &[next.into()]);
        self.begin(take);
        let after = self.b.ins().iadd_imm_s(word, size_of::<u64>() as i64);
        self.set_field(NEXT, after);
        // The 53 upper bits, as rand makes a float of a word.
        let bits = self.load(INT, word, 0);
        let bits = self.b.ins().ushr_imm_u(bits, 11);
        let number = self.b.ins().fcvt_from_sint(FLOAT, bits);
        let unit = self.float(1.0 / (1_u64 << 53) as f64);
        self.b.ins().fmul(number, unit)
    }

    /// Notes which words have been taken before a pass.
    pub(super) fn mark_random(&mut self) {
        let next = self.field(NEXT, POINTER);
        self.set_field(PASS, next);
    }
}
