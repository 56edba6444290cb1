//! Processes that change containers are killed at random steps and replaced: what belongs together stays together, nothing leaks.

use super::{audit, message, session};
use crate::shm::{Birth, Session, points};
use crate::sync::Message;
use crate::sync::{Container, Item, Mutex, Splice};
use crate::sys::clock::now_ns;
use crate::sys::testing::{Ended, fork_child, reap};

const KEYS: [&[u8]; 3] = [b"one", b"two", b"three"];

struct World {
    /// Always the same value under all of the keys, and maybe others.
    dict: Container,
    /// Always of an even length.
    list: Container,
}

/// Change this and that until killed.
fn rage(session: &Session, world: &World, seed: u64) {
    let mut state = seed | 1;
    let mut below = |limit: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % limit
    };
    loop {
        let value = message(below(1000), 8 + below(200) as usize);
        let own = below(40).to_le_bytes();
        match below(7) {
            0 => {
                let all = KEYS.map(|key| item(key, &value));
                world.dict.set_many(&all).unwrap();
            }
            1 => world.dict.set(&item(&own, &value)).unwrap(),
            2 => {
                world.dict.remove(&own, |_| ()).unwrap();
            }
            3 => {
                let lock = Mutex::create(session).unwrap();
                let objects = &[lock.handle().offset()];
                let key = &own;
                let value = &value;
                let item = Item {
                    key,
                    value: Message {
                        bytes: value,
                        objects,
                    },
                };
                world.dict.set(&item).unwrap();
            }
            4 => splice(
                &world.list,
                &|length| Some(length / 2..length / 2),
                &[&value, &value],
            ),
            5 => splice(&world.list, &|length| Some(0..length.min(2)), &[]),
            _ if below(8) == 0 => world.list.clear().unwrap(),
            _ => {
                let _ = length_of(&world.list);
            }
        }
    }
}

fn item<'a>(key: &'a [u8], value: &'a [u8]) -> Item<'a> {
    Item {
        key,
        value: Message::plain(value),
    }
}

type Places<'a> = &'a dyn Fn(usize) -> Option<std::ops::Range<usize>>;

fn splice(list: &Container, places: Places<'_>, values: &[&[u8]]) {
    let items: Vec<_> = values.iter().map(|value| item(&[], value)).collect();
    let done = list.splice(None, places, &items, |_| ());
    assert_eq!(done.unwrap(), Splice::Done(()));
}

/// How many items a list has.
fn length_of(list: &Container) -> usize {
    let all = |length| Some(0..length);
    list.read(&all, |items| items.count()).unwrap().unwrap().1
}

fn check(world: &World) {
    let (dict, list) = (&world.dict, &world.list);
    let all = |length| Some(0..length);
    let values = dict.read(&all, |entries| {
        let ours = entries.filter(|(key, _)| KEYS.contains(key));
        ours.map(|(_, value)| value.bytes.to_vec())
            .collect::<Vec<_>>()
    });
    let (_, values) = values.unwrap().unwrap();
    assert_eq!(values.len(), KEYS.len());
    assert!(
        values.iter().all(|value| *value == values[0]),
        "half a change of many keys"
    );
    assert_eq!(length_of(list) % 2, 0, "half a change of two items");
}

#[test]
fn a_storm_of_kills_leaves_no_change_half_done() {
    const KILLS: u64 = 400;
    let session = session(64);
    let before = session.memory().live_blocks;
    let world = World {
        dict: Container::create(&session, true, 0, None).unwrap(),
        list: Container::create(&session, false, 0, None).unwrap(),
    };
    world
        .dict
        .set_many(&KEYS.map(|key| item(key, b"first")))
        .unwrap();
    let start = |round: u64| {
        let child = session
            .reserve_child(
                &Birth {
                    name: "storm",
                    daemon: false,
                },
                None,
            )
            .unwrap();
        session.grant_all(child).unwrap();
        let pid = fork_child(|| {
            session.enter_child(child).unwrap();
            let seed = now_ns() ^ round.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            points::arm(1 + seed % 4000);
            rage(&session, &world, seed);
        });
        (child, pid)
    };
    let mut children: Vec<_> = (0..3).map(start).collect();
    for round in 3..KILLS {
        let (child, pid) = children.remove(0);
        assert_eq!(reap(pid), Ended::Killed(9));
        session.child_ended(child).unwrap();
        check(&world);
        children.push(start(round));
    }
    for (child, pid) in children {
        assert_eq!(reap(pid), Ended::Killed(9));
        session.child_ended(child).unwrap();
    }
    check(&world);
    audit(&session);
    drop(world);
    audit(&session);
    assert_eq!(session.memory().live_blocks, before, "blocks leaked");
}
