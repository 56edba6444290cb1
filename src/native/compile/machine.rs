//! The compiler.

use std::fmt;
use std::sync::Arc;

use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{Context, ir};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, default_libcall_names};

use super::helping::quiet_caller;
use super::routine::{Tools, inner_signature, outer_signature};
use super::survey::Survey;
use crate::native::code::{Function, FunctionId, Loop, Over, Ty};
use crate::native::run::{Entry, Helper, Kind, Memory, Shape};

/// Cranelift's settings.
const SETTINGS: [(&str, &str); 6] = [
    ("opt_level", "speed"),
    ("is_pic", "false"),
    ("use_colocated_libcalls", "false"),
    ("unwind_info", "false"),
    ("enable_probestack", "false"),
    // It checks what is written here: where this is tested.
    ("enable_verifier", if cfg!(test) { "true" } else { "false" }),
];

/// The compiler, with the memory of what it has compiled.
pub(crate) struct Machine {
    memory: Arc<Memory>,
    context: Context,
    builder: FunctionBuilderContext,
    functions: Vec<Declared>,
    /// The functions' numbers in Cranelift.
    ids: Vec<FuncId>,
    /// What calls helpers quietly, and how many of these have been compiled.
    quiet: (Vec<(Helper, FuncId)>, usize),
    bytes: usize,
}

/// A function that has been declared.
struct Declared {
    params: Vec<Ty>,
    ret: Ty,
    body: Body,
    callees: Vec<FunctionId>,
}

enum Body {
    Missing,
    /// Compiled when it is needed.
    Written(Box<ir::Function>),
    Compiled,
    /// Cranelift has refused it.
    Impossible,
}

impl Machine {
    /// Creates a compiler for this processor. The error says why there is none: it is not supported.
    pub(crate) fn new() -> Result<Self, String> {
        let mut flags = settings::builder();
        for (name, value) in SETTINGS {
            flags.set(name, value).map_err(|error| error.to_string())?;
        }
        let processor = cranelift_native::builder()?;
        let flags = settings::Flags::new(flags);
        let processor = processor.finish(flags).map_err(|error| error.to_string())?;
        let builder = JITBuilder::with_isa(processor, default_libcall_names());
        let module = JITModule::new(builder);
        Ok(Self {
            context: module.make_context(),
            memory: Memory::new(module),
            builder: FunctionBuilderContext::new(),
            functions: Vec::new(),
            ids: Vec::new(),
            quiet: (Vec::new(), 0),
            bytes: 0,
        })
    }

    /// Declares a function, so that others can call it before it is defined.
    pub(crate) fn declare(&mut self, params: &[Ty], ret: Ty) -> FunctionId {
        let id = self.memory.with(|module| {
            let signature = inner_signature(module, params, ret);
            let id = module.declare_anonymous_function(&signature);
            id.map_err(|error| error.to_string())
        });
        self.functions.push(Declared {
            params: params.to_vec(),
            ret,
            body: id.as_ref().map_or(Body::Impossible, |_| Body::Missing),
            callees: Vec::new(),
        });
        self.ids.push(id.unwrap_or_else(|_| FuncId::from_u32(0)));
        self.functions.len() - 1
    }

    /// Defines a declared function. Those that it calls must have been declared.
    pub(crate) fn define(&mut self, id: FunctionId, function: &Function) -> Result<(), String> {
        let survey = Survey::of(&function.body, function.vars.len());
        survey.check(&function.vars, &[])?;
        self.check_calls(&survey)?;
        let declared = self.functions.get(id).ok_or("there is no such function")?;
        let params = function.params.iter().map(|var| &function.vars[*var]);
        if !declared.params.iter().eq(params) || declared.ret != function.ret {
            return Err("a function is defined with other types than it was declared with".into());
        }
        if !matches!(declared.body, Body::Missing) {
            return Err("a function is defined twice".into());
        }
        let number = self.ids[id];
        let code = self.write(|tools| tools.function(number, function, &survey))?;
        self.functions[id].body = Body::Written(Box::new(code));
        self.functions[id].callees = survey.calls.iter().map(|call| call.function).collect();
        Ok(())
    }

    /// Returns what enters a defined function from outside. Whatever it calls, directly or by way of others, must be defined.
    pub(crate) fn entry(&mut self, id: FunctionId) -> Result<Entry, String> {
        self.complete(&[id])?;
        let Declared { params, ret, .. } = &self.functions[id];
        let (vars, result, number) = (params.clone(), *ret, self.ids[id]);
        let code = self.write(|tools| tools.entry(number, &vars))?;
        let shape = Shape {
            written: vec![false; vars.len()],
            vars,
            result,
            kind: Kind::Function,
            place: 0,
        };
        self.enterable(code, shape)
    }

    /// Compiles a loop. Whatever it calls must be defined.
    pub(crate) fn looping(&mut self, code: &Loop) -> Result<Entry, String> {
        let survey = Survey::of_loop(code);
        survey.check(&code.vars, &code.params)?;
        self.check_calls(&survey)?;
        let callees: Vec<_> = survey.calls.iter().map(|call| call.function).collect();
        self.complete(&callees)?;
        let kind = match &code.over {
            Over::While(_) => Kind::While,
            Over::Numbers { .. } => Kind::Numbers,
            Over::Items { list, .. } => {
                let slot = code.params.iter().position(|param| param == list);
                Kind::Items(slot.ok_or("the list that a loop goes over is not a parameter")?)
            }
        };
        let shape = Shape {
            vars: code.params.iter().map(|var| code.vars[*var]).collect(),
            written: code.params.iter().map(|var| survey.stored[*var]).collect(),
            result: code.ret,
            kind,
            place: code.place,
        };
        let code = self.write(|tools| tools.looping(code, &survey))?;
        self.enterable(code, shape)
    }

    /// Returns the number of bytes of machine code so far.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Compares calls with what they call.
    fn check_calls(&self, survey: &Survey) -> Result<(), String> {
        for call in &survey.calls {
            let callee = self.functions.get(call.function);
            let callee = callee.ok_or("a function is called that is not declared")?;
            let mut args = call.args.iter().zip(&callee.params);
            let fits = args.all(|(arg, param)| arg == param || *arg == Ty::Never);
            if !fits || call.args.len() != callee.params.len() || call.ty != callee.ret {
                return Err(
                    "a function is called with other types than it was declared with".into(),
                );
            }
        }
        Ok(())
    }

    /// Compiles these functions and all that they call, if that has not been done.
    fn complete(&mut self, ids: &[FunctionId]) -> Result<(), String> {
        let mut needed = Vec::new();
        let mut open = ids.to_vec();
        while let Some(id) = open.pop() {
            if needed.contains(&id) {
                continue;
            }
            let declared = self.functions.get(id).ok_or("there is no such function")?;
            if matches!(declared.body, Body::Missing | Body::Impossible) {
                return Err("a function is called that is not defined".into());
            }
            open.extend(&declared.callees);
            needed.push(id);
        }
        for id in needed {
            let body = &mut self.functions[id].body;
            if let Body::Written(code) = std::mem::replace(body, Body::Impossible) {
                self.compile(self.ids[id], *code)?;
            }
            self.functions[id].body = Body::Compiled;
        }
        Ok(())
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut Tools) -> ir::Function,
    ) -> Result<ir::Function, String> {
        let (builder, functions) = (&mut self.builder, &self.ids);
        let quiet = &mut self.quiet.0;
        self.memory.with(|module| {
            Ok(write(&mut Tools {
                module,
                builder,
                functions,
                quiet,
            }))
        })
    }

    fn compile(&mut self, id: FuncId, code: ir::Function) -> Result<(), String> {
        let context = &mut self.context;
        context.func = code;
        let result = self.memory.with(|module| {
            let defined = module.define_function(id, context);
            defined.map_err(|error| format!("{error:?}"))
        });
        self.bytes += context
            .compiled_code()
            .map_or(0, |code| code.code_buffer().len());
        context.clear();
        result
    }

    fn enterable(&mut self, code: ir::Function, shape: Shape) -> Result<Entry, String> {
        let id = self.memory.with(|module| {
            let id = module.declare_anonymous_function(&outer_signature(module));
            id.map_err(|error| error.to_string())
        })?;
        self.compile(id, code)?;
        while let Some((helper, id)) = self.quiet.0.get(self.quiet.1).copied() {
            let builder = &mut self.builder;
            let caller = self
                .memory
                .with(|module| Ok(quiet_caller(module, builder, helper)))?;
            self.compile(id, caller)?;
            self.quiet.1 += 1;
        }
        Ok(Entry::new(self.memory.start(id)?, shape))
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("functions", &self.functions.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}
