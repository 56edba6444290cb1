//! One list as compiled code has it: the parts of a `Vec`.

use std::mem::{self, ManuallyDrop};
use std::ptr;

use super::items::{Items, Row};
use super::values::{List, Outside, Value};
use crate::native::code::{Item, Ty};

/// A list as code sees it, or a list of lists: then `data` points to the headers of those. Code multiplies by its size. It owns its items.
#[repr(C, align(64))]
#[derive(Debug)]
pub(crate) struct Header {
    pub data: *mut u8,
    pub len: usize,
    /// To how many items it may grow without asking.
    pub room: usize,
    /// How many items it had when the pass began.
    pub kept: usize,
    /// How many items there is memory for.
    capacity: usize,
    kind: Kind,
}

/// What the items of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Items(Item),
    /// Lists of these.
    Rows(Item),
}

/// Where a list of lists has no memory, code reads this in place of the first header.
#[repr(align(64))]
struct Blank {
    _words: [u64; 8],
}

static BLANK: Blank = Blank { _words: [0; 8] };

impl Header {
    /// An empty list of a type; of another type than lists have, nobody uses it.
    pub(super) fn empty(ty: Ty) -> Self {
        let kind = match ty {
            Ty::List(item) => Kind::Items(item),
            Ty::Rows(item) => Kind::Rows(item),
            _ => Kind::Items(Item::Int),
        };
        let mut header = Self {
            data: ptr::null_mut(),
            len: 0,
            room: 0,
            kept: 0,
            capacity: 0,
            kind,
        };
        header.forget_items();
        header
    }

    /// Takes a list out of a value. Returns none of other values.
    pub(super) fn of(value: &mut Value) -> Option<Self> {
        let items = match value {
            Value::List(list) => Items::of(mem::replace(list, List::Ints(Vec::new()))),
            Value::Rows(_, rows) => {
                let rows = mem::take(rows).into_iter();
                Items::Rows(rows.map(|row| Self::new(Items::of(row))).collect())
            }
            _ => return None,
        };
        let mut header = Self::new(items);
        if let Value::Rows(item, _) = value {
            header.kind = Kind::Rows(*item);
        }
        Some(header)
    }

    fn new(items: Items<Self>) -> Self {
        let mut header = Self::empty(Ty::Unit);
        header.put(items);
        header.room = header.len;
        header.kept = header.len;
        header
    }

    /// Makes a value of it, which is empty then.
    pub(super) fn take_value(&mut self) -> Value {
        let kind = self.kind;
        match self.take() {
            Items::Rows(rows) => {
                let (Kind::Items(item) | Kind::Rows(item)) = kind;
                let rows = rows.into_iter().map(|mut row| row.take().into_list(item));
                Value::Rows(item, rows.collect())
            }
            items => Value::List(items.into_list(Item::Int)),
        }
    }

    /// Has no items any more, and does not free them.
    fn forget_items(&mut self) {
        (self.len, self.room, self.capacity) = (0, 0, 0);
        self.data = match self.kind {
            Kind::Rows(_) => (&raw const BLANK).cast_mut().cast(),
            Kind::Items(_) => ptr::dangling_mut::<u64>().cast(),
        };
    }

    /// Takes all items.
    fn take(&mut self) -> Items<Self> {
        let (data, len, capacity) = (self.data, self.len, self.capacity);
        self.forget_items();
        if capacity == 0 {
            return match self.kind {
                Kind::Items(Item::Int) => Items::Ints(Vec::new()),
                Kind::Items(Item::Float) => Items::Floats(Vec::new()),
                Kind::Items(Item::Bool) => Items::Bools(Vec::new()),
                Kind::Rows(_) => Items::Rows(Vec::new()),
            };
        }
        // SAFETY: `put` has made these parts of a vector of this type, which nobody else has. Code has written the items up to `len`, which
        // it never sets beyond `room`, for which there is capacity; what it writes to a list of truth values is 0 or 1.
        unsafe {
            match self.kind {
                Kind::Items(Item::Int) => {
                    Items::Ints(Vec::from_raw_parts(data.cast(), len, capacity))
                }
                Kind::Items(Item::Float) => {
                    Items::Floats(Vec::from_raw_parts(data.cast(), len, capacity))
                }
                Kind::Items(Item::Bool) => {
                    Items::Bools(Vec::from_raw_parts(data.cast(), len, capacity))
                }
                Kind::Rows(_) => Items::Rows(Vec::from_raw_parts(data.cast(), len, capacity)),
            }
        }
    }

    /// Gives it items. Those that it has are forgotten.
    fn put(&mut self, items: Items<Self>) {
        fn parts<T>(items: Vec<T>) -> (*mut u8, usize, usize) {
            let mut items = ManuallyDrop::new(items);
            (items.as_mut_ptr().cast(), items.len(), items.capacity())
        }
        let kind = match &items {
            Items::Ints(_) => Kind::Items(Item::Int),
            Items::Floats(_) => Kind::Items(Item::Float),
            Items::Bools(_) => Kind::Items(Item::Bool),
            Items::Rows(_) => match self.kind {
                Kind::Items(item) | Kind::Rows(item) => Kind::Rows(item),
            },
        };
        self.kind = kind;
        let parts = match items {
            Items::Ints(items) => parts(items),
            Items::Floats(items) => parts(items),
            Items::Bools(items) => parts(items),
            Items::Rows(items) => parts(items),
        };
        self.forget_items();
        if parts.2 > 0 {
            (self.data, self.len, self.capacity) = parts;
        }
    }

    /// Does something to the items, and says whether that was possible.
    fn change(&mut self, change: impl FnOnce(&mut Items<Self>) -> bool) -> bool {
        let room = self.room;
        let mut items = self.take();
        let is_done = change(&mut items);
        self.put(items);
        self.room = room.max(self.len);
        is_done
    }

    /// Lets the list grow by at least one item, if `outside` permits it and there is memory.
    pub(super) fn grow(&mut self, outside: &mut dyn Outside) -> bool {
        let wanted = [(2 * self.len).max(16), self.len + 1];
        let permitted = wanted.into_iter().find(|items| outside.may_grow(*items));
        permitted.is_some_and(|items| self.make_room(items))
    }

    /// Lets the list grow to this many items, if `outside` permits it and there is memory.
    pub(super) fn reserve(&mut self, items: usize, outside: &mut dyn Outside) -> bool {
        items <= self.room || outside.may_grow(items) && self.make_room(items)
    }

    fn make_room(&mut self, items: usize) -> bool {
        let more = items.saturating_sub(self.len);
        if !self.change(|list| list.reserve(more)) {
            return false;
        }
        self.room = items;
        true
    }

    /// Has no items any more; there is room for as many as before.
    pub(super) fn clear(&mut self) {
        self.change(|items| {
            items.truncate(0);
            true
        });
    }

    /// Has only this many items.
    pub(super) fn truncate(&mut self, len: usize) {
        self.change(|items| {
            items.truncate(len);
            true
        });
    }

    /// Becomes a number of times the item with these bits, as long as `goes_on`.
    pub(super) fn fill(
        &mut self,
        bits: u64,
        count: usize,
        mut goes_on: impl FnMut() -> bool,
    ) -> bool {
        self.change(|items| {
            items.truncate(0);
            if !items.reserve(count) {
                return false;
            }
            items.fill(bits, count, &mut goes_on);
            items.len() == count
        })
    }

    /// Becomes its items, this many times.
    pub(super) fn repeat(&mut self, count: usize, mut goes_on: impl FnMut() -> bool) -> bool {
        let len = self.len;
        if count == 0 {
            self.clear();
            return true;
        }
        let Some(all) = len.checked_mul(count) else {
            return false;
        };
        self.change(|items| {
            items.reserve(all - len)
                && (1..count).all(|_| goes_on() && items.extend_from_within(len))
        })
    }

    /// Becomes a copy of another one, or gets its items at its end.
    pub(super) fn copy(&mut self, from: &Self, extends: bool) -> bool {
        if !extends {
            self.clear();
        }
        self.change(|items| from.with(|from| items.reserve(from.len()) && items.extend_from(from)))
    }

    /// Takes all items out, as a list of its own.
    pub(super) fn moved(&mut self) -> Self {
        let mut empty = Self::empty(Ty::Unit);
        empty.kind = self.kind;
        empty.forget_items();
        mem::replace(self, empty)
    }

    /// Appends a list to this list of lists.
    pub(super) fn push_row(&mut self, mut new: Self) -> bool {
        (new.room, new.kept) = (new.len, new.len);
        self.change(|rows| match rows {
            Items::Rows(rows) => {
                let has_space = rows.try_reserve(1).is_ok();
                if has_space {
                    rows.push(new);
                }
                has_space
            }
            _ => false,
        })
    }

    /// The items, to be read.
    fn with<R>(&self, read: impl FnOnce(&Items<Self>) -> R) -> R {
        // SAFETY: the copy is never dropped, and `self` is not changed while it is read.
        let mut copy = ManuallyDrop::new(unsafe { ptr::read(self) });
        let items = ManuallyDrop::new(copy.take());
        read(&items)
    }

    /// The rows of a list of lists. Code must not run while they are in use.
    pub(super) fn rows(&self) -> &[Header] {
        match self.kind {
            Kind::Items(_) => &[],
            // SAFETY: that many headers lie there.
            Kind::Rows(_) => unsafe { std::slice::from_raw_parts(self.data.cast(), self.len) },
        }
    }

    fn item_bytes(&self) -> usize {
        match self.kind {
            Kind::Items(Item::Int | Item::Float) => size_of::<u64>(),
            Kind::Items(Item::Bool) => size_of::<bool>(),
            Kind::Rows(_) => size_of::<Self>(),
        }
    }

    /// How many items it had when the pass began, those of its rows included.
    pub(super) fn items(&self) -> usize {
        match self.kind {
            Kind::Items(_) => self.len,
            Kind::Rows(_) => self.rows().iter().map(|row| row.len + 8).sum(),
        }
    }

    /// The bytes of the items that the list had when the pass began. Code must not run while they are in use.
    pub(super) fn kept_bytes(&self) -> &[u8] {
        if matches!(self.kind, Kind::Rows(_)) {
            return &[];
        }
        // SAFETY: that many items lie there, and they are plain numbers and truth values.
        unsafe { std::slice::from_raw_parts(self.data, self.kept * self.item_bytes()) }
    }

    /// Gives the items back that the list had when the pass began.
    pub(super) fn restore(&self, bytes: &[u8]) {
        assert_eq!(bytes.len(), self.kept_bytes().len(), "as many as it had");
        // SAFETY: there are that many, and `bytes` are somebody else's.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.data, bytes.len()) };
    }

    /// Exchanges the bits of an item.
    ///
    /// # Safety
    ///
    /// It is no list of lists, there is an item with this index, and `item` has its type.
    pub(super) unsafe fn swap(&self, index: usize, item: &mut u64) {
        // SAFETY: as promised, the item is there. It is a number of eight bytes, or a truth value of one.
        unsafe {
            if self.item_bytes() == 1 {
                let place = self.data.add(index);
                let old = place.read();
                place.write(u8::from(*item != 0));
                *item = old.into();
            } else {
                ptr::swap(self.data.cast::<u64>().add(index), item);
            }
        }
    }
}

impl Row for Header {
    fn copied(&self) -> Option<Self> {
        let mut copy = Self::empty(Ty::Unit);
        copy.kind = self.kind;
        copy.forget_items();
        let is_done = copy.copy(self, false);
        (copy.room, copy.kept) = (copy.len, copy.len);
        is_done.then_some(copy)
    }
}

impl Drop for Header {
    fn drop(&mut self) {
        drop(self.take());
    }
}
