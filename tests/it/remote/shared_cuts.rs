//! Connections that are cut after every byte of a request and of an answer: each change of a Value, a dict, a list and an Event happens once.

use super::cuts::{Direction, Plan, cut_after_each_byte, proxy, with_cut};
use crate::support::script::Script;
use crate::support::server::Server;

const SCRIPT: &str = r#"
    let v = Value("i", 0, #{ url: "URL", name: "v", lock: false });
    let m = Manager(#{ url: "URL" });
    let d = m.dict(#{ n: 0 }, #{ name: "d" });
    let l = m.list(range(6000), #{ name: "l" });
    let e = Event(#{ url: "URL", name: "e" });
    print("ready");
    loop {
        let order = input();
        if order == "add" { print("add", v.add(1)); }
        else if order == "update" { print("update", d.update("n", |n| n + 1)); }
        else if order == "pop" { print("pop", l.pop(0)); }
        else if order == "event" { e.set(); print("event", e.is_set(), e.clear()); }
        else { break; }
    }
    print(v.value, d["n"], l[0], e.is_set());
"#;

#[test]
fn a_change_whose_connection_is_cut_after_any_byte_happens_once() {
    let orders = |rounds: usize| {
        [
            ("add", format!("add {}", rounds + 1)),
            ("update", format!("update {}", rounds + 1)),
            ("pop", format!("pop {rounds}")),
            ("event", "event True None".to_string()),
        ]
    };
    cut_after_each_byte(SCRIPT, orders, |rounds| {
        format!("\n{rounds} {rounds} {rounds} False\n")
    });
}

#[test]
fn a_large_answer_whose_connection_is_cut_comes_again() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let plan = Plan::default();
    let port = proxy(server.port(), &plan);
    let code = r#"
        let m = Manager(#{ url: "URL" });
        let l = m.list(["a" * 200000, "b" * 200000, "c"], #{ name: "l" });
        print("ready");
        while input() == "pop" { print("pop", l.pop(0).len()); }
        print(l);
    "#;
    let code = code.replace("URL", &format!("redis://127.0.0.1:{port}/0"));
    let mut run = Script::text(&code).interactive().patient().start();
    run.wait_for_line("ready");
    let mut lines = 1;
    for at in [10, 100_000] {
        let cut = (Direction::Answer, at);
        assert!(with_cut(
            &mut run,
            &plan,
            cut,
            "pop",
            "pop 200000",
            &mut lines
        ));
    }
    run.type_in("end\n");
    let output = run.finish();
    assert!(output.stdout.ends_with("\n['c']\n"), "{}", output.stdout);
}
