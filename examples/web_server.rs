//! A web server on tokio that runs a user's script for each request: `POST /run` with the script as the body.
//!
//! ```text
//! cargo run --example web_server                      # listens on 127.0.0.1:8080
//! cargo run --example web_server -- --self-test       # sends itself requests, prints the responses, and exits
//!
//! curl -d 'print("hello", 6 * 7);' http://127.0.0.1:8080/run
//! ```

#![allow(clippy::print_stdout)]

use std::alloc::System;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use procscript::alloc::Counting;
use procscript::{Capture, Error, Limits, Runtime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Counts what scripts hold, for their memory limit.
#[global_allocator]
static ALLOCATOR: Counting = Counting::new(System);

/// What a script may use. A real server should also limit how many run at once.
fn limits() -> Limits {
    Limits::new()
        .time(Duration::from_secs(2))
        .operations(100_000_000)
        .memory(256 << 20)
        .call_levels(500)
        .string_bytes(64 << 20)
        .array_items(10_000_000)
        .map_entries(1_000_000)
}

/// The response: the script's output, or its error.
async fn run(script: String) -> (StatusCode, String) {
    // Scripts block their thread, so they must not run on the threads that serve all requests.
    let answer = tokio::task::spawn_blocking(move || {
        let output = Capture::new();
        // One runtime per request: requests share nothing, and dropping the runtime leaves nothing behind.
        let runtime = Runtime::builder()
            .limits(limits())
            .stdout(output.clone())
            .stderr(output.clone())
            .build();
        let result = runtime
            .map_err(Error::from)
            .and_then(|mut runtime| runtime.eval::<()>(&script));
        match result {
            Ok(()) => (StatusCode::OK, output.text()),
            Err(Error::Limit(exceeded)) => (StatusCode::REQUEST_TIMEOUT, format!("{exceeded}\n")),
            Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")),
        }
    });
    answer
        .await
        .unwrap_or_else(|why| (StatusCode::INTERNAL_SERVER_ERROR, format!("{why}\n")))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Must come before tokio starts its threads: child processes of scripts are fresh runs of this program and start here.
    procscript::init();

    let self_test = std::env::args().any(|word| word == "--self-test");
    tokio::runtime::Runtime::new()?.block_on(async {
        let port = if self_test { 0 } else { 8080 };
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let app = Router::new().route("/run", post(run));
        let server = axum::serve(listener, app);
        if self_test {
            tokio::select! {
                ended = server => ended?,
                tested = ask_oneself(address) => tested?,
            }
        } else {
            println!("listening on http://{address}/run");
            server.await?;
        }
        Ok(())
    })
}

/// Sends the server several scripts at once, and prints the responses as they arrive.
async fn ask_oneself(server: SocketAddr) -> std::io::Result<()> {
    let endless = tokio::spawn(request(server, "loop { }"));
    let waiting = tokio::spawn(request(
        server,
        "print(\"waiting\"); Queue().get(true, 3600);",
    ));
    let scripts = [
        "print(\"hello\", 6 * 7);",
        "fn half(n) { n / 0 }\nprint(\"before\");\nhalf(4);",
        "let x = ;",
        "sys.exit(3);",
    ];
    for script in scripts {
        println!("{}", request(server, script).await?);
    }
    let still = !endless.is_finished() && !waiting.is_finished();
    println!("meanwhile the first two were running: {still}\n");
    println!("{}", endless.await??);
    println!("{}", waiting.await??);
    Ok(())
}

/// Sends a request as a browser would, and returns the status and the body of the response.
async fn request(server: SocketAddr, script: &'static str) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(server).await?;
    let length = script.len();
    let head = format!(
        "POST /run HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(script.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    let status = status.strip_prefix("HTTP/1.1 ").unwrap_or(status);
    Ok(format!("{status}\n{body}"))
}
