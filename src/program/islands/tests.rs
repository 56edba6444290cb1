//! Functions and loops as typed code, and the tree around them.

use std::cell::RefCell;

use rhai::{AST, Engine, Module, ScriptFuncDef, Shared};

use super::island::Tree;
use super::lower::{Known, Plan, Surroundings};
use super::wrap::{Noted, wrap};
use super::{Handle, KEY};
use crate::native::code::{Item, Ty};

/// A world with these variables outside of loops.
struct World {
    libraries: Vec<Shared<Module>>,
    variables: Vec<(&'static str, Ty)>,
}

impl Surroundings for World {
    fn may_make_lists(&self) -> bool {
        true
    }

    fn variable(&self, name: &str) -> Option<Result<(Ty, bool), String>> {
        let found = self.variables.iter().find(|(known, _)| *known == name)?;
        Some(Ok((found.1, name == "FIXED")))
    }

    fn function(&self, name: &str, params: usize) -> Option<Shared<ScriptFuncDef>> {
        let mut libraries = self.libraries.iter();
        libraries.find_map(|library| library.get_script_fn(name, params).cloned())
    }

    fn hides(&self, name: &str) -> bool {
        name == "floor"
    }

    fn is_global(&self, _: &str) -> bool {
        true
    }
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    let _ = engine.register_custom_syntax_handler(KEY, false, |context, _, state| {
        let handle = state.read_lock::<Handle>().unwrap().clone();
        match &handle.0.tree {
            Tree::Function(tree) => context.eval_expression_tree(&(&tree.body).into()),
            Tree::Loop(_) => Ok(rhai::Dynamic::UNIT),
        }
    });
    engine
}

fn wrapped(text: &str) -> (AST, Vec<Noted>) {
    let engine = engine();
    let ast = engine.compile(text).unwrap();
    wrap(ast, &|_| false, true)
}

/// Lowers the function `f` for these types, and says what it gives or why it does not fit.
fn function(text: &str, types: &[Ty]) -> Result<Ty, String> {
    let (ast, _) = wrapped(text);
    let library = ast.shared_lib().clone();
    let f = library.get_script_fn("f", types.len()).cloned();
    let handle = f.as_ref().and_then(Handle::of).ok_or("no island")?;
    let Tree::Function(tree) = &handle.0.tree else {
        return Err("a loop".into());
    };
    let world = World {
        libraries: vec![library],
        variables: Vec::new(),
    };
    let (known, count) = (Known::new(), RefCell::new(0));
    let mut declare = |_: &[Ty], _| count.replace_with(|count| *count + 1);
    let mut plan = Plan::new(&world, &known, &mut declare);
    let made = plan.entered(&handle.0, tree, types);
    let made = made.map_err(|why| why.text())?;
    let numbers: Vec<usize> = plan.functions.iter().map(|(id, _)| *id).collect();
    assert!(numbers.contains(&made.id));
    Ok(made.ret)
}

/// Lowers the first loop of the top level for these variables outside: the names and which are written to.
fn first_loop(
    text: &str,
    variables: &[(&'static str, Ty)],
    items: Option<Item>,
) -> Result<String, String> {
    let (_, notes) = wrapped(text);
    let handles = notes.into_iter().filter_map(|note| match note {
        Noted::Island(handle) => Some(handle),
        Noted::Unfit { .. } => None,
    });
    // Inner loops come first.
    let mut loops = handles.filter(|handle| matches!(handle.0.tree, Tree::Loop(_)));
    let handle = loops.next_back().ok_or("no loop")?;
    let Tree::Loop(tree) = &handle.0.tree else {
        return Err("a function".into());
    };
    let world = World {
        libraries: Vec::new(),
        variables: variables.to_vec(),
    };
    let known = Known::new();
    let mut declare = |_: &[Ty], _| 0;
    let mut plan = Plan::new(&world, &known, &mut declare);
    let lowered = plan.a_loop(tree, items).map_err(|why| why.text())?;
    let names = lowered.names.iter().zip(&lowered.written);
    let names = names.map(|(name, written)| format!("{name}{}", if *written { "=" } else { "" }));
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names.join(" "))
}

const INT: Ty = Ty::Int;
const FLOAT: Ty = Ty::Float;
const INTS: Ty = Ty::List(Item::Int);

#[test]
fn what_a_function_gives_is_known() {
    let table: &[(&str, &[Ty], Ty)] = &[
        ("fn f(x) { x + 1 }", &[INT], INT),
        ("fn f(x) { x + 1 }", &[FLOAT], FLOAT),
        ("fn f(x) { x / 2.0 > 1 && True }", &[INT], Ty::Bool),
        ("fn f(x) { if x > 0 { 1 } else { -1 } }", &[INT], INT),
        (
            "fn f(n) { if n < 2 { return n; } f(n - 1) + f(n - 2) }",
            &[INT],
            INT,
        ),
        (
            "fn f(n) { let a = if n < 2 { 1.5 } else { f(n - 1) }; a * 2 }",
            &[INT],
            FLOAT,
        ),
        (
            "fn f(n) { if n == 0 { true } else { g(n - 1) } } fn g(n) { if n == 0 { false } else { f(n - 1) } }",
            &[INT],
            Ty::Bool,
        ),
        (
            "fn f(n) { let a = g(n); a + 1 } fn g(n) { if n > 3 { f(n - 1) } else { 7 } }",
            &[INT],
            INT,
        ),
        (
            "fn f(n) { let s = 0; for i in range(n) { if i % 2 == 0 { continue; } s += i; } s }",
            &[INT],
            INT,
        ),
        (
            "fn f(n) { for (x, i) in 1..=n { if x > 5 { return i; } } -1 }",
            &[INT],
            INT,
        ),
        ("fn f(n) { while n > 1 { n -= 1; } }", &[INT], Ty::Unit),
        (
            "fn f(n) { loop { n *= 2; if n > 100 { break; } } n }",
            &[INT],
            INT,
        ),
        (
            "fn f(xs) { let m = xs[0]; for x in xs { m = max(m, x); } m + len(xs) + xs.len() }",
            &[INTS],
            INT,
        ),
        (
            "fn f(xs, i, j) { xs[i][j] + xs[i].len() }",
            &[Ty::Rows(Item::Float), INT, INT],
            FLOAT,
        ),
        (
            "fn f(x) { sqrt(x) + x.sin() + abs(x) + random.random() + PI() }",
            &[FLOAT],
            FLOAT,
        ),
        ("fn f(x) { 42; }", &[INT], INT),
        ("fn f(x) { throw x; }\nfn g(x) { 1 }", &[INT], INT),
    ];
    for (text, types, gives) in table {
        let found = function(text, types);
        match text.contains("throw") {
            true => assert!(found.is_err()),
            false => assert_eq!(found, Ok(*gives), "{text}"),
        }
    }
}

#[test]
fn functions_give_lists() {
    let table: &[(&str, &[Ty], Ty)] = &[
        ("fn f(xs) { xs[0] = 1; xs }", &[INTS], INTS),
        (
            "fn f(n) { let xs = []; for i in 0..n { xs.append(0.5); } xs }",
            &[INT],
            Ty::List(Item::Float),
        ),
        (
            "fn f(n) { let all = []; all.append([n > 0] * n); all }",
            &[INT],
            Ty::Rows(Item::Bool),
        ),
    ];
    for (text, types, gives) in table {
        assert_eq!(function(text, types), Ok(*gives), "{text}");
    }
}

#[test]
fn reasons_name_the_line_and_the_cause() {
    let table: &[(&str, &[Ty], &str)] = &[
        ("fn f(x) {\n  print(x); x }", &[INT], "no island"),
        (
            "fn f(x) {\n  let y = 0;\n  y = 1.5; y }",
            &[INT],
            "line 3: 'y' is an integer and then a float",
        ),
        (
            "fn f(x) { floor(x) }",
            &[FLOAT],
            "line 1: calls 'floor', which is not a numeric function",
        ),
        (
            "fn f(x) { y }",
            &[FLOAT],
            "line 1: uses 'y', which is not a variable of its own",
        ),
        (
            "fn f(x) { f(x) }",
            &[INT],
            "line 1: what 'f' gives is not clear",
        ),
        (
            "fn f(x) { [x, 1.5] }",
            &[INT],
            "line 1: makes a list with items of several types",
        ),
        (
            "fn f(x) { x + true }",
            &[INT],
            "line 1: uses an operator between an integer and a truth value",
        ),
        (
            "fn f(x) { g(x) }\nfn g(x) { x + \"\" }",
            &[INT],
            "line 1: calls 'g', which is not numeric",
        ),
    ];
    for (text, types, why) in table {
        assert_eq!(function(text, types), Err((*why).to_string()), "{text}");
    }
}

#[test]
fn a_loop_has_the_variables_outside_of_it() {
    type Outside<'a> = &'a [(&'static str, Ty)];
    let table: &[(&str, Outside, Option<Item>, &str)] = &[
        (
            "for i in 0..9 { s += i * k; }",
            &[("s", INT), ("k", INT)],
            None,
            "k s=",
        ),
        (
            "for i in 0..9 { let s = 1; s += i; }",
            &[("s", INT)],
            None,
            "",
        ),
        (
            "while i < n { if xs[i] > 0 { xs[i] -= 1; ys.push(i); } i += 1; }",
            &[("i", INT), ("n", INT), ("xs", INTS), ("ys", INTS)],
            None,
            "i= n xs= ys=",
        ),
        (
            "for x in xs { s += x; xs[0] = 1; }",
            &[("s", FLOAT), ("xs", INTS)],
            Some(Item::Int),
            " s= xs=",
        ),
        (
            "for i in 0..9 { for j in 0..i { c[i][j] += a[i][j]; } }",
            &[("a", Ty::Rows(Item::Int)), ("c", Ty::Rows(Item::Int))],
            None,
            "a c=",
        ),
        (
            "loop { if s { break 5; } s = 1; }",
            &[("s", Ty::Bool)],
            None,
            "s=",
        ),
    ];
    for (text, variables, items, names) in table {
        assert_eq!(
            first_loop(text, variables, *items),
            Ok((*names).to_string()),
            "{text}"
        );
    }
    let refused = first_loop("for i in 0..9 { FIXED += 1; }", &[("FIXED", INT)], None);
    assert_eq!(
        refused,
        Err("line 1: assigns to the constant 'FIXED'".into())
    );
}

#[test]
fn wrapped_functions_keep_their_places_and_meaning() {
    let text = "fn a(x) { x + 1 } fn b(x) { a(x) * 2 }\nlet twice = |x| x * 2; let more = |x, y| { x + y };\n\
                fn c(s) { for i in 0..3 { let t = i; } s + \"!\" }\n[b(3), twice.call(4), more.call(1, 2), c(\"d\")]";
    let engine = engine();
    let plain = engine.compile(text).unwrap();
    let (ast, notes) = wrap(plain.clone(), &|_| false, true);
    assert!(notes.len() > 4);
    let places = |ast: &AST| {
        let mut all: Vec<_> = ast.shared_lib().iter_script_fn_info().collect::<Vec<_>>();
        all.sort_by_key(|(.., f)| (f.name.to_string(), f.params.len()));
        let place =
            |f: &ScriptFuncDef| format!("{}({:?}) {:?}", f.name, f.params, f.body.start_position());
        all.iter().map(|(.., f)| place(f)).collect::<Vec<_>>()
    };
    assert_eq!(places(&ast), places(&plain));
    let islands = ast
        .shared_lib()
        .iter_script_fn_info()
        .filter(|(.., f)| Handle::of(f).is_some());
    assert!(islands.count() >= 4);
    let [this, that] =
        [&ast, &plain].map(|ast| format!("{:?}", engine.eval_ast::<rhai::Array>(ast)));
    assert_eq!(this, that);
}
