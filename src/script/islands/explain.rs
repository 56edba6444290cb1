//! What was compiled, and why the rest was not, for `--explain-compile`.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::{Islands, off, paying};
use crate::native::code::{Item, Ty};
use crate::program::islands::Island;
use crate::program::islands::wrap::Noted;
use crate::script::interp::Interp;
use crate::sys::lock::locked;

/// The reason where nothing else speaks against it.
const LITTLE: &str = "not compiled: called too seldom, too short, or only run inside other compiled code; its loops are listed by themselves";

/// The first line.
const TITLE: &str = "Compiled code of the main process, by file and line:\n";

/// Returns a line for each function and loop of the program, if they were noted.
pub(crate) fn explanation(interp: &Interp) -> Option<String> {
    if !interp.settings.explain_compile {
        return None;
    }
    if let Some(why) = off(&interp.settings) {
        return Some(format!("{TITLE}  nothing: {why}\n"));
    }
    let notes = locked(&Islands::of(interp).notes);
    let mut lines: Vec<(&str, usize, String)> = Vec::new();
    for (file, note) in &*notes {
        let (line, text) = match note {
            Noted::Island(handle) => {
                let (title, line) = handle.0.title();
                (line, format!("{title}: {}", became(&handle.0)))
            }
            Noted::Unfit { title, line, why } => {
                (*line, format!("{title}: not compiled: {}", why.text()))
            }
        };
        lines.push((file, line, text));
    }
    lines.sort();
    lines.dedup();
    let lines = lines
        .iter()
        .map(|(file, line, text)| format!("  {file}:{line}: {text}\n"));
    Some(format!("{TITLE}{}", lines.collect::<String>()))
}

/// Says in words whether an island was compiled, for which types, or why not.
fn became(island: &Island) -> String {
    let forms = island.forms.read().unwrap_or_else(PoisonError::into_inner);
    let compiled = forms
        .iter()
        .filter(|form| matches!(form.code.get(), Some(Ok(_))));
    let mut types: Vec<String> = compiled.map(|form| types_of(&form.types)).collect();
    types.sort();
    types.dedup();
    if types.is_empty() {
        return match island.refusal() {
            Some(why) => format!("not compiled: {}", why.text()),
            None => LITTLE.into(),
        };
    }
    let gave_up = match island.failures.load(Ordering::Relaxed) {
        0 => String::new(),
        paying::FAILURES.. => ", but gave up too often and is left to the interpreter".into(),
        times => format!(", gave up {times} times"),
    };
    format!("compiled{}{gave_up}", types.join(" and"))
}

fn types_of(types: &[Ty]) -> String {
    let names: Vec<String> = types.iter().map(|ty| name_of(*ty)).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(" for {}", names.join(", ")),
    }
}

fn name_of(ty: Ty) -> String {
    let of = |item| match item {
        Item::Int => "int",
        Item::Float => "float",
        Item::Bool => "bool",
    };
    match ty {
        Ty::Int => "int".into(),
        Ty::Float => "float".into(),
        Ty::Bool => "bool".into(),
        Ty::Unit | Ty::Never => "None".into(),
        Ty::List(item) => format!("list of {}", of(item)),
        Ty::Rows(item) => format!("list of lists of {}", of(item)),
    }
}
