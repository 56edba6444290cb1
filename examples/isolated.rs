//! Untrusted scripts in a process of their own: whatever they do, this program continues.
//!
//! `cargo run --example isolated`

use std::time::Duration;

use procscript::{Error, Limits, Permissions, Runtime};

/// Scripts that would end a host, and some that would not.
const SCRIPTS: &[&str] = &[
    "6 * 7",
    "os.kill(os.getpid(), 9)",
    "os._exit(3)",
    "loop { }",
    "open(\"/etc/passwd\").read()",
    "visits += 1; visits",
];

fn main() -> Result<(), Error> {
    procscript::init();

    let mut runtime = Runtime::builder()
        .isolated()
        // So that a script can kill its own process. Untrusted scripts should not have this: signals reach the host's process too.
        .permissions(Permissions::none().allow_signals())
        .limits(Limits::new().time(Duration::from_secs(1)))
        .build()?;
    for script in SCRIPTS {
        // What a script defines stays until its process dies.
        if matches!(runtime.eval::<bool>("visits > 0"), Err(Error::Failed(_))) {
            runtime.eval::<()>("let visits = 1;")?;
        }
        let answer = match runtime.eval::<rhai::Dynamic>(script) {
            Ok(value) => value.to_string(),
            Err(Error::Failed(failure)) => failure.diagnostic().kind.clone(),
            Err(error) => error.to_string(),
        };
        println!("{script}\n    {answer}");
    }
    Ok(())
}
