//! Functions, loops, and what enters functions from outside.

use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Module};

use super::calls::add_types;
use super::emitter::{BOOL, Emitter, Ending, INT, POINTER, Passes, machine_type};
use super::loops::Count;
use super::survey::Survey;
use crate::native::code::{Function, Loop, Over, Ty, Var};
use crate::native::run::{GAVE_UP, Helper};

/// What routines are written with.
pub(super) struct Tools<'a> {
    pub module: &'a mut JITModule,
    pub builder: &'a mut FunctionBuilderContext,
    /// The functions that have been declared, by number.
    pub functions: &'a [FuncId],
    /// What calls helpers quietly.
    pub quiet: &'a mut Vec<(Helper, FuncId)>,
}

/// The signature of a function that other functions call.
pub(super) fn inner_signature(module: &JITModule, params: &[Ty], ret: Ty) -> Signature {
    let mut signature = module.make_signature();
    add_types(&mut signature, params, ret);
    signature
}

/// The signature of what is entered from outside.
pub(super) fn outer_signature(module: &JITModule) -> Signature {
    let mut signature = module.make_signature();
    signature
        .params
        .extend([POINTER, INT, POINTER].map(AbiParam::new));
    signature.returns.push(AbiParam::new(INT));
    signature
}

impl Tools<'_> {
    pub(super) fn function(
        &mut self,
        id: FuncId,
        code: &Function,
        survey: &Survey,
    ) -> ir::Function {
        let params: Vec<Ty> = code.params.iter().map(|var| code.vars[*var]).collect();
        let mut function = ir::Function::new();
        function.signature = inner_signature(self.module, &params, code.ret);
        let mut e = self.emitter(
            &mut function,
            &code.vars,
            survey,
            Ending::Function(code.ret),
        );
        e.itself = Some(id);
        e.own = survey.own_lists(&code.vars, &code.params, true);
        let entry = e.b.current_block();
        let given = entry
            .map(|entry| e.b.block_params(entry).to_vec())
            .unwrap_or_default();
        let stored = code
            .params
            .iter()
            .filter(|var| machine_type(code.vars[**var]).is_some());
        e.begin_lists();
        for (var, value) in stored.zip(&given[2..]) {
            e.take_param(*var, *value);
        }
        if !survey.calls.is_empty() {
            e.poll(0);
        }
        e.statements(&code.body.body);
        let value = code.body.value.as_ref();
        let value = value.and_then(|value| e.given_value(value));
        e.give(value, true);
        e.finish();
        function
    }

    pub(super) fn looping(&mut self, code: &Loop, survey: &Survey) -> ir::Function {
        let mut function = ir::Function::new();
        function.signature = outer_signature(self.module);
        let mut e = self.emitter(
            &mut function,
            &code.vars,
            survey,
            Ending::Function(Ty::Unit),
        );
        e.own = survey.own_lists(&code.vars, &code.params, false);
        e.given = &code.params;
        let slots = e.slots();
        e.begin_lists();
        e.load_params(slots, &code.params);
        e.ending = Ending::Loop(e.passes_of(code, slots));
        match &code.over {
            Over::While(condition) => {
                e.while_loop(condition.as_ref(), &code.body, code.place, true);
            }
            Over::Numbers { var, counter } => e.counted(code, *var, *counter, None),
            Over::Items { var, counter, list } => e.counted(code, *var, *counter, Some(*list)),
        }
        e.give(None, false);
        e.finish();
        function
    }

    /// What enters a function: takes its arguments from the slots, and puts its result there.
    pub(super) fn entry(&mut self, id: FuncId, params: &[Ty]) -> ir::Function {
        let mut function = ir::Function::new();
        function.signature = outer_signature(self.module);
        let survey = Survey::default();
        let mut e = self.emitter(&mut function, &[], &survey, Ending::Function(Ty::Unit));
        let slots = e.slots();
        let mut args = vec![e.context, e.depth];
        for (index, ty) in params.iter().enumerate() {
            args.extend(machine_type(*ty).map(|ty| e.load(ty, slots, index * 8)));
        }
        let results = e.call_directly(id, &args);
        if let [value, _] = results[..] {
            e.store(value, slots, params.len() * 8);
        }
        let gave_up = results.last().map(|flag| e.b.ins().uextend(INT, *flag));
        let exit = gave_up.map(|flag| e.b.ins().imul_imm_s(flag, GAVE_UP));
        e.b.ins().return_(exit.as_slice());
        let Emitter { b, module, .. } = e;
        b.finalize(module.target_config());
        function
    }

    fn emitter<'a>(
        &'a mut self,
        function: &'a mut ir::Function,
        types: &'a [Ty],
        survey: &'a Survey,
        ending: Ending<'a>,
    ) -> Emitter<'a> {
        let mut b = FunctionBuilder::new(function, self.builder);
        let (entry, fail) = (b.create_block(), b.create_block());
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        b.seal_block(entry);
        // Otherwise it counts as unreachable until something is written.
        b.ensure_inserted_block();
        let declare = |ty: &Ty| b.declare_var(machine_type(*ty).unwrap_or(BOOL));
        let vars: Vec<Variable> = types.iter().map(declare).collect();
        let mut declare_list = |ty: &Ty| {
            let is_list = matches!(ty, Ty::List(_) | Ty::Rows(_));
            is_list.then(|| [POINTER, INT].map(|ty| b.declare_var(ty)))
        };
        let lists = types.iter().map(&mut declare_list).collect();
        let (context, depth) = (b.block_params(entry)[0], b.block_params(entry)[1]);
        Emitter {
            b,
            module: self.module,
            functions: self.functions,
            quiet: self.quiet,
            itself: None,
            types,
            vars,
            lists,
            given: &[],
            own: Vec::new(),
            survey,
            context,
            depth,
            fail,
            ending,
            loops: Vec::new(),
            signatures: Vec::new(),
            callees: Vec::new(),
        }
    }
}

impl<'a> Emitter<'a> {
    /// The address of the slots, in what is entered from outside.
    fn slots(&mut self) -> ir::Value {
        let entry = self.b.current_block();
        entry.map_or(self.context, |entry| self.b.block_params(entry)[2])
    }

    fn passes_of(&mut self, code: &'a Loop, slots: ir::Value) -> Passes<'a> {
        let mut kept = Vec::new();
        for (slot, var) in code.params.iter().enumerate() {
            let ty = machine_type(code.vars[*var]).filter(|_| self.survey.assigns(*var));
            if let Some(ty) = ty {
                kept.push((slot, *var, self.b.declare_var(ty)));
            }
        }
        let writes = code.params.iter().any(|var| self.survey.stored[*var]);
        let pushed = code.params.iter().filter(|var| self.survey.pushed[**var]);
        Passes {
            slots,
            params: &code.params,
            kept,
            next: Some(self.b.declare_var(INT)).filter(|_| !matches!(code.over, Over::While(_))),
            pushed: pushed.copied().collect(),
            journal: writes.then(|| self.b.declare_var(POINTER)),
            ret: code.ret,
        }
    }

    fn counted(&mut self, code: &Loop, var: Var, counter: Option<Var>, list: Option<Var>) {
        let Ending::Loop(passes) = &self.ending else {
            return;
        };
        let (slots, offsets) = (
            passes.slots,
            [0, 1, 2, 3].map(|index| passes.count_slot(index)),
        );
        let [from, step, done, end] = offsets.map(|offset| self.load(INT, slots, offset));
        let count = Count {
            var,
            list,
            counter: counter.map(|counter| (counter, done)),
            from,
            step,
            end,
            place: code.place,
        };
        self.count(&count, &code.body, true);
    }

    fn call_directly(&mut self, id: FuncId, args: &[ir::Value]) -> Vec<ir::Value> {
        let callee = self.callee(id);
        let call = self.b.ins().call(callee, args);
        self.b.inst_results(call).to_vec()
    }

    fn finish(mut self) {
        self.write_fail();
        self.b.finalize(self.module.target_config());
    }
}
