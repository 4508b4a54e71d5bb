//! TLS as this run speaks it: versions, whom we trust, what we present.
//! Certificates are judged by webpki alone.

mod certificate;
pub(super) mod diagnosis;
mod failure;
pub(super) mod identity;
mod name;
mod peer;
mod pem;
pub(super) mod roots;
mod verifier;

use crate::error::{Failure, Kind};
use crate::transport::network::Trust;
use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ClientSessionStore, Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::UnixTime;
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::{CipherSuite, ClientConfig, RootCertStore};
use std::cell::OnceCell;
use std::sync::Arc;
use verifier::{ClientCertResolver, NoVerification, OfProxy, Recorder};

pub(crate) use certificate::certificate;
pub(super) use diagnosis::{Explained, client_certificate_wanted, explain};
pub(super) use peer::Peer;
pub(super) use verifier::HandshakeRecord;

/// What was read of the files, for the clients of this run: each file is read
/// once, for it may be a pipe.
#[derive(Default)]
pub(super) struct Trusted {
    checked: OnceCell<Arc<Recorder>>,
    ours: OnceCell<Option<Arc<CertifiedKey>>>,
}

impl Trusted {
    /// For addresses that are encrypted. What goes for Jira alone, our certificate
    /// and that none is checked, goes for `jira`, and not for the proxy before it.
    ///
    /// # Errors
    /// A usage error for certificates and keys that cannot be used.
    pub(super) fn config(
        &self,
        trust: &Trust,
        jira: bool,
        proxied: bool,
        record: &Arc<HandshakeRecord>,
        peer: &Arc<Peer>,
    ) -> Result<ClientConfig, Failure> {
        let provider = Arc::new(provider());
        let lenient = jira && trust.insecure;
        let verifier: Arc<dyn ServerCertVerifier> = match (lenient, proxied) {
            (true, false) => Arc::new(NoVerification),
            (true, true) => Arc::new(OfProxy {
                checked: self.checked(trust, &provider, record)?,
                peer: Arc::clone(peer),
            }),
            (false, _) => self.checked(trust, &provider, record)?,
        };
        let ours = if jira {
            self.ours(trust, &provider)?
        } else {
            None
        };
        #[expect(
            clippy::expect_used,
            reason = "ring offers TLS 1.2 and 1.3; another answer is a fault of ours"
        )]
        let versions = ClientConfig::builder_with_details(provider, Arc::new(Clock))
            .with_safe_default_protocol_versions()
            .expect("ring offers TLS 1.2 and 1.3");
        let config = versions
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config =
            config.with_client_cert_resolver(Arc::new(ClientCertResolver::new(ours, record, peer)));
        config.resumption = Resumption::store(Arc::clone(peer) as Arc<dyn ClientSessionStore>);
        Ok(config)
    }

    fn checked(
        &self,
        trust: &Trust,
        provider: &Arc<CryptoProvider>,
        record: &Arc<HandshakeRecord>,
    ) -> Result<Arc<Recorder>, Failure> {
        if let Some(checked) = self.checked.get() {
            return Ok(Arc::clone(checked));
        }
        let roots = Arc::new(roots::roots(trust)?);
        let webpki =
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider)).build();
        let webpki = webpki
            .map_err(|error| Failure::new(Kind::Internal, format!("no verifier: {error}")))?;
        let checked = Arc::new(Recorder {
            webpki,
            record: Arc::clone(record),
        });
        Ok(Arc::clone(self.checked.get_or_init(|| checked)))
    }

    fn ours(
        &self,
        trust: &Trust,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Option<Arc<CertifiedKey>>, Failure> {
        if let Some(ours) = self.ours.get() {
            return Ok(ours.clone());
        }
        let presented = trust
            .client
            .as_ref()
            .map(identity::ClientCertResolver::read)
            .transpose()?;
        let ours = presented
            .map(|presented| presented.certified_key(provider))
            .transpose()?;
        Ok(self.ours.get_or_init(|| ours).clone())
    }
}

/// Offers AES-128 first, as browsers do: the keys are then derived with SHA-256,
/// which takes half of the time that SHA-384 does.
fn provider() -> CryptoProvider {
    let mut provider = rustls::crypto::ring::default_provider();
    let first = CipherSuite::TLS13_AES_128_GCM_SHA256;
    provider
        .cipher_suites
        .sort_by_key(|suite| suite.suite() != first);
    provider
}

/// The machine's clock. One that stands before 1970 counts as 1970, when no
/// certificate was valid yet.
#[derive(Debug)]
struct Clock;

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(crate::since_1970()))
    }
}

/// For addresses that are not encrypted: no certificate is read, and none is accepted.
pub(super) fn trusting_nobody() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    #[expect(
        clippy::expect_used,
        reason = "ring offers TLS 1.2 and 1.3; another answer is a fault of ours"
    )]
    let versions = ClientConfig::builder_with_details(provider, Arc::new(Clock))
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3");
    versions
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}
