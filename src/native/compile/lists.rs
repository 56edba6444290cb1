//! Items of lists.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder};
use cranelift_frontend::Variable;

use super::emitter::{BOOL, Emitter, INT, POINTER, machine_type};
use crate::native::code::{Expr, Item, ListRef, Ty, Var};
use crate::native::run::{Change, Context, Header, Helper, Journal};

const DATA: usize = offset_of!(Header, data);
const LEN: usize = offset_of!(Header, len);
const ROOM: usize = offset_of!(Header, room);
const KEPT: usize = offset_of!(Header, kept);

const JOURNAL: usize = offset_of!(Context, journal);
const FIRST: usize = JOURNAL + offset_of!(Journal, first);
const END: usize = JOURNAL + offset_of!(Journal, end);
const STEP: usize = JOURNAL + offset_of!(Journal, step);
const NEXT: usize = JOURNAL + offset_of!(Journal, next);

/// A list that is read or written.
#[derive(Clone, Copy)]
struct Place {
    header: ir::Value,
    data: ir::Value,
    len: ir::Value,
    item: Item,
    /// Giving up restores its items.
    is_given: bool,
}

impl Emitter<'_> {
    pub(super) fn item(&mut self, list: &ListRef, index: &Expr, item: Item) -> ir::Value {
        let place = self.place(list);
        let number = self.value(index, INT);
        let index = self.index(place, index, number);
        self.read(place, index, item)
    }

    pub(super) fn len(&mut self, list: &ListRef) -> ir::Value {
        match list {
            ListRef::Var(_) => self.place(list).len,
            ListRef::Row(rows, index) => {
                // A load that may move would be moved to where its value is used: behind the end of the list, if the function returns it.
                let header = self.row(*rows, index);
                self.load(INT, header, LEN)
            }
        }
    }

    pub(super) fn row_count(&mut self, rows: Var) -> ir::Value {
        self.parts(rows)[1]
    }

    pub(super) fn store_item(&mut self, list: &ListRef, index: &Expr, value: &Expr) {
        let place = self.place(list);
        let number = self.value(index, INT);
        let value = self.value(value, type_of(place.item));
        let index = self.index(place, index, number);
        self.record(place, index);
        let address = self.address(place, index);
        self.store(value, address, 0);
    }

    pub(super) fn push(&mut self, list: Var, value: &Expr) {
        let item = self.place(&ListRef::Var(list)).item;
        let value = self.value(value, type_of(item));
        let place = self.place(&ListRef::Var(list));
        let room = self.load(INT, place.header, ROOM);
        let is_full = self.b.ins().icmp(IntCC::Equal, place.len, room);
        let (grow, on) = (self.cold(), self.b.create_block());
        let data = self.b.append_block_param(on, POINTER);
        self.b
            .ins()
            .brif(is_full, grow, &[], on, &[place.data.into()]);
        self.begin(grow);
        let failed = self.ask(Helper::Grow, &[place.header]);
        self.fail_if(failed);
        let new = self.load(POINTER, place.header, DATA);
        self.jump(on, &[new.into()]);
        self.begin(on);
        let place = Place { data, ..place };
        let address = self.address(place, place.len);
        self.store(value, address, 0);
        let len = self.b.ins().iadd_imm_s(place.len, 1);
        self.store(len, place.header, LEN);
        if let Some([data_var, len_var]) = self.lists[list] {
            self.b.def_var(data_var, data);
            self.b.def_var(len_var, len);
        }
    }

    /// An item that is known to be there.
    pub(super) fn item_at(&mut self, list: Var, index: ir::Value) -> ir::Value {
        let place = self.place(&ListRef::Var(list));
        self.read(place, index, place.item)
    }

    fn read(&mut self, place: Place, index: ir::Value, item: Item) -> ir::Value {
        let address = self.address(place, index);
        self.load(type_of(item), address, 0)
    }

    fn place(&mut self, list: &ListRef) -> Place {
        let (ListRef::Var(var) | ListRef::Row(var, _)) = list;
        let item = match self.types[*var] {
            Ty::List(item) | Ty::Rows(item) => item,
            // The machine refuses such code.
            _ => Item::Int,
        };
        let is_given = self.given.contains(var);
        let (header, [data, len]) = match list {
            ListRef::Var(var) => (self.get(*var), self.parts(*var)),
            ListRef::Row(rows, index) => {
                let header = self.row(*rows, index);
                // Headers of rows change only where the address of the first one is read again.
                let data = self.load_fixed(POINTER, header, DATA);
                (header, [data, self.load_fixed(INT, header, LEN)])
            }
        };
        Place {
            header,
            data,
            len,
            item,
            is_given,
        }
    }

    /// Where the items of a list are, and how many.
    fn parts(&mut self, list: Var) -> [ir::Value; 2] {
        match self.lists[list] {
            Some(parts) => parts.map(|part| self.b.use_var(part)),
            // The machine refuses such code.
            None => [POINTER, INT].map(|ty| self.zero(ty)),
        }
    }

    /// The header of a list in a list.
    pub(super) fn row(&mut self, rows: Var, index: &Expr) -> ir::Value {
        let number = self.value(index, INT);
        let [first, count] = self.parts(rows);
        let index = if self.survey.is_natural(index) {
            number
        } else {
            let from_end = self.b.ins().iadd(number, count);
            let is_negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, number, 0);
            self.b.ins().select(is_negative, from_end, number)
        };
        let is_inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, count);
        self.fail_unless(is_inside);
        // The header may be read before that is known. So its address is always that of one.
        let zero = self.int(0);
        let index = self.b.ins().select(is_inside, index, zero);
        let offset = self
            .b
            .ins()
            .ishl_imm_u(index, i64::from(size_of::<Header>().ilog2()));
        self.b.ins().iadd(first, offset)
    }

    /// The index, whose value is `number`, counted from the beginning. Gives up outside of the list.
    fn index(&mut self, place: Place, index: &Expr, number: ir::Value) -> ir::Value {
        let len = place.len;
        if self.survey.is_natural(index) {
            let is_inside = self.b.ins().icmp(IntCC::UnsignedLessThan, number, len);
            self.fail_unless(is_inside);
            return number;
        }
        let (odd, on) = (self.cold(), self.b.create_block());
        let checked = self.b.append_block_param(on, INT);
        let is_inside = self.b.ins().icmp(IntCC::UnsignedLessThan, number, len);
        self.b.ins().brif(is_inside, on, &[number.into()], odd, &[]);
        self.begin(odd);
        // Of an index that is too large this makes an even larger one.
        let from_end = self.b.ins().iadd(number, len);
        let is_inside = self.b.ins().icmp(IntCC::UnsignedLessThan, from_end, len);
        self.b
            .ins()
            .brif(is_inside, on, &[from_end.into()], self.fail, &[]);
        self.begin(on);
        checked
    }

    fn address(&mut self, place: Place, index: ir::Value) -> ir::Value {
        let offset = match place.item {
            Item::Bool => index,
            Item::Int | Item::Float => self.b.ins().ishl_imm_u(index, 3),
        };
        self.b.ins().iadd(place.data, offset)
    }

    /// Records an item in the journal, if there is one, before it is overwritten.
    fn record(&mut self, place: Place, index: ir::Value) {
        let Some(journal) = self.journal().filter(|_| place.is_given) else {
            return;
        };
        let next = self.b.use_var(journal);
        let end = self.field(END, POINTER);
        let is_full = self.b.ins().icmp(IntCC::Equal, next, end);
        let (full, on) = (self.cold(), self.b.create_block());
        let change = self.b.append_block_param(on, POINTER);
        self.b.ins().brif(is_full, full, &[], on, &[next.into()]);
        self.begin(full);
        let space = self.ask(Helper::MakeSpace, &[]);
        self.b
            .ins()
            .brif(space, on, &[space.into()], self.fail, &[]);
        self.begin(on);
        let item = self.read(place, index, place.item);
        let item = match place.item {
            Item::Bool => self.b.ins().uextend(INT, item),
            Item::Int | Item::Float => item,
        };
        self.store(place.header, change, offset_of!(Change, list));
        self.store(index, change, offset_of!(Change, index));
        self.store(item, change, offset_of!(Change, item));
        let step = self.field(STEP, INT);
        let next = self.b.ins().iadd(change, step);
        self.b.def_var(journal, next);
    }

    /// Begins the journal of a pass.
    pub(super) fn begin_journal(&mut self, journal: Variable) {
        let first = self.field(FIRST, POINTER);
        self.b.def_var(journal, first);
        let step = self.int(size_of::<Change>() as i64);
        self.set_field(STEP, step);
    }

    /// Notes how far the journal of the pass has got.
    pub(super) fn end_journal(&mut self, journal: Variable) {
        let next = self.b.use_var(journal);
        self.set_field(NEXT, next);
    }

    /// Notes how long a list is when a pass begins.
    pub(super) fn mark_len(&mut self, list: Var) {
        let header = self.get(list);
        let len = self.parts(list)[1];
        self.store(len, header, KEPT);
    }

    /// Reads again where the items of a list are, and how many.
    pub(super) fn refresh(&mut self, list: Var) {
        if let Some([data, len]) = self.lists[list] {
            let header = self.get(list);
            let value = self.load(POINTER, header, DATA);
            self.b.def_var(data, value);
            let value = self.load(INT, header, LEN);
            self.b.def_var(len, value);
        }
    }
}

pub(super) fn type_of(item: Item) -> ir::Type {
    machine_type(item.ty()).unwrap_or(BOOL)
}
