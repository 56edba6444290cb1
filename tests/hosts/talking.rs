//! Values and objects that hosts and scripts share: converted both ways, in every thread, none lost.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use procscript::objects::{Event, GetError, Lock, ProcessOptions, PutError, Queue, WaitError};
use procscript::rhai::Dynamic;
use procscript::{Error, ErrorKind, Permissions, Runtime};
use serde::{Deserialize, Serialize};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("values_cross_between_rust_and_scripts_both_ways", both_ways),
    Case::new(
        "an_item_of_another_type_is_an_error_and_is_not_lost",
        wrong_shapes,
    ),
    Case::new("a_full_and_an_empty_queue_say_so_in_time", full_and_empty),
    Case::new("objects_of_a_script_are_taken_by_the_host", from_scripts),
    Case::new("objects_travel_inside_items", inside_items),
    Case::new("objects_of_another_runtime_are_refused", two_runtimes),
    Case::new(
        "threads_of_the_host_and_a_script_process_lose_no_message",
        many_threads,
    ),
    Case::new("many_items_are_put_at_once_and_none_is_lost", batches),
    Case::new("objects_work_while_a_script_runs", while_running),
];

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u32,
    price: f64,
    tags: Vec<String>,
    gift: Option<String>,
    size: Size,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Size {
    Small,
    Custom { width: i64 },
}

fn order() -> Order {
    Order {
        id: 7,
        price: 2.5,
        tags: vec!["new".into(), "字".into()],
        gift: None,
        size: Size::Custom { width: 3 },
    }
}

fn both_ways() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let orders = runtime.queue::<Order>(0).unwrap();
    runtime.set("orders", orders.clone()).unwrap();
    runtime
        .eval::<()>(
            r#"
            fn check(order) {
                if order.id != 7 || order.gift != () || order.size.Custom.width != 3 || order.tags[1] != "字" {
                    throw "the order is " + order.to_string();
                }
            }
            "#,
        )
        .unwrap();
    orders.put(&order()).unwrap();
    let script = r#"let o = orders.get(); check(o); o.id += 1; o.gift = "card"; o.size = "Small"; orders.put(o)"#;
    runtime.eval::<()>(script).unwrap();
    let back = orders.get().unwrap();
    assert_eq!(
        (back.id, back.gift.as_deref(), &back.size),
        (8, Some("card"), &Size::Small)
    );

    // As an argument, and through a process.
    let text = runtime.queue::<String>(0).unwrap();
    runtime
        .eval::<()>("fn answer(text) { text.put(text.get() + \"!\") }")
        .unwrap();
    text.put(&"hello".into()).unwrap();
    runtime
        .call_fn::<()>("answer", (text.to_dynamic(),))
        .unwrap();
    let child = runtime
        .start("answer", (text.to_dynamic(),), ProcessOptions::new())
        .unwrap();
    assert_eq!(child.join().unwrap(), 0);
    assert_eq!(text.get().unwrap(), "hello!!");

    // 64 MiB, each way.
    let large = runtime.queue::<String>(0).unwrap();
    let megabytes = "0123456789abcdef".repeat(4 << 20);
    large.put(&megabytes).unwrap();
    runtime
        .eval::<()>("fn pass(q) { let s = q.get(); q.put(s); }")
        .unwrap();
    runtime
        .call_fn::<()>("pass", (large.to_dynamic(),))
        .unwrap();
    assert!(large.get().unwrap() == megabytes);
}

fn wrong_shapes() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let orders = runtime.queue::<Order>(0).unwrap();
    runtime.set("orders", orders.clone()).unwrap();
    runtime
        .eval::<()>(
            r#"
            orders.put(#{id: 1, price: "dear", tags: [], gift: (), size: "Small"});
            orders.put(|x| x);
            orders.put(#{id: 2, price: 1.0, tags: [], gift: (), size: "Small"});
            "#,
        )
        .unwrap();
    let Err(GetError::Conversion(why)) = orders.get() else {
        panic!("an order that is none");
    };
    assert_eq!(
        (why.path(), why.reason()),
        ("item.price", "expected f64, found the string \"dear\"")
    );
    assert_eq!(
        why.to_string(),
        "item.price: expected f64, found the string \"dear\" (received a dict: \
         {'gift': None, 'id': 1, 'price': 'dear', 'size': 'Small', 'tags': []})"
    );
    // Nothing is lost: what came is in the error.
    let came = why.into_value().unwrap().cast::<procscript::rhai::Map>();
    assert_eq!(came["id"].as_int(), Ok(1));
    let why = orders.get().unwrap_err().to_string();
    assert!(
        why.starts_with("item: expected struct Order, found a function (received a function"),
        "{why}"
    );
    assert_eq!(orders.get().unwrap().id, 2);

    let counts = runtime.queue::<BTreeMap<String, u64>>(0).unwrap();
    let Err(PutError::Conversion(why)) = counts.put(&[("many".to_string(), u64::MAX)].into())
    else {
        panic!("a number that does not fit");
    };
    assert_eq!(why.path(), "item.many");
    assert!(counts.is_empty() && why.value().is_none());
}

fn full_and_empty() {
    let runtime = Runtime::builder()
        .permissions(Permissions::all())
        .session_memory(8 << 20)
        .build()
        .unwrap();
    let queue = runtime.queue::<i64>(1).unwrap();
    let brief = Duration::from_millis(20);
    assert!(matches!(queue.try_get(), Err(GetError::Empty)));
    let begun = Instant::now();
    assert!(matches!(queue.get_timeout(brief), Err(GetError::Empty)));
    assert!(begun.elapsed() >= brief);
    queue.put(&1).unwrap();
    assert!(queue.is_full() && queue.len() == 1 && queue.maxsize() == 1);
    assert!(matches!(queue.try_put(&2), Err(PutError::Full)));
    let begun = Instant::now();
    assert!(matches!(queue.put_timeout(&2, brief), Err(PutError::Full)));
    assert!(begun.elapsed() >= brief);
    // Who waits is woken.
    let other = queue.clone();
    let waiting = thread::spawn(move || other.put(&2));
    assert_eq!(queue.get().unwrap(), 1);
    waiting.join().unwrap().unwrap();
    assert_eq!(queue.get().unwrap(), 2);

    let texts = runtime.queue::<String>(0).unwrap();
    let error = texts.put(&"x".repeat(16 << 20)).unwrap_err();
    assert!(matches!(error, PutError::Memory { .. }), "{error}");
    assert!(error.to_string().contains("8 MiB"), "{error}");

    let event = runtime.event().unwrap();
    assert!(matches!(
        event.wait_timeout(brief),
        Err(WaitError::TimedOut)
    ));
    let lock = runtime.lock().unwrap();
    let guard = lock.acquire().unwrap();
    assert!(matches!(lock.try_acquire(), Err(WaitError::TimedOut)));
    assert!(matches!(
        lock.acquire_timeout(brief),
        Err(WaitError::TimedOut)
    ));
    drop(guard);
    assert!(!lock.try_acquire().unwrap().was_abandoned());
}

fn from_scripts() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let queue = runtime
        .eval::<Dynamic>("let q = JoinableQueue(5); q.put(20); q")
        .unwrap();
    let queue = Queue::<i64>::from_dynamic(queue).unwrap();
    assert_eq!((queue.get().unwrap(), queue.maxsize()), (20, 5));
    assert!(matches!(
        queue.join_timeout(Duration::ZERO),
        Err(WaitError::TimedOut)
    ));
    queue.task_done().unwrap();
    queue.join().unwrap();
    queue.join_timeout(LONG).unwrap();
    let error = Error::from(queue.task_done().unwrap_err());
    assert_eq!(error.kind(), ErrorKind::TaskDone);
    let event = runtime.eval::<Dynamic>("let e = Event(); e").unwrap();
    Event::from_dynamic(event).unwrap().set().unwrap();
    assert!(runtime.eval::<bool>("e.is_set()").unwrap());
    let lock = runtime.eval::<Dynamic>("let l = Lock(); l").unwrap();
    let guard = Lock::from_dynamic(lock).unwrap().acquire().unwrap();
    assert!(runtime.eval::<bool>("l.locked()").unwrap());
    drop(guard);
    assert!(!runtime.eval::<bool>("l.locked()").unwrap());
    let why = Queue::<i64>::from_dynamic(runtime.eval("l").unwrap()).unwrap_err();
    assert_eq!(why.reason(), "expected a Queue, found a Lock");
    let why = Lock::from_dynamic("text".into()).unwrap_err();
    assert_eq!(
        why.to_string(),
        "value: expected a Lock, found a str (received a str: 'text')"
    );
    runtime.eval::<()>("q.close()").unwrap();
    assert!(matches!(queue.try_get(), Err(GetError::Closed)));
}

fn inside_items() {
    #[derive(Serialize, Deserialize)]
    struct Question {
        number: i64,
        answer: Queue<i64>,
        turn: Lock,
    }
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime
        .eval::<()>("fn work(questions) { let q = questions.get(); q.turn.acquire(); q.answer.put(q.number * 2); q.turn.release(); questions.put(q) }")
        .unwrap();
    let questions = runtime.queue::<Question>(0).unwrap();
    let answer = runtime.queue(0).unwrap();
    let turn = runtime.lock().unwrap();
    questions
        .put(&Question {
            number: 21,
            answer: answer.clone(),
            turn,
        })
        .unwrap();
    let child = runtime
        .start("work", (questions.to_dynamic(),), ProcessOptions::new())
        .unwrap();
    assert_eq!(answer.get().unwrap(), 42);
    child.join().unwrap();
    let back = questions.get().unwrap();
    back.answer.put(&1).unwrap();
    assert_eq!(answer.get().unwrap(), 1);
}

fn two_runtimes() {
    let (one, other) = (
        Runtime::builder()
            .permissions(Permissions::all())
            .build()
            .unwrap(),
        Runtime::builder()
            .permissions(Permissions::all())
            .build()
            .unwrap(),
    );
    let (mine, yours) = (
        one.queue::<Queue<i64>>(0).unwrap(),
        other.queue::<i64>(0).unwrap(),
    );
    let why = mine.put(&yours).unwrap_err().to_string();
    assert!(why.contains("belongs to another runtime"), "{why}");
    assert!(mine.is_empty());
    // Nor by way of a script.
    let (mut one, mut other) = (one, other);
    let why = one.set("yours", yours.clone()).unwrap_err().to_string();
    assert!(why.contains("belongs to another runtime"), "{why}");
    one.set("yours", yours.to_dynamic()).unwrap();
    one.set("mine", mine.clone()).unwrap();
    let told = one.eval::<()>("mine.put(yours)").unwrap_err().to_string();
    assert!(
        told.contains(
            "item is a Queue, which cannot be sent from here: it belongs to another runtime"
        ),
        "{told}"
    );
    other.eval::<()>("fn take(queue) { queue.put(1) }").unwrap();
    let told = other
        .call_fn::<()>("take", (mine.to_dynamic(),))
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("argument 1 belongs to another runtime"),
        "{told}"
    );
    drop(one);
    yours.put(&1).unwrap();
    assert_eq!(yours.get().unwrap(), 1);
    assert!(matches!(mine.put(&yours), Err(PutError::Ended)));
}

fn many_threads() {
    const THREADS: i64 = 4;
    const EACH: i64 = 10_000;
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    runtime
        .eval::<()>(
            r#"
            fn echo(there, back) {
                loop {
                    let item = there.get();
                    if item == () { break; }
                    back.put(item);
                }
            }
            "#,
        )
        .unwrap();
    let there = runtime.queue::<Option<(i64, i64)>>(100).unwrap();
    let back = runtime.queue::<(i64, i64)>(100).unwrap();
    let args = (there.to_dynamic(), back.to_dynamic());
    let child = runtime.start("echo", args, ProcessOptions::new()).unwrap();
    let senders: Vec<_> = (0..THREADS)
        .map(|thread| {
            let there = there.clone();
            thread::spawn(move || (0..EACH).for_each(|n| there.put(&Some((thread, n))).unwrap()))
        })
        .collect();
    let receivers: Vec<_> = (0..THREADS)
        .map(|_| {
            let back = back.clone();
            thread::spawn(move || (0..EACH).map(|_| back.get().unwrap()).collect::<Vec<_>>())
        })
        .collect();
    for sender in senders {
        sender.join().unwrap();
    }
    let mut all = Vec::new();
    for receiver in receivers {
        let got = receiver.join().unwrap();
        for thread in 0..THREADS {
            let of_one: Vec<_> = got.iter().filter(|item| item.0 == thread).collect();
            assert!(of_one.is_sorted(), "out of order");
        }
        all.extend(got);
    }
    all.sort_unstable();
    let wanted: Vec<_> = (0..THREADS)
        .flat_map(|t| (0..EACH).map(move |n| (t, n)))
        .collect();
    assert!(all == wanted, "lost or doubled");
    there.put(&None).unwrap();
    assert_eq!(child.join().unwrap(), 0);
}

fn batches() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let numbers = runtime.queue::<u64>(0).unwrap();
    runtime.set("numbers", numbers.clone()).unwrap();
    let why = numbers.put_many(&[1, u64::MAX, 3]).unwrap_err();
    assert!(
        why.sent == 0
            && numbers.is_empty()
            && why.to_string().starts_with("items[1] cannot be sent"),
        "{why}"
    );
    assert_eq!(Error::from(why).kind(), ErrorKind::Conversion);
    numbers.put_many(&[1, 2]).unwrap();
    runtime
        .eval::<()>("numbers.put_many([\"x\", 4]); if numbers.get() != 1 { throw 1 }")
        .unwrap();
    let got = numbers.get_many(10).unwrap();
    let shown: Vec<String> = got
        .iter()
        .map(|item| match item {
            Ok(number) => number.to_string(),
            Err(why) => why.reason().to_string(),
        })
        .collect();
    assert_eq!(shown, ["2", "expected u64, found the string \"x\"", "4"]);
    // Objects in items go one by one.
    let queues = runtime.queue::<Queue<u64>>(0).unwrap();
    queues
        .put_many(&[numbers.clone(), numbers.clone()])
        .unwrap();
    queues
        .get_many(2)
        .unwrap()
        .into_iter()
        .for_each(|queue| queue.unwrap().put(&7).unwrap());
    assert_eq!((numbers.get().unwrap(), numbers.get().unwrap()), (7, 7));
}

fn while_running() {
    let mut runtime = Runtime::builder()
        .permissions(Permissions::all())
        .build()
        .unwrap();
    let (there, back) = (
        runtime.queue::<i64>(0).unwrap(),
        runtime.queue::<i64>(0).unwrap(),
    );
    runtime.set("there", there.clone()).unwrap();
    runtime.set("back", back.clone()).unwrap();
    let running = thread::spawn(move || {
        let sum = "let sum = 0; loop { let n = there.get(); if n == 0 { break; } sum += n; back.put(n); } sum";
        runtime.eval::<i64>(sum).unwrap()
    });
    for n in 1..=100 {
        there.put(&n).unwrap();
        assert_eq!(back.get_timeout(LONG).unwrap(), n);
    }
    there.put(&0).unwrap();
    assert_eq!(running.join().unwrap(), 5050);
}
