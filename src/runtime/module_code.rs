//! The code of a module: what is compiled behind its text, what runs, and what is noted at its end.
//!
//! Two gaps in Rhai are filled here. Its function pointers cannot name a function of a module, so each public function is
//! also exported as a value (`w::work`). And a closure that was made in a module could not be called outside it, so closures
//! are registered globally.

use std::cell::RefCell;
use std::path::Path;

use rhai::{
    AST, Dynamic, Engine, EvalAltResult, FnAccess, FnNamespace, ImmutableString, Module, Scope,
    Shared,
};

use super::parsing;
use crate::program::Source;
use crate::program::call::CarriedModule;
use crate::program::environment::Environment;
use crate::program::source::LoadedModule;
use crate::script::bind::set_value;
use crate::script::interp::Interp;
use crate::stdlib::types::module_with;

type Failure = Box<EvalAltResult>;

/// The variable from which a module in a child takes the values of its parent.
pub(super) const CARRIED: &str = "__carried__";

/// The function that each module calls at its end, to note its constants and imports.
pub(super) const NOTE: &str = "__note_top_level__";

/// The top level of a module in a child: the same names with the parent's values.
pub(super) fn prelude(module: &CarriedModule) -> String {
    let mut text = String::new();
    for (alias, path) in &module.imports {
        // As Rhai reads a string: it does not know Rust's `\u{…}`.
        let path = path.replace('\\', r"\\").replace('"', "\\\"");
        let path = path.replace('\n', r"\n").replace('\r', r"\r");
        text.push_str(&format!("import \"{path}\" as {alias};\n"));
    }
    for name in module.exports.keys() {
        text.push_str(&format!(
            "export const {name} = {CARRIED}[{:?}];\n",
            name.as_str()
        ));
    }
    let private = module
        .constants
        .keys()
        .filter(|name| !module.exports.contains_key(*name));
    for name in private {
        text.push_str(&format!("const {name} = {CARRIED}[{:?}];\n", name.as_str()));
    }
    text + NOTE + "();\n"
}

/// Compiles the source of a module, followed by code that exports its functions as values.
pub(super) fn compile_module(
    engine: &Engine,
    interp: &Interp,
    source: &Source,
) -> Result<AST, Failure> {
    let _name = NameBeingCompiled::set(&source.name);
    let ast = parsing::parse(interp, engine, source)?;
    // After the last line of the source, because closures are identified by their position.
    let mut extra = "\n".repeat(source.text.lines().count());
    let mut names: Vec<&str> = Vec::new();
    // Rhai lists functions in a different order in each process.
    let mut functions: Vec<_> = ast.iter_functions().collect();
    functions.sort_by_key(|function| (function.name, function.params.len()));
    for function in functions {
        let is_plain = function.access == FnAccess::Public && function.this_type.is_none();
        if function.name.starts_with("anon$") || !is_plain || names.contains(&function.name) {
            continue;
        }
        names.push(function.name);
        let (name, params) = (function.name, function.params.join(", "));
        extra.push_str(&format!(
            "export const {name} = |{params}| {name}({params});\n"
        ));
    }
    extra.push_str(NOTE);
    extra.push_str("();\n");
    let mut ast = ast.merge(&engine.compile(extra)?);
    ast.set_source(source.name.clone());
    Ok(ast)
}

/// Runs the top level of a module, registers its closures globally, and adds the module to the program, for children.
pub(super) fn run(
    engine: &Engine,
    interp: &Interp,
    source: Source,
    ast: &AST,
    scope: Scope,
) -> Result<Shared<Module>, Failure> {
    NOTED.with_borrow_mut(|stack| stack.push(Environment::default()));
    let module = Module::eval_ast_as_new(scope, ast, engine);
    let top = NOTED.with_borrow_mut(|stack| stack.pop().unwrap_or_default());
    let mut module = module?;
    #[allow(deprecated)]
    for hash in closures(&module) {
        module.update_fn_namespace(hash, FnNamespace::Global);
    }
    let variables = module.iter_var();
    let exports: Vec<_> = variables
        .map(|(name, value)| (name.to_string(), value.clone()))
        .collect();
    let attributes = exports.iter().cloned();
    let attributes = attributes.map(|(name, value)| (name.into(), value));
    let value = module_with(&source.name, attributes.collect());
    set_value(&mut module, value);
    module.build_index();
    interp.program.add_module(LoadedModule {
        source,
        functions: ast.shared_lib().clone(),
        constants: top.constants,
        exports,
        imports: top.imports,
    });
    Ok(module.into())
}

/// The hashes of a module's closures.
fn closures(module: &Module) -> Vec<u64> {
    let mut hashes = Module::new();
    module
        .iter_script_fn_info()
        .filter(|(_, _, name, ..)| name.starts_with("anon$"))
        .map(|(.., definition)| hashes.set_script_fn(definition.clone()))
        .collect()
}

thread_local! {
    /// The environments at the end of the modules that are being loaded, innermost last.
    static NOTED: RefCell<Vec<Environment>> = const { RefCell::new(Vec::new()) };
    /// The value of `__name__` in the source that is being compiled, innermost last.
    static COMPILING: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes the constants and imports of the module whose top level has just ended.
pub(super) fn register_note(engine: &mut Engine) {
    engine.register_fn(NOTE, |context: rhai::NativeCallContext| {
        let environment = Environment::of(&context);
        NOTED.with_borrow_mut(|stack| {
            if let Some(top) = stack.last_mut() {
                *top = environment;
            }
        });
        Dynamic::UNIT
    });
}

/// Sets `__name__` for as long as it lives.
struct NameBeingCompiled;

impl NameBeingCompiled {
    fn set(name: &str) -> Self {
        let stem = Path::new(name)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        COMPILING.with_borrow_mut(|stack| stack.push(stem.unwrap_or_default()));
        Self
    }
}

impl Drop for NameBeingCompiled {
    fn drop(&mut self) {
        COMPILING.with_borrow_mut(Vec::pop);
    }
}

/// The value of `__name__` in the source that is being compiled: `__main__`, or the module's name.
pub(super) fn name_being_compiled() -> ImmutableString {
    COMPILING
        .with_borrow(|stack| stack.last().cloned())
        .map_or_else(|| "__main__".into(), ImmutableString::from)
}
