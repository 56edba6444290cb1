//! What is wrong with a script, found without running it.
//!
//! - [`syntax`]: all of its syntax errors.
//! - [`mistakes`]: what would fail when it runs, [`mistake`] by mistake; [`uses`]: the names that it uses; [`typed`]: methods of variables whose class is certain.
//! - [`files`]: what the files have that it imports.

mod files;
mod mistake;
mod mistakes;
mod syntax;
mod typed;
mod uses;

use rhai::{AST, Engine, EvalAltResult};

pub(super) use self::syntax::place_of;

use super::{Runtime, Script, parsing};
use crate::advice::Pieces;
use crate::program::call;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::script::interp::Interp;
use crate::script::names::Names;
use crate::sys::deep_stack::on_deep_stack;

/// Compiles a source. The error is the report.
pub(super) fn compile(
    engine: &Engine,
    interp: &Interp,
    names: &Names,
    source: &Source,
) -> Result<AST, Box<Diagnostic>> {
    parsing::parse(interp, engine, source).map_err(|error| {
        let place = syntax::place_of(error.position());
        let pieces = Pieces::of(&source.text);
        syntax::report(names, source, &pieces, place, message_of(&error)).into()
    })
}

fn message_of(error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorParsing(kind, _) => kind.to_string(),
        other => other.to_string(),
    }
}

impl Runtime {
    /// Looks for mistakes in a script without running it: syntax errors; if there are none, names that are not defined, members that a
    /// module does not have, wrong numbers of arguments and unknown keywords.
    ///
    /// Names that the host [sets](Self::set), and those of earlier scripts of this runtime, are known.
    ///
    /// # Errors
    /// The mistakes, in the order of the text; of more than 100 the first 100.
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build().unwrap();
    /// let script = procscript::Script::from_text("demo.rhai", "fn f(x) { y } f();");
    /// let found = runtime.check(&script).unwrap_err();
    /// let kinds: Vec<&str> = found.iter().map(|mistake| mistake.kind.as_str()).collect();
    /// assert_eq!(kinds, ["NameError", "TypeError"]);
    /// ```
    pub fn check(&self, script: &Script) -> Result<(), Vec<Diagnostic>> {
        let source = script.source();
        let found = on_deep_stack(|| match call::compile(&self.engine, &source) {
            Ok(ast) => mistakes::mistakes(self, &source, &ast),
            Err(_) => syntax::errors(&self.engine, &self.names, &source),
        });
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}
