use crate::loopback::{Server, dead_port, tls_config};
use crate::program::Program;
use base64::Engine as _;
use jira_stand_in::{Jira, Leaf};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::version::{TLS12, TLS13};
use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;
use tempfile::TempDir;

/// A key of 2048 bits for these tests alone, as `openssl genrsa -traditional` makes it.
const RSA: &str = include_str!("rsa.pem");

/// A private authority, and a folder for its files.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        Authority::with(KeyPair::generate().unwrap())
    }

    fn with(key: KeyPair) -> Self {
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
    fn server_below(&self, change: impl FnOnce(&mut CertificateParams)) -> Server {
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

fn authority(name: &str) -> CertificateParams {
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
fn broken_off(program: Program, words: &[&str]) -> Value {
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

#[test]
fn each_wrong_certificate_is_explained_and_not_tried_again() {
    for (leaf, words) in [
        (
            Leaf::Expired,
            &["its certificate has expired: since Wed, 01 Jan 2020 00:00:00 GMT"][..],
        ),
        (
            Leaf::OtherName,
            &["valid for jira.example.com, but not for localhost"],
        ),
        (
            Leaf::SelfSigned,
            &[
                "self-signed",
                "CA:TRUE",
                "curl takes it",
                "basicConstraints=critical,CA:FALSE",
            ],
        ),
        (
            Leaf::CommonNameOnly,
            &[
                "only the common name CN=localhost",
                "subjectAltName=DNS:localhost",
            ],
        ),
    ] {
        let jira = Jira::server().tls_with(leaf).start();
        refused(Program::seed(&jira), words);
        assert_eq!(jira.requests().len(), 0);
    }
    let jira = Jira::server().tls().start();
    let unknown = [
        "issued by CN=Stand-in private authority, which is not trusted here",
        "JIRA_CA_BUNDLE (--ca-bundle)",
    ];
    refused(Program::seed(&jira).unset("JIRA_CA_BUNDLE"), &unknown);
}

#[test]
fn the_rarer_wrong_certificates_are_explained_too() {
    let acme = Authority::new();
    let early = acme.server(&["localhost"], |params| {
        params.not_before = date_time_ymd(2090, 1, 1)
    });
    let two_names = acme.server(&["a.example.com", "127.0.0.7"], |_| {});
    let for_clients = acme.server(&["localhost"], |params| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth]
    });
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let lone = Server::tls(tls_config(
        vec![own.der().clone()],
        private(&key),
        &[&TLS13],
        None,
    ));
    let ca = acme.ca_file();
    for (server, words) in [
        (
            &early,
            &[
                "its certificate is not yet valid: not until Sun, 01 Jan 2090 00:00:00 GMT",
                "clock",
            ][..],
        ),
        (
            &two_names,
            &["valid for a.example.com, 127.0.0.7, but not for localhost"],
        ),
        (&for_clients, &["not one for servers"]),
        (
            &lone,
            &["self-signed", "not trusted here", "JIRA_CA_BUNDLE"],
        ),
    ] {
        refused(against("localhost", server.port).trusting(&ca), words);
        assert_eq!(server.connections(), 1, "{words:?}");
    }
    against("localhost", lone.port)
        .trusting(&acme.file("own.pem", &own.pem()))
        .run()
        .exits(0);
}

#[test]
fn what_is_wrong_with_an_issuer_is_said_of_the_issuer() {
    let acme = Authority::new();
    let ended = acme.server_below(|params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let early = acme.server_below(|params| params.not_before = date_time_ymd(2090, 1, 1));
    let namesake = Authority::new().server(&["localhost"], |_| {});
    let critical = acme.server_below(|params| {
        let mut unknown = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        unknown.set_criticality(true);
        params.custom_extensions = vec![unknown];
    });
    let ca = acme.ca_file();
    for (server, words) in [
        (
            &ended,
            "its issuer's certificate (CN=Acme department) has expired: since Wed, 01 Jan 2020 00:00:00 GMT",
        ),
        (
            &early,
            "its issuer's certificate (CN=Acme department) is not yet valid: not until Sun, 01 Jan 2090",
        ),
        (
            &namesake,
            "not signed by the CN=Acme root that is trusted here",
        ),
        (
            &critical,
            "its certificate is refused: UnsupportedCriticalExtension",
        ),
    ] {
        refused(against("localhost", server.port).trusting(&ca), &[words]);
    }
    against("localhost", acme.server_below(|_| {}).port)
        .trusting(&ca)
        .run()
        .exits(0)
        .quietly();
}

/// The last byte of its name tells RSA with SHA-256 (RFC 4055) from RSA with SHA-1.
#[test]
fn a_certificate_signed_with_sha_1_is_explained() {
    let acme = Authority::with(KeyPair::from_pem(&pkcs8_of_rsa()).unwrap());
    let key = KeyPair::generate().unwrap();
    let mut der = acme.sign(&["localhost"], |_| {}, &key).der().to_vec();
    let sha256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b];
    while let Some(at) = der.windows(sha256.len()).position(|name| name == sha256) {
        der[at + sha256.len() - 1] = 5;
    }
    let server = Server::tls(tls_config(vec![der.into()], private(&key), &[&TLS13], None));
    let words = [
        "signed in a way that is no longer trusted, such as SHA-1",
        "must renew it",
    ];
    refused(
        against("localhost", server.port).trusting(&acme.ca_file()),
        &words,
    );
}

#[test]
fn insecure_works_whatever_the_certificate_and_warns() {
    for leaf in [
        Leaf::Good,
        Leaf::Expired,
        Leaf::OtherName,
        Leaf::SelfSigned,
        Leaf::CommonNameOnly,
    ] {
        let jira = Jira::server().tls_with(leaf).start();
        let program = || Program::seed(&jira).unset("JIRA_CA_BUNDLE");
        program()
            .args(&["--insecure"])
            .run()
            .exits(0)
            .says("certificates are not checked");
        program()
            .set("JIRA_INSECURE", "yes")
            .run()
            .exits(0)
            .says("certificates are not checked");
        program().args(&["--insecure=false"]).run().exits(5);
        assert_eq!(jira.writes().len(), 2);
    }
}

#[test]
fn both_versions_of_tls_are_spoken() {
    let acme = Authority::new();
    let key = KeyPair::generate().unwrap();
    let chain = vec![acme.sign(&["localhost"], |_| {}, &key).der().clone()];
    for version in [&TLS12, &TLS13] {
        let server = Server::tls(tls_config(chain.clone(), private(&key), &[version], None));
        against("localhost", server.port)
            .trusting(&acme.ca_file())
            .run()
            .exits(0)
            .quietly();
        against("localhost", server.port)
            .args(&["--insecure"])
            .run()
            .exits(0);
    }
}

#[test]
fn a_host_with_an_underscore_and_one_with_an_umlaut_are_reached() {
    let acme = Authority::new();
    for (host, name) in [
        ("jira_dev.example.com", "jira_dev.example.com"),
        ("_jira.example.com", "_jira.example.com"),
        ("jira_dev.example.com", "*.example.com"),
        ("bundle_1.jira.example.com", "bundle_1.jira.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
    ] {
        let server = acme.server(&[name], |_| {});
        let proxy = Server::http_proxy(None, Some(server.port));
        let address = format!("http://127.0.0.1:{}", proxy.port);
        against(host, 8443)
            .trusting(&acme.ca_file())
            .args(&["--proxy", &address])
            .without_retries()
            .run()
            .exits(0);
    }
}

#[test]
fn a_client_certificate_is_presented_in_every_form() {
    let acme = Authority::new();
    let key = KeyPair::generate().unwrap();
    let rsa = KeyPair::from_pem(&pkcs8_of_rsa()).unwrap();
    let chain = vec![acme.sign(&["localhost"], |_| {}, &key).der().clone()];
    let certificate = acme.file("client.pem", &acme.sign(&["bot"], |_| {}, &key).pem());
    let rsa_certificate = acme.file("rsa-client.pem", &acme.sign(&["bot"], |_| {}, &rsa).pem());
    // PKCS#8 holds the older form behind 36 - 10 bytes of its own (RFC 5208, RFC 5915).
    let sec1 = pem("EC PRIVATE KEY", sec1_of(&key));
    let both = format!(
        "{}{}",
        key.serialize_pem(),
        std::fs::read_to_string(&certificate).unwrap()
    );
    let both = acme.file("both.pem", &both);
    for version in [&TLS12, &TLS13] {
        let server = Server::tls(tls_config(
            chain.clone(),
            private(&key),
            &[version],
            Some(acme.der()),
        ));
        for (certificate, key) in [
            (
                &certificate,
                Some(acme.file("pkcs8.pem", &key.serialize_pem())),
            ),
            (&certificate, Some(acme.file("sec1.pem", &sec1))),
            (&rsa_certificate, Some(acme.file("pkcs1.pem", RSA))),
            (
                &rsa_certificate,
                Some(acme.file("rsa-pkcs8.pem", &pkcs8_of_rsa())),
            ),
            (&both, None),
        ] {
            let program = against("localhost", server.port).trusting(&acme.ca_file());
            let program = program.set("JIRA_CLIENT_CERT", certificate.to_str().unwrap());
            let key = key.as_ref().map_or("", |key| key.to_str().unwrap());
            program.set("JIRA_CLIENT_KEY", key).run().exits(0).quietly();
        }
        let without = against("localhost", server.port).trusting(&acme.ca_file());
        // With TLS 1.3 the request may be on its way before the server says what it
        // thinks of the client.
        let refused = |program, words: &[&str]| {
            let report = broken_off(program, words);
            assert!(
                version == &TLS13 || report["issues"][0]["maybe_written"] == false,
                "{report}"
            );
        };
        refused(
            without,
            &[
                "wants a client certificate",
                "JIRA_CLIENT_CERT (--client-cert)",
            ],
        );
        let stranger = Authority::new();
        let foreign = stranger.file("client.pem", &stranger.sign(&["bot"], |_| {}, &key).pem());
        let foreign = against("localhost", server.port)
            .trusting(&acme.ca_file())
            .args(&[
                "--client-cert",
                foreign.to_str().unwrap(),
                "--client-key",
                acme.folder.path().join("pkcs8.pem").to_str().unwrap(),
            ]);
        refused(foreign, &["does not accept our client certificate"]);
    }
}

#[test]
fn files_that_cannot_be_used_are_usage_errors_before_anything_is_sent() {
    let acme = Authority::new();
    let key = KeyPair::generate().unwrap();
    let certificate = acme.file("client.pem", &acme.sign(&["bot"], |_| {}, &key).pem());
    let other = acme.file("other.pem", &KeyPair::generate().unwrap().serialize_pem());
    let encrypted = acme.file(
        "encrypted.pem",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let legacy = acme.file(
        "legacy.pem",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    );
    let damaged = acme.file(
        "damaged.pem",
        "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n",
    );
    let nothing = acme.file("nothing.pem", "nothing\n");
    let short = acme.file("short.pem", &pem("PRIVATE KEY", vec![48, 3, 2, 1, 0]));
    let (port, _held) = dead_port();
    let missing = acme.folder.path().join("missing.pem");
    for (settings, words) in [
        (
            &[
                ("JIRA_CLIENT_CERT", &certificate),
                ("JIRA_CLIENT_KEY", &other),
            ][..],
            "is the key of another certificate",
        ),
        (
            &[
                ("JIRA_CLIENT_CERT", &certificate),
                ("JIRA_CLIENT_KEY", &encrypted),
            ],
            "is encrypted",
        ),
        (
            &[
                ("JIRA_CLIENT_CERT", &certificate),
                ("JIRA_CLIENT_KEY", &legacy),
            ],
            "is encrypted",
        ),
        (
            &[
                ("JIRA_CLIENT_CERT", &certificate),
                ("JIRA_CLIENT_KEY", &damaged),
            ],
            "holds a damaged key",
        ),
        (
            &[
                ("JIRA_CLIENT_CERT", &certificate),
                ("JIRA_CLIENT_KEY", &nothing),
            ],
            "holds no private key",
        ),
        (
            &[
                ("JIRA_CLIENT_CERT", &certificate),
                ("JIRA_CLIENT_KEY", &short),
            ],
            "holds a key that cannot be used",
        ),
        (
            &[("JIRA_CLIENT_CERT", &certificate)],
            "the file of JIRA_CLIENT_CERT (--client-cert) holds no key",
        ),
        (&[("JIRA_CLIENT_CERT", &nothing)], "holds no certificate"),
        (&[("JIRA_CLIENT_CERT", &missing)], "names no file"),
        (
            &[("JIRA_CLIENT_KEY", &other)],
            "JIRA_CLIENT_CERT (--client-cert) is missing",
        ),
        (&[("JIRA_CA_BUNDLE", &nothing)], "holds no certificate"),
        (&[("JIRA_CA_BUNDLE", &missing)], "names no file"),
    ] {
        let program = against("localhost", port);
        let program = settings.iter().fold(program, |program, (name, path)| {
            program.set(name, path.to_str().unwrap())
        });
        program.run().exits(2).says(words);
    }
}

#[test]
fn the_variables_that_openssl_reads_stand_in_for_the_systems_store() {
    let jira = Jira::server().tls().start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(jira.ca_file(), folder.path().join("ours.pem")).unwrap();
    let folder = folder.path().to_str().unwrap();
    let bundle = jira.ca_file().to_str().unwrap();
    let program = || Program::seed(&jira).unset("JIRA_CA_BUNDLE");
    program()
        .set("SSL_CERT_FILE", bundle)
        .run()
        .exits(0)
        .quietly();
    program()
        .set("SSL_CERT_DIR", &format!("/nowhere:{folder}"))
        .run()
        .exits(0)
        .quietly();
    program()
        .set("SSL_CERT_FILE", "/nowhere/ca.pem")
        .run()
        .exits(5)
        .says("SSL_CERT_FILE")
        .says("not trusted here");
    let hashed = tempfile::tempdir().unwrap();
    std::fs::write(hashed.path().join("9d66eef0.0"), "nothing").unwrap();
    std::fs::copy(bundle, hashed.path().join("not-linked.pem")).unwrap();
    program()
        .set("SSL_CERT_DIR", hashed.path().to_str().unwrap())
        .run()
        .exits(5);
    std::fs::copy(bundle, hashed.path().join("9d66eef1.0")).unwrap();
    program()
        .set("SSL_CERT_DIR", hashed.path().to_str().unwrap())
        .run()
        .exits(0);
}

#[test]
fn https_to_a_port_without_tls_and_http_to_one_with_it_are_told_apart() {
    let plain = Server::answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let banner = Server::new(|mut stream| {
        let _ = stream.write_all(b"220 mail.example.com ESMTP\r\n");
        std::thread::park();
    });
    refused(
        against("localhost", banner.port),
        &["what it answers is no TLS", "http://"],
    );
    let _ = plain;
    let acme = Authority::new();
    let tls = acme.server(&["localhost"], |_| {});
    let address = format!("http://localhost:{}", tls.port);
    against("localhost", 1)
        .set("JIRA_BASE_URL", &address)
        .without_retries()
        .run()
        .exits(5)
        .says("no HTTP")
        .says("https://");
}

fn pem(label: &str, der: Vec<u8>) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// The RFC 5915 key inside the PKCS#8 key of a P-256 pair: the octet string
/// that begins behind its algorithm.
fn sec1_of(key: &KeyPair) -> Vec<u8> {
    let der = key.serialize_der();
    let at = der.windows(2).position(|pair| pair == [4, 0x6d]).unwrap();
    der[at + 2..].to_vec()
}

/// The RFC 5208 wrapping around the fixture's RFC 8017 key.
fn pkcs8_of_rsa() -> String {
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
