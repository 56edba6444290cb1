//! Writes that nobody can see: a function changes nothing but its argument, which is a list or a dict that a Thread or a Process has got a copy
//! of.

use std::collections::HashSet;

use rhai::{
    AST, ASTNode, Expr, FnCallExpr, ImmutableString, Module, Position, ScriptFuncDef, Shared, Stmt,
};

use crate::program::bodies::statements_of;

/// A start of a thread or a process whose writes are lost: where, and what to say.
pub(super) type Found = (Position, String);

/// The methods that change a list or a dict.
const CHANGING: [&str; 11] = [
    "append", "clear", "extend", "insert", "pop", "push", "remove", "reverse", "set", "sort",
    "update",
];

/// Returns where a script starts threads and processes whose writes are certainly lost.
pub(super) fn find(ast: &AST) -> Vec<Found> {
    let library = ast.shared_lib();
    let mut found = found_in(ast.statements(), &[], library);
    for (.., function) in library.iter_script_fn_info() {
        let statements = statements_of(function);
        found.extend(found_in(&statements, &function.params, library));
    }
    found
}

fn found_in(
    statements: &[Stmt],
    params: &[ImmutableString],
    library: &Shared<Module>,
) -> Vec<Found> {
    let plain = plain_variables(statements, params);
    let mut found = Vec::new();
    if plain.is_empty() {
        return found;
    }
    walk(statements, &mut |node| {
        let (call, at) = match node {
            ASTNode::Expr(Expr::FnCall(call, at) | Expr::MethodCall(call, at))
            | ASTNode::Stmt(Stmt::FnCall(call, at)) => (call, *at),
            _ => return,
        };
        if matches!(call.name.as_str(), "Thread" | "Process")
            && let Some(message) = lost_by(call, library, &plain)
        {
            found.push((at, message));
        }
    });
    found
}

fn walk(statements: &[Stmt], see: &mut dyn FnMut(&ASTNode)) {
    for statement in statements {
        statement.walk(&mut Vec::new(), &mut |path| {
            path.last().into_iter().for_each(&mut *see);
            true
        });
    }
}

/// The function of a Process or a Thread and the list of its arguments, as far as they are written.
pub(super) fn target_and_args(args: &[Expr]) -> (Option<&Expr>, Option<&Expr>) {
    let [Expr::Map(entries, _)] = args else {
        return (args.first(), args.get(1));
    };
    let value = |name: &str| {
        let mut all = entries.0.iter();
        all.find(|(key, _)| key.name == name)
            .map(|(_, value)| value)
    };
    (value("target"), value("args"))
}

/// Returns what to say of the start of a thread or a process, if something is lost.
fn lost_by(
    call: &FnCallExpr,
    library: &Shared<Module>,
    plain: &HashSet<ImmutableString>,
) -> Option<String> {
    let (Some(Expr::Variable(function, ..)), Some(Expr::Array(args, _))) =
        target_and_args(&call.args)
    else {
        return None;
    };
    let definition = library.get_script_fn(&function.1, args.len())?;
    let params = definition.params.iter().zip(args);
    let mut lost = params.filter_map(|(param, arg)| match arg {
        Expr::Variable(given, ..) if plain.contains(&given.1) => {
            is_only_written(definition, param).then_some(&given.1)
        }
        _ => None,
    });
    let given = lost.next()?;
    let kind = call.name.to_lowercase();
    let instead = match kind.as_str() {
        "thread" => "an Object, a Queue or a Manager's dict or list",
        _ => "a Queue or a Manager's dict or list",
    };
    Some(format!(
        "the {kind} gets a copy of '{given}': what {}() writes to it is lost; pass {instead}",
        function.1
    ))
}

/// Returns the variables that hold a plain list or dict wherever they are: declared once, as such, and never assigned to.
fn plain_variables(statements: &[Stmt], params: &[ImmutableString]) -> HashSet<ImmutableString> {
    let mut plain = HashSet::new();
    let mut others: HashSet<_> = params.iter().cloned().collect();
    walk(statements, &mut |node| match node {
        ASTNode::Stmt(Stmt::Var(parts, ..)) => {
            let name = &parts.0.name;
            if !is_plain(&parts.1) || !plain.insert(name.clone()) {
                others.insert(name.clone());
            }
        }
        ASTNode::Stmt(Stmt::For(parts, _)) => {
            others.insert(parts.0.name.clone());
        }
        ASTNode::Stmt(Stmt::Assignment(parts)) => {
            if let Expr::Variable(variable, ..) = &parts.1.lhs {
                others.insert(variable.1.clone());
            }
        }
        _ => (),
    });
    plain.retain(|name| !others.contains(name));
    plain
}

fn is_plain(value: &Expr) -> bool {
    match value {
        Expr::Map(..) | Expr::Array(..) => true,
        Expr::DynamicConstant(value, _) => value.is_map() || value.is_array(),
        _ => false,
    }
}

/// Returns whether a function changes an argument, and nothing that it is used for can be seen anywhere else.
fn is_only_written(definition: &Shared<ScriptFuncDef>, param: &ImmutableString) -> bool {
    let (mut uses, mut in_writes) = (0_usize, 0_usize);
    let mut is_hidden = false;
    for statement in statements_of(definition) {
        statement.walk(&mut Vec::new(), &mut |path| {
            match path.last() {
                Some(ASTNode::Expr(Expr::Variable(variable, ..))) if variable.1 == *param => {
                    uses += 1;
                    let statement = path.iter().rev().find_map(|node| match node {
                        ASTNode::Stmt(statement) => Some(statement),
                        _ => None,
                    });
                    in_writes += usize::from(statement.is_some_and(|it| writes(it, param)));
                }
                Some(ASTNode::Stmt(Stmt::Share(_))) => is_hidden = true,
                Some(ASTNode::Stmt(Stmt::Var(parts, ..))) => is_hidden |= parts.0.name == *param,
                Some(ASTNode::Stmt(Stmt::For(parts, _))) => is_hidden |= parts.0.name == *param,
                _ => (),
            }
            true
        });
    }
    !is_hidden && uses > 0 && uses == in_writes
}

/// Returns whether a statement does nothing but change a part of an argument.
fn writes(statement: &Stmt, param: &ImmutableString) -> bool {
    match statement {
        Stmt::Assignment(parts) => {
            matches!(parts.1.lhs, Expr::Dot(..) | Expr::Index(..)) && root_is(&parts.1.lhs, param)
        }
        Stmt::Expr(expr) => root_is(expr, param) && is_changed_by(expr),
        _ => false,
    }
}

/// Returns whether a chain begins with the argument.
fn root_is(expr: &Expr, param: &ImmutableString) -> bool {
    match expr {
        Expr::Variable(variable, ..) => variable.1 == *param,
        Expr::Dot(sides, ..) | Expr::Index(sides, ..) => root_is(&sides.lhs, param),
        _ => false,
    }
}

/// Returns whether a chain ends with a method that changes what it is called on.
fn is_changed_by(expr: &Expr) -> bool {
    match expr {
        Expr::Dot(sides, ..) | Expr::Index(sides, ..) => is_changed_by(&sides.rhs),
        Expr::MethodCall(call, _) => CHANGING.contains(&call.name.as_str()),
        _ => false,
    }
}
