//! The scripts whose functions a library has: a host may merge scripts, and children compile each from its own text.

use rhai::{Module, ScriptFuncDef, Shared};

use super::source::{Input, Program};

impl Program {
    /// Returns the names of the scripts whose functions are in these libraries, in Rhai's order: a script comes behind those whose functions
    /// its own hide.
    ///
    /// `None` if a function is of no script that is known.
    pub(crate) fn origins(&self, libraries: &[Shared<Module>]) -> Option<Vec<String>> {
        let inputs = self.inputs();
        let mut all: Vec<String> = Vec::new();
        for library in libraries {
            let known = library.id().is_some_and(|id| self.module(id).is_some());
            let names = match known {
                true => vec![library.id().unwrap_or_default().to_string()],
                false => origins_of(library, &inputs)?,
            };
            let new = names.into_iter().filter(|name| !all.contains(name));
            let new: Vec<String> = new.collect();
            all.extend(new);
        }
        Some(all)
    }
}

fn origins_of(library: &Module, inputs: &[Input]) -> Option<Vec<String>> {
    let functions = library.iter_script_fn_info();
    let functions: Vec<_> = functions.map(|(.., function)| function).collect();
    let origin =
        |function: &&Shared<ScriptFuncDef>| inputs.iter().position(|input| input.has(function));
    let origins: Option<Vec<usize>> = functions.iter().map(origin).collect();
    let origins = origins?;
    // How many functions of an input are hidden by others: a later script hides those of earlier ones.
    let hidden = |input: usize| {
        let own = inputs[input].functions.iter_script_fn_info();
        own.filter(|(.., own)| !functions.iter().any(|kept| Shared::ptr_eq(kept, own)))
            .count()
    };
    let mut distinct = origins;
    distinct.sort_unstable();
    distinct.dedup();
    distinct.sort_by_key(|input| std::cmp::Reverse(hidden(*input)));
    let name = |input: usize| inputs[input].source.name.clone();
    Some(distinct.into_iter().map(name).collect())
}

impl Input {
    fn has(&self, function: &Shared<ScriptFuncDef>) -> bool {
        let mut own = self.functions.iter_script_fn_info();
        own.any(|(.., own)| Shared::ptr_eq(own, function))
    }
}
