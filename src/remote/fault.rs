//! What goes wrong with a server.

use std::fmt;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// The code by which a broken-off wait passes through the protocol's errors.
pub(super) const STOPPED: &str = "PSSTOPPED";

/// The code by which a side that TLS does not trust does.
pub(super) const UNTRUSTED: &str = "PSUNTRUSTED";

/// Why an operation has not succeeded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// The caller has to stop.
    Interrupted,
    /// What was waited for has not come in time.
    TimedOut,
    /// The connection broke, or the server cannot serve now. Repeating helps.
    Broken(String),
    /// The server has not answered for long.
    Unreachable(String),
    /// The server does not know the member any more: it was taken for dead.
    Removed,
    /// Repeating does not help.
    Refused(Refusal, String),
}

/// The reason of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Wrong password, or none; a certificate that is not trusted, by this side or by the other.
    Login,
    /// The user of the server may not do that.
    Permission,
    /// The server has no memory left.
    Memory,
    /// The object is another one than the caller thinks, or an argument is wrong.
    Mismatch,
    /// This server cannot be used, or not like this.
    Server,
}

impl Fault {
    pub(super) fn refused(why: Refusal, text: impl Into<String>) -> Self {
        Self::Refused(why, text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupted => "it was interrupted",
            Self::TimedOut => "it does not answer",
            Self::Removed => "the server has forgotten this process",
            Self::Broken(text) | Self::Unreachable(text) | Self::Refused(_, text) => text,
        })
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        let code = error.code().unwrap_or_default();
        let detail = error.detail().unwrap_or_default();
        let text = match code {
            "" => error.to_string(),
            code => format!("{code} {detail}").trim().to_string(),
        };
        let refused = |why| Self::Refused(why, text.clone());
        match code {
            STOPPED => return Self::Interrupted,
            UNTRUSTED => return Self::Refused(Refusal::Login, detail.to_string()),
            "PSLOST" => return Self::Removed,
            "PSOTHER" => return Self::Refused(Refusal::Mismatch, detail.to_string()),
            "NOAUTH" | "WRONGPASS" => return refused(Refusal::Login),
            "OOM" => return refused(Refusal::Memory),
            "WRONGTYPE" => return refused(Refusal::Mismatch),
            // The change was made, and repeating it does not bring its answer back.
            "PSLATE" => return Self::Unreachable(detail.to_string()),
            // What has vanished with the disk of a server is made again by the next attempt.
            "PSGONE" => return Self::Broken(detail.to_string()),
            "NOGROUP" | "BUSY" | "NOREPLICAS" | "MISCONF" | "UNBLOCKED" => {
                return Self::Broken(text);
            }
            _ => (),
        }
        // Errors inside a script come wrapped in one of the script's.
        let inside = |word: &str| text.contains(word);
        match error.kind() {
            ErrorKind::Io => Self::Broken(text),
            ErrorKind::Parse => refused(Refusal::Server),
            ErrorKind::Server(kind) => match kind {
                ServerErrorKind::BusyLoading
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::TryAgain => Self::Broken(text),
                ServerErrorKind::NoPerm => refused(Refusal::Permission),
                _ if inside("invalid password") || inside("without any password") => {
                    refused(Refusal::Login)
                }
                _ if inside("OOM ") => refused(Refusal::Memory),
                // … as Redis 6.2, 7.0 and Valkey word it.
                _ if [
                    "NOPERM",
                    "The user executing the script",
                    "ACL failure in script",
                ]
                .into_iter()
                .any(inside) =>
                {
                    refused(Refusal::Permission)
                }
                _ if inside("WRONGTYPE") => refused(Refusal::Mismatch),
                _ if inside("NOGROUP") || inside("READONLY") => Self::Broken(text),
                _ => refused(Refusal::Server),
            },
            _ => refused(Refusal::Server),
        }
    }
}
