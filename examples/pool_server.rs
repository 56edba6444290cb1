//! A web server on tokio whose requests are tasks of a pool of worker processes: `POST /price` with an order as the body.
//!
//! ```text
//! cargo run --example pool_server                      # listens on 127.0.0.1:8080
//! cargo run --example pool_server -- --self-test       # sends itself requests, prints the responses, and exits
//!
//! curl -d '3 tea' http://127.0.0.1:8080/price
//! ```

#![allow(clippy::print_stdout)]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use procscript::objects::{Pool, PoolOptions};
use procscript::{Error, Permissions, Runtime};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Serialize)]
struct Order {
    count: u32,
    item: String,
}

#[derive(Deserialize)]
struct Price {
    total: f64,
    note: Option<String>,
}

/// The rules of the shop, which its owner may change without another program.
const RULES: &str = r#"
    fn price(order) {
        switch order.item {
            "tea" => #{total: order.count * 2.5, note: ()},
            "cake" => #{total: order.count * 3.0, note: "with cream"},
            "bomb" => os._exit(1),
            _ => throw ValueError(`there is no ${order.item}`),
        }
    }
"#;

async fn price(State(pool): State<Pool>, body: String) -> (StatusCode, String) {
    let Some((count, item)) = body.trim().split_once(' ') else {
        return (StatusCode::BAD_REQUEST, "write: 3 tea\n".into());
    };
    let order = Order {
        count: count.parse().unwrap_or(1),
        item: item.into(),
    };
    match priced(&pool, order).await {
        Ok(Price { total, note }) => {
            let note = note.map(|note| format!(" {note}")).unwrap_or_default();
            (StatusCode::OK, format!("{total:.2}{note}\n"))
        }
        Err(Error::WorkerLost(_)) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "a worker died, and another has been started\n".into(),
        ),
        Err(error) => {
            let message = error.diagnostic().map(|report| report.message.clone());
            let message = message.unwrap_or_else(|| error.to_string());
            (StatusCode::BAD_REQUEST, format!("{message}\n"))
        }
    }
}

/// No thread of the server waits for the worker.
async fn priced(pool: &Pool, order: Order) -> Result<Price, Error> {
    pool.submit::<_, Price>("price", (order,))?
        .wait_async()
        .await
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Must come before tokio starts its threads: the workers are fresh runs of this program and start here.
    procscript::init();

    let permissions = Permissions::none().allow_processes(4, 1);
    let mut shop = Runtime::builder().permissions(permissions).build()?;
    shop.eval::<()>(RULES)?;
    let pool = shop.pool_with(PoolOptions::new(2).time_limit(Duration::from_secs(2)))?;

    let self_test = std::env::args().any(|word| word == "--self-test");
    tokio::runtime::Runtime::new()?.block_on(async {
        let port = if self_test { 0 } else { 8080 };
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let app = Router::new().route("/price", post(price)).with_state(pool);
        let server = axum::serve(listener, app);
        if self_test {
            tokio::select! {
                ended = server => ended?,
                tested = ask_oneself(address) => tested?,
            }
        } else {
            println!("listening on http://{address}/price");
            server.await?;
        }
        Ok(())
    })
}

/// Sends the server several orders at once, and prints the responses.
async fn ask_oneself(server: SocketAddr) -> std::io::Result<()> {
    let orders = ["3 tea", "2 cake", "1 bomb", "1 coffee", "tea", "4 tea"];
    let requests = orders.map(|order| tokio::spawn(request(server, order)));
    for (order, request) in orders.into_iter().zip(requests) {
        println!("{order}: {}", request.await??);
    }
    Ok(())
}

/// Sends a request as a browser would, and returns the status and the body of the response.
async fn request(server: SocketAddr, order: &'static str) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(server).await?;
    let length = order.len();
    let head = format!(
        "POST /price HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(order.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    let status = status.strip_prefix("HTTP/1.1 ").unwrap_or(status);
    Ok(format!("{status}, {}", body.trim_end()))
}
