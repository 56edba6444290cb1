//! The Rhai engine as scripts expect it: names, limits, stops, and the settings of Rhai that matter here.

use std::sync::Arc;

use rhai::{
    Array, Dynamic, Engine, EvalContext, FnPtr, Map, Module, OptimizationLevel, Position, Shared,
    Token,
};

use super::host_modules::OfHost;
use super::module_code::register_note;
use super::modules::{Modules, Resolver};
use super::setup::Setup;
use super::shortcuts;
use super::{bare, comparisons, evaluate};
use super::{catching, methods, natives, rewriting, with_statement, wrong_calls};
use crate::program::{comparison, compiling, reserved_member, with_block};
use crate::script::bind::{ClassTable, Classes, Vocabulary, imported};
use crate::script::exceptions::thrown;
use crate::script::foreign::Foreign;
use crate::script::interp::Interp;
use crate::script::limits::Limits;
use crate::script::names::Names;
use crate::script::report::{Reports, too_deep};
use crate::script::rhai_errors::of_error_map;
use crate::script::{cells, depth, each_step, islands, memory, stretch};
use crate::syntax::is_word_of_python;
use crate::{advice, stdlib, sys};

/// The stack that the command's process asks for where there is no space for a deep one. The kernel provides as much as is touched.
pub(super) const STACK_WANTED: u64 = 64 << 20;

/// The deepest recursion: as Python's.
const CALL_LEVELS: usize = 1000;

/// How deep expressions and blocks may nest: each level takes stack when it is parsed and when it is run.
const EXPRESSION_DEPTH: usize = 256;

/// Levels above the limit, for functions that touch no variable and so do not notice it.
pub(super) const SPARE_LEVELS: usize = 16;

/// An engine with everything scripts can name, and the modules it imports from.
pub(super) fn build(
    interp: &Arc<Interp>,
    setups: &[Setup],
    vocabulary: Vocabulary,
) -> (Arc<Engine>, Arc<Modules>, Arc<Names>) {
    let mut engine = limited(interp);
    let (registered, foreign) = natives::add(&mut engine, interp, setups, vocabulary);
    let levels = levels(&interp.settings.limits);
    let of_host = interp.settings.of_host.iter();
    of_host.for_each(|of_host| of_host.apply(&mut engine));
    name_types(&mut engine);
    let names = set_names(interp, foreign, setups);
    let modules = Arc::new(Modules::new(
        interp,
        registered.namespaces.clone(),
        OfHost::of(setups),
    ));
    engine.set_module_resolver(Resolver(modules.clone()));
    register_note(&mut engine);
    connect_print(&mut engine, interp);
    check_each_step(&mut engine, interp);
    let foreign = names.foreign().iter();
    islands::register(
        &mut engine,
        interp,
        foreign.map(|function| function.name.as_str()),
        levels,
    );
    Classes::note(interp, &registered.table);
    with_statement::register(&mut engine, interp);
    methods::register(&mut engine, interp);
    rewriting::register(&mut engine, interp);
    catching::register(&mut engine, interp);
    evaluate::register(&mut engine);
    shortcuts::register(
        &mut engine,
        interp,
        levels,
        &registered.table,
        names.foreign(),
    );
    find_variables(
        &mut engine,
        interp,
        levels,
        (registered.globals.clone(), names.foreign().clone()),
        registered.table.clone(),
    );
    if interp.settings.mounts.is_empty() {
        comparisons::register(&mut engine);
        read_python_spellings(&mut engine);
    } else {
        read_reserved_words(&mut engine);
    }
    wrong_calls::explain(&mut engine, interp, names.clone());
    let engine = Arc::new(engine);
    interp.run_by(&engine);
    (engine, modules, names)
}

/// An engine that keeps the limits of a runtime.
fn limited(interp: &Interp) -> Engine {
    // Without Rhai's interner, a lock that a forked child could inherit held.
    let mut engine = Engine::new_raw();
    // The optimiser drops imports that look unused and natives in constants.
    engine.set_optimization_level(OptimizationLevel::None);
    let limits = &interp.settings.limits;
    limits.apply(&mut engine);
    engine.set_max_call_levels(levels(limits) + SPARE_LEVELS);
    engine.set_max_expr_depths(EXPRESSION_DEPTH, EXPRESSION_DEPTH);
    engine
}

fn levels(limits: &Limits) -> usize {
    let asked = limits.of_call_levels();
    asked.map_or(CALL_LEVELS, |levels| levels.min(CALL_LEVELS))
}

/// Gives the types of Rhai with the most methods the names that they have anyway, where Rhai looks first: it asks for a value's type at each call of a method, and
/// would search all modules in vain.
fn name_types(engine: &mut Engine) {
    let values: [Dynamic; 3] = [Array::new().into(), Map::new().into(), "".into()];
    for value in &values {
        let name = engine.map_type_name(value.type_name()).to_string();
        engine.register_type_with_name_raw(value.type_name(), name);
    }
}

/// Collects the names of a program, for the advice in its error reports, and sets how its values are sent to other processes.
pub(super) fn set_names(
    interp: &Arc<Interp>,
    foreign: Vec<Foreign>,
    setups: &[Setup],
) -> Arc<Names> {
    let (runtime, sender) = (Arc::downgrade(interp), Arc::downgrade(interp));
    let listing = move || runtime.upgrade().map(|interp| stdlib::names(&interp));
    let listing = move || listing().unwrap_or_default();
    let names = Arc::new(Names::of(listing, foreign, &interp.settings.without));
    let own: Vec<_> = setups.iter().flat_map(Setup::types).cloned().collect();
    interp.set_codecs(move || {
        let codecs = sender.upgrade().map(|interp| stdlib::codecs(&interp));
        let mut codecs = codecs.unwrap_or_default();
        own.into_iter().for_each(|codec| codecs.by_parts(codec));
        codecs
    });
    // Weak, because natives among the names hold the interpreter, which holds the advisor.
    let known = Arc::downgrade(&names);
    Reports::of(interp).advise_by(move |interp, report| {
        if let Some(names) = known.upgrade() {
            advice::about(interp, &names, report);
        }
    });
    names
}

/// Connects Rhai's `print` to the output where scripts do not have ours, which writes by itself.
fn connect_print(engine: &mut Engine, interp: &Arc<Interp>) {
    if interp.settings.has_module("builtins") {
        engine.on_print(|_| {});
    } else {
        let interp = interp.clone();
        engine.on_print(move |text| {
            if let Err(error) = interp.output.print(&format!("{text}\n")) {
                // Rhai takes no error here; a closed output ends the script at its next step.
                let _ = interp.cannot_print(&error);
            }
        });
    }
    engine.on_debug(|_, _, _| {});
}

/// Checks at each step of a script whether it has to stop, and counts its operations.
pub(super) fn check_each_step(engine: &mut Engine, interp: &Arc<Interp>) {
    let interp = interp.clone();
    let has_limits = interp.settings.limits.need_a_stretch();
    engine.on_progress(move |_| each_step::end_at(&interp, has_limits));
}

/// Gives a variable another value. A constant cannot be replaced, nor is it assigned to: its value is returned.
fn replaced(context: &mut EvalContext, name: &str, value: Dynamic) -> Option<Dynamic> {
    match context.scope_mut().get_mut(name) {
        Some(variable) => {
            *variable = value;
            None
        }
        None => Some(value),
    }
}

/// Resolves variables where Rhai's own way is not enough:
///
/// - A closure may name `os`, `None`, or a function defined further down: Rhai takes a name it does not know
///   yet for a variable to capture, and fails when there is none.
/// - A module that is imported as `m` is a value, so that `m.name` is the same as `m::name`.
/// - A captured handle is taken out of the cell its variable shares with the closure: Rhai would hold the
///   cell's lock for the length of a method, which may block, and `lock.with(|| … lock …)` would be a data
///   race with itself. Both have the handle; only a later assignment is not seen by the other.
/// - The variable of `catch` is an exception object, also for errors that Rhai itself found.
/// - A captured variable that another thread uses at this moment is waited for.
/// - A signal that has arrived is handled before the next variable is used.
/// - Recursion that is too deep is an error that can be caught, unlike the error at Rhai's own limit. So is a value that is nested too deep.
pub(super) fn find_variables(
    engine: &mut Engine,
    interp: &Arc<Interp>,
    levels: usize,
    (globals, foreign): (Shared<Module>, Arc<Vec<Foreign>>),
    table: Arc<ClassTable>,
) {
    let interp = interp.clone();
    let limits = &interp.settings.limits;
    let (has_limits, has_sizes) = (limits.need_a_stretch(), limits.have_sizes());
    #[allow(deprecated)]
    engine.on_var(move |name, offset, mut context| {
        if context.call_level() > levels || sys::limits::Stack::mine().is_short() {
            return Err(too_deep());
        }
        if interp.handle_signals()
            && let Some(thrown) = interp.take_thrown()
        {
            return Err(thrown);
        }
        if has_limits {
            stretch::check(&interp)?;
            interp.held.check()?;
        }
        let scope = context.scope();
        let variable = match offset {
            0 => scope.get(name),
            // The parser counts from the newest variable, and so does the iterator.
            _ => scope.iter_raw().nth(offset - 1).map(|(_, _, value)| value),
        };
        let Some(value) = variable else {
            if let Some(exception) = thrown(name) {
                return Ok(Some(Dynamic::from(exception)));
            }
            return Ok(interp
                .given
                .get(name)
                .or_else(|| imported(&context, name))
                .or_else(|| globals.get_var(name))
                .or_else(|| function(&context, &foreign, name)));
        };
        if is_simple(value) {
            return Ok(None);
        }
        let is_shared = value.is_shared();
        if is_shared {
            cells::wait_for(name, value)?;
        }
        if has_sizes {
            interp.settings.limits.check(value)?;
        }
        memory::to_grow(value)?;
        depth::check(name, value)?;
        if !is_shared {
            let map = value.as_map_ref().ok();
            let exception = map.and_then(|map| of_error_map(&map));
            // From here on the variable is the exception, which the script may change.
            return Ok(
                exception.and_then(|found| replaced(&mut context, name, Dynamic::from(found)))
            );
        }
        // Not by `type_id` of the cell, which panics when another thread has taken it since.
        let is_handle = value
            .read_lock::<Dynamic>()
            .is_some_and(|inner| table.classes.contains(&inner.type_id()));
        if !is_handle {
            return Ok(None);
        }
        let copy = value.flatten_clone();
        Ok(replaced(&mut context, name, copy))
    });
}

/// Returns whether a variable holds a number, a truth value or a character, which needs no further look.
#[inline]
fn is_simple(value: &Dynamic) -> bool {
    !value.is_shared() && (value.is_int() || value.is_float() || value.is_bool() || value.is_char())
}

/// A function of the script or of the host as a value.
fn function(context: &EvalContext, foreign: &[Foreign], name: &str) -> Option<Dynamic> {
    let mut of_script = context
        .iter_namespaces()
        .flat_map(Module::iter_script_fn_info);
    let is_known = of_script.any(|(_, _, found, ..)| found == name)
        || foreign.iter().any(|function| function.name == name);
    let function = FnPtr::new(name).ok().filter(|_| is_known)?;
    Some(Dynamic::from(function))
}

/// Lets reserved words be names of methods and keywords.
pub(super) fn read_reserved_words(engine: &mut Engine) {
    #[allow(deprecated)]
    engine.on_parse_token(
        |token, _, _| match with_block::read(reserved_member::read(token)).0 {
            Token::Reserved(word) if is_word_of_python(&word) => Token::Identifier(word),
            other => other,
        },
    );
}

/// As [`read_reserved_words`]; makes `_` a name, and gives `__name__` its value.
fn read_python_spellings(engine: &mut Engine) {
    #[allow(deprecated)]
    engine.on_parse_token(move |token, position: Position, _| {
        let (token, is_member) = with_block::read(reserved_member::read(token));
        match comparison::read(token) {
            Token::Underscore if compiling::underscore_is_name(position) => {
                Token::Identifier(Box::new("_".into()))
            }
            Token::FloatConstant(number) if is_whole(&number.1) => {
                let text = format!(
                    "the integer {} does not fit in 64 bits; as a float, write {}.0",
                    number.1, number.1
                );
                Token::LexError(rhai::LexError::Runtime(text).into())
            }
            Token::Reserved(word) if is_word_of_python(&word) => Token::Identifier(word),
            Token::Identifier(word) if word.as_str() == "__name__" && !is_member => {
                Token::StringConstant(Box::new(super::module_code::name_being_compiled().into()))
            }
            Token::Identifier(word) => Token::Identifier(bare::class_thrown(word, position)),
            other => other,
        }
    });
}

/// Whether a number is written without a fraction: Rhai makes a float of one that is too large.
fn is_whole(number: &str) -> bool {
    let digits = number.trim_start_matches('-');
    digits.bytes().all(|byte| byte.is_ascii_digit())
}
