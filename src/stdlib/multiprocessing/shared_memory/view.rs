//! `SharedMemory.buf`: the bytes of a piece of named memory, each read and written where it is.

use std::any::TypeId;
use std::io;
use std::ops::Range;

use rhai::{Blob, Dynamic};

use super::memory::SharedMemory;
use crate::script::{Call, Failure, Outcome, Registry, memory, os_failure, raise, type_name};
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::slices::{self, Place as Index};
use crate::text::{as_int, as_string};

/// Python's `memoryview` of all bytes.
#[derive(Debug, Clone)]
pub(super) struct View(SharedMemory);

/// How many bytes an iteration reads at a time.
const BLOCK: usize = 4096;

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<View>("memoryview")
        .method("len", &[], |call| Ok(length(&call.this::<View>())))
        .index_getter(get)
        .index_setter(set)
        .method("contains", &["value"], |call| {
            let wanted = call.int(0)?;
            let view = call.this::<View>();
            let all = view.read(call, 0..view.len())?;
            Ok(all.iter().any(|byte| i64::from(*byte) == wanted).into())
        })
        .method("tobytes", &[], |call| all_of(call, &call.this::<View>()))
        .method("tolist", &[], |call| {
            let bytes = all_of(call, &call.this::<View>())?;
            Ok(items_of(call, bytes)?.into())
        })
        .getter("nbytes", |call| Ok(length(&call.this::<View>())))
        .getter("readonly", |_| Ok(false.into()))
        .repr(|call| {
            let view = call.this::<View>();
            let state = match view.0.open() {
                Some(_) => "",
                None => "released ",
            };
            Ok(format!("<{state}memory of {}>", view.0.name()).into())
        });
    for name in ["bytes", "bytearray"] {
        registry.exactly(name, &[TypeId::of::<View>()], &["source"], |call| {
            let view = call.value(0);
            let view = view.read_lock::<View>().map(|view| view.clone());
            view.map_or(Ok(Dynamic::UNIT), |view| all_of(call, &view))
        });
    }
    registry.iterates(TypeId::of::<View>(), |_, view| {
        Box::new(Bytes {
            view: view.cast(),
            block: Vec::new(),
            next: 0,
        })
    });
}

fn length(view: &View) -> Dynamic {
    Dynamic::from_int(view.len() as i64)
}

fn all_of(call: &Call<'_>, view: &View) -> Outcome {
    view.read(call, 0..view.len()).map(Dynamic::from_blob)
}

fn get(call: &mut Call<'_>) -> Outcome {
    let (view, index) = (call.this::<View>(), call.value(0));
    match place(&view, &index)? {
        Index::Slice(range) => view.read(call, range).map(Dynamic::from_blob),
        one => {
            let mut byte = [0];
            view.load(item(one)?, &mut byte)?;
            Ok(Dynamic::from_int(byte[0].into()))
        }
    }
}

fn set(call: &mut Call<'_>) -> Outcome {
    let (view, index, value) = (call.this::<View>(), call.value(0), call.value(1));
    match place(&view, &index)? {
        Index::Slice(range) => {
            let bytes = bytes_of(call, value)?;
            if bytes.len() != range.len() {
                let text = "memoryview assignment: lvalue and rvalue have different structures";
                return Err(raise("ValueError", text));
            }
            view.store(range.start, &bytes)?;
        }
        one => {
            let number = as_int(&value)
                .ok_or_else(|| raise("TypeError", "memoryview: invalid type for format 'B'"))?;
            let byte = u8::try_from(number)
                .map_err(|_| raise("ValueError", "memoryview: invalid value for format 'B'"))?;
            view.store(item(one)?, &[byte])?;
        }
    }
    Ok(Dynamic::UNIT)
}

/// Returns the bytes that are assigned to a slice: bytes, another view, or a list of numbers.
fn bytes_of(call: &Call<'_>, value: Dynamic) -> Result<Blob, Failure> {
    if let Some(view) = value.read_lock::<View>() {
        return view.read(call, 0..view.len());
    }
    if let Some(items) = value.read_lock::<rhai::Array>() {
        let byte = |item: &Dynamic| as_int(item).and_then(|number| u8::try_from(number).ok());
        let bytes: Option<Blob> = items.iter().map(byte).collect();
        return bytes.ok_or_else(|| raise("ValueError", "bytes must be in range(0, 256)"));
    }
    let found = type_name(&value);
    value.into_blob().map_err(|_| {
        let text = format!("a bytes-like object is required, not '{found}'");
        raise("TypeError", text)
    })
}

fn place(view: &View, index: &Dynamic) -> Result<Index, Failure> {
    match slices::place(index, view.len()) {
        // Rhai asks here too for properties it does not find.
        Index::NoIndex => Err(match as_string(index) {
            Some(name) => {
                let text = format!("'memoryview' object has no attribute '{name}'");
                raise("AttributeError", text)
            }
            None => raise("TypeError", "memoryview: invalid slice key"),
        }),
        place => Ok(place),
    }
}

fn item(place: Index) -> Result<usize, Failure> {
    match place {
        Index::At(index) => Ok(index),
        _ => Err(raise("IndexError", "index out of bounds on dimension 1")),
    }
}

impl View {
    pub(super) fn of(memory: SharedMemory) -> Self {
        Self(memory)
    }

    fn len(&self) -> usize {
        usize::try_from(self.0.size()).unwrap_or(usize::MAX)
    }

    fn read(&self, call: &Call<'_>, range: Range<usize>) -> Result<Blob, Failure> {
        memory::for_bytes(call, range.len())?;
        let mut bytes = vec![0; range.len()];
        self.load(range.start, &mut bytes)?;
        Ok(bytes)
    }

    fn load(&self, start: usize, bytes: &mut [u8]) -> Result<(), Failure> {
        let memory = self.0.open().ok_or_else(released)?;
        memory.read(start as u64, bytes).map_err(shrunk)
    }

    fn store(&self, start: usize, bytes: &[u8]) -> Result<(), Failure> {
        let memory = self.0.open().ok_or_else(released)?;
        memory.write(start as u64, bytes).map_err(os_failure)
    }
}

fn released() -> Failure {
    let text = "operation forbidden on released memoryview object";
    raise("ValueError", text)
}

/// Returns the error for memory that could not be read.
pub(super) fn shrunk(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => raise(
            "OSError",
            "another program has made this shared memory shorter",
        ),
        _ => os_failure(error),
    }
}

/// An iterator over the bytes. It reads a few thousand at a time.
#[derive(Clone)]
struct Bytes {
    view: View,
    block: Vec<u8>,
    next: usize,
}

impl Iterator for Bytes {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        let left = self.view.len().saturating_sub(self.next);
        let at = self.next % BLOCK;
        if left == 0 {
            return None;
        }
        if at == 0 {
            self.block.resize(left.min(BLOCK), 0);
            if let Err(error) = self.view.load(self.next, &mut self.block) {
                return Some(Err(error));
            }
        }
        self.next += 1;
        self.block
            .get(at)
            .map(|byte| Ok(Dynamic::from_int((*byte).into())))
    }
}
