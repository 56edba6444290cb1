//! Lists while code reads and writes them.

use std::ptr;

use super::values::{List, Outside, Value};

/// A list as code sees it, or a list of lists: then `data` points to the headers of those. Code multiplies by its size.
#[repr(C, align(64))]
#[derive(Debug)]
pub(crate) struct Header {
    pub data: *mut u8,
    pub len: usize,
    /// To how many items it may grow without asking.
    pub room: usize,
    /// How many items it had when the pass began.
    pub kept: usize,
    /// Null for a list of lists.
    list: *mut List,
    pub(super) item_bytes: usize,
    is_written: bool,
}

/// The lists among the variables of code. From `new` to `finish` nothing else reaches them.
#[derive(Debug)]
pub(crate) struct Lists {
    /// Raw, because code has their addresses.
    headers: *mut [Header],
}

impl Lists {
    /// Makes the headers of the lists among `values`, and puts their addresses into `slots`. `written` tells which ones code writes to.
    pub(super) fn new(values: &mut [Value], written: &[bool], slots: &mut [u64]) -> Self {
        let mut headers = Vec::with_capacity(values.iter().map(headers_of).sum());
        for (value, is_written) in values.iter_mut().zip(written) {
            match value {
                Value::List(list) => headers.push(Header::of(list, *is_written)),
                Value::Rows(_, rows) => {
                    headers.push(Header::of_rows(rows.len()));
                    headers.extend(rows.iter_mut().map(|row| Header::of(row, *is_written)));
                    if rows.is_empty() {
                        // Code reads the header of the first row before it knows that there is none.
                        headers.push(Header::of_rows(0));
                    }
                }
                _ => (),
            }
        }
        let lists = Self {
            headers: Box::into_raw(headers.into_boxed_slice()),
        };
        let mut index = 0;
        for (value, slot) in values.iter().zip(slots) {
            let count = headers_of(value);
            if count == 0 {
                continue;
            }
            let header = lists.header(index);
            if count > 1 {
                // SAFETY: it is a header of these lists, and nobody else has its address yet.
                unsafe { (*header).data = lists.header(index + 1).cast() };
            }
            *slot = header.expose_provenance() as u64;
            index += count;
        }
        lists
    }

    fn header(&self, index: usize) -> *mut Header {
        assert!(index < self.headers.len(), "a header of these");
        // SAFETY: the index is inside.
        unsafe { self.headers.cast::<Header>().add(index) }
    }

    /// The lists that code writes to. Code must not run while one of them is in use.
    pub(super) fn written(&self) -> impl Iterator<Item = &Header> {
        self.all().filter(|header| header.is_written)
    }

    fn all(&self) -> impl Iterator<Item = &Header> {
        // SAFETY: headers live as long as `self`, and code, which alone changes them, does not run now.
        (0..self.headers.len()).map(|index| unsafe { &*self.header(index) })
    }

    /// Gives the lists their lengths; with `back` those that they had when the pass began.
    pub(super) fn finish(&self, back: bool) {
        for header in self.all().filter(|header| !header.list.is_null()) {
            let len = if back { header.kept } else { header.len };
            // SAFETY: `new` has made the pointer of a reference, and nobody else has one until this is done. Code counts the items that
            // it appends one by one, and never makes a list shorter: all that a length has ever counted are initialised.
            unsafe { (*header.list).set_len(len) };
        }
    }
}

impl Drop for Lists {
    fn drop(&mut self) {
        // SAFETY: `new` has made it of a box.
        drop(unsafe { Box::from_raw(self.headers) });
    }
}

impl Header {
    fn of(list: &mut List, is_written: bool) -> Self {
        let (data, len) = list.raw_parts();
        Self {
            data,
            len,
            room: len,
            kept: len,
            list,
            item_bytes: list.item_bytes(),
            is_written,
        }
    }

    fn of_rows(count: usize) -> Self {
        Self {
            data: ptr::null_mut(),
            len: count,
            room: count,
            kept: count,
            list: ptr::null_mut(),
            item_bytes: 0,
            is_written: false,
        }
    }

    /// Lets the list grow by at least one item, if `outside` permits it and there is memory.
    pub(super) fn grow(&mut self, outside: &mut dyn Outside) -> bool {
        let wanted = [(2 * self.len).max(16), self.len + 1];
        let permitted = wanted.into_iter().find(|items| outside.may_grow(*items));
        // SAFETY: as in `Lists::finish`.
        let list = unsafe { self.list.as_mut() };
        let (Some(items), Some(list)) = (permitted, list) else {
            return false;
        };
        // SAFETY: as in `Lists::finish`.
        unsafe { list.set_len(self.len) };
        let Some(data) = list.reserve(items - self.len) else {
            return false;
        };
        (self.data, self.room) = (data, items);
        true
    }

    /// The bytes of the items that the list had when the pass began. Code must not run while they are in use.
    pub(super) fn kept_bytes(&self) -> &[u8] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: that many items lie there, and they are plain numbers and truth values.
        unsafe { std::slice::from_raw_parts(self.data, self.kept * self.item_bytes) }
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
    /// There is an item with this index, and `item` has its type.
    pub(super) unsafe fn swap(&self, index: usize, item: &mut u64) {
        // SAFETY: as promised, the item is there. It is a number of eight bytes, or a truth value of one.
        unsafe {
            if self.item_bytes == 1 {
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

impl List {
    fn raw_parts(&mut self) -> (*mut u8, usize) {
        match self {
            Self::Ints(items) => (items.as_mut_ptr().cast(), items.len()),
            Self::Floats(items) => (items.as_mut_ptr().cast(), items.len()),
            Self::Bools(items) => (items.as_mut_ptr().cast(), items.len()),
        }
    }

    fn item_bytes(&self) -> usize {
        match self {
            Self::Ints(_) => size_of::<i64>(),
            Self::Floats(_) => size_of::<f64>(),
            Self::Bools(_) => size_of::<bool>(),
        }
    }

    /// # Safety
    ///
    /// As of `Vec::set_len`.
    unsafe fn set_len(&mut self, len: usize) {
        // SAFETY: as promised.
        unsafe {
            match self {
                Self::Ints(items) => items.set_len(len),
                Self::Floats(items) => items.set_len(len),
                Self::Bools(items) => items.set_len(len),
            }
        }
    }

    /// Makes space for that many more items. Returns where the items are then, if there was memory.
    fn reserve(&mut self, more: usize) -> Option<*mut u8> {
        match self {
            Self::Ints(items) => items.try_reserve_exact(more),
            Self::Floats(items) => items.try_reserve_exact(more),
            Self::Bools(items) => items.try_reserve_exact(more),
        }
        .ok()?;
        Some(self.raw_parts().0)
    }
}

/// How many headers a value has.
fn headers_of(value: &Value) -> usize {
    match value {
        Value::List(_) => 1,
        Value::Rows(_, rows) => rows.len().max(1) + 1,
        _ => 0,
    }
}
