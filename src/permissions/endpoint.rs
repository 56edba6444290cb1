//! A host with or without a port, as a thing to be allowed or denied.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::grant::Rule;

/// Whom a connection is to, or where somebody listens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Endpoint {
    host: Host,
    /// `None` is every port.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq)]
enum Host {
    Any,
    Address(IpAddr),
    /// In small letters, without the dot at the end.
    Name(String),
    /// What is neither: nobody has it.
    Nonsense(String),
}

/// The name of this machine for itself, which needs no looking up.
const LOCALHOST: &str = "localhost";

/// What a script asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Contact {
    /// An address, and the name by which the script called it, if it did.
    Address {
        address: SocketAddr,
        name: Option<String>,
    },
    /// To have a name looked up, whatever the port will be.
    Lookup(String),
    /// What has neither address nor port: other families of sockets, names of Unix sockets that are no files.
    Other,
}

impl Endpoint {
    /// Reads `host`, `host:port`, `[v6]:port`, `*` or `*:port`.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        if let Ok(address) = text.parse::<IpAddr>() {
            return Self::new(Host::Address(address.to_canonical()), None);
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            let host = Host::Address(address.ip().to_canonical());
            return Self::new(host, Some(address.port()));
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
            ("*", _, Ok(port)) => Self::new(Host::Any, port),
            (_, Some(address), Ok(port)) => Self::new(Host::Address(address.to_canonical()), port),
            (name, None, Ok(port)) if is_name(name) => Self::new(Host::Name(plain(name)), port),
            _ => Self::new(Host::Nonsense(text.into()), None),
        }
    }

    fn new(host: Host, port: Option<u16>) -> Self {
        Self { host, port }
    }

    /// Whether this is no host at all.
    pub(super) fn is_nonsense(&self) -> bool {
        matches!(self.host, Host::Nonsense(_))
    }

    /// As [`read`](Self::read) reads it.
    pub(super) fn shown(&self) -> String {
        let host = match &self.host {
            Host::Any => "*".into(),
            Host::Address(IpAddr::V6(address)) if self.port.is_some() => format!("[{address}]"),
            Host::Address(address) => address.to_string(),
            Host::Name(name) | Host::Nonsense(name) => name.clone(),
        };
        match self.port {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }
}

impl Rule for Endpoint {
    type Asked = Contact;

    fn covers(&self, asked: &Contact) -> bool {
        let is_host = |name: &str| matches!(&self.host, Host::Name(mine) if *mine == plain(name));
        match asked {
            Contact::Address { address, name } => {
                let host = match &self.host {
                    Host::Any => true,
                    Host::Address(mine) => *mine == address.ip().to_canonical(),
                    Host::Name(mine) => {
                        name.as_deref().is_some_and(is_host)
                            || mine == LOCALHOST && address.ip().to_canonical().is_loopback()
                    }
                    Host::Nonsense(_) => false,
                };
                host && self.port.is_none_or(|port| port == address.port())
            }
            Contact::Lookup(name) => matches!(self.host, Host::Any) || is_host(name),
            Contact::Other => matches!(self.host, Host::Any) && self.port.is_none(),
        }
    }

    /// Who listens at every address listens at the denied one too, and a message without an address may go anywhere.
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
        let host = match (&self.host, &other.host) {
            (Host::Any, _) => true,
            (Host::Name(mine), Host::Address(theirs)) => mine == LOCALHOST && theirs.is_loopback(),
            (mine, theirs) => mine == theirs,
        };
        host && (self.port.is_none() || self.port == other.port)
    }
}

/// A name as it is compared.
pub(super) fn plain(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_suffix('.').unwrap_or(&name).to_string()
}

/// Where a connection to this address really goes: IPv4 in the clothes of IPv6 is IPv4, and no address is this machine.
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
    fn hosts_are_matched_with_their_ports() {
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
    fn what_is_no_host_covers_nothing() {
        for text in [
            "",
            "https://example.com",
            "a:b",
            "x:99999",
            "a b",
            "[::1",
            "::1]:80",
        ] {
            assert!(Endpoint::read(text).is_nonsense(), "{text}");
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
