//! Adds processes to an existing Engine, next to the host's own functions and callbacks.
//!
//! `cargo run --example package`

use std::error::Error;
use std::sync::Arc;

use procscript::rhai::{Engine, Scope};
use procscript::{Permissions, Runtime, Setup};

/// What children need as well. Children do not get anything else that the host registers.
fn words() -> Setup {
    Setup::new("words").register(|engine| {
        engine.register_fn("shout", |text: &str| text.to_uppercase());
    })
}

const SCRIPT: &str = r#"
    const GREETING = "hello";
    fn work(name, answers) { answers.put(shout(`${global::GREETING}, ${name}`)); }
    let answers = Queue();
    let p = Process(work, [user(), answers]);
    p.start();
    print(answers.get());
    p.join();
    let t = Thread(|| answers.put("from a thread"));
    t.start();
    print(answers.get());
    t.join();
    p.exitcode
"#;

fn main() -> Result<(), Box<dyn Error>> {
    procscript::init_with([words()]);

    // The host's engine, as it was before.
    let mut engine = Engine::new();
    engine.register_fn("user", || "world".to_string());
    engine.on_print(|text| println!("script: {text}"));

    let permissions = Permissions::none().allow_processes(2, 1);
    let package = Runtime::builder()
        .setup(words())
        .permissions(permissions)
        .package()?;
    package.register_into_engine(&mut engine);
    let engine = Arc::new(engine);
    package.share(&engine);
    let ast = package.compile(&engine, "main", SCRIPT)?;
    println!("exit code {}", engine.eval_ast::<i64>(&ast)?);

    // Alternatively, put everything into a module, so that names cannot clash.
    let mut engine = Engine::new();
    let nothing_allowed = Runtime::builder().package()?;
    nothing_allowed.register_into_engine_as(&mut engine, "mp");
    println!(
        "{}",
        engine.eval::<bool>("mp::cpu_count() > 0 && mp::os::getpid() > 1")?
    );

    // An error has a Python exception name, a position, and a hint.
    let mut engine = Engine::new();
    package.register_into_engine(&mut engine);
    let ast = package.compile(&engine, "errors", "let q = Queue();\nq.get_nowait();")?;
    if let Err(error) = engine.run_ast_with_scope(&mut Scope::new(), &ast) {
        let told = package.diagnose("errors", &error);
        println!("{} in line {}", told.kind, told.line);
    }
    Ok(())
}
