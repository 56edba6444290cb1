//! A server: its address and how to log in there.

use std::fmt;
use std::path::PathBuf;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

use super::fault::{Fault, Refusal};
use super::tls_files::{TlsFiles, names_tls_files};

/// The schemes of URLs that scripts write.
const SCHEMES: &str = "redis://HOST[:PORT][/DATABASE]";

/// A server as a URL names it.
pub(crate) struct Endpoint {
    url: String,
    info: ConnectionInfo,
    /// What TLS needs; `None` without TLS.
    tls: Option<TlsFiles>,
    shown: String,
}

/// Where a server listens.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    Tcp(String, u16),
    Unix(PathBuf),
}

impl Endpoint {
    /// Reads a URL: `redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]`, the same with `rediss` for TLS, or `redis+unix:///PATH`.
    ///
    /// # Errors
    /// It is no such URL; the text does not repeat it, because it may hold a password.
    pub(crate) fn read(url: &str) -> Result<Self, Fault> {
        let wrong = |text: String| Fault::Refused(Refusal::Mismatch, text);
        let scheme = url.split(':').next().unwrap_or_default();
        let (bare, tls, url) = match scheme {
            "rediss" | "valkeys" if !cfg!(feature = "redis-tls") => {
                return Err(wrong(format!(
                    "{scheme}:// means TLS, which this procscript was built without: it needs the feature redis-tls, or a tunnel (stunnel, \
                     ssh -L, WireGuard) that brings redis:// safely to the server"
                )));
            }
            "rediss" | "valkeys" => {
                let (bare, files, whole) = TlsFiles::split(url)
                    .map_err(|why| wrong(format!("url is not the URL of a server: {why}")))?;
                (bare, Some(files), whole)
            }
            _ if names_tls_files(url) => {
                return Err(wrong(
                    "url names files for TLS, and redis:// is without TLS: it has to begin with rediss://".into(),
                ));
            }
            _ => (url.into(), None, url.into()),
        };
        let is_known =
            matches!(scheme, "redis" | "valkey" | "redis+unix" | "unix") || tls.is_some();
        let info = is_known.then(|| bare.into_connection_info().ok()).flatten();
        let Some(info) = info else {
            return Err(wrong(format!(
                "url is not the URL of a server: it has to be like {SCHEMES}"
            )));
        };
        let database = info.redis_settings().db();
        let shown = match info.addr() {
            ConnectionAddr::Unix(path) => format!("redis+unix://{}", path.display()),
            address if tls.is_some() => format!("rediss://{address}/{database}"),
            address => format!("redis://{address}/{database}"),
        };
        Ok(Self {
            url,
            info,
            tls,
            shown,
        })
    }

    /// Returns the URL with the password. It must not get into any text.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn address(&self) -> Address {
        match self.info.addr() {
            ConnectionAddr::Unix(path) => Address::Unix(path.clone()),
            ConnectionAddr::Tcp(host, port) => Address::Tcp(host.clone(), *port),
            ConnectionAddr::TcpTls { host, port, .. } => Address::Tcp(host.clone(), *port),
            _ => Address::Unix(PathBuf::new()),
        }
    }

    /// Returns what TLS needs; `None` without TLS.
    pub(crate) fn tls(&self) -> Option<&TlsFiles> {
        self.tls.as_ref()
    }

    /// Returns the user and the password to log in with.
    pub(super) fn login(&self) -> Option<(Option<&str>, &str)> {
        let settings = self.info.redis_settings();
        Some((settings.username(), settings.password()?))
    }

    pub(super) fn database(&self) -> i64 {
        self.info.redis_settings().db()
    }
}

/// Without the password.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_gets_into_no_text() {
        let endpoint = Endpoint::read("redis://me:secret@example.com:7000/2").unwrap();
        assert_eq!(endpoint.to_string(), "redis://example.com:7000/2");
        assert!(!format!("{endpoint:?}").contains("secret"));
        assert_eq!(endpoint.login(), Some((Some("me"), "secret")));
        let wrong = format!("{:?}", Endpoint::read("http://me:secret@example.com"));
        assert!(wrong.contains("redis://HOST"), "{wrong}");
        assert!(!wrong.contains("secret"), "{wrong}");
        let half = format!("{:?}", Endpoint::read("redis://:secret@h?ssl_ca_certs=a"));
        assert!(half.contains("begin with rediss://") && !half.contains("secret"));
    }
}
