//! Values of scripts among Rust values: serde would take them apart, and lose functions and shared objects.
#![allow(unsafe_code)]

use std::any::TypeId;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, transmute, transmute_copy};

use rhai::{Array, Dynamic, ImmutableString, Map};

/// Returns the identity of a type, whatever lifetimes it has.
fn id_of<T: ?Sized>() -> TypeId {
    trait Identity {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }
    impl<T: ?Sized> Identity for PhantomData<T> {
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }
    let of: &dyn Identity = &PhantomData::<T>;
    // SAFETY: the method returns a constant and touches nothing whose lifetime has become longer. Types that differ only in their
    // lifetimes have the same identity.
    let of: &(dyn Identity + 'static) =
        unsafe { transmute::<&dyn Identity, &(dyn Identity + 'static)>(of) };
    of.id()
}

/// Returns a value as a value of type `U`.
///
/// # Safety
/// `U` has no lifetimes.
unsafe fn known<T: ?Sized, U: 'static>(value: &T) -> Option<&U> {
    // SAFETY: it is the same type: types with the same identity differ in lifetimes at most, and `U` has none. A sized type has thin references.
    (id_of::<T>() == TypeId::of::<U>()).then(|| unsafe { &*(&raw const *value).cast::<U>() })
}

/// Returns the value of scripts that a Rust value is.
pub(super) fn as_dynamic<T: ?Sized>(value: &T) -> Option<&Dynamic> {
    if id_of::<T>() == TypeId::of::<&'static Dynamic>() {
        // SAFETY: it is a reference of some lifetime to a `Dynamic`, which is only used for as long as the reference to it.
        return Some(unsafe { *(&raw const *value).cast::<&Dynamic>() });
    }
    // SAFETY: a `Dynamic` has no lifetimes.
    unsafe { known::<T, Dynamic>(value) }
}

/// Returns a Rust value as the value of scripts that has the same type, or a wider one for a number.
pub(crate) fn same<T>(value: &T) -> Option<Dynamic> {
    macro_rules! kinds {
        ($($kind:ty)*) => {$(
            // SAFETY: the types in the list have no lifetimes.
            if let Some(value) = unsafe { known::<T, $kind>(value) } {
                return Some(value.clone().into());
            }
        )*};
    }
    kinds!(i64 f64 bool char String ImmutableString Array Map);
    // SAFETY: the type has no lifetimes.
    if let Some(int) = unsafe { known::<T, i32>(value) } {
        return Some(i64::from(*int).into());
    }
    as_dynamic(value).cloned()
}

/// Whether values of this type are values of scripts.
pub(super) fn is_dynamic<T>() -> bool {
    id_of::<T>() == TypeId::of::<Dynamic>()
}

/// Returns a value of scripts as a value of type `T`, which [is the same type](is_dynamic).
pub(super) fn of_dynamic<T>(value: Dynamic) -> Option<T> {
    if !is_dynamic::<T>() {
        return None;
    }
    let value = ManuallyDrop::new(value);
    // SAFETY: it is the same type, since a `Dynamic` has no lifetimes. The value is not dropped here.
    Some(unsafe { transmute_copy::<ManuallyDrop<Dynamic>, T>(&value) })
}
