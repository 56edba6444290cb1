//! What embedding costs beside bare Rhai, in one run: `cargo bench --bench embedding`.
//!
//! Medians of several rounds, in each of which both are measured one after the other.
#![allow(missing_docs, unsafe_code, clippy::print_stdout, clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::time::{Duration, Instant};

use procscript::{Limits, Runtime};
use rhai::{AST, Engine, Scope};
use serde::{Deserialize, Serialize};

/// Counts the bytes that are held.
struct Counter;

static HELD: AtomicIsize = AtomicIsize::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counter = Counter;

const ROUNDS: usize = 15;
const CALLS: u32 = 5_000;
const FUNCTION: &str = "fn price(a, b) { a + b }";

fn main() {
    procscript::init();
    let first = Instant::now();
    drop(Runtime::builder().build().unwrap());
    println!(
        "first runtime of the process: {:.2} ms",
        ms(first.elapsed())
    );
    let nothing = || Limits::new();
    let time = || Limits::new().time(Duration::from_secs(60));
    compare("call_fn", with(nothing(), 0));
    compare("call_fn with a time limit", with(time(), 0));
    compare("call_fn after 2,000 functions", with(nothing(), 2000));
    let per = |time: Duration| time.as_secs_f64() * 1e6;
    let bare = median(|| per(once(|| drop(black_box(Engine::new())))));
    let runtime = median(|| {
        per(once(|| {
            drop(black_box(Runtime::builder().build().unwrap()))
        }))
    });
    println!(
        "creating: runtime {runtime:.0} µs, bare engine {bare:.0} µs, {:.1} times",
        runtime / bare
    );
    let before = HELD.load(Ordering::Relaxed);
    let kept = Runtime::builder().build().unwrap();
    let held = HELD.load(Ordering::Relaxed) - before;
    drop(kept);
    let before = HELD.load(Ordering::Relaxed);
    let kept = Engine::new();
    let bare = HELD.load(Ordering::Relaxed) - before;
    drop(kept);
    println!(
        "memory: runtime {} KiB, bare engine {} KiB",
        held >> 10,
        bare >> 10
    );
    batches();
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn once(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn median(measure: impl Fn() -> f64) -> f64 {
    let mut all: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    all.sort_by(f64::total_cmp);
    all[ROUNDS / 2]
}

/// Nanoseconds of a call.
fn each(calls: u32, mut call: impl FnMut()) -> f64 {
    let begun = Instant::now();
    (0..calls).for_each(|_| call());
    begun.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

fn with(limits: Limits, functions: usize) -> Runtime {
    let mut runtime = Runtime::builder().limits(limits).build().unwrap();
    for n in 0..functions {
        runtime
            .eval::<()>(&format!("fn f{n}(x) {{ x + {n} }}"))
            .unwrap();
    }
    runtime.eval::<()>(FUNCTION).unwrap();
    runtime
}

fn calls_of(runtime: &mut Runtime) -> f64 {
    each(CALLS, || {
        black_box(runtime.call_fn::<i64>("price", (1_i64, 2_i64)).unwrap());
    })
}

fn bare_calls(engine: &Engine, ast: &AST) -> f64 {
    each(CALLS, || {
        let mut scope = Scope::new();
        black_box(
            engine
                .call_fn::<i64>(&mut scope, ast, "price", (1_i64, 2_i64))
                .unwrap(),
        );
    })
}

fn compare(what: &str, mut runtime: Runtime) {
    let engine = Engine::new();
    let ast = engine.compile(FUNCTION).unwrap();
    let mut ratios = Vec::new();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (ours, bare) = (calls_of(&mut runtime), bare_calls(&engine, &ast));
        ratios.push(ours / bare);
        times.push(ours);
    }
    ratios.sort_by(f64::total_cmp);
    times.sort_by(f64::total_cmp);
    let (time, ratio) = (times[ROUNDS / 2], ratios[ROUNDS / 2]);
    println!("{what}: {time:.0} ns, {ratio:.2} times bare Rhai's");
}

#[derive(Clone, Serialize, Deserialize)]
struct Order {
    id: u32,
    price: f64,
    item: String,
    paid: bool,
}

/// Putting and taking 256 structs, at once and one by one.
fn batches() {
    let runtime = Runtime::builder().build().unwrap();
    let queue = runtime.queue::<Order>(0).unwrap();
    let order = Order {
        id: 7,
        price: 9.5,
        item: "tea".into(),
        paid: true,
    };
    let orders = vec![order; 256];
    let at_once = median(|| {
        each(20, || {
            queue.put_many(&orders).unwrap();
            black_box(queue.get_many(256).unwrap());
        }) / 256.0
    });
    let one_by_one = median(|| {
        each(20, || {
            orders.iter().for_each(|order| queue.put(order).unwrap());
            orders.iter().for_each(|_| {
                black_box(queue.get().unwrap());
            });
        }) / 256.0
    });
    println!(
        "256 structs: {at_once:.0} ns an item at once, {one_by_one:.0} ns one by one, {:.1} times",
        one_by_one / at_once
    );
}
