//! TLS on a socket, by rustls: what a server has to show, and what it means when it does not.
//!
//! The files are read for every connection: no process has a cache that a fork could copy half made, and certificates that were renewed are
//! used. Nothing is said at the end of a connection, so that a copy of the process ends none of its parent's.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, Error, RootCertStore,
};

use super::fault::{Fault, Refusal};
use super::tls_files::TlsFiles;
use crate::sys::interrupt::unless_interrupted;
use crate::sys::socket::{Interest, Socket};

/// A connection with TLS around it.
pub(super) struct Tls {
    socket: Socket,
    session: ClientConnection,
    host: String,
    /// What the last error means.
    fault: Option<Fault>,
}

/// The socket as rustls uses it.
struct Bytes<'a>(&'a Socket);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        unless_interrupted(|| self.0.receive_into(buffer))
    }
}

impl Write for Bytes<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_interrupted(|| self.0.send(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Tls {
    /// Prepares TLS with a server of this name; [`shake_hands`](Self::shake_hands) begins it.
    ///
    /// # Errors
    /// A file cannot be read, or no certificate can have this name.
    pub(super) fn new(socket: Socket, host: &str, files: &TlsFiles) -> Result<Self, Fault> {
        let name = ServerName::try_from(host.to_string())
            .map_err(|_| refused(format!("no certificate can be for the name {host}")))?;
        let session = ClientConnection::new(Arc::new(settings(files)?), name)
            .map_err(|error| fault_of(&error, host, true))?;
        Ok(Self {
            socket,
            session,
            host: host.into(),
            fault: None,
        })
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    pub(super) fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// Goes on with the handshake. Returns what it has to wait for; nothing when it is done.
    ///
    /// # Errors
    /// The server is not the one that is meant, or breaks off.
    pub(super) fn shake_hands(&mut self) -> Result<Option<Interest>, Fault> {
        loop {
            if would_wait(self.flush())?.is_none() {
                return Ok(Some(Interest::Write));
            }
            if !self.session.is_handshaking() {
                return Ok(None);
            }
            match would_wait(self.session.read_tls(&mut Bytes(&self.socket)))? {
                None => return Ok(Some(Interest::Read)),
                Some(0) => {
                    let why = "the server has closed the connection before TLS began";
                    return Err(Fault::Broken(why.into()));
                }
                Some(_) => self.process()?,
            }
        }
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let count = self.session.writer().write(bytes)?;
            match self.flush() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && count > 0 => (),
                Err(error) => return Err(error),
                // There was no room, and there is now.
                Ok(()) if count == 0 && !bytes.is_empty() => continue,
                Ok(()) => (),
            }
            return Ok(count);
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.session.wants_write() {
            if let Err(error) = self.session.write_tls(&mut Bytes(&self.socket)) {
                if error.kind() != io::ErrorKind::WouldBlock {
                    // The server may have said why it has closed the connection.
                    let _ = self.session.read_tls(&mut Bytes(&self.socket));
                    self.fault = self.process().err();
                }
                return Err(error);
            }
        }
        Ok(())
    }

    pub(super) fn receive_into(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.session.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => (),
                received => return received,
            }
            // TLS itself may have something to say, such as new keys; that it has to wait does not matter here.
            let _ = self.flush();
            self.session.read_tls(&mut Bytes(&self.socket))?;
            if let Err(fault) = self.process() {
                let error = io::Error::other(fault.to_string());
                self.fault = Some(fault);
                return Err(error);
            }
        }
    }

    fn process(&mut self) -> Result<(), Fault> {
        let is_new = self.session.is_handshaking();
        let processed = self.session.process_new_packets();
        processed.map(drop).map_err(|error| {
            // So that the server knows why, as far as it still listens.
            let _ = self.session.write_tls(&mut Bytes(&self.socket));
            fault_of(&error, &self.host, is_new)
        })
    }
}

/// Returns nothing for what would have to wait.
fn would_wait<T>(result: io::Result<T>) -> Result<Option<T>, Fault> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns whom this side trusts, and what it shows itself.
fn settings(files: &TlsFiles) -> Result<ClientConfig, Fault> {
    let mut trusted = RootCertStore::empty();
    match &files.authorities {
        None => {
            let found = rustls_native_certs::load_native_certs();
            if found.certs.is_empty() {
                let text = "this machine has no list of authorities: name a file with that of the server by ?ssl_ca_certs=FILE";
                return Err(refused(text.into()));
            }
            // A strange one among those of the system does not matter.
            trusted.add_parsable_certificates(found.certs);
        }
        Some(path) => {
            for certificate in certificates(path)? {
                trusted
                    .add(certificate)
                    .map_err(|error| unusable(path, &error))?;
            }
        }
    }
    let settings = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(error.to_string()))?
        .with_root_certificates(trusted);
    let mut settings = match &files.identity {
        None => settings.with_no_client_auth(),
        Some((certificate, key)) => {
            let shown = certificates(certificate)?;
            let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| unusable(key, &why))?;
            let with = settings.with_client_auth_cert(shown, secret);
            with.map_err(|error| unusable(certificate, &error))?
        }
    };
    // What makes the next connection cheaper would be shared with copies of this process.
    settings.resumption = Resumption::disabled();
    Ok(settings)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let found: Vec<_> = read.map_err(|why| unusable(path, &why))?;
    match found.is_empty() {
        true => Err(unusable(path, &"there is no certificate in it")),
        false => Ok(found),
    }
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Fault {
    refused(format!("{} cannot be used for TLS: {why}", path.display()))
}

fn refused(text: String) -> Fault {
    Fault::Refused(Refusal::Mismatch, text)
}

/// Returns what an error means, of a connection that `is_new` as long as no handshake has succeeded.
fn fault_of(error: &Error, host: &str, is_new: bool) -> Fault {
    let (why, text) = match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => (
            Refusal::Login,
            format!(
                "nobody who is trusted here has signed the certificate of {host}: name the authority by ?ssl_ca_certs=FILE"
            ),
        ),
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => (
            Refusal::Login,
            format!("the certificate of the server is not for the name {host}"),
        ),
        Error::InvalidCertificate(_) => (
            Refusal::Login,
            format!("the certificate of {host} cannot be trusted: {error}"),
        ),
        Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::HandshakeFailure
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::DecryptError
            | AlertDescription::ProtocolVersion
            | AlertDescription::AccessDenied
            | AlertDescription::UnknownCA,
        ) => (
            Refusal::Login,
            format!(
                "the server does not accept this program ({error}): it may want a certificate, by ?ssl_certfile=FILE&ssl_keyfile=FILE"
            ),
        ),
        // A server that has spoken TLS before has sent something broken.
        Error::InvalidMessage(_) if is_new => (
            Refusal::Server,
            "the server does not speak TLS: the URL of a port without TLS begins with redis://"
                .into(),
        ),
        Error::PeerIncompatible(_) => (Refusal::Server, error.to_string()),
        _ => return Fault::Broken(error.to_string()),
    };
    Fault::Refused(why, text)
}
