//! How values are sent to other processes: handles by their place in the session, a few objects by their parts.

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext};

use crate::program::traceback::Frame;
use crate::script::call::Call;
use crate::script::exceptions::{Exception, Failure, raise};
use crate::script::interp::Interp;
use crate::script::values::{foreign_name, is_foreign, type_name};
use crate::stdlib::builtins::compare::equal;
use crate::stdlib::multiprocessing::family::Identity;
use crate::stdlib::multiprocessing::process::{Process, Stage, State};
use crate::stdlib::multiprocessing::{
    connection, managers, queues, sharedctypes, simple_queue, synchronize,
};
use crate::stdlib::queue::channel::Channel;
use crate::stdlib::socket::connection::Socket;
use crate::stdlib::socket::crossing;
use crate::stdlib::threading::thread::Thread;
use crate::sync::{self, Offset, Place};
use crate::text::str_of;
use crate::wire::{self, Codec, Encoded, OwnType, Unsendable};

/// The numbers of handles on the wire. They are never used again for something else.
pub(crate) mod number {
    pub(crate) const LOCK: u16 = 1;
    pub(crate) const QUEUE: u16 = 2;
    pub(crate) const JOINABLE_QUEUE: u16 = 3;
    pub(crate) const RLOCK: u16 = 4;
    pub(crate) const CONDITION: u16 = 10;
    pub(crate) const SEMAPHORE: u16 = 13;
    pub(crate) const EVENT: u16 = 11;
    pub(crate) const SIMPLE_QUEUE: u16 = 12;
    pub(crate) const BARRIER: u16 = 14;
    pub(crate) const TICKET: u16 = 40;
    pub(crate) const RAW_VALUE: u16 = 20;
    pub(crate) const RAW_ARRAY: u16 = 21;
    pub(crate) const CONNECTION: u16 = 30;
    pub(crate) const MANAGER: u16 = 22;
    pub(crate) const MANAGED: u16 = 23;
}

/// What the names of closures begin with.
const CLOSURE: &str = "anon$";

/// How the values of one type travel when they are no more than a place in the session.
pub(crate) struct ByPlace {
    /// The numbers it is known by on the wire.
    pub numbers: &'static [u16],
    /// Number and place of a value of the type; `None` for values of other types.
    pub encode: fn(&Dynamic) -> Option<(u16, Place)>,
    /// The value with that number at that place.
    pub decode: fn(&sync::Session, u16, Offset) -> Result<Dynamic, sync::ShmError>,
}

/// How the values of one type travel when they are made of other values.
pub(crate) struct ByParts {
    /// The name it is known by on the wire.
    pub name: &'static str,
    /// The parts of a value of the type; `None` for values of other types.
    pub encode: fn(&Dynamic) -> Option<Dynamic>,
    /// The value made of these parts.
    pub decode: fn(&Arc<Interp>, Dynamic) -> Result<Dynamic, String>,
}

pub(crate) const BY_PLACE: &[ByPlace] = &[
    synchronize::lock::BY_PLACE,
    synchronize::rlock::BY_PLACE,
    synchronize::condition::BY_PLACE,
    synchronize::semaphore::BY_PLACE,
    synchronize::event::BY_PLACE,
    synchronize::barrier::BY_PLACE,
    queues::BY_PLACE,
    simple_queue::BY_PLACE,
    sharedctypes::RAW_VALUE,
    sharedctypes::RAW_ARRAY,
    connection::BY_PLACE,
    managers::MANAGER,
    managers::PROXY,
    crossing::TICKET,
];

const BY_PARTS: &[ByParts] = &[
    sharedctypes::VALUE,
    sharedctypes::ARRAY,
    connection::BY_PARTS,
    ByParts {
        name: "Exception",
        encode: |value| Some(parts_of_exception(&*value.read_lock()?)),
        decode: |_, parts| exception_of(parts).map(Dynamic::from),
    },
    ByParts {
        name: "Process",
        encode: |value| Some(parts_of_process(&*value.read_lock()?)),
        decode: |interp, parts| process_of(parts).map(|p| Dynamic::from(interp.family.meet(p))),
    },
    synchronize::condition::BY_PARTS,
    synchronize::barrier::BY_PARTS,
];

impl Codec for Arc<Interp> {
    fn check(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        if value.is::<Socket>() {
            return Ok(object(crossing::NAME, Dynamic::UNIT));
        }
        self.encode(value)
    }

    fn encode(&self, value: &Dynamic) -> Result<Encoded, Unsendable> {
        if let Some(why) = connection::not_given(value) {
            return Err(Unsendable::Here(why.into()));
        }
        if let Some((kind, place)) = place_of(value) {
            let session = self.existing_session();
            if !session.is_some_and(|session| place.is_in(&session)) {
                return Err(Unsendable::Here("it belongs to another runtime".into()));
            }
            let offset = place.offset().0;
            return Ok(Encoded::Handle { kind, offset });
        }
        if let Some(socket) = value.read_lock::<Socket>() {
            let left = crossing::encode(self, &socket).map_err(Unsendable::Now)?;
            return Ok(object(crossing::NAME, left));
        }
        let parts = |way: &ByParts| Some(object(way.name, (way.encode)(value)?));
        let module = || {
            let modules = self.modules.get()?;
            let module = modules
                .iter()
                .find(|module| module.type_id == value.type_id())?;
            Some(object("module", module.name.into()))
        };
        if let Some(encoded) = BY_PARTS.iter().find_map(parts).or_else(module) {
            return Ok(encoded);
        }
        match self.own_type(|own| own.type_id() == value.type_id()) {
            Some(own) => own
                .encode(value)
                .map(|plain| object(own.name(), plain))
                .map_err(Unsendable::Here),
            None if is_foreign(value.type_name()) => Err(Unsendable::Foreign),
            None => Err(Unsendable::Type),
        }
    }

    fn type_name(&self, rust_name: &str) -> String {
        if let Some(engine) = self.engine().filter(|_| is_foreign(rust_name)) {
            return foreign_name(&engine, rust_name);
        }
        let bare = wire::bare_type_name(rust_name);
        super::values::type_name_of(&bare)
    }

    fn decode(&self, encoded: Encoded) -> Result<Dynamic, String> {
        match encoded {
            Encoded::Handle { kind, offset } => open_handle(self, kind, Offset(offset)),
            Encoded::Object { type_name, plain } if type_name == "module" => {
                module_of(self, &plain.to_string())
            }
            Encoded::Object { type_name, plain } if type_name == crossing::NAME => {
                crossing::decode(self, plain).map(Dynamic::from)
            }
            Encoded::Object { type_name, plain } => {
                let way = BY_PARTS.iter().find(|way| way.name == type_name);
                if let Some(way) = way {
                    return (way.decode)(self, plain);
                }
                let own = self.own_type(|own| own.name() == type_name);
                let own = own.ok_or_else(|| {
                    format!("the type {type_name} is in no setup that this process was given")
                })?;
                own.decode(plain)
                    .map_err(|why| format!("no {type_name} can be made of it: {why}"))
            }
        }
    }

    fn function_name(&self, name: &str) -> Result<String, String> {
        // Rhai calls closures by hashes that each process makes differently.
        if name.starts_with(CLOSURE) {
            let place = self.program.closure_place(name);
            let place = place.ok_or("its text is not part of the program")?;
            return Ok(format!("{CLOSURE}{place}"));
        }
        self.function(name).map(|_| name.into())
    }

    fn function(&self, name: &str) -> Result<FnPtr, String> {
        if let Some(place) = name.strip_prefix(CLOSURE) {
            let definition = self.program.closure_at(place);
            let definition = definition.ok_or("a closure's text is not part of this program")?;
            return Ok(FnPtr::from(definition));
        }
        // Scripts on engines of the host's are no one program: each has functions of its own.
        let known = self.program.function(name);
        if let Some(definition) = known.filter(|_| !self.guest.is_guest()) {
            return Ok(FnPtr::from(definition));
        }
        FnPtr::new(name).map_err(|error| error.to_string())
    }

    fn captured_name(&self, function: &str, index: usize) -> Option<String> {
        // A closure's captured variables are its first parameters.
        let definition = self.program.function(function)?;
        definition.params.get(index).map(ToString::to_string)
    }
}

impl Interp {
    fn own_type(&self, is_it: impl Fn(&OwnType) -> bool) -> Option<&OwnType> {
        self.own_types.get()?.iter().find(|own| is_it(own))
    }
}

/// The names of types that a type of the embedding program cannot have.
pub(crate) fn reserved_names() -> impl Iterator<Item = &'static str> {
    let by_parts = BY_PARTS.iter().map(|way| way.name);
    by_parts.chain(["module", crossing::NAME])
}

fn object(type_name: &str, plain: Dynamic) -> Encoded {
    let type_name = type_name.into();
    Encoded::Object { type_name, plain }
}

/// `a == b` for two values of one of our types: whether both are one thing to every process.
///
/// # Errors
/// `TypeError` for a type whose values are nothing to another process.
pub(crate) fn are_one(call: &mut Call<'_>) -> Result<bool, Failure> {
    let (a, b) = (call.value(0), call.value(1));
    one(call.context, &a, &b).ok_or_else(|| {
        let (a, b) = (type_name(&a), type_name(&b));
        let text = format!("'==' not supported between instances of '{a}' and '{b}'");
        raise("TypeError", text)
    })
}

fn one(context: &NativeCallContext, a: &Dynamic, b: &Dynamic) -> Option<bool> {
    if let (Some(a), Some(b)) = (identity(a), identity(b)) {
        return Some(a == b);
    }
    if let (Some(a), Some(b)) = (address(a), address(b)) {
        return Some(a == b);
    }
    Some(equal(context, &parts_of(a)?, &parts_of(b)?))
}

/// The place of a value, or that of the first of its parts, around which the others are put.
fn identity(value: &Dynamic) -> Option<(u16, Place)> {
    place_of(value).or_else(|| {
        let parts = parts_of(value)?;
        place_of(parts.read_lock::<Array>()?.first()?)
    })
}

/// Where an object lies that stays in its process, or has its own way of leaving it.
fn address(value: &Dynamic) -> Option<usize> {
    let thread = value.read_lock::<Thread>().map(|thread| thread.address());
    thread
        .or_else(|| Some(value.read_lock::<Socket>()?.address()))
        .or_else(|| Some(value.read_lock::<Channel>()?.address()))
}

/// The number of a shared object and its place in its session.
pub(crate) fn place_of(value: &Dynamic) -> Option<(u16, Place)> {
    BY_PLACE.iter().find_map(|way| (way.encode)(value))
}

fn parts_of(value: &Dynamic) -> Option<Dynamic> {
    BY_PARTS.iter().find_map(|way| (way.encode)(value))
}

fn open_handle(interp: &Arc<Interp>, kind: u16, offset: Offset) -> Result<Dynamic, String> {
    let session = interp
        .existing_session()
        .ok_or("this process has no session")?;
    at_place(&session, kind, offset)
}

/// The shared object of that number at a place of a session.
pub(crate) fn at_place(
    session: &sync::Session,
    kind: u16,
    offset: Offset,
) -> Result<Dynamic, String> {
    let way = BY_PLACE.iter().find(|way| way.numbers.contains(&kind));
    let way = way.ok_or_else(|| format!("no handle of kind {kind} is known here"))?;
    (way.decode)(session, kind, offset).map_err(|error| error.to_string())
}

/// The script module called `name`: `os`, `time`, …
fn module_of(interp: &Interp, name: &str) -> Result<Dynamic, String> {
    let modules = interp.modules.get().into_iter().flatten();
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
    let frames = exception.frames().iter().map(parts_of_frame);
    parts.insert("frames".into(), frames.collect::<Array>().into());
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
    let frames = take("frames").into_array().unwrap_or_default();
    Ok(exception.with_frames(frames.into_iter().filter_map(frame_of).collect()))
}

fn parts_of_frame(frame: &Frame) -> Dynamic {
    let Frame {
        file,
        line,
        column,
        function,
        code,
        times,
    } = frame;
    let numbers = [line, column, times].map(|n| Dynamic::from_int(i64::try_from(*n).unwrap_or(0)));
    let texts = [file, function, code].map(|text| Dynamic::from(text.clone()));
    numbers.into_iter().chain(texts).collect::<Array>().into()
}

fn frame_of(parts: Dynamic) -> Option<Frame> {
    let parts = parts.into_array().ok()?;
    let [line, column, times, file, function, code] = parts.try_into().ok()?;
    let number = |value: Dynamic| usize::try_from(value.as_int().ok()?).ok();
    Some(Frame {
        file: file.into_string().ok()?,
        line: number(line)?,
        column: number(column)?,
        function: function.into_string().ok()?,
        code: code.into_string().ok()?,
        times: number(times)?,
    })
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

pub(crate) fn process_of(plain: Dynamic) -> Result<Process, String> {
    let mut parts = plain.try_cast::<Map>().ok_or("a process without parts")?;
    let mut take = |name: &str| parts.remove(name).unwrap_or(Dynamic::UNIT);
    let number = |value: Dynamic| value.as_int().ok().and_then(|n| i32::try_from(n).ok());
    // Signals to other numbers than these are for whole groups.
    let number_of_process = |value| number(value).filter(|pid| *pid > 0);
    let pid = match take("pid") {
        pid if pid.is_unit() => None,
        pid => Some(number_of_process(pid).ok_or("a process whose number is none")?),
    };
    let creator = number_of_process(take("creator")).ok_or("a process without a creator")?;
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
        starting: false,
        permissions: None,
        exception: None,
    }))
}

/// An exception as bytes, for a child's last report; what cannot cross goes as text.
pub(crate) fn pack_exception(interp: &Arc<Interp>, exception: &Exception) -> Vec<u8> {
    let pack = |exception: &Exception| {
        wire::encode(&Dynamic::from(exception.clone()), "exception", interp)
    };
    let as_text = || {
        let custom = |_: &Dynamic| None;
        let args = exception
            .args()
            .iter()
            .map(|v| Dynamic::from(str_of(v, &custom)))
            .collect();
        Exception::new(exception.kind(), args).with_frames(exception.frames().to_vec())
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
pub(crate) fn unpack_exception(interp: &Arc<Interp>, bytes: &[u8]) -> Option<Exception> {
    wire::decode(bytes, interp).ok()?.try_cast()
}
