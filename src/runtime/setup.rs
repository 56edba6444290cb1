//! A host's own functions and types, for its engine and those of its children.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rhai::{Dynamic, Engine, Variant};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::script::foreign::{self, Foreign};
use crate::wire::OwnType;

type Register = dyn Fn(&mut Engine) + Send + Sync;

/// What this program gives to the children that are fresh runs of it.
static OF_CHILDREN: OnceLock<Vec<Setup>> = OnceLock::new();

/// A host's own functions and types, under a name by which spawned children find them.
///
/// A spawned child is a fresh run of the host's program and has nothing of its parent's memory: the program names its setups
/// in [`init_with`](crate::init_with), and gives the same to its runtimes with [`Builder::setup`](crate::Builder::setup).
///
/// # Example
/// ```no_run
/// use procscript::{Permissions, Runtime, Script, Setup};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, Serialize, Deserialize)]
/// struct Money {
///     cents: i64,
/// }
///
/// fn shop() -> Setup {
///     Setup::new("shop")
///         .register(|engine| {
///             engine.register_fn("price", |cents: i64| Money { cents });
///             engine.register_get("cents", |money: &mut Money| money.cents);
///         })
///         .crossing::<Money>("Money")
/// }
///
/// procscript::init_with([shop()]);
/// let permissions = Permissions::none().allow_processes(4, 1);
/// let runtime = Runtime::builder().setup(shop()).permissions(permissions).build();
/// let text = "
///     let q = Queue();
///     let p = Process(|| q.put(price(250)));
///     p.start();
///     print(q.get().cents);
///     p.join();
/// ";
/// std::process::exit(runtime.run(Script::from_text("shop", text)));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Setup {
    /// `None`: for this process alone.
    name: Option<String>,
    steps: Vec<Arc<Register>>,
    types: Vec<OwnType>,
}

impl Setup {
    /// A setup that is known as `name`. Two of one runtime have different names.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            steps: Vec::new(),
            types: Vec::new(),
        }
    }

    /// Something that is registered in one process alone.
    pub(super) fn of_this_process(register: impl Fn(&mut Engine) + Send + Sync + 'static) -> Self {
        let setup = Self {
            name: None,
            steps: Vec::new(),
            types: Vec::new(),
        };
        setup.register(register)
    }

    /// Has `register` called with each engine that scripts run on, once an engine: in this process and in its children.
    ///
    /// A function of the host's goes before one of ours with the same name and the same types of parameters. What a runtime
    /// needs for itself is set afterwards: the callbacks `on_print`, `on_debug`, `on_progress`, `on_var`, `on_parse_token` and
    /// `on_missing_function`, and the module resolver.
    pub fn register(mut self, register: impl Fn(&mut Engine) + Send + Sync + 'static) -> Self {
        self.steps.push(Arc::new(register));
        self
    }

    /// The type `T`, which scripts and messages call `name`, may be sent to other processes: as an argument, through a queue,
    /// inside lists and maps, captured by a closure. A copy arrives.
    ///
    /// A value that cannot be serialised is refused where it is sent, one that cannot be read is an error where it arrives.
    pub fn crossing<T>(self, name: &str) -> Self
    where
        T: Variant + Clone + Serialize + DeserializeOwned,
    {
        self.with_type::<T>(name, OwnType::serialized::<T>(name))
    }

    /// As [`crossing`](Self::crossing), for a type that is sent as another value: `leave` gives it, `enter` makes the value
    /// anew. What `leave` gives may hold whatever scripts can send, also locks and queues.
    ///
    /// # Example
    /// ```
    /// use procscript::{Setup, rhai::Dynamic};
    ///
    /// #[derive(Clone)]
    /// struct Token(i64);
    ///
    /// let setup = Setup::new("tokens").crossing_with::<Token>(
    ///     "Token",
    ///     |token| token.0.into(),
    ///     |plain: Dynamic| plain.as_int().map(Token).map_err(|found| format!("a token is a number, not {found}")),
    /// );
    /// # drop(setup);
    /// ```
    pub fn crossing_with<T: Variant + Clone>(
        self,
        name: &str,
        leave: impl Fn(&T) -> Dynamic + Send + Sync + 'static,
        enter: impl Fn(Dynamic) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        let encode = move |value: &T| Ok(leave(value));
        self.with_type::<T>(name, OwnType::new(name, encode, enter))
    }

    fn with_type<T: Variant + Clone>(mut self, name: &str, own: OwnType) -> Self {
        self.types.push(own);
        let name = name.to_string();
        self.register(move |engine| {
            engine.register_type_with_name::<T>(&name);
        })
    }

    /// Its name; `None` for what is registered in this process alone.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn types(&self) -> &[OwnType] {
        &self.types
    }

    /// Names the setups that children of this program are given. The first word counts.
    pub(super) fn give_to_children(setups: Vec<Self>) {
        let _ = OF_CHILDREN.set(setups);
    }

    /// The setup that children of this program know as `name`.
    pub(super) fn of_children(name: &str) -> Option<Self> {
        let mut given = OF_CHILDREN.get().into_iter().flatten();
        given.find(|setup| setup.name() == Some(name)).cloned()
    }
}

/// Registers what the setups have, and gives the functions among it.
pub(super) fn register(engine: &mut Engine, setups: &[Setup]) -> Vec<Foreign> {
    if setups.is_empty() {
        return Vec::new();
    }
    let types: Vec<OwnType> = setups.iter().flat_map(Setup::types).cloned().collect();
    foreign::added(engine, &types, |engine| {
        let steps = setups.iter().flat_map(|setup| &setup.steps);
        steps.for_each(|register| register(engine));
    })
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("name", &self.name)
            .field("types", &self.types)
            .finish_non_exhaustive()
    }
}
