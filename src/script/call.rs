//! One call of a native function: its arguments, sorted into the declared parameters and checked.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use rhai::{
    Array, Dynamic, DynamicWriteLock, FnPtr, ImmutableString, Map, NativeCallContext, Variant,
};

use crate::script::Outcome;
use crate::script::arguments::Values;
use crate::script::bind::{Signature, is_called_unnamed};
use crate::script::exceptions::{Failure, raise};
use crate::script::interp::Interp;
use crate::script::line::Line;
use crate::script::panics::without_panic;
use crate::script::values::{type_name_in, writable};
use crate::sync::called_by;
use crate::text::{as_float, as_int, as_string};

/// The arguments of one call, by parameter.
pub(crate) struct Call<'a> {
    pub interp: &'a Arc<Interp>,
    pub context: &'a NativeCallContext<'a>,
    signature: &'a Signature,
    this: Option<&'a mut Dynamic>,
    values: Values,
    keywords: Option<Map>,
    /// The keywords that arguments were given by.
    named: Vec<&'static str>,
    /// Steps of a long loop since the last check for interrupts.
    steps: Cell<u32>,
}

/// How many steps a native's loop takes between two checks for interrupts.
const STEPS: u32 = 4096;

impl<'a> Call<'a> {
    /// Begins a call, before its arguments are taken.
    #[inline]
    pub(crate) fn new(
        interp: &'a Arc<Interp>,
        context: &'a NativeCallContext<'a>,
        signature: &'a Signature,
    ) -> Self {
        Self {
            interp,
            context,
            signature,
            this: None,
            values: Values::default(),
            keywords: None,
            named: Vec::new(),
            steps: Cell::new(0),
        }
    }

    /// Sorts raw arguments into parameters: a trailing object map holds keywords where it cannot be a value. A call is not moved once it has
    /// them: that would take longer than the rest.
    ///
    /// # Errors
    /// `TypeError` for keywords that do not fit.
    pub(crate) fn take<'args: 'a>(
        &mut self,
        is_method: bool,
        args: &'a mut [&'args mut Dynamic],
    ) -> Result<(), Failure> {
        let args = match (is_method, args) {
            (true, [first, rest @ ..]) => {
                self.this = Some(&mut **first);
                rest
            }
            (_, args) => args,
        };
        for arg in args {
            let arg = std::mem::take(&mut **arg);
            self.values.push(writable(arg.flatten()));
        }
        if self.values.ends_with_map() {
            self.take_keywords()?;
        }
        match self.signature.keywords_alone {
            true => self.check_complete(),
            false => Ok(()),
        }
    }

    fn take_keywords(&mut self) -> Result<(), Failure> {
        match self.values.take_keywords(self.signature) {
            Some(map) if self.signature.variadic => self.keywords = Some(map),
            Some(map) => self.place(map)?,
            None => (),
        }
        Ok(())
    }

    fn place(&mut self, keywords: Map) -> Result<(), Failure> {
        self.values.extend_to(self.signature.params.len());
        for (key, value) in keywords {
            let Some((index, name)) = self.signature.parameter(&key) else {
                return Err(raise("TypeError", self.signature.unknown_keyword(&key)));
            };
            if self.has(index) {
                let function = self.signature.name;
                let text = format!("{function}() got multiple values for argument '{key}'");
                return Err(raise("TypeError", text));
            }
            self.values.all()[index] = Some(value.flatten());
            self.named.push(name);
        }
        Ok(())
    }

    /// Checks that every required argument was given.
    fn check_complete(&self) -> Result<(), Failure> {
        let required = self.signature.keywords().take(self.signature.required);
        let missing: Vec<_> = required
            .enumerate()
            .filter(|(index, _)| !self.has(*index))
            .map(|(_, name)| format!("'{name}'"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (name, count) = (self.signature.name, missing.len());
        let plural = if count == 1 { "" } else { "s" };
        let missing = missing.join(" and ");
        let text =
            format!("{name}() missing {count} required positional argument{plural}: {missing}");
        Err(raise("TypeError", text))
    }

    /// Runs the body of the native, which waits at the line of this call.
    ///
    /// # Errors
    /// Those of the body. A panic is one: a mistake of ours, or of a function of the host that a script has passed to us.
    #[inline]
    pub(crate) fn run(&mut self, body: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let line = Line {
            interp: self.interp,
            context: self.context,
        };
        called_by(&line, || without_panic(|| body(self)))
    }

    /// Returns the object a method was called on.
    pub(crate) fn this<T: Variant + Clone>(&self) -> T {
        let this = self
            .this
            .as_deref()
            .expect("methods are registered with a receiver");
        this.read_lock::<T>()
            .expect("Rhai dispatches on the receiver's type")
            .clone()
    }

    /// Returns what `body` makes of the object a method was called on. It is copied only where closures share its variable, whose cell
    /// would stay locked.
    pub(crate) fn with_this<T: Variant + Clone, R>(&self, body: impl FnOnce(&T) -> R) -> R {
        let own = self.this.as_deref().filter(|this| !this.is_shared());
        match own.and_then(Dynamic::read_lock::<T>) {
            Some(this) => body(&this),
            None => body(&self.this()),
        }
    }

    /// Returns the object that a function of a module was called on, if it was called as `module.name(…)`.
    pub(crate) fn this_if<T: Variant + Clone>(&self) -> Option<T> {
        let this = self.this.as_deref()?.read_lock::<T>()?;
        Some(this.clone())
    }

    /// Returns the receiver itself, for methods that change it or call back with it as `this`.
    pub(crate) fn receiver(&mut self) -> &mut Dynamic {
        self.this
            .as_deref_mut()
            .expect("methods are registered with a receiver")
    }

    /// Returns the receiver, a `class` that a method changes.
    ///
    /// # Errors
    /// `TypeError` for a constant.
    pub(crate) fn writable<T: Variant + Clone>(
        &mut self,
        class: &str,
    ) -> Result<DynamicWriteLock<'_, T>, Failure> {
        let name = self.name();
        let receiver = self.receiver();
        let constant = || raise("TypeError", format!("a constant {class} has no {name}()"));
        if receiver.is_read_only() {
            return Err(constant());
        }
        receiver.write_lock::<T>().ok_or_else(constant)
    }

    /// Returns the name of the function in messages.
    pub(crate) fn name(&self) -> &'static str {
        self.signature.name
    }

    /// Parameter `index`, if it was given and is not `None`.
    pub(crate) fn given(&mut self, index: usize) -> Option<Dynamic> {
        let value = self.values.all().get_mut(index)?.take();
        value.filter(|v| !v.is_unit())
    }

    /// Parameter `index` as it came, `()` when it was left out.
    pub(crate) fn value(&mut self, index: usize) -> Dynamic {
        let value = self.values.all().get_mut(index).and_then(Option::take);
        value.unwrap_or(Dynamic::UNIT)
    }

    /// Returns whether parameter `index` was given at all, `None` included.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.values.get(index).is_some()
    }

    /// Returns whether parameter `index` was given and is not `None`: a time-out, however long it is.
    pub(crate) fn has_value(&self, index: usize) -> bool {
        self.values.get(index).is_some_and(|value| !value.is_unit())
    }

    /// Returns whether an argument was given as a keyword under this name, which may be one of two.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.named.contains(&name)
    }

    /// Returns every argument from `index` on, for variadic functions.
    pub(crate) fn rest(&mut self, index: usize) -> Vec<Dynamic> {
        let rest = self.values.all().iter_mut().skip(index);
        rest.filter_map(Option::take).collect()
    }

    /// Of a variadic function whose arguments may be maps: a last map that is not keywords is an argument.
    pub(crate) fn keywords_only_if(&mut self, known: &[&str]) {
        let foreign =
            |map: &Map| map.is_empty() || map.keys().any(|k| !known.contains(&k.as_str()));
        if self.keywords.as_ref().is_some_and(foreign)
            && let Some(map) = self.keywords.take()
        {
            self.values.push(map.into());
        }
    }

    /// Returns whether keywords were given.
    pub(crate) fn has_keywords(&self) -> bool {
        self.keywords.is_some()
    }

    /// Returns a keyword of a variadic function.
    pub(crate) fn keyword(&mut self, name: &str) -> Option<Dynamic> {
        self.keywords.as_mut()?.remove(name).map(Dynamic::flatten)
    }

    pub(crate) fn int(&mut self, index: usize) -> Result<i64, Failure> {
        let value = self.value(index);
        as_int(&value).ok_or_else(|| self.mismatch(index, "an integer", &value))
    }

    pub(crate) fn int_or(&mut self, index: usize, default: i64) -> Result<i64, Failure> {
        if self.has(index) {
            self.int(index)
        } else {
            Ok(default)
        }
    }

    /// Parameter `index` without taking it, `()` when it was left out.
    pub(crate) fn peek(&self, index: usize) -> Dynamic {
        self.values.get(index).cloned().unwrap_or(Dynamic::UNIT)
    }

    /// Parameter `index` as a number, if it is one, without taking it.
    pub(crate) fn peek_number(&self, index: usize) -> Option<f64> {
        as_float(self.values.get(index)?)
    }

    /// Returns a real number; integers are taken as well.
    pub(crate) fn float(&mut self, index: usize) -> Result<f64, Failure> {
        let value = self.value(index);
        as_float(&value).ok_or_else(|| self.mismatch(index, "a number", &value))
    }

    pub(crate) fn string(&mut self, index: usize) -> Result<ImmutableString, Failure> {
        let value = self.value(index);
        as_string(&value).ok_or_else(|| self.mismatch(index, "a string", &value))
    }

    pub(crate) fn string_or(
        &mut self,
        index: usize,
        default: &str,
    ) -> Result<ImmutableString, Failure> {
        if self.has(index) {
            self.string(index)
        } else {
            Ok(default.into())
        }
    }

    /// Returns a truth value as Python judges it, `default` when left out.
    pub(crate) fn bool_or(&mut self, index: usize, default: bool) -> bool {
        if self.has(index) {
            super::values::truth(&self.value(index))
        } else {
            default
        }
    }

    pub(crate) fn array(&mut self, index: usize) -> Result<Array, Failure> {
        let value = self.value(index);
        match value.is_array() {
            true => Ok(value.into_array().unwrap_or_default()),
            false => Err(self.mismatch(index, "a list", &value)),
        }
    }

    pub(crate) fn function(&mut self, index: usize) -> Result<FnPtr, Failure> {
        let value = self.value(index);
        self.callable(&value)
            .ok_or_else(|| self.mismatch(index, "a function", &value))
    }

    /// Returns a number of seconds; `None` when it is that or was left out.
    pub(crate) fn seconds(&mut self, index: usize) -> Result<Option<f64>, Failure> {
        let Some(value) = self.given(index) else {
            return Ok(None);
        };
        let seconds = as_float(&value);
        if seconds.is_some_and(f64::is_nan) {
            return Err(raise("ValueError", "Invalid value NaN (not a number)"));
        }
        seconds
            .ok_or_else(|| self.mismatch(index, "a number of seconds or None", &value))
            .map(Some)
    }

    /// Returns a time-out in seconds. `None`, or none given, waits for ever; a negative one does not wait.
    pub(crate) fn timeout(&mut self, index: usize) -> Result<Option<Duration>, Failure> {
        Ok(self.seconds(index)?.and_then(seconds_to_duration))
    }

    /// `str(value)` as this engine sees it.
    pub(crate) fn str(&self, value: &Dynamic) -> String {
        super::values::str_with(value, self.context)
    }

    /// `repr(value)` as this engine sees it.
    pub(crate) fn repr(&self, value: &Dynamic) -> String {
        super::values::repr_with(value, self.context)
    }

    /// Counts a step of a loop whose length the script decides, and checks for interrupts every few thousand steps.
    ///
    /// # Errors
    /// The stop, or the error that a function for a signal threw.
    pub(crate) fn check_interrupts(&self) -> Result<(), Failure> {
        let steps = (self.steps.get() + 1) % STEPS;
        self.steps.set(steps);
        if steps == 0 && self.interp.check_interrupts() {
            return Err(self.interp.interrupted());
        }
        Ok(())
    }

    /// Calls a script's function with this call's context.
    pub(crate) fn call(&self, function: &FnPtr, args: Vec<Dynamic>) -> Outcome {
        function.call_raw(self.context, None, args)
    }

    /// Calls a method of a value, native or the script's own. It has the name of this native, or one of those that every program has.
    pub(crate) fn method(&self, this: &mut Dynamic, name: &str, args: Vec<Dynamic>) -> Outcome {
        debug_assert!(name == self.signature.name || is_called_unnamed(name));
        let mut args = args;
        let mut all: Vec<&mut Dynamic> = std::iter::once(this).chain(args.iter_mut()).collect();
        self.context.call_fn_raw(name, true, true, &mut all)
    }

    pub(crate) fn mismatch(&self, index: usize, wanted: &str, found: &Dynamic) -> Failure {
        let parameter = self.signature.keywords().nth(index).unwrap_or("value");
        let found = type_name_in(self.context.engine(), found);
        let name = self.signature.name;
        raise(
            "TypeError",
            format!("{name}() argument '{parameter}' must be {wanted}, not {found}"),
        )
    }
}

/// Seconds as a duration; `None`, which waits for ever, when there are too many.
pub(crate) fn seconds_to_duration(seconds: f64) -> Option<Duration> {
    if seconds <= 0.0 {
        return Some(Duration::ZERO);
    }
    Duration::try_from_secs_f64(seconds).ok()
}
