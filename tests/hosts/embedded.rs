//! Scripts and objects of an engine that the host owns, from Rust, and what its children have of it.

use std::sync::Arc;

use procscript::objects::{Event, PoolOptions, ProcessOptions, Queue};
use procscript::{Error, ErrorKind, Permissions, ProcessPackage, Runtime, Setup};
use rhai::module_resolvers::StaticModuleResolver;
use rhai::{AST, CustomType, Dynamic, Engine, Scope};
use serde::{Deserialize, Serialize};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("a_package_has_the_objects_of_a_runtime", objects),
    Case::new("a_package_starts_processes_and_pools", processes),
    Case::new("children_have_the_functions_of_merged_scripts", merged),
    Case::new(
        "children_have_the_engines_limits_and_disabled_symbols",
        limits,
    ),
    Case::new(
        "an_operator_that_children_lack_is_missed_at_start",
        missing_operators,
    ),
    Case::new(
        "children_have_operators_syntax_and_modules_of_setups",
        setups,
    ),
    Case::new("a_package_forgets_scripts", forgetting),
    Case::new("errors_of_a_package_have_their_text", errors),
    Case::new("rhais_derives_and_modules_work", derives),
];

#[derive(Debug, Clone, PartialEq, CustomType, Serialize, Deserialize)]
pub(crate) struct Vector {
    x: i64,
    y: i64,
}

#[allow(unreachable_pub, missing_docs)]
#[rhai::plugin::export_module]
mod vectors {
    use super::Vector;

    pub fn vector(x: i64, y: i64) -> Vector {
        Vector { x, y }
    }

    #[rhai_fn(pure)]
    pub fn length(vector: &mut Vector) -> i64 {
        vector.x.abs() + vector.y.abs()
    }
}

pub(crate) fn geometry() -> Setup {
    let mut modules = StaticModuleResolver::new();
    modules.insert("vectors", rhai::exported_module!(vectors));
    Setup::new("geometry")
        .register(|engine| {
            engine.build_type::<Vector>();
            engine.register_global_module(rhai::exported_module!(vectors).into());
            engine
                .register_custom_operator("dot", 160)
                .unwrap()
                .register_fn("dot", |a: Vector, b: Vector| a.x * b.x + a.y * b.y);
            engine
                .register_custom_syntax(["twice", "$expr$"], false, |context, inputs| {
                    let value = context.eval_expression_tree(&inputs[0])?.as_int();
                    Ok(Dynamic::from_int(2 * value.unwrap_or_default()))
                })
                .unwrap();
        })
        .sendable::<Vector>("Vector")
        .module_resolver(modules)
}

fn package(setups: impl IntoIterator<Item = Setup>) -> ProcessPackage {
    let builder = Runtime::builder().permissions(Permissions::all());
    let builder = builder.stderr(std::io::sink());
    let builder = setups
        .into_iter()
        .fold(builder, |builder, setup| builder.setup(setup));
    builder.package().unwrap()
}

fn engine(package: &ProcessPackage) -> Engine {
    let mut engine = Engine::new();
    package.register_into_engine(&mut engine);
    engine
}

fn compile(package: &ProcessPackage, engine: &Engine, text: &str) -> AST {
    package.compile(engine, "main", text).unwrap()
}

/// Starts a process that puts what `expression` is into a queue, and returns it.
fn in_child(package: &ProcessPackage, engine: &Engine, ast: &AST, function: &str) -> Dynamic {
    let queue = package.queue::<Dynamic>(0).unwrap();
    let args = (&queue,);
    let process = package.start(engine, ast, function, args, ProcessOptions::new());
    let process = process.unwrap_or_else(|error| panic!("{error}"));
    let code = process.join().unwrap();
    assert_eq!(code, 0, "{:?}", process.exception());
    queue.get().unwrap()
}

fn objects() {
    let package = package([]);
    let engine = engine(&package);
    let queue = engine.eval::<Dynamic>("Queue()").unwrap();
    let queue = Queue::<i64>::from_dynamic(queue).unwrap();
    queue.put(&1).unwrap();
    assert_eq!(queue.get().unwrap(), 1);
    let event = Event::from_dynamic(engine.eval("let e = Event(); e.set(); e").unwrap());
    event.unwrap().wait().unwrap();

    let (lock, event) = (package.lock().unwrap(), package.event().unwrap());
    let jobs = package.joinable_queue::<i64>(0).unwrap();
    jobs.put(&2).unwrap();
    let text =
        "fn work(lock, event, jobs) { lock.acquire(); event.set(); jobs.task_done(); jobs.get() }";
    let ast = compile(&package, &engine, text);
    let done = package.call_fn::<u8>(
        &engine,
        &mut Scope::new(),
        &ast,
        "work",
        (&lock, &event, &jobs),
    );
    assert_eq!(done.unwrap(), 2);
    assert!(lock.is_locked() && event.is_set());
    jobs.join().unwrap();
}

fn processes() {
    let package = package([]);
    let engine = Arc::new(engine(&package));
    let ast = compile(
        &package,
        &engine,
        "fn square(x) { x * x } fn put(q) { q.put(square(6)) } fn fail() { throw ValueError(\"no\") }",
    );
    assert_eq!(in_child(&package, &engine, &ast, "put").as_int(), Ok(36));
    let failing = package.start(&engine, &ast, "fail", (), ProcessOptions::new().name("Eve"));
    let failing = failing.unwrap();
    assert_eq!(failing.join().unwrap(), 1);
    assert_eq!(failing.exception().unwrap().message, "no");
    let unknown = package.start(&engine, &ast, "squares", (), ProcessOptions::new());
    assert!(
        unknown
            .unwrap_err()
            .to_string()
            .contains("no function 'squares'")
    );

    let pool = package.pool(&engine, &ast, PoolOptions::new(2)).unwrap();
    let squares: Vec<u32> = pool.map("square", 0..10).unwrap();
    assert_eq!(squares[9], 81);
}

fn merged() {
    let package = package([]);
    let engine = engine(&package);
    let library = package.compile(
        &engine,
        "library",
        "fn double(x) { x * 2 } fn name() { \"library\" }",
    );
    let script = "fn name() { \"script\" } fn work(q) { q.put([double(21), name()]) }";
    let script = compile(&package, &engine, script);
    let merged = library.unwrap().merge(&script);
    let both = in_child(&package, &engine, &merged, "work")
        .into_typed_array::<Dynamic>()
        .unwrap();
    assert_eq!(both[0].as_int(), Ok(42));
    assert_eq!(both[1].clone().into_string().unwrap(), "script");
}

fn limits() {
    let package = package([]);
    let mut engine = engine(&package);
    engine.set_max_array_size(100).disable_symbol("eval");
    let text = "
        fn grow(n) { let list = []; for i in 0..n { list.push(i); } }
        fn put(q) { q.put(\"here\"); }
    ";
    let ast = compile(&package, &engine, text);
    let grow = |n: u32| {
        let child = package.start(&engine, &ast, "grow", (n,), ProcessOptions::new());
        let child = child.unwrap();
        (
            child.join().unwrap(),
            child.exception().map(|why| why.message),
        )
    };
    assert_eq!(grow(50), (0, None));
    assert_eq!(grow(200), (1, Some("Size of array/BLOB too large".into())));
    assert!(package.compile(&engine, "bad", "eval(\"1\")").is_err());
    let _ = in_child(&package, &engine, &ast, "put");
}

fn missing_operators() {
    let package = package([]);
    let mut engine = engine(&package);
    engine.register_custom_operator("near", 160).unwrap();
    engine.register_fn("near", |a: i64, b: i64| (a - b).abs() < 2);
    let ast = compile(&package, &engine, "fn work(q) { q.put(1 near 2) }");
    let queue = package.queue::<bool>(0).unwrap();
    let error = package.start(&engine, &ast, "work", (queue,), ProcessOptions::new());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("would not have 'near'"), "{error}");
    assert!(error.contains("register it in a Setup"), "{error}");
}

fn setups() {
    let package = package([geometry()]);
    let mut engine = engine(&package);
    let mut modules = StaticModuleResolver::new();
    modules.insert("vectors", rhai::exported_module!(vectors));
    engine.set_module_resolver(modules);
    let text = "
        import \"vectors\" as v;
        fn work(q) {
            import \"vectors\" as v;
            q.put(twice (vector(1, 2) dot vector(3, 4)) + v::length(vector(-5, 6)))
        }
        fn outer(q) { q.put(v::length(vector(1, 1))) }
        let q = Queue();
        let p = Process(outer, [q]);
        p.start();
        p.join();
        q.get()
    ";
    let ast = compile(&package, &engine, text);
    assert_eq!(in_child(&package, &engine, &ast, "work").as_int(), Ok(44));
    let outer = package.eval::<i64>(&engine, &mut Scope::new(), &ast);
    assert_eq!(outer.unwrap_or_else(|error| panic!("{error}")), 2);
}

fn forgetting() {
    let package = package([]);
    let engine = engine(&package);
    let ast = compile(&package, &engine, "fn work(q) { q.put(1) }");
    assert_eq!(in_child(&package, &engine, &ast, "work").as_int(), Ok(1));
    assert!(package.forget("main") && !package.forget("main"));
    let queue = package.queue::<i64>(0).unwrap();
    let error = package.start(&engine, &ast, "work", (queue,), ProcessOptions::new());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("package.compile("), "{error}");
}

fn errors() {
    let package = package([]);
    let engine = engine(&package);
    let ast = compile(&package, &engine, "let x = 1;\nthrow ValueError(\"no\")");
    let run = || -> Result<(), Error> { Ok(engine.run_ast(&ast)?) };
    let error = run().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    let report = error.diagnostic().unwrap();
    assert_eq!(
        (&*report.kind, &*report.message, report.line),
        ("ValueError", "no", 2)
    );
    assert!(error.to_string().contains("ValueError: no"), "{error}");
    let error = engine.run_ast(&ast).unwrap_err();
    let error = package.error("main", &error);
    assert!(
        error.to_string().contains("throw ValueError(\"no\")"),
        "{error}"
    );

    let scope = &mut Scope::new();
    let exit = compile(&package, &engine, "sys.exit(3)");
    let exit = package.eval::<()>(&engine, scope, &exit).unwrap_err();
    assert!(matches!(exit, Error::Exited(3)), "{exit:?}");
    let wrong = compile(&package, &engine, "[1, \"two\"]");
    let wrong = package.eval::<Vec<u8>>(&engine, scope, &wrong).unwrap_err();
    assert!(
        wrong.to_string().starts_with("result[1]: expected u8"),
        "{wrong}"
    );
}

fn derives() {
    let builder = Runtime::builder().setup(geometry());
    let mut runtime = builder.permissions(Permissions::all()).build().unwrap();
    let text = "
        import \"vectors\" as v;
        fn work(q) { let v = vector(1, 2); v.x = 5; q.put(v) }
        let q = Queue();
        let p = Process(work, [q]);
        p.start();
        p.join();
        [q.get(), vector(v::length(vector(1, 1)), 0)]
    ";
    let vectors = runtime.eval::<[Vector; 2]>(text);
    let vectors = vectors.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(vectors, [Vector { x: 5, y: 2 }, Vector { x: 2, y: 0 }]);
}
