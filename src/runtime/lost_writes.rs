//! Writes that nobody can see: a function changes nothing but its argument, which is a list or a dict that a Thread or a Process has got a copy
//! of; or a closure changes a variable that it has captured, of which a Process or a worker of a Pool has a copy.

use std::collections::{HashMap, HashSet};

use rhai::{
    AST, ASTNode, Expr, FnCallExpr, FnPtr, ImmutableString, Position, ScriptFuncDef, Shared, Stmt,
};

use crate::program::bodies::statements_of;
use crate::program::with_block;

/// A start of a thread or a process whose writes are lost: where, and what to say.
pub(super) type Found = (Position, String);

/// The classes whose functions run in another process.
const POOLS: [&str; 2] = ["Pool", "ProcessPoolExecutor"];

/// The classes that start a function with copies of its arguments.
const STARTED: [&str; 2] = ["Process", "Thread"];

/// The methods of pools that take a function first.
const TAKING: [&str; 9] = [
    "apply",
    "apply_async",
    "imap",
    "imap_unordered",
    "map",
    "map_async",
    "starmap",
    "starmap_async",
    "submit",
];

/// The methods that change a list or a dict.
const CHANGING: [&str; 11] = [
    "append", "clear", "extend", "insert", "pop", "push", "remove", "reverse", "set", "sort",
    "update",
];

/// Returns where a script starts threads and processes whose writes are certainly lost.
pub(super) fn find(ast: &AST) -> Vec<Found> {
    let library = ast.shared_lib();
    let mut definitions = Definitions::default();
    definitions.note_variables(ast.statements());
    for (_, _, name, _, function) in library.iter_script_fn_info() {
        definitions
            .functions
            .entry(name)
            .or_default()
            .push(function);
        definitions.note_variables(&statements_of(function));
    }
    let mut found = found_in(ast.statements(), &[], &definitions);
    for (.., function) in library.iter_script_fn_info() {
        let statements = statements_of(function);
        found.extend(found_in(&statements, &function.params, &definitions));
    }
    found
}

/// What the program defines itself.
#[derive(Default)]
struct Definitions<'a> {
    functions: HashMap<&'a str, Vec<&'a Shared<ScriptFuncDef>>>,
    /// Of these, those that hide a class of ours.
    variables: HashSet<ImmutableString>,
}

impl<'a> Definitions<'a> {
    fn note_variables(&mut self, statements: &[Stmt]) {
        walk(statements, &mut |node| {
            if let ASTNode::Stmt(Stmt::Var(parts, ..)) = node
                && is_class(&parts.0.name)
            {
                self.variables.insert(parts.0.name.clone());
            }
        });
    }

    /// Returns whether a call of this name is one of the program's own.
    fn hide(&self, name: &str) -> bool {
        self.functions.contains_key(name) || self.variables.contains(name)
    }

    fn function(&self, name: &str, params: usize) -> Option<&'a Shared<ScriptFuncDef>> {
        let mut of_name = self.functions.get(name)?.iter();
        of_name
            .find(|function| function.params.len() == params)
            .copied()
    }
}

fn is_class(name: &str) -> bool {
    POOLS.contains(&name) || STARTED.contains(&name)
}

fn found_in(
    statements: &[Stmt],
    params: &[ImmutableString],
    definitions: &Definitions<'_>,
) -> Vec<Found> {
    let plain = plain_variables(statements, params);
    let pools = pools(statements, definitions);
    let mut found = Vec::new();
    walk(statements, &mut |node| {
        if let ASTNode::Expr(Expr::Dot(sides, ..)) = node
            && let (Expr::Variable(pool, ..), Expr::MethodCall(call, at)) = (&sides.lhs, &sides.rhs)
            && pools.contains(&pool.1)
            && TAKING.contains(&call.name.as_str())
            && let Some(variable) = captured_by(call.args.first(), definitions, &plain)
        {
            let message = format!(
                "the workers get copies of '{variable}': what the function writes to it is lost; return it as the result"
            );
            found.push((*at, message));
        }
        let (call, at) = match node {
            ASTNode::Expr(Expr::FnCall(call, at) | Expr::MethodCall(call, at))
            | ASTNode::Stmt(Stmt::FnCall(call, at)) => (call, *at),
            _ => return,
        };
        if STARTED.contains(&call.name.as_str())
            && !definitions.hide(&call.name)
            && let Some(message) = lost_by(call, definitions, &plain)
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
    definitions: &Definitions<'_>,
    plain: &HashSet<ImmutableString>,
) -> Option<String> {
    let (target, args) = target_and_args(&call.args);
    if call.name == "Process"
        && let Some(variable) = captured_by(target, definitions, plain)
    {
        return Some(format!(
            "the process gets a copy of '{variable}': what the function writes to it is lost; use a Value, a Queue or a Manager's dict or list"
        ));
    }
    let (Some(Expr::Variable(function, ..)), Some(Expr::Array(args, _))) = (target, args) else {
        return None;
    };
    let definition = definitions.function(&function.1, args.len())?;
    let params = definition.params.iter().zip(args);
    let mut lost = params.filter_map(|(param, arg)| match arg {
        Expr::Variable(given, ..) if plain.contains(&given.1) => {
            is_only_written(definition, param, false).then_some(&given.1)
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

/// Returns a variable that a closure has captured and does nothing but write to.
fn captured_by<'e>(
    closure: Option<&'e Expr>,
    definitions: &Definitions<'_>,
    plain: &HashSet<ImmutableString>,
) -> Option<&'e ImmutableString> {
    let Some(Expr::Stmt(block)) = closure else {
        return None;
    };
    let [Stmt::Share(_), Stmt::Expr(made)] = block.statements() else {
        return None;
    };
    let Expr::FnCall(curry, _) = &**made else {
        return None;
    };
    let (Expr::DynamicConstant(function, _), captured) = curry.args.split_first()? else {
        return None;
    };
    let function = function.read_lock::<FnPtr>()?;
    let definition = *definitions.functions.get(function.fn_name())?.first()?;
    let mut params = definition.params.iter().zip(captured);
    params.find_map(|(param, captured)| match captured {
        Expr::Variable(variable, ..) => {
            // A method may change an object that all processes share.
            let is_lost = is_only_written(definition, param, true)
                && (plain.contains(&variable.1) || !is_changed_in_part(definition, param));
            is_lost.then_some(&variable.1)
        }
        _ => None,
    })
}

/// Returns whether a function changes a part of a variable, not only the variable itself.
fn is_changed_in_part(definition: &Shared<ScriptFuncDef>, param: &ImmutableString) -> bool {
    let mut in_part = false;
    walk(&statements_of(definition), &mut |node| {
        if let ASTNode::Stmt(statement) = node {
            in_part |= writes(statement, param, false);
        }
    });
    in_part
}

/// Returns the variables that hold a pool of processes wherever they are.
fn pools(statements: &[Stmt], definitions: &Definitions<'_>) -> HashSet<ImmutableString> {
    let is_pool = |value: &Expr| match value {
        Expr::FnCall(call, _) => {
            POOLS.contains(&call.name.as_str()) && !definitions.hide(&call.name)
        }
        _ => false,
    };
    let mut pools = HashSet::new();
    let mut others = HashSet::new();
    let mut note = |name: &ImmutableString, value: &Expr| {
        let names = match is_pool(value) {
            true => &mut pools,
            false => &mut others,
        };
        names.insert(name.clone());
    };
    walk(statements, &mut |node| match node {
        ASTNode::Stmt(Stmt::Var(parts, ..)) => note(&parts.0.name, &parts.1),
        ASTNode::Stmt(Stmt::Assignment(parts)) => {
            if let Expr::Variable(variable, ..) = &parts.1.lhs {
                note(&variable.1, &Expr::Unit(Position::NONE));
            }
        }
        ASTNode::Expr(expr @ Expr::Custom(..)) => {
            for (value, name) in with_block::named_items(expr) {
                note(name, value);
            }
        }
        _ => (),
    });
    pools.retain(|name| !others.contains(name));
    pools
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

/// Returns whether a function changes an argument or a captured variable, and nothing that it is used for can be seen anywhere else.
fn is_only_written(
    definition: &Shared<ScriptFuncDef>,
    param: &ImmutableString,
    is_captured: bool,
) -> bool {
    let (mut uses, mut in_writes) = (0_usize, 0_usize);
    let mut is_hidden = false;
    for statement in statements_of(definition) {
        statement.walk(&mut Vec::new(), &mut |path| {
            match path.last() {
                Some(ASTNode::Expr(Expr::Variable(variable, ..))) if variable.1 == *param => {
                    uses += 1;
                    in_writes += usize::from(is_in_write(path, param, is_captured));
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

/// Returns whether a use of a variable is part of a statement that does nothing but change it. What a function gets of it may be seen.
fn is_in_write(path: &[ASTNode], param: &ImmutableString, is_captured: bool) -> bool {
    let passed = path.iter().rev().find_map(|node| match node {
        ASTNode::Stmt(statement) => Some(!writes(statement, param, is_captured)),
        ASTNode::Expr(Expr::FnCall(call, _)) if !call.is_operator_call() => Some(true),
        ASTNode::Expr(Expr::MethodCall(..)) => Some(true),
        _ => None,
    });
    passed == Some(false)
}

/// Returns whether a statement does nothing but change a part of a variable, or the variable itself, which others see if it is captured.
fn writes(statement: &Stmt, param: &ImmutableString, is_captured: bool) -> bool {
    match statement {
        Stmt::Assignment(parts) => match &parts.1.lhs {
            Expr::Variable(variable, ..) => is_captured && variable.1 == *param,
            lhs => matches!(lhs, Expr::Dot(..) | Expr::Index(..)) && root_is(lhs, param),
        },
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
