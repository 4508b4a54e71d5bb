//! A certificate authority whose certificates have one thing wrong.

use crate::loopback::{Server, tls_config};
use crate::program::Program;
use base64::Engine as _;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::version::{TLS12, TLS13};
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

/// A key of 2048 bits for these tests alone, as `openssl genrsa -traditional` makes it.
pub const RSA: &str = include_str!("rsa.pem");

/// A private authority, and a folder for its files.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pub folder: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        Authority::with(KeyPair::generate().unwrap())
    }

    pub fn with(key: KeyPair) -> Self {
        let issuer = CertifiedIssuer::self_signed(authority("Acme root"), key).unwrap();
        Authority {
            issuer,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn der(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    pub fn ca_file(&self) -> PathBuf {
        self.file("ca.pem", &self.issuer.pem())
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A certificate of ours for these names.
    pub fn sign(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
        key: &KeyPair,
    ) -> rcgen::Certificate {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        change(&mut params);
        params.signed_by(key, &self.issuer).unwrap()
    }

    /// A server with such a certificate.
    pub fn server(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Server {
        let key = KeyPair::generate().unwrap();
        let chain = vec![self.sign(names, change, &key).der().clone()];
        Server::tls(tls_config(chain, private(&key), &[&TLS12, &TLS13], None))
    }

    /// A server of localhost whose certificate is signed by an authority below ours.
    pub fn server_below(&self, change: impl FnOnce(&mut CertificateParams)) -> Server {
        let key = KeyPair::generate().unwrap();
        let mut params = authority("Acme department");
        change(&mut params);
        let between =
            CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &self.issuer).unwrap();
        let own = CertificateParams::new(vec!["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &between)
            .unwrap();
        let chain = vec![own.der().clone(), between.der().clone()];
        Server::tls(tls_config(chain, private(&key), &[&TLS13], None))
    }
}

pub fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

pub fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()))
}

/// The main job against a server that is no stand-in.
pub fn against(host: &str, port: u16) -> Program {
    Program::bare()
        .set("JIRA_BASE_URL", &format!("https://{host}:{port}"))
        .set("JIRA_PERSONAL_TOKEN", "some-token")
        .args(&["--issue", "HSP-1", "--set", "10314:=1"])
}

/// One attempt, a failure of TLS before anything could be sent, and these words.
#[track_caller]
pub fn refused(program: Program, words: &[&str]) {
    let report = broken_off(program, words);
    assert_eq!(report["issues"][0]["maybe_written"], false, "{report}");
}

/// One attempt, a failure of TLS, and these words.
#[track_caller]
pub fn broken_off(program: Program, words: &[&str]) -> Value {
    let (code, report) = program.report();
    let issue = &report["issues"][0];
    assert_eq!(
        (code, issue["error"]["kind"].as_str(), &issue["attempts"]),
        (5, Some("tls"), &1.into()),
        "{report}"
    );
    let said =
        format!("{} {}", issue["error"]["message"], issue["error"]["hint"]).replace("\\\"", "\"");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said}");
    }
    report
}

pub fn pem(label: &str, der: Vec<u8>) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// The RFC 5208 wrapping around the fixture's RFC 8017 key.
pub fn pkcs8_of_rsa() -> String {
    let text: String = RSA.lines().filter(|line| !line.starts_with('-')).collect();
    let key = base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap();
    let mut inner = vec![
        2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
    ];
    inner.extend([4, 0x82]);
    inner.extend(u16::try_from(key.len()).unwrap().to_be_bytes());
    inner.extend(key);
    let mut der = vec![0x30, 0x82];
    der.extend(u16::try_from(inner.len()).unwrap().to_be_bytes());
    der.extend(inner);
    pem("PRIVATE KEY", der)
}
