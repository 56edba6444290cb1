//! The power of the server fails: its append-only file ends earlier than it did, in the middle of a command or not. Values, dicts and lists are
//! what they were at some moment before; locks have one holder, and whoever has lost one gets to know.

use crate::support::running::Running;
use crate::support::script::Script;
use crate::support::server::Server;

const STEPS: &str = r#"
    let url = sys.argv[1];
    let v = Value("i", 0, #{ url: url, name: "v" });
    let m = Manager(#{ url: url });
    let d = m.dict(#{ name: "d" });
    let l = m.list(#{ name: "l" });
    fn show(v, d, l) { print("v", v.value); print("d", d); print("l", l); }
    show(v, d, l);
    for i in range(24) {
        v.add(1);
        d["k" + i] = i;
        show(v, d, l);
        d.update("n", |n| n + 1, 0);
        l.append(i);
        show(v, d, l);
        with v.get_lock() { v.value += 1; }
        if i % 3 == 2 { d.pop("k" + (i - 1)); l.insert(1, "x"); show(v, d, l); l.reverse(); show(v, d, l); }
    }
    show(v, d, l);
"#;

const LOOK: &str = r#"
    let url = sys.argv[1];
    let m = Manager(#{ url: url });
    print("v", Value("i", 0, #{ url: url, name: "v" }).value);
    print("d", m.dict(#{ name: "d" }));
    print("l", m.list(#{ name: "l" }));
"#;

/// How often the power fails in each test.
const FAILURES: u64 = 24;

#[test]
fn what_the_disk_has_is_what_was_there_at_some_moment() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let steps = Script::text(STEPS).arg(server.url()).run();
    assert_eq!((steps.code(), steps.stderr.as_str()), (0, ""));
    let moments: Vec<&str> = steps.stdout.lines().collect();
    let mut last = [usize::MAX; 3];
    let whole = server.written();
    for cut in (0..=FAILURES).rev() {
        server.lose_all_but(whole * cut / FAILURES);
        let look = Script::text(LOOK).arg(server.url()).run();
        assert_eq!((look.code(), look.stderr.as_str()), (0, ""));
        for (line, last) in look.stdout.lines().zip(&mut last) {
            // A value under its lock is changed between two lines.
            let number = line.strip_prefix("v ").and_then(|n| n.parse::<u32>().ok());
            let moment = match number {
                Some(number) => (number <= 48).then_some(number as usize),
                None => moments.iter().rposition(|moment| *moment == line),
            };
            let moment = moment.unwrap_or_else(|| panic!("cut {cut}: {line} was never there"));
            assert!(moment <= *last, "cut {cut}: {line} came later");
            *last = moment;
        }
        let (entries, order) = (
            server.number(&["HLEN", "ps:{d}:d"]),
            server.number(&["ZCARD", "ps:{d}:o"]),
        );
        assert_eq!(entries, order, "cut {cut}");
    }
    assert_eq!(last[0], 0);
}

const USER: &str = r#"
    let url = sys.argv[1];
    let v = Value("i", 0, #{ url: url, name: "v" });
    let m = Manager(#{ url: url });
    let d = m.dict(#{ name: "d" });
    let l = m.list(#{ name: "l" });
    let e = Event(#{ url: url, name: "e" });
    print("ready");
    while input() == "go" {
        let numbers = [v.add(1), d.update("n", |n| n + 1, 0)];
        l.append(0);
        e.set();
        print(numbers[0], numbers[1], l.len(), e.is_set());
        e.clear();
    }
"#;

#[test]
fn who_uses_a_server_goes_on_with_what_it_still_has() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let user = Script::text(USER).arg(server.url()).interactive();
    let mut user = user.patient().start();
    user.wait_for_line("ready");
    let (mut lines, mut before) = (1, [0; 3]);
    for failure in 0..FAILURES {
        for _ in 0..3 {
            user.type_in("go\n");
            lines += 1;
            user.wait_for_lines(lines);
            let line = user.line(lines - 1);
            let (numbers, is_set) = line.rsplit_once(' ').unwrap();
            assert_eq!(is_set, "True", "{line}");
            let numbers: Vec<i64> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
            for (number, before) in numbers.iter().zip(&mut before) {
                assert!((1..=*before + 1).contains(number), "{line} after {before}");
                *before = *number;
            }
        }
        // The last one takes all.
        let left = server.written() * (FAILURES - 1 - failure) / FAILURES;
        server.lose_all_but(left);
    }
    user.type_in("go\n");
    user.wait_for_lines(lines + 1);
    assert_eq!(user.line(lines), "1 1 1 True");
    user.type_in("end\n");
    assert_eq!(user.finish().code(), 0);
}

const HOLDER: &str = r#"
    let lock = Lock(#{ url: sys.argv[1], name: "l", lease: 2.0 });
    let permits = Semaphore(2, #{ url: sys.argv[1], name: "s", lease: 2.0 });
    permits.acquire();
    lock.acquire();
    print(lock.fence);
    input();
    let valid = lock.valid;
    let released = error_of(|| lock.release()).split(":")[0];
    permits.release();
    print(valid, released, permits.get_value() <= 2);
"#;

const WAITER: &str = r#"
    let lock = Lock(#{ url: sys.argv[1], name: "l", lease: 2.0 });
    lock.acquire();
    print(lock.fence, lock.valid);
    input();
    lock.release();
"#;

fn fence(run: &Running) -> i64 {
    run.wait_for_lines(1);
    let line = run.line(0);
    line.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn who_has_lost_its_lock_with_the_disk_of_the_server_gets_to_know() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let mut lost = 0;
    for cut in 0..8 {
        let begun = server.written();
        let mut holder = Script::text(HOLDER).arg(server.url()).interactive().start();
        let first = fence(&holder);
        let held = server.written();
        let mut waiter = Script::text(WAITER).arg(server.url()).interactive().start();
        waiter.wait_until("nobody is in the line", || {
            server.ask(&["LLEN", "ps:{l}:q"]) == "1"
        });
        // Before the lock was there, after it was acquired, and in between.
        let left = match cut {
            0..6 => begun + (held - begun) * cut / 6,
            6 => held,
            _ => server.written(),
        };
        server.lose_all_but(left);
        holder.type_in("\n");
        assert!(fence(&waiter) > first, "cut {cut}");
        let output = holder.finish();
        let told = output.stdout.lines().nth(1).unwrap_or_default().to_string();
        match told.as_str() {
            "True no error True" => (),
            "False LeaseLost True" => lost += 1,
            _ => panic!("cut {cut}: {told}\n{}", output.stderr),
        }
        assert!(waiter.line(0).ends_with(" True"), "cut {cut}");
        waiter.type_in("\n");
        assert_eq!(waiter.finish().code(), 0);
        assert_eq!(server.ask(&["ZCARD", "ps:{l}:h"]), "0", "cut {cut}");
        assert!(server.number(&["ZCARD", "ps:{s}:h"]) == 0, "cut {cut}");
    }
    assert!(lost > 0);
}
