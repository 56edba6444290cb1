//! Rust values through serde: the same bytes as a script's value, and refusals that name the part.

use std::collections::BTreeMap;
use std::fmt::Debug;

use rhai::Dynamic;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::generator::Generator;
use super::world::World;
use crate::wire::typed::{HANDLE, Known, pack, read, write};
use crate::wire::{MAX_DEPTH, Message, decode, encode};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u32,
    price: f64,
    gift: Option<String>,
    lines: Vec<(String, i64)>,
    marks: BTreeMap<u16, char>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle(f64),
    Box(i64, i64),
    Named { name: String, sides: Vec<i64> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(Shape);

/// Bytes, as the crate `serde_bytes` has them.
#[derive(Clone, Debug, PartialEq)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, String> {
    let mut message = Message::default();
    let outcome = write(value, &mut message, Known::nothing());
    outcome.map_err(|misfit| format!("{}: {}", misfit.path("item"), misfit.reason()))?;
    Ok(message.bytes)
}

fn read_from<T: DeserializeOwned>(script: &str) -> Result<T, String> {
    let world = World::running(script);
    let bytes = encode(&world.outcome(), "item", &world).unwrap().bytes;
    read(&bytes).map_err(|misfit| format!("{}: {}", misfit.path("item"), misfit.reason()))
}

/// A script sees `value` as the value of `script`, and what it puts then comes back as `value`.
#[track_caller]
fn is<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, script: &str) {
    let world = World::running(script);
    let seen = decode(&written(value).unwrap(), &world).unwrap();
    assert_eq!(format!("{seen:?}"), format!("{:?}", world.outcome()));
    assert_eq!(&read_from::<T>(script).unwrap(), value);
}

#[test]
fn rust_values_are_the_values_scripts_would_write() {
    is(&true, "true");
    is(
        &(i64::MIN, i64::MAX, -1_i8, 200_u8),
        "[-9223372036854775807 - 1, 9223372036854775807, -1, 200]",
    );
    is(&(0.5_f64, 0.25_f32), "[0.5, 0.25]");
    is(
        &("text".to_string(), '字'),
        "['text', '字']"
            .replace('\'', "\"")
            .replace("\"字\"", "'字'")
            .as_str(),
    );
    is(&(), "()");
    is(&[Some(1), None], "[1, ()]");
    is(
        &Bytes(vec![1, 2, 255]),
        "let b = blob(); b += 1; b += 2; b += 255; b",
    );
    is(&vec![vec![1, 2], vec![]], "[[1, 2], []]");
    is(&7_u64, "7");
    is(&i128::from(i64::MIN), "-9223372036854775807 - 1");
    is(
        &Order {
            id: 7,
            price: 2.0,
            gift: None,
            lines: vec![("cup".into(), 2)],
            marks: [(3, 'x')].into(),
        },
        r#"#{id: 7, price: 2.0, gift: (), lines: [["cup", 2]], marks: #{"3": 'x'}}"#,
    );
    is(&Shape::Point, r#""Point""#);
    is(&Shape::Circle(1.5), "#{Circle: 1.5}");
    is(&Shape::Box(1, 2), "#{Box: [1, 2]}");
    let named = Shape::Named {
        name: "n".into(),
        sides: vec![3],
    };
    is(&Wrapped(named), r#"#{Named: #{name: "n", sides: [3]}}"#);
}

#[test]
fn what_is_close_enough_is_taken() {
    assert_eq!(read_from::<f64>("3").unwrap(), 3.0);
    assert_eq!(read_from::<char>(r#""x""#).unwrap(), 'x');
    assert_eq!(read_from::<String>("'x'").unwrap(), "x");
    assert_eq!(read_from::<Vec<u8>>("blob(2, 9)").unwrap(), [9, 9]);
    assert_eq!(
        read_from::<BTreeMap<i32, ()>>(r#"#{"-4": ()}"#).unwrap(),
        [(-4, ())].into()
    );
    // Fields that nobody wants may be anything.
    #[derive(Debug, PartialEq, Deserialize)]
    struct One {
        one: i64,
    }
    let script = "fn work() {} #{one: 1, more: [Fn(\"work\"), #{deep: blob(3, 1)}, 1..2]}";
    assert_eq!(read_from::<One>(script).unwrap(), One { one: 1 });
}

#[test]
fn a_value_of_another_shape_is_refused_by_its_path() {
    let refused = |script: &str| read_from::<Order>(script).unwrap_err();
    let order = |part: &str| {
        format!("#{{id: 1, price: 1.0, gift: (), lines: [], marks: #{{}}}} + #{{{part}}}")
    };
    assert_eq!(refused("5"), "item: expected struct Order, found the int 5");
    assert_eq!(refused("#{id: 1}"), "item: the field 'price' is missing");
    assert_eq!(
        refused(&order("id: -1")),
        "item.id: expected u32, found the int -1"
    );
    assert_eq!(
        refused(&order("id: 1.5")),
        "item.id: expected u32, found the float 1.5"
    );
    assert_eq!(
        refused(&order("gift: 5")),
        "item.gift: expected a string, found the int 5"
    );
    assert_eq!(
        refused(&order(r#"lines: [["a", 1], ["b", "c"]]"#)),
        r#"item.lines[1][1]: expected i64, found the string "c""#
    );
    assert_eq!(
        refused(&order(r#"lines: [["a"]]"#)),
        "item.lines[0]: expected a tuple of size 2, found 1 items"
    );
    assert_eq!(
        refused(&order(r#"lines: [["a", 1, 2]]"#)),
        "item.lines[0]: expected 2 items, found 3"
    );
    assert_eq!(
        refused(&order(r#"marks: #{"x": 'c'}"#)),
        r#"item.marks: expected u16, found the string "x""#
    );
    assert_eq!(
        refused(&order("price: 1..2")),
        "item.price: expected f64, found a range"
    );
    assert_eq!(
        read_from::<Shape>(r#""Square""#).unwrap_err(),
        "item: unknown variant `Square`, expected one of `Point`, `Circle`, `Box`, `Named`"
    );
    assert_eq!(
        read_from::<Shape>(r#""Circle""#).unwrap_err(),
        "item: the variant 'Circle' has a value: write #{Circle: …}"
    );
    assert_eq!(
        read_from::<Shape>("#{Box: [1, ()]}").unwrap_err(),
        "item.Box[1]: expected i64, found ()"
    );
}

#[test]
fn a_rust_value_without_a_form_in_scripts_is_refused_by_its_path() {
    let wide = "does not fit in a script's signed 64-bit integer";
    let refused = |outcome: Result<Vec<u8>, String>| outcome.unwrap_err();
    assert_eq!(
        refused(written(&u64::MAX)),
        format!("item: {} {wide}", u64::MAX)
    );
    assert_eq!(
        refused(written(&[("a", vec![1_u128]), ("b", vec![2, u128::MAX])])),
        format!("item[1][1][1]: {} {wide}", u128::MAX)
    );
    let nested: BTreeMap<&str, Wrap> = [("key", Wrap::Variant { field: i128::MIN })].into();
    assert_eq!(
        refused(written(&nested)),
        format!("item.key.Variant.field: {} {wide}", i128::MIN)
    );
    let large: BTreeMap<u64, ()> = [(u64::MAX, ())].into();
    assert!(written(&large).is_ok());
    let keys: BTreeMap<(i32, i32), ()> = [((1, 2), ())].into();
    assert_eq!(
        refused(written(&keys)),
        "item: map keys must be strings, not an array"
    );
    assert_eq!(
        refused(written(&Deep(MAX_DEPTH + 1))).split(": ").last(),
        Some("it is nested more than 128 levels deep")
    );
    assert!(written(&Deep(MAX_DEPTH)).is_ok());
}

#[derive(Serialize)]
enum Wrap {
    Variant { field: i128 },
}

/// An array in an array in an array …
struct Deep(usize);

impl Serialize for Deep {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_unit(),
            left => [Deep(left - 1)].serialize(serializer),
        }
    }
}

#[test]
fn a_record_holds_what_no_script_can() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        large: (u64, i128, u128),
        by_place: BTreeMap<(i32, i32), Shape>,
        by_number: BTreeMap<i64, Option<char>>,
        by_text: BTreeMap<String, f32>,
    }
    let record = Record {
        large: (u64::MAX, i128::MIN, u128::MAX),
        by_place: [((1, -2), Shape::Point), ((0, 0), Shape::Box(1, 2))].into(),
        by_number: [(-4, None), (5, Some('x'))].into(),
        by_text: [("7".to_string(), 0.25)].into(),
    };
    let bytes = pack(&record).unwrap();
    assert_eq!(read::<Record>(&bytes).unwrap(), record);
    for end in 0..bytes.len() {
        assert!(read::<Record>(&bytes[..end]).is_err(), "first {end} bytes");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            // Whatever comes of it.
            let _ = read::<Record>(&changed);
        }
    }
    assert!(pack(&Deep(MAX_DEPTH + 1)).is_err());
}

#[test]
fn bytes_that_a_script_makes_up_are_no_shared_object() {
    struct Place;
    impl<'de> Deserialize<'de> for Place {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl serde::de::Visitor<'_> for Visitor {
                type Value = Place;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a Lock")
                }
                fn visit_bytes<E>(self, _: &[u8]) -> Result<Place, E> {
                    Ok(Place)
                }
            }
            deserializer.deserialize_newtype_struct(HANDLE, Visitor)
        }
    }
    let made_up = read_from::<Place>("blob(10, 1)").err().unwrap();
    assert_eq!(made_up, "item: expected a Lock, found a blob of 10 bytes");
}

#[test]
fn parts_that_were_not_counted_before_are_counted_after() {
    struct Uncounted;
    impl Serialize for Uncounted {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq((0..300).filter(|n| n % 100 == 0))
        }
    }
    let seen = decode(&written(&Uncounted).unwrap(), &World::new()).unwrap();
    assert_eq!(format!("{seen:?}"), "[0, 100, 200]");
}

#[test]
fn no_bytes_do_harm() {
    let world = World::new();
    for seed in 0..500 {
        let value = Generator::new(seed).value(&world, 4);
        let bytes = encode(&value, "item", &world).unwrap().bytes;
        assert!(read::<IgnoredAny>(&bytes).is_ok(), "seed {seed}");
        for end in 0..bytes.len() {
            assert!(
                read::<IgnoredAny>(&bytes[..end]).is_err(),
                "seed {seed}, first {end} bytes"
            );
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (seed % 8);
            // Whatever comes of it.
            let _ = read::<IgnoredAny>(&changed);
            let _ = read::<Order>(&changed);
            let _ = read::<BTreeMap<String, Vec<Shape>>>(&changed);
        }
    }
    let deep = vec![0x91; 100_000];
    assert!(read::<IgnoredAny>(&deep).is_err());
    let _: Dynamic = decode(&written(&1).unwrap(), &world).unwrap();
}
