//! Limits what a script may do outside itself, and shows the errors for everything else.

use procscript::{Error, Permissions, Runtime};

/// Reads a file that the host allows, and tries things that are not allowed.
const SCRIPT: &str = r#"
fn attempt(what, f) {
    try { print(what + ":", f.call()); }
    catch (e) { print(what + ":", e.type + ":", e.message.replace(ORDERS, "the orders")); }
}
attempt("orders", || open(ORDERS).read());
attempt("passwords", || open("/etc/passwd").read());
attempt("writing", || open(ORDERS, "w").write("mine"));
attempt("network", || socket.create_connection(["10.0.0.1", 80]));
attempt("environment", || os.getenv("HOME"));
attempt("a program", || os.system("id"));
attempt("this program", || os._exit(1));

// A child has the same permissions; this one has fewer.
let child = Process(#{
    target: || attempt("orders in a child", || open(ORDERS).read()),
    permissions: #{ read: False },
});
child.start();
child.join();
let child = Process(|| attempt("a grandchild", || Process(|| 1).start()));
child.start();
child.join();
"#;

fn main() -> Result<(), Error> {
    procscript::init();
    let directory = std::env::temp_dir().join(format!("procscript-orders-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    std::fs::write(directory.join("orders"), "two of tea").expect("a file");

    let permissions = Permissions::none()
        .allow_read(&directory)
        .allow_processes(1, 1);
    let mut runtime = Runtime::builder().permissions(permissions).build()?;
    runtime.set("ORDERS", directory.join("orders").display().to_string())?;
    let result = runtime.eval::<()>(SCRIPT);
    // The host gets an error that the script does not catch, with a hint.
    let uncaught = runtime.eval::<()>(r#"open("/etc/passwd")"#);
    if let Err(Error::Failed(failure)) = uncaught {
        let told = failure.diagnostic();
        println!(
            "{}: {}\nhelp: {}",
            told.kind,
            told.message,
            told.help.join("\n")
        );
    }
    std::fs::remove_dir_all(&directory).expect("the directory goes");
    result
}
