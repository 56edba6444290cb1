//! A handler as Rhai calls it, and as it is called without asking Rhai for it again.

use std::any::TypeId;
use std::cell::{Cell, RefCell};

use rhai::{
    Dynamic, FuncRegistration, Identifier, Module, NativeCallContext, Position, RhaiFunc, Shared,
};

use super::handler::Handler;
use super::module_values::check_receiver;
use super::owner::Owner;
use super::signature::Signature;
use crate::script::Outcome;
use crate::script::call::Call;

/// The receiver of a native.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// Nothing: a plain function.
    Nothing,
    /// A copy of its first argument, or the argument itself, which the handler leaves as it is: our own types, which are small handles. Rhai then knows that the value has not
    /// changed. It would otherwise store it again where it came from: in `d["a"].append(1)`, into `d`.
    Copy,
    /// The variable itself: Rhai's own types, which methods change.
    Variable,
}

/// A handler with its declaration.
#[derive(Clone)]
pub(crate) struct Native {
    owner: Owner,
    on: On,
    signature: Signature,
    handler: Handler,
}

/// A call that Rhai has resolved to a native.
pub(crate) struct Resolved {
    pub native: Native,
    /// The name and place of the call.
    pub name: String,
    pub at: Position,
    /// The types of all arguments, the receiver's first, which decide what Rhai finds.
    pub types: Vec<TypeId>,
}

thread_local! {
    /// Whether the calls of natives are noted.
    static NOTING: Cell<bool> = const { Cell::new(false) };
    /// The call of a native that has returned last.
    static NOTED: RefCell<Option<Resolved>> = const { RefCell::new(None) };
}

/// Runs a body, and returns the call of a native that returned last in it.
pub(crate) fn last_resolved<R>(body: impl FnOnce() -> R) -> (R, Option<Resolved>) {
    let _outer = Outer(NOTING.replace(true));
    NOTED.set(None);
    let result = body();
    (result, NOTED.take())
}

/// Restores whether calls are noted, also after a panic.
struct Outer(bool);

impl Drop for Outer {
    fn drop(&mut self) {
        NOTING.set(self.0);
    }
}

impl Native {
    /// Runs the handler for a call that Rhai has resolved.
    fn run(&self, context: Option<NativeCallContext>, args: &mut [&mut Dynamic]) -> Outcome {
        let context = context.ok_or("a native was called without its context")?;
        if !NOTING.get() {
            return self.call(&context, args);
        }
        let resolved = Resolved {
            native: self.clone(),
            name: context.fn_name().into(),
            at: context.call_position(),
            types: args.iter().map(|arg| arg.type_id()).collect(),
        };
        let outcome = self.call(&context, args);
        NOTED.set(Some(resolved));
        outcome
    }

    /// Calls the handler. The first argument of a method is its receiver, which stays where it is; the others are taken.
    ///
    /// # Errors
    /// Those of the handler.
    pub(crate) fn call(&self, context: &NativeCallContext, args: &mut [&mut Dynamic]) -> Outcome {
        let is_method = self.on != On::Nothing;
        let owner = self.owner.of(context.engine())?;
        let interp = owner.interp();
        if !is_method && let Some(first) = args.first() {
            check_receiver(interp, context, first)?;
        }
        let mut call = Call::new(interp, context, &self.signature);
        call.take(is_method, args)?;
        call.run(self.handler)
    }

    /// Returns what it is called on.
    pub(crate) fn on(&self) -> On {
        self.on
    }
}

/// Registers one native for every number of arguments it takes.
pub(super) fn register(
    module: &mut Module,
    owner: &Owner,
    receiver: (On, Option<TypeId>),
    signature: Signature,
    handler: Handler,
) {
    register_as(signature.name, module, owner, receiver, signature, handler);
}

/// As [`register`], under another name than that in messages.
pub(super) fn register_as(
    name: &str,
    module: &mut Module,
    owner: &Owner,
    (on, receiver): (On, Option<TypeId>),
    signature: Signature,
    handler: Handler,
) {
    let native = native(owner, on, signature, handler);
    let mut types = Vec::with_capacity(signature.most() + 2);
    types.extend(receiver);
    let least = signature.least();
    types.resize(types.len() + least, TypeId::of::<Dynamic>());
    for _ in least..=signature.most() {
        add(module, name, &types, native.clone());
        types.push(TypeId::of::<Dynamic>());
    }
}

/// Returns a handler as Rhai calls it, with any number of arguments.
pub(super) fn native(owner: &Owner, on: On, signature: Signature, handler: Handler) -> RhaiFunc {
    let native = Native {
        owner: owner.clone(),
        on,
        signature,
        handler,
    };
    let func = Shared::new(
        move |context: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
            native.run(context, args)
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
