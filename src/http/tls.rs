//! Whom we trust, and what a failed handshake means. Certificates are judged by webpki alone.

use super::pem;
use crate::failure::{Failure, Kind};
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where Linux distributions and BSDs keep the system's certificates, the most common first.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The certificates that are trusted.
pub struct Trust {
    /// PEM certificates besides the system's.
    pub ca_bundle: Option<PathBuf>,
}

impl Trust {
    /// The system's certificates, or Mozilla's where the system has none, and the bundle's.
    pub(super) fn client_config(&self) -> Result<ClientConfig, Failure> {
        let mut roots = RootCertStore::empty();
        let system = BUNDLES.iter().find_map(|path| std::fs::read(path).ok());
        for certificate in pem::certificates(&system.unwrap_or_default()).flatten() {
            // A store may hold certificates that webpki cannot use; the others still count.
            let _ = roots.add(certificate);
        }
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        if let Some(path) = &self.ca_bundle {
            add_bundle(&mut roots, path)?;
        }
        Ok(with_roots(roots))
    }
}

fn add_bundle(roots: &mut RootCertStore, path: &Path) -> Result<(), Failure> {
    let wrong = |what: &str| {
        let message = format!("JIRA_CA_BUNDLE (--ca-bundle) {what}: {}", path.display());
        Failure::new(Kind::Usage, message).hint("it takes a file of PEM certificates: -----BEGIN CERTIFICATE-----")
    };
    let pem = std::fs::read(path).map_err(|error| wrong(&format!("cannot be read ({error})")))?;
    let mut found = false;
    for certificate in pem::certificates(&pem) {
        let certificate = certificate.map_err(|_| wrong("holds a damaged certificate"))?;
        roots.add(certificate).map_err(|_| wrong("holds something that is no certificate"))?;
        found = true;
    }
    if found { Ok(()) } else { Err(wrong("holds no certificate")) }
}

/// For addresses that are not encrypted: no certificate is read, and none is accepted.
pub(super) fn trusting_nobody() -> ClientConfig {
    with_roots(RootCertStore::empty())
}

fn with_roots(roots: RootCertStore) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    #[expect(clippy::expect_used, reason = "ring offers TLS 1.2 and 1.3; another answer is a fault of ours")]
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3");
    versions.with_root_certificates(roots).with_no_client_auth()
}

/// What is wrong in words, and what to do.
pub(super) fn explain(error: &Error) -> (String, Option<String>) {
    let (what, hint) = match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => (
            "its certificate's issuer is not trusted here".to_owned(),
            Some("give the issuer's certificate with JIRA_CA_BUNDLE (--ca-bundle)".to_owned()),
        ),
        Error::InvalidCertificate(error) => (format!("its certificate is refused: {error}"), None),
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            ("it wants a client certificate".to_owned(), None)
        }
        other => (format!("the handshake failed: {other}"), None),
    };
    (format!("TLS: {what}"), hint)
}
