//! Members that several managed classes share: how they look, `len`, `clear`, `copy`, comparing, iterating.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Array, Dynamic};

use super::contents::{plain, text};
use super::depth::deeper;
use super::proxy::{IsProxy, Proxy, this};
use crate::script::{Call, Class, Failure, Interp, Registry};
use crate::stdlib::multiprocessing::remote::RemoteContainer;
use crate::wire::{Unsendable, kind};

/// A managed list or dict.
pub(crate) trait Collection: IsProxy {
    /// The class of a plain one.
    type Plain: 'static;

    /// Returns whether arguments 0 and 1, managed or plain, are equal by value.
    fn same(call: &mut Call<'_>) -> Result<bool, Failure>;

    /// Returns the iterator of a `for` loop.
    fn each(interp: &Arc<Interp>, proxy: &Proxy) -> Result<Array, Failure>;
}

/// How a proxy is sent and how it looks: `str()` shows what is in it, `repr()` what it is; a list or dict that was put into a
/// container is shown as a plain one.
pub(crate) fn register_class<T: IsProxy>(class: &mut Class<'_>) {
    class
        .by_place(
            &[kind::MANAGED],
            |this: &T| {
                let here = this.proxy().container.here()?;
                Some((kind::MANAGED, here.handle().place()))
            },
            |session, _, place| Proxy::open(session, place).map(Proxy::into_value),
        )
        .by_parts(
            T::NAME,
            |_, this: &T| {
                let there = this.proxy().container.there();
                there.ok_or(Unsendable::Type)?.parts()
            },
            |interp, plain| {
                let container = RemoteContainer::from_parts(interp, plain)?;
                Ok(T::of(Proxy::on_server(container)))
            },
        )
        .method("to_string", &[], |call| {
            Ok(str_of(call, &this::<T>(call)).into())
        })
        .method("to_debug", &[], |call| {
            let proxy = this::<T>(call);
            Ok(if proxy.is_promoted() {
                str_of(call, &proxy).into()
            } else {
                proxy.repr().into()
            })
        });
}

fn str_of(call: &Call<'_>, proxy: &Proxy) -> String {
    text(call, proxy, &mut Vec::new()).unwrap_or_else(|_| {
        // Python's `str()` of a proxy that cannot be reached.
        let repr = proxy.repr();
        format!("{}; '__str__()' failed>", repr.trim_end_matches('>'))
    })
}

/// Registers the members that managed lists and dicts have in common.
pub(crate) fn register_collection<T: Collection>(class: &mut Class<'_>) {
    register_class::<T>(class);
    class
        .method("len", &[], |call| {
            let length = this::<T>(call).container.len(call.interp)?;
            Ok(Dynamic::from_int(length as i64))
        })
        .method("clear", &[], |call| {
            this::<T>(call).container.clear(call.interp)?;
            Ok(Dynamic::UNIT)
        })
        .method("copy", &[], |call| {
            let whole = this::<T>(call).into_value();
            plain(call, whole)
        });
}

/// `==` and `!=` with managed and plain ones; `for`, over the items at the beginning of the loop.
pub(crate) fn register_operators<T: Collection>(registry: &mut Registry) {
    let (managed, plain) = (TypeId::of::<T>(), TypeId::of::<T::Plain>());
    for pair in [[managed, managed], [managed, plain], [plain, managed]] {
        registry.exactly("==", &pair, &["a", "b", "/"], |call| {
            Ok(deeper(|| T::same(call))?.into())
        });
        registry.exactly("!=", &pair, &["a", "b", "/"], |call| {
            Ok((!deeper(|| T::same(call))?).into())
        });
    }
    registry.iterates(managed, |interp, value| {
        match T::each(interp, value.cast::<T>().proxy()) {
            Ok(all) => Box::new(all.into_iter().map(Ok)),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    });
}
