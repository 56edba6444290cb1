//! The functions that the host has registered, which scripts can call besides ours and Rhai's.

use std::any::TypeId;
use std::collections::HashSet;

use rhai::{Array, Blob, Dynamic, Engine, FnPtr, ImmutableString, Map};

use crate::wire::TypeCodec;

/// One overload of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub name: String,
    /// The types of its parameters, as scripts call them.
    params: Vec<String>,
}

impl Foreign {
    /// Returns its form in messages: `price(int)`.
    pub(crate) fn text(&self) -> String {
        format!("{}({})", self.name, self.params.join(", "))
    }
}

/// Returns the functions that `register` adds to an engine; `types` are those of the host.
pub(crate) fn added(
    engine: &mut Engine,
    types: &[TypeCodec],
    register: impl FnOnce(&mut Engine),
) -> Vec<Foreign> {
    let before: HashSet<u64> = forms(engine).into_iter().map(|form| form.0).collect();
    register(engine);
    let own = types.iter().map(|own| (own.type_id(), own.name()));
    let own: Vec<(TypeId, &str)> = own.collect();
    let new = forms(engine)
        .into_iter()
        .filter(|(hash, ..)| !before.contains(hash));
    new.map(|(_, name, types)| Foreign {
        name,
        params: types.iter().map(|id| type_name(*id, &own)).collect(),
    })
    .collect()
}

type Form = (u64, String, Vec<TypeId>);

/// Returns every function that is called by a plain name.
fn forms(engine: &Engine) -> Vec<Form> {
    let form = |info: rhai::FuncInfo| {
        let function = info.metadata;
        let is_plain = info.namespace.is_empty()
            && function
                .name
                .starts_with(|c: char| c.is_alphabetic() || c == '_')
            && !function.name.contains('$');
        is_plain.then(|| {
            let types = function.param_types.to_vec();
            (function.hash, function.name.to_string(), types)
        })
    };
    engine.collect_fn_metadata(None, form, false)
}

fn type_name(id: TypeId, own: &[(TypeId, &str)]) -> String {
    let of_rhai = [
        (TypeId::of::<i64>(), "int"),
        (TypeId::of::<f64>(), "float"),
        (TypeId::of::<bool>(), "bool"),
        (TypeId::of::<()>(), "None"),
        (TypeId::of::<char>(), "str"),
        (TypeId::of::<ImmutableString>(), "str"),
        (TypeId::of::<&str>(), "str"),
        (TypeId::of::<String>(), "str"),
        (TypeId::of::<Array>(), "list"),
        (TypeId::of::<Map>(), "dict"),
        (TypeId::of::<Blob>(), "bytes"),
        (TypeId::of::<FnPtr>(), "function"),
        (TypeId::of::<Dynamic>(), "any"),
    ];
    let mut known = of_rhai.iter().chain(own);
    known
        .find(|(known, _)| *known == id)
        .map_or_else(|| "…".into(), |(_, name)| (*name).to_string())
}
