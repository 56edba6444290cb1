//! Lists while code reads and writes them: those that it was given, those that it makes, and the one that it gives.

use super::header::Header;
use super::values::Value;
use crate::native::code::{Item, Ty};

/// The lists among the variables of code. From `new` to `finish` nothing else reaches them.
#[derive(Debug)]
pub(crate) struct Lists {
    /// Raw, because code has their addresses.
    headers: *mut [Header],
    /// Whether code writes to them.
    written: Vec<bool>,
}

impl Lists {
    /// Takes the lists among `values`, and puts the addresses of their headers into `slots`. `written` tells which ones code writes to.
    pub(super) fn new(values: &mut [Value], written: &[bool], slots: &mut [u64]) -> Self {
        let mut headers = Vec::new();
        let mut places = Vec::new();
        for (place, value) in values.iter_mut().enumerate() {
            if let Some(header) = Header::of(value) {
                headers.push(header);
                places.push(place);
            }
        }
        let lists = Self {
            headers: Box::into_raw(headers.into_boxed_slice()),
            written: places.iter().map(|place| written[*place]).collect(),
        };
        for (index, place) in places.into_iter().enumerate() {
            slots[place] = lists.header(index).expose_provenance() as u64;
        }
        lists
    }

    fn header(&self, index: usize) -> *mut Header {
        assert!(index < self.headers.len(), "a header of these");
        // SAFETY: the index is inside.
        unsafe { self.headers.cast::<Header>().add(index) }
    }

    /// The lists that code writes to, as many rows of each as it had when the pass began. Code must not run while one of them is in use.
    pub(super) fn written(&self) -> impl Iterator<Item = &Header> {
        let all = self.written.iter().enumerate();
        let written = all.filter(|(_, is_written)| **is_written);
        written.flat_map(|(index, _)| {
            // SAFETY: headers live as long as `self`, and code, which alone changes them, does not run now.
            let header = unsafe { &*self.header(index) };
            let rows = &header.rows()[..header.kept.min(header.rows().len())];
            std::iter::once(header).chain(rows)
        })
    }

    /// Gives the lists back to the values that they were taken of; with `back` as long as they were when the pass began.
    pub(super) fn finish(&self, back: bool, values: &mut [Value]) {
        let lists = values
            .iter_mut()
            .filter(|value| matches!(value, Value::List(_) | Value::Rows(..)));
        for (index, value) in lists.enumerate() {
            // SAFETY: headers live as long as `self`, and code does not run any more.
            let header = unsafe { &mut *self.header(index) };
            if back {
                header.truncate(header.kept);
            }
            *value = header.take_value();
        }
    }
}

impl Drop for Lists {
    fn drop(&mut self) {
        // SAFETY: `new` has made it of a box.
        drop(unsafe { Box::from_raw(self.headers) });
    }
}

/// The lists that calls make for themselves: those of the innermost call last.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// Raw, because code has their addresses.
    open: Vec<*mut [Header]>,
}

/// The bits of one type in what [`Frames::begin`] gets.
pub(crate) const BITS: u32 = 3;

/// The most lists of a call.
pub(crate) const MOST: usize = (u64::BITS / BITS) as usize * 2;

/// The number of a type of lists in what [`Frames::begin`] gets; 0 of others.
pub(crate) fn number_of(ty: Ty) -> u64 {
    let of = |item| match item {
        Item::Int => 0,
        Item::Float => 1,
        Item::Bool => 2,
    };
    match ty {
        Ty::List(item) => 1 + of(item),
        Ty::Rows(item) => 4 + of(item),
        _ => 0,
    }
}

fn type_of(number: u64) -> Option<Ty> {
    Some(match number {
        1 => Ty::List(Item::Int),
        2 => Ty::List(Item::Float),
        3 => Ty::List(Item::Bool),
        4 => Ty::Rows(Item::Int),
        5 => Ty::Rows(Item::Float),
        6 => Ty::Rows(Item::Bool),
        _ => return None,
    })
}

impl Frames {
    /// Begins the lists of a call, of the types with these numbers. Returns where their headers are.
    pub(super) fn begin(&mut self, numbers: [u64; 2]) -> *mut Header {
        let each = numbers.into_iter().flat_map(|numbers| {
            (0..u64::BITS / BITS).map(move |place| numbers >> (place * BITS) & ((1 << BITS) - 1))
        });
        let headers: Vec<Header> = each.map_while(type_of).map(Header::empty).collect();
        let headers = Box::into_raw(headers.into_boxed_slice());
        self.open.push(headers);
        headers.cast()
    }

    /// Ends the lists of the innermost call.
    pub(super) fn end(&mut self) {
        if let Some(headers) = self.open.pop() {
            // SAFETY: `begin` has made it of a box, and the code that has it does not use it any more.
            drop(unsafe { Box::from_raw(headers) });
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        while !self.open.is_empty() {
            self.end();
        }
    }
}
