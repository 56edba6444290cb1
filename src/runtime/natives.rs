//! The natives of an engine: Rhai's, ours, and those of the host.

use std::sync::Arc;

use rhai::Engine;

use super::setup::{self, Setup};
use super::standard;
use crate::script::bind::{Owner, Registered, Vocabulary};
use crate::script::foreign::Foreign;
use crate::script::interp::Interp;
use crate::stdlib;

/// Gives an engine all natives: Rhai's, ours, and those of the host, which come first.
pub(super) fn add(
    engine: &mut Engine,
    interp: &Arc<Interp>,
    setups: &[Setup],
    vocabulary: Vocabulary,
) -> (Arc<Registered>, Vec<Foreign>) {
    if !matches!(vocabulary, Vocabulary::Nothing) {
        engine.register_global_module(standard::functions(&vocabulary));
    }
    // Natives that only this engine has need not look for their interpreter.
    let is_shared = matches!(vocabulary, Vocabulary::Any);
    let registered = match is_shared {
        true => stdlib::shared_natives(interp),
        false => stdlib::natives(interp, vocabulary),
    };
    add_ours(engine, interp, &registered);
    let foreign = setup::register(engine, setups);
    if is_shared && !Owner::note(engine, interp) {
        // A setup has given the engine a tag.
        let bound = stdlib::natives(interp, Vocabulary::Any);
        add_ours(engine, interp, &bound);
        return (bound, foreign);
    }
    (registered, foreign)
}

fn add_ours(engine: &mut Engine, interp: &Arc<Interp>, registered: &Registered) {
    add_members(engine, interp, registered);
    let mounts = &interp.settings.mounts;
    if mounts.is_empty() {
        mount(engine, registered, "");
    }
    for name in mounts {
        mount(engine, registered, name);
    }
}

/// Registers the members of types.
pub(super) fn add_members(engine: &mut Engine, interp: &Arc<Interp>, registered: &Registered) {
    engine.register_global_module(registered.members.clone());
    engine.register_global_module(registered.iterators.module(interp).into());
}

/// Registers the functions and constants, inside a module of this name unless it is empty.
pub(super) fn mount(engine: &mut Engine, registered: &Registered, name: &str) {
    if name.is_empty() {
        engine.register_global_module(registered.globals.clone());
        for (name, module) in &registered.namespaces {
            engine.register_static_module(*name, module.clone());
        }
        return;
    }
    let mut module = (*registered.globals).clone();
    module.set_id(name);
    for (name, inner) in &registered.namespaces {
        module.set_sub_module(*name, inner.clone());
    }
    module.build_index();
    engine.register_static_module(name, module.into());
}
