use crate::authority::{Authority, against, pkcs8_of_rsa, private, refused};
use crate::loopback::{Server, tls_config};
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Jira, Leaf};
use rcgen::{CertificateParams, CustomExtension, KeyPair, date_time_ymd};
use rustls::version::{TLS12, TLS13};
use std::io::Write as _;

#[test]
fn each_wrong_certificate_is_explained_and_not_tried_again() {
    let rows = [
        (
            Leaf::Expired,
            &["its certificate has expired: since Wed, 01 Jan 2020 00:00:00 GMT"][..],
        ),
        (
            Leaf::OtherName,
            &["valid for jira.example.com, but not for 127.0.0.1"],
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
                "subjectAltName=IP:127.0.0.1",
            ],
        ),
    ];
    each(rows, |(leaf, words)| {
        let jira = Jira::server().tls_with(leaf).start();
        refused(Program::seed(&jira), words);
        assert_eq!(jira.requests().len(), 0);
    });
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
    let rows = [
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
    ];
    each(rows, |(server, words)| {
        refused(against("localhost", server.port).trusting(&ca), words);
        assert_eq!(server.connections(), 1, "{words:?}");
    });
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
    let rows = [
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
    ];
    each(rows, |(server, words)| {
        refused(against("localhost", server.port).trusting(&ca), &[words]);
    });
    against("localhost", acme.server_below(|_| {}).port)
        .trusting(&ca)
        .run()
        .exits(0);
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
    let rows = [
        Leaf::Good,
        Leaf::Expired,
        Leaf::OtherName,
        Leaf::SelfSigned,
        Leaf::CommonNameOnly,
    ];
    each(rows, |leaf| {
        let jira = Jira::server().tls_with(leaf).start();
        let program = || Program::seed(&jira).unset("JIRA_CA_BUNDLE");
        program()
            .args(&["--insecure"])
            .run()
            .succeeds_saying("certificates are not checked");
        program()
            .set("JIRA_INSECURE", "yes")
            .run()
            .succeeds_saying("certificates are not checked");
        program().args(&["--insecure=false"]).run().exits(5);
        assert_eq!(jira.writes().len(), 2);
    });
}

#[test]
fn both_versions_of_tls_are_spoken() {
    let acme = Authority::new();
    let key = KeyPair::generate().unwrap();
    let chain = vec![acme.sign(&["localhost"], |_| {}, &key).der().clone()];
    each([&TLS12, &TLS13], |version| {
        let server = Server::tls(tls_config(chain.clone(), private(&key), &[version], None));
        against("localhost", server.port)
            .trusting(&acme.ca_file())
            .run()
            .exits(0);
        against("localhost", server.port)
            .args(&["--insecure"])
            .run()
            .succeeds_saying("certificates are not checked");
    });
}

#[test]
fn a_host_with_an_underscore_and_one_with_an_umlaut_are_reached() {
    let acme = Authority::new();
    let rows = [
        ("jira_dev.example.com", "jira_dev.example.com"),
        ("_jira.example.com", "_jira.example.com"),
        ("jira_dev.example.com", "*.example.com"),
        ("bundle_1.jira.example.com", "bundle_1.jira.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
    ];
    each(rows, |(host, name)| {
        let server = acme.server(&[name], |_| {});
        let proxy = Server::http_proxy(None, Some(server.port));
        let address = format!("http://127.0.0.1:{}", proxy.port);
        against(host, 8443)
            .trusting(&acme.ca_file())
            .args(&["--proxy", &address])
            .without_retries()
            .run()
            .exits(0);
    });
}

#[test]
fn the_variables_that_openssl_reads_stand_in_for_the_systems_store() {
    let jira = Jira::server().tls().start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(jira.ca_file(), folder.path().join("ours.pem")).unwrap();
    let folder = folder.path().to_str().unwrap();
    let bundle = jira.ca_file().to_str().unwrap();
    let program = || Program::seed(&jira).unset("JIRA_CA_BUNDLE");
    program().set("SSL_CERT_FILE", bundle).run().exits(0);
    program()
        .set("SSL_CERT_DIR", &format!("/nowhere:{folder}"))
        .run()
        .exits(0);
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
