//! The programs of tasks in a worker process: one at a time is compiled, with the constants of whoever has submitted the task.

use std::sync::Arc;

use rhai::{Engine, EvalAltResult, GlobalRuntimeState};

use crate::program::call::{Blueprint, Head};
use crate::runtime::modules::Modules;
use crate::runtime::parsing;
use crate::script::exceptions::raise;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::remote::pool::Programs;
use crate::sys::deep_stack::on_deep_stack;
use crate::wire::{Codec, Values};

pub(super) struct Ground {
    pub interp: Arc<Interp>,
    pub engine: Arc<Engine>,
    pub modules: Arc<Modules>,
}

impl Programs for Ground {
    fn lay(
        &self,
        blueprint: Blueprint<u8>,
        head: Head<u8>,
        values: &[u8],
        codec: &dyn Codec,
    ) -> Result<GlobalRuntimeState, Box<EvalAltResult>> {
        let Self {
            interp,
            engine,
            modules,
        } = self;
        let program = &interp.program;
        program.forget_inputs();
        modules.forget();
        for source in blueprint.inputs {
            program.note_source(&source);
            let ast = on_deep_stack(|| parsing::parse(interp, engine, &source))?;
            program.add_input(source, ast.shared_lib().clone());
        }
        let mut compiled = Vec::new();
        for source in blueprint.modules {
            let ast = on_deep_stack(|| modules.compile(engine, interp, &source))?;
            compiled.push((source, ast));
        }
        let mut values = Values::new(values, codec);
        let received = head.surroundings.receive(&mut values);
        let (environment, carried) = received
            .map_err(|why| raise("ValueError", format!("the constants of the program: {why}")))?;
        let inside = carried.iter().flat_map(|module| &module.imports);
        for (_, name) in environment.imports.iter().chain(inside) {
            // Whatever else a program names would be looked for among the files of this machine.
            let is_of_program = compiled.iter().any(|(source, _)| source.name == *name);
            if !is_of_program && !modules.is_no_file(name) {
                let text = format!("the program imports {name}, and does not bring it along");
                return Err(raise("PermissionError", text));
            }
        }
        for ((source, ast), carried) in compiled.into_iter().zip(carried) {
            modules.adopt(engine, interp, source, &ast, carried)?;
        }
        environment.restore(engine, program)
    }
}
