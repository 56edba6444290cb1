//! Stopping a script: by time, by the number of its operations, and by hand.

use std::time::Duration;

use procscript::{Error, Limits, Runtime};

fn main() -> Result<(), Error> {
    procscript::init();

    let limits = Limits::new().time(Duration::from_millis(100));
    let mut hasty = Runtime::builder().limits(limits).build()?;
    // Nobody will put anything into this queue in time.
    let waits = hasty.eval::<()>("Queue().get(true, 3600)");
    println!("by time: {}", said(waits));

    let limits = Limits::new().operations(100_000);
    let mut frugal = Runtime::builder().limits(limits).build()?;
    let computes = frugal.eval::<()>("let n = 0; loop { n += 1 }");
    println!("by operations: {}", said(computes));
    // Its definitions persist, and the runtime still works.
    assert!(frugal.eval::<i64>("n")? > 1000);

    let mut patient = Runtime::builder().build()?;
    let stopper = patient.stopper();
    std::thread::spawn(move || stopper.stop());
    let sleeps = patient.eval::<()>("try { time.sleep(3600) } catch { }");
    println!("by hand: {}", said(sleeps));
    Ok(())
}

fn said(result: Result<(), Error>) -> String {
    match result {
        Ok(()) => "it came to its end".into(),
        Err(error) => error.to_string(),
    }
}
