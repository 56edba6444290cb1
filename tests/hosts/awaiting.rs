//! Waits as futures: they come in any order, take nothing when they are dropped, and end with their runtime.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use procscript::objects::{GetError, ProcessOptions, PutError, Queue, WaitError};
use procscript::{Error, ErrorKind, Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("an_awaited_item_comes_from_a_script", items),
    Case::new("a_dropped_future_takes_no_item", dropped),
    Case::new("puts_are_awaited_where_a_queue_is_full", room),
    Case::new("processes_and_events_are_awaited", processes),
    Case::new("many_futures_wait_at_once", many),
    Case::new("awaits_end_with_a_stop_and_with_the_runtime", endings),
    Case::new("tasks_of_pools_are_awaited", jobs),
    Case::new("a_runtime_works_on_a_thread_of_its_own", spawned),
    Case::new("dropping_the_work_of_a_runtime_stops_it", stopped),
];

fn tokio() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap()
}

fn runtime(script: &str) -> Runtime {
    let builder = Runtime::builder().permissions(Permissions::all());
    let mut runtime = builder.build().unwrap();
    runtime.eval::<()>(script).unwrap();
    runtime
}

/// A waker that counts.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll<F: Future>(future: Pin<&mut F>, counter: &Arc<Counter>) -> Poll<F::Output> {
    let waker = Waker::from(counter.clone());
    future.poll(&mut Context::from_waker(&waker))
}

fn items() {
    let runtime = runtime("fn work(ins, outs) { loop { outs.put(ins.get() * 2) } }");
    let ends: [Queue<i64>; 2] = [runtime.queue(0).unwrap(), runtime.queue(0).unwrap()];
    let options = ProcessOptions::new().daemon();
    let process = runtime
        .start("work", (&ends[0], &ends[1]), options)
        .unwrap();
    tokio().block_on(async {
        for n in 0..200 {
            ends[0].put_async(&n).await.unwrap();
            assert_eq!(ends[1].get_async().await.unwrap(), 2 * n);
        }
        process.terminate();
        assert!(process.join_async().await.unwrap() != 0);
    });
}

fn dropped() {
    let runtime = runtime("");
    let queue = runtime.queue::<i64>(0).unwrap();
    let counter = Arc::new(Counter::default());
    {
        let mut future = pin!(queue.get_async());
        assert!(poll(future.as_mut(), &counter).is_pending());
        queue.put(&1).unwrap();
        while counter.0.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
    }
    assert_eq!(queue.len(), 1);
    // The other branch of a select is dropped each time.
    let (left, right) = (queue, runtime.queue::<i64>(0).unwrap());
    tokio().block_on(async {
        let mut sum = 0;
        for n in 2..=100 {
            let item = tokio::select! {
                item = left.get_async() => item,
                item = right.get_async() => item,
            };
            sum += item.unwrap();
            if n % 2 == 0 { &left } else { &right }.put(&n).unwrap();
        }
        sum += left.try_get().or_else(|_| right.try_get()).unwrap();
        assert_eq!(sum, 5050);
        assert!(left.is_empty() && right.is_empty());
    });
}

fn room() {
    let runtime = runtime("fn take(q) { [q.get(), q.get()] }");
    let queue = runtime.queue::<String>(1).unwrap();
    queue.put(&"a".into()).unwrap();
    tokio().block_on(async {
        let of_runtime = queue.clone();
        let taking =
            runtime.spawn(move |runtime| runtime.call_fn::<Vec<String>>("take", (&of_runtime,)));
        queue.put_async(&"b".into()).await.unwrap();
        let (_, taken) = taking.await;
        assert_eq!(taken.unwrap(), ["a", "b"]);
    });
}

fn processes() {
    let runtime = runtime("fn nap(go, done) { go.wait(); done.set(); sys.exit(3) }");
    let (go, done) = (runtime.event().unwrap(), runtime.event().unwrap());
    let start = || {
        runtime
            .start("nap", (&go, &done), ProcessOptions::new())
            .unwrap()
    };
    let both = [start(), start()];
    tokio().block_on(async {
        let joins = async { tokio::join!(both[0].join_async(), both[1].join_async()) };
        let ends = async {
            go.set().unwrap();
            done.wait_async().await.unwrap();
        };
        let ((one, two), ()) = tokio::join!(joins, ends);
        assert_eq!((one.unwrap(), two.unwrap()), (3, 3));
        assert_eq!(both[0].join_async().await.unwrap(), 3);
    });
}

fn many() {
    let runtime = runtime("");
    let queues: Vec<Queue<usize>> = (0..300).map(|_| runtime.queue(0).unwrap()).collect();
    tokio().block_on(async {
        let wait = |(index, queue): (usize, Queue<usize>)| {
            tokio::spawn(async move { queue.get_async().await.unwrap() == index })
        };
        let waits: Vec<_> = queues.iter().cloned().enumerate().map(wait).collect();
        for (index, queue) in queues.iter().enumerate().rev() {
            queue.put(&index).unwrap();
        }
        for wait in waits {
            assert!(wait.await.unwrap());
        }
    });
}

fn endings() {
    let runtime = runtime("");
    let queue = runtime.queue::<i64>(1).unwrap();
    let full = runtime.queue::<i64>(1).unwrap();
    full.put(&1).unwrap();
    let event = runtime.event().unwrap();
    let stopper = runtime.stopper();
    tokio().block_on(async {
        let stop = async { stopper.stop_all() };
        let (got, put, waited, ()) = tokio::join!(
            queue.get_async(),
            full.put_async(&2),
            event.wait_async(),
            stop
        );
        assert!(matches!(got, Err(GetError::Stopped)), "{got:?}");
        assert!(matches!(put, Err(PutError::Stopped)), "{put:?}");
        assert!(matches!(waited, Err(WaitError::Stopped)), "{waited:?}");
        stopper.resume();
        let end = async { drop(runtime) };
        let (got, ()) = tokio::join!(queue.get_async(), end);
        assert!(
            matches!(got, Err(GetError::Ended | GetError::Stopped)),
            "{got:?}"
        );
        assert!(matches!(queue.get_async().await, Err(GetError::Ended)));
    });
}

fn jobs() {
    let runtime =
        runtime("fn square(x) { x * x } fn die() { os._exit(3) } fn wait_for(e) { e.wait(); 7 }");
    let pool = runtime.pool(2).unwrap();
    let event = runtime.event().unwrap();
    tokio().block_on(async {
        let squares: Vec<_> = (0..100_u32)
            .map(|n| pool.submit::<_, u32>("square", (n,)).unwrap())
            .collect();
        let mut sum = 0;
        for square in &squares {
            sum += square.wait_async().await.unwrap();
        }
        assert_eq!(sum, (0..100).map(|n| n * n).sum::<u32>());
        let die = pool.submit::<_, ()>("die", ()).unwrap();
        assert_eq!(
            die.wait_async().await.unwrap_err().kind(),
            ErrorKind::WorkerLost
        );
        let job = pool.submit::<_, u8>("wait_for", (&event,)).unwrap();
        let set = async { event.set().unwrap() };
        let (waited, ()) = tokio::join!(job.wait_async(), set);
        assert_eq!(waited.unwrap(), 7);
        event.clear();
        let job = pool.submit::<_, u8>("wait_for", (&event,)).unwrap();
        let end = async { drop((pool, runtime)) };
        let (waited, ()) = tokio::join!(job.wait_async(), end);
        assert!(waited.is_err());
    });
}

fn spawned() {
    let runtime = runtime("fn double(x) { x * 2 }");
    tokio().block_on(async {
        let (mut runtime, doubled) = runtime
            .spawn(|runtime| runtime.call_fn::<i64>("double", (4,)))
            .await;
        assert_eq!(doubled.unwrap(), 8);
        assert_eq!(runtime.eval::<i64>("double(5)").unwrap(), 10);
        let running = runtime.spawn(|runtime| runtime.eval::<()>("loop { }"));
        running.stopper().stop();
        let (_, stopped) = running.await;
        assert!(matches!(stopped, Err(Error::Stopped)));
    });
}

fn stopped() {
    let runtime = runtime("");
    let stopper = runtime.stopper();
    let queue = runtime.queue::<i64>(0).unwrap();
    let running = runtime.spawn(|runtime| runtime.eval::<()>("loop { }"));
    drop(running);
    // The runtime is dropped when its script has ended.
    assert!(matches!(
        queue.get(),
        Err(GetError::Ended | GetError::Stopped)
    ));
    drop(stopper);
}
