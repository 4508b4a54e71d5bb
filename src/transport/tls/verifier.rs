//! Remembers what a handshake was about, for the explanation of its failure.
//! Judges nothing: what counts is webpki's verdict.

use crate::transport::tls::peer::Peer;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the last handshakes were about.
#[derive(Debug, Default)]
pub(in crate::transport) struct HandshakeRecord {
    refused: Mutex<Vec<CertificateDer<'static>>>,
    asked: AtomicBool,
    answered: AtomicBool,
}

impl HandshakeRecord {
    /// The certificates of the server that was refused last, its own first.
    pub(super) fn refused(&self) -> Vec<CertificateDer<'static>> {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// True where a server asked for a client certificate.
    fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// True where a server asked for a client certificate and got none.
    pub(in crate::transport) fn left_unanswered(&self) -> bool {
        self.asked() && !self.answered.load(Ordering::Relaxed)
    }

    /// True where a server asked for a client certificate and got ours.
    pub(super) fn answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }
}

/// Hands everything to webpki, and keeps the chain that webpki refused.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) webpki: Arc<WebPkiServerVerifier>,
    pub(super) record: Arc<HandshakeRecord>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.webpki.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        if verdict.is_err() {
            let chain = std::iter::once(end_entity)
                .chain(intermediates)
                .map(|one| one.clone().into_owned())
                .collect();
            *self
                .record
                .refused
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = chain;
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// `--insecure`: nothing is checked. Who stands in the middle has a certificate
/// of their own, so signatures prove nothing either.
#[derive(Debug)]
pub(super) struct NoVerification;

impl ServerCertVerifier for NoVerification {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        use SignatureScheme as S;
        vec![
            S::ECDSA_NISTP256_SHA256,
            S::ECDSA_NISTP384_SHA384,
            S::ECDSA_NISTP521_SHA512,
            S::ED25519,
            S::RSA_PSS_SHA256,
            S::RSA_PSS_SHA384,
            S::RSA_PSS_SHA512,
            S::RSA_PKCS1_SHA256,
            S::RSA_PKCS1_SHA384,
            S::RSA_PKCS1_SHA512,
            S::RSA_PKCS1_SHA1,
            S::ECDSA_SHA1_Legacy,
        ]
    }
}

/// `--insecure` behind a proxy: the proxy is checked, and Jira is not.
#[derive(Debug)]
pub(super) struct OfProxy {
    pub(super) checked: Arc<Recorder>,
    pub(super) peer: Arc<Peer>,
}

impl OfProxy {
    fn verifier(&self) -> &dyn ServerCertVerifier {
        if self.peer.is_proxy() {
            &*self.checked
        } else {
            &NoVerification
        }
    }
}

impl ServerCertVerifier for OfProxy {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verifier().verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier()
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier()
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.checked.supported_verify_schemes()
    }
}

/// Our client certificate, or none, and whether a server asked for it.
#[derive(Debug)]
pub(super) struct ClientCertResolver {
    ours: Option<Arc<CertifiedKey>>,
    record: Arc<HandshakeRecord>,
    peer: Arc<Peer>,
}

impl ClientCertResolver {
    pub(super) fn new(
        ours: Option<Arc<CertifiedKey>>,
        record: &Arc<HandshakeRecord>,
        peer: &Arc<Peer>,
    ) -> Self {
        ClientCertResolver {
            ours,
            record: Arc::clone(record),
            peer: Arc::clone(peer),
        }
    }
}

impl ResolvesClientCert for ClientCertResolver {
    fn resolve(
        &self,
        _issuers: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.record.asked.store(true, Ordering::Relaxed);
        let ours = self.ours.clone().filter(|_| !self.peer.is_proxy());
        self.record
            .answered
            .store(ours.is_some(), Ordering::Relaxed);
        ours
    }

    fn has_certs(&self) -> bool {
        self.ours.is_some()
    }
}
