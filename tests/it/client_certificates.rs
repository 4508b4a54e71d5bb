use crate::authority::{Authority, RSA, against, broken_off, pem, pkcs8_of_rsa, private};
use crate::loopback::{Server, dead_port, tls_config};
use crate::rows::each;
use rcgen::KeyPair;
use rustls::version::{TLS12, TLS13};

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one sequence that reads from top to bottom"
)]
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
    each([&TLS12, &TLS13], |version| {
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
            program.set("JIRA_CLIENT_KEY", key).run().exits(0);
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
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
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
    let rows = [
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
    ];
    each(rows, |(settings, words)| {
        let program = against("localhost", port);
        let program = settings.iter().fold(program, |program, (name, path)| {
            program.set(name, path.to_str().unwrap())
        });
        program.run().exits(2).says(words);
    });
}

/// The RFC 5915 key inside the PKCS#8 key of a P-256 pair: the octet string
/// that begins behind its algorithm.
fn sec1_of(key: &KeyPair) -> Vec<u8> {
    let der = key.serialize_der();
    let at = der.windows(2).position(|pair| pair == [4, 0x6d]).unwrap();
    der[at + 2..].to_vec()
}
