//! Calls of functions and helpers.

use std::mem::offset_of;

use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature, Type};
use cranelift_module::{FuncId, Module};

use super::emitter::{BOOL, Emitter, FLOAT, INT, POINTER, machine_type};
use crate::native::code::{Expr, FunctionId, Place, Ty};
use crate::native::run::{Context, Helper};

/// The machine types of a helper's parameters and results.
fn types_of(helper: Helper) -> (&'static [Type], &'static [Type]) {
    match helper {
        Helper::Look | Helper::Draw => (&[POINTER], &[BOOL]),
        Helper::MakeSpace => (&[POINTER], &[POINTER]),
        Helper::Grow => (&[POINTER, POINTER], &[BOOL]),
        Helper::PowInt => (&[INT, INT], &[INT, INT]),
        Helper::RemFloat | Helper::PowFloat => (&[FLOAT, FLOAT], &[FLOAT]),
        Helper::Sin
        | Helper::Cos
        | Helper::Tan
        | Helper::Exp
        | Helper::Ln
        | Helper::Log10
        | Helper::Log2 => (&[FLOAT], &[FLOAT]),
        Helper::Lt | Helper::Le | Helper::Gt | Helper::Ge | Helper::Eq | Helper::Ne => {
            (&[FLOAT, FLOAT], &[BOOL])
        }
    }
}

/// Adds the types of a function's parameters and results: first come the context and the depth, last comes whether it gave up.
pub(super) fn add_types(signature: &mut Signature, params: &[Ty], ret: Ty) {
    let params = params.iter().filter_map(|ty| machine_type(*ty));
    let params = [POINTER, INT].into_iter().chain(params);
    signature.params.extend(params.map(AbiParam::new));
    let results = machine_type(ret).into_iter().chain([BOOL]);
    signature.returns.extend(results.map(AbiParam::new));
}

impl Emitter<'_> {
    /// Calls a helper, and returns its first result.
    pub(super) fn help(&mut self, helper: Helper, args: &[ir::Value]) -> ir::Value {
        self.help_all(helper, args)[0]
    }

    pub(super) fn help_all(&mut self, helper: Helper, args: &[ir::Value]) -> Vec<ir::Value> {
        let (params, results) = types_of(helper);
        let signature = self.signature(params, results);
        let address = self.int(helper.address().expose_provenance() as i64);
        let call = self.b.ins().call_indirect(signature, address, args);
        self.b.inst_results(call).to_vec()
    }

    fn signature(&mut self, params: &'static [Type], results: &'static [Type]) -> ir::SigRef {
        let known = self
            .signatures
            .iter()
            .find(|known| (known.0, known.1) == (params, results));
        if let Some((.., known)) = known {
            return *known;
        }
        let mut signature = self.module.make_signature();
        signature
            .params
            .extend(params.iter().map(|ty| AbiParam::new(*ty)));
        signature
            .returns
            .extend(results.iter().map(|ty| AbiParam::new(*ty)));
        let new = self.b.import_signature(signature);
        self.signatures.push((params, results, new));
        new
    }

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
