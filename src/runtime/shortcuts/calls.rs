//! Calls of natives from shortcuts, once Rhai has found them.

use rhai::{Dynamic, FnPtr, NativeCallContext, Position};

use super::known::{Found, Known};
use super::lower_expr::MOST_ARGS;
use super::node::{Asked, Call, Local, Method, Node};
use super::quick::{Quick, quick};
use super::run::{Run, Seen, at};
use crate::script::bind::{Classes, Native, call_as_method, last_resolved};
use crate::script::exceptions::Failure;

/// The arguments of a call.
pub(super) type Args = [Dynamic; MOST_ARGS];

/// The name and place of a call.
type Called<'n> = (&'n str, Position);

impl Run<'_, '_, '_, '_, '_, '_, '_> {
    /// Calls a native of ours.
    ///
    /// # Errors
    /// Those of the native.
    pub(super) fn native(
        &mut self,
        native: &Native,
        called: Called<'_>,
        args: &mut [&mut Dynamic],
    ) -> Result<Dynamic, Failure> {
        self.entered(called, |context| native.call(context, args))
    }

    /// Calls `body` one level deeper, as the call of this name at this place.
    ///
    /// # Errors
    /// Those of `body`.
    fn entered(
        &mut self,
        (name, place): Called<'_>,
        body: impl FnOnce(&NativeCallContext) -> Result<Dynamic, Failure>,
    ) -> Result<Dynamic, Failure> {
        let engine = self.context.engine();
        self.context.global_runtime_state_mut().level += 1;
        let global = self.context.global_runtime_state();
        let context = NativeCallContext::new_with_all_fields(engine, name, None, global, place);
        let result = body(&context);
        self.context.global_runtime_state_mut().level -= 1;
        result.map_err(|error| at(error, place))
    }

    /// Evaluates arguments. A variable that comes first is read last, as in Rhai.
    pub(super) fn args(&mut self, nodes: &[Node]) -> Result<Args, Failure> {
        let mut args = Args::default();
        let first_last = matches!(nodes.first(), Some(Node::Local(_)));
        for (arg, node) in args.iter_mut().zip(nodes).skip(usize::from(first_last)) {
            *arg = self.unshared(node)?;
        }
        if first_last && let Some(node) = nodes.first() {
            args[0] = self.unshared(node)?;
        }
        Ok(args)
    }

    /// Makes a call for the first time: Rhai finds what it means.
    fn first_call(
        &mut self,
        (asked, known): (&Asked, &Known),
        called: Called<'_>,
        shape: (usize, bool),
    ) -> Result<Dynamic, Failure> {
        let (result, resolved) = last_resolved(|| self.ask(asked));
        let global = self.context.global_runtime_state();
        known.note(resolved, called, shape, global);
        result
    }

    pub(super) fn method(&mut self, method: &Method) -> Result<Dynamic, Failure> {
        let called = (method.name.as_str(), method.at);
        if method.known.is_new() {
            let shape = (method.args.len() + 1, true);
            return self.first_call((&method.whole, &method.known), called, shape);
        }
        let mut args = Args::default();
        for (arg, node) in args.iter_mut().zip(&method.args) {
            *arg = self.unshared(node)?;
        }
        let args = &mut args[..method.args.len()];
        if matches!(self.see(&method.local)?, Seen::Plain) {
            // Nobody else can see the variable while it is not in its place.
            let mut receiver = std::mem::take(self.variable(&method.local));
            let result = match args {
                [] => self.method_of(method, &mut [&mut receiver]),
                [a] => self.method_of(method, &mut [&mut receiver, a]),
                [a, b] => self.method_of(method, &mut [&mut receiver, a, b]),
                [a, b, c, ..] => self.method_of(method, &mut [&mut receiver, a, b, c]),
            };
            *self.variable(&method.local) = receiver;
            if let Some(result) = result {
                return result;
            }
        }
        let types = args.iter().map(Dynamic::type_id).collect();
        let values = args.iter_mut().map(std::mem::take).collect();
        let result = self.ask_with(&method.whole, values);
        self.note_others_method(method, types, result.is_ok());
        result
    }

    /// Calls the method that is known for these arguments, the first of which is the receiver; `None` if none is.
    fn method_of(
        &mut self,
        method: &Method,
        args: &mut [&mut Dynamic],
    ) -> Option<Result<Dynamic, Failure>> {
        let called = (method.name.as_str(), method.at);
        if has_entry(args[0], &method.name) {
            return None;
        }
        if let Some(function) = self.attribute(args[0], &method.name) {
            return Some(self.call_attribute(&function, called, args));
        }
        let global = self.context.global_runtime_state();
        if let Some(native) = method.known.ours(args.iter().map(|arg| &**arg), global) {
            return Some(self.native(native, called, args));
        }
        let found = method.known.others()?;
        let fits = found.fits(args.iter().map(|arg| &**arg), global);
        fits.then(|| self.others(called, (true, found.quick), args))
    }

    /// Returns the function that the script has set as an attribute of this name, if that is the method.
    fn attribute(&self, receiver: &Dynamic, name: &str) -> Option<FnPtr> {
        if receiver.is_shared() || !receiver.is_variant() {
            return None;
        }
        let function = self.shortcuts.table.function_of(receiver, name)?;
        let is_hidden = Classes::method(self.interp, receiver, name).is_some();
        (!is_hidden).then_some(function)
    }

    fn call_attribute(
        &mut self,
        function: &FnPtr,
        called: Called<'_>,
        args: &mut [&mut Dynamic],
    ) -> Result<Dynamic, Failure> {
        self.entered(called, |context| match args {
            [this, args @ ..] => {
                let args = args.iter_mut().map(|arg| std::mem::take(&mut **arg));
                call_as_method(context, function, this, args.collect())
            }
            [] => Ok(Dynamic::UNIT),
        })
    }

    fn note_others_method(&self, method: &Method, args: Vec<std::any::TypeId>, is_found: bool) {
        let receiver = &self.stack[self.base + method.local.place];
        let is_theirs = is_found
            && method.known.is_others()
            && method.known.others().is_none()
            && !receiver.is_shared()
            && self.attribute(receiver, &method.name).is_none()
            && self.may_be_others(&method.name)
            && self.is_no_function(&method.name, method.args.len());
        if is_theirs {
            let types = std::iter::once(receiver.type_id()).chain(args);
            let found = Found::of(types, self.context.global_runtime_state());
            method.known.note_others(found.by(quick(&method.name)));
        }
    }

    /// Returns whether a native of this name, none of ours, may be called without its place, which the host's may ask for. An imported
    /// module may have a method of this name.
    fn may_be_others(&self, name: &str) -> bool {
        if self.context.global_runtime_state().num_imports() > 0 {
            return false;
        }
        let mut of_host = self.shortcuts.foreign.iter();
        !of_host.any(|function| function.name == name)
    }

    /// Calls a native of Rhai's that is known to be there.
    fn others(
        &mut self,
        (name, place): Called<'_>,
        (is_method, quick): (bool, Option<Quick>),
        args: &mut [&mut Dynamic],
    ) -> Result<Dynamic, Failure> {
        if let Some(result) = quick.and_then(|quick| quick(args)) {
            return Ok(result);
        }
        let result = self.context.call_native_fn_raw(name, is_method, args);
        result.map_err(|error| at(error, place))
    }

    /// Calls a function that is none of the script's.
    pub(super) fn global_call(&mut self, call: &Call) -> Result<Dynamic, Failure> {
        let called = (call.name.as_str(), call.at);
        if call.known.is_new() {
            let shape = (call.args.len(), false);
            return self.first_call((&call.whole, &call.known), called, shape);
        }
        // Rhai lends a variable that comes first, which a native may change.
        let lends = match call.args.first() {
            Some(Node::Local(local)) if call.known.is_others() => {
                return self.lending_call(call, local);
            }
            first => matches!(first, Some(Node::Local(_))),
        };
        let lent = usize::from(lends);
        if let [node] = &*call.args {
            // Most calls have one argument, which is not worth a list.
            let mut value = self.unshared(node)?;
            return self.global_with(call, &mut [&mut value], lent);
        }
        let mut args = self.args(&call.args)?;
        match &mut args[..call.args.len()] {
            [a, b] => self.global_with(call, &mut [a, b], lent),
            [a, b, c, ..] => self.global_with(call, &mut [a, b, c], lent),
            _ => self.global_with(call, &mut [], lent),
        }
    }

    /// Makes a call whose arguments have been evaluated. If Rhai has to be asked, it evaluates the first `lent` of them itself.
    fn global_with(
        &mut self,
        call: &Call,
        args: &mut [&mut Dynamic],
        lent: usize,
    ) -> Result<Dynamic, Failure> {
        if let Some(result) = self.global_of(call, false, args) {
            return result;
        }
        let types: Vec<_> = args.iter().map(|arg| arg.type_id()).collect();
        let values = args
            .iter_mut()
            .skip(lent)
            .map(|arg| std::mem::take(&mut **arg));
        let values = values.collect();
        let result = self.ask_with(&call.whole, values);
        self.note_others_call(call, types, result.is_ok());
        result
    }

    /// Calls a native that is none of ours, and lends it the variable that comes first.
    fn lending_call(&mut self, call: &Call, local: &Local) -> Result<Dynamic, Failure> {
        let mut args = Args::default();
        let rest = &call.args[1..];
        for (arg, node) in args.iter_mut().zip(rest) {
            *arg = self.unshared(node)?;
        }
        let args = &mut args[..rest.len()];
        if matches!(self.see(local)?, Seen::Plain) && !self.variable(local).is_read_only() {
            // Nobody else can see the variable while it is not in its place.
            let mut lent = std::mem::take(self.variable(local));
            let result = match args {
                [] => self.global_of(call, true, &mut [&mut lent]),
                [a] => self.global_of(call, true, &mut [&mut lent, a]),
                [a, b, ..] => self.global_of(call, true, &mut [&mut lent, a, b]),
            };
            *self.variable(local) = lent;
            if let Some(result) = result {
                return result;
            }
        }
        let others = args.iter().map(Dynamic::type_id);
        let first = self.variable(local);
        let is_plain = !first.is_shared();
        let types: Vec<_> = std::iter::once(first.type_id()).chain(others).collect();
        let values = args.iter_mut().map(std::mem::take).collect();
        let result = self.ask_with(&call.whole, values);
        self.note_others_call(call, types, result.is_ok() && is_plain);
        result
    }

    fn note_others_call(&self, call: &Call, types: Vec<std::any::TypeId>, is_found: bool) {
        if is_found
            && call.known.is_others()
            && call.known.others().is_none()
            && self.may_be_others(&call.name)
        {
            let found = Found::of(types, self.context.global_runtime_state());
            call.known.note_others(found.by(quick(&call.name)));
        }
    }

    fn global_of(
        &mut self,
        call: &Call,
        lends: bool,
        args: &mut [&mut Dynamic],
    ) -> Option<Result<Dynamic, Failure>> {
        let called = (call.name.as_str(), call.at);
        let global = self.context.global_runtime_state();
        if let Some(native) = call.known.ours(args.iter().map(|arg| &**arg), global) {
            return Some(self.native(native, called, args));
        }
        let found = call.known.others()?;
        let fits = found.fits(args.iter().map(|arg| &**arg), global);
        fits.then(|| self.others(called, (lends, found.quick), args))
    }
}

/// Returns whether a dict has an entry of this name, which Rhai may call instead of a method.
fn has_entry(receiver: &Dynamic, name: &str) -> bool {
    receiver.is_map()
        && receiver
            .as_map_ref()
            .is_ok_and(|map| map.contains_key(name))
}
