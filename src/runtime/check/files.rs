//! The members of a module that is a file beside the script.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use rhai::{AST, ASTFlags, Engine, EvalAltResult, FnAccess, Stmt};

use super::mistake::Mistake;
use super::uses::{self, Use};
use crate::advice;
use crate::program::compiling;
use crate::runtime::{Runtime, modules};
use crate::script::counts::{Params, wrong_own_count};
use crate::text::{from_os, to_path};

/// The members of a module.
pub(super) struct File {
    functions: HashMap<String, Vec<Params>>,
    values: HashSet<String>,
    /// Whether it may have others.
    is_open: bool,
}

/// Returns the text of the file that a script would import; nothing if there is none.
///
/// # Errors
/// The file cannot be read.
pub(super) fn text_of(
    runtime: &Runtime,
    importer: &str,
    path: &str,
) -> Result<Option<Arc<str>>, Box<EvalAltResult>> {
    let interp = &runtime.interp;
    if let Some(text) = runtime.modules.text_of_host(path) {
        return Ok(Some(text.into()));
    }
    let mut own = interp.program.directories();
    own.extend(to_path(importer).parent().map(Path::to_path_buf));
    let found = runtime.modules.find(interp, Some(importer), path, &own)?;
    let text = found.map(|(place, file)| modules::read(&place, &from_os(&file)));
    text.transpose()
}

/// Reads the text of a module; nothing if it does not parse.
pub(super) fn read(engine: &Engine, text: &Arc<str>) -> Option<File> {
    let ast = compiling::parse(engine, text).ok()?;
    let mut functions: HashMap<String, Vec<Params>> = HashMap::new();
    for (.., function) in ast.shared_lib().iter_script_fn_info() {
        if function.access == FnAccess::Public {
            let forms = functions.entry(function.name.to_string()).or_default();
            forms.push(function.params.to_vec());
        }
    }
    Some(File {
        functions,
        values: exported(&ast),
        is_open: uses::of(&ast).is_open,
    })
}

fn exported(ast: &AST) -> HashSet<String> {
    let names = ast
        .statements()
        .iter()
        .filter_map(|statement| match statement {
            Stmt::Var(parts, flags, _) => {
                let is_exported = flags.contains(ASTFlags::EXPORTED);
                is_exported.then(|| parts.0.name.to_string())
            }
            Stmt::Export(names, _) => {
                let name = [&names.1.name, &names.0.name]
                    .into_iter()
                    .find(|name| !name.is_empty());
                name.map(ToString::to_string)
            }
            _ => None,
        });
    names.collect()
}

impl File {
    /// What is wrong with the use of a member; the module is imported as `alias`.
    pub(super) fn mistake(&self, alias: &str, used: &Use) -> Option<Mistake> {
        let name = &*used.name;
        if self.is_open || self.values.contains(name) {
            return None;
        }
        let words = match (self.functions.get(name), &used.call) {
            (Some(forms), Some(call)) => wrong_own_count(name, forms, call.count)?,
            (Some(_), None) => return None,
            (None, Some(_)) => {
                let message = format!("module '{alias}' has no function '{name}'");
                ("AttributeError", message)
            }
            (None, None) => {
                let message = format!("module '{alias}' has no value '{name}'");
                ("AttributeError", message)
            }
        };
        let known = self.functions.keys().chain(&self.values);
        let help = advice::did_you_mean(name, known.map(String::as_str));
        Some((words, used.at, help))
    }
}
