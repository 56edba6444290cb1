//! Values as messages that other machines can read: without objects of this one, and without functions.

use std::sync::Arc;

use rhai::{Dynamic, FnPtr};

use super::super::messages::{refused, unreadable};
use super::parts;
use crate::remote::place::Place;
use crate::script::{Failure, Interp, Outcome};
use crate::wire::{self, Codec, Encoded, Unsendable};

/// The codec for messages to a server.
#[derive(Clone, Copy)]
pub(super) struct ForServer<'a> {
    pub interp: &'a Arc<Interp>,
    pub place: &'a Place,
    pub functions: Functions,
}

/// Which functions a message may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stdlib::multiprocessing) enum Functions {
    None,
    /// Those of the program, which whoever reads the message has too.
    OfProgram,
    Any,
}

impl ForServer<'_> {
    /// # Errors
    /// A message may not name this function.
    fn check_function(&self, name: &str) -> Result<(), String> {
        let is_own = || name.starts_with("anon$") || self.interp.program.function(name).is_some();
        match self.functions {
            Functions::None => Err("the program that gets the message may be another one".into()),
            Functions::OfProgram if !is_own() => {
                Err("it is not a function of the script, and workers call no others".into())
            }
            _ => Ok(()),
        }
    }
}

/// Returns a value as the bytes of a message to the server of `place`.
///
/// # Errors
/// `TypeError`: a part of it has no meaning on another machine.
pub(super) fn encode(
    interp: &Arc<Interp>,
    place: &Place,
    value: &Dynamic,
    name: &str,
) -> Result<Vec<u8>, Failure> {
    let functions = Functions::None;
    let codec = ForServer {
        interp,
        place,
        functions,
    };
    let message = wire::encode(value, name, &codec).map_err(refused)?;
    Ok(message.bytes)
}

/// Returns the value of a message.
///
/// # Errors
/// `ValueError`: it is none.
pub(super) fn decode(interp: &Arc<Interp>, place: &Place, bytes: &[u8]) -> Outcome {
    let functions = Functions::None;
    let codec = ForServer {
        interp,
        place,
        functions,
    };
    wire::decode(bytes, &codec).map_err(unreadable)
}

/// What messages inside the family call other objects on servers: their parts have a password.
const ON_A_SERVER: [&str; 11] = [
    "Lock",
    "RLock",
    "Semaphore",
    parts::EVENT,
    parts::NUMBERS[0],
    parts::NUMBERS[1],
    parts::MANAGER,
    "DictProxy",
    "ListProxy",
    "NamespaceProxy",
    "ValueProxy",
];

const OF_THIS_MACHINE: &str = "it belongs to this machine, and the message goes to others";

impl Codec for ForServer<'_> {
    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        match self.interp.encode(value)? {
            Encoded::Handle { .. } => Err(Unsendable::Here(OF_THIS_MACHINE.into())),
            Encoded::Object {
                type_name,
                plain,
                is_record,
            } if type_name == parts::NAME => Ok(Encoded::Object {
                type_name,
                plain: parts::without_url(self.place, plain)?,
                is_record,
            }),
            Encoded::Object { type_name, .. } if ON_A_SERVER.contains(&type_name.as_str()) => {
                let text = "its name can be sent, and whoever gets it opens the object by it";
                Err(Unsendable::Here(text.into()))
            }
            object => Ok(object),
        }
    }

    fn has_space(&self, bytes: usize) -> bool {
        self.interp.has_space(bytes)
    }

    fn type_name(&self, rust_name: &str) -> String {
        self.interp.type_name(rust_name)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        match encoded {
            Encoded::Handle { .. } => Err("it names an object of another machine".into()),
            Encoded::Object {
                type_name,
                plain,
                is_record,
            } if type_name == parts::NAME => self.interp.decode(Encoded::Object {
                type_name,
                plain: parts::with_url(self.place, plain)?,
                is_record,
            }),
            Encoded::Object { type_name, .. } if ON_A_SERVER.contains(&type_name.as_str()) => {
                Err("it names a server".into())
            }
            object => self.interp.decode(object),
        }
    }

    fn function_name(&self, name: &str) -> Result<String, String> {
        self.check_function(name)?;
        self.interp.function_name(name)
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        self.check_function(name)?;
        self.interp.function(name)
    }

    fn captured_name(&self, function: &str, index: usize) -> Option<String> {
        self.interp.captured_name(function, index)
    }
}
