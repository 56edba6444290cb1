//! How values of our types are iterated, for natives that iterate as `for` does, item by item.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use rhai::{Dynamic, FnPtr, Module};

use crate::script::Outcome;
use crate::script::exceptions::raise;
use crate::script::interp::Interp;
use crate::sys::lock::locked;

/// The items of a value, each made when it is needed.
pub(crate) type Items = Box<dyn Iterator<Item = Outcome>>;

type Iterate = dyn Fn(&Arc<Interp>, Dynamic) -> Items + Send + Sync;

type Table = Mutex<HashMap<TypeId, Arc<Iterate>>>;

/// The ways to iterate over values, by type. Clones are the same table: Rhai does not show its own.
#[derive(Clone, Default)]
pub(crate) struct Iterators(Arc<Table>);

/// The table as one of the iterators in it knows it.
#[derive(Clone, Default)]
pub(crate) struct KnownIterators(Weak<Table>);

impl Iterators {
    pub(super) fn add(
        &self,
        of: TypeId,
        iterate: impl Fn(&Arc<Interp>, Dynamic) -> Items + Send + Sync + 'static,
    ) {
        locked(&self.0).insert(of, Arc::new(iterate));
    }

    pub(super) fn known(&self) -> KnownIterators {
        KnownIterators(Arc::downgrade(&self.0))
    }

    /// Returns a module of Rhai's with these iterators, for an engine of this interpreter.
    pub(crate) fn module(&self, interp: &Arc<Interp>) -> Module {
        let mut module = Module::new();
        for of in locked(&self.0).keys() {
            let (all, interp) = (self.clone(), interp.clone());
            module.set_iter_result(*of, move |value| {
                let items = all.items(&interp, value);
                items.unwrap_or_else(|| Box::new(std::iter::empty()))
            });
        }
        module
    }

    fn items(&self, interp: &Arc<Interp>, value: Dynamic) -> Option<Items> {
        let iterate = locked(&self.0).get(&value.type_id()).cloned();
        Some(iterate?(interp, value))
    }
}

impl KnownIterators {
    /// Returns the items of a value of one of our types; `None` for others.
    pub(crate) fn items(&self, interp: &Arc<Interp>, value: &Dynamic) -> Option<Items> {
        Iterators(self.0.upgrade()?).items(interp, value.clone())
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
