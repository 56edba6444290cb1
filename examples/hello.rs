//! A script that starts a process, in ten lines of Rust.
//!
//! `cargo run --example hello`

fn main() -> Result<(), procscript::Error> {
    procscript::init();
    let permissions = procscript::Permissions::none().allow_processes(1, 1);
    let mut runtime = procscript::Runtime::builder()
        .permissions(permissions)
        .build()?;
    runtime.eval::<()>("fn greet(name, answers) { answers.put(`hello, ${name}`); }")?;
    let text =
        "let q = Queue(); let p = Process(greet, [`world`, q]); p.start(); p.join(); q.get()";
    let answer: String = runtime.eval(text)?;
    println!("{answer}");
    Ok(())
}
