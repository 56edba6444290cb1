//! Putting shortcuts into a tree: around the outermost loops of the top level, and around the bodies of functions that have loops, unless
//! there is an island in them.
//!
//! The other functions are run by shortcuts when shortcuts call them.

use std::cell::RefCell;
use std::collections::VecDeque;

use rhai::{
    AST, ASTNode, CustomExpr, Dynamic, Engine, Expr, Module, Position, ScriptFuncDef, Shared, Stmt,
    StmtBlock,
};

use super::unit::{Part, Unit};

/// The word that stands for a shortcut, which no script may write.
pub(super) const WORD: &str = "__shortcut__";

thread_local! {
    /// The shortcuts that the parser puts in the places of the word.
    static PUTTING: RefCell<VecDeque<Unit>> = const { RefCell::new(VecDeque::new()) };
}

/// Returns the shortcut for the next word that the parser reads.
pub(super) fn next_unit() -> Option<Unit> {
    PUTTING.with_borrow_mut(VecDeque::pop_front)
}

/// Puts shortcuts into a program, if the engine can run them.
pub(super) fn wrap(engine: &Engine, ast: AST) -> AST {
    let all = ast.shared_lib().iter_script_fn_info();
    let definitions: Vec<_> = all
        .map(|(.., definition)| definition)
        .filter(|definition| definition.this_type.is_none())
        .filter(|definition| Survey::of_body(definition).may_be_wrapped())
        .collect();
    let has_loop = |statement| Survey::of(statement).has_loop;
    if definitions.is_empty() && !ast.statements().iter().any(has_loop) {
        return ast;
    }
    let Some(functions) = wrapped_functions(engine, definitions) else {
        return ast;
    };
    let mut statements = ast.statements().to_vec();
    statements.iter_mut().for_each(wrap_loops);
    let mut module = (**ast.shared_lib()).clone();
    for function in functions {
        module.set_script_fn(function);
    }
    let mut wrapped = AST::new(statements, module);
    if let Some(source) = ast.source() {
        wrapped.set_source(source.to_string());
    }
    wrapped
}

/// Returns functions with their bodies wrapped; `None` if the engine has no shortcuts.
fn wrapped_functions(
    engine: &Engine,
    mut definitions: Vec<&Shared<ScriptFuncDef>>,
) -> Option<Vec<ScriptFuncDef>> {
    definitions.sort_by_key(|definition| definition.body.start_position());
    let (text, definitions) = text_with_bodies_of(definitions);
    let units = definitions.iter().map(|definition| unit_for(definition));
    let nothing = Unit::new(StmtBlock::empty(Position::NONE), Part::Loop);
    // The last one is only for the question whether the engine knows the word.
    PUTTING.set(units.chain([nothing]).collect());
    let compiled = engine.compile(text + WORD);
    PUTTING.take();
    let compiled = compiled.ok()?;
    // To an engine without shortcuts it is the name of a variable.
    let knows = |statement: &Stmt| matches!(statement, Stmt::Expr(word) if matches!(**word, Expr::Custom(..)));
    compiled.statements().last().filter(|last| knows(last))?;
    let with_body = |(index, definition): (usize, &&Shared<ScriptFuncDef>)| {
        let template = compiled
            .shared_lib()
            .get_script_fn(format!("f{index}"), 0)?;
        Some(ScriptFuncDef {
            body: template.body.clone(),
            name: definition.name.clone(),
            access: definition.access,
            this_type: None,
            params: definition.params.clone(),
        })
    };
    Some(
        definitions
            .iter()
            .enumerate()
            .filter_map(with_body)
            .collect(),
    )
}

/// Returns a text with functions `f0`, `f1` … whose bodies are the word and begin where those of the given functions do, by which closures are
/// known: Rhai does not export the type of a body, so its parser has to make them. Those without space for that are left out.
fn text_with_bodies_of(
    definitions: Vec<&Shared<ScriptFuncDef>>,
) -> (String, Vec<&Shared<ScriptFuncDef>>) {
    let (mut text, mut line, mut column) = (String::new(), 1, 1);
    let mut fitting = Vec::new();
    for definition in definitions {
        let start = definition.body.start_position();
        let (Some(start_line), Some(start_column)) = (start.line(), start.position()) else {
            continue;
        };
        let head = format!("fn f{}()", fitting.len());
        let has_space = start_line > line || start_column >= column + head.len();
        if start_line < line || !has_space {
            continue;
        }
        text += &head;
        column += head.len();
        if start_line > line {
            text.extend(std::iter::repeat_n('\n', start_line - line));
            (line, column) = (start_line, 1);
        }
        text.extend(std::iter::repeat_n(' ', start_column - column));
        let body = format!("{{{WORD}}}");
        text += &body;
        column = start_column + body.len();
        fitting.push(definition);
    }
    (text, fitting)
}

fn unit_for(definition: &Shared<ScriptFuncDef>) -> Unit {
    let (start, end) = (
        definition.body.start_position(),
        definition.body.end_position(),
    );
    let body = StmtBlock::new(statements_of(definition), start, end);
    Unit::new(body, Part::Function(definition.params.to_vec()))
}

/// Wraps the outermost loops in a statement of the top level.
fn wrap_loops(statement: &mut Stmt) {
    match statement {
        Stmt::While(..) | Stmt::For(..) if Survey::of(statement).may_be_wrapped() => {
            let at = statement.position();
            let body = StmtBlock::new([statement.clone()], at, Position::NONE);
            let unit = Unit::new(body, Part::Loop);
            let custom = CustomExpr {
                inputs: [unit.0.plain.clone()].into_iter().collect(),
                tokens: [WORD.into()].into_iter().collect(),
                state: Dynamic::from(unit),
                scope_may_be_changed: false,
                self_terminated: true,
            };
            *statement = Stmt::Expr(Expr::Custom(custom.into(), at).into());
        }
        Stmt::For(parts, _) => parts
            .2
            .body
            .statements_mut()
            .iter_mut()
            .for_each(wrap_loops),
        Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) | Stmt::TryCatch(flow, _) => {
            let blocks = [&mut flow.body, &mut flow.branch];
            let statements = blocks.into_iter().flat_map(|block| block.statements_mut());
            statements.for_each(wrap_loops);
        }
        Stmt::Block(block) => block.statements_mut().iter_mut().for_each(wrap_loops),
        _ => (),
    }
}

/// Looks for loops, and for nodes of islands, which drive the loops around which they are themselves.
#[derive(Default)]
struct Survey {
    has_loop: bool,
    has_node: bool,
}

impl Survey {
    fn of(statement: &Stmt) -> Self {
        let mut survey = Self::default();
        statement.walk(&mut Vec::new(), &mut |path| survey.see(path));
        survey
    }

    fn of_body(definition: &Shared<ScriptFuncDef>) -> Self {
        let (mut survey, mut module) = (Self::default(), Module::new());
        module.set_script_fn(definition.clone());
        AST::new([], module).walk(&mut |path| survey.see(path));
        survey
    }

    fn see(&mut self, path: &[ASTNode]) -> bool {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::While(..) | Stmt::For(..))) => self.has_loop = true,
            Some(ASTNode::Expr(Expr::Custom(..))) => self.has_node = true,
            _ => (),
        }
        !self.has_node
    }

    fn may_be_wrapped(&self) -> bool {
        self.has_loop && !self.has_node
    }
}

/// Returns the statements of a function.
pub(super) fn statements_of(definition: &Shared<ScriptFuncDef>) -> Vec<Stmt> {
    let mut module = Module::new();
    module.set_script_fn(definition.clone());
    let mut found = Vec::new();
    AST::new([], module).walk(&mut |path| {
        if let [ASTNode::Stmt(statement)] = path {
            found.push((*statement).clone());
        }
        true
    });
    found
}
