//! Functions and types of a host, for its engine and those of its children.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rhai::{Dynamic, Engine, ModuleResolver, Variant};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::script::foreign::{self, Foreign};
use crate::script::panics::note_host_functions;
use crate::wire::TypeCodec;

/// Returns the text of the module with this name.
pub(super) type Text = dyn Fn(&str) -> Option<String> + Send + Sync;

type Register = dyn Fn(&mut Engine) + Send + Sync;

/// The setups of this program when it runs as a child.
static OF_CHILDREN: OnceLock<Vec<Setup>> = OnceLock::new();

/// Functions and types of a host, with a name by which spawned children find them.
///
/// A spawned child is a fresh run of the host's program and shares no memory with its parent. So the program passes its setups
/// to [`init_with`](crate::init_with), and the same setups to its runtimes with [`Builder::setup`](crate::Builder::setup).
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
///         .sendable::<Money>("Money")
/// }
///
/// procscript::init_with([shop()]);
/// let permissions = Permissions::none().allow_processes(4, 1);
/// let runtime = Runtime::builder().setup(shop()).permissions(permissions).build().unwrap();
/// let text = "
///     let q = Queue();
///     let p = Process(|| q.put(price(250)));
///     p.start();
///     print(q.get().cents);
///     p.join();
/// ";
/// std::process::exit(runtime.run_main(Script::from_text("shop", text)));
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Setup {
    /// `None` for a setup of this process only.
    name: Option<String>,
    steps: Vec<Arc<Register>>,
    types: Vec<TypeCodec>,
    texts: Vec<Arc<Text>>,
    resolvers: Vec<Arc<dyn ModuleResolver>>,
}

impl Setup {
    /// A setup with this name. The setups of a runtime have different names.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// A setup without a name, for this process only.
    pub(super) fn of_this_process(register: impl Fn(&mut Engine) + Send + Sync + 'static) -> Self {
        Self::default().register(register)
    }

    /// Calls `register` once with each engine that scripts run on, in this process and in its children.
    ///
    /// A function of the host replaces one of this crate with the same name and parameter types. Afterwards the runtime sets
    /// the callbacks `on_print`, `on_debug`, `on_progress`, `on_var`, `on_parse_token` and
    /// `on_missing_function`, and the module resolver. It also sets the engine's default tag, unless a setup has set one.
    pub fn register(mut self, register: impl Fn(&mut Engine) + Send + Sync + 'static) -> Self {
        self.steps.push(Arc::new(register));
        self
    }

    /// Makes values of type `T` sendable to other processes: as arguments, through queues,
    /// inside lists and maps, captured by closures. The receiver gets a copy. Scripts and messages call the type `name`.
    ///
    /// A value that cannot be serialized, or is nested more than 128 levels deep, is an error where it is sent. A value that cannot be deserialized is an error where it arrives.
    pub fn sendable<T>(self, name: &str) -> Self
    where
        T: Variant + Clone + Serialize + DeserializeOwned,
    {
        self.with_type::<T>(name, TypeCodec::serialized::<T>(name))
    }

    /// Like [`sendable`](Self::sendable), for a type that is sent as another value: `encode` returns that value, and `decode` makes a `T`
    /// from it. The value may contain whatever scripts can send, including locks and queues.
    ///
    /// # Example
    /// ```
    /// use procscript::{Setup, rhai::Dynamic};
    ///
    /// #[derive(Clone)]
    /// struct Token(i64);
    ///
    /// let setup = Setup::new("tokens").sendable_with::<Token>(
    ///     "Token",
    ///     |token| token.0.into(),
    ///     |sent: Dynamic| sent.as_int().map(Token).map_err(|found| format!("a token is a number, not {found}")),
    /// );
    /// # drop(setup);
    /// ```
    pub fn sendable_with<T: Variant + Clone>(
        self,
        name: &str,
        encode: impl Fn(&T) -> Dynamic + Send + Sync + 'static,
        decode: impl Fn(Dynamic) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        let encode = move |value: &T| Ok(encode(value));
        self.with_type::<T>(name, TypeCodec::new(name, encode, decode))
    }

    /// Has scripts import modules whose texts the host has: in memory, in an archive, in a database. `text` gets the name as the script wrote it, and
    /// returns `None` for a module that it does not have.
    ///
    /// Such a module comes before a file of the same name, and needs no permission. It is loaded once; [`Runtime::forget`](crate::Runtime::forget) has it loaded
    /// again. Children load it too. In reports it is called `<NAME>`.
    ///
    /// # Example
    /// ```
    /// use procscript::{Runtime, Setup};
    ///
    /// let setup = Setup::new("prices").module_texts(|name| match name {
    ///     "prices" => Some("const VAT = 0.2; fn total(price) { price * (1.0 + global::VAT) }".into()),
    ///     _ => None,
    /// });
    /// let mut runtime = Runtime::builder().setup(setup).build()?;
    /// assert_eq!(runtime.eval::<f64>(r#"import "prices" as p; p::total(10.0)"#)?, 12.0);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn module_texts(
        mut self,
        text: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.texts.push(Arc::new(text));
        self
    }

    /// Has scripts import the modules that one of Rhai's resolvers finds, in children too. They come before files of the same name.
    ///
    /// Rhai's rules hold for these modules: a function of one is not a value (`m::work` cannot be a target). [`module_texts`](Self::module_texts) has no such limits.
    /// An engine that the host owns keeps its own resolver; this one is for the children of its scripts.
    pub fn module_resolver(mut self, resolver: impl ModuleResolver + 'static) -> Self {
        self.resolvers.push(Arc::new(resolver));
        self
    }

    pub(super) fn texts(&self) -> &[Arc<Text>] {
        &self.texts
    }

    pub(super) fn resolvers(&self) -> &[Arc<dyn ModuleResolver>] {
        &self.resolvers
    }

    fn with_type<T: Variant + Clone>(mut self, name: &str, own: TypeCodec) -> Self {
        self.types.push(own);
        let name = name.to_string();
        self.register(move |engine| {
            engine.register_type_with_name::<T>(&name);
        })
    }

    /// Its name; `None` for a setup of this process only.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn types(&self) -> &[TypeCodec] {
        &self.types
    }

    /// Sets the setups that this program has when it runs as a child. Only the first call counts.
    pub(super) fn give_to_children(setups: Vec<Self>) {
        let _ = OF_CHILDREN.set(setups);
    }

    /// The setup that children of this program know as `name`.
    pub(super) fn of_children(name: &str) -> Option<Self> {
        let mut given = OF_CHILDREN.get().into_iter().flatten();
        given.find(|setup| setup.name() == Some(name)).cloned()
    }
}

/// Registers the setups, and returns their functions.
pub(super) fn register(engine: &mut Engine, setups: &[Setup]) -> Vec<Foreign> {
    if setups.is_empty() {
        return Vec::new();
    }
    note_host_functions();
    let types: Vec<TypeCodec> = setups.iter().flat_map(Setup::types).cloned().collect();
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
