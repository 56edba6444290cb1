//! The names that a tree uses: variables that it does not declare, functions that it calls, members of what it does not declare.

use std::collections::HashSet;

use rhai::{
    AST, ASTFlags, BinaryExpr, Expr, FnCallExpr, Ident, ImmutableString, Namespace, Position, Stmt,
    StmtBlock,
};

use crate::program::bodies::statements_of;
use crate::program::rewriting::lending;
use crate::program::with_block::{self, Parts};
use crate::runtime::lost_writes::target_and_args;

/// A name that is used.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// The names before it: `os` and `path` in `os.path.join`. Empty for a name that stands alone.
    pub path: Vec<ImmutableString>,
    pub name: ImmutableString,
    /// Whether the path is written with `::`.
    pub is_qualified: bool,
    /// The arguments, if it is called.
    pub call: Option<Arguments>,
    pub at: Position,
    /// The place of the path, if it is written with `::`.
    pub path_at: Position,
}

/// The arguments of a call.
#[derive(Debug, Clone)]
pub(super) struct Arguments {
    pub count: usize,
    /// The keys of the object map that is the last argument, and their places.
    pub keys: Option<Vec<(ImmutableString, Position)>>,
}

/// What a tree uses and declares.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub all: Vec<Use>,
    pub imports: Vec<Import>,
    /// The functions that a Process or a Thread calls: the name, the number of arguments, and the place.
    pub targets: Vec<(ImmutableString, usize, Position)>,
    /// The names of variables and parameters, wherever they are declared: a closure captures those that it calls, which the tree does not show.
    pub declared: HashSet<ImmutableString>,
    /// Names that the script asks for with `is_def_var`.
    pub asked: HashSet<ImmutableString>,
    /// Whether variables may be declared that the tree does not show: by `eval`, or by syntax of the host.
    pub is_open: bool,
}

/// The import of a module: its path, if that is known and the script does not only try to import it; its name in the script; its place.
pub(super) type Import = (Option<ImmutableString>, ImmutableString, Position);

/// Returns what a tree uses. It has to be as the parser made it.
pub(super) fn of(ast: &AST) -> Uses {
    let mut walk = Walk::default();
    walk.block(ast.statements());
    for (.., function) in ast.shared_lib().iter_script_fn_info() {
        walk.scopes.clear();
        let params = function.params.iter().cloned().collect();
        walk.inside(params, |walk| walk.block(&statements_of(function)));
    }
    walk.uses
}

#[derive(Default)]
struct Walk {
    /// The names declared in each block around the place.
    scopes: Vec<Vec<ImmutableString>>,
    /// How many `try` blocks are around the place.
    tries: usize,
    uses: Uses,
}

impl Walk {
    fn is_declared(&self, name: &str) -> bool {
        let mut names = self.scopes.iter().flatten();
        names.any(|declared| declared == name)
    }

    fn declare(&mut self, name: &ImmutableString) {
        self.uses.declared.insert(name.clone());
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(name.clone());
        }
    }

    fn add(&mut self, name: &ImmutableString, call: Option<&FnCallExpr>, at: Position) {
        self.add_member(Vec::new(), name, call, at);
    }

    fn add_member(
        &mut self,
        path: Vec<ImmutableString>,
        name: &ImmutableString,
        call: Option<&FnCallExpr>,
        at: Position,
    ) {
        self.uses.all.push(Use {
            path,
            name: name.clone(),
            is_qualified: false,
            call: call.map(arguments),
            at,
            path_at: at,
        });
    }

    /// Runs `walk` in a block of its own, in which these names are declared.
    fn inside(&mut self, names: Vec<ImmutableString>, walk: impl FnOnce(&mut Self)) {
        self.uses.declared.extend(names.iter().cloned());
        self.scopes.push(names);
        walk(self);
        self.scopes.pop();
    }

    fn block(&mut self, statements: &[Stmt]) {
        self.inside(Vec::new(), |walk| {
            statements.iter().for_each(|stmt| walk.statement(stmt));
        });
    }

    fn body(&mut self, names: Vec<ImmutableString>, body: &StmtBlock) {
        self.inside(names, |walk| walk.block(body.statements()));
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::If(flow, _) => {
                self.expression(&flow.expr);
                self.block(flow.body.statements());
                self.block(flow.branch.statements());
            }
            Stmt::Switch(parts, _) => {
                self.expression(&parts.0);
                let cases = parts.1.expressions.iter();
                cases.for_each(|case| self.both(case));
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.expression(&flow.expr);
                self.block(flow.body.statements());
            }
            Stmt::For(parts, _) => {
                let (item, counter, flow) = &**parts;
                self.expression(&flow.expr);
                let names = [Some(item), counter.as_ref()].into_iter().flatten();
                self.body(names.map(|ident| ident.name.clone()).collect(), &flow.body);
            }
            Stmt::Var(parts, ..) => {
                self.expression(&parts.1);
                self.declare(&parts.0.name);
            }
            Stmt::Assignment(parts) => self.both(&parts.1),
            Stmt::FnCall(call, at) => self.call(call, *at),
            Stmt::Block(block) => self.block(block.statements()),
            Stmt::TryCatch(flow, _) => {
                self.tries += 1;
                self.block(flow.body.statements());
                self.tries -= 1;
                let name = variable(&flow.expr).map(|(name, _)| name.clone());
                self.body(name.into_iter().collect(), &flow.branch);
            }
            Stmt::Expr(expr) => self.expression(expr),
            Stmt::BreakLoop(Some(expr), ..) | Stmt::Return(Some(expr), ..) => self.expression(expr),
            Stmt::Import(parts, at) => self.import(&parts.0, &parts.1, *at),
            Stmt::Export(names, _) => self.variable(&names.0.name, names.0.pos),
            // What a closure captures is an argument of the call that makes it.
            _ => (),
        }
    }

    fn import(&mut self, path: &Expr, alias: &Ident, at: Position) {
        self.expression(path);
        let literal = match path {
            Expr::StringConstant(path, at) => Some((path.clone(), *at)),
            _ => None,
        };
        let place = literal.as_ref().map_or(at, |(_, at)| *at);
        let path = literal.map(|(path, _)| path).filter(|_| self.tries == 0);
        self.uses.imports.push((path, alias.name.clone(), place));
    }

    fn both(&mut self, pair: &BinaryExpr) {
        self.expression(&pair.lhs);
        self.expression(&pair.rhs);
    }

    fn variable(&mut self, name: &ImmutableString, at: Position) {
        if !self.is_declared(name) {
            self.add(name, None, at);
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Variable(parts, _, at) => match parts.2.is_empty() {
                true => self.variable(&parts.1, *at),
                false => self.qualified(&parts.2, &parts.1, None, *at),
            },
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                parts.iter().for_each(|part| self.expression(part));
            }
            Expr::Map(parts, _) => parts.0.iter().for_each(|(_, value)| self.expression(value)),
            Expr::MethodCall(call, at) | Expr::FnCall(call, at) => self.call(call, *at),
            Expr::Stmt(block) => self.block(block.statements()),
            Expr::Dot(parts, flags, _) => {
                let path = self.root(&parts.lhs);
                let is_last = flags.contains(ASTFlags::BREAK);
                self.link(&parts.rhs, true, is_last, path);
            }
            Expr::Index(parts, flags, _) => {
                self.expression(&parts.lhs);
                let is_last = flags.contains(ASTFlags::BREAK);
                self.link(&parts.rhs, false, is_last, None);
            }
            Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
                parts.iter().for_each(|part| self.expression(part));
            }
            Expr::Custom(custom, _) => match with_block::of(expr) {
                Some(with) => self.with(Parts::new(&with.inputs, &with.state)),
                None => {
                    self.uses.is_open |= lending::inside(expr).is_none();
                    custom.inputs.iter().for_each(|part| self.expression(part));
                }
            },
            _ => (),
        }
    }

    /// The first part of a chain. Returns its path if it is a name that the tree does not declare.
    fn root(&mut self, expr: &Expr) -> Option<Vec<ImmutableString>> {
        self.expression(expr);
        let (name, _) = variable(expr)?;
        (!self.is_declared(name)).then(|| vec![name.clone()])
    }

    /// The next part of a chain: a member if it is behind a dot, else an index. The rest of the chain is in its node.
    fn link(
        &mut self,
        rest: &Expr,
        is_member: bool,
        is_last: bool,
        path: Option<Vec<ImmutableString>>,
    ) {
        let (part, next) = match rest {
            Expr::Dot(parts, flags, _) if !is_last => (&parts.lhs, Some((parts, true, *flags))),
            Expr::Index(parts, flags, _) if !is_last => (&parts.lhs, Some((parts, false, *flags))),
            only => (only, None),
        };
        let path = match is_member {
            true => self.member(part, path),
            false => {
                self.expression(part);
                None
            }
        };
        if let Some((parts, is_member, flags)) = next {
            let is_last = flags.contains(ASTFlags::BREAK);
            self.link(&parts.rhs, is_member, is_last, path);
        }
    }

    fn member(
        &mut self,
        member: &Expr,
        path: Option<Vec<ImmutableString>>,
    ) -> Option<Vec<ImmutableString>> {
        match member {
            Expr::Property(parts, at) => {
                let mut path = path?;
                self.add_member(path.clone(), &parts.2, None, *at);
                path.push(parts.2.clone());
                Some(path)
            }
            Expr::MethodCall(call, at) => {
                self.arguments(call);
                if let Some(path) = path {
                    self.add_member(path, &call.name, Some(call), *at);
                }
                None
            }
            other => {
                self.expression(other);
                None
            }
        }
    }

    fn call(&mut self, call: &FnCallExpr, at: Position) {
        self.arguments(call);
        if call.is_operator_call() {
            return;
        }
        if call.is_qualified() {
            return self.qualified(&call.namespace, &call.name, Some(call), at);
        }
        match (call.name.as_str(), &call.args[..]) {
            ("eval", _) => self.uses.is_open = true,
            ("is_def_var", [Expr::StringConstant(name, _)]) => {
                self.uses.asked.insert(name.clone());
            }
            _ => (),
        }
        let is_word = call
            .name
            .starts_with(|c: char| c.is_alphabetic() || c == '_');
        if is_word {
            self.add(&call.name, Some(call), at);
        }
        if matches!(call.name.as_str(), "Process" | "Thread") {
            self.task(&call.args, at);
        }
    }

    /// The function of a Process or a Thread, which is called with the items of a list.
    fn task(&mut self, args: &[Expr], at: Position) {
        let (target, list) = target_and_args(args);
        let count = match list {
            None => 0,
            Some(Expr::Array(items, _)) => items.len(),
            Some(_) => return,
        };
        let name = target.and_then(variable).map(|(name, _)| name);
        if let Some(name) = name.filter(|name| !self.is_declared(name)) {
            self.uses.targets.push((name.clone(), count, at));
        }
    }

    fn qualified(
        &mut self,
        path: &Namespace,
        name: &ImmutableString,
        call: Option<&FnCallExpr>,
        at: Position,
    ) {
        self.uses.all.push(Use {
            path: path.path.iter().map(|part| part.name.clone()).collect(),
            name: name.clone(),
            is_qualified: true,
            call: call.map(arguments),
            at,
            path_at: path.position(),
        });
    }

    fn arguments(&mut self, call: &FnCallExpr) {
        call.args.iter().for_each(|arg| self.expression(arg));
    }

    /// The rest of a `with` statement, whose items come one after another.
    fn with(&mut self, mut parts: Parts<'_, Expr>) {
        let Some((item, name)) = parts.next_item() else {
            if let Some(Expr::Stmt(block)) = parts.block() {
                self.block(block.statements());
            }
            return;
        };
        self.expression(item);
        let name = name.and_then(variable).map(|(name, _)| name.clone());
        self.inside(name.into_iter().collect(), |walk| walk.with(parts));
    }
}

/// The name of a variable without a namespace, and its place.
fn variable(expr: &Expr) -> Option<(&ImmutableString, Position)> {
    match expr {
        Expr::Variable(parts, _, at) if parts.2.is_empty() => Some((&parts.1, *at)),
        _ => None,
    }
}

pub(super) fn arguments(call: &FnCallExpr) -> Arguments {
    let keys = call.args.last().and_then(|last| match last {
        Expr::Map(parts, _) => Some(parts.0.iter()),
        _ => None,
    });
    let keys = keys.map(|keys| keys.map(|(key, _)| (key.name.clone(), key.pos)).collect());
    Arguments {
        count: call.args.len(),
        keys,
    }
}
