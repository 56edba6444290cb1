//! Puts the nodes of islands into a program's tree.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rhai::{AST, Dynamic, Expr, ScriptFuncDef, Shared, Stmt, StmtBlock};

use super::fit::Fitting;
use super::island::{FunctionTree, KEY, LoopTree, Over};
use super::repeated;
use super::{Handle, Tree, Unfit};
use crate::program::bodies::{each_statement, node, with_functions, with_nodes};
use crate::program::catching::Inside;
use crate::program::with_block;

/// The most parameters of a function that may be an island.
const PARAMETERS: usize = 16;

/// Something that was looked at: an island, or what cannot be one and why.
#[derive(Debug)]
pub(crate) enum Noted {
    Island(Handle),
    Unfit {
        title: String,
        line: usize,
        why: Unfit,
    },
}

/// How a tree is wrapped.
pub(crate) struct Wrapping<'w> {
    fitting: Fitting<'w>,
    /// The functions and loops that were found, if somebody wants to know.
    notes: Option<Vec<Noted>>,
    /// The number of the function whose loops are looked at; 0 outside of functions.
    owner: u64,
    /// That function fits as a whole.
    is_whole: bool,
}

/// The functions so far.
static FUNCTIONS: AtomicU64 = AtomicU64::new(0);

/// Returns the program with its islands wrapped, and what was found if `explain` asks for it. `knows` tells whether the program has
/// a function of this name besides those of the tree.
pub(crate) fn wrap(ast: AST, knows: &dyn Fn(&str) -> bool, explain: bool) -> (AST, Vec<Noted>) {
    let library = ast.shared_lib().clone();
    let knows = |name: &str| {
        let mut own = library.iter_script_fn_info();
        own.any(|(.., function)| function.name == name) || knows(name)
    };
    let mut wrapping = Wrapping {
        fitting: Fitting { knows: &knows },
        notes: explain.then(Vec::new),
        owner: 0,
        is_whole: false,
    };
    let functions = wrapping.functions(&library);
    let has_loops = wrapping.has_loops(ast.statements());
    let statements = (has_loops || explain).then(|| {
        let mut statements = ast.statements().to_vec();
        wrapping.loops(&mut statements);
        statements
    });
    let notes = wrapping.notes.take().unwrap_or_default();
    if functions.is_empty() && statements.is_none() {
        return (ast, notes);
    }
    let statements = statements.unwrap_or_else(|| ast.statements().to_vec());
    (with_functions(&ast, statements, functions), notes)
}

impl Wrapping<'_> {
    /// Returns the functions that have to be replaced: islands, and those with islands inside.
    fn functions(&mut self, library: &rhai::Module) -> Vec<ScriptFuncDef> {
        let mut islands = Vec::new();
        for (.., function) in library.iter_script_fn_info() {
            if let Some(handle) = self.function(function) {
                islands.push((function.clone(), Dynamic::from(handle)));
            }
        }
        with_nodes(KEY, islands)
    }

    fn function(&mut self, function: &Shared<ScriptFuncDef>) -> Option<Handle> {
        let mut fits = Ok(0_u32);
        let mut has_loops = false;
        each_statement(function, |statement| {
            has_loops = has_loops || self.has_loops(std::slice::from_ref(statement));
            if let Ok(weight) = fits {
                let this = self.fitting.statements(std::slice::from_ref(statement));
                fits = this.map(|this| weight.saturating_add(this));
            }
        });
        if function.this_type.is_some() || function.params.len() > PARAMETERS {
            let why = "is a method of a type, or has too many parameters";
            fits = Err(Unfit::new(why, function.body.start_position()));
        }
        if let Err(why) = &fits {
            self.note_unfit(function, why);
        }
        let is_island = !(fits == Ok(0) || fits.is_err() && !has_loops);
        if !is_island && self.notes.is_none() {
            return None;
        }
        let mut statements = Vec::new();
        each_statement(function, |statement| statements.push(statement.clone()));
        let number = FUNCTIONS.fetch_add(1, Ordering::Relaxed) + 1;
        self.owner = number;
        self.is_whole = fits.is_ok();
        self.loops(&mut statements);
        self.owner = 0;
        self.is_whole = false;
        if !is_island {
            return None;
        }
        let (start, end) = (function.body.start_position(), function.body.end_position());
        let tree = Tree::Function(FunctionTree {
            name: function.name.clone(),
            params: function.params.iter().cloned().collect(),
            body: Expr::Stmt(StmtBlock::new(statements, start, end).into()),
            has_loop: has_loops,
            weight: fits.as_ref().copied().unwrap_or_default(),
            number,
            position: start,
        });
        let handle = Handle::new(tree, fits.err());
        if handle.0.fits {
            self.note(&handle);
        }
        Some(handle)
    }

    /// Returns whether there is a loop that may be an island.
    fn has_loops(&self, statements: &[Stmt]) -> bool {
        let has = |block: &StmtBlock| self.has_loops(block.statements());
        statements.iter().any(|statement| match statement {
            Stmt::While(flow, _) => self.fits(statement) || has(&flow.body),
            Stmt::For(parts, _) => self.fits(statement) || has(&parts.2.body),
            Stmt::If(flow, _) | Stmt::Do(flow, ..) | Stmt::TryCatch(flow, _) => {
                has(&flow.body) || has(&flow.branch)
            }
            Stmt::Block(block) => has(block),
            Stmt::Expr(expr) => {
                with_block::block_of(expr).is_some_and(has) || Inside::any(expr, has)
            }
            _ => false,
        })
    }

    fn fits(&self, statement: &Stmt) -> bool {
        self.pass(statement).is_some_and(|pass| pass.is_ok())
    }

    /// Returns the weight of a pass of a loop, or why it does not fit; `None` for other statements, and loops that do nothing.
    fn pass(&self, statement: &Stmt) -> Option<Result<u32, Unfit>> {
        let flow = match statement {
            Stmt::While(flow, _) => flow,
            Stmt::For(parts, _) => &parts.2,
            _ => return None,
        };
        (!flow.body.is_empty()).then(|| self.fitting.pass(statement))
    }

    /// Makes islands of the loops that fit, inside and out.
    fn loops(&mut self, statements: &mut [Stmt]) {
        for statement in statements {
            if self.is_whole {
                repeated::wrap(statement, self.owner);
            }
            let weight = self.pass(statement);
            match statement {
                Stmt::While(flow, _)
                | Stmt::If(flow, _)
                | Stmt::Do(flow, ..)
                | Stmt::TryCatch(flow, _) => {
                    self.loops(flow.body.statements_mut());
                    self.loops(flow.branch.statements_mut());
                }
                Stmt::For(parts, _) => self.loops(parts.2.body.statements_mut()),
                Stmt::Block(block) => self.loops(block.statements_mut()),
                Stmt::Expr(expr) => {
                    if let Some(block) = with_block::block_of_mut(expr) {
                        self.loops(block.statements_mut());
                    }
                    Inside::change(expr, |statements| self.loops(statements));
                }
                _ => {}
            }
            match weight {
                Some(Ok(weight)) => self.loop_of(statement, weight),
                Some(Err(why)) => self.note_loop(statement, why),
                None => {}
            }
        }
    }

    /// Makes an island of a loop.
    fn loop_of(&mut self, statement: &mut Stmt, weight: u32) {
        let position = statement.position();
        let (over, body) = match std::mem::take(statement) {
            Stmt::While(flow, _) => {
                let over = match flow.expr {
                    Expr::Unit(_) | Expr::BoolConstant(true, _) => Over::Forever,
                    condition => {
                        let at = condition.position();
                        Over::While(Expr::And(Box::new([condition].into_iter().collect()), at))
                    }
                };
                (over, flow.body)
            }
            Stmt::For(parts, _) => {
                let (var, counter, flow) = *parts;
                let over = Over::For {
                    var,
                    counter,
                    iterable: flow.expr,
                };
                (over, flow.body)
            }
            other => {
                *statement = other;
                return;
            }
        };
        let tree = Tree::Loop(LoopTree {
            over,
            body: Expr::Stmt(body.into()),
            weight,
            owner: self.owner,
            position,
            plain: OnceLock::new(),
        });
        let handle = Handle::new(tree, None);
        self.note(&handle);
        let node = node(KEY, Dynamic::from(handle), position);
        *statement = Stmt::Expr(node.into());
    }

    fn note(&mut self, handle: &Handle) {
        if let Some(notes) = &mut self.notes {
            notes.push(Noted::Island(handle.clone()));
        }
    }

    fn note_unfit(&mut self, function: &ScriptFuncDef, why: &Unfit) {
        if let Some(notes) = &mut self.notes {
            let title = match function.name.starts_with("anon$") {
                true => "closure".to_string(),
                false => format!("function {}", function.name),
            };
            let line = function.body.start_position().line().unwrap_or(0);
            let why = why.clone();
            notes.push(Noted::Unfit { title, line, why });
        }
    }

    fn note_loop(&mut self, statement: &Stmt, why: Unfit) {
        if let Some(notes) = &mut self.notes {
            let line = statement.position().line().unwrap_or(0);
            let title = "loop".to_string();
            notes.push(Noted::Unfit { title, line, why });
        }
    }
}
