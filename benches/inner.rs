//! Measures the layers below the scripts: `cargo bench --bench inner`.
#![allow(missing_docs, clippy::print_stdout)]

use procscript::bench;
use serde::{Deserialize, Serialize};

/// A small item of a queue.
#[derive(Serialize, Deserialize)]
struct Order {
    id: u32,
    price: f64,
    customer: String,
    lines: Vec<(String, i64)>,
    gift: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "hold") {
        return bench::hold(&arguments[1..]);
    }
    println!(
        "lock, acquire and release         {:10.1} ns",
        bench::lock_pair()?
    );
    for (size, name) in [
        (16, "16 B"),
        (256, "256 B"),
        (4096, "4 KiB"),
        (1 << 20, "1 MiB"),
    ] {
        println!(
            "put and get, {name:20} {:10.1} ns",
            bench::put_and_get(size)?
        );
    }
    let order = Order {
        id: 7,
        price: 12.5,
        customer: "Ada Lovelace".into(),
        lines: vec![("cup".into(), 2), ("saucer".into(), 2)],
        gift: None,
    };
    println!(
        "a small struct, write and read    {:10.1} ns",
        bench::write_and_read(&order)?
    );
    println!(
        "Vec<u8> of 1 MiB, write and read  {:10.1} ns",
        bench::write_and_read(&vec![7_u8; 1 << 20])?
    );
    println!(
        "16 B from thread to thread        {:10.1} ns",
        bench::stream()?
    );
    println!(
        "holder killed to lock acquired    {:10.1} us",
        bench::holder_death(51)?
    );
    Ok(())
}
