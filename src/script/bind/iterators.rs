//! How values of our types are iterated, for natives that iterate as `for` does, item by item.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rhai::{Dynamic, FnPtr, Module};

use crate::script::Outcome;
use crate::script::exceptions::raise;
use crate::sys::lock::locked;

/// The items of a value, each made when it is needed.
pub(crate) type Items = Box<dyn Iterator<Item = Outcome>>;

type Iterate = dyn Fn(Dynamic) -> Items + Send + Sync;

/// The ways to iterate over values, by type. Clones are the same table: natives that need it keep one, because Rhai does not show its own.
#[derive(Clone, Default)]
pub(crate) struct Iterators(Arc<Mutex<HashMap<TypeId, Arc<Iterate>>>>);

impl Iterators {
    pub(super) fn add(&self, of: TypeId, iterate: Arc<Iterate>) {
        locked(&self.0).insert(of, iterate);
    }

    /// Returns the items of a value of one of our types; `None` for others.
    pub(crate) fn items(&self, value: &Dynamic) -> Option<Items> {
        let iterate = locked(&self.0).get(&value.type_id()).cloned();
        Some(iterate?(value.clone()))
    }
}

/// Makes `for` over a value of each type of Rhai's without items an error that names the type.
pub(super) fn refuse_rhais(members: &mut Module) {
    refuse(members, TypeId::of::<i64>(), "int");
    refuse(members, TypeId::of::<f64>(), "float");
    refuse(members, TypeId::of::<bool>(), "bool");
    refuse(members, TypeId::of::<()>(), "NoneType");
    refuse(members, TypeId::of::<FnPtr>(), "function");
}

/// Makes `for` over a value of a type an error that names the type, unless it gets another iterator later.
pub(super) fn refuse(members: &mut Module, of: TypeId, class: &'static str) {
    members.set_iter_result(of, move |_| {
        let text = format!("'{class}' object is not iterable");
        Box::new(std::iter::once(Err(raise("TypeError", text))))
    });
}
