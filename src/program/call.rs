//! One function call packed as bytes, with the program it needs.
//!
//! # Layout
//! | part | content |
//! | --- | --- |
//! | 4 bytes | length of the head |
//! | head | the program's text; nothing in it needs a function to exist |
//! | body | constants, imports and the work itself; decoded when the program has been compiled |

use std::path::PathBuf;

use rhai::{Array, Dynamic, Engine, EvalAltResult, Map};

use super::compiling;
use super::environment::Environment;
use super::source::{Input, LoadedModule, Program, Source};
use crate::wire::{self, Codec, Message, Refusal};

/// The head of a packed call: the texts from which the program is compiled again.
#[derive(Debug)]
pub(crate) struct Head {
    /// Those that have functions.
    pub inputs: Vec<Source>,
    /// Where modules are looked for.
    pub directories: Vec<PathBuf>,
    pub modules: Vec<Source>,
    pub argv: Vec<String>,
    pub start_dir: PathBuf,
    /// What the child's engine has to be made with, as the sender packed it.
    pub furnishing: Dynamic,
}

/// The body of a packed call, once the functions it names exist.
#[derive(Debug)]
pub(crate) struct Body {
    pub environment: Environment,
    /// What the module tops left behind, by module name.
    pub modules: Vec<CarriedModule>,
    /// What the sender wants done.
    pub work: Dynamic,
}

/// The top level of a module as it was in the sending process: it is not run again.
#[derive(Debug, Clone)]
pub(crate) struct CarriedModule {
    pub constants: Map,
    pub exports: Map,
    pub imports: Vec<(String, String)>,
}

/// Packs `work` with everything the functions in it may use; `furnishing` goes ahead of the program.
///
/// Constants that cannot cross are left behind: a child that never uses them is not disturbed.
///
/// # Errors
/// When something in `work` cannot cross.
pub(crate) fn pack(
    program: &Program,
    environment: &Environment,
    (furnishing, work): (Dynamic, Dynamic),
    codec: &dyn Codec,
) -> Result<Message, Refusal> {
    let modules = needed_modules(program, environment);
    let inputs = program.inputs_for(&environment.libraries);
    let head = pack_head(program, (&inputs, &modules), furnishing);
    let head = wire::encode(&head, "program", codec)?;
    let mut body = Map::new();
    body.insert("environment".into(), pack_environment(environment, codec));
    body.insert(
        "modules".into(),
        modules
            .iter()
            .map(|m| pack_module(m, codec))
            .collect::<Array>()
            .into(),
    );
    body.insert("work".into(), work);
    let body = wire::encode(&body.into(), "call", codec)?;

    let mut bytes = Vec::with_capacity(4 + head.bytes.len() + body.bytes.len());
    bytes.extend(
        u32::try_from(head.bytes.len())
            .unwrap_or(u32::MAX)
            .to_le_bytes(),
    );
    bytes.extend(head.bytes);
    bytes.extend(&body.bytes);
    Ok(Message { bytes, ..body })
}

/// The shared objects in the constants that [`pack`] sends along, by their offsets.
pub(crate) fn handles_of_constants(
    program: &Program,
    environment: &Environment,
    codec: &dyn Codec,
) -> Vec<u64> {
    let modules = needed_modules(program, environment);
    let of_modules = modules
        .iter()
        .flat_map(|m| m.constants.iter().chain(&m.exports));
    let constants = environment.constants.iter().chain(of_modules);
    let handles = constants.filter_map(|(name, value)| wire::handles(value, name, codec).ok());
    handles.flatten().collect()
}

/// The head of a packed call, and the bytes of its body.
pub(crate) fn head<'b>(bytes: &'b [u8], codec: &dyn Codec) -> Result<(Head, &'b [u8]), String> {
    let length = bytes.get(..4).ok_or("the call is cut short")?;
    let length = u32::from_le_bytes(length.try_into().map_err(|_| "the call is cut short")?);
    let rest = &bytes[4..];
    let head = rest.get(..length as usize).ok_or("the call is cut short")?;
    let value = wire::decode(head, codec).map_err(|error| error.to_string())?;
    let mut fields = value.try_cast::<Map>().ok_or("the call has no head")?;
    let head = Head {
        inputs: array(fields.remove("inputs"))
            .into_iter()
            .filter_map(source_of)
            .collect(),
        directories: array(fields.remove("directories"))
            .into_iter()
            .map(|v| v.to_string().into())
            .collect(),
        modules: array(fields.remove("modules"))
            .into_iter()
            .filter_map(source_of)
            .collect(),
        argv: array(fields.remove("argv"))
            .into_iter()
            .map(|v| v.to_string())
            .collect(),
        start_dir: fields
            .remove("start_dir")
            .map(|v| v.to_string().into())
            .unwrap_or_default(),
        furnishing: fields.remove("furnishing").unwrap_or(Dynamic::UNIT),
    };
    Ok((head, &rest[length as usize..]))
}

/// The body of a packed call.
pub(crate) fn body(bytes: &[u8], codec: &dyn Codec) -> Result<Body, String> {
    let value = wire::decode(bytes, codec).map_err(|error| error.to_string())?;
    let mut fields = value.try_cast::<Map>().ok_or("the call has no body")?;
    let mut surroundings = map(fields.remove("environment"));
    let environment = Environment {
        libraries: array(surroundings.remove("libraries"))
            .iter()
            .map(Dynamic::to_string)
            .collect(),
        constants: map(surroundings.remove("constants"))
            .into_iter()
            .map(|(k, v)| (k.to_string(), v))
            .collect(),
        imports: pairs(surroundings.remove("imports")),
        source: surroundings
            .remove("source")
            .filter(|v| !v.is_unit())
            .map(|v| v.to_string()),
    };
    let modules = array(fields.remove("modules"))
        .into_iter()
        .map(|v| carried(map(Some(v))))
        .collect();
    Ok(Body {
        environment,
        modules,
        work: fields.remove("work").unwrap_or(Dynamic::UNIT),
    })
}

/// Compiles a file the way every process must: the text as it is, under its name.
///
/// # Errors
/// Rhai's syntax error.
pub(crate) fn compile(engine: &Engine, source: &Source) -> Result<rhai::AST, Box<EvalAltResult>> {
    let mut ast = compiling::parse(engine, &source.text)?;
    ast.set_source(source.name.clone());
    Ok(ast)
}

/// The modules in reach of `environment`, each after those it imports.
fn needed_modules(program: &Program, environment: &Environment) -> Vec<LoadedModule> {
    fn visit(program: &Program, name: &str, found: &mut Vec<LoadedModule>) {
        if found.iter().any(|module| module.source.name == name) {
            return;
        }
        let Some(module) = program.module(name) else {
            return;
        };
        for (_, inner) in &module.imports {
            visit(program, inner, found);
        }
        found.push(module);
    }
    let mut found = Vec::new();
    let imported = environment.imports.iter().map(|(_, name)| name);
    for name in imported
        .chain(&environment.libraries)
        .chain(&environment.source)
    {
        visit(program, name, &mut found);
    }
    found
}

fn pack_head(
    program: &Program,
    (inputs, modules): (&[Input], &[LoadedModule]),
    furnishing: Dynamic,
) -> Dynamic {
    let mut head = Map::new();
    let inputs: Array = inputs
        .iter()
        .map(|input| pack_source(&input.source))
        .collect();
    head.insert("inputs".into(), inputs.into());
    let modules: Array = modules
        .iter()
        .map(|module| pack_source(&module.source))
        .collect();
    head.insert("modules".into(), modules.into());
    let shown = |path: PathBuf| path.display().to_string();
    let directories = program.directories().into_iter().map(shown);
    head.insert("directories".into(), texts(directories));
    head.insert("argv".into(), texts(program.argv()));
    head.insert("start_dir".into(), shown(program.start_dir.clone()).into());
    head.insert("furnishing".into(), furnishing);
    head.into()
}

fn pack_source(source: &Source) -> Dynamic {
    texts([
        source.name.clone(),
        source.shown.clone(),
        source.text.to_string(),
    ])
}

fn source_of(value: Dynamic) -> Option<Source> {
    let mut parts = array(Some(value)).into_iter().map(|v| v.to_string());
    let (name, shown, text) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Source {
        name,
        shown,
        text: text.into(),
    })
}

fn pack_environment(environment: &Environment, codec: &dyn Codec) -> Dynamic {
    let mut fields = Map::new();
    fields.insert("libraries".into(), texts(environment.libraries.clone()));
    fields.insert("constants".into(), sendable(&environment.constants, codec));
    fields.insert("imports".into(), pack_pairs(&environment.imports));
    fields.insert(
        "source".into(),
        environment.source.clone().map_or(Dynamic::UNIT, Into::into),
    );
    fields.into()
}

fn pack_module(module: &LoadedModule, codec: &dyn Codec) -> Dynamic {
    let mut fields = Map::new();
    fields.insert("constants".into(), sendable(&module.constants, codec));
    fields.insert("exports".into(), sendable(&module.exports, codec));
    fields.insert("imports".into(), pack_pairs(&module.imports));
    fields.into()
}

fn carried(mut fields: Map) -> CarriedModule {
    CarriedModule {
        constants: map(fields.remove("constants")),
        exports: map(fields.remove("exports")),
        imports: pairs(fields.remove("imports")),
    }
}

/// Those of `values` that can cross.
fn sendable(values: &[(String, Dynamic)], codec: &dyn Codec) -> Dynamic {
    let sendable = values
        .iter()
        .filter(|(name, value)| wire::check(value, name, codec).is_ok());
    sendable
        .map(|(name, value)| (name.as_str().into(), value.clone()))
        .collect::<Map>()
        .into()
}

fn pack_pairs(pairs: &[(String, String)]) -> Dynamic {
    pairs
        .iter()
        .map(|(a, b)| texts([a.clone(), b.clone()]))
        .collect::<Array>()
        .into()
}

fn pairs(value: Option<Dynamic>) -> Vec<(String, String)> {
    let pair = |value: Dynamic| {
        let mut parts = array(Some(value)).into_iter().map(|v| v.to_string());
        Some((parts.next()?, parts.next()?))
    };
    array(value).into_iter().filter_map(pair).collect()
}

fn texts(words: impl IntoIterator<Item = String>) -> Dynamic {
    words
        .into_iter()
        .map(Dynamic::from)
        .collect::<Array>()
        .into()
}

fn array(value: Option<Dynamic>) -> Array {
    value.and_then(|v| v.into_array().ok()).unwrap_or_default()
}

fn map(value: Option<Dynamic>) -> Map {
    value.and_then(|v| v.try_cast::<Map>()).unwrap_or_default()
}
