//! Compares the manual with the declared natives.

use std::collections::{BTreeMap, BTreeSet};

use crate::manual::{Entry, EntryKind, Manual};
use crate::script::bind::{Listing, Signature};
use crate::script::exception_table::is_a;
use crate::script::interp::Interp;
use crate::stdlib::{names, states};

/// What scripts write in another way: `str(x)`, `repr(x)`, `len(x)`, `a in x`.
const SPELT_OTHERWISE: [&str; 4] = ["to_string", "to_debug", "len", "contains"];

/// Classes that are documented under their constructors' names only: those of a module, and one with two.
const DOCUMENTED_AS: [(&str, &str); 17] = [
    ("Queue", "JoinableQueue"),
    ("environ", "os.environ"),
    ("local", "threading.local"),
    ("socket", "socket.socket"),
    ("os::path", "os.path"),
    ("logging::handlers", "logging.handlers"),
    ("datetime::datetime", "datetime.datetime"),
    ("datetime::date", "datetime.date"),
    ("datetime::time", "datetime.time"),
    ("datetime::timedelta", "datetime.timedelta"),
    ("datetime::timezone", "datetime.timezone"),
    ("connection", "multiprocessing.connection"),
    ("shared_memory", "multiprocessing.shared_memory"),
    ("multiprocessing::managers", "multiprocessing.managers"),
    ("itertools::chain", "itertools.chain"),
    ("multiprocessing::dummy", "multiprocessing.dummy"),
    ("concurrent::futures", "concurrent.futures"),
];

fn everything_declared() -> Listing {
    names(&Interp::new(".".into(), Default::default(), states()))
}

/// Whole names of what is declared, with what it takes where it is called.
fn declared(registered: &Listing) -> BTreeMap<String, Option<Signature>> {
    let path = |owner: &str, name: &str| match owner {
        "" => name.to_string(),
        owner => format!("{owner}.{name}"),
    };
    let mut declared = BTreeMap::new();
    for row in registered.natives.iter() {
        let owner = row.receiver.map_or("", |(_, class)| class);
        if owner.is_empty() || !SPELT_OTHERWISE.contains(&row.signature.name) {
            declared.insert(path(owner, row.signature.name), Some(row.signature));
        }
    }
    for property in registered.properties.iter() {
        declared.insert(path(property.receiver.1, property.name), None);
    }
    for (name, value) in &registered.globals {
        if !value.is_fnptr() {
            declared.insert(name.to_string(), None);
        }
    }
    declared
}

/// The entry of what is declared by this name.
fn entry_of(declared: &str) -> Option<&'static Entry> {
    let exact = |name: &str| Manual::entries().iter().find(|entry| entry.path() == name);
    let (owner, name) = declared.rsplit_once('.').unwrap_or(("", declared));
    let other = DOCUMENTED_AS.iter().filter(|(class, _)| *class == owner);
    let global = [
        "multiprocessing",
        "multiprocessing::pool",
        "threading",
        "concurrent::futures",
    ]
    .contains(&owner);
    exact(declared)
        .or_else(|| {
            other
                .map(|(_, path)| exact(&format!("{path}.{name}")))
                .find_map(|e| e)
        })
        .or_else(|| exact(name).filter(|_| global))
}

#[test]
fn every_declared_native_has_an_entry() {
    let registered = everything_declared();
    let declared = declared(&registered);
    let missing: Vec<&String> = declared
        .keys()
        .filter(|name| entry_of(name).is_none())
        .collect();
    assert!(missing.is_empty(), "not in docs/modules: {missing:#?}");
}

#[test]
#[cfg_attr(
    not(feature = "redis"),
    ignore = "some are only declared with the feature redis"
)]
fn every_entry_is_of_something_that_exists() {
    let registered = everything_declared();
    let declared = declared(&registered);
    let described: BTreeSet<String> = declared
        .keys()
        .filter_map(|n| entry_of(n))
        .map(Entry::path)
        .collect();
    let members: BTreeSet<(&str, &str)> = registered
        .natives
        .iter()
        .filter_map(|row| Some((row.receiver?.1, row.signature.name)))
        .chain(registered.properties.iter().map(|p| (p.receiver.1, p.name)))
        .collect();
    let properties = registered.properties.iter().map(|p| p.name);
    let functions = registered.natives.iter().map(|row| row.signature.name);
    let values: BTreeSet<&str> = functions.chain(properties).collect();
    // The name of a constructor or a value in place of its class's.
    let is_alias = |entry: &Entry| {
        let owner = entry.owner.rsplit('.').next().unwrap_or_default();
        let exists = members.iter().any(|(_, name)| *name == entry.name);
        values.contains(owner) && exists
    };
    let unknown: Vec<String> = Manual::entries()
        .iter()
        .filter(|entry| !described.contains(&entry.path()))
        .filter(|entry| {
            !matches!(
                entry.kind,
                EntryKind::Class | EntryKind::Module | EntryKind::Page
            )
        })
        .filter(|entry| !is_alias(entry) && !is_rhais(entry))
        .map(Entry::path)
        .collect();
    assert!(
        unknown.is_empty(),
        "in docs/modules, but not declared: {unknown:#?}"
    );
}

/// Whether it is one of Rhai's own names, which an example of its section shows at work; all examples are run.
fn is_rhais(entry: &Entry) -> bool {
    let call = match entry.owner {
        "" => format!("{}(", entry.name),
        _ if entry.kind == EntryKind::Property => format!(".{}", entry.name),
        _ => format!(".{}(", entry.name),
    };
    Manual::scripts_of(entry).any(|code| code.contains(&call))
}

#[test]
fn parameters_are_those_declared() {
    let registered = everything_declared();
    for (name, signature) in declared(&registered) {
        let (Some(entry), Some(signature)) = (entry_of(&name), signature) else {
            continue;
        };
        if entry.kind == EntryKind::Exception {
            continue;
        }
        let written = parameters(entry.signature);
        // Options that the page lists elsewhere.
        let (count, written) = match written.as_slice() {
            [first @ .., last] if last == "*options" => (first.len(), first),
            all => (signature.params.len(), all),
        };
        // What follows `*args` in the manual are keywords, which are not declared.
        let more = signature.variadic && written.iter().skip(count).all(|name| name.ends_with('?'));
        let agrees = (written.len() == count || more)
            && written
                .iter()
                .zip(signature.params)
                .all(|(written, declared)| agree(written, declared));
        assert!(
            agrees,
            "{name}: declared {:?}, described `{}`",
            signature.params, entry.signature
        );
    }
}

#[test]
fn exceptions_derive_from_what_the_manual_says() {
    let exceptions = Manual::entries()
        .iter()
        .filter(|entry| entry.kind == EntryKind::Exception);
    for entry in exceptions.clone() {
        let (_, classes) = entry.text.split_once("(is a: ").unwrap();
        let classes: Vec<&str> = classes.trim_end_matches(')').split(", ").collect();
        for class in &classes {
            assert!(is_a(entry.name, class), "{} is no {class}", entry.name);
        }
        let untold = exceptions.clone().find(|other| {
            let told = classes.iter().any(|class| is_a(class, other.name));
            other.name != entry.name && is_a(entry.name, other.name) && !told
        });
        let untold = untold.map(|other| other.name);
        assert_eq!(untold, None, "{} is one too", entry.name);
    }
}

/// The parameters of a described signature, written as they are declared: `timeout?` can be left out.
fn parameters(signature: &str) -> Vec<String> {
    let (_, inside) = signature.split_once('(').unwrap_or_default();
    let (required, optional) = inside.split_once('[').unwrap_or((inside, ""));
    let names = |text: &str, mark: &str| -> Vec<String> {
        text.split([',', ')', ']', ' '])
            .filter(|name| !name.is_empty())
            .map(|name| format!("{name}{mark}"))
            .collect()
    };
    [names(required, ""), names(optional, "?")].concat()
}

/// A declared parameter may have two names: `block|blocking?`.
fn agree(written: &str, declared: &str) -> bool {
    let mark = if declared.ends_with('?') { "?" } else { "" };
    declared
        .trim_end_matches('?')
        .split('|')
        .any(|name| format!("{name}{mark}") == written)
}

#[test]
fn no_name_is_described_twice_and_every_entry_says_something() {
    let mut seen = BTreeSet::new();
    for entry in Manual::entries() {
        assert!(
            seen.insert(entry.path()),
            "{} is described twice",
            entry.path()
        );
        assert!(!entry.text.is_empty(), "{} has no text", entry.path());
    }
}
