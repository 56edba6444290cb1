//! The types that shared memory may hold.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU32, AtomicU64};

use crate::sys::robust::LifeWord;

/// A type that any bytes are a valid value of and that changes only through atomics, so that a reference to it may point into
/// memory that other processes write.
///
/// # Safety
///
/// Every bit pattern is valid, there is no padding that matters, every field is an atomic, and there is no destructor.
pub(crate) unsafe trait Shared {}

// SAFETY: an atomic integer: any bits, atomic access.
unsafe impl Shared for AtomicU64 {}
// SAFETY: an atomic integer: any bits, atomic access.
unsafe impl Shared for AtomicU32 {}
// SAFETY: made of atomic integers only.
unsafe impl Shared for LifeWord {}
// SAFETY: an array is as good as its elements.
unsafe impl<T: Shared, const N: usize> Shared for [T; N] {}

/// Declares structs for shared memory: C layout, every field itself [`Shared`], which the compiler checks.
macro_rules! shared_struct {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty ),* $(,)?
        }
    )*) => {$(
        $(#[$meta])*
        #[repr(C)]
        #[derive(Debug)]
        $vis struct $name {
            $( $(#[$field_meta])* $field_vis $field: $type, )*
        }
        const _: () = {
            const fn check<T: $crate::shm::Shared>() {}
            $( check::<$type>(); )*
        };
        // SAFETY: every field is Shared (checked above), and a struct of such fields in C layout has their properties.
        #[allow(unsafe_code)]
        unsafe impl $crate::shm::Shared for $name {}
    )*};
}

pub(crate) use shared_struct;
