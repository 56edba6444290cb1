//! An address or the name of a machine, with or without a port, as a thing to be allowed or denied.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::grant::Rule;

/// The other end of a connection, or an address to listen on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Endpoint {
    address: Address,
    /// `None` is every port.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Address {
    Any,
    Ip(IpAddr),
    /// In lower case, without the dot at the end.
    Name(String),
    /// Neither of them. No contact matches it.
    Invalid(String),
}

/// The name of the loopback addresses, which needs no look-up.
const LOCALHOST: &str = "localhost";

/// The endpoint that a script requests.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Contact {
    /// An address, and the name that the script used for it, if any.
    Address {
        address: SocketAddr,
        name: Option<String>,
    },
    /// Looking up a name, for any port.
    Lookup(String),
    /// Neither address nor port: other families of sockets, and abstract Unix sockets.
    Other,
}

impl Endpoint {
    /// Reads `name`, `name:port`, `[v6]:port`, `*` or `*:port`.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        if let Ok(address) = text.parse::<IpAddr>() {
            return Self::new(Address::Ip(address.to_canonical()), None);
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            let place = Address::Ip(address.ip().to_canonical());
            return Self::new(place, Some(address.port()));
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, port.parse::<u16>().map(Some)),
            None => (text, Ok(None)),
        };
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        let address = bare.and_then(|name| name.parse::<IpAddr>().ok());
        let is_name = |name: &str| {
            let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            !name.is_empty() && name.chars().all(fits)
        };
        match (name, address, port) {
            ("*", _, Ok(port)) => Self::new(Address::Any, port),
            (_, Some(address), Ok(port)) => Self::new(Address::Ip(address.to_canonical()), port),
            (name, None, Ok(port)) if is_name(name) => Self::new(Address::Name(plain(name)), port),
            _ => Self::new(Address::Invalid(text.into()), None),
        }
    }

    fn new(address: Address, port: Option<u16>) -> Self {
        Self { address, port }
    }

    /// Returns whether this names nothing.
    pub(super) fn is_invalid(&self) -> bool {
        matches!(self.address, Address::Invalid(_))
    }

    /// As [`read`](Self::read) reads it.
    pub(super) fn shown(&self) -> String {
        let place = match &self.address {
            Address::Any => "*".into(),
            Address::Ip(IpAddr::V6(address)) if self.port.is_some() => format!("[{address}]"),
            Address::Ip(address) => address.to_string(),
            Address::Name(name) | Address::Invalid(name) => name.clone(),
        };
        match self.port {
            Some(port) => format!("{place}:{port}"),
            None => place,
        }
    }
}

impl Rule for Endpoint {
    type Asked = Contact;

    fn covers(&self, asked: &Contact) -> bool {
        let is_named =
            |name: &str| matches!(&self.address, Address::Name(mine) if *mine == plain(name));
        match asked {
            Contact::Address { address, name } => {
                let place = match &self.address {
                    Address::Any => true,
                    Address::Ip(mine) => *mine == address.ip().to_canonical(),
                    Address::Name(mine) => {
                        name.as_deref().is_some_and(is_named)
                            || mine == LOCALHOST && address.ip().to_canonical().is_loopback()
                    }
                    Address::Invalid(_) => false,
                };
                place && self.port.is_none_or(|port| port == address.port())
            }
            Contact::Lookup(name) => matches!(self.address, Address::Any) || is_named(name),
            Contact::Other => matches!(self.address, Address::Any) && self.port.is_none(),
        }
    }

    /// Listening on all addresses includes the denied one, and a contact without an address may reach any.
    fn takes(&self, asked: &Contact) -> bool {
        match asked {
            Contact::Other => true,
            Contact::Address { address, .. } if address.ip().is_unspecified() => {
                self.port.is_none_or(|port| port == address.port())
            }
            asked => self.covers(asked),
        }
    }

    fn named(&self) -> String {
        self.shown()
    }

    fn contains(&self, other: &Self) -> bool {
        let place = match (&self.address, &other.address) {
            (Address::Any, _) => true,
            (Address::Name(mine), Address::Ip(theirs)) => mine == LOCALHOST && theirs.is_loopback(),
            (mine, theirs) => mine == theirs,
        };
        place && (self.port.is_none() || self.port == other.port)
    }
}

/// Returns a name as it is compared.
pub(super) fn plain(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_suffix('.').unwrap_or(&name).to_string()
}

/// Returns where a connection to this address really goes: IPv4 addresses mapped to IPv6 are IPv4, and the unspecified
/// address is this machine.
pub(super) fn destination(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip().to_canonical() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(rule: &str, address: &str, name: Option<&str>) -> bool {
        let address = destination(address.parse().expect("an address"));
        let name = name.map(str::to_string);
        Endpoint::read(rule).covers(&Contact::Address { address, name })
    }

    #[test]
    fn addresses_are_matched_with_their_ports() {
        assert!(covers("127.0.0.1", "127.0.0.1:80", None));
        assert!(covers("127.0.0.1:80", "127.0.0.1:80", None));
        assert!(!covers("127.0.0.1:80", "127.0.0.1:81", None));
        assert!(covers("[::1]:80", "[::1]:80", None) && covers("::1", "[::1]:80", None));
        assert!(covers("*:80", "10.0.0.1:80", None) && !covers("*:80", "10.0.0.1:81", None));
        assert!(covers("example.com", "10.0.0.1:80", Some("Example.COM.")));
        assert!(!covers("example.com", "10.0.0.1:80", Some("example.org")));
        assert!(!covers("example.com", "10.0.0.1:80", None));
    }

    #[test]
    fn one_address_has_no_second_spelling() {
        assert!(covers("127.0.0.1", "[::ffff:127.0.0.1]:80", None));
        assert!(covers("::ffff:127.0.0.1", "127.0.0.1:80", None));
        assert!(covers("127.0.0.1", "0.0.0.0:80", None));
        assert!(covers("localhost", "127.1.2.3:80", None) && covers("localhost", "[::1]:80", None));
        assert!(!covers("localhost", "10.0.0.1:80", None));
    }

    #[test]
    fn an_invalid_address_covers_nothing() {
        for text in [
            "",
            "https://example.com",
            "a:b",
            "x:99999",
            "a b",
            "[::1",
            "::1]:80",
        ] {
            assert!(Endpoint::read(text).is_invalid(), "{text}");
        }
    }

    #[test]
    fn rules_are_read_as_they_are_shown() {
        for text in [
            "*",
            "*:80",
            "10.0.0.1:80",
            "::1",
            "[::1]:80",
            "example.com:443",
        ] {
            assert_eq!(Endpoint::read(text).shown(), text);
        }
    }
}
