//! An object of the session is checked before it is taken for what a message says it is.

use std::path::PathBuf;
use std::sync::Arc;

use rhai::{Dynamic, Map};

use super::identity::Identity;
use super::messages::read;
use super::process_codec;
use super::queues::Queue;

use crate::script::settings::Settings;
use crate::script::{Dialect, Interp};
use crate::stdlib::{codecs, states};
use crate::wire::{kind, typed};
use crate::{sync, wire};

fn interp() -> Arc<Interp> {
    Interp::new(PathBuf::from("/"), Settings::default(), states())
}

#[test]
fn a_row_of_numbers_is_no_manager_and_no_single_value() {
    let options = sync::SessionOptions {
        memory_bytes: Some(1 << 20),
    };
    let session = sync::create_session(&options).unwrap();
    let codecs = codecs(&interp());
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
    let sent = |pid: Option<i64>, creator: i64| {
        let record = typed::pack(&(Identity::default(), pid, creator)).unwrap();
        let values = vec![Map::new().into(), Dynamic::UNIT];
        let parts = vec![Dynamic::from_blob(record), values.into()];
        process_codec::of_parts(parts.into())
    };
    assert_eq!(sent(Some(17), 5).unwrap().pid(), Some(17));
    assert_eq!(sent(None, 5).unwrap().pid(), None);
    for (number, creator) in [(0, 5), (-1, 5), (1 << 32, 5), (17, 0)] {
        assert!(sent(Some(number), creator).is_err(), "{number}");
    }
    let values: Dynamic = vec![Map::new().into(), Dynamic::UNIT].into();
    let no_record = vec![Dynamic::from_blob(vec![1]), values];
    assert!(process_codec::of_parts(no_record.into()).is_err());
    assert!(process_codec::of_parts("17".into()).is_err());
}

#[test]
fn a_message_names_no_object_that_did_not_come_with_it() {
    let options = sync::SessionOptions {
        memory_bytes: Some(1 << 20),
    };
    let session = sync::create_session(&options).unwrap();
    let interp = interp();
    let all = codecs(&interp);
    interp.set_codecs(|| all);
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
