//! What may leave the process: handles by their place in the session, a few objects by their parts.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, Map};

use super::exceptions::Exception;
use super::host::Host;
use super::multiprocessing::family::Identity;
use super::multiprocessing::process::{Process, Stage, State};
use super::multiprocessing::queues::Queue;
use super::multiprocessing::synchronize::Lock;
use super::text::str_of;
use super::values::custom_text;
use crate::sync::{self, Offset};
use crate::wire::{self, Border, Crossing};

/// The handle kinds on the wire. Numbers are never used again for something else.
mod kind {
    pub(super) const LOCK: u16 = 1;
    pub(super) const QUEUE: u16 = 2;
    pub(super) const JOINABLE_QUEUE: u16 = 3;
}

impl Border for Arc<Host> {
    fn leave(&self, value: &Dynamic) -> Option<Crossing> {
        let handle = |kind, offset: Offset| Crossing::Handle {
            kind,
            offset: offset.0,
        };
        let object = |type_name: &str, plain| {
            Some(Crossing::Object {
                type_name: type_name.into(),
                plain,
            })
        };
        if let Some(lock) = value.read_lock::<Lock>() {
            Some(handle(kind::LOCK, lock.0.handle().offset()))
        } else if let Some(queue) = value.read_lock::<Queue>() {
            let kind = if queue.joinable {
                kind::JOINABLE_QUEUE
            } else {
                kind::QUEUE
            };
            Some(handle(kind, queue.shared.handle().offset()))
        } else if let Some(exception) = value.read_lock::<Exception>() {
            object("Exception", parts_of_exception(&exception))
        } else if let Some(process) = value.read_lock::<Process>() {
            object("Process", parts_of_process(&process))
        } else {
            let modules = self.modules.get()?;
            let module = modules
                .iter()
                .find(|module| module.type_id == value.type_id())?;
            object("module", module.name.into())
        }
    }

    fn enter(&self, crossing: Crossing) -> Result<Dynamic, String> {
        match crossing {
            Crossing::Handle { kind, offset } => open_handle(self, kind, Offset(offset)),
            Crossing::Object { type_name, plain } => match type_name.as_str() {
                "Exception" => exception_of(plain).map(Dynamic::from),
                "Process" => process_of(plain).map(|p| Dynamic::from(self.family.meet(p))),
                "module" => module_of(self, &plain.to_string()),
                other => Err(format!("no type {other} is known here")),
            },
        }
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        if let Some(definition) = self.program.function(name) {
            return Ok(FnPtr::from(definition));
        }
        if name.starts_with("anon$") {
            return Err("a closure's text is not part of this program".into());
        }
        FnPtr::new(name).map_err(|error| error.to_string())
    }

    fn captured_name(&self, function: &str, index: usize) -> Option<String> {
        // A closure's captured variables are its first parameters.
        let definition = self.program.function(function)?;
        definition.params.get(index).map(ToString::to_string)
    }
}

fn open_handle(host: &Arc<Host>, kind: u16, offset: Offset) -> Result<Dynamic, String> {
    let session = host
        .existing_session()
        .ok_or("this process has no session")?;
    let queue = |joinable| {
        let shared = sync::Queue::open(&session, offset).map_err(|e| e.to_string())?;
        Ok(Dynamic::from(Queue::new(shared, joinable)))
    };
    match kind {
        kind::LOCK => {
            let lock = sync::Mutex::open(&session, offset).map_err(|e| e.to_string())?;
            Ok(Dynamic::from(Lock(lock)))
        }
        kind::QUEUE => queue(false),
        kind::JOINABLE_QUEUE => queue(true),
        other => Err(format!("no handle of kind {other} is known here")),
    }
}

/// The script module called `name`: `os`, `time`, …
fn module_of(host: &Host, name: &str) -> Result<Dynamic, String> {
    let modules = host.modules.get().into_iter().flatten();
    let found = modules.clone().find(|module| module.name == name);
    found
        .map(|module| module.value.clone())
        .ok_or_else(|| format!("no module {name} is known here"))
}

/// An exception by its parts; arguments that cannot cross go as text, so that an error always arrives.
fn parts_of_exception(exception: &Exception) -> Dynamic {
    let mut parts = Map::new();
    parts.insert("type".into(), exception.kind().to_string().into());
    parts.insert("args".into(), exception.args().clone().into());
    parts.insert("traceback".into(), exception.traceback().to_string().into());
    parts.into()
}

fn exception_of(plain: Dynamic) -> Result<Exception, String> {
    let mut parts = plain
        .try_cast::<Map>()
        .ok_or("an exception without parts")?;
    let mut take = |name: &str| parts.remove(name).unwrap_or(Dynamic::UNIT);
    let args = take("args")
        .into_array()
        .map_err(|_| "an exception without arguments")?;
    let exception = Exception::new(take("type").to_string(), args);
    Ok(exception.with_traceback(take("traceback").to_string()))
}

/// A Process in another process's hands: its name and number, and what the script has set on it.
fn parts_of_process(process: &Process) -> Dynamic {
    process.with(|state| {
        let mut parts = Map::new();
        parts.insert("name".into(), state.identity.name.clone().into());
        parts.insert("daemon".into(), state.identity.daemon.into());
        let pid = state
            .stage
            .pid()
            .map_or(Dynamic::UNIT, |pid| Dynamic::from_int(pid.into()));
        parts.insert("pid".into(), pid);
        let numbers = state
            .identity
            .numbers
            .iter()
            .map(|n| Dynamic::from_int((*n).into()));
        parts.insert("numbers".into(), numbers.collect::<Array>().into());
        parts.insert("creator".into(), Dynamic::from_int(state.creator.into()));
        let own = state
            .attributes
            .iter()
            // Functions stay where they can be called, and a process may be its own attribute.
            .filter(|(_, value)| !value.is_fnptr() && !value.is::<Process>());
        let own: Map = own
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        parts.insert("attributes".into(), own.into());
        parts.into()
    })
}

fn process_of(plain: Dynamic) -> Result<Process, String> {
    let mut parts = plain.try_cast::<Map>().ok_or("a process without parts")?;
    let mut take = |name: &str| parts.remove(name).unwrap_or(Dynamic::UNIT);
    let number = |value: Dynamic| value.as_int().ok().and_then(|n| i32::try_from(n).ok());
    let pid = number(take("pid"));
    let creator = number(take("creator")).ok_or("a process without a creator")?;
    let numbers = take("numbers").into_array().unwrap_or_default();
    let daemon = take("daemon").as_bool().unwrap_or(false);
    Ok(Process::from_state(State {
        identity: Identity {
            numbers: numbers
                .iter()
                .filter_map(|n| u32::try_from(n.as_int().ok()?).ok())
                .collect(),
            name: take("name").to_string(),
            daemon,
        },
        target: None,
        args: Array::new(),
        attributes: take("attributes").try_cast().unwrap_or_default(),
        creator,
        stage: pid.map_or(Stage::Initial, |pid| Stage::Elsewhere { pid }),
        closed: false,
        exception: None,
    }))
}

/// An exception as bytes, for a child's last report; what cannot cross goes as text.
pub(crate) fn pack_exception(host: &Arc<Host>, exception: &Exception) -> Vec<u8> {
    let pack =
        |exception: &Exception| wire::encode(&Dynamic::from(exception.clone()), "exception", host);
    let as_text = || {
        let custom = |v: &Dynamic| custom_text(v, None);
        let args = exception
            .args()
            .iter()
            .map(|v| Dynamic::from(str_of(v, &custom)))
            .collect();
        Exception::new(exception.kind(), args).with_traceback(exception.traceback().into())
    };
    let message = pack(exception)
        .ok()
        .filter(|message| message.handles.is_empty());
    message
        .or_else(|| pack(&as_text()).ok())
        .map(|m| m.bytes)
        .unwrap_or_default()
}

/// The exception of a child's last report.
pub(crate) fn unpack_exception(host: &Arc<Host>, bytes: &[u8]) -> Option<Exception> {
    wire::decode(bytes, host).ok()?.try_cast()
}
