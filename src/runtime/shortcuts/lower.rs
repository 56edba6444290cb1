//! Rhai's tree of a function or a loop as a tree of shortcuts: statements.

use rhai::{
    ASTFlags, ASTNode, CustomExpr, Dynamic, Expr, ImmutableString, Position, Stmt, StmtBlock,
};

use super::by_name::{Lowered, Refused, by_name};
use super::node::{
    Asked, Assign, Block, Code, For, Held, If, Items, Line, Local, Node, SetItem, Step, While, With,
};
use super::operators::{assigned_by, is_range};
use crate::program::with_block::{self, Parts};

/// Returns the code of a function.
pub(super) fn function(params: &[ImmutableString], body: &[Stmt]) -> Lowered<Code> {
    let mut lowering = Lowering::new(&|_| false);
    for param in params {
        lowering.declare(param);
    }
    let given = lowering.variables.clone();
    lowering.code(given, body)
}

/// Returns the code of a loop in these surroundings.
pub(super) fn a_loop(body: &[Stmt], is_outside: &dyn Fn(&str) -> bool) -> Lowered<Code> {
    let mut lowering = Lowering::new(is_outside);
    // First, so that they are not among the variables of a block.
    for statement in body {
        for name in names_in(&asked_statement(statement)) {
            if is_outside(&name) && lowering.find(&name).is_none() {
                lowering.declare(&name);
            }
        }
    }
    let given = lowering.variables.clone();
    lowering.code(given, body)
}

/// The variables that are visible at one place of the code.
pub(super) struct Lowering<'a> {
    /// The newest last.
    variables: Vec<(ImmutableString, usize)>,
    next: usize,
    most: usize,
    foreign: Vec<ImmutableString>,
    is_outside: &'a dyn Fn(&str) -> bool,
}

impl<'a> Lowering<'a> {
    fn new(is_outside: &'a dyn Fn(&str) -> bool) -> Self {
        Self {
            variables: Vec::new(),
            next: 0,
            most: 0,
            foreign: Vec::new(),
            is_outside,
        }
    }

    fn code(mut self, given: Vec<(ImmutableString, usize)>, body: &[Stmt]) -> Lowered<Code> {
        let body = self.block(body)?;
        Ok(Code {
            given: given.into(),
            foreign: self.foreign.into(),
            body,
            places: self.most,
        })
    }

    fn declare(&mut self, name: &ImmutableString) -> usize {
        let place = self.next;
        self.variables.push((name.clone(), place));
        self.next += 1;
        self.most = self.most.max(self.next);
        place
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let mut newest = self.variables.iter().rev();
        newest
            .find(|(known, _)| known == name)
            .map(|(_, place)| *place)
    }

    /// Returns the variable that an expression is, if it is one of the code's.
    pub(super) fn local(&self, expr: &Expr) -> Option<Local> {
        match expr {
            Expr::Variable(variable, _, at) if variable.2.is_empty() => Some(Local {
                place: self.find(&variable.1)?,
                name: variable.1.clone(),
                at: *at,
            }),
            _ => None,
        }
    }

    /// Returns a part that Rhai evaluates.
    pub(super) fn asked(&mut self, expr: &Expr) -> Lowered<Asked> {
        let mut names = Vec::new();
        for name in names_in(expr) {
            match self.find(&name) {
                Some(place) => names.push((name, place)),
                None if (self.is_outside)(&name) => return Err(Refused),
                None if !self.foreign.contains(&name) => self.foreign.push(name),
                None => (),
            }
        }
        Ok(Asked {
            expr: by_name(expr)?,
            names: names.into(),
        })
    }

    pub(super) fn block(&mut self, statements: &[Stmt]) -> Lowered<Block> {
        let (visible, first) = (self.variables.len(), self.next);
        let lines = statements.iter().map(|statement| self.line(statement));
        let lines = lines.collect::<Lowered<_>>()?;
        let places = first..self.next;
        self.variables.truncate(visible);
        self.next = first;
        Ok(Block { lines, places })
    }

    fn line(&mut self, statement: &Stmt) -> Lowered<Line> {
        let step = match statement {
            Stmt::Noop(_) => Step::Value(Node::Constant(Dynamic::UNIT)),
            Stmt::Expr(expr) => match with_block::of(expr) {
                Some(with) => self.a_with(with)?,
                None => Step::Value(self.node(expr)?),
            },
            Stmt::FnCall(call, at) => Step::Value(self.node(&Expr::FnCall(call.clone(), *at))?),
            Stmt::Block(block) => Step::Block(self.block(block.statements())?),
            Stmt::If(flow, _) => Step::If(Box::new(If {
                condition: self.condition(&flow.expr)?,
                then: self.block(flow.body.statements())?,
                otherwise: self.block(flow.branch.statements())?,
            })),
            Stmt::While(flow, _) => Step::While(Box::new(While {
                condition: match flow.expr {
                    Expr::Unit(_) | Expr::BoolConstant(true, _) => None,
                    ref condition => Some(self.condition(condition)?),
                },
                body: self.block(flow.body.statements())?,
            })),
            Stmt::For(parts, _) if parts.1.is_none() => self.a_for(statement)?,
            Stmt::Var(parts, options, _) => {
                let (name, value, replaced) = &**parts;
                if !options.is_empty() || replaced.is_some() {
                    return Err(Refused);
                }
                let value = self.node(value)?;
                Step::Let(self.declare(&name.name), value)
            }
            Stmt::Assignment(_) => self.assignment(statement)?,
            Stmt::Return(value, options, _) if options.is_empty() => {
                Step::Return(self.optional(value.as_deref())?)
            }
            Stmt::BreakLoop(value, options, _) if options.contains(ASTFlags::BREAK) => {
                Step::Break(self.optional(value.as_deref())?)
            }
            Stmt::BreakLoop(None, ..) => Step::Continue,
            _ => self.other(statement)?,
        };
        let at = statement.position();
        Ok(Line { step, at })
    }

    fn other(&mut self, statement: &Stmt) -> Lowered<Step> {
        let asked = self.asked(&asked_statement(statement))?;
        Ok(Step::Value(Node::Rhai(Box::new(asked))))
    }

    fn optional(&mut self, expr: Option<&Expr>) -> Lowered<Option<Node>> {
        expr.map(|expr| self.node(expr)).transpose()
    }

    fn a_for(&mut self, statement: &Stmt) -> Lowered<Step> {
        let Stmt::For(parts, _) = statement else {
            return Err(Refused);
        };
        let (name, _, flow) = &**parts;
        let whole = self.asked(&asked_statement(statement))?;
        let items = match is_range(&flow.expr) {
            Some((from, to, is_inclusive)) => {
                Items::Range(self.node(from)?, self.node(to)?, is_inclusive)
            }
            None => Items::Of(self.node(&flow.expr)?),
        };
        let (visible, first) = (self.variables.len(), self.next);
        let place = self.declare(&name.name);
        let body = self.block(flow.body.statements())?;
        self.variables.truncate(visible);
        self.next = first;
        Ok(Step::For(Box::new(For {
            place,
            items,
            body,
            at: flow.body.position(),
            whole,
        })))
    }

    fn a_with(&mut self, with: &CustomExpr) -> Lowered<Step> {
        let (visible, first) = (self.variables.len(), self.next);
        let mut parts = Parts::new(&with.inputs, &with.state);
        let mut items = Vec::new();
        while let Some((manager, name)) = parts.next_item() {
            let at = manager.position();
            let manager = self.node(manager)?;
            let place = match name {
                Some(Expr::Variable(variable, ..)) => Some(self.declare(&variable.1)),
                Some(_) => return Err(Refused),
                None => None,
            };
            items.push(Held { manager, place, at });
        }
        let body = match parts.block() {
            Some(Expr::Stmt(block)) => self.block(block.statements())?,
            _ => return Err(Refused),
        };
        self.variables.truncate(visible);
        self.next = first;
        let items = items.into();
        Ok(Step::With(Box::new(With { items, body })))
    }

    fn assignment(&mut self, statement: &Stmt) -> Lowered<Step> {
        let Stmt::Assignment(parts) = statement else {
            return Err(Refused);
        };
        let (how, sides) = &**parts;
        let op = assigned_by(how);
        if let Some(local) = self.local(&sides.lhs) {
            return Ok(Step::Assign(Box::new(Assign {
                local,
                op,
                value: self.node(&sides.rhs)?,
                how: how.clone(),
                target: by_name(&sides.lhs)?,
            })));
        }
        match self.item(&sides.lhs)? {
            Some(item) => Ok(Step::SetItem(Box::new(SetItem {
                item,
                op,
                value: self.node(&sides.rhs)?,
                how: how.clone(),
            }))),
            None => self.other(statement),
        }
    }
}

/// Returns a statement as an expression.
fn asked_statement(statement: &Stmt) -> Expr {
    let at = statement.position();
    Expr::Stmt(StmtBlock::new([statement.clone()], at, Position::NONE).into())
}

/// Returns the names of variables in an expression, each once.
fn names_in(expr: &Expr) -> Vec<ImmutableString> {
    let mut names: Vec<ImmutableString> = Vec::new();
    let mut note = |name: &ImmutableString| {
        if !names.contains(name) {
            names.push(name.clone());
        }
    };
    expr.walk(&mut Vec::new(), &mut |path| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Variable(variable, ..))) => note(&variable.1),
            Some(ASTNode::Stmt(Stmt::Share(shared))) => {
                shared.iter().for_each(|(name, _)| note(&name.name));
            }
            _ => (),
        }
        true
    });
    names
}
