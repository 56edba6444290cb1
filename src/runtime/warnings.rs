//! What `check` warns of: programs that run, but may mean something else.

use std::any::TypeId;
use std::collections::BTreeSet;

use rhai::{AST, ScriptFuncDef, Shared};

use super::check::place_of;
use super::methods::owners;
use super::{Runtime, Script, lost_writes};
use crate::program::bodies::uses_this;
use crate::program::call;
use crate::program::diagnostic::Diagnostic;
use crate::program::guarded::named;
use crate::script::names::Names;
use crate::script::rhai_names::CLASSES;
use crate::sys::deep_stack::on_deep_stack;

/// The most types that a warning names.
const TYPES_NAMED: usize = 4;

impl Runtime {
    /// Returns warnings about a script that can be parsed, in the order of the text:
    /// - functions that use `this`, and have the name of a method that values of some types have themselves. On those values, the method is
    ///   called.
    /// - threads and processes whose function changes nothing but a list or dict that they get a copy of.
    /// - closures that run in other processes, and do nothing but change a variable that they have captured.
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build().unwrap();
    /// let script = procscript::Script::from_text("main", "fn get() { this.x } let m = #{x: 1}; m.get();");
    /// let warnings = runtime.warnings(&script);
    /// assert_eq!((warnings.len(), warnings[0].line), (1, 1));
    /// ```
    pub fn warnings(&self, script: &Script) -> Vec<Diagnostic> {
        on_deep_stack(|| {
            let source = script.source();
            let Ok(ast) = call::compile(&self.engine, &source) else {
                return Vec::new();
            };
            let hidden = self.hidden_functions(&ast).into_iter();
            let hidden = hidden.map(|(function, said)| (function.body.start_position(), said));
            let found = hidden.chain(lost_writes::find(&ast));
            let mut found: Vec<_> = found.map(|(at, said)| (place_of(at), said)).collect();
            found.sort();
            found
                .into_iter()
                .map(|(place, message)| {
                    let mut warning = Diagnostic::syntax(&source, place, message);
                    warning.kind = "Warning".into();
                    warning
                })
                .collect()
        })
    }

    fn hidden_functions(&self, ast: &AST) -> Vec<(Shared<ScriptFuncDef>, String)> {
        let functions: Vec<_> = named(ast).into_iter().filter(uses_this).collect();
        let names = functions.iter().map(|function| function.name.as_str());
        let owners = owners(&self.engine, &names.collect());
        let hidden = functions.into_iter().filter_map(|function| {
            let key = (function.name.as_str().into(), function.params.len());
            let types = types(&self.names, owners.get(&key)?);
            let name = &function.name;
            let message = format!(
                "{name}() is also a method of {types}: on such a value that is called, not this function"
            );
            Some((function, message))
        });
        hidden.collect()
    }
}

/// Returns the names of types, the first few.
fn types(names: &Names, ids: &std::collections::HashSet<TypeId>) -> String {
    let of_rhai = CLASSES.iter().map(|(name, type_id)| (type_id(), *name));
    let ours = names.natives().iter().filter_map(|row| row.receiver);
    let known = of_rhai.chain(ours);
    let found: BTreeSet<&str> = known
        .filter(|(id, _)| ids.contains(id))
        .map(|(_, name)| name)
        .collect();
    let mut shown: Vec<&str> = found.iter().copied().take(TYPES_NAMED).collect();
    if found.len() > TYPES_NAMED {
        shown.push("…");
    }
    if shown.is_empty() {
        return "other types".into();
    }
    shown.join(", ")
}
