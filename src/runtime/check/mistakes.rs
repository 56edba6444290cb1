//! What would fail when a script runs: names that are not defined, members that a module does not have, wrong arguments.

use std::collections::HashMap;

use rhai::{AST, ImmutableString};

use super::files::{self, File};
use super::mistake::{Mistake, no_module, not_defined, wrong_keyword, wrong_native};
use super::syntax::{ERRORS_MAX, place_of};
use super::typed::{self, Method};
use super::uses::{self, Arguments, Import, Use, Uses};
use crate::advice;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::runtime::Runtime;
use crate::script::counts::{Params, wrong_own_count};
use crate::script::exception_table::THROWN;
use crate::script::exceptions::thrown;
use crate::script::names::{Names, Of};
use crate::script::report::Reports;
use crate::script::rhai_names;
use crate::script::rhai_texts::Words;

/// Returns the mistakes in a script that parses, in the order of its text, as far as they are reported.
pub(super) fn mistakes(runtime: &Runtime, source: &Source, ast: &AST) -> Vec<Diagnostic> {
    let uses = uses::of(ast);
    let judge = Judge::new(runtime, source, ast, &uses);
    let of_names = uses.all.iter().filter_map(|used| judge.of_use(used));
    let of_targets = uses.targets.iter().filter_map(|(name, count, at)| {
        let forms = judge.functions.get(name)?;
        Some((wrong_own_count(name, forms, *count)?, *at, None))
    });
    let methods = typed::methods_in(ast);
    let of_methods = methods.iter().filter_map(|method| judge.of_method(method));
    let all = of_names
        .chain(of_targets)
        .chain(of_methods)
        .chain(judge.missing.iter().cloned());
    let mut found: Vec<_> = all
        .map(|(words, at, help)| (place_of(at), words, help))
        .collect();
    found.sort();
    found.dedup();
    let found = found.into_iter().take(ERRORS_MAX);
    let reports = found.map(|(place, (kind, message), help)| {
        let mut report = Diagnostic::syntax(source, place, message);
        report.kind = kind.into();
        report.help.extend(help);
        advice::about_text(&runtime.interp, &runtime.names, &source.text, &mut report);
        report
    });
    reports.collect()
}

/// What a name before `::` means.
enum Module {
    /// A module of ours, by its whole name.
    Ours(String),
    File(File),
    Missing,
    /// It may have any member.
    Unknown,
}

struct Judge<'j> {
    runtime: &'j Runtime,
    names: &'j Names,
    uses: &'j Uses,
    /// The parameters of the script's own functions.
    functions: HashMap<ImmutableString, Vec<Params>>,
    /// The modules that the script imports, by their names in it.
    modules: HashMap<&'j str, Module>,
    /// The imports of modules that are not there.
    missing: Vec<Mistake>,
    /// Variables of the program that the script is a part of.
    variables: Vec<String>,
}

impl<'j> Judge<'j> {
    fn new(runtime: &'j Runtime, source: &Source, ast: &AST, uses: &'j Uses) -> Self {
        let program = &runtime.interp.program;
        let libraries = program.libraries();
        let mut functions: HashMap<ImmutableString, Vec<Params>> = HashMap::new();
        for library in libraries.iter().chain([ast.shared_lib()]) {
            for (.., function) in library.iter_script_fn_info() {
                let forms = functions.entry(function.name.clone()).or_default();
                forms.push(function.params.to_vec());
            }
        }
        let scope = runtime.state.scope.iter_raw();
        let mut variables: Vec<String> = scope.map(|(name, ..)| name.to_string()).collect();
        variables.extend(Reports::of(&runtime.interp).variables());
        let mut judge = Self {
            runtime,
            names: &runtime.names,
            uses,
            functions,
            modules: HashMap::new(),
            missing: Vec::new(),
            variables,
        };
        for import in &uses.imports {
            judge.import(source, import);
        }
        judge
    }

    fn import(&mut self, source: &Source, (path, alias, at): &'j Import) {
        let module = match path {
            Some(path) => self.module(source, path),
            None => Module::Unknown,
        };
        if let (Module::Missing, Some(path)) = (&module, path) {
            self.missing.push((no_module(path), *at, None));
        }
        // Two modules may have one name, in blocks of their own.
        let is_first = !self.modules.contains_key(alias.as_str());
        let module = if is_first { module } else { Module::Unknown };
        self.modules.insert(alias, module);
    }

    fn module(&self, source: &Source, path: &str) -> Module {
        let ours = path.replace('.', "::");
        if self.names.is_module(&ours) {
            return Module::Ours(ours);
        }
        let runtime = self.runtime;
        match files::text_of(runtime, &source.name, path) {
            Ok(Some(text)) => {
                files::read(&runtime.engine, &text).map_or(Module::Unknown, Module::File)
            }
            Ok(None) if runtime.interp.permissions().is_open() => Module::Missing,
            Ok(None) | Err(_) => Module::Unknown,
        }
    }

    fn of_use(&self, used: &Use) -> Option<Mistake> {
        let words = match (used.path.first(), &used.call) {
            (Some(first), _) if used.is_qualified || self.modules.contains_key(first.as_str()) => {
                return self.of_qualified(first, used);
            }
            (Some(_), _) => self.of_member(&self.module_before(used)?, used),
            (None, Some(call)) => self.of_call(used, call),
            (None, None) => self.of_variable(&used.name),
        };
        Some((words?, used.at, None))
    }

    fn of_variable(&self, name: &str) -> Option<Words> {
        let is_known = self.uses.is_open
            || self.uses.asked.contains(name)
            || self.is_variable(name)
            || self.functions.contains_key(name)
            || self.modules.contains_key(name)
            || self.is_imported(name)
            || self.names.globals().contains_key(name)
            || thrown(name).is_some()
            || self.names.functions().any(|function| function == name);
        (!is_known).then(|| not_defined(name))
    }

    /// Whether the program has a variable of this name besides those of the script's text.
    fn is_variable(&self, name: &str) -> bool {
        self.runtime.interp.given.get(name).is_some()
            || self.variables.iter().any(|known| known == name)
    }

    fn of_call(&self, used: &Use, call: &Arguments) -> Option<Words> {
        let name = &*used.name;
        let is_foreign = self.names.foreign().iter().any(|form| form.name == name);
        // A variable may hold the function.
        let is_variable = self.uses.declared.contains(name) || self.is_variable(name);
        if is_foreign || is_variable || self.uses.is_open {
            return None;
        }
        let is_rhais = rhai_names::all().any(|known| known == name);
        let mut natives = self
            .names
            .signatures(Of::Nothing)
            .filter(|row| row.name == name);
        let native = natives.next();
        match (self.functions.get(name), native) {
            (Some(forms), None) if !is_rhais => wrong_own_count(name, forms, call.count),
            (None, Some(signature)) if natives.next().is_none() => {
                wrong_native(signature, call, is_rhais)
            }
            (None, None) if !is_rhais => Some(not_defined(name)),
            _ => None,
        }
    }

    /// The module before the dot of a member: `os.path` in `os.path.join`.
    fn module_before(&self, used: &Use) -> Option<String> {
        let path: Vec<&str> = used.path.iter().map(|part| part.as_str()).collect();
        if self.is_variable(path.first()?) {
            return None;
        }
        let module = path.join("::");
        self.names.is_module(&module).then_some(module)
    }

    fn of_member(&self, module: &str, used: &Use) -> Option<Words> {
        let name = used.name.trim_end_matches(THROWN);
        if !self.names.has_member(module, name) {
            let module = module.replace("::", ".");
            let message = format!("'{module}' object has no attribute '{name}'");
            return Some(("AttributeError", message));
        }
        let mut rows = self
            .names
            .signatures(Of::Named(module))
            .filter(|row| row.name == name);
        let (signature, call) = rows.next().zip(used.call.as_ref())?;
        match rows.next() {
            None => wrong_native(signature, call, false),
            Some(_) => None,
        }
    }

    /// A method of a variable whose class is certain.
    fn of_method(&self, method: &Method) -> Option<Mistake> {
        let (path, name) = (&method.constructor, method.name.as_str());
        let (module, own) = path.rsplit_once('.').unwrap_or(("", path));
        let is_own = self.functions.contains_key(own) || self.uses.declared.contains(own);
        let is_foreign = self.names.foreign().iter().any(|form| form.name == own);
        let is_hidden = module.is_empty() && (is_own || is_foreign)
            || self.uses.is_open
            || self.uses.declared.contains(module)
            || self.is_variable(&method.variable)
            || self.modules.contains_key(module);
        if is_hidden {
            return None;
        }
        let class = self.names.type_of(path).or_else(|| self.names.type_of(own));
        let class = class.filter(|class| self.names.class_of(*class).is_some())?;
        let mut rows = self.names.signatures(Of::Type(class));
        let signature = rows.find(|row| row.name == name)?;
        let words = wrong_keyword(signature, &method.call)?;
        Some((words, method.at, None))
    }

    /// A member of what is before `::`, or of an imported module before a dot.
    fn of_qualified(&self, first: &str, used: &Use) -> Option<Mistake> {
        let here = |words: Words| (words, used.at, None);
        match self.modules.get(first) {
            Some(Module::Ours(module)) => {
                let rest = used.path.iter().skip(1).map(|part| part.as_str());
                let module = [module.as_str()].into_iter().chain(rest);
                let module = module.collect::<Vec<_>>().join("::");
                let is_module = self.names.is_module(&module);
                is_module
                    .then(|| self.of_member(&module, used))
                    .flatten()
                    .map(here)
            }
            Some(Module::File(file)) if used.path.len() == 1 => file.mistake(first, used),
            Some(_) => None,
            None if first == "global" || self.is_open(first) => None,
            None => match self.module_before(used) {
                Some(module) => self.of_member(&module, used).map(here),
                None if self.names.is_module(first) => None,
                None => Some((no_module(first), used.path_at, None)),
            },
        }
    }

    /// Whether this may be the name of a module in a way that the text does not show.
    fn is_open(&self, alias: &str) -> bool {
        let mounts = &self.runtime.interp.settings.mounts;
        self.uses.is_open || self.is_imported(alias) || mounts.iter().any(|mount| mount == alias)
    }

    /// Whether an earlier part of the program has imported a module under this name.
    fn is_imported(&self, alias: &str) -> bool {
        let mut imports = self.runtime.state.global.iter_imports();
        imports.any(|(name, _)| name == alias)
    }
}
