//! What is known while a routine is written, and the smallest parts of code.

use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, TrapCode, Type, types};
use cranelift_frontend::{FunctionBuilder, Variable};
use cranelift_jit::JITModule;
use cranelift_module::FuncId;

use super::survey::Survey;
use crate::native::code::{Ty, Var};
use crate::native::run::Helper;

/// A place in code that can be jumped to.
pub(super) type Label = ir::Block;

pub(super) const INT: Type = types::I64;
pub(super) const FLOAT: Type = types::F64;
pub(super) const BOOL: Type = types::I8;
pub(super) const POINTER: Type = types::I64;

/// Writes one routine.
pub(super) struct Emitter<'a> {
    pub b: FunctionBuilder<'a>,
    pub module: &'a mut JITModule,
    /// The functions that have been declared, by number.
    pub functions: &'a [FuncId],
    /// What calls helpers quietly; more are declared here as they are needed.
    pub quiet: &'a mut Vec<(Helper, FuncId)>,
    /// The function itself, if it is one: it can be called by a near call.
    pub itself: Option<FuncId>,
    pub types: &'a [Ty],
    pub vars: Vec<Variable>,
    /// Of each variable that is a list: where its items are, and how many. The variable itself is the address of its header.
    pub lists: Vec<Option<[Variable; 2]>>,
    /// The lists that the routine was given, and has not copied.
    pub given: &'a [Var],
    /// The lists of the routine itself.
    pub own: Vec<Var>,
    pub survey: &'a Survey,
    /// The address of the context.
    pub context: ir::Value,
    /// How many calls may still nest.
    pub depth: ir::Value,
    pub fail: Label,
    pub ending: Ending<'a>,
    /// The labels at which `continue` and `break` go on, of each loop around.
    pub loops: Vec<(Label, Label)>,
    /// Signatures of helpers that are called.
    pub signatures: Vec<(Helper, ir::SigRef)>,
    pub callees: Vec<(FuncId, ir::FuncRef)>,
}

/// How a routine ends.
pub(super) enum Ending<'a> {
    /// A function returns its result, and whether it gave up.
    Function(Ty),
    /// A loop puts its variables into their slots.
    Loop(Passes<'a>),
}

/// The state of a loop that is entered.
pub(super) struct Passes<'a> {
    /// The address of its slots.
    pub slots: ir::Value,
    pub params: &'a [Var],
    /// For each variable that the loop assigns: its slot, itself, and its value when the pass began.
    pub kept: Vec<(usize, Var, Variable)>,
    /// The number that is next when the pass begins, if the loop counts.
    pub next: Option<Variable>,
    /// Lists that it appends to.
    pub pushed: Vec<Var>,
    pub journal: Option<Variable>,
    pub ret: Ty,
}

impl Passes<'_> {
    /// The offset of the slot for the result; behind it are those for counting.
    pub(super) fn result_slot(&self) -> usize {
        self.params.len() * 8
    }

    /// The offset of a slot for counting: 0 for the next number, 1 for the step, 2 for the passes done, 3 for the end.
    pub(super) fn count_slot(&self, index: usize) -> usize {
        self.result_slot() + 8 + index * 8
    }
}

/// The machine type of values of this type; none for those that have but one value.
pub(super) fn machine_type(ty: Ty) -> Option<Type> {
    match ty {
        Ty::Int => Some(INT),
        Ty::Float => Some(FLOAT),
        Ty::Bool => Some(BOOL),
        Ty::List(_) | Ty::Rows(_) => Some(POINTER),
        Ty::Unit | Ty::Never => None,
    }
}

impl Emitter<'_> {
    /// Goes on writing at a label to which everything that jumps there has been written.
    pub(super) fn begin(&mut self, label: Label) {
        self.b.switch_to_block(label);
        self.b.seal_block(label);
    }

    /// Returns a label for what is hardly ever reached.
    pub(super) fn cold(&mut self) -> Label {
        let label = self.b.create_block();
        self.b.set_cold_block(label);
        label
    }

    pub(super) fn jump(&mut self, to: Label, args: &[BlockArg]) {
        if self.b.is_unreachable() {
            self.b.ins().trap(TrapCode::unwrap_user(1));
        } else {
            self.b.ins().jump(to, args);
        }
    }

    /// After code that has jumped away: what is written next is never reached.
    pub(super) fn unreachable(&mut self) {
        let rest = self.b.create_block();
        self.begin(rest);
    }

    pub(super) fn fail(&mut self) {
        self.jump(self.fail, &[]);
        self.unreachable();
    }

    pub(super) fn fail_if(&mut self, flag: ir::Value) {
        let on = self.b.create_block();
        self.b.ins().brif(flag, self.fail, &[], on, &[]);
        self.begin(on);
    }

    pub(super) fn fail_unless(&mut self, flag: ir::Value) {
        let on = self.b.create_block();
        self.b.ins().brif(flag, on, &[], self.fail, &[]);
        self.begin(on);
    }

    pub(super) fn int(&mut self, number: i64) -> ir::Value {
        self.b.ins().iconst(INT, number)
    }

    pub(super) fn bool(&mut self, truth: bool) -> ir::Value {
        self.b.ins().iconst(BOOL, i64::from(truth))
    }

    pub(super) fn float(&mut self, number: f64) -> ir::Value {
        self.b.ins().f64const(number)
    }

    /// A value that is never used.
    pub(super) fn zero(&mut self, ty: Type) -> ir::Value {
        if ty == FLOAT {
            self.float(0.0)
        } else {
            self.b.ins().iconst(ty, 0)
        }
    }

    pub(super) fn get(&mut self, var: Var) -> ir::Value {
        self.b.use_var(self.vars[var])
    }

    pub(super) fn set(&mut self, var: Var, value: ir::Value) {
        self.b.def_var(self.vars[var], value);
    }

    /// Reads a field of the context.
    pub(super) fn field(&mut self, offset: usize, ty: Type) -> ir::Value {
        self.load(ty, self.context, offset)
    }

    pub(super) fn set_field(&mut self, offset: usize, value: ir::Value) {
        self.store(value, self.context, offset);
    }

    pub(super) fn load(&mut self, ty: Type, address: ir::Value, offset: usize) -> ir::Value {
        let flags = MemFlagsData::trusted();
        self.b.ins().load(ty, flags, address, offset as i32)
    }

    /// Reads what never changes while the routine runs, from an address that is valid all the time: this may be done earlier, or once for all.
    pub(super) fn load_fixed(&mut self, ty: Type, address: ir::Value, offset: usize) -> ir::Value {
        let flags = MemFlagsData::trusted().with_readonly().with_can_move();
        self.b.ins().load(ty, flags, address, offset as i32)
    }

    pub(super) fn store(&mut self, value: ir::Value, address: ir::Value, offset: usize) {
        let flags = MemFlagsData::trusted();
        self.b.ins().store(flags, value, address, offset as i32);
    }
}
