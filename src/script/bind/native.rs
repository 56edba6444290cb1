//! A handler as Rhai calls it.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Dynamic, FuncRegistration, Identifier, Module, NativeCallContext, RhaiFunc, Shared};

use super::signature::Signature;
use crate::script::Outcome;
use crate::script::call::Call;
use crate::script::interp::Interp;
use crate::script::panics::without_panic;

/// The native behind a name.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome;

/// The receiver of a native.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// Nothing: a plain function.
    Nothing,
    /// A copy of its first argument: our own types, which are small handles. Rhai then knows that the value has not
    /// changed. It would otherwise store it again where it came from: in `d["a"].append(1)`, into `d`.
    Copy,
    /// The variable itself: Rhai's own types, which methods change.
    Variable,
}

/// Registers one native for every number of arguments it takes.
pub(super) fn register(
    module: &mut Module,
    interp: &Arc<Interp>,
    (on, receiver): (On, Option<TypeId>),
    signature: Signature,
    handler: Handler,
) {
    let native = native(interp, on, signature, handler);
    let mut types: Vec<TypeId> = receiver.into_iter().collect();
    let least = signature.least();
    types.resize(types.len() + least, TypeId::of::<Dynamic>());
    for _ in least..=signature.most() {
        add(module, signature.name, &types, native.clone());
        types.push(TypeId::of::<Dynamic>());
    }
}

/// Returns a handler as Rhai calls it, with any number of arguments.
pub(super) fn native(
    interp: &Arc<Interp>,
    on: On,
    signature: Signature,
    handler: Handler,
) -> RhaiFunc {
    let interp = interp.clone();
    let func = Shared::new(
        move |context: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
            let context = context.ok_or("a native was called without its context")?;
            let is_method = on != On::Nothing;
            let mut call = Call::sort(&interp, &context, &signature, is_method, args)?;
            // A mistake of ours, or a function of the host that a script has passed to us.
            without_panic(|| handler(&mut call))
        },
    );
    let (has_context, is_pure, is_volatile) = (true, true, true);
    // Arguments are taken out: Rhai passes a plain variable's own value to a method, and a copy to a pure function.
    if on == On::Variable {
        RhaiFunc::Method {
            func,
            has_context,
            is_pure,
            is_volatile,
        }
    } else {
        RhaiFunc::Pure {
            func,
            has_context,
            is_pure,
            is_volatile,
        }
    }
}

/// Adds a native to a module. What is in the module `os` is called as `os::…` only: in Rhai's *global namespace*
/// it would also be a function of every script, and a method of every value.
pub(super) fn add(module: &mut Module, name: &str, types: &[TypeId], native: RhaiFunc) {
    FuncRegistration::new(Identifier::from(name))
        .in_internal_namespace()
        .set_into_module_raw(module, types, native);
}
