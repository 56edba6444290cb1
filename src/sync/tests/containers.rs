//! What containers do, and that a process killed at every step of it leaves the container as it was before or as it is after.

use super::crash::{Case, Outcome, Progress, survive};
use super::{enter_as_child, message, session};
use crate::shm::Session;
use crate::sync::Message;
use crate::sync::{Cells, Container, ContainerError, Deadline, Item, Mutex, Splice};
use crate::sys::testing::{Ended, reap};

type Entries = Vec<(Vec<u8>, Vec<u8>)>;

fn key(n: u64) -> Vec<u8> {
    format!("key {n}").into_bytes()
}

fn item<'a>(key: &'a [u8], value: &'a [u8]) -> Item<'a> {
    Item {
        key,
        value: Message::plain(value),
    }
}

fn contents(container: &Container) -> Entries {
    let all = |length| Some(0..length);
    let copy = |items: &mut dyn Iterator<Item = (&[u8], Message<'_>)>| {
        items
            .map(|(key, value)| (key.to_vec(), value.bytes.to_vec()))
            .collect()
    };
    container.read(&all, copy).unwrap().unwrap().1
}

fn splice(list: &Container, start: usize, end: usize, values: &[&[u8]]) {
    let items: Vec<_> = values.iter().map(|value| item(&[], value)).collect();
    let done = list.splice(None, &|_| Some(start..end), &items, |_| ());
    assert_eq!(done.unwrap(), Splice::Done(()));
}

fn push(list: &Container, value: &[u8]) {
    let done = list.splice(
        None,
        &|length| Some(length..length),
        &[item(&[], value)],
        |_| (),
    );
    assert_eq!(done.unwrap(), Splice::Done(()));
}

/// A list with this many values.
fn list_of(session: &Session, count: u64) -> Container {
    let list = Container::create(session, false, 0, None).unwrap();
    (0..count).for_each(|n| push(&list, &message(n, 20)));
    list
}

/// A dict with this many entries.
fn dict_of(session: &Session, count: u64) -> Container {
    let dict = Container::create(session, true, 0, None).unwrap();
    (0..count).for_each(|n| dict.set(&item(&key(n), &message(n, 20))).unwrap());
    dict
}

#[test]
fn a_list_changes_as_a_vector_does() {
    let session = session(64);
    let list = list_of(&session, 0);
    let mut model: Vec<Vec<u8>> = Vec::new();
    let mut seed = 1_u64;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % limit
    };
    for round in 0..600 {
        let start = below(model.len() + 1);
        let end = start + below(model.len() + 1 - start);
        let end = if round % 3 == 0 {
            start
        } else {
            end.min(start + 3)
        };
        let new: Vec<Vec<u8>> = (0..below(4))
            .map(|n| message(round * 10 + n as u64, 9))
            .collect();
        let views: Vec<&[u8]> = new.iter().map(Vec::as_slice).collect();
        splice(&list, start, end, &views);
        model.splice(start..end, new);
        let found: Vec<_> = contents(&list)
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        assert_eq!(found, model, "round {round}");
    }
    super::audit(&session);
    list.clear().unwrap();
    assert_eq!(list.len().unwrap(), 0);
    super::audit(&session);
}

#[test]
fn a_dict_keeps_the_order_in_which_keys_came() {
    let session = session(64);
    let dict = dict_of(&session, 0);
    let mut model: Entries = Vec::new();
    for round in 0..2000_u64 {
        let (key, value) = (key(round * round % 97), message(round, 9));
        let place = model.iter().position(|(known, _)| *known == key);
        if round % 3 == 0 {
            let removed = dict.remove(&key, |value| value.bytes.to_vec()).unwrap();
            assert_eq!(removed, place.map(|place| model.remove(place).1));
        } else if round % 50 == 1 {
            let last = dict.remove_last(|key, value| (key.to_vec(), value.bytes.to_vec()));
            assert_eq!(last.unwrap(), model.pop());
        } else {
            dict.set(&item(&key, &value)).unwrap();
            match place {
                Some(place) => model[place].1 = value,
                None => model.push((key, value)),
            }
        }
        assert_eq!(dict.len().unwrap(), model.len());
    }
    assert_eq!(contents(&dict), model);
    for (key, value) in &model {
        assert_eq!(
            dict.get(key, |value| value.bytes.to_vec())
                .unwrap()
                .as_ref(),
            Some(value)
        );
    }
    super::audit(&session);
}

#[test]
fn what_is_expected_and_not_there_changes_nothing() {
    let session = session(64);
    let (list, dict) = (list_of(&session, 3), dict_of(&session, 3));
    let before = (contents(&list), contents(&dict));
    let all = |length| Some(0..length);
    let (version, ()) = list.read(&all, |_| ()).unwrap().unwrap();
    splice(&list, 0, 1, &[&message(0, 20)]);
    let stale = list.splice(Some(version), &all, &[], |_| ());
    assert_eq!(stale.unwrap(), Splice::Changed);
    assert!(!list.reorder(version, &[2, 1, 0]).unwrap());
    assert!(
        !list
            .exchange_at(&|_| Some(0..1), b"other", &item(&[], b"new"))
            .unwrap()
    );
    let nowhere = list.splice(None, &|_| None, &[], |_| ());
    assert_eq!(nowhere.unwrap(), Splice::Outside);
    assert!(!dict.exchange(None, &item(&key(1), b"new")).unwrap());
    assert!(
        !dict
            .exchange(Some(b"other"), &item(&key(1), b"new"))
            .unwrap()
    );
    assert!(
        !dict
            .exchange(Some(b"other"), &item(&key(9), b"new"))
            .unwrap()
    );
    assert_eq!((contents(&list), contents(&dict)), before);
    assert!(
        dict.exchange(Some(&message(1, 20)), &item(&key(1), b"new"))
            .unwrap()
    );
    assert_eq!(
        dict.get(&key(1), |value| value.bytes.to_vec())
            .unwrap()
            .unwrap(),
        b"new"
    );
}

#[test]
fn a_container_that_is_switched_off_says_so() {
    let session = session(64);
    let switch = Cells::create(&session, 0, 1, &[]).unwrap();
    let dict = Container::create(&session, true, 0, Some(&switch)).unwrap();
    dict.set(&item(b"a", b"b")).unwrap();
    switch.store(0, 1);
    drop(switch);
    assert!(matches!(dict.len(), Err(ContainerError::Closed)));
    assert!(matches!(
        dict.get(b"a", |_| ()),
        Err(ContainerError::Closed)
    ));
    assert_eq!(dict.switch().unwrap().unwrap().load(0), 1);
    super::audit(&session);
}

#[test]
fn what_is_read_is_held_while_it_is_looked_at() {
    let session = session(64);
    let dict = dict_of(&session, 1);
    let lock = Mutex::create(&session).unwrap();
    let place = lock.handle().offset();
    let with_lock = Item {
        key: b"lock",
        value: Message {
            bytes: b"a lock",
            objects: &[place],
        },
    };
    dict.set(&with_lock).unwrap();
    drop(lock);
    let opened = dict.get(b"lock", |_| {
        dict.set(&item(b"lock", b"gone")).unwrap();
        Mutex::open(&session, place).unwrap()
    });
    opened.unwrap().unwrap().acquire(Deadline::NOW).unwrap();
    Mutex::open(&session, place).unwrap_err();
    super::audit(&session);
}

#[test]
fn two_processes_change_one_entry_without_losing_a_change() {
    const EACH: u64 = 3000;
    let session = session(64);
    let dict = dict_of(&session, 0);
    dict.set(&item(b"n", &0_u64.to_le_bytes())).unwrap();
    let count = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
    let children: Vec<_> = (0..2)
        .map(|_| {
            enter_as_child(&session, || {
                for _ in 0..EACH {
                    loop {
                        let old = dict
                            .get(b"n", |value| value.bytes.to_vec())
                            .unwrap()
                            .unwrap();
                        let new = (count(&old) + 1).to_le_bytes();
                        if dict.exchange(Some(&old), &item(b"n", &new)).unwrap() {
                            break;
                        }
                    }
                }
            })
        })
        .collect();
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Exited(0));
        session.child_ended(child).unwrap();
    }
    assert_eq!(
        dict.get(b"n", |value| count(value.bytes)).unwrap(),
        Some(2 * EACH)
    );
    super::audit(&session);
}

/// A container, and what it must hold before and after an operation.
struct World {
    container: Container,
    keyed: bool,
    before: Entries,
    after: Entries,
}

/// Marks what the next user does, which is no matter.
const NEXT: &[u8] = b"next";

fn next(world: &World) {
    let container = &world.container;
    if world.keyed {
        container.set(&item(NEXT, NEXT)).unwrap();
        container.remove(NEXT, |_| ()).unwrap();
    } else {
        push(container, NEXT);
        let last = |length| Some(length - 1..length);
        container.splice(None, &last, &[], |_| ()).unwrap();
    }
}

fn verify(world: World, outcome: Outcome) {
    let mut found = contents(&world.container);
    found.retain(|(key, value)| key != NEXT && value != NEXT);
    let (before, after) = (&world.before, &world.after);
    match outcome.operation {
        Progress::Finished => assert_eq!(&found, after),
        Progress::Killed => assert!(found == *before || found == *after, "{found:?}"),
    }
}

/// The same operation done here tells what must come of it.
fn world(session: &Session, keyed: bool, make: Make<'_>, operate: Operate<'_>) -> World {
    let rehearsal = make(session);
    let before = contents(&rehearsal);
    operate(&rehearsal);
    World {
        container: make(session),
        keyed,
        before,
        after: contents(&rehearsal),
    }
}

type Make<'a> = &'a dyn Fn(&Session) -> Container;
type Operate<'a> = &'a dyn Fn(&Container);

fn survive_all(keyed: bool, cases: &[(&str, Make<'_>, Operate<'_>)]) {
    let session = session(64);
    for (name, make, operate) in cases {
        let case = Case {
            name,
            prepare: &|session| world(session, keyed, make, operate),
            operate: &|world: &World| operate(&world.container),
            next: &next,
            verify: &verify,
        };
        survive(&session, &[case]);
    }
}

#[test]
fn a_list_survives_a_kill_at_every_step() {
    survive_all(
        false,
        &[
            ("list: append", &|s| list_of(s, 3), &|l| push(l, b"x")),
            ("list: append, growing", &|s| list_of(s, 8), &|l| {
                push(l, &message(7, 9000));
            }),
            ("list: replace", &|s| list_of(s, 3), &|l| {
                splice(l, 1, 2, &[b"x"]);
            }),
            ("list: drop the end", &|s| list_of(s, 4), &|l| {
                splice(l, 1, 4, &[]);
            }),
            ("list: slice", &|s| list_of(s, 5), &|l| {
                splice(l, 1, 4, &[b"x", b"y"]);
            }),
            ("list: reorder", &|s| list_of(s, 4), &|l| {
                let (version, ()) = l.read(&|n| Some(0..n), |_| ()).unwrap().unwrap();
                assert!(l.reorder(version, &[3, 1, 0, 2]).unwrap());
            }),
        ],
    );
}

#[test]
fn a_dict_survives_a_kill_at_every_step() {
    let set = |dict: &Container, n| dict.set(&item(&key(n), b"x")).unwrap();
    survive_all(
        true,
        &[
            ("dict: set", &|s| dict_of(s, 2), &|d| set(d, 7)),
            ("dict: set, growing", &|s| dict_of(s, 8), &|d| set(d, 8)),
            ("dict: remove", &|s| dict_of(s, 3), &|d| {
                d.remove(&key(1), |_| ()).unwrap();
            }),
            ("dict: set many", &|s| dict_of(s, 3), &|d| {
                let (one, two) = (key(1), key(20));
                d.set_many(&[item(&one, b"x"), item(&two, b"y"), item(&one, b"z")])
                    .unwrap();
            }),
            ("dict: set many, growing", &|s| dict_of(s, 8), &|d| {
                let (one, two) = (key(1), key(20));
                d.set_many(&[item(&one, b"x"), item(&two, b"y")]).unwrap();
            }),
            ("dict: clear", &|s| dict_of(s, 3), &|d| d.clear().unwrap()),
        ],
    );
}

#[test]
fn references_survive_a_kill_at_every_step() {
    // Values that hold the only reference to a lock.
    let with_lock = |dict: &Container, n| {
        let lock = Mutex::create(dict.handle().session()).unwrap();
        let objects = &[lock.handle().offset()];
        let (key, value) = (&key(n)[..], &b"lock"[..]);
        dict.set(&Item {
            key,
            value: Message {
                bytes: value,
                objects,
            },
        })
        .unwrap();
    };
    let make = |session: &Session| {
        let dict = dict_of(session, 1);
        with_lock(&dict, 1);
        dict
    };
    survive_all(
        true,
        &[
            ("references: read", &make, &|d| {
                d.get(&key(1), |_| ()).unwrap();
            }),
            ("references: replace", &make, &|d| with_lock(d, 1)),
            ("references: destroy", &|s| dict_of(s, 1), &|d| {
                let session = d.handle().session();
                let switch = Cells::create(session, 0, 1, &[]).unwrap();
                let inner = Container::create(session, false, 0, Some(&switch)).unwrap();
                push(&inner, b"x");
                let outer = Container::create(session, true, 0, None).unwrap();
                let objects = &[inner.handle().offset()];
                outer
                    .set(&Item {
                        key: b"inner",
                        value: Message {
                            bytes: b"",
                            objects,
                        },
                    })
                    .unwrap();
            }),
        ],
    );
}
