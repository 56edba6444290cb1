//! What `wire` asks of the rooms above: how values that are not plain data, and functions, are encoded and decoded.

use rhai::{Dynamic, FnPtr};

use super::refusal::bare_type_name;

/// How a value that is not plain data travels.
#[derive(Debug)]
pub(crate) enum Encoded {
    /// An object in the session's shared memory: only its address travels.
    Handle {
        /// What the object is; the floors above give out the numbers.
        kind: u16,
        /// Where it is in the session's memory, in bytes.
        offset: u64,
    },
    /// An object of a type the host registered: a copy travels, in the form of a plain value.
    Object {
        /// The name both processes know the type by.
        type_name: String,
        /// What the object is rebuilt from. It may contain handles and further objects.
        plain: Dynamic,
    },
}

/// Why a value cannot be encoded.
#[derive(Debug)]
pub(crate) enum Unsendable {
    /// Its type has no meaning in another process.
    Type,
    /// The embedding program has not said how its type travels.
    Foreign,
    /// Only this process may not send it.
    Here(String),
    /// It could not be sent this time.
    Now(String),
}

/// How values that are not plain data, and functions, are encoded and decoded.
pub(crate) trait Codec {
    /// How a custom-typed value leaves this process.
    ///
    /// The value is never a shared cell. Ranges are not asked about.
    ///
    /// # Errors
    ///
    /// Says why it does not.
    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable>;

    /// What [`encode`](Self::encode) would return, without side effects: encoding a socket duplicates its descriptor.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    fn check(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        self.encode(value)
    }

    /// The value that `encoded` stands for in this process.
    ///
    /// # Errors
    ///
    /// Says why there is none, for instance because no type of that name is registered here.
    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String>;

    /// What the other process knows the function `name` of this one as. Natives that scripts may point to (`Fn("print")`) have
    /// to be answered too.
    ///
    /// # Errors
    ///
    /// Says that there is no such function: the error is raised where the mistake is.
    fn function_name(&self, name: &str) -> Result<String, String> {
        self.function(name).map(|_| name.into())
    }

    /// The function that [`function_name`](Self::function_name) has called so, without captures.
    ///
    /// # Errors
    ///
    /// Says that there is no such function.
    fn function(&self, name: &str) -> Result<FnPtr, String>;

    /// The name scripts know a Rust type by. The default is the last part of its path.
    fn type_name(&self, rust_name: &str) -> String {
        bare_type_name(rust_name)
    }

    /// The name of the variable that a closure captured at `index`, for the text of a refusal.
    fn captured_name(&self, function: &str, index: usize) -> Option<String> {
        let _ = (function, index);
        None
    }
}
