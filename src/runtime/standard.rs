//! Rhai's own functions, as far as a program can call them.

use std::sync::LazyLock;

use rhai::packages::{Package, StandardPackage};
use rhai::{AST, Module, Shared};

use crate::script::bind::Vocabulary;

/// All of them, for every engine of the process.
static ALL: LazyLock<Shared<Module>> = LazyLock::new(|| StandardPackage::new().as_shared_module());

/// Returns those of Rhai's functions that a program with these words can call: each of them takes time at the start.
pub(super) fn functions(vocabulary: &Vocabulary) -> Shared<Module> {
    if matches!(vocabulary, Vocabulary::Any) {
        return ALL.clone();
    }
    // The functions of a lazy package are listed and not registered. Rhai registers some of them only where a program is copied.
    let all = AST::new([], StandardPackage::new_lazy().as_shared_module());
    let called = all.clone_functions_only_filtered(|_, _, _, name, _| {
        // `get$len`, `set$len`, `index$get$`.
        match name.split_once('$') {
            Some(("get" | "set", property)) => vocabulary.has(property),
            Some(_) => true,
            None => vocabulary.has(name),
        }
    });
    called.shared_lib().clone()
}
