//! `Manager(url)`: makes containers on a server, by their names.

use std::sync::Arc;

use rhai::Dynamic;

use super::arguments::{endpoint, named};
use super::container::RemoteContainer;
use super::parts::MANAGER;
use crate::remote::endpoint::Endpoint;
use crate::script::{Call, Failure, Outcome, Registry};
use crate::stdlib::builtins::items_of;
use crate::stdlib::multiprocessing::managers::contents::key;
use crate::stdlib::multiprocessing::managers::dict::pairs;
use crate::stdlib::multiprocessing::managers::proxy::{Proxy, Shape};

/// A manager of objects on a server as one process holds it. There is nothing on the server but what it makes.
#[derive(Debug, Clone)]
struct ServerManager(Arc<Endpoint>);

/// Returns the manager that the arguments describe, whose `url` is the first; `None` if it is one of this machine.
///
/// # Errors
/// Wrong arguments. Nobody asks the server before something is made.
pub(in crate::stdlib::multiprocessing) fn construct(
    call: &mut Call<'_>,
) -> Result<Option<Dynamic>, Failure> {
    let url = call.value(0);
    let endpoint = endpoint(call, url)?;
    Ok(endpoint.map(|endpoint| Dynamic::from(ServerManager(endpoint))))
}

pub(in crate::stdlib::multiprocessing) fn register(registry: &mut Registry) {
    registry
        .class::<ServerManager>("ServerManager")
        .by_parts(
            MANAGER,
            |_, manager: &ServerManager| Ok(manager.0.url().into()),
            |_, url| {
                let url = url.into_string().map_err(|_| "its URL is missing")?;
                let endpoint =
                    Endpoint::read(&url).map_err(|_| "its URL is not the URL of a server")?;
                Ok(ServerManager(Arc::new(endpoint)))
            },
        )
        .method("dict", &["entries?", "name?"], |call| {
            keyed(call, Shape::Dict)
        })
        .method("list", &["items?", "name?"], |call| {
            let list = made(call, Shape::List, 1)?;
            if call.has(0) {
                let items = call.value(0);
                let items = items_of(call, items)?;
                fill_list(call, &list, &items)?;
            }
            Ok(Proxy::on_server(list).into_value())
        })
        .method("Namespace", &["attributes?", "name?"], |call| {
            keyed(call, Shape::Namespace)
        })
        .method("Value", &["#", "typecode", "value", "name?"], |call| {
            let value = made(call, Shape::Value, 2)?;
            let both = [call.value(1), call.value(0)];
            fill_list(call, &value, &both)?;
            Ok(Proxy::on_server(value).into_value())
        })
        .method("shutdown", &[], |_| Ok(Dynamic::UNIT))
        .method("join", &["timeout?"], |_| Ok(Dynamic::UNIT))
        .context(
            |call| Ok(Dynamic::from(call.this::<ServerManager>())),
            |_| Ok(Dynamic::UNIT),
        )
        .getter("address", |call| {
            Ok(call.this::<ServerManager>().0.to_string().into())
        })
        .repr(|call| {
            let manager: ServerManager = call.this();
            Ok(format!("<ServerManager at {}>", manager.0).into())
        });
}

/// Opens the container whose name is argument `at`.
fn made(call: &mut Call<'_>, shape: Shape, at: usize) -> Result<RemoteContainer, Failure> {
    let manager: ServerManager = call.this();
    let name = call.value(at);
    let place = named(call, manager.0, name)?;
    RemoteContainer::open(call.interp, place, shape as u64)
}

/// A dict or a namespace, with the entries that argument 0 has if nobody has filled it yet.
fn keyed(call: &mut Call<'_>, shape: Shape) -> Outcome {
    let dict = made(call, shape, 1)?;
    if call.has(0) {
        let entries = call.value(0);
        let mut packed = Vec::new();
        for (name, value) in pairs(call, entries)? {
            packed.push((key(call, &name)?, dict.encode(call.interp, &value)?));
        }
        dict.fill_dict(&packed)?;
    }
    Ok(Proxy::on_server(dict).into_value())
}

fn fill_list(call: &Call<'_>, list: &RemoteContainer, items: &[Dynamic]) -> Result<(), Failure> {
    let encode = |item| list.encode(call.interp, item);
    let items = items.iter().map(encode).collect::<Result<Vec<_>, _>>()?;
    list.fill_list(&items)
}
