//! A trace obeys the rules of the trace event format, beyond what viewers forgive.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::support::script::each_start_method;
use super::{EVERYTHING, recorded};

type Track = (u64, u64);

fn track(event: &Value) -> Track {
    (
        event["pid"].as_u64().unwrap(),
        event["tid"].as_u64().unwrap(),
    )
}

/// A time of the trace in nanoseconds, which it is precise to.
fn ns(value: &Value) -> u64 {
    let us = value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no time"));
    assert!(us >= 0.0, "{us}");
    (us * 1000.0).round() as u64
}

fn of_phase<'t>(events: &'t [Value], phase: &str) -> Vec<&'t Value> {
    events.iter().filter(|event| event["ph"] == phase).collect()
}

#[test]
fn a_trace_keeps_the_rules_of_its_format() {
    each_start_method(|method| {
        let recorded = recorded(EVERYTHING, method, "trace.json");
        recorded.output.assert(0, "140\n", "");
        let trace: Value = serde_json::from_str(&recorded.text).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let phases: HashSet<&str> = events.iter().map(|e| e["ph"].as_str().unwrap()).collect();
        assert_eq!(phases, HashSet::from(["M", "X", "i", "s", "f", "C"]));
        names_are_there(events);
        slices_nest(&of_phase(events, "X"));
        flows_have_both_ends(events);
        for event in of_phase(events, "i") {
            ns(&event["ts"]);
            assert_eq!(event["s"], "t");
        }
    });
}

/// Every track has a name, and every process.
fn names_are_there(events: &[Value]) {
    let named = |what: &str| -> HashSet<Track> {
        let events = of_phase(events, "M")
            .into_iter()
            .filter(|e| e["name"] == what);
        let checked = events.inspect(|e| assert!(!e["args"]["name"].as_str().unwrap().is_empty()));
        checked.map(track).collect()
    };
    let (threads, processes) = (named("thread_name"), named("process_name"));
    let pids: HashSet<u64> = processes.iter().map(|(pid, _)| *pid).collect();
    for event in events.iter().filter(|event| event["ph"] != "M") {
        assert!(threads.contains(&track(event)), "{event}");
        assert!(pids.contains(&track(event).0), "{event}");
        assert!(
            event["name"].is_string() && event["cat"].is_string(),
            "{event}"
        );
    }
}

/// The slices of a track lie one after the other or inside each other, in the order of their times.
fn slices_nest(slices: &[&Value]) {
    let mut open: HashMap<Track, Vec<u64>> = HashMap::new();
    let mut last: HashMap<Track, u64> = HashMap::new();
    for slice in slices {
        let (start, length) = (ns(&slice["ts"]), ns(&slice["dur"]));
        let before = last.insert(track(slice), start).unwrap_or(0);
        assert!(before <= start, "{slice} comes too late");
        let open = open.entry(track(slice)).or_default();
        open.retain(|end| *end > start);
        let around = open.last().copied().unwrap_or(u64::MAX);
        assert!(
            start + length <= around,
            "{slice} is not inside the one around it"
        );
        open.push(start + length);
    }
}

/// Every arrow begins and ends once, not before it begins, inside of slices.
fn flows_have_both_ends(events: &[Value]) {
    let ends = |phase| -> HashMap<u64, &Value> {
        let events = of_phase(events, phase);
        let count = events.len();
        let ends: HashMap<u64, &Value> = events
            .into_iter()
            .map(|e| (e["id"].as_u64().unwrap(), e))
            .collect();
        assert_eq!(ends.len(), count, "an arrow has two ends of one kind");
        ends
    };
    let (from, to) = (ends("s"), ends("f"));
    assert_eq!(from.len(), to.len());
    let slices = of_phase(events, "X");
    let is_inside = |event: &Value| {
        slices.iter().any(|slice| {
            let start = ns(&slice["ts"]);
            let within = start..=start + ns(&slice["dur"]);
            track(slice) == track(event) && within.contains(&ns(&event["ts"]))
        })
    };
    for (id, from) in &from {
        let to = to[id];
        assert_eq!((&from["name"], &from["cat"]), (&to["name"], &to["cat"]));
        assert_eq!(to["bp"], "e");
        assert!(ns(&from["ts"]) <= ns(&to["ts"]), "{from} {to}");
        assert!(is_inside(from) && is_inside(to), "{from} {to}");
    }
}

#[test]
fn each_message_has_an_arrow_from_its_put_to_its_get() {
    each_start_method(|method| {
        let code = r#"
            fn consume(q) { for i in range(5) { q.get(); } }
            let q = Queue();
            let p = Process(consume, [q]);
            p.start();
            for i in range(5) { q.put(i); time.sleep(0.05); }
            p.join();
        "#;
        let trace: Value = serde_json::from_str(&recorded(code, method, "t.json").text).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let messages = |phase| {
            let events = of_phase(events, phase).into_iter();
            let messages = events.filter(|event| event["name"] == "message");
            let pids: Vec<u64> = messages.map(|event| track(event).0).collect();
            assert_eq!(pids.len(), 5);
            pids[0]
        };
        assert_ne!(messages("s"), messages("f"));
        let starts = of_phase(events, "s")
            .into_iter()
            .filter(|event| event["name"] == "start");
        assert_eq!(starts.count(), 1);
    });
}

#[test]
fn events_and_conditions_have_arrows_to_those_who_had_waited() {
    each_start_method(|method| {
        let code = r#"
            fn wait(e) { e.wait(); }
            fn sleep_on(c, ready) { with c { ready.set(); c.wait(); } }
            let e = Event();
            let waiters = [Process(wait, [e]), Process(wait, [e])];
            for p in waiters { p.start(); }
            time.sleep(0.2);
            e.set();
            for p in waiters { p.join(); }
            let c = Condition();
            let ready = Event();
            let t = Thread(sleep_on, [c, ready]);
            t.start();
            ready.wait();
            with c { c.notify(); }
            t.join();
        "#;
        let trace: Value = serde_json::from_str(&recorded(code, method, "t.json").text).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        flows_have_both_ends(events);
        let signals = of_phase(events, "f").into_iter();
        let signals = signals.filter(|event| event["name"] == "signal").count();
        assert!((3..=4).contains(&signals), "{signals}");
    });
}

#[test]
fn a_counter_shows_how_many_messages_wait_in_a_queue() {
    let code = r#"
        let jobs = Queue();
        for i in range(3) { jobs.put(i); time.sleep(0.01); }
        for i in range(3) { jobs.get(); time.sleep(0.01); }
    "#;
    let trace: Value = serde_json::from_str(&recorded(code, "fork", "t.json").text).unwrap();
    let events = of_phase(trace["traceEvents"].as_array().unwrap(), "C");
    let counts: Vec<u64> = events
        .iter()
        .filter(|event| event["name"] == "Queue jobs")
        .map(|event| event["args"]["messages"].as_u64().unwrap())
        .collect();
    assert_eq!(counts, [1, 2, 3, 2, 1, 0]);
}
