//! A pool of script workers that gets its tasks from Rust. Each worker is a process. If one is killed, the pool replaces it, and another
//! worker does its task.
//!
//! ```text
//! cargo run --example worker_pool
//! ```

use std::error::Error;
use std::time::Duration;

use procscript::objects::PoolOptions;
use procscript::{Permissions, Runtime};

const SCRIPT: &str = r#"
    fn collatz(n) {
        if n == 871 && !killed.is_set() {
            killed.set();
            // The kernel does this when memory runs out.
            os.kill(os.getpid(), signal.SIGKILL);
        }
        let steps = 0;
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            steps += 1;
        }
        steps
    }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Workers are fresh runs of this program and start here.
    procscript::init();

    // Signals are needed only because a worker sends one to itself.
    let permissions = Permissions::none().allow_processes(3, 1).allow_signals();
    let mut runtime = Runtime::builder().permissions(permissions).build()?;
    let killed = runtime.event()?;
    runtime.set("killed", killed)?;
    runtime.eval::<()>(SCRIPT)?;

    let options = PoolOptions::new(3)
        .retries(1)
        .time_limit(Duration::from_secs(60));
    let pool = runtime.pool_with(options)?;
    let numbers = [1, 7, 27, 97, 871, 6171, 77_031, 837_799];
    let steps: Vec<u32> = pool.map("collatz", numbers)?;
    for (number, steps) in numbers.iter().zip(steps) {
        println!("{number} comes to 1 in {steps} steps");
    }
    let replaced = pool.stats()?.workers.len() - pool.workers();
    println!("{replaced} of the workers had to be replaced");
    pool.close()?;
    Ok(())
}
