//! TLS as this run speaks it: versions, whom we trust, what we present. Certificates are judged by webpki alone.

mod certificate;
mod client;
mod explanation;
mod name;
mod pem;
mod store;
mod verifier;

use crate::config::Trust;
use crate::failure::{Failure, Kind};
use crate::named_file;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use verifier::{Asked, Recorder, Unchecked};

pub use certificate::{Certificate, certificate};
pub(super) use explanation::{Explained, client_certificate_wanted, explain};
pub(super) use verifier::Record;

/// For addresses that are encrypted.
///
/// # Errors
/// A usage error for certificates and keys that cannot be used.
pub(super) fn trusting(trust: &Trust, record: &Arc<Record>) -> Result<ClientConfig, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = if trust.insecure {
        Arc::new(Unchecked)
    } else {
        let roots = Arc::new(store::roots(trust)?);
        let webpki = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
        let webpki = webpki.map_err(|error| Failure::new(Kind::Internal, format!("no verifier: {error}")))?;
        Arc::new(Recorder { webpki, record: Arc::clone(record) })
    };
    #[expect(clippy::expect_used, reason = "ring offers TLS 1.2 and 1.3; another answer is a fault of ours")]
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3");
    let config = versions.dangerous().with_custom_certificate_verifier(verifier);
    let presented = trust.client.as_ref().map(client::Presented::read).transpose()?;
    match presented {
        None => Ok(config.with_client_cert_resolver(Arc::new(Asked::without_an_answer(record)))),
        Some(presented) => {
            let key = presented.certified_key(config.crypto_provider())?;
            Ok(config.with_client_cert_resolver(Arc::new(Asked::answered_with(key, record))))
        }
    }
}

/// For addresses that are not encrypted: no certificate is read, and none is accepted.
pub(super) fn trusting_nobody() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    #[expect(clippy::expect_used, reason = "ring offers TLS 1.2 and 1.3; another answer is a fault of ours")]
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3");
    versions.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
}

/// Says which setting names a file that cannot be read.
fn unreadable(setting: &str, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Usage, format!("{setting} {}", named_file::unreadable(setting, error)))
}

/// Says which setting names a file that cannot be used, and what it takes.
fn unusable(setting: &str, what: &str, path: &Path, takes: &str) -> Failure {
    Failure::new(Kind::Usage, format!("{setting} {what}: {}", path.display())).hint(format!("it takes {takes}"))
}
