//! The interface that `wire` needs from its callers: how values that are not plain data, and functions, are encoded and decoded.

use rhai::{Dynamic, FnPtr};

use super::refusal::bare_type_name;

/// How a value that is not plain data travels.
#[derive(Debug)]
pub(crate) enum Encoded {
    /// An object in the session's shared memory: only its address travels.
    Handle {
        /// The kind of the object, a number that the caller defines.
        kind: u16,
        /// Where it is in the session's memory, in bytes.
        offset: u64,
    },
    /// An object of a type the host registered: a copy travels, in the form of a plain value.
    Object {
        /// The name both processes know the type by.
        type_name: String,
        /// The parts of the object. They may contain handles and further objects.
        plain: Dynamic,
        /// Whether `plain` is a blob of the bytes that serde makes of the object.
        is_record: bool,
    },
}

/// Why a value cannot be encoded.
#[derive(Debug)]
pub(crate) enum Unsendable {
    /// Its type has no meaning in another process.
    Type,
    /// The host has not registered how its type is sent.
    Foreign,
    /// Only this process may not send it.
    Here(String),
    /// It could not be sent this time.
    Now(String),
}

/// How values that are not plain data, and functions, are encoded and decoded.
pub(crate) trait Codec {
    /// Returns the encoding of a value of a custom type.
    ///
    /// The value is never a shared cell. Ranges are not asked about.
    ///
    /// # Errors
    ///
    /// Says why it does not.
    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable>;

    /// Returns what [`encode`](Self::encode) would return, without side effects: encoding a socket duplicates its descriptor.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    fn check(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        self.encode(value)
    }

    /// Returns whether there is memory for this many bytes more.
    fn has_space(&self, _bytes: usize) -> bool {
        true
    }

    /// Returns the value that `encoded` stands for in this process.
    ///
    /// # Errors
    ///
    /// Says why there is none, for instance because no type of that name is registered here.
    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String>;

    /// Returns the name by which the other process knows this process's function `name`. Natives that scripts may point to
    /// (`Fn("print")`) have to be answered too.
    ///
    /// # Errors
    ///
    /// Says that there is no such function: the error is raised where the mistake is.
    fn function_name(&self, name: &str) -> Result<String, String> {
        self.function(name).map(|_| name.into())
    }

    /// Returns the function that [`function_name`](Self::function_name) has called so, without captures.
    ///
    /// # Errors
    ///
    /// Says that there is no such function.
    fn function(&self, name: &str) -> Result<FnPtr, String>;

    /// Returns the name scripts know a Rust type by. The default is the last part of its path.
    fn type_name(&self, rust_name: &str) -> String {
        bare_type_name(rust_name)
    }

    /// Returns the name of the variable that a closure captured at `index`, for the text of a refusal.
    fn captured_name(&self, function: &str, index: usize) -> Option<String> {
        let _ = (function, index);
        None
    }
}
