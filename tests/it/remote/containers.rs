//! What a `Manager` makes on a server.

use super::{at, prints_at};
use crate::support::script::Script;
use crate::support::server::Server;

#[test]
fn containers_are_found_by_their_names() {
    prints_at(
        r#"
        let m = Manager(#{ url: "URL" });
        let d = m.dict(#{ a: 1 }, #{ name: "d" });
        let l = m.list([1, 2], #{ name: "l" });
        let n = m.Namespace(#{ x: 1 }, #{ name: "n" });
        let v = m.Value("i", "any", #{ name: "v" });
        print(m, m.address, d, l, n, v);
        print(repr(d), repr(l), repr(n), repr(v));
        fn child(m) {
            let d = m.dict(#{ a: 2, b: 3 }, #{ name: "d" });
            d["c"] = [1, #{ x: 2.5 }];
            m.list([9], #{ name: "l" }).append("x");
            let n = m.Namespace(#{ name: "n" });
            n.y = "y";
            let v = m.Value("i", 0, #{ name: "v" });
            v.value = ();
        }
        let p = Process(child, [m]);
        p.start();
        p.join();
        print(d, l, n, v, p.exitcode);
        with m as again { print(again.dict(#{ name: "d" }) == d); }
        m.shutdown();
        print(d.popitem(), d);
        let late = m.list(#{ name: "late" });
        late.append(1);
        late.pop();
        print(m.list([5], #{ name: "late" }), m.dict(#{ name: "late dict" }), m.dict(#{ x: 1 }, #{ name: "late dict" }));
        for wrong in [
            || m.dict(), || m.dict(#{ a: 1 }), || m.list(#{ name: "d" }), || m.Value("i", 1),
            || Manager(#{ url: "URL", name: "m" }), || m.Lock(),
        ] {
            print(error_of(wrong));
        }
        "#,
        "<ServerManager at URL> URL {'a': 1} [1, 2] Namespace(x=1) Value('i', 'any')\n\
         <DictProxy d at URL> <ListProxy l at URL> <NamespaceProxy n at URL> <ValueProxy v at URL>\n\
         {'a': 1, 'c': [1, {'x': 2.5}]} [1, 2, 'x'] Namespace(x=1, y='y') Value('i', None) 0\n\
         True\n['c', [1, {'x': 2.5}]] {'a': 1}\n[] {'x': 1} {'x': 1}\n\
         ValueError: an object on a server needs a name, by which other processes find it\n\
         TypeError: dict() got an unexpected keyword argument 'a' (it takes entries, name)\n\
         ValueError: the object of this name is a dict, not a list\n\
         ValueError: an object on a server needs a name, by which other processes find it\n\
         TypeError: Manager() got an unexpected keyword argument 'name' (it takes url)\n\
         TypeError: url must be a string, not ServerManager\n",
    );
}

#[test]
fn a_list_in_a_dict_is_a_copy_that_update_changes_in_one_step() {
    prints_at(
        r#"
        let m = Manager(#{ url: "URL" });
        let d = m.dict(#{ name: "d" });
        d["l"] = [1];
        let copy = d["l"];
        copy.append(2);
        print(d);
        fn add(d, n) { for i in range(20) { d.update("l", |l| { l.append(n); l }); } }
        let ps = [Process(add, [d, 1]), Process(add, [d, 2])];
        for p in ps { p.start(); }
        for p in ps { p.join(); }
        print(d["l"].len(), d["l"].count(2));
        d["deep"] = #{ a: [1, 2] };
        d["deep"]["a"][0] = 5;
        d["l"] = [];
        d["l"].append(3);
        d["l"] += [4];
        print(d);
        "#,
        "{'l': [1]}\n41 20\n{'l': [3, 4], 'deep': {'a': [5, 2]}}\n",
    );
}

#[test]
fn what_belongs_to_this_machine_is_refused_and_changes_nothing() {
    prints_at(
        r#"
        let m = Manager(#{ url: "URL" });
        let d = m.dict(#{ name: "d" });
        let l = m.list(#{ name: "l" });
        fn f() {}
        let local = Manager().dict();
        for wrong in [
            || d["a"] = Lock(), || d["a"] = [1, #{ q: Queue() }], || d[Lock()] = 1, || d["a"] = f, || l.append(local), || l.extend([1, f]),
            || d["a"] = l, || d.update(#{ a: 1, b: Event() }), || l.append("x" * 17000000), || d.update("a", |x| Lock()),
        ] {
            print(error_of(wrong));
        }
        print(d, l);
        "#,
        "TypeError: value is a Lock, which cannot be sent from here: it belongs to this machine, and the message goes to others\n\
         TypeError: value[1].q is a Queue, which cannot be sent from here: it belongs to this machine, and the message goes to others\n\
         TypeError: unhashable type: 'Lock'\n\
         TypeError: value is the function f, which cannot be sent to another process: the program that gets the message may be another one\n\
         TypeError: value is a DictProxy, which cannot be sent from here: it belongs to this machine, and the message goes to others\n\
         TypeError: value is the function f, which cannot be sent to another process: the program that gets the message may be another one\n\
         TypeError: value is a ListProxy, which cannot be sent from here: its name can be sent, and whoever gets it opens the object by it\n\
         TypeError: value is an Event, which cannot be sent from here: it belongs to this machine, and the message goes to others\n\
         ValueError: the value has 17000005 bytes; one on a server has at most 16777216: put it into a file or another storage, and keep its name\n\
         TypeError: value is a Lock, which cannot be sent from here: it belongs to this machine, and the message goes to others\n\
         {} []\n",
    );
}

#[test]
fn a_container_outlives_its_program_and_is_large() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let m = Manager(#{ url: "URL" });
        let l = m.list(#{ name: "l" });
        l.extend(range(5000));
        let d = m.dict(list(range(2000)).map(|i| [i, i * i]), #{ name: "d" });
        l.reverse();
        l.insert(2500, "middle");
        print(l.len(), l[0], l[-1], l.pop(2500), l[2499..2502], d.len(), d[1999]);
    "#;
    let run = Script::text(&at(&server, code)).run();
    run.assert(
        0,
        "5001 4999 0 middle [2500, 2499, 2498] 2000 3996001\n",
        "",
    );
    let again = r#"
        let m = Manager(#{ url: "URL" });
        let l = m.list(#{ name: "l" });
        l.sort();
        print(l[0..3], sum(l), m.dict(#{ name: "d" }).keys()[1000], list(m.dict(#{ name: "d" })).len());
        l.clear();
        print(l, l.len());
    "#;
    let run = Script::text(&at(&server, again)).run();
    run.assert(0, "[0, 1, 2] 12497500 1000 2000\n[] 0\n", "");
}

#[test]
fn empty_contents_leave_a_container_for_others_to_fill() {
    prints_at(
        r#"
        let m = Manager(#{ url: "URL" });
        for items in [[], [5], [6]] { print(m.list(items, #{ name: "l" })); }
        for entries in [#{}, #{ a: 1 }, #{ b: 1 }] { print(m.dict(entries, #{ name: "d" })); }
        let l = m.list(range(3), #{ name: "front" });
        l.insert(0, "a");
        l[0..2] = range(1200);
        print(l.len(), l[0], l[1199], l[1200..1202]);
        "#,
        "[]\n[5]\n[5]\n{}\n{'a': 1}\n{'a': 1}\n1202 0 1199 [1, 2]\n",
    );
}

#[test]
fn large_answers_are_kept_for_minutes_only() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let m = Manager(#{ url: "URL" });
        let l = m.list(["x" * 100000], #{ name: "o" });
        l.pop();
        let d = m.dict(#{ a: "y" * 100000 }, #{ name: "o2" });
        d.pop("a");
        print("popped", #{ flush: true });
        input();
    "#;
    let mut run = Script::text(&at(&server, code)).interactive().start();
    run.wait_for_line("popped");
    for name in ["o", "o2"] {
        let keys = server.ask(&["--scan", "--pattern", &format!("ps:{{{name}}}:p:*")]);
        let mut keys: Vec<&str> = keys.lines().collect();
        keys.sort_unstable();
        let [answer, large] = keys[..] else {
            panic!("{keys:?}");
        };
        assert_eq!(large, format!("{answer}:a"));
        assert_eq!(server.ask(&["HGET", answer, "answer"]), "");
        let left = server.number(&["TTL", large]);
        assert!((1..=120).contains(&left), "{left}");
    }
    run.type_in("\n");
    run.finish().assert(0, "popped\n", "");
    assert_eq!(server.ask(&["--scan", "--pattern", "ps:{o*}:p:*"]), "");
}

#[test]
fn a_process_ends_soon_though_the_server_of_many_objects_is_away() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let code = r#"
        let all = list(range(6)).map(|i| Value("i", #{ url: "URL", name: "v" + i, lock: false }));
        for value in all { value.add(1); }
        print("ready", #{ flush: true });
        input();
    "#;
    let mut run = Script::text(&at(&server, code)).interactive().start();
    run.wait_for_line("ready");
    server.kill();
    let began = std::time::Instant::now();
    run.type_in("\n");
    run.finish().assert(0, "ready\n", "");
    // Three seconds for all, not for each.
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(9), "{took:?}");
}
