//! What there is on a server, for those who look at it from outside: `procscript remote`.

use rhai::{Dynamic, FnPtr};
use serde::Serialize;

use crate::pool::letter::{Order, Reader};
pub use crate::remote::catalogue::RemoteObject;
use crate::remote::catalogue::{self, Catalogue};
use crate::remote::endpoint::Endpoint;
use crate::script::exceptions::Exception;
use crate::stdlib::multiprocessing::remote::resolved;
use crate::text::repr_of;
use crate::wire::{self, Codec, Encoded, Unsendable};

/// A Redis or Valkey server, whose objects can be looked at.
///
/// # Example
/// ```no_run
/// for object in procscript::RemoteCatalogue::open("redis://10.0.0.5/0")?.objects()? {
///     println!("{} ({}): {} waiting", object.name, object.kind, object.waiting);
/// }
/// # Ok::<(), String>(())
/// ```
pub struct RemoteCatalogue(Catalogue);

/// An item that has killed too many processes.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct DeadLetter {
    /// The item, as scripts show it.
    pub item: String,
    /// How many processes it has killed.
    pub deaths: u32,
    /// The last of them: its machine and number, and more.
    pub by: String,
}

impl RemoteCatalogue {
    /// Connects to a server: `url` is its address, or a short name as scripts write it.
    ///
    /// # Errors
    /// The address is none, or the server cannot be reached within seconds; the text says why, without a password.
    pub fn open(url: &str) -> Result<Self, String> {
        let url = resolved(url.into());
        let url = url.map_err(|failure| Exception::from_error(&failure).message())?;
        let endpoint = Endpoint::read(&url).map_err(|fault| fault.to_string())?;
        let shown = endpoint.to_string();
        let opened = Catalogue::open(endpoint);
        let catalogue = opened.map_err(|fault| format!("{shown}: {fault}"))?;
        Ok(Self(catalogue))
    }

    /// Returns the objects by their names.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn objects(&mut self) -> Result<Vec<RemoteObject>, String> {
        self.0.entries().map_err(|fault| fault.to_string())
    }

    /// Returns the dead letters of a queue or a pool, the oldest first, a thousand at most.
    ///
    /// # Errors
    /// There is no such object, or the server does not answer.
    pub fn dead_letters(&mut self, name: &str) -> Result<Vec<DeadLetter>, String> {
        let is_pool = self.0.is_pool(name).map_err(|fault| fault.to_string())?;
        let letters = self.0.letters(name).map_err(|fault| fault.to_string())?;
        let letter = |letter: catalogue::Letter| DeadLetter {
            item: shown(&letter.bytes, is_pool),
            deaths: letter.deaths,
            by: letter.by,
        };
        Ok(letters.into_iter().map(letter).collect())
    }

    /// Makes items of the dead letters of a queue again. Returns how many.
    ///
    /// # Errors
    /// There is no such queue, or the server does not answer.
    pub fn put_back(&mut self, name: &str) -> Result<u64, String> {
        self.0
            .end_letters(name, true)
            .map_err(|fault| fault.to_string())
    }

    /// Drops the dead letters of a queue or a pool. Returns how many.
    ///
    /// # Errors
    /// There is no such object, or the server does not answer.
    pub fn drop_dead(&mut self, name: &str) -> Result<u64, String> {
        self.0
            .end_letters(name, false)
            .map_err(|fault| fault.to_string())
    }
}

impl std::fmt::Debug for RemoteCatalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteCatalogue").finish_non_exhaustive()
    }
}

/// Returns an item as scripts show it: without a runtime, objects of our types are their names.
fn shown(bytes: &[u8], is_task: bool) -> String {
    let show = |bytes: &[u8]| match wire::decode(bytes, &Looker) {
        Ok(value) => repr_of(&value, &|_| None),
        Err(_) => format!("{} bytes that cannot be read", bytes.len()),
    };
    match is_task {
        false => show(bytes),
        true => {
            let mut reader = Reader(bytes);
            let _ = Order::read(&mut reader);
            let parts: Vec<String> = std::iter::from_fn(|| reader.part()).map(show).collect();
            match parts.split_first() {
                Some((function, items)) => format!("{function}: {}", items.join(", ")),
                None => show(bytes),
            }
        }
    }
}

/// Reads values without making objects of them.
struct Looker;

impl Codec for Looker {
    fn encode(&self, _value: &Dynamic) -> Result<Encoded, Unsendable> {
        Err(Unsendable::Type)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        Ok(match encoded {
            Encoded::Object { type_name, .. } => format!("<{type_name}>").into(),
            Encoded::Handle { .. } => "<object>".into(),
        })
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        FnPtr::new(name.split('$').next().unwrap_or("function")).map_err(|error| error.to_string())
    }
}
