//! Nodes of our own in Rhai's trees: in place of statements, and as the bodies of functions. Functions with other statements than they had.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{
    AST, ASTNode, CustomExpr, Dynamic, Engine, Expr, Identifier, LexError, Module,
    OptimizationLevel, Position, ScriptFuncDef, Shared, Stmt, StmtBlock, Token,
};

/// The body of a function in the text for the private engine, which reads it as the key.
const WORD: &str = "node";

/// The key of the nodes that hold the statements of functions.
pub(crate) const BODY: &str = "<body>";

/// The state of such a node: the statements, as a block.
#[derive(Clone)]
pub(crate) struct Body(pub Arc<Expr>);

/// Returns a node. The engine that runs it calls the handler that is registered for `key`, which is no word of the language, so that scripts
/// cannot write one.
pub(crate) fn node(key: &str, state: Dynamic, position: Position) -> Expr {
    let custom = CustomExpr {
        inputs: std::iter::empty().collect(),
        tokens: std::iter::once(key.into()).collect(),
        state,
        scope_may_be_changed: false,
        self_terminated: true,
    };
    Expr::Custom(custom.into(), position)
}

/// Returns the functions with nodes of these states as bodies. A function whose body begins so early that there is no space for a head
/// before it is left out.
///
/// Rhai does not export the type of a function's body, so it cannot be made by hand: a private engine parses a text whose functions have
/// nothing but a node as their bodies, at the lines and columns of the old ones, by which closures are known.
pub(crate) fn with_nodes(
    key: &'static str,
    mut functions: Vec<(Shared<ScriptFuncDef>, Dynamic)>,
) -> Vec<ScriptFuncDef> {
    functions.sort_by_key(|(function, _)| place(function));
    let mut texts: Vec<Text> = Vec::new();
    for (function, state) in functions {
        let Some(at) = place(&function) else { continue };
        if texts.iter().all(|text| !text.has_space(at)) {
            texts.push(Text::new());
        }
        if let Some(text) = texts.iter_mut().find(|text| text.has_space(at)) {
            text.add(at, function, state);
        }
    }
    texts
        .into_iter()
        .flat_map(|text| text.parsed(key))
        .collect()
}

/// Returns the functions with other statements, each inside of a node; see [`with_nodes`].
pub(crate) fn with_statements(
    functions: Vec<(Shared<ScriptFuncDef>, Vec<Stmt>)>,
) -> Vec<ScriptFuncDef> {
    let functions = functions.into_iter().map(|(function, statements)| {
        let (start, end) = (function.body.start_position(), function.body.end_position());
        let block = Expr::Stmt(StmtBlock::new(statements, start, end).into());
        (function, Dynamic::from(Body(Arc::new(block))))
    });
    with_nodes(BODY, functions.collect())
}

/// Returns a program with other statements, and these functions in place of those with the same names and parameters.
pub(crate) fn with_functions(
    ast: &AST,
    statements: Vec<Stmt>,
    functions: Vec<ScriptFuncDef>,
) -> AST {
    let mut module = (**ast.shared_lib()).clone();
    for function in functions {
        module.set_script_fn(function);
    }
    of_parts(ast, statements, module)
}

/// Returns a program of these parts, with the source of another.
pub(crate) fn of_parts(ast: &AST, statements: Vec<Stmt>, module: Module) -> AST {
    let mut made = AST::new(statements, module);
    if let Some(source) = ast.source() {
        made.set_source(source.to_string());
    }
    made
}

/// Returns the statements of a function, also those inside of a [`Body`].
pub(crate) fn statements_of(definition: &Shared<ScriptFuncDef>) -> Vec<Stmt> {
    let mut found = Vec::new();
    each_statement(definition, |statement| found.push(statement.clone()));
    found
}

/// Shows each statement of a function's body, also those inside of a [`Body`].
pub(crate) fn each_statement(function: &Shared<ScriptFuncDef>, mut show: impl FnMut(&Stmt)) {
    walk_function(function, &mut |path| {
        if let [ASTNode::Stmt(statement)] = path {
            let body = match statement {
                Stmt::Expr(expr) => body_in(expr),
                _ => None,
            };
            match body {
                Some(body) => body.statements().iter().for_each(&mut show),
                None => show(statement),
            }
        }
        true
    });
}

/// Walks through the tree of a function. The type of its body cannot be named outside of Rhai: a tree is walked that has no other function.
pub(crate) fn walk_function(
    function: &Shared<ScriptFuncDef>,
    see: &mut dyn FnMut(&[ASTNode]) -> bool,
) {
    let mut module = Module::new();
    module.set_script_fn(function.clone());
    AST::new([], module).walk(&mut |path| see(path));
}

/// Returns whether `this` is used in a function.
pub(crate) fn uses_this(function: &Shared<ScriptFuncDef>) -> bool {
    let mut uses = false;
    walk_function(function, &mut |path| {
        uses |= matches!(path.last(), Some(ASTNode::Expr(Expr::ThisPtr(_))));
        !uses
    });
    uses
}

/// Returns the body that a node holds.
pub(crate) fn body_in(expr: &Expr) -> Option<Body> {
    match expr {
        Expr::Custom(custom, _) => Some(custom.state.read_lock::<Body>()?.clone()),
        _ => None,
    }
}

impl Body {
    pub(crate) fn statements(&self) -> &[Stmt] {
        match &*self.0 {
            Expr::Stmt(block) => block.statements(),
            _ => &[],
        }
    }
}

/// Returns the line and column of a function's body.
fn place(function: &ScriptFuncDef) -> Option<(usize, usize)> {
    let at = function.body.start_position();
    Some((at.line()?, at.position()?))
}

/// A text of functions, and what they become.
struct Text {
    text: String,
    /// The line and column after its end, from 1.
    line: usize,
    column: usize,
    functions: Vec<Shared<ScriptFuncDef>>,
    states: VecDeque<Dynamic>,
}

impl Text {
    fn new() -> Self {
        Self {
            text: String::new(),
            line: 1,
            column: 1,
            functions: Vec::new(),
            states: VecDeque::new(),
        }
    }

    /// The head of the next function.
    fn head(&self) -> String {
        format!("fn f{}()", self.functions.len())
    }

    fn has_space(&self, (line, column): (usize, usize)) -> bool {
        line > self.line || line == self.line && column >= self.column + self.head().len()
    }

    fn add(
        &mut self,
        (line, column): (usize, usize),
        function: Shared<ScriptFuncDef>,
        state: Dynamic,
    ) {
        let head = self.head();
        self.text.push_str(&head);
        self.column += head.len();
        if line > self.line {
            self.text.push_str(&"\n".repeat(line - self.line));
            self.column = 1;
        }
        self.text.push_str(&" ".repeat(column - self.column));
        let body = format!("{{{WORD}}}");
        self.text.push_str(&body);
        (self.line, self.column) = (line, column + body.len());
        self.functions.push(function);
        self.states.push_back(state);
    }

    fn parsed(self, key: &'static str) -> Vec<ScriptFuncDef> {
        let Ok(parsed) = reader(key, self.states).compile(&self.text) else {
            return Vec::new();
        };
        let library = parsed.shared_lib();
        let functions = self.functions.iter().enumerate();
        let made = functions.filter_map(|(number, function)| {
            let template = library.get_script_fn(format!("f{number}"), 0)?;
            let mut new = (**template).clone();
            new.name = function.name.clone();
            new.params = function.params.clone();
            new.access = function.access;
            new.this_type = function.this_type.clone();
            Some(new)
        });
        made.collect()
    }
}

/// Returns an engine that reads each [`WORD`] as the next node.
fn reader(key: &'static str, states: VecDeque<Dynamic>) -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    #[allow(deprecated)]
    engine.on_parse_token(move |token, _, _| match token {
        Token::Identifier(word) if word.as_str() == WORD => {
            Token::Identifier(Box::new(Identifier::from(key)))
        }
        other => other,
    });
    let states = Mutex::new(states);
    engine.register_custom_syntax_with_state_raw(
        key,
        move |_, _, state| {
            let mut states = states.lock().unwrap_or_else(PoisonError::into_inner);
            let missing = || LexError::Runtime("no node is left".into()).into_err(Position::NONE);
            *state = states.pop_front().ok_or_else(missing)?;
            Ok(None)
        },
        false,
        |_, _, _| Ok(Dynamic::UNIT),
    );
    engine
}
