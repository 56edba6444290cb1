//! The tasks of a batch as they travel: written down for a process, as they are for a thread.

use std::sync::Arc;

use rhai::{Array, Blob, Dynamic, FnPtr};

use super::super::messages::{self, Listed, refused};
use super::items::{Item, Items};
use super::numbers;
use crate::pool::Load;
use crate::pool::letter::{self, Form, Head, NUMBER, Reader};
use crate::script::caller::Caller;
use crate::script::values::unshare_handles;
use crate::script::{Exception, Failure, Interp, Number, Outcome};
use crate::sync::{Deadline, Message, Offset, PutError, Queue};
use crate::text::repr_of;
use crate::wire;

/// The outcome of a task.
pub(crate) type Ended = Result<Dynamic, Exception>;

/// How much of a task is shown where it is named, in characters.
const SHOWN: usize = 60;

/// What a job does with each item.
#[derive(Debug)]
pub(crate) struct Errand {
    pub function: FnPtr,
    /// Each item is a list of arguments and not a single one.
    pub spreads: bool,
    /// The function as a message, for processes.
    written: Option<wire::Message>,
    /// Where the function is looked up, for threads.
    pub caller: Option<Caller>,
}

impl Errand {
    /// Returns the errand for worker processes.
    ///
    /// # Errors
    /// `TypeError` for a function that cannot be sent.
    pub(crate) fn written(
        interp: &Arc<Interp>,
        function: FnPtr,
        spreads: bool,
    ) -> Result<Self, Failure> {
        let value = Dynamic::from(function.clone());
        let written = wire::encode(&value, "func", interp).map_err(refused)?;
        Ok(Self {
            function,
            spreads,
            written: Some(written),
            caller: None,
        })
    }

    /// Returns the errand for threads.
    pub(crate) fn unwritten(mut function: FnPtr, spreads: bool, caller: Caller) -> Self {
        function.iter_curry_mut().for_each(unshare_handles);
        Self {
            function,
            spreads,
            written: None,
            caller: Some(caller),
        }
    }

    fn function_part(&self) -> (&[u8], &[u64]) {
        let written = self.written.as_ref();
        written.map_or((&[], &[]), |m| (&m.bytes[..], &m.handles[..]))
    }
}

/// The tasks of a batch. Clones of those for a thread share their values.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub errand: Arc<Errand>,
    contents: Contents,
}

#[derive(Debug, Clone)]
enum Contents {
    Written {
        /// A part for each task.
        bytes: Vec<u8>,
        handles: Vec<u64>,
        /// What the handles refer to lives as long as these.
        alive: Vec<Dynamic>,
    },
    /// Numbers of one type.
    Numbers(Number, Vec<u8>),
    /// One task that is a long blob, which is encoded where it is sent.
    Long(Item),
    /// A task that was too long to be kept, shortened.
    Shown(String),
    Values(Arc<[Dynamic]>),
}

/// Items that can travel together, up to one that cannot be sent.
pub(crate) struct Packed {
    pub parcel: Parcel,
    pub count: usize,
    pub refused: Option<Exception>,
}

impl Parcel {
    /// The length from which a blob is a task that travels alone, and is not kept until its outcome has come unless it may have to be sent
    /// again, in bytes.
    const LONG: usize = 64 << 10;

    fn new(errand: &Arc<Errand>, contents: Contents) -> Self {
        let errand = errand.clone();
        Self { errand, contents }
    }

    /// Takes the next items for a process.
    pub(super) fn pack(interp: &Arc<Interp>, errand: &Arc<Errand>, items: &mut Items) -> Packed {
        let whole = |contents, count| Packed {
            parcel: Self::new(errand, contents),
            count,
            refused: None,
        };
        if items.rest().first().is_some_and(is_long)
            && let Some(item) = items.next()
        {
            return whole(Contents::Long(item), 1);
        }
        if let Some((number, bytes)) = numbers::written(items.rest()) {
            let count = items.len();
            items.clear();
            return whole(Contents::Numbers(number, bytes), count);
        }
        Self::write(interp, errand, items)
    }

    /// Writes items down, up to a long one.
    fn write(interp: &Arc<Interp>, errand: &Arc<Errand>, items: &mut Items) -> Packed {
        let (mut count, mut refusal) = (0, None);
        let mut message = wire::Message::default();
        let mut alive = Vec::new();
        let name = if errand.spreads { "args" } else { "item" };
        while items.rest().first().is_some_and(|item| !is_long(item))
            && let Some(item) = items.next()
        {
            let (before, handles) = (message.bytes.len(), message.handles.len());
            letter::begin_part(&mut message.bytes, 0);
            let start = message.bytes.len();
            if let Err(why) = wire::encode_after(item.value(), name, interp, &mut message) {
                message.bytes.truncate(before);
                refusal = Some(Exception::from_error(&refused(why)));
                break;
            }
            letter::end_part(&mut message.bytes, start);
            if message.handles.len() > handles {
                alive.push(item.into_value());
            }
            count += 1;
        }
        alive.append(&mut message.parts);
        let contents = Contents::Written {
            bytes: message.bytes,
            handles: message.handles,
            alive,
        };
        Packed {
            parcel: Self::new(errand, contents),
            count,
            refused: refusal,
        }
    }

    /// Takes all items as they are, for a thread.
    pub(super) fn hold(errand: &Arc<Errand>, items: &mut Items) -> Packed {
        let items = items.take_all().into_iter();
        let values: Arc<[Dynamic]> = items
            .map(|mut item| {
                unshare_handles(&mut item);
                item
            })
            .collect();
        Packed {
            count: values.len(),
            parcel: Self::new(errand, Contents::Values(values)),
            refused: None,
        }
    }

    /// Puts the batch into the queue of the workers.
    ///
    /// # Errors
    /// There is no memory for it now.
    pub(crate) fn put(&self, queue: &Queue, head: Head) -> Result<(), PutError> {
        match &self.contents {
            Contents::Written { bytes, handles, .. } => {
                self.put_parts(queue, (head, Form::Any), &[bytes], handles)
            }
            Contents::Numbers(number, bytes) => {
                let form = numbers::form(Some(*number));
                self.put_parts(queue, (head, form), &[bytes], &[])
            }
            Contents::Long(item) => match item.value().read_lock::<Blob>() {
                Some(blob) => self.put_long(queue, head, &blob),
                None => Ok(()),
            },
            Contents::Shown(_) | Contents::Values(_) => Ok(()),
        }
    }

    /// Copies a blob once: to where it stays until a worker reads it.
    fn put_long(&self, queue: &Queue, head: Head, blob: &[u8]) -> Result<(), PutError> {
        let mut beginning = Vec::new();
        let blob_beginning = wire::blob_beginning(blob.len()).unwrap_or_default();
        letter::begin_part(&mut beginning, blob_beginning.len() + blob.len());
        beginning.extend(blob_beginning);
        self.put_parts(queue, (head, Form::Any), &[&beginning, blob], &[])
    }

    fn put_parts(
        &self,
        queue: &Queue,
        (head, form): (Head, Form),
        tasks: &[&[u8]],
        handles: &[u64],
    ) -> Result<(), PutError> {
        let (function, own) = self.errand.function_part();
        let mut start = letter::Order::Work(head).write();
        letter::begin_part(&mut start, function.len());
        let handles: Vec<_> = own.iter().chain(handles).copied().map(Offset).collect();
        let form = [form.byte()];
        let pieces: Vec<&[u8]> = [&start[..], function, &form]
            .into_iter()
            .chain(tasks.iter().copied())
            .collect();
        queue.put_pieces(&pieces, &handles, Deadline::NEVER)
    }

    /// Forgets a long task, which has been sent and is not sent again.
    pub(crate) fn forget_long(&mut self) {
        if let Contents::Long(item) = &self.contents {
            self.contents = Contents::Shown(shortened(item.value()));
        }
    }

    /// Returns the values of the tasks, for a thread.
    pub(crate) fn values(&self) -> &[Dynamic] {
        match &self.contents {
            Contents::Values(values) => values,
            _ => &[],
        }
    }

    /// Returns the task at `index` as a person would write it, shortened: `f(3)`.
    pub(crate) fn shown(&self, interp: &Arc<Interp>, index: usize) -> String {
        let name = crate::program::frame::function_name(self.errand.function.fn_name());
        let item = match &self.contents {
            Contents::Long(item) => shortened(item.value()),
            Contents::Shown(text) => text.clone(),
            Contents::Values(values) => values
                .get(index)
                .map_or_else(String::new, |item| self.arguments(item)),
            Contents::Numbers(number, bytes) => numbers::read(*number, Reader(bytes))
                .nth(index)
                .map_or_else(String::new, |item| self.arguments(&item)),
            Contents::Written { bytes, handles, .. } => {
                let handles: Vec<_> = handles.iter().copied().map(Offset).collect();
                let part = parts(bytes).nth(index);
                let listed = Listed {
                    interp,
                    objects: &handles,
                };
                let item = part.and_then(|part| wire::decode(part, &listed).ok());
                item.map_or_else(|| "…".into(), |item| self.arguments(&item))
            }
        };
        format!("{name}({item})")
    }

    fn arguments(&self, item: &Dynamic) -> String {
        match item.read_lock::<Array>().filter(|_| self.errand.spreads) {
            Some(args) => {
                let args: Vec<_> = args.iter().map(shortened).collect();
                cut(&args.join(", "))
            }
            None => shortened(item),
        }
    }
}

impl Load for Parcel {
    fn rest(&self, done: usize) -> Self {
        self.some(done, usize::MAX)
    }

    fn only(&self, index: usize) -> Self {
        self.some(index, 1)
    }

    fn is_kept(&self) -> bool {
        !matches!(self.contents, Contents::Shown(_))
    }
}

impl Parcel {
    /// Returns at most `most` of the tasks, without the first `skipped`.
    fn some(&self, skipped: usize, most: usize) -> Self {
        let contents = match &self.contents {
            Contents::Written {
                bytes,
                handles,
                alive,
            } => {
                let mut some = Vec::new();
                for part in parts(bytes).skip(skipped).take(most) {
                    letter::begin_part(&mut some, part.len());
                    some.extend_from_slice(part);
                }
                Contents::Written {
                    bytes: some,
                    handles: handles.clone(),
                    alive: alive.clone(),
                }
            }
            Contents::Numbers(number, bytes) => {
                let some = bytes.chunks(NUMBER).skip(skipped).take(most);
                Contents::Numbers(*number, some.flatten().copied().collect())
            }
            Contents::Values(values) => {
                Contents::Values(values.iter().skip(skipped).take(most).cloned().collect())
            }
            Contents::Long(item) => Contents::Long(item.clone()),
            Contents::Shown(text) => Contents::Shown(text.clone()),
        };
        Self::new(&self.errand, contents)
    }
}

/// Returns whether an item travels alone. One that is longer than any message is refused where it is written down; one that others may change
/// is written down at once.
fn is_long(item: &Dynamic) -> bool {
    let lengths = Parcel::LONG..u32::MAX as usize - 16;
    !item.is_shared()
        && item
            .read_lock::<Blob>()
            .is_some_and(|blob| lengths.contains(&blob.len()))
}

fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader(bytes);
    std::iter::from_fn(move || reader.part())
}

/// Reads the task or the outcome that is a part of a message.
///
/// # Errors
/// `ValueError` when it cannot be decoded.
pub(super) fn read(interp: &Arc<Interp>, part: &[u8], message: &Message<'_>) -> Outcome {
    let objects = message.objects;
    let part = Message {
        bytes: part,
        objects,
    };
    messages::read(interp, part)
}

/// Returns a value as text that fits into a sentence.
pub(in crate::stdlib::multiprocessing) fn shortened(value: &Dynamic) -> String {
    if let Some(blob) = value.read_lock::<Blob>()
        && blob.len() > SHOWN
    {
        return format!("{} bytes", blob.len());
    }
    if let Some(items) = value.read_lock::<Array>()
        && items.len() > SHOWN
    {
        return format!("a list of {} items", items.len());
    }
    cut(&repr_of(value, &|_| None))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}
