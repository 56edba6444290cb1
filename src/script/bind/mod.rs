//! Registering native functions: their names, their parameters, and where they can be called from.
//!
//! Scripts call natives the way Python does: positional arguments, then keywords in a trailing object map.
//! Rhai knows nothing of either, so each function is registered once for every number of arguments it
//! takes, and [`Call`](super::call::Call) sorts the arguments into the declared parameters.
//!
//! Parameters are written as in a Python signature: `"obj"` is required, `"timeout?"` is optional,
//! `"*args"` takes whatever is left; a last `"/"` means that no parameter can be given as a keyword, so that
//! the last argument may be an object map; a first `"#"` means that an object map alone holds keywords, which is not so
//! where the argument that has to be given may be one itself.
//!
//! - [`signature`]: what a function takes.
//! - [`registry`]: everything scripts can call, collected for the engine; [`registered`]: the result.
//! - [`class`]: a type with its methods and properties; [`namespace`]: a script module.
//! - [`iterators`]: how natives iterate over values of our types.
//! - [`bound`]: methods as values; [`class_table`]: classes, by the type of a value.
//! - [`managed`]: types that `with` can enter and leave.
//! - [`module_values`]: script modules, which are no arguments.
//! - [`handler`]: what a declaration names; [`native`]: a handler as Rhai calls it; [`owner`]: the interpreter that it works for.
//! - [`vocabulary`]: which natives a program can call at all; an engine has no others.

mod bound;
mod class;
mod class_table;
mod handler;
mod iterators;
mod managed;
mod module_values;
mod namespace;
mod native;
mod owner;
mod registered;
mod registry;
mod signature;
mod vocabulary;

pub(crate) use bound::{
    CALL, FORMAT, attribute_of, attribute_or_method, call_as_method, called_object, callee,
    function_named, function_of, is_bound, method_of, no_attribute, register as register_bound,
    unbound,
};
pub(crate) use class::Class;
pub(crate) use class_table::{ClassTable, Classes};
pub(crate) use handler::Handler;
pub(crate) use iterators::{Items, KnownIterators};
pub(crate) use managed::{
    begin as begin_context, end as end_context, leave as leave_context, leave_by,
};
pub(crate) use module_values::{imported, set_value};
pub(crate) use namespace::Namespace;
pub(crate) use native::{Native, On, Resolved, last_resolved};
pub(crate) use owner::Owner;
pub(crate) use registered::{Listed, Listing, Property, Registered};
pub(crate) use registry::{Purpose, Registry};
pub(crate) use signature::Signature;
pub(crate) use vocabulary::{Vocabulary, is_called_unnamed};
