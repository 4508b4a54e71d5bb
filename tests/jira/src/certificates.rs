//! A private certificate authority and the certificates that it signs.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// What may be wrong with the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// Nothing: for `localhost`, `127.0.0.1` and `::1`.
    Good,
    /// It ended in 2020.
    Expired,
    /// It is for `jira.example.com`.
    OtherName,
    /// It signed itself, and the CA file is the certificate itself.
    SelfSigned,
    /// It names `localhost` as its common name and nowhere else.
    CommonNameOnly,
}

/// Files of a running server's keys, removed when dropped.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    pub(crate) authority: PathBuf,
    pub(crate) client_certificate: PathBuf,
    pub(crate) client_key: PathBuf,
}

const CERTAIN: &str = "certificates of fixed parameters can be made";

/// A TLS acceptor, and the files that a client needs. A client's certificate is
/// demanded if asked to.
pub(crate) fn acceptor(leaf: Leaf, demand_client: bool) -> (TlsAcceptor, Files) {
    let authority = authority();
    let key = KeyPair::generate().expect(CERTAIN);
    let params = leaf_params(leaf);
    let (certificate, trusted) = if leaf == Leaf::SelfSigned {
        let own = params.self_signed(&key).expect(CERTAIN);
        let pem = own.pem();
        (own, pem)
    } else {
        let signed = params.signed_by(&key, &authority).expect(CERTAIN);
        (signed, authority.pem())
    };
    let files = Files::write(&trusted, &authority);
    let chain = vec![certificate.der().clone()];
    let config = server_config(chain, &key, demand_client.then(|| authority.der().clone()));
    (TlsAcceptor::from(Arc::new(config)), files)
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
        .distinguished_name
        .push(DnType::CommonName, "Stand-in private authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect(CERTAIN)).expect(CERTAIN)
}

fn leaf_params(leaf: Leaf) -> CertificateParams {
    let names: &[&str] = match leaf {
        Leaf::OtherName => &["jira.example.com"],
        Leaf::CommonNameOnly => &[],
        Leaf::Good | Leaf::Expired | Leaf::SelfSigned => &["localhost", "127.0.0.1", "::1"],
    };
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let common_name = names.first().map_or("localhost", String::as_str).to_owned();
    let mut params = CertificateParams::new(names).expect(CERTAIN);
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    match leaf {
        Leaf::Expired => {
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        // What `openssl req -x509` makes, which some clients take as an authority.
        Leaf::SelfSigned => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        _ => {}
    }
    params
}

fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: &KeyPair,
    client_authority: Option<CertificateDer<'static>>,
) -> ServerConfig {
    let provider = Arc::new(default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites of the default versions");
    let config = match client_authority {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority).expect(CERTAIN);
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .expect("a store with one root makes a verifier");
            config.with_client_cert_verifier(verifier)
        }
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = config
        .with_single_cert(chain, key)
        .expect("the key is the certificate's own");
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

impl Files {
    fn write(trusted: &str, authority: &CertifiedIssuer<'_, KeyPair>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fake-jira-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        let key = KeyPair::generate().expect(CERTAIN);
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "pipeline");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let client = params.signed_by(&key, authority).expect(CERTAIN);
        let put = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).expect("a file in an own folder can be written");
            path
        };
        Self {
            authority: put("ca.pem", trusted),
            client_certificate: put("client.pem", &client.pem()),
            client_key: put("client.key", &key.serialize_pem()),
            folder,
        }
    }

    pub(crate) fn client(&self) -> (&Path, &Path) {
        (&self.client_certificate, &self.client_key)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // Another process may have tidied up already, which is as good.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
