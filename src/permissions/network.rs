//! The network: the address that is used is the one that is checked, also where a script uses a name.

use std::net::SocketAddr;

use super::denied::{Asked, Denied};
use super::endpoint::{Contact, Endpoint, destination};
use super::grant::{Missing, Rule};
use super::guard::Guard;
use crate::text::quoted;

/// The use of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contacting {
    Connect,
    Listen,
}

impl Guard {
    /// Looking up a name, which reveals it to name servers: only where the name itself is allowed.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) fn look_up(&self, name: &str, doing: &str) -> Result<(), Denied> {
        // The loopback name is not sent to anybody.
        if self.is_open() || Endpoint::read("localhost").covers(&Contact::Lookup(name.into())) {
            return Ok(());
        }
        let contact = Contact::Lookup(name.into());
        self.contact(&contact, doing, as_rule(name.into()), None)
    }

    /// Using an address, which may have been found by a name.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) fn address(
        &self,
        address: SocketAddr,
        name: Option<&str>,
        what: Contacting,
    ) -> Result<(), Denied> {
        if self.is_open() {
            return Ok(());
        }
        let doing = shown_contact(
            name.unwrap_or(&address.ip().to_string()),
            address.port(),
            what,
        );
        let meant = match what {
            Contacting::Connect => destination(address),
            Contacting::Listen => SocketAddr::new(address.ip().to_canonical(), address.port()),
        };
        let by_name = name.and_then(|name| as_rule(format!("{name}:{}", meant.port())));
        let rule = by_name.unwrap_or_else(|| match meant.port() {
            0 => meant.ip().to_string(),
            _ => meant.to_string(),
        });
        let note = meant.ip().is_unspecified().then(|| {
            let own = if meant.is_ipv6() { "::1" } else { "127.0.0.1" };
            let all = meant.ip();
            format!("; {all} is every address of this machine, {own} only the loopback address")
        });
        let name = name.map(str::to_string);
        let contact = Contact::Address {
            address: meant,
            name,
        };
        self.contact(&contact, &doing, Some(rule), note)
    }

    /// Checks a use of the network that has no address and no port.
    ///
    /// # Errors
    /// [`Denied`], unless the whole network is allowed.
    pub(crate) fn other_network(&self, doing: &str) -> Result<(), Denied> {
        match self.is_open() {
            true => Ok(()),
            false => self.contact(&Contact::Other, doing, None, None),
        }
    }

    fn contact(
        &self,
        contact: &Contact,
        doing: &str,
        rule: Option<String>,
        note: Option<String>,
    ) -> Result<(), Denied> {
        let permissions = self.permissions();
        let judged = permissions.net.judge(contact);
        judged.map_err(|why: Missing| {
            let asked = Asked {
                kind: "net",
                doing: doing.into(),
                arguments: rule.as_ref().map(|rule| format!("{rule:?}")),
                option: rule,
                note,
            };
            asked.denied(&permissions, why)
        })
    }
}

/// Returns the endpoint as an option could name it; a script may ask for something invalid.
fn as_rule(text: String) -> Option<String> {
    (!Endpoint::read(&text).is_invalid()).then_some(text)
}

/// `connecting to 'example.com:80'`.
pub(crate) fn shown_contact(host: &str, port: u16, what: Contacting) -> String {
    let host = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.into(),
    };
    let doing = match what {
        Contacting::Connect => "connecting to",
        Contacting::Listen => "listening on",
    };
    format!("{doing} {}", quoted(&format!("{host}:{port}")))
}
