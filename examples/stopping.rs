//! Stopping a script: by time, by the number of its operations, and by hand.

use std::time::Duration;

use procscript::{Error, Limits, Runtime};

fn main() -> Result<(), Error> {
    procscript::init();

    let limits = Limits::new()
        .time(Duration::from_millis(200))
        .operations(1_000_000);
    let mut runtime = Runtime::builder().limits(limits).build();

    // Nobody will ever put anything into this queue.
    let waits = runtime.eval::<()>("Queue().get()");
    println!("waiting:   {}", said(waits));

    // The time would stop it too, but its operations are used up first.
    let computes =
        runtime.eval::<()>("let n = 0; loop { n += 1; if n == 1000000 { time.sleep(60) } }");
    println!("computing: {}", said(computes));

    // What it declared before stays, and the runtime goes on.
    println!("after it:  {}", runtime.eval::<i64>("6 * 7")?);

    let mut patient = Runtime::builder().build();
    let stopper = patient.stopper();
    std::thread::spawn(move || stopper.stop());
    let sleeps = patient.eval::<()>("try { time.sleep(3600) } catch { }");
    println!("by hand:   {}", said(sleeps));
    Ok(())
}

fn said(result: Result<(), Error>) -> String {
    match result {
        Ok(()) => "came to its end".into(),
        Err(error) => error.to_string(),
    }
}
