//! Whether a server can be used, and what it can do.

use redis::{RedisResult, Value};

use super::caller::Caller;
use super::fault::{Fault, Refusal};
use super::seat::Seat;
use super::wire::Talk;

/// The oldest version with what the scripts need.
const VERSION_MIN: (u32, u32) = (6, 2);

/// What matters of a server.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Server {
    /// Whether it writes to its disk.
    pub keeps: bool,
    /// Whether it says when it has: `WAITAOF`.
    pub confirms: bool,
}

impl Seat {
    /// As [`inspect`].
    ///
    /// # Errors
    /// The server cannot be used.
    pub(super) fn inspect(&mut self, caller: &dyn Caller) -> Result<Server, Fault> {
        let probe = self.key("e");
        inspect(&mut self.talk(caller)?, probe)
    }
}

/// Checks that the server is one that keeps what it receives. `probe` is a key that may be waited for.
///
/// # Errors
/// It is too old, throws keys away when its memory is full, is a copy of another one, or is behind a proxy that cannot wait.
pub(super) fn inspect(talk: &mut Talk<'_>, probe: String) -> Result<Server, Fault> {
    let info: RedisResult<String> = redis::cmd("INFO").query(talk);
    let server = match info.map_err(Fault::from) {
        Ok(info) => read(&info)?,
        // The user may not ask; the page of the manual says what this server has to be.
        Err(Fault::Refused(Refusal::Permission, _)) => Server::default(),
        Err(other) => return Err(other),
    };
    let mut wait = redis::cmd("XREAD");
    wait.arg("BLOCK").arg(1).arg("STREAMS").arg(probe).arg("$");
    let waited: RedisResult<Value> = wait.query(talk);
    match waited.map_err(Fault::from) {
        Err(Fault::Refused(Refusal::Server, why)) => Err(Fault::refused(
            Refusal::Server,
            format!("the server, or a proxy before it, does not let a command wait: {why}"),
        )),
        Err(other) => Err(other),
        Ok(_) => Ok(server),
    }
}

fn read(info: &str) -> Result<Server, Fault> {
    let find = |key: &str| {
        let mut lines = info.lines();
        lines.find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':'))
    };
    let refused = |text: String| Err(Fault::Refused(Refusal::Server, text));
    let number = |version: &str| {
        let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    };
    let shown = find("redis_version").unwrap_or("?");
    let version: (u32, u32) = number(shown);
    if version < VERSION_MIN {
        return refused(format!(
            "the server has version {shown} of Redis; 6.2 or newer is needed, or Valkey"
        ));
    }
    match find("maxmemory_policy") {
        None | Some("noeviction") => (),
        Some(policy) => {
            return refused(format!(
                "the server throws keys away when its memory is full (maxmemory-policy {policy}), and items with them: it has to be set \
                 to noeviction"
            ));
        }
    }
    if find("role") == Some("slave") {
        return refused(
            "the server is a copy (replica) of another one, which has to be used".into(),
        );
    }
    Ok(Server {
        keeps: find("aof_enabled") == Some("1"),
        confirms: find("aof_enabled") == Some("1") && version >= (7, 2),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_throws_keys_away_is_refused() {
        let info = "redis_version:7.2.4\r\nmaxmemory_policy:allkeys-lru\r\n";
        assert!(matches!(
            read(info),
            Err(Fault::Refused(Refusal::Server, _))
        ));
    }

    #[test]
    fn what_a_server_can_do_is_read_from_what_it_says() {
        let info = |version: &str, aof: u8| {
            format!(
                "# Server\r\nredis_version:{version}\r\nmaxmemory_policy:noeviction\r\nrole:master\r\naof_enabled:{aof}\r\n"
            )
        };
        let server = |keeps, confirms| Ok(Server { keeps, confirms });
        assert_eq!(read(&info("7.2.4", 1)), server(true, true));
        assert_eq!(read(&info("7.0.15", 1)), server(true, false));
        assert_eq!(read(&info("7.0.15", 0)), server(false, false));
        assert!(read(&info("6.0.16", 1)).is_err());
    }
}
