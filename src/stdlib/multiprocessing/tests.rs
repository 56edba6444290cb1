//! An object of the session is checked before it is taken for what a message says it is.

use std::path::PathBuf;
use std::sync::Arc;

use rhai::{Dynamic, Map};

use super::messages::read;
use super::process_codec;
use super::queues::Queue;

use crate::script::dialect::Dialect;
use crate::script::furnishing::Furnishing;
use crate::script::interp::Interp;
use crate::stdlib::{everything, states};
use crate::wire::kind;
use crate::{sync, wire};

fn interp() -> Arc<Interp> {
    Interp::new(PathBuf::from("/"), Furnishing::default(), states())
}

#[test]
fn a_row_of_numbers_is_no_manager_and_no_single_value() {
    let options = sync::SessionOptions {
        memory_bytes: Some(1 << 20),
    };
    let session = sync::create_session(&options).unwrap();
    let codecs = everything(&interp()).codecs;
    for length in [0, 1, 2] {
        let row = sync::Cells::create(&session, u64::from('i'), length, &[]).unwrap();
        let place = row.handle().offset();
        let taken = |kind| codecs.at_place(&session, kind, place).is_ok();
        let mut found: Vec<u16> = codecs.kinds().filter(|kind| taken(*kind)).collect();
        found.sort_unstable();
        let wanted: &[u16] = match length {
            1 => &[kind::RAW_VALUE, kind::RAW_ARRAY],
            _ => &[kind::RAW_ARRAY],
        };
        assert_eq!(found, wanted, "{length}");
    }
}

#[test]
fn a_process_that_comes_has_a_number_of_one() {
    let sent = |pid: Dynamic, creator: i64| {
        let mut parts = Map::new();
        parts.insert("name".into(), "Process-1".into());
        parts.insert("pid".into(), pid);
        parts.insert("creator".into(), Dynamic::from_int(creator));
        process_codec::of_parts(parts.into())
    };
    let pid = |number: i64| Dynamic::from_int(number);
    assert_eq!(sent(pid(17), 5).unwrap().pid(), Some(17));
    assert_eq!(sent(Dynamic::UNIT, 5).unwrap().pid(), None);
    for (number, creator) in [(pid(0), 5), (pid(-1), 5), (pid(1 << 32), 5), (pid(17), 0)] {
        assert!(sent(number.clone(), creator).is_err(), "{number}");
    }
    assert!(sent("17".into(), 5).is_err());
}

#[test]
fn a_message_names_no_object_that_did_not_come_with_it() {
    let options = sync::SessionOptions {
        memory_bytes: Some(1 << 20),
    };
    let session = sync::create_session(&options).unwrap();
    let interp = interp();
    interp.set_codecs(everything(&interp).codecs);
    interp.adopt_session(session.clone(), None);
    let queue = sync::Queue::create(&session, 0).unwrap();
    let place = queue.handle().offset();
    let item = Dynamic::from(Queue::new(queue.clone(), false, Dialect::default()));
    let message = wire::encode(&vec![item].into(), "item", &interp).unwrap();
    let with = |objects: &[sync::Offset]| {
        let bytes = &message.bytes;
        read(&interp, sync::Message { bytes, objects })
    };
    assert!(with(&[place]).is_ok());
    assert!(with(&[]).is_err());
}
