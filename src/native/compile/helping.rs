//! Calls of helpers.

use std::mem::offset_of;

use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature, Type};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Module};

use super::emitter::{Emitter, FLOAT, INT, POINTER};
use crate::native::run::{Context, Helper};

/// The machine types of a helper's parameters and results.
fn types_of(helper: Helper) -> (&'static [Type], &'static [Type]) {
    match helper {
        Helper::Look | Helper::Draw | Helper::MakeSpace => (&[POINTER], &[]),
        Helper::Grow | Helper::Clear => (&[POINTER, POINTER], &[]),
        Helper::Unframe => (&[POINTER], &[]),
        Helper::Frame => (&[POINTER, INT, INT], &[POINTER]),
        Helper::Reserve | Helper::Repeat => (&[POINTER, POINTER, INT], &[]),
        Helper::Fill => (&[POINTER, POINTER, INT, INT], &[]),
        Helper::Copy | Helper::Move | Helper::Extend | Helper::PushCopy | Helper::PushRow => {
            (&[POINTER, POINTER, POINTER], &[])
        }
        Helper::Lt | Helper::Le | Helper::Gt | Helper::Ge | Helper::Eq | Helper::Ne => {
            (&[POINTER, FLOAT, FLOAT], &[])
        }
        Helper::PowInt => (&[INT, INT], &[INT, INT]),
        Helper::RemFloat | Helper::PowFloat => (&[FLOAT, FLOAT], &[FLOAT]),
        Helper::Sin | Helper::Cos | Helper::Tan | Helper::Exp | Helper::Ln | Helper::Log10 => {
            (&[FLOAT], &[FLOAT])
        }
    }
}

fn signature(module: &JITModule, helper: Helper) -> Signature {
    let (params, results) = types_of(helper);
    let mut signature = module.make_signature();
    let types = |types: &[Type]| types.iter().map(|ty| AbiParam::new(*ty)).collect();
    (signature.params, signature.returns) = (types(params), types(results));
    signature
}

/// The signature of what calls a helper and leaves all registers as they are.
pub(super) fn quiet_signature(module: &JITModule, helper: Helper) -> Signature {
    let mut signature = signature(module, helper);
    signature.call_conv = CallConv::PreserveAll;
    signature
}

/// What calls a helper that returns nothing, and leaves all registers as they are. If hot code called the helper itself in a place that is
/// hardly ever reached, the registers would be saved and restored in hot places.
pub(super) fn quiet_caller(
    module: &JITModule,
    builder: &mut FunctionBuilderContext,
    helper: Helper,
) -> ir::Function {
    let mut function = ir::Function::new();
    function.signature = quiet_signature(module, helper);
    let mut b = FunctionBuilder::new(&mut function, builder);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    b.seal_block(entry);
    let args = b.block_params(entry).to_vec();
    let signature = b.import_signature(signature(module, helper));
    let address = b.ins().iconst(POINTER, address(helper));
    b.ins().call_indirect(signature, address, &args);
    b.ins().return_(&[]);
    b.finalize(module.target_config());
    function
}

fn address(helper: Helper) -> i64 {
    helper.address().expose_provenance() as i64
}

impl Emitter<'_> {
    /// Calls a helper that returns something.
    pub(super) fn help(&mut self, helper: Helper, args: &[ir::Value]) -> ir::Value {
        self.help_all(helper, args)[0]
    }

    pub(super) fn help_all(&mut self, helper: Helper, args: &[ir::Value]) -> Vec<ir::Value> {
        let known = self.signatures.iter().find(|known| known.0 == helper);
        let signature = match known {
            Some(known) => known.1,
            None => {
                let new = self.b.import_signature(signature(self.module, helper));
                self.signatures.push((helper, new));
                new
            }
        };
        let address = self.b.ins().iconst(POINTER, address(helper));
        let call = self.b.ins().call_indirect(signature, address, args);
        self.b.inst_results(call).to_vec()
    }

    /// Asks a helper that gives up where it cannot do its work.
    pub(super) fn ask_for(&mut self, helper: Helper, args: &[ir::Value]) {
        let args: Vec<_> = [self.context].iter().chain(args).copied().collect();
        self.help_all(helper, &args);
        let failed = self.field(offset_of!(Context, answer), INT);
        self.fail_if(failed);
    }

    fn quiet_caller(&mut self, helper: Helper) -> Option<FuncId> {
        if let Some(known) = self.quiet.iter().find(|known| known.0 == helper) {
            return Some(known.1);
        }
        let signature = quiet_signature(self.module, helper);
        let new = self.module.declare_anonymous_function(&signature).ok()?;
        self.quiet.push((helper, new));
        Some(new)
    }

    /// Asks a helper, in a place that is hardly ever reached. Returns its answer.
    pub(super) fn ask(&mut self, helper: Helper, args: &[ir::Value]) -> ir::Value {
        let args: Vec<_> = [self.context].iter().chain(args).copied().collect();
        match self.quiet_caller(helper) {
            Some(caller) => {
                let callee = self.callee(caller);
                self.b.ins().call(callee, &args);
            }
            None => drop(self.help_all(helper, &args)),
        }
        self.field(offset_of!(Context, answer), INT)
    }
}
