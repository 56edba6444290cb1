//! A host's own functions and types, in scripts and in the processes they start.
//!
//! `cargo run --example own_functions`

use procscript::rhai::{Dynamic, Engine};
use procscript::{Permissions, Runtime, Script, Setup};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Money {
    cents: i64,
    currency: String,
}

/// A type that is converted to another value when it is sent to another process.
#[derive(Debug, Clone)]
struct Token(i64);

fn price(article: &str) -> Money {
    let cents = 100 * i64::try_from(article.len()).unwrap_or(0);
    let currency = "EUR".into();
    Money { cents, currency }
}

/// What scripts get: `main` uses it twice, for this process and for its children.
fn shop() -> Setup {
    Setup::new("shop")
        .register(|engine: &mut Engine| {
            engine
                .register_fn("price", price)
                .register_fn("token", |number: i64| Token(number))
                .register_get("cents", |money: &mut Money| money.cents)
                .register_fn("to_string", |money: &mut Money| {
                    format!(
                        "{}.{:02} {}",
                        money.cents / 100,
                        money.cents % 100,
                        money.currency
                    )
                })
                .register_fn("to_string", |token: &mut Token| {
                    format!("token {}", token.0)
                });
        })
        .sendable::<Money>("Money")
        .sendable_with::<Token>(
            "Token",
            |token| Dynamic::from_int(token.0),
            |plain| {
                let number = plain
                    .as_int()
                    .map_err(|found| format!("a token is a number, not {found}"))?;
                Ok(Token(number))
            },
        )
}

const SCRIPT: &str = r#"
    fn cashier(articles, bills) {
        for article in articles {
            bills.put(#{ article: article, price: price(article), token: token(7) });
        }
    }
    let bills = Queue();
    let p = Process(cashier, [["tea", "bread"], bills]);
    p.start();
    for i in range(2) {
        let bill = bills.get();
        print(bill.article, bill.price, bill.token, type(bill.price));
    }
    p.join();
    print("exit code", p.exitcode);
"#;

fn main() -> Result<(), procscript::Error> {
    procscript::init_with([shop()]);
    let runtime = Runtime::builder()
        .setup(shop())
        .permissions(Permissions::none().allow_processes(4, 1))
        .build()?;
    let code = runtime.run_main(Script::from_text("shop", SCRIPT));
    assert_eq!(code, 0);
    Ok(())
}
