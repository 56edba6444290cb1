//! The arguments that a host passes to functions of scripts.

use std::sync::Arc;

use rhai::{Array, Dynamic};
use serde::Serialize;

use super::conversion::Conversion;
use super::home;
use super::values::Values;
use crate::runtime::Error;
use crate::script::exceptions::raise;
use crate::script::interp::Interp;
use crate::sync::Place;

/// Arguments for a function of a script: a tuple of up to twelve values, a `Vec`, or an array.
///
/// Each value is whatever serde can write, a value of a type that a [`Setup`](crate::Setup) makes sendable, or a [`Dynamic`]: as an item
/// of a [`Queue`](crate::objects::Queue). `Dynamic::from` makes a value of any other type one that scripts have as it is.
///
/// # Example
/// ```
/// #[derive(serde::Serialize)]
/// struct Order { id: u32, price: f64 }
///
/// let mut runtime = procscript::Runtime::builder().build()?;
/// runtime.eval::<()>("fn total(order, count) { order.price * count }")?;
/// let order = Order { id: 1, price: 2.5 };
/// assert_eq!(runtime.call_fn::<f64>("total", (order, 4))?, 10.0);
/// # Ok::<(), procscript::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of arguments",
    note = "write `(x,)` for a single argument"
)]
pub trait Arguments {
    /// Returns them as values of scripts.
    #[doc(hidden)]
    fn values(&self, place: &Values<'_>) -> Result<Array, Conversion>;
}

macro_rules! tuples {
    ($(($($value:ident $index:tt)*))*) => {$(
        impl<$($value: Serialize),*> Arguments for ($($value,)*) {
            fn values(&self, place: &Values<'_>) -> Result<Array, Conversion> {
                Ok(vec![$(place.value(&self.$index, concat!("args[", $index, "]"))?),*])
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 F 5)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11)
}

impl Arguments for () {
    fn values(&self, _: &Values<'_>) -> Result<Array, Conversion> {
        Ok(Array::new())
    }
}

impl<T: Serialize> Arguments for [T] {
    fn values(&self, place: &Values<'_>) -> Result<Array, Conversion> {
        let value = |(index, value)| place.value(value, &format!("args[{index}]"));
        self.iter().enumerate().map(value).collect()
    }
}

impl<T: Serialize> Arguments for Vec<T> {
    fn values(&self, place: &Values<'_>) -> Result<Array, Conversion> {
        self.as_slice().values(place)
    }
}

impl<T: Serialize, const N: usize> Arguments for [T; N] {
    fn values(&self, place: &Values<'_>) -> Result<Array, Conversion> {
        self.as_slice().values(place)
    }
}

impl<A: Arguments + ?Sized> Arguments for &A {
    fn values(&self, place: &Values<'_>) -> Result<Array, Conversion> {
        (**self).values(place)
    }
}

/// Returns the arguments of a host for a function of a script.
///
/// # Errors
/// One of them has no form in scripts, is a Rust handle of a shared object in a `Dynamic`, which scripts know in another form, or belongs
/// to another runtime.
pub(in crate::runtime) fn arguments(
    interp: &Arc<Interp>,
    args: &(impl Arguments + ?Sized),
) -> Result<Array, Error> {
    let values = args.values(&Values::of(interp))?;
    check(interp, &values)?;
    Ok(values)
}

fn check(interp: &Interp, values: &[Dynamic]) -> Result<(), Error> {
    let is_foreign = |(_, place): (u16, Place)| {
        let session = interp.existing_session();
        !session.is_some_and(|session| place.is_in(&session))
    };
    // Only values of custom types can be shared objects.
    let custom = values.iter().enumerate().filter(|(_, v)| v.is_variant());
    for (index, value) in custom {
        let why = if value.type_name().starts_with(super::MODULE) {
            "is a Rust handle of a shared object: pass its to_dynamic() to scripts"
        } else if home::place_in(interp, value).is_some_and(is_foreign) {
            "belongs to another runtime"
        } else {
            continue;
        };
        let text = format!("argument {} {why}", index + 1);
        return Err(home::failed(interp, &raise("TypeError", text)));
    }
    Ok(())
}
