//! The files that the URL of a server with TLS names, as redis-py spells them.

use std::path::PathBuf;

use redis::parse_redis_url;

/// The parts of a URL that name files.
const NAMES: [&str; 3] = ["ssl_ca_certs", "ssl_certfile", "ssl_keyfile"];

/// What a connection with TLS needs besides the server's name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TlsFiles {
    /// The authorities that may sign the certificate of the server; `None` for those that this machine trusts.
    pub authorities: Option<PathBuf>,
    /// The certificate of this program and its key, for a server that asks for one.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// What a password breaks that is not written as URLs demand it.
const UNREADABLE: &str = "it cannot be read: in a password, ? is written %3F, @ %40, / %2F";

impl TlsFiles {
    /// Splits a URL with `rediss://` into what is left of it without TLS, the files, and the URL with their whole paths: another process
    /// may be in another directory.
    ///
    /// # Errors
    /// A part of it is none that is known; the text does not repeat the URL, which may hold a password.
    pub(super) fn split(url: &str) -> Result<(String, Self, String), String> {
        let mut url = parse_redis_url(url).ok_or(UNREADABLE)?;
        if url.fragment().is_some() {
            return Err(
                "nothing may follow # in it: a server has to show who it is, and ?ssl_ca_certs=FILE names its authority"
                    .into(),
            );
        }
        let mut paths = [const { None }; NAMES.len()];
        for (name, value) in url.query_pairs() {
            let Some(at) = NAMES.iter().position(|known| *known == name) else {
                let known = NAMES.join(", ");
                // After a ? that is not written %3F, the rest of a password would look like a name.
                let is_sure = name.starts_with("ssl_") && !name.contains('@');
                let what = match is_sure {
                    true => format!("{name:?}"),
                    false => "a part after its ?".into(),
                };
                return Err(format!(
                    "{what} is not known in it: there are {known}, database numbers are written /NUMBER, and a ? in a password %3F"
                ));
            };
            let whole = std::path::absolute(&*value);
            paths[at] = Some(whole.map_err(|why| format!("{name} in it: {why}"))?);
        }
        let mut whole: Vec<(&str, String)> = Vec::new();
        for (name, path) in NAMES.into_iter().zip(&paths) {
            let Some(path) = path else { continue };
            let text = path.to_str().ok_or_else(|| {
                format!("{name} in it is relative to a directory whose name is not UTF-8: write its whole path")
            })?;
            whole.push((name, text.into()));
        }
        let [authorities, certificate, key] = paths;
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err("ssl_certfile and ssl_keyfile belong together in it".into()),
        };
        url.set_query(None);
        let mut bare = url.clone();
        if bare.set_scheme("redis").is_err() {
            return Err(UNREADABLE.into());
        }
        if !whole.is_empty() {
            url.query_pairs_mut().extend_pairs(whole);
        }
        let files = Self {
            authorities,
            identity,
        };
        Ok((bare.into(), files, url.into()))
    }

    /// Returns all of them.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let identity = self.identity.iter().flat_map(|(a, b)| [a, b]);
        self.authorities.iter().chain(identity)
    }
}

/// Returns whether a URL names such files.
pub(super) fn names_tls_files(url: &str) -> bool {
    let url = parse_redis_url(url);
    url.is_some_and(|url| url.query_pairs().any(|(name, _)| name.starts_with("ssl_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_files_by_their_whole_paths() {
        let split = TlsFiles::split("rediss://me:secret@host:1/2?ssl_ca_certs=a%20b.pem").unwrap();
        let (bare, files, whole) = split;
        assert_eq!(bare, "redis://me:secret@host:1/2");
        let path = std::path::absolute("a b.pem").unwrap();
        assert_eq!(files.authorities.as_ref(), Some(&path));
        assert_eq!(TlsFiles::split(&whole).unwrap(), (bare, files, whole));
    }

    #[test]
    fn what_a_url_cannot_say_is_named_without_its_password() {
        let why = |rest: &str| TlsFiles::split(&format!("rediss://:secret@h{rest}")).unwrap_err();
        assert!(why("/#insecure").contains("?ssl_ca_certs=FILE"));
        assert!(why("?ssl_cert_reqs=none").contains("\"ssl_cert_reqs\" is not known"));
        assert!(why("?ssl_certfile=a").contains("belong together"));
        // A ? in the password itself ends the host.
        let why_of = |url: &str| TlsFiles::split(url).unwrap_err();
        for url in ["rediss://me:?secret@host", "rediss://me:a?secret&b@host"] {
            let text = why_of(url);
            assert!(!text.contains("secret"), "{text}");
            assert!(text.contains("%3F"), "{text}");
        }
        assert!(!why("?a=b").contains("secret"));
    }
}
