//! Calls of functions.

use std::mem::offset_of;

use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature};
use cranelift_module::{FuncId, Module};

use super::emitter::{BOOL, Emitter, INT, POINTER, machine_type};
use crate::native::code::{Expr, FunctionId, Place, Ty};
use crate::native::run::Context;

/// Adds the types of a function's parameters and results: first come the context and the depth, last comes whether it gave up.
pub(super) fn add_types(signature: &mut Signature, params: &[Ty], ret: Ty) {
    let params = params.iter().filter_map(|ty| machine_type(*ty));
    let params = [POINTER, INT].into_iter().chain(params);
    signature.params.extend(params.map(AbiParam::new));
    let results = machine_type(ret).into_iter().chain([BOOL]);
    signature.returns.extend(results.map(AbiParam::new));
}

impl Emitter<'_> {
    /// Calls a function that the survey has found to be declared with these types.
    pub(super) fn call(
        &mut self,
        function: FunctionId,
        args: &[Expr],
        ty: Ty,
        place: Place,
    ) -> Option<ir::Value> {
        let mut values = vec![self.context, self.depth];
        for arg in args {
            let value = self.expr(arg);
            values.extend(value.filter(|_| machine_type(arg.ty()).is_some()));
        }
        if self.b.is_unreachable() {
            return None;
        }
        let one = self.int(1);
        let (depth, too_deep) = self.b.ins().usub_overflow(self.depth, one);
        self.fail_if(too_deep);
        values[1] = depth;
        let callee = self.callee(self.functions[function]);
        let call = self.b.ins().call(callee, &values);
        let results = self.b.inst_results(call).to_vec();
        self.fail_at(*results.last()?, place);
        machine_type(ty).map(|_| results[0])
    }

    /// Gives up if `flag` is set, and notes the place.
    pub(super) fn fail_at(&mut self, flag: ir::Value, place: Place) {
        let (noting, on) = (self.cold(), self.b.create_block());
        self.b.ins().brif(flag, noting, &[], on, &[]);
        self.begin(noting);
        let place = self.b.ins().iconst(ir::types::I32, i64::from(place));
        self.set_field(offset_of!(Context, place), place);
        self.jump(self.fail, &[]);
        self.begin(on);
    }

    pub(super) fn callee(&mut self, id: FuncId) -> ir::FuncRef {
        if let Some((_, known)) = self.callees.iter().find(|known| known.0 == id) {
            return *known;
        }
        let new = self.module.declare_func_in_func(id, self.b.func);
        // The memory of two functions may lie farther apart than a near call reaches.
        self.b.func.dfg.ext_funcs[new].colocated = self.itself == Some(id);
        self.callees.push((id, new));
        new
    }
}
