//! The environment of a function apart from its arguments: functions of its program, constants, imported modules.
//!
//! Rhai passes these to a native in its call context. To start a function elsewhere they are noted by name
//! ([`Environment::of`]) and looked up again in the other process ([`Environment::restore`]).

use std::sync::{Arc, RwLock};

use rhai::{Dynamic, Engine, GlobalRuntimeState, Module, NativeCallContext, Position, Shared};
use serde::{Deserialize, Serialize};

use super::source::Program;

/// The environment of a call, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Environment {
    /// The files whose functions are in scope, in Rhai's order.
    pub libraries: Vec<String>,
    /// `global::` constants. Their values are sent separately.
    #[serde(skip)]
    pub constants: Vec<(String, Dynamic)>,
    /// Imports in scope: alias and the module's name.
    pub imports: Vec<(String, String)>,
    /// The file the call is made from.
    pub source: Option<String>,
}

impl Environment {
    /// Returns the environment of the call behind `context`.
    pub(crate) fn of(context: &NativeCallContext) -> Self {
        Self::of_state(context.global_runtime_state())
    }

    pub(crate) fn of_state(global: &GlobalRuntimeState) -> Self {
        let name = |module: &Shared<Module>| module.id().unwrap_or_default().to_string();
        let constants = global
            .constants
            .as_ref()
            .and_then(|shared| shared.read().ok())
            .map(|map| {
                map.iter()
                    .map(|(k, v)| (k.to_string(), v.clone()))
                    .collect()
            })
            .unwrap_or_default();
        Self {
            libraries: global.lib.iter().map(name).collect(),
            constants,
            imports: global
                .scan_imports_raw()
                .map(|(k, m)| (k.to_string(), name(m)))
                .collect(),
            source: global.source.as_ref().map(ToString::to_string),
        }
    }

    /// Rebuilds the environment in this process, for a program that has been loaded here.
    ///
    /// # Errors
    /// When a module cannot be loaded.
    pub(crate) fn restore(
        self,
        engine: &Engine,
        program: &Program,
    ) -> Result<GlobalRuntimeState, Box<rhai::EvalAltResult>> {
        let mut global = engine.new_global_runtime_state();
        // All current inputs, because one that the call could use may have been redefined and dropped.
        global.lib.extend(program.libraries());
        let modules = self
            .libraries
            .iter()
            .filter_map(|name| program.module(name));
        global.lib.extend(modules.map(|module| module.functions));
        for (alias, name) in self.imports {
            let resolver = engine.module_resolver();
            let module = resolver.resolve(engine, self.source.as_deref(), &name, Position::NONE)?;
            global.push_import(alias, module);
        }
        if !self.constants.is_empty() {
            let map = self
                .constants
                .into_iter()
                .map(|(k, v)| (k.into(), v))
                .collect();
            global.constants = Some(Arc::new(RwLock::new(map)));
        }
        global.source = self.source.map(Into::into);
        Ok(global)
    }
}
