//! Objects on a server: each test has a real one, on a spare port.

mod away; // a server that is away while somebody waits
mod catalogue; // what there is on a server, and dead letters
mod containers; // what a Manager makes
mod cuts; // connections cut after every byte
mod ends; // how users of a queue end, and what becomes of what they have in hand
mod events; // Event
mod executors; // ProcessPoolExecutor
mod faults; // hundreds of kills, cuts, restarts and power failures: nothing is lost
mod lock_faults; // … of whom some hold a lock
mod locks; // Lock, RLock, Semaphore
mod pool; // tasks that workers on other machines do
mod pool_attacks; // … and programs that somebody has changed on the server
mod pool_cuts; // … whose connections are cut
mod pool_faults; // … and kills, cuts and restarts meanwhile
mod pool_hands; // … their workers: endless tasks, copies, faults, keys
mod pool_power; // … and the power of the server fails
mod pool_replays; // … with sealed tasks that are put there again
mod pool_rules; // … time limits, attempts, callbacks, bars
mod pool_submitters; // … and whoever submits them
mod power; // … when its power fails: values, dicts, lists and locks
mod queue; // the members of queues, the same on a server as on this machine
mod refusals; // what is wrong with servers, URLs, names and items
mod shared_cuts; // … whose changes of values and containers are cut off
mod shared_faults; // … that change values and containers
mod tls; // all that by TLS
mod values; // Value
mod watching; // keepers

use crate::support::script::{Script, each_start_method};
use crate::support::server::Server;

/// The text of a script in which `URL` stands for a server's.
fn at(server: &Server, code: &str) -> String {
    code.replace("URL", &server.url())
}

/// A script prints this, under both start methods.
fn prints_at(code: &str, stdout: &str) {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    each_start_method(|method| {
        server.ask(&["FLUSHALL"]);
        let script = Script::text(&at(&server, code)).start_method(method);
        script.run().assert(0, &at(&server, stdout), "");
    });
}
