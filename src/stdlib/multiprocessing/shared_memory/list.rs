//! `ShareableList`: a list of fixed length in named memory.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Array, Dynamic};

use super::layout::{Item, Layout};
use super::memory::SharedMemory;
use super::view::shrunk;
use crate::script::{Call, Failure, Interp, Outcome, Registry, os_failure, raise, type_name};
use crate::stdlib::builtins::compare::equal;
use crate::stdlib::builtins::items_of;
use crate::stdlib::builtins::slices;
use crate::sync::NamedMemory;
use crate::text::{as_int, as_string, quoted};

/// A list in named memory. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct List {
    memory: SharedMemory,
    layout: Arc<Layout>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<List>("ShareableList")
        .by_parts(
            "ShareableList",
            |_, list: &List| Ok(list.memory.parts()),
            |_, parts| List::over(SharedMemory::of_parts(parts)?),
        )
        .method("len", &[], |call| {
            Ok(Dynamic::from_int(call.this::<List>().layout.len() as i64))
        })
        .index_getter(|call| {
            let (list, index) = (call.this::<List>(), call.value(0));
            list.get(list.index(&index, "index out of range")?)
        })
        .index_setter(|call| {
            let (list, index, value) = (call.this::<List>(), call.value(0), call.value(1));
            let index = list.index(&index, "assignment index out of range")?;
            list.set(index, &value)
        })
        .method("contains", &["value"], |call| {
            let wanted = call.value(0);
            Ok(places(call, &wanted)?.next().is_some().into())
        })
        .method("index", &["value"], |call| {
            let wanted = call.value(0);
            let first = places(call, &wanted)?.next();
            first.map(|at| Dynamic::from_int(at as i64)).ok_or_else(|| {
                let text = format!("{} not in this container", call.repr(&wanted));
                raise("ValueError", text)
            })
        })
        .method("count", &["value"], |call| {
            let wanted = call.value(0);
            Ok(Dynamic::from_int(places(call, &wanted)?.count() as i64))
        })
        .getter("format", |call| {
            let list = call.this::<List>();
            let forms = (0..list.layout.len()).map(|index| list.form(index));
            Ok(forms.collect::<Result<String, _>>()?.into())
        })
        .getter("shm", |call| Ok(Dynamic::from(call.this::<List>().memory)))
        .repr(|call| {
            let list = call.this::<List>();
            let items = call.repr(&list.all()?.into());
            let name = quoted(list.memory.name());
            Ok(format!("ShareableList({items}, name={name})").into())
        });
    registry.iterates(TypeId::of::<List>(), |_, list| {
        let list = list.cast::<List>();
        Box::new((0..list.layout.len()).map(move |index| list.get(index)))
    });
}

/// `ShareableList(sequence=None, name=None, track=True)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let sequence = call.given(0);
    let name = call.given(1).map(|value| {
        let name = as_string(&value).map(|name| name.to_string());
        name.ok_or_else(|| call.mismatch(1, "a string", &value))
    });
    let (name, track) = (name.transpose()?, call.bool_or(2, true));
    let list = match (sequence, name) {
        (None, Some(name)) => {
            let memory = SharedMemory::attach(call.interp, name)?;
            List::over(memory).map_err(|why| raise("ValueError", why))?
        }
        (sequence, name) => {
            let items = sequence.map_or(Ok(Vec::new()), |values| List::items(call, values))?;
            List::create(call.interp, name, &items, track)?
        }
    };
    Ok(Dynamic::from(list))
}

/// Returns the item that a value is.
fn item(value: &Dynamic) -> Result<Item, Failure> {
    let item = Item::of(value).ok_or_else(|| {
        let found = type_name(value);
        let text =
            format!("a ShareableList holds int, float, bool, str, bytes and None, not {found}");
        raise("TypeError", text)
    })?;
    // Python's layout does not say how long a string is.
    if item.text().is_some_and(|text| text.ends_with(&[0])) {
        let text = "a ShareableList does not keep zero bytes at the end of a string or of bytes";
        return Err(raise("ValueError", text));
    }
    Ok(item)
}

/// Returns the indices of the items that equal a value.
fn places(call: &Call<'_>, wanted: &Dynamic) -> Result<impl Iterator<Item = usize>, Failure> {
    let items = call.this::<List>().all()?.into_iter().enumerate();
    let found = items.filter(|(_, item)| equal(call.context, item, wanted));
    Ok(found.map(|(index, _)| index))
}

impl List {
    /// Returns the items of a new list.
    ///
    /// # Errors
    /// `TypeError` for a value without items, and for one that no list may hold.
    pub(super) fn items(call: &Call<'_>, values: Dynamic) -> Result<Vec<Item>, Failure> {
        items_of(call, values)?.iter().map(item).collect()
    }

    /// Returns the memory in which it is.
    pub(super) fn memory(&self) -> &SharedMemory {
        &self.memory
    }

    /// Creates a list of these items.
    ///
    /// # Errors
    /// As [`SharedMemory::create`].
    pub(super) fn create(
        interp: &Interp,
        name: Option<String>,
        items: &[Item],
        track: bool,
    ) -> Result<Self, Failure> {
        let layout = Layout::of_items(items);
        let memory = SharedMemory::create(interp, name, layout.size(), track)?;
        let list = Self {
            memory,
            layout: Arc::new(layout),
        };
        for (index, item) in items.iter().enumerate() {
            list.put(index, item)?;
        }
        // Last, because the number of items makes it a list.
        let head = list.layout.head();
        list.open()?.write(0, &head).map_err(os_failure)?;
        Ok(list)
    }

    /// Returns the list that is in the memory.
    fn over(memory: SharedMemory) -> Result<Self, String> {
        let name = quoted(memory.name());
        let other = || format!("the shared memory {name} does not contain a ShareableList");
        let open = memory.open().ok_or_else(other)?;
        let mut head = [0; Layout::HEAD];
        open.read(0, &mut head).map_err(|_| other())?;
        let length = Layout::table_bytes(head, memory.size()).ok_or_else(other)?;
        let mut table = vec![0; length];
        let read = open.read(Layout::HEAD as u64, &mut table);
        read.map_err(|_| other())?;
        let layout = Layout::of_table(&table, memory.size()).ok_or_else(other)?;
        Ok(Self {
            memory,
            layout: Arc::new(layout),
        })
    }

    fn open(&self) -> Result<Arc<NamedMemory>, Failure> {
        let closed = || raise("ValueError", "the shared memory of this list is closed");
        self.memory.open().ok_or_else(closed)
    }

    fn index(&self, index: &Dynamic, outside: &'static str) -> Result<usize, Failure> {
        if let Some(name) = as_string(index) {
            let text = format!("'ShareableList' object has no attribute '{name}'");
            return Err(raise("AttributeError", text));
        }
        let index = as_int(index)
            .ok_or_else(|| raise("TypeError", "indices of a ShareableList are integers"))?;
        slices::at(index, self.layout.len()).ok_or_else(|| raise("IndexError", outside))
    }

    fn all(&self) -> Result<Array, Failure> {
        (0..self.layout.len())
            .map(|index| self.get(index))
            .collect()
    }

    fn read(&self, start: u64, length: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = vec![0; length];
        self.open()?.read(start, &mut bytes).map_err(shrunk)?;
        Ok(bytes)
    }

    fn form(&self, index: usize) -> Result<String, Failure> {
        let form = self.read(self.layout.form_at(index), 8)?;
        Ok(String::from_utf8_lossy(&form).trim_end_matches('\0').into())
    }

    fn get(&self, index: usize) -> Outcome {
        let (start, length) = self.layout.item(index);
        let form = self.read(self.layout.form_at(index), 8)?;
        let mark = self.read(self.layout.mark_at(index), 1)?[0];
        let item = Item::read(&self.read(start, length)?, &form, mark);
        let item = item.map_err(|why| raise("ValueError", why))?;
        Ok(item.into_value())
    }

    fn set(&self, index: usize, value: &Dynamic) -> Outcome {
        let item = item(value)?;
        let (_, allotted) = self.layout.item(index);
        if item.text().is_some_and(|text| text.len() > allotted) {
            let text = "bytes/str item exceeds available storage";
            return Err(raise("ValueError", text));
        }
        self.put(index, &item)?;
        Ok(Dynamic::UNIT)
    }

    fn put(&self, index: usize, item: &Item) -> Result<(), Failure> {
        let (start, allotted) = self.layout.item(index);
        let mut form = item.form(allotted).into_bytes();
        form.resize(8, 0);
        let memory = self.open()?;
        let parts = [
            (self.layout.form_at(index), form),
            (self.layout.mark_at(index), vec![item.mark()]),
            (start, item.bytes(allotted)),
        ];
        let mut written = parts.iter();
        written
            .try_for_each(|(start, bytes)| memory.write(*start, bytes))
            .map_err(os_failure)
    }
}
