//! Rust values in scripts and back: the same by evaluations, calls, constants, queues and pools.

use std::collections::BTreeMap;

use procscript::objects::Queue;
use procscript::{Error, ErrorKind, Permissions, Runtime, Setup};
use rhai::{Dynamic, FnPtr, Map};
use serde::{Deserialize, Serialize};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("results_are_whatever_serde_reads", results),
    Case::new("arguments_are_whatever_serde_writes", arguments),
    Case::new("constants_are_whatever_serde_writes", constants),
    Case::new("errors_of_conversions_name_the_path", paths),
    Case::new("types_of_setups_stay_what_they_are", own_types),
    Case::new("values_of_scripts_stay_what_they_are", whole_values),
    Case::new("types_of_setups_reach_workers_and_come_back", in_pools),
    Case::new("isolated_scripts_convert_the_same", in_isolation),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u32,
    prices: Vec<Option<f32>>,
}

/// A type that scripts have as it is, and that crosses to other processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Money {
    pub(crate) cents: u64,
}

pub(crate) fn money() -> Setup {
    Setup::new("money")
        .register(|engine| {
            engine.register_fn("money", |cents: i64| Money {
                cents: cents.unsigned_abs(),
            });
            engine.register_get("cents", |money: &mut Money| money.cents.cast_signed());
        })
        .sendable::<Money>("Money")
}

fn runtime() -> Runtime {
    let builder = Runtime::builder().setup(money());
    builder.permissions(Permissions::all()).build().unwrap()
}

fn order() -> Order {
    let prices = vec![Some(1.5), None];
    Order { id: 7, prices }
}

fn results() {
    let mut runtime = runtime();
    assert_eq!(runtime.eval::<u32>("7").unwrap(), 7);
    assert_eq!(runtime.eval::<i32>("-7").unwrap(), -7);
    assert_eq!(runtime.eval::<f32>("7").unwrap(), 7.0);
    assert_eq!(runtime.eval::<Option<u8>>("()").unwrap(), None);
    assert_eq!(runtime.eval::<Vec<u8>>("[1, 2]").unwrap(), [1, 2]);
    let pair = runtime.eval::<(String, Vec<Option<i64>>)>(r#"["a", [1, ()]]"#);
    assert_eq!(pair.unwrap(), ("a".into(), vec![Some(1), None]));
    let text = "#{id: 7, prices: [1.5, ()]}";
    assert_eq!(runtime.eval::<Order>(text).unwrap(), order());
    let by_name = runtime.eval::<BTreeMap<String, Order>>(&format!("#{{a: {text}}}"));
    assert_eq!(by_name.unwrap()["a"], order());
    runtime
        .eval::<()>(&format!("fn order() {{ {text} }}"))
        .unwrap();
    assert_eq!(runtime.call_fn::<Order>("order", ()).unwrap(), order());
    let queue = runtime.eval::<Queue<u8>>("let q = Queue(); q.put(7); q");
    assert_eq!(queue.unwrap().get().unwrap(), 7);
}

fn arguments() {
    let mut runtime = runtime();
    runtime
        .eval::<()>("fn kinds(a, b, c, d) { `${type_of(a)} ${type_of(b)} ${type_of(c)} ${type_of(d)}` } fn id(x) { x }")
        .unwrap();
    let text = String::from("borrowed");
    let kinds = runtime.call_fn::<String>("kinds", (1_u8, 1.5_f32, &*text, Some(order())));
    assert_eq!(kinds.unwrap(), "i64 f64 string map");
    assert_eq!(
        runtime.call_fn::<Order>("id", (&order(),)).unwrap(),
        order()
    );
    assert_eq!(runtime.call_fn::<i64>("id", [5]).unwrap(), 5);
    let queue = runtime.queue::<i64>(0).unwrap();
    runtime.eval::<()>("fn put(q) { q.put(3) }").unwrap();
    runtime.call_fn::<()>("put", (&queue,)).unwrap();
    runtime.call_fn::<()>("put", (queue.to_dynamic(),)).unwrap();
    assert_eq!((queue.get().unwrap(), queue.get().unwrap()), (3, 3));
}

fn constants() {
    let mut runtime = runtime();
    runtime.set("order", order()).unwrap();
    runtime.set("names", ["Ada", "Bob"]).unwrap();
    runtime.set("limit", 3_u16).unwrap();
    let text = "order.prices[0] + limit + len(names)";
    assert_eq!(runtime.eval::<f64>(text).unwrap(), 6.5);
    let error = runtime.set("large", [u64::MAX]).unwrap_err();
    assert!(error.to_string().starts_with("large[0] "), "{error}");
}

fn path_of(error: &Error) -> &str {
    assert_eq!(error.kind(), ErrorKind::Conversion, "{error}");
    match error {
        Error::Conversion(why) => why.path(),
        _ => panic!("{error:?}"),
    }
}

fn paths() {
    let mut runtime = runtime();
    let error = runtime.eval::<u32>("-1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "result: expected u32, found the int -1 (received an int: -1)"
    );
    let error = runtime.eval::<Vec<Order>>("[#{id: 1, prices: []}, #{id: 2, prices: [true]}]");
    assert_eq!(path_of(&error.unwrap_err()), "result[1].prices[0]");
    runtime.eval::<()>("fn id(x) { x }").unwrap();
    let error = runtime.call_fn::<i64>("id", (vec![u64::MAX],)).unwrap_err();
    assert_eq!(path_of(&error), "args[0][0]");
    let error = runtime.eval::<Vec<i64>>("[1, |x| x]").unwrap_err();
    assert_eq!(path_of(&error), "result[1]");
    let error = runtime.eval::<Money>("#{cents: \"a\"}").unwrap_err();
    assert_eq!(path_of(&error), "result.cents");
}

/// A type of a setup inside of one that is not.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Bill {
    parts: Vec<Money>,
    tip: Option<Box<Money>>,
}

fn own_types() {
    let mut runtime = runtime();
    let text = "fn kind(x) { type_of(x) } fn id(x) { x }";
    runtime.eval::<()>(text).unwrap();
    let money = |cents| Money { cents };
    assert_eq!(runtime.eval::<Money>("money(5)").unwrap(), money(5));
    let several = runtime.eval::<Vec<Option<Money>>>("[money(5), (), #{cents: 6}]");
    assert_eq!(several.unwrap(), [Some(money(5)), None, Some(money(6))]);
    let kind = runtime.call_fn::<String>("kind", (money(1),)).unwrap();
    assert_eq!(kind, "Money");
    let largest = money(u64::MAX);
    assert_eq!(
        runtime.call_fn::<Money>("id", (&largest,)).unwrap(),
        largest
    );

    let bills = runtime.queue::<Bill>(0).unwrap();
    runtime.set("bills", &bills).unwrap();
    let bill = Bill {
        parts: vec![money(1), largest.clone()],
        tip: Some(Box::new(money(2))),
    };
    bills.put(&bill).unwrap();
    let text = "let b = bills.get(); bills.put(b); [type_of(b.parts[1]), type_of(b.tip)]";
    assert_eq!(
        runtime.eval::<[String; 2]>(text).unwrap(),
        ["Money", "Money"]
    );
    assert_eq!(bills.get().unwrap(), bill);

    let coins = runtime.queue::<Money>(0).unwrap();
    runtime.set("coins", &coins).unwrap();
    coins.put(&money(3)).unwrap();
    coins.put_many(&[money(4)]).unwrap();
    let text = "let sum = coins.get().cents + coins.get().cents; coins.put(money(sum)); coins.put(#{cents: 8});";
    runtime.eval::<()>(text).unwrap();
    assert_eq!(coins.get().unwrap(), money(7));
    assert_eq!(coins.get().unwrap(), money(8));
}

/// Values of scripts among others.
#[derive(Serialize, Deserialize)]
struct Named {
    name: String,
    value: Dynamic,
}

fn whole_values() {
    let mut runtime = runtime();
    let double = runtime.eval::<Dynamic>("|x| x * 2").unwrap();
    let double = double.cast::<FnPtr>();
    assert_eq!(runtime.call::<u8>(&double, (21,)).unwrap(), 42);
    let map = runtime.eval::<Map>("#{f: |x| x + 1}").unwrap();
    assert!(map["f"].is_fnptr());

    let queue = runtime.queue::<Dynamic>(0).unwrap();
    runtime.set("queue", &queue).unwrap();
    queue.put(&Dynamic::from(double)).unwrap();
    let text = "let f = queue.get(); queue.put(queue); queue.put(money(3)); f.call(4)";
    assert_eq!(runtime.eval::<i64>(text).unwrap(), 8);
    let same = Queue::<Dynamic>::from_dynamic(queue.get().unwrap()).unwrap();
    assert_eq!(same.get().unwrap().cast::<Money>(), Money { cents: 3 });

    let named = runtime.eval::<Vec<Named>>(r#"[#{name: "q", value: queue}]"#);
    let named = named.unwrap().remove(0);
    assert_eq!(named.name, "q");
    Queue::<i64>::from_dynamic(named.value.clone()).unwrap();
    runtime
        .eval::<()>("fn put(named) { named.value.put(9) }")
        .unwrap();
    runtime.call_fn::<()>("put", (named,)).unwrap();
    assert_eq!(queue.get().unwrap().as_int(), Ok(9));
}

fn in_pools() {
    let mut runtime = runtime();
    runtime
        .eval::<()>(
            "fn more(money, count) { money(money.cents + count) } fn kind(x) { type_of(x) }",
        )
        .unwrap();
    let pool = runtime.pool(2).unwrap();
    let job = pool.submit::<_, Money>("more", (Money { cents: 2 }, 3_u8));
    assert_eq!(job.unwrap().wait().unwrap(), Money { cents: 5 });
    let coins = [Money { cents: 1 }, Money { cents: 2 }];
    let kinds: Vec<String> = pool.map("kind", &coins).unwrap();
    assert_eq!(kinds, ["Money", "Money"]);
    let more: Vec<Money> = pool.starmap("more", coins.map(|coin| (coin, 1))).unwrap();
    assert_eq!(more[1], Money { cents: 3 });
}

fn in_isolation() {
    let builder = Runtime::builder().setup(money()).isolated();
    let mut runtime = builder.permissions(Permissions::all()).build().unwrap();
    runtime.set("tip", Money { cents: 1 }).unwrap();
    runtime
        .eval::<()>("fn with_tip(money, orders) { [money(money.cents + tip.cents), orders[0].id] }")
        .unwrap();
    let args = (Money { cents: 2 }, [order()]);
    let result = runtime.call_fn::<(Money, u8)>("with_tip", args).unwrap();
    assert_eq!(result, (Money { cents: 3 }, 7));
}
