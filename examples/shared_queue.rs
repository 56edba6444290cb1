//! Rust and scripts communicate through queues: Rust puts structs, script processes work on them, and Rust gets structs back.
//!
//! ```text
//! cargo run --example shared_queue
//! ```

use procscript::objects::ProcessOptions;
use procscript::{Permissions, Runtime};
use serde::{Deserialize, Serialize};

/// A script gets this as a map: `#{id: 1, item: "cup", price: 9.5, gift: ()}`.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    id: u32,
    item: String,
    price: f64,
    gift: Option<String>,
}

/// A script must put a map with these keys.
#[derive(Debug, PartialEq, PartialOrd, Deserialize)]
struct Invoice {
    order: u32,
    text: String,
    total: f64,
}

const SCRIPT: &str = r#"
    // Runs in separate processes, one for each worker.
    fn clerk(orders, invoices) {
        loop {
            let order = orders.get();
            if order == () { break; }
            let total = order.price * 1.2;
            let text = "%s for %.2f" % [order.item, total];
            if order.gift != () { text += ", a gift for " + order.gift; }
            invoices.put(#{order: order.id, text: text, total: total});
        }
    }
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Child processes are fresh runs of this program and start here.
    procscript::init();

    // Two processes at once, which cannot start others; nothing else outside the scripts is allowed.
    let permissions = Permissions::none().allow_processes(2, 1);
    let mut runtime = Runtime::builder().permissions(permissions).build()?;
    runtime.eval::<()>(SCRIPT)?;

    // `None` is `()` in scripts; here it means that there are no more orders.
    let orders = runtime.queue::<Option<Order>>(0)?;
    let invoices = runtime.queue::<Invoice>(0)?;
    let args = || (orders.to_dynamic(), invoices.to_dynamic());
    let clerks = [
        runtime.start("clerk", args(), ProcessOptions::new().name("first desk"))?,
        runtime.start("clerk", args(), ProcessOptions::new().name("second desk"))?,
    ];

    // The producer is a thread: any thread can use a queue.
    let producer = std::thread::spawn({
        let orders = orders.clone();
        move || -> Result<(), procscript::objects::PutError> {
            for (id, item, price) in [(1, "cup", 9.5), (2, "lamp", 40.0), (3, "pen", 1.25)] {
                let gift = (id == 2).then(|| "a friend".to_string());
                let item = item.to_string();
                orders.put(&Some(Order {
                    id,
                    item,
                    price,
                    gift,
                }))?;
            }
            // One for each clerk.
            orders.put(&None)?;
            orders.put(&None)
        }
    });

    let mut got = Vec::new();
    for _ in 0..3 {
        got.push(invoices.get()?);
    }
    got.sort_by_key(|invoice| invoice.order);
    for invoice in &got {
        println!("{invoice:?}");
    }
    producer.join().expect("the producer does not panic")?;
    for clerk in clerks {
        println!("{} ended with {}", clerk.name(), clerk.join()?);
    }
    Ok(())
}
