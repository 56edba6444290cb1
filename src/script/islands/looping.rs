//! Driving loops: the interpreter does their passes one by one, until machine code takes over, and after it gave up.
//!
//! So passes are counted before anything is compiled, variables have the types by then that they will keep, and what code gives up costs one
//! pass and not the loop.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, PoisonError};

use rhai::{Dynamic, EvalAltResult, EvalContext, Position};

use super::source::Source;
use super::world::World;
use super::{Islands, ending, function, held, making, values, whole, work};
use crate::native::code::{Item, Ty};
use crate::native::{Exit, Value};
use crate::program::islands::form::{Code, Form, Libraries};
use crate::program::islands::island::{LoopTree, Over};
use crate::program::islands::{Island, Unfit};
use crate::script::Outcome;
use crate::script::interp::Interp;
use crate::script::values::type_name;

/// Runs a loop.
pub(super) fn run(
    interp: &Interp,
    island: &Island,
    tree: &LoopTree,
    context: &mut EvalContext,
) -> Outcome {
    let source = match &tree.over {
        Over::Forever | Over::While(_) => Source::Condition,
        Over::For { iterable, .. } => {
            let value = context.eval_expression_tree(&iterable.into())?.flatten();
            match (Source::of(value), tree.plain()) {
                (Ok(source), _) => source,
                (Err(value), Some(plain)) => {
                    if interp.settings.explain_compile {
                        let what = format!("goes through a value of type {}", type_name(&value));
                        island.note_refusal(Unfit::new(what, tree.position));
                    }
                    return held::with(value, plain, context);
                }
                (Err(_), None) => return Ok(Dynamic::UNIT),
            }
        }
    };
    let before = context.scope().len();
    if let Over::For { var, counter, .. } = &tree.over {
        if let Some(counter) = counter {
            let zero = Dynamic::from_int(0);
            context
                .scope_mut()
                .push_dynamic(counter.name.as_str(), zero);
        }
        context
            .scope_mut()
            .push_dynamic(var.name.as_str(), Dynamic::UNIT);
    }
    let mut driver = Driver {
        interp,
        island,
        tree,
        source,
        passes: 0,
        next_try: 0,
        items: None,
        begun: work::done(),
        was_entered: false,
    };
    driver.plan();
    let result = driver.drive(context);
    let spent = driver.spent();
    island.work.fetch_add(spent, Ordering::Relaxed);
    if !driver.was_entered {
        island.usual.store(spent, Ordering::Relaxed);
    }
    context.scope_mut().rewind(before);
    result
}

/// One run of a loop.
struct Driver<'d> {
    interp: &'d Interp,
    island: &'d Island,
    tree: &'d LoopTree,
    source: Source,
    /// Passes that the interpreter has done.
    passes: u64,
    /// Machine code is tried after this number of them.
    next_try: u64,
    /// The type of the list's items, if all are the same.
    items: Option<Option<Item>>,
    /// The work of all loops when this one began.
    begun: u64,
    /// Machine code has done some passes.
    was_entered: bool,
}

impl Driver<'_> {
    /// Decides when machine code is tried first.
    fn plan(&mut self) {
        let islands = Islands::of(self.interp);
        let is_left = self.island.is_left.load(Ordering::Relaxed);
        self.next_try = match () {
            () if is_left || !islands.are_on() => u64::MAX,
            () if islands.is_at_once() || !self.forms_is_empty() => 0,
            // In the first pass, variables get the types that they keep.
            () => 1,
        };
    }

    /// The work of a pass, as far as it is the interpreter's.
    fn weight(&self) -> u64 {
        self.tree.weight.into()
    }

    /// The work so far, that of inner loops included.
    fn spent(&self) -> u64 {
        work::done() - self.begun
    }

    /// The work that is left, judged by the passes so far. Where nobody knows when it ends, as much
    /// again is expected, or what it took before.
    fn expected(&self) -> u64 {
        let Some(left) = self.source.left() else {
            return self.spent().max(self.island.usual.load(Ordering::Relaxed));
        };
        let pass = self.spent().checked_div(self.passes);
        left.saturating_mul(pass.unwrap_or_else(|| self.weight()))
    }

    fn forms_is_empty(&self) -> bool {
        let forms = self.island.forms.read();
        forms.unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn drive(&mut self, context: &mut EvalContext) -> Outcome {
        loop {
            if self.passes >= self.next_try
                && let Some(ended) = self.enter(context)
            {
                return ended;
            }
            work::add(self.weight());
            match self.pass(context) {
                Ok(true) => {}
                Ok(false) => return Ok(Dynamic::UNIT),
                Err(error) => match *error {
                    EvalAltResult::LoopBreak(false, ..) => {}
                    EvalAltResult::LoopBreak(true, value, _) => return Ok(value),
                    _ => return Err(error),
                },
            }
            self.passes += 1;
        }
    }

    /// Lets the interpreter do a pass. Returns false if there is none.
    fn pass(&mut self, context: &mut EvalContext) -> Result<bool, Box<EvalAltResult>> {
        match &self.tree.over {
            Over::Forever => {}
            Over::While(condition) => {
                let condition = context.eval_expression_tree(&condition.into())?;
                if !condition.as_bool().unwrap_or(false) {
                    return Ok(false);
                }
            }
            Over::For { var, counter, .. } => {
                let Some((value, done)) = self.source.next() else {
                    return Ok(false);
                };
                let scope = context.scope_mut();
                if let Some(counter) = counter
                    && let Some(place) = scope.get_mut(&counter.name)
                {
                    *place = Dynamic::from_int(done);
                }
                if let Some(place) = scope.get_mut(&var.name) {
                    *place = value.flatten();
                }
            }
        }
        let done = context.eval_expression_tree(&(&self.tree.body).into());
        done.map(|_| true)
    }

    /// Runs machine code, if there is some for the variables as they are. Returns the loop's result if it has ended in it.
    fn enter(&mut self, context: &mut EvalContext) -> Option<Outcome> {
        self.next_try = self.passes.saturating_mul(2).max(self.passes + 1);
        if self.island.is_left.load(Ordering::Relaxed) || self.source.left() == Some(0) {
            self.next_try = u64::MAX;
            return None;
        }
        let expected = self.expected();
        if self.is_worth_it(expected)
            && let Some(outcome) = whole::instead(self.interp, self.tree.owner, context)
        {
            return Some(outcome);
        }
        let form = self.form(context, expected)?;
        let code = form.code.get()?.as_ref().ok()?;
        let depth = ending::depth(self.interp, context.call_level())?;
        let mut values = self.values(context, &form, expected)?;
        self.was_entered = true;
        work::enter();
        let mut world = World::of(self.interp, self.island, context.source());
        let left = self.source.left();
        let exit = match self.source.progress() {
            Some(progress) => code.entry.loop_on(&mut world, depth, progress, &mut values),
            None => code.entry.call(&mut world, depth, &mut values),
        };
        if let (Some(before), Some(after)) = (left, self.source.left()) {
            work::add((before - after).saturating_mul(self.weight()));
        }
        write_back(context, (&form, code), values);
        match exit {
            Exit::Done(_) => Some(Ok(Dynamic::UNIT)),
            Exit::Returned(value) => {
                let value = values::dynamic_of(value);
                Some(Err(EvalAltResult::Return(value, Position::NONE).into()))
            }
            Exit::Stopped(place) => Some(Err(ending::stopped(self.interp, place))),
            Exit::GaveUp => {
                function::fail(self.island);
                self.next_try = self.passes + 1;
                None
            }
        }
    }

    /// Returns the form for the variables as they are, compiled now if that pays.
    fn form(&mut self, context: &EvalContext, expected: u64) -> Option<Arc<Form>> {
        let items = match &self.source {
            Source::Items(list, _) => {
                let item = *self.items.get_or_insert_with(|| values::item_of_all(list));
                if item.is_none() {
                    let why = "goes through a list that does not hold numbers of one type";
                    let why = Unfit::new(why, self.tree.position);
                    self.island.note_refusal(why);
                    self.next_try = u64::MAX;
                    return None;
                }
                item
            }
            _ => None,
        };
        if let Some(form) = self.known(context, items) {
            return Some(form);
        }
        if !self.is_worth_it(expected) {
            return None;
        }
        let form = |types, names, code| Form {
            types,
            names,
            items,
            libraries: Libraries::of(context.namespaces()),
            met: 0.into(),
            code: OnceLock::from(code),
        };
        match making::a_loop(self.interp, self.tree, context, items) {
            Ok(made) => {
                let (types, names) = (made.lowered.types, made.lowered.names);
                Some(function::keep(
                    self.island,
                    form(types, names, Ok(made.code)),
                ))
            }
            Err(why) => {
                function::refuse(self.island, why);
                None
            }
        }
    }

    /// Returns whether compiling something for this loop pays.
    fn is_worth_it(&self, expected: u64) -> bool {
        let before = self.island.work.load(Ordering::Relaxed);
        let spent = before.saturating_add(self.spent());
        Islands::of(self.interp).pays(spent, expected)
    }

    fn known(&self, context: &EvalContext, items: Option<Item>) -> Option<Arc<Form>> {
        let forms = self
            .island
            .forms
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let scope = context.scope();
        let mut forms = forms.iter();
        let found = forms.find(|form| {
            let mut variables = form.names.iter().zip(&form.types);
            form.items == items
                && form.libraries.are(context.namespaces())
                && variables.all(|(name, ty)| {
                    name.is_empty()
                        || scope
                            .get(name)
                            .is_some_and(|value| values::type_of(value) == Some(*ty))
                })
        });
        found.cloned()
    }

    /// Returns the variables for code; `None` if copying the lists takes too long, or one has items of several types.
    fn values(&self, context: &EvalContext, form: &Form, expected: u64) -> Option<Vec<Value>> {
        let scope = context.scope();
        let named = form.names.iter().zip(&form.types);
        let named = named.filter(|(name, _)| !name.is_empty());
        let lists = named.filter_map(|(name, ty)| Some((scope.get(name)?, *ty)));
        // Rows first: a look at each row takes time too.
        let islands = Islands::of(self.interp);
        let rows: usize = lists.clone().map(|(value, _)| values::length(value)).sum();
        if !islands.pays_to_enter(expected, rows) {
            return None;
        }
        let items: usize = lists.map(|(value, ty)| values::items_in(value, ty)).sum();
        if !islands.pays_to_enter(expected, items) {
            return None;
        }
        work::add(Islands::work_of(items));
        let variables = form.names.iter().zip(&form.types);
        let values = variables.map(|(name, ty)| match (&self.source, ty) {
            (Source::Items(list, _), Ty::List(item)) if name.is_empty() => {
                Some(Value::List(values::list_of(list, *item)?))
            }
            _ => {
                let value = scope.get(name)?;
                let fits = values::is_within_limits(self.interp, value);
                values::value_of(value, *ty).filter(|_| fits)
            }
        });
        values.collect()
    }
}

/// Gives the variables the values that code has given them.
fn write_back(context: &mut EvalContext, (form, code): (&Form, &Code), values: Vec<Value>) {
    let written = form.names.iter().zip(&code.written).zip(values);
    for ((name, is_written), value) in written {
        if *is_written
            && !name.is_empty()
            && let Some(place) = context.scope_mut().get_mut(name)
        {
            values::write_back(value, place);
        }
    }
}
