//! The certificate that we present and its key, read from PEM; shows neither.

use crate::error::Failure;
use crate::settings::{CLIENT_CERT, CLIENT_KEY};
use crate::transport::network::ClientFiles;
use crate::transport::tls::failure::{unreadable, unusable};
use crate::transport::tls::pem;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use std::path::Path;
use std::sync::Arc;

const TAKES: &str =
    "an unencrypted PEM key: -----BEGIN PRIVATE KEY-----, RSA PRIVATE KEY or EC PRIVATE KEY";

/// What was read from the files.
pub(super) struct ClientCertResolver<'a> {
    files: &'a ClientFiles,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl<'a> ClientCertResolver<'a> {
    pub(super) fn read(files: &'a ClientFiles) -> Result<Self, Failure> {
        let wrong = |what: &str| {
            unusable(
                CLIENT_CERT,
                what,
                &files.certificate,
                "a PEM certificate: -----BEGIN CERTIFICATE-----",
            )
        };
        let pem = pem::read(&files.certificate).map_err(|error| unreadable(CLIENT_CERT, &error))?;
        let chain: Result<Vec<_>, ()> = pem::certificates(&pem).collect();
        let chain = chain.map_err(|()| wrong("holds a damaged certificate"))?;
        if chain.is_empty() {
            return Err(wrong("holds no certificate"));
        }
        // The one file may be a pipe, which can be read once.
        let key = if files.key == files.certificate {
            key(&pem, &files.key, true)?
        } else {
            key_file(&files.key)?
        };
        Ok(ClientCertResolver { files, chain, key })
    }

    pub(super) fn certified_key(
        self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<CertifiedKey>, Failure> {
        let files = self.files;
        CertifiedKey::from_der(self.chain, self.key, provider)
            .map(Arc::new)
            .map_err(|error| match error {
                Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                    let takes = format!("the key that belongs to the certificate of {CLIENT_CERT}");
                    unusable(
                        CLIENT_KEY,
                        "is the key of another certificate",
                        &files.key,
                        &takes,
                    )
                }
                _ => unusable(
                    CLIENT_KEY,
                    "holds a key that cannot be used",
                    &files.key,
                    "RSA of 2048 to 8192 bits, P-256, P-384 or Ed25519",
                ),
            })
    }
}

fn key_file(path: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    let pem = pem::read(path);
    key(
        &pem.map_err(|error| unreadable(CLIENT_KEY, &error))?,
        path,
        false,
    )
}

fn key(pem: &[u8], path: &Path, with_certificate: bool) -> Result<PrivateKeyDer<'static>, Failure> {
    let holds = |words: &[u8]| pem.windows(words.len()).any(|window| window == words);
    if holds(b"ENCRYPTED PRIVATE KEY-----") || holds(b"Proc-Type: 4,ENCRYPTED") {
        let takes =
            format!("{TAKES}; openssl pkey -in KEY -out PLAIN-KEY takes the passphrase off");
        return Err(unusable(CLIENT_KEY, "is encrypted", path, &takes));
    }
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound if with_certificate => {
            let what = format!("is missing, and the file of {CLIENT_CERT} holds no key");
            unusable(CLIENT_KEY, &what, path, TAKES)
        }
        rustls::pki_types::pem::Error::NoItemsFound => {
            unusable(CLIENT_KEY, "holds no private key", path, TAKES)
        }
        _ => unusable(CLIENT_KEY, "holds a damaged key", path, TAKES),
    })
}
