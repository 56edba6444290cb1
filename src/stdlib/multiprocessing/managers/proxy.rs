//! A script's handle of a managed container, which knows where it was read from.
//!
//! Rhai stores what an index gave once more after an assignment through it: `d["a"]["b"] = 1` ends with `d["a"] = …`. By then another
//! process may have put something else there, which that must not undo. So a proxy remembers where it was read, the thread remembers
//! the proxy it last assigned through, and storing that proxy where it was read from is taken for what it is. Only a proxy that no
//! variable holds can be one of Rhai's own, and between the two steps the thread does nothing else to any container.

use std::cell::RefCell;
use std::sync::Arc;

use rhai::{Dynamic, Variant};

use super::store::Store;
use crate::script::{Call, Failure, Interp, session_failure};
use crate::stdlib::multiprocessing::remote::RemoteContainer;
use crate::sync::{self, Cells, Container, Offset};

/// The kind of a container in scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Dict = 1,
    List = 2,
    Namespace = 3,
    Value = 4,
}

/// Added to the shape of a container that was made of a plain list or dict, which scripts still see as one.
const PROMOTED: u64 = 0x100;

/// Which container it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Identity {
    Here(Offset),
    /// On a server: `NAME at URL`, without a password.
    There(String),
}

/// Where a proxy was read: a container and one of its entries.
#[derive(Debug)]
struct Origin {
    container: Identity,
    place: Vec<u8>,
}

/// A managed container as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub container: Store,
    origin: Option<Arc<Origin>>,
}

#[derive(Debug, Clone)]
pub(crate) struct DictProxy(Proxy);
#[derive(Debug, Clone)]
pub(crate) struct ListProxy(Proxy);
#[derive(Debug, Clone)]
pub(crate) struct NamespaceProxy(Proxy);
#[derive(Debug, Clone)]
pub(crate) struct ValueProxy(Proxy);

/// A script type that is a proxy.
pub(crate) trait IsProxy: Variant + Clone {
    /// What messages call one that is on a server.
    const NAME: &'static str;

    fn of(proxy: Proxy) -> Self;

    fn proxy(&self) -> &Proxy;
}

macro_rules! is_proxy {
    ($($class:ident),*) => {$(
        impl IsProxy for $class {
            const NAME: &'static str = stringify!($class);

            fn of(proxy: Proxy) -> Self {
                Self(proxy)
            }

            fn proxy(&self) -> &Proxy {
                &self.0
            }
        }
    )*};
}

is_proxy!(DictProxy, ListProxy, NamespaceProxy, ValueProxy);

thread_local! {
    /// The entry where the proxy was read through which this thread last assigned.
    static ASSIGNED: RefCell<Option<Arc<Origin>>> = const { RefCell::new(None) };
}

impl Proxy {
    /// Creates a new container, which works until `switch` is set.
    pub(crate) fn create(interp: &Interp, shape: Shape, switch: &Cells) -> Result<Proxy, Failure> {
        Self::labelled(interp, shape, shape as u64, Some(switch))
    }

    /// Creates a new container for a plain list or dict.
    pub(crate) fn promoted(
        interp: &Interp,
        shape: Shape,
        switch: Option<&Cells>,
    ) -> Result<Proxy, Failure> {
        Self::labelled(interp, shape, shape as u64 | PROMOTED, switch)
    }

    fn labelled(
        interp: &Interp,
        shape: Shape,
        label: u64,
        switch: Option<&Cells>,
    ) -> Result<Proxy, Failure> {
        forget_assignment();
        let keyed = matches!(shape, Shape::Dict | Shape::Namespace);
        let container = Container::create(&interp.session()?, keyed, label, switch);
        Ok(Proxy {
            container: Store::Here(container.map_err(session_failure)?),
            origin: None,
        })
    }

    pub(crate) fn open(session: &sync::Session, place: Offset) -> Result<Proxy, sync::ShmError> {
        let container = Store::Here(Container::open(session, place)?);
        let origin = None;
        Ok(Proxy { container, origin })
    }

    /// Returns the proxy of a container on a server.
    pub(crate) fn on_server(container: RemoteContainer) -> Proxy {
        Proxy {
            container: Store::There(container),
            origin: None,
        }
    }

    /// Returns the proxy that a value is, of whatever class.
    pub(crate) fn of(value: &Dynamic) -> Option<Proxy> {
        fn of<T: IsProxy>(value: &Dynamic) -> Option<Proxy> {
            Some(value.read_lock::<T>()?.proxy().clone())
        }
        of::<DictProxy>(value)
            .or_else(|| of::<ListProxy>(value))
            .or_else(|| of::<NamespaceProxy>(value))
            .or_else(|| of::<ValueProxy>(value))
    }

    /// Returns whether two values are the same container.
    pub(crate) fn is_same(a: &Dynamic, b: &Dynamic) -> bool {
        let places = Self::of(a).zip(Self::of(b));
        places.is_some_and(|(a, b)| a.identity() == b.identity())
    }

    fn label(&self) -> u64 {
        match &self.container {
            Store::Here(container) => container.label(),
            Store::There(container) => container.label(),
        }
    }

    pub(crate) fn shape(&self) -> Shape {
        match self.label() & !PROMOTED {
            2 => Shape::List,
            3 => Shape::Namespace,
            4 => Shape::Value,
            _ => Shape::Dict,
        }
    }

    /// Returns the value that scripts see.
    pub(crate) fn into_value(self) -> Dynamic {
        match self.shape() {
            Shape::Dict => Dynamic::from(DictProxy(self)),
            Shape::List => Dynamic::from(ListProxy(self)),
            Shape::Namespace => Dynamic::from(NamespaceProxy(self)),
            Shape::Value => Dynamic::from(ValueProxy(self)),
        }
    }

    /// Returns whether it was made of a plain list or dict.
    pub(crate) fn is_promoted(&self) -> bool {
        self.label() & PROMOTED != 0
    }

    pub(crate) fn identity(&self) -> Identity {
        match &self.container {
            Store::Here(container) => Identity::Here(container.handle().offset()),
            Store::There(container) => Identity::There(container.place()),
        }
    }

    /// Returns the value read from an entry of this container. A proxy remembers the entry.
    pub(crate) fn read_at(&self, place: &[u8], value: Dynamic) -> Dynamic {
        let Some(mut inner) = Self::of(&value) else {
            return value;
        };
        inner.origin = Some(Arc::new(Origin {
            container: self.identity(),
            place: place.to_vec(),
        }));
        inner.into_value()
    }

    /// Notes that the script has assigned through this proxy.
    pub(crate) fn note_assignment(&self) {
        ASSIGNED.set(self.origin.clone());
    }

    /// Returns whether storing `value` in an entry of this container only completes an assignment through `value`.
    pub(crate) fn is_write_back(&self, place: &[u8], value: &Dynamic) -> bool {
        let Some(assigned) = ASSIGNED.take() else {
            return false;
        };
        let origin = Self::of(value).and_then(|inner| inner.origin);
        let Some(origin) = origin.filter(|origin| Arc::ptr_eq(origin, &assigned)) else {
            return false;
        };
        // The value's own reference, and the two here: a value that a script keeps has more.
        let is_temporary = Arc::strong_count(&origin) == 3;
        is_temporary && origin.container == self.identity() && origin.place == place
    }

    /// Python's representation of a proxy.
    pub(crate) fn repr(&self) -> String {
        let (class, kind) = match self.shape() {
            Shape::Dict => ("DictProxy", "dict"),
            Shape::List => ("ListProxy", "list"),
            Shape::Namespace => ("NamespaceProxy", "Namespace"),
            Shape::Value => ("ValueProxy", "Value"),
        };
        match self.identity() {
            Identity::Here(place) => format!("<{class} object, typeid '{kind}' at {place}>"),
            Identity::There(place) => format!("<{class} {place}>"),
        }
    }
}

/// Notes that this thread has done something else since it assigned through a proxy.
fn forget_assignment() {
    ASSIGNED.take();
}

/// Returns the container that a member other than a setter was called on.
pub(crate) fn this<T: IsProxy>(call: &Call<'_>) -> Proxy {
    forget_assignment();
    assigned_to::<T>(call)
}

/// Returns the container that a setter was called on.
pub(crate) fn assigned_to<T: IsProxy>(call: &Call<'_>) -> Proxy {
    call.this::<T>().proxy().clone()
}
