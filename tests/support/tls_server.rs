//! A server that speaks TLS on a second port, with certificates of a test's own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::server::{Server, program};

/// A server whose certificate is for 127.0.0.1 and localhost; in its directory, `ca.pem` is the authority that has signed it, `other.pem` one
/// that has not, and `client.pem` and `client.key` are for programs that it knows.
#[derive(Debug)]
pub(crate) struct TlsServer {
    pub server: Server,
    port: u16,
    directory: TempDir,
}

impl TlsServer {
    /// Starts a server with these settings; `None`, with one loud line, where there is none to start, or the command has no TLS.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        Self::start_as("server", settings)
    }

    /// The same with another certificate: that of the `stranger` is for another host.
    pub(crate) fn start_as(who: &str, settings: &[&str]) -> Option<Self> {
        if !cfg!(feature = "redis-tls") {
            eprintln!("SKIPPED: TLS is tested with --features redis-tls");
            return None;
        }
        let has_openssl = Command::new("openssl")
            .arg("version")
            .stdout(Stdio::null())
            .status();
        if !has_openssl.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: there is no openssl here, so rediss:// is not tested");
            return None;
        }
        if !speaks_tls(&program()?) {
            eprintln!("SKIPPED: this server has no TLS, so rediss:// is not tested");
            return None;
        }
        let directory = TempDir::with_prefix("procscript-tls-").unwrap();
        certify(&directory);
        let spare = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = spare.local_addr().unwrap().port();
        drop(spare);
        let file = |name: &str| directory.path().join(name).to_str().unwrap().to_string();
        let (number, certificate, key, authority) = (
            port.to_string(),
            file(&format!("{who}.pem")),
            file(&format!("{who}.key")),
            file("ca.pem"),
        );
        let mut all = vec!["--tls-port", &number, "--tls-cert-file", &certificate];
        all.extend([
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &authority,
            "--tls-auth-clients",
        ]);
        // Unless the test says otherwise, programs need no certificate.
        all.extend(if settings.is_empty() {
            &["no"]
        } else {
            settings
        });
        let server = Server::start(&all)?;
        Some(Self {
            server,
            port,
            directory,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Its URL, with the authority.
    pub(crate) fn url(&self) -> String {
        self.url_at("127.0.0.1", self.port, "ca.pem")
    }

    /// The URL of a host and a port, with this authority.
    pub(crate) fn url_at(&self, host: &str, port: u16, authority: &str) -> String {
        let authority = self.file(authority);
        format!(
            "rediss://{host}:{port}/0?ssl_ca_certs={}",
            authority.display()
        )
    }
}

/// Whether a server was built with TLS: one that was misses its certificate, and ends too.
fn speaks_tls(program: &str) -> bool {
    let output = Command::new(program)
        .args([
            "--port",
            "0",
            "--tls-port",
            "1",
            "--tls-cert-file",
            "/nowhere",
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    !String::from_utf8_lossy(&output.stdout).contains("Failed finding TLS")
}

fn certify(directory: &TempDir) {
    let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let openssl = |words: &[&str]| {
        let output = Command::new("openssl")
            .args(words)
            .current_dir(directory)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {words:?}: {text}");
    };
    for authority in ["ca", "other"] {
        let (key, certificate, name) = (
            format!("{authority}.key"),
            format!("{authority}.pem"),
            format!("/CN={authority}"),
        );
        let mut words = vec!["req", "-x509", "-nodes", "-days", "2", "-subj", &name];
        words.extend(new);
        words.extend(["-keyout", &key, "-out", &certificate]);
        openssl(&words);
    }
    for (who, names) in [
        ("server", "IP:127.0.0.1,DNS:localhost"),
        ("client", "DNS:client"),
        ("stranger", "DNS:elsewhere.test"),
    ] {
        let text = format!("subjectAltName={names}\n");
        std::fs::write(directory.path().join("names"), text).unwrap();
        let (key, request, certificate, name) = (
            format!("{who}.key"),
            format!("{who}.csr"),
            format!("{who}.pem"),
            format!("/CN={who}"),
        );
        let mut words = vec!["req", "-nodes", "-subj", &name, "-keyout", &key];
        words.extend(new);
        words.extend(["-out", &request]);
        openssl(&words);
        openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "names",
            "-out",
            &certificate,
        ]);
    }
}
