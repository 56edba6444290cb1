//! The functions of a program, closures included, by their names and places.

use std::collections::HashMap;

use rhai::{ImmutableString, ScriptFuncDef, Shared};

use super::source::{Parts, Program, Source};

impl Parts {
    /// Returns the latest definition of a function that is not in a module.
    fn definition(&mut self, name: &str) -> Option<Shared<ScriptFuncDef>> {
        let inputs = &self.inputs;
        let index = self.index.get_or_insert_with(|| {
            let mut index = HashMap::new();
            for input in inputs.iter().rev() {
                for (.., definition) in input.functions.iter_script_fn_info() {
                    let entry = index.entry(definition.name.clone());
                    entry.or_insert_with(|| definition.clone());
                }
            }
            index
        });
        index.get(name).cloned()
    }

    /// Returns every function and closure, the latest inputs' first.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (&Source, &Shared<ScriptFuncDef>)> {
        let inputs = self.inputs.iter().rev();
        let inputs = inputs.map(|input| (&input.source, &input.functions));
        let modules = self.modules.values();
        let modules = modules.map(|module| (&module.source, &module.functions));
        inputs.chain(modules).flat_map(|(source, functions)| {
            let rows = functions.iter_script_fn_info();
            rows.map(move |(.., definition)| (source, definition))
        })
    }
}

impl Program {
    /// Returns the definition of a function, closures included: the latest input's that has it, else a module's.
    pub(crate) fn function(&self, name: &str) -> Option<Shared<ScriptFuncDef>> {
        let mut parts = self.parts();
        parts.definition(name).or_else(|| {
            let found = parts.definitions().find(|(_, found)| found.name == name);
            found.map(|(_, definition)| definition.clone())
        })
    }

    /// Returns whether there is a function that every input has in reach.
    pub(crate) fn has_function(&self, name: &str) -> bool {
        self.parts().definition(name).is_some()
    }

    /// Returns the parameters of each function of this name.
    pub(crate) fn parameters(&self, name: &str) -> Vec<Vec<ImmutableString>> {
        let parts = self.parts();
        let forms = parts.definitions().filter(|(_, found)| found.name == name);
        forms.map(|(_, found)| found.params.to_vec()).collect()
    }

    /// Returns how many parameters a function has; `None` for a name that is unknown or has several forms.
    pub(crate) fn arity(&self, name: &str) -> Option<usize> {
        let parts = self.parts();
        let mut forms = parts.definitions().filter(|(_, found)| found.name == name);
        let arity = forms.next()?.1.params.len();
        forms
            .all(|(_, form)| form.params.len() == arity)
            .then_some(arity)
    }

    /// Returns the position of a closure's body: a name for it that every process of the program has. Its text is where it
    /// was found first.
    pub(crate) fn closure_place(&self, name: &str) -> Option<String> {
        let parts = self.parts();
        let mut closures = parts.definitions();
        let (source, closure) = closures.find(|(_, definition)| definition.name == name)?;
        let place = closure.body.start_position();
        Some(format!(
            "{}:{}:{}",
            source.name,
            place.line()?,
            place.position()?
        ))
    }

    /// Returns the closure at the position that another process has named.
    pub(crate) fn closure_at(&self, place: &str) -> Option<Shared<ScriptFuncDef>> {
        let (rest, column) = place.rsplit_once(':')?;
        let (name, line) = rest.rsplit_once(':')?;
        let (line, column) = (line.parse().ok()?, column.parse().ok()?);
        let parts = self.parts();
        let is_it = |(source, definition): &(&Source, &Shared<ScriptFuncDef>)| {
            let place = definition.body.start_position();
            source.name == name
                && definition.name.starts_with("anon$")
                && (place.line(), place.position()) == (Some(line), Some(column))
        };
        let found = parts.definitions().find(is_it);
        found.map(|(_, definition)| definition.clone())
    }
}
